"""What a help text says, as edits of a rubric's text."""

import re

from grader.loading.faults import Path
from grader.loading.toml_places import Document, Node
from grader.model.diagnostic import Edit, Fix

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def rewritten(document: Document, path: Path, value: str, *, certain: bool = False) -> Fix | None:
    """Return the fix that writes another value.

    Parameters
    ----------
    document : Document
        The rubric.
    path : tuple of str or int
        The value's.
    value : str
        TOML.
    certain : bool
        See `Fix`.

    Returns
    -------
    Fix or None
        None where the document does not state the value itself.
    """
    node = document.find(path)
    # What stands in a header has no value of its own beside the key.
    if node is None or node.value.start < node.key.end:
        return None
    return Fix(edits=(Edit(start=node.value.start, end=node.value.end, text=value),), certain=certain)


def quoted(text: str) -> str:
    """Return a name as a TOML string."""
    return f'"{text}"'


def renamed(document: Document, path: Path, key: str, *, certain: bool = False) -> Fix | None:
    """Return the fix that writes another key, wherever it is written.

    Parameters
    ----------
    document : Document
        The rubric.
    path : tuple of str or int
        That of the key's value.
    key : str
        What it should be.
    certain : bool
        See `Fix`.

    Returns
    -------
    Fix or None
        None where the document does not have the key.
    """
    node = document.find(path)
    if node is None or not node.mentions:
        return None
    name = key if _BARE.fullmatch(key) else quoted(key)
    edits = tuple(Edit(start=span.start, end=span.end, text=name) for span in node.mentions)
    return Fix(edits=edits, certain=certain)


def added(document: Document, path: Path, line: str, *, certain: bool = False) -> Fix | None:
    """Return the fix that adds a key to a table.

    Parameters
    ----------
    document : Document
        The rubric.
    path : tuple of str or int
        The table's; empty for the rubric itself.
    line : str
        Key and value, TOML.
    certain : bool
        See `Fix`.

    Returns
    -------
    Fix or None
        None for a table that only dotted keys make.
    """
    node = document.find(path)
    if node is None:
        return None
    return Fix(edits=(edit,), certain=certain) if (edit := _addition(document, node, line)) else None


def _addition(document: Document, node: Node, line: str) -> Edit | None:
    if node is document.root:
        return Edit(start=0, end=0, text=f"{line}\n")
    start, end = node.value.start, node.value.end
    match document.text[start]:
        case "{":
            text = f" {line}{',' if node.children else ' '}"
            return Edit(start=start + 1, end=start + 1, text=text)
        case "[":
            # What may follow a header is a comment: the line goes below it.
            below = document.text.find("\n", end)
            at = len(document.text) if below < 0 else below
            return Edit(start=at, end=at, text=f"\n{line}")
        case _:
            return None


def without_element(document: Document, path: Path, *, certain: bool = False) -> Fix | None:
    """Return the fix that takes one element out of an array.

    Parameters
    ----------
    document : Document
        The rubric.
    path : tuple of str or int
        The element's; its last step is its index.
    certain : bool
        See `Fix`.

    Returns
    -------
    Fix or None
        None where the document does not state the element.
    """
    array, index = document.find(path[:-1]), path[-1]
    if array is None or array.tables or not isinstance(index, int) or index not in array.children:
        return None
    here = array.children[index].value
    if index > 0:
        edit = Edit(start=array.children[index - 1].value.end, end=here.end, text="")
    elif 1 in array.children:
        edit = Edit(start=here.start, end=array.children[1].value.start, text="")
    else:
        edit = Edit(start=here.start, end=here.end, text="")
    return Fix(edits=(edit,), certain=certain)
