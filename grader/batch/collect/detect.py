"""Which system a download comes from: by the names in it, or as the user says."""

from pathlib import Path
from typing import Literal

from grader.batch.collect.codes import CollectCode, fault
from grader.batch.collect.found import Recognised
from grader.batch.collect.sources.canvas import read_canvas
from grader.batch.collect.sources.classroom import prefix_of, read_classroom
from grader.batch.collect.sources.gradescope import METADATA, read_gradescope
from grader.batch.collect.sources.moodle import read_moodle
from grader.batch.collect.sources.nbgrader import is_nbgrader, read_nbgrader
from grader.batch.collect.sources.pattern import read_pattern
from grader.batch.collect.sources.plain import read_plain
from grader.batch.collect.tree import ArchiveTree, Base, Tree, bases
from grader.loading.shown_name import shown as shown_name

SourceName = Literal["canvas", "moodle", "gradescope", "nbgrader", "classroom", "plain", "pattern"]


def recognise(tree: Tree, path: Path, shown: str, *, source: SourceName | None, pattern: str | None) -> Recognised:
    """Return a download as the system writes it that it comes from.

    Parameters
    ----------
    tree : Tree
        The download.
    path : Path
        Where it is.
    shown : str
        As the user named it.
    source : str or None
        What the user says it is; None to look.
    pattern : str or None
        The user's own pattern.

    Returns
    -------
    Recognised
        With at least one hand-in.

    Raises
    ------
    DiagnosedError
        Nothing in it is a hand-in, or nothing is as the user says.
    """
    archive = isinstance(tree, ArchiveTree)
    name = path.resolve().name
    places = bases(tree, name.removesuffix(".zip") if archive else name, archive=archive)
    if pattern is not None:
        if source not in (None, "pattern"):
            says = f"a pattern and the source {source} cannot both be given"
            raise fault(CollectCode.SOURCE_AND_PATTERN, says, shown, "leave one out")
        return read_pattern(next(place for place in places if not place.at), pattern, shown)
    if not tree.files:
        what = "archive" if archive else "folder"
        raise fault(CollectCode.NOTHING_RECOGNISED, f"there are no files in this {what}", shown)
    if source is not None:
        return _as_told(source, places, tree, shown)
    found = next((one for place in places if (one := _system(place, tree, shown)) is not None), None)
    if found is None:
        found = read_plain(places[0])
    if not found.found:
        says = "nothing in it is a .py file, a notebook, a .zip or a folder"
        help_ = "name the folder or archive that was downloaded, or say with --pattern how its files are named"
        raise fault(CollectCode.NOTHING_RECOGNISED, says, shown, help_)
    return found


def _system(base: Base, tree: Tree, shown: str) -> Recognised | None:
    """Return what a course system wrote; None for a plain folder."""
    if (METADATA,) in base.files:
        return read_gradescope(base, tree, shown)
    for read in (read_moodle, read_canvas):
        recognised = read(base)
        # A stray file or two are the lecturer's own; a name or two of a plain folder may look like a system's.
        if recognised.fits and 2 * recognised.fits >= recognised.of:
            return recognised
    if is_nbgrader(base):
        return read_nbgrader(base, tree, shown)
    return read_classroom(base, tree) if prefix_of(base, tree) else None


def _as_told(source: SourceName, places: tuple[Base, ...], tree: Tree, shown: str) -> Recognised:
    best: Recognised | None = None
    for place in places:
        recognised: Recognised
        match source:
            case "canvas":
                recognised = read_canvas(place)
            case "moodle":
                recognised = read_moodle(place)
            case "gradescope":
                if (METADATA,) not in place.files and place is not places[-1]:
                    continue
                recognised = read_gradescope(place, tree, shown)
            case "nbgrader":
                recognised = read_nbgrader(place, tree, shown)
            case "classroom":
                recognised = read_classroom(place, tree)
            case "plain":
                recognised = read_plain(place)
            case "pattern":
                says = "the source `pattern` needs a pattern"
                raise fault(CollectCode.BAD_PATTERN, says, shown, "add --pattern")
        if best is None or recognised.fits > best.fits:
            best = recognised
    if best is None or not best.found:
        first = best.strays[0] if best is not None and best.strays else None
        says = f"nothing in it is named as {source} does"
        help_ = f"`{shown_name(first.path)}`: {first.says}" if first is not None else ""
        raise fault(CollectCode.DOES_NOT_FIT, says, shown, help_)
    return best
