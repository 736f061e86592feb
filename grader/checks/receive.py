"""From an outcome to numbers of the right shape, or to the finding that says why not."""

from dataclasses import dataclass, replace

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
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
from grader.numerics.compare import Comparison
from grader.numerics.expected import Expected
from grader.words import say

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


def returned_part(problem: Problem, name: str | None) -> int:
    """Return which of a problem's returned values a check is about.

    Parameters
    ----------
    problem : Problem
        Whose.
    name : str or None
        As the check states it; None where there is only one value.

    Returns
    -------
    int
    """
    return next((i for i, due in enumerate(problem.returns) if due.name == name), 0)


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
    returned = came_back(outcome)
    read = _checked(problem, returned, expected) if isinstance(returned, tuple) else returned
    if isinstance(read, tuple):
        return read
    return replace(disagrees(case, read.finding, outcome, read.detail), due=tuple(e.value for e in expected))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why what came back cannot be compared.

    Parameters
    ----------
    finding : Finding
        The reason.
    detail : str
        Words for the student.
    """

    finding: Finding
    detail: str


def came_back(outcome: Outcome) -> tuple[Array, ...] | Unfit:
    """Return the values that came back, or why there are none.

    Parameters
    ----------
    outcome : Outcome
        What came back.

    Returns
    -------
    tuple of ndarray, or Unfit
        As they came: of any shape, and complex or truth values, too.
    """
    match outcome:
        case Returned(values=values):
            return values
        case Raised(type=kind, text=text):
            return Unfit(finding=Finding.RAISED, detail=f"{kind}: {text}" if text else kind)
        case NotNumeric(says=says):
            return Unfit(finding=Finding.NOT_NUMERIC, detail=says)
        case TimedOut(limit_s=limit_s, cpu=cpu):
            return Unfit(finding=Finding.TIMED_OUT, detail=_seconds(limit_s, cpu=cpu))
        case OutOfMemory(limit_bytes=limit_bytes):
            size = say("unit.gib", size=f"{limit_bytes / 2**30:.3g}")
            return Unfit(finding=Finding.OUT_OF_MEMORY, detail=size)
        case Crashed(says=says):
            return Unfit(finding=Finding.CRASHED, detail=says)
        case Malformed(says=says):
            return Unfit(finding=Finding.MALFORMED, detail=says)
        case Unavailable(absence=absence, says=says):
            return Unfit(finding=_ABSENT[absence], detail=says)


def _seconds(limit_s: float, *, cpu: bool) -> str:
    return say("unit.seconds_of_computing" if cpu else "unit.seconds", seconds=f"{limit_s:g}")


def _checked(problem: Problem, values: tuple[Array, ...], expected: tuple[Expected, ...]) -> tuple[Array, ...] | Unfit:
    received = []
    for due, value, truth in zip(problem.returns, values, expected, strict=True):
        name = due.name if len(values) > 1 else say("returned.the_answer")
        real = real_numbers(value, name)
        if isinstance(real, Unfit):
            return real
        if value.shape != truth.value.shape:
            return Unfit(finding=Finding.WRONG_SHAPE, detail=_shapes(name, value, truth.value, due.shape))
        received.append(real)
    return tuple(received)


def real_numbers(value: Array, name: str) -> Array | Unfit:
    """Return a value that came back as float64, or why it is no real numbers.

    Parameters
    ----------
    value : ndarray
        Bool, integer, floating or complex.
    name : str
        What the student is told it is.

    Returns
    -------
    ndarray, or Unfit
        May hold nan and infinity.
    """
    if value.dtype.kind == "c":
        return Unfit(finding=Finding.COMPLEX, detail=say("returned.dtype", name=name, dtype=value.dtype))
    if value.dtype.kind == "b":
        return Unfit(finding=Finding.NOT_NUMERIC, detail=say("returned.truth_values"))
    if value.dtype == np.float64:
        return value
    # A signalling nan warns when it is converted.
    with np.errstate(all="ignore"):
        return value.astype(np.float64)


def _shapes(name: str, actual: Array, expected: Array, symbols: tuple[int | str, ...]) -> str:
    due: object = expected.shape
    if symbols:
        due = f"{expected.shape} = ({', '.join(map(str, symbols))}{',' if len(symbols) == 1 else ''})"
    says = say("returned.shape" if symbols else "returned.shape_of_number", name=name, shape=actual.shape, due=due)
    squeezed = tuple(n for n in expected.shape if n != 1)
    if actual.shape == squeezed and actual.ndim < expected.ndim:
        return say("returned.keepdims", says=says)
    if actual.shape == expected.shape[::-1]:
        return say("returned.transposed", says=says)
    return says
