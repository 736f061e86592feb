"""A class whose names are known and whose files are read one hand-in at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.batch.collect.assemble import assemble
from grader.batch.collect.detect import SourceName, recognise
from grader.batch.collect.found import Item
from grader.batch.collect.reading import read_items
from grader.batch.collect.roster import read_roster
from grader.batch.collect.tree import Tree, tree_at
from grader.loading.shown_name import MAX_PATH
from grader.loading.shown_name import shown as shown_name
from grader.model.handin import Collection, HandIn
from grader.model.submission import Submission


def _as_it_is(_hand_in: HandIn, _names: tuple[str, ...], submission: Submission) -> Submission:
    return submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A class, and a way to its files.

    Parameters
    ----------
    collection : Collection
        Who handed in what, and when.
    tree : Tree
        The download.
    items : mapping of str to tuple of Item
        The files of each hand-in, by its id.
    dressed : callable
        What is done to a submission before anybody sees it; told the hand-in and the names of its files.
    """

    collection: Collection
    tree: Tree
    items: Mapping[str, tuple[Item, ...]]
    dressed: Callable[[HandIn, tuple[str, ...], Submission], Submission] = _as_it_is

    def read(self, hand_in: HandIn, functions: tuple[str, ...]) -> Submission:
        """Read one hand-in; what is read is not kept.

        Parameters
        ----------
        hand_in : HandIn
            One of the collection.
        functions : tuple of str
            The names that the assignment asks for; they tell which of a student's files is the answer.

        Returns
        -------
        Submission
            Its path and its student are the hand-in's path and id. Whatever is wrong with the files stands in it.

        Raises
        ------
        ValueError
            The hand-in is not of this collection.
        """
        if hand_in.id not in self.items:
            msg = f"{hand_in.id} is not a hand-in of this collection"
            raise ValueError(msg)
        read = read_items(self.tree, self.items[hand_in.id])
        return self.dressed(hand_in, read.names, read.submission(hand_in.path, hand_in.id, functions))


def collect(
    path: Path,
    *,
    shown: str,
    roster: Path | None = None,
    source: SourceName | None = None,
    pattern: str | None = None,
) -> Collected:
    """List a class as it was downloaded.

    Only names and times are read here, and what a download says of them in files of its own.

    Parameters
    ----------
    path : Path
        A folder or a zip archive.
    shown : str
        As the user named it.
    roster : Path, optional
        A CSV file that lists the class.
    source : str, optional
        The system that the download is of; found out if None.
    pattern : str, optional
        A regular expression with named groups over the paths in the download, instead of a system's names.

    Returns
    -------
    Collected

    Raises
    ------
    DiagnosedError
        The path, the roster or the pattern cannot be used, or nothing is recognised; with codes of `CollectCode`.
    """
    name = shown_name(shown, MAX_PATH)
    listed = read_roster(roster) if roster is not None else None
    tree = tree_at(path, name)
    roster_path = shown_name(str(roster), MAX_PATH) if roster is not None else ""
    # Nobody else holds what was recognised, so that it can go piece by piece.
    assembled = assemble(recognise(tree, path, name, source=source, pattern=pattern), listed, roster_path)
    return Collected(collection=assembled.collection, tree=tree, items=assembled.items)
