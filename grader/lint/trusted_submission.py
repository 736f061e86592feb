"""The trusted answers as a submission: what students are held to, held to it by the same sandbox.

The process holds answers, as it may: it runs nothing that a student wrote.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.checks.receive import returned_part
from grader.model.assignment import Assignment, DerivationCheck, Problem
from grader.model.submission import Chunk, Submission

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
    modules = tuple(_modules(folder))
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
    for steps, least, part in _derivations(problem):
        line = function if part is None else lambda *given, part=part: function(*given)[part]
        found[steps] = [line] * least
    return found


def _source(problem: Problem) -> Iterator[str]:
    """Yield the same as lines of a file, with the trusted answer for the function."""
    module, _, name = problem.reference.partition(":")
    function = problem.function
    yield f"from {_ROOT}.{module} import {name} as {function}\n"
    for steps, least, part in _derivations(problem):
        line = function if part is None else f"lambda *given: {function}(*given)[{part}]"
        yield f"{steps} = [{line}] * {least}\n"


def _derivations(problem: Problem) -> Iterator[tuple[str, int, int | None]]:
    """Yield the name of each derivation, its least number of lines, and which of several values it derives."""
    for check in problem.check:
        if isinstance(check, DerivationCheck):
            part = returned_part(problem, check.returns) if len(problem.returns) > 1 else None
            yield problem.steps_of(check), check.least, part


def _modules(folder: Path) -> list[tuple[str, Chunk]]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if all(part.isidentifier() for part in parts):
            names = parts[:-1] if parts[-1] == "__init__" else parts
            source = path.read_text(encoding="utf-8", errors="replace")
            label = path.relative_to(folder).as_posix()
            found.append((".".join((_ROOT, *names)), Chunk(label=label, source=source)))
    return found
