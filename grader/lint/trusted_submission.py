"""The trusted answers as a submission: what students are held to, held to it by the same sandbox.

The process holds answers, as it may: it runs nothing that a student wrote.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.checks.derivation import answer_as_lines, answer_as_lines_source
from grader.model.assignment import Assignment, Problem
from grader.model.submission import Chunk, Submission
from grader.truth.yardstick import trusted_sources

_ROOT = "trusted_answers"
"""The trusted folder's name inside; its modules import each other by relative imports."""


def trusted_submission(assignment: Assignment, folder: Path) -> Submission:
    """Return a submission whose functions are the trusted ones.

    Parameters
    ----------
    assignment : Assignment
        Names them.
    folder : Path
        The trusted folder.

    Returns
    -------
    Submission
        One chunk a problem, so that one that cannot be loaded does not lose the others.
    """
    chunks = tuple(
        Chunk(label=f"reference of {problem.id}", source="".join(_source(problem))) for problem in assignment.problem
    )
    modules = trusted_sources(folder, _ROOT)
    digest = hashlib.sha256("\0".join(chunk.source for chunk in chunks).encode()).hexdigest()
    return Submission(
        path=assignment.trusted, student="reference", sha256=digest, chunks=chunks, modules=modules, notebook=True
    )


def defined(problem: Problem, function: Callable[..., Any]) -> dict[str, object]:
    """Return what a submission would define for a problem whose answer one function gives.

    Parameters
    ----------
    problem : Problem
        What is asked.
    function : callable
        Takes the problem's arguments.

    Returns
    -------
    dict of str to object
        The function by its name; and each derivation as as many lines as it needs, all of which say the answer.
    """
    found: dict[str, object] = {problem.function: function}
    for steps, least, part in answer_as_lines(problem):
        line = function if part is None else lambda *given, part=part: function(*given)[part]
        found[steps] = [line] * least
    return found


def _source(problem: Problem) -> Iterator[str]:
    """Yield the same as lines of a file, with the trusted answer for the function."""
    module, _, name = problem.reference.partition(":")
    yield f"from {_ROOT}.{module} import {name} as {problem.function}\n"
    yield answer_as_lines_source(problem)
