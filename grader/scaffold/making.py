"""Makes the files of a new assignment from templates; writes nothing."""

import re
from collections.abc import Collection, Mapping
from importlib.resources import files
from keyword import iskeyword

from jinja2 import Environment, StrictUndefined

from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.scaffold.layout import FILES

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 80
"""As in a rubric, whose id the name becomes."""
_TAKEN = frozenset({"np", "X", "y", "w", "penalty"})
"""What stands for something else in the functions of the templates."""


def make_scaffold(name: str, *, function: str) -> Mapping[str, bytes]:
    """Return the files of a new assignment.

    Parameters
    ----------
    name : str
        Of the assignment: the rubric's id.
    function : str
        What students are to write.

    Returns
    -------
    mapping of str to bytes
        By path within the assignment's folder, in the order of `FILES`.

    Raises
    ------
    DiagnosedError
        A name is none that Python and a rubric take.
    """
    faults = [*_faults(name, "NAME"), *_faults(function, "--function", taken=_TAKEN)]
    if faults:
        raise DiagnosedError(tuple(faults))
    # No HTML is made: TOML, Python and Markdown, in which the checked names need no escape.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    folder = files("grader.scaffold").joinpath("template")
    words = {"name": name, "function": function, "title": name.replace("_", " ").strip().capitalize() or name}
    return {
        path: environment.from_string(folder.joinpath(f"{path}.jinja").read_text(encoding="utf-8"))
        .render(words)
        .encode()
        for path in FILES
    }


def _faults(name: str, typed_as: str, *, taken: Collection[str] = ()) -> list[Diagnostic]:
    if len(name) > _LONGEST:
        says = f"{typed_as} is {len(name)} characters long; a rubric takes {_LONGEST}"
        return [Diagnostic(code="G050", says=says, path="", help=f"for example `{name[:20].rstrip('_')}`")]
    if not _NAME.fullmatch(name):
        says = f"`{name}` is no name for {typed_as}: letters, digits and _ may stand in it, and no digit first"
        return [Diagnostic(code="G050", says=says, path="", help=f"for example `{_like(name)}`")]
    if iskeyword(name):
        says = f"`{name}` is a word of Python's own, and no name for {typed_as}"
        return [Diagnostic(code="G050", says=says, path="", help=f"for example `{name}_`")]
    if name in taken:
        says = f"`{name}` stands for something else in the example, and cannot be {typed_as}"
        return [Diagnostic(code="G050", says=says, path="", help=f"for example `{name}_gradient`")]
    return []


def _like(name: str) -> str:
    """Return a name that may stand, as near to one that may not as a person would take it."""
    kept = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    return f"hw_{kept}" if not kept or kept[0].isdigit() else kept
