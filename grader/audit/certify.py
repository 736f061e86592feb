"""Whether an answer is right in exact arithmetic: it is evaluated on proven enclosures, where python-flint is there."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.audit.program import Program
from grader.audit.trials import Bench, Plan
from grader.grading.basis import Grading
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.submission import Submission
from grader.truth.modules import TRUSTED_FAULTS

if TYPE_CHECKING:
    from grader.audit.exact.ball import Ball

_PLACES = 1e-60
"""A ball no wider than this, with the number in it, is as good as the number."""
_LEAST_DIGITS = 40
"""Two numbers that share so many digits of their size are held equal."""
_LARGEST = 400
"""Numbers in a case's arguments, at most: balls are a thousand times as slow as floats."""
_A_FAMILY = 3
"""Cases of a family that are evaluated, the smallest first."""
MISSING = "python-flint is not installed: `python -m pip install 'grader[audit]'`"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairOf:
    """A question for a worker: whether the one function is the other, in exact arithmetic.

    Parameters
    ----------
    plans : tuple of Plan
        On whose cases; on those of the first alone in exact arithmetic.
    reference, other : Submission
        The trusted answer, and what kept its points.
    """

    plans: tuple[Plan, ...]
    reference: Submission
    other: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What exact arithmetic says of two functions.

    Parameters
    ----------
    equal : bool or None
        None where it cannot tell.
    says : str
        On what that rests.
    """

    equal: bool | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """How far a trusted answer is from the truth.

    Parameters
    ----------
    cases : int
        On how many cases it could be enclosed.
    worst : float or None
        The largest error, in units; None where there is no such case.
    says : str
        Where that was, or why there is none.
    """

    cases: int
    worst: float | None
    says: str


def compare_exactly(bench: Bench, question: PairOf) -> Comparison:
    """Compare two functions in exact arithmetic.

    Parameters
    ----------
    bench : Bench
        A worker's.
    question : PairOf
        Which functions, on which cases.

    Returns
    -------
    Comparison
        They are equal if no case shows that they differ and most of those on which the trusted one can be enclosed
        enclose the other as well, within 40 digits; on the rest their floats have to be the same to the last bit.
    """
    if importlib.util.find_spec("flint") is None:
        return Comparison(equal=None, says=MISSING)
    tried, families, left_open = 0, set(), []
    # Functions that agree to 40 digits at points that were drawn are the same: more draws would say no more.
    for problem, case, grading in _cases(bench, question.plans[:1]):
        key = (question.reference.sha256, problem.id, str(grading.plan.seed), case.draw)
        right = bench.remembered(key, partial(_evaluated, problem, question.reference, case))
        if isinstance(right, str):
            continue
        other = _evaluated(problem, question.other, case)
        if isinstance(other, str):
            if not _same_floats(problem, question, case):
                return Comparison(equal=None, says=f"cannot be enclosed on {case.id}: {other}")
            left_open.append(case.id)
            continue
        difference = _difference(right, other)
        if difference:
            return Comparison(equal=False, says=f"proven to differ from the trusted answer on {case.id}: {difference}")
        tried += 1
        families.add(case.family)
    if tried <= len(left_open):
        return Comparison(equal=None, says="too few cases could be enclosed")
    where = f"{tried} cases ({', '.join(sorted(families))})"
    says = f"equal to {_LEAST_DIGITS} digits in exact arithmetic, by enclosures, on {where}"
    if left_open:
        says += f"; where it cannot be enclosed ({', '.join(left_open)}), the same floats to the last bit"
    return Comparison(equal=True, says=says)


def _same_floats(problem: Problem, question: PairOf, case: Case) -> bool:
    """Return whether two functions give the same floats on a case, to the last bit."""
    try:
        with np.errstate(all="ignore"):
            right, other = (
                _floats(Program(one).function(problem.function)(*(np.array(v)[()] for v in case.values)))
                for one in (question.reference, question.other)
            )
    except TRUSTED_FAULTS:
        return False
    return right == other


def same_bits_everywhere(bench: Bench, question: PairOf) -> int:
    """Return on how many cases two functions give the same floats to the last bit; 0 if there is one where they do not.

    Parameters
    ----------
    bench : Bench
        A worker's.
    question : PairOf
        Which functions, on which cases: all of them, of whatever size and precision.

    Returns
    -------
    int
    """
    functions: list[Callable[..., Any]] = []
    tried = 0
    for plan in question.plans:
        (problem,) = bench.grading(plan).plan.assignment.problem
        functions = functions or [
            Program(one).function(problem.function) for one in (question.reference, question.other)
        ]
        for case in bench.grading(plan).plan.cases[problem.id]:
            try:
                with np.errstate(all="ignore"):
                    right, other = (_floats(one(*(np.array(v)[()] for v in case.values))) for one in functions)
            except TRUSTED_FAULTS:
                return 0
            if right != other:
                return 0
            tried += 1
    return tried


def _floats(answer: Any) -> list[bytes]:
    values = answer if isinstance(answer, tuple) else (answer,)
    return [np.asarray(value, dtype=np.float64).tobytes() for value in values]


def enclose_reference(bench: Bench, question: PairOf) -> Enclosed:
    """Measure how far a trusted answer is from an enclosure of what it computes.

    Parameters
    ----------
    bench : Bench
        A worker's.
    question : PairOf
        The trusted answer, and the cases.

    Returns
    -------
    Enclosed
    """
    if importlib.util.find_spec("flint") is None:
        return Enclosed(cases=0, worst=None, says=MISSING)
    worst, where, why, cases = 0.0, "", "there is no case in double precision", 0
    for problem, case, grading in _cases(bench, question.plans):
        right = _evaluated(problem, question.reference, case)
        if isinstance(right, str):
            why = f"{case.id}: {right}"
            continue
        cases += 1
        for balls, expected in zip(right, grading.truth.expected(problem, case), strict=True):
            errors = [_error(float(v), ball) for v, ball in zip(expected.value.ravel(), balls.ravel(), strict=True)]
            units = np.broadcast_to(expected.unit, expected.value.shape).ravel().tolist()
            ratio = max(map(_ratio, errors, units), default=0.0)
            if ratio > worst:
                worst, where = ratio, case.id
    if not cases:
        return Enclosed(cases=0, worst=None, says=f"no case could be enclosed; {why}")
    return Enclosed(cases=cases, worst=worst, says=f"furthest on {where}" if where else "")


def _ratio(error: float, unit: float) -> float:
    return error / unit if unit > 0 else (0.0 if error == 0 else float("inf"))


def _error(value: float, ball: "Ball") -> float:
    difference = (ball - value).arb
    # Where 0 is due no digit of it can be proven, and its unit is next to nothing: 60 decimal places have to do.
    if difference.contains(0) and float(difference.rad()) < _PLACES:
        return 0.0
    return float(abs(difference).upper())


def _cases(bench: Bench, plans: Sequence[Plan]) -> Iterator[tuple[Problem, Case, Grading]]:
    for plan in plans:
        grading = bench.grading(plan)
        (problem,) = grading.plan.assignment.problem
        taken: dict[str, int] = {}
        for case in grading.plan.cases[problem.id]:
            small = sum(value.size for value in case.values) <= _LARGEST
            if case.dtype == "float64" and small and taken.get(case.family, 0) < _A_FAMILY:
                taken[case.family] = taken.get(case.family, 0) + 1
                yield problem, case, grading


def _evaluated(problem: Problem, submission: Submission, case: Case) -> "tuple[Any, ...] | str":
    """Return arrays of balls, or why there are none."""
    # python-flint is extra.
    from grader.audit.exact.arrays import LIBRARIES, NAMES, NotExactError, UndecidedError, exact  # noqa: PLC0415

    try:
        function: Callable[..., Any] = Program(submission, LIBRARIES, NAMES).function(problem.function)
        answer = function(*(exact(np.array(value)) for value in case.values))
        values = tuple(answer) if isinstance(answer, tuple) else (answer,)
        found = tuple(np.asarray(exact(value)) for value in values)
    except (*TRUSTED_FAULTS, NotExactError, UndecidedError) as error:
        return f"{type(error).__name__}: {error}"
    for value in found:
        if not _narrow(value.ravel().tolist()):
            return "the enclosure is too wide"
    return found


def _narrow(balls: "Sequence[Ball]") -> bool:
    """Return whether so many digits of the largest of some numbers are known of each; of zeros, to 60 places."""
    if not all(ball.finite for ball in balls):
        return False
    largest = max((ball.magnitude for ball in balls), default=0.0)
    return all(ball.radius <= max(largest * 10.0**-_LEAST_DIGITS, 1e-60 if largest < 1e-60 else 0.0) for ball in balls)


def _difference(right: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    if [value.shape for value in right] != [value.shape for value in other]:
        return "another shape"
    for one, two in zip(right, other, strict=True):
        for index in np.ndindex(one.shape):
            if not one[index].meets(two[index]):
                return f"{float(two[index].arb.mid()):.6g} for {float(one[index].arb.mid()):.6g}"
    return ""
