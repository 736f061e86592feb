"""Where a student's functions and failing lines stand in the files that were handed in, found without running them."""

import re
from dataclasses import dataclass

from grader.model.submission import Chunk, Submission
from grader.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a file that was handed in.

    Parameters
    ----------
    path : str
        The file, as the submission names it.
    line : int or None
        From 1; None in a notebook, whose lines are not those of its file.
    """

    path: str
    line: int | None


def spot_of_function(submission: Submission, function: str) -> Spot:
    """Return where a function is defined, as far as can be seen.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    function : str
        Its name.

    Returns
    -------
    Spot
        The first line of the answer where the definition is not found.
    """
    # The last definition at the left margin is the one that counts; an indented one only where there is no other.
    name = re.escape(function)
    for pattern in (rf"^(?:async[ \t]+)?def[ \t]+{name}\b", rf"^{name}[ \t]*[=:]", rf"^[ \t]+def[ \t]+{name}\b"):
        definition = re.compile(pattern, re.MULTILINE)
        for chunk in reversed([*(chunk for _, chunk in submission.modules), *submission.chunks]):
            starts = [found.start() for found in definition.finditer(chunk.source)]
            if starts:
                return _spot(submission, chunk, chunk.source.count("\n", 0, starts[-1]) + 1)
    return Spot(path=submission.path, line=None if submission.notebook else 1)


def spot_of_source(submission: Submission, source: str) -> Spot | None:
    """Return the place that a failure names.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    source : str
        ``FailureReport.source``: a chunk's label, the line, and what stands there; may be empty.

    Returns
    -------
    Spot or None
        None where it names no line of the submission.
    """
    for chunk in (*submission.chunks, *(chunk for _, chunk in submission.modules)):
        # The place was written by the same words, of the language that is in force.
        before, _, after = say("place.line", where=chunk.label, line="\0").partition("\0")
        if found := re.match(rf"{re.escape(before)}(\d{{1,9}}){re.escape(after)}(?::|$)", source):
            return _spot(submission, chunk, int(found[1]))
    return None


def _spot(submission: Submission, chunk: Chunk, line: int) -> Spot:
    if submission.notebook and chunk in submission.chunks:
        return Spot(path=submission.path, line=None)
    if chunk in submission.chunks:
        return Spot(path=submission.path, line=line)
    # The answer's path ends in its label, as the path of each file beside it does.
    base = submission.path.removesuffix(submission.chunks[0].label.partition(" cell ")[0])
    return Spot(path=f"{base}{chunk.label}", line=line)
