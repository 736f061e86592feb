"""Lines of a derivation that are written as the same code: a person should know, and nothing else follows from it.

Only text is looked at: a source that may be anything is not handed to a parser in the grader's own process.
"""

import re
from collections.abc import Iterator

from grader.model.submission import Submission

_DEFINED = re.compile(r"def[ \t]+([^\W\d]\w*)[ \t]*\(")
_NAMES = re.compile(r"([\s,]*[^\W\d]\w*(?:[\s,]+[^\W\d]\w*)*[\s,]*)[\])]")
"""Up to the end of the list; matched at one place only, so that no source takes long."""


def same_lines(submission: Submission, steps: str, most: int) -> tuple[tuple[int, ...], ...]:
    """Return which lines of a derivation are the same code.

    Parameters
    ----------
    submission : Submission
        Its main file is looked at.
    steps : str
        The name of the list.
    most : int
        So many lines are looked at.

    Returns
    -------
    tuple of tuple of int
        Numbers from 1, at least two in each; empty where the list is not written as names of functions.
    """
    source = "\n".join(chunk.source for chunk in submission.chunks)
    begun = [found.end() for found in re.finditer(rf"^{re.escape(steps)}[ \t]*=[ \t]*[\[(]", source, re.MULTILINE)]
    names = _NAMES.match(source, begun[-1]) if begun else None
    if names is None:
        return ()
    code = dict(_functions(source))
    alike: dict[str, list[int]] = {}
    for number, name in enumerate(re.findall(r"\w+", names[1])[:most], start=1):
        alike.setdefault(code.get(name, name), []).append(number)
    return tuple(tuple(numbers) for numbers in alike.values() if len(numbers) > 1)


def _functions(source: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each function at the left margin, and its code without its name, comments and blank lines."""
    name, lines = "", [""]
    for line in source.splitlines():
        begun = _DEFINED.match(line)
        if begun or (line[:1].strip() and not line.startswith("#")):
            if name:
                yield name, "\n".join(lines)
            name, lines = (begun[1], [line[begun.end() :]]) if begun else ("", [""])
        elif line.strip() and not line.lstrip().startswith("#"):
            lines.append(line.rstrip())
    if name:
        yield name, "\n".join(lines)
