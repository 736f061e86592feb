"""From an outcome to numbers of the right shape, or to the finding that says why not."""

import numpy as np

from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.outcome import (
    Absence,
    Crashed,
    Malformed,
    NotNumeric,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from grader.model.report import Finding, Verdict
from grader.checks.finding import CaseFinding, Evidence
from grader.numerics.compare import Comparison
from grader.numerics.expected import Expected

_ABSENT = {
    Absence.NOT_LOADED: Finding.NOT_LOADED,
    Absence.MISSING: Finding.MISSING,
    Absence.NOT_CALLABLE: Finding.NOT_CALLABLE,
    Absence.SKIPPED: Finding.SKIPPED,
}


def disagrees(
    case: Case,
    finding: Finding,
    outcome: Outcome,
    detail: str = "",
    *,
    evidence: Evidence | None = None,
    comparisons: tuple[Comparison, ...] = (),
) -> CaseFinding:
    """Return a disagreement.

    Parameters
    ----------
    case : Case
        On which case.
    finding : Finding
        Why.
    outcome : Outcome
        What came back.
    detail : str
        Words for the student.
    evidence : Evidence or None
        Numbers, where numbers came back.
    comparisons : tuple of Comparison
        One a returned value, where values were compared with the reference.

    Returns
    -------
    CaseFinding
    """
    return CaseFinding(
        case=case,
        verdict=Verdict.DISAGREES,
        finding=finding,
        informative=True,
        outcome=outcome,
        detail=detail,
        evidence=evidence,
        comparisons=comparisons,
    )


def receive(
    problem: Problem, case: Case, outcome: Outcome, expected: tuple[Expected, ...]
) -> tuple[Array, ...] | CaseFinding:
    """Return the student's values as float64 arrays of the expected shapes, or why there are none.

    Parameters
    ----------
    problem : Problem
        Whose returns are due.
    case : Case
        The inputs.
    outcome : Outcome
        What came back.
    expected : tuple of Expected
        Gives the shapes.

    Returns
    -------
    tuple of ndarray, or CaseFinding
        The arrays may hold nan and infinity.
    """
    match outcome:
        case Returned(values=values):
            return _checked(problem, case, outcome, values, expected)
        case Raised(type=kind, text=text):
            return disagrees(case, Finding.RAISED, outcome, f"{kind}: {text}" if text else kind)
        case NotNumeric(says=says):
            return disagrees(case, Finding.NOT_NUMERIC, outcome, says)
        case TimedOut(limit_s=limit_s, cpu=cpu):
            clock = "seconds of computing" if cpu else "seconds"
            return disagrees(case, Finding.TIMED_OUT, outcome, f"{limit_s:g} {clock}")
        case OutOfMemory(limit_bytes=limit_bytes):
            return disagrees(case, Finding.OUT_OF_MEMORY, outcome, f"{limit_bytes / 2**30:.3g} GiB")
        case Crashed(says=says):
            return disagrees(case, Finding.CRASHED, outcome, says)
        case Malformed(says=says):
            return disagrees(case, Finding.MALFORMED, outcome, says)
        case Unavailable(absence=absence, says=says):
            return disagrees(case, _ABSENT[absence], outcome, says)


def _checked(
    problem: Problem, case: Case, outcome: Returned, values: tuple[Array, ...], expected: tuple[Expected, ...]
) -> tuple[Array, ...] | CaseFinding:
    received = []
    for due, value, truth in zip(problem.returns, values, expected, strict=True):
        name = due.name if len(problem.returns) > 1 else "the answer"
        if value.dtype.kind == "c":
            return disagrees(case, Finding.COMPLEX, outcome, f"{name} has dtype {value.dtype}")
        if value.dtype.kind == "b":
            return disagrees(case, Finding.NOT_NUMERIC, outcome, "True and False instead of numbers")
        if value.shape != truth.value.shape:
            return disagrees(case, Finding.WRONG_SHAPE, outcome, _shapes(name, value, truth.value, due.shape))
        with np.errstate(over="ignore"):
            received.append(value.astype(np.float64))
    return tuple(received)


def _shapes(name: str, actual: Array, expected: Array, symbols: tuple[int | str, ...]) -> str:
    meaning = f" = ({', '.join(map(str, symbols))}{',' if len(symbols) == 1 else ''})" if symbols else ", a single number"
    says = f"{name} has shape {actual.shape}; it should be {expected.shape}{meaning}"
    squeezed = tuple(n for n in expected.shape if n != 1)
    if actual.shape == squeezed and actual.ndim < expected.ndim:
        return says + ". Did you forget keepdims=True?"
    if actual.shape == expected.shape[::-1]:
        return says + ". It is the transpose that is asked for."
    return says
