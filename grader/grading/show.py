"""Writes a failing case down: inputs to paste, got, expected, where, how far, how far is allowed."""

from collections.abc import Iterator

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.grading.judge import Judged
from grader.model.assignment import Problem
from grader.model.case import Array
from grader.model.outcome import Outcome, OutOfMemory, Raised, Returned, TimedOut
from grader.model.report import FailureReport, Finding
from grader.numerics.rounding import python_literal
from grader.words import say, say_count

# Findings about the submission as a whole: no input is the reason.
_NO_CASE = frozenset(
    {
        Finding.MISSING,
        Finding.NOT_CALLABLE,
        Finding.NOT_LOADED,
        Finding.SKIPPED,
        Finding.TOO_FEW_LINES,
        Finding.TOO_MANY_LINES,
    }
)
# What no smaller case shows better, and no value either: the case stays the plan's own, whose answer is kept back, or
# students who hand in again and again could collect the answers case by case.
_WITHOUT_VALUES = frozenset(
    {
        Finding.NOT_NUMERIC,
        Finding.COMPLEX,
        Finding.NONDETERMINISTIC,
        Finding.TIMED_OUT,
        Finding.OUT_OF_MEMORY,
        Finding.CRASHED,
        Finding.MALFORMED,
    }
)
# More entries than this are not shown one by one: the replay has them all.
_SHOWN_ENTRIES = 48


def failure(problem: Problem, judged: Judged) -> FailureReport | None:
    """Return the smallest failing case of a check, written down.

    Parameters
    ----------
    problem : Problem
        Whose check.
    judged : Judged
        Its verdict.

    Returns
    -------
    FailureReport or None
        None where no case fails.
    """
    shown = judged.shown
    if shown is None or judged.finding in _NO_CASE:
        return None
    names = [name for name, _ in shown.case.arguments]
    inputs = "\n".join(f"{name} = {python_literal(value)}" for name, value in shown.case.arguments)
    got, expected = _both(shown)
    evidence = shown.evidence
    if judged.finding in _WITHOUT_VALUES:
        expected, evidence = in_shape(shown), None
    return FailureReport(
        case=shown.case.id,
        says=shown.case.says,
        inputs=inputs,
        call=f"{shown.called or problem.function}({', '.join(names)})",
        got=got,
        expected=expected,
        where=_where(evidence),
        off_by=_relative(evidence, evidence.error_abs) if evidence else "",
        allowed=_relative(evidence, evidence.allowed_abs) if evidence else "",
        differing=_differing(evidence),
        source=_source(shown.outcome),
        against=shown.against,
    )


def _differing(evidence: Evidence | None) -> str:
    if evidence is None or evidence.total <= 1:
        return ""
    return say_count("failure.differing", evidence.total, n=evidence.differing)


def _source(outcome: Outcome) -> str:
    if isinstance(outcome, Raised) and outcome.where:
        return f"{outcome.where}: {outcome.line}" if outcome.line else outcome.where
    return ""


def _both(shown: CaseFinding) -> tuple[str, str]:
    evidence = shown.evidence
    if evidence is not None:
        digits = _digits(evidence)
        return entries(evidence.actual, digits), entries(evidence.expected, digits)
    due = ", ".join(entries(v, 5) for v in shown.due)
    match shown.outcome:
        case Returned(values=values):
            return ", ".join(entries(v, 5) for v in values), due
        case TimedOut():
            return say("failure.no_answer_within", limit=shown.detail), due
        case OutOfMemory():
            return say("failure.no_answer_with", size=shown.detail), due
        case _:
            return shown.detail, due


def in_shape(shown: CaseFinding) -> str:
    """Return what is due on a case in words, without its values.

    Parameters
    ----------
    shown : CaseFinding
        The case.

    Returns
    -------
    str
        ``"an array of shape (3,)"``; empty where nothing is known of it.
    """
    arrays = shown.due or ((shown.evidence.expected,) if shown.evidence else ())
    return ", ".join(
        say("failure.array", shape=array.shape) if array.ndim else say("failure.number") for array in arrays
    )


def _digits(evidence: Evidence) -> int:
    """Return how many significant digits are needed to see the difference at the worst entry."""
    relative = _ratio(evidence, evidence.error_abs)
    if not 0 < relative < 1e-3:
        return 5
    return min(17, 3 + int(np.ceil(-np.log10(relative))))


def entries(array: Array, digits: int) -> str:
    """Return an array's entries as nested lists of numbers.

    Parameters
    ----------
    array : ndarray
        Any shape; bool, integer, floating or complex.
    digits : int
        Significant digits.

    Returns
    -------
    str
        At most 48 entries in full; a larger array says its shape and shows its first entries.
    """
    if array.ndim == 0:
        return f"{array.item():.{digits}g}" if array.dtype.kind in "iuf" else str(array.item())
    if array.size > _SHOWN_ENTRIES:
        first = ", ".join(f"{v:.{digits}g}" for v in _first(array))
        return say("failure.array_beginning", shape=array.shape, first=first)
    return "[" + ", ".join(entries(row, digits) for row in array) + "]"


def _first(array: Array) -> Iterator[float]:
    yield from array.reshape(-1)[:6].tolist()


def _where(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    index = ", ".join(map(str, evidence.where))
    return f"{evidence.name}[{index}]" if evidence.where else evidence.name


def _ratio(evidence: Evidence, difference: float) -> float:
    due = abs(float(evidence.expected[evidence.where])) if evidence.expected.size else 0.0
    return difference / due if due > 0 and np.isfinite(due) else float("inf")


def _relative(evidence: Evidence, difference: float) -> str:
    """Return a difference at the worst entry relative to what is due there, in words."""
    if not np.isfinite(difference):
        return ""
    relative = _ratio(evidence, difference)
    if np.isinf(relative):
        return f"{difference:.2g}"
    if relative >= 1e-3:
        return say("failure.percent", n=f"{100 * relative:.3g}")
    return say("failure.of_its_value", n=f"{relative:.2g}")
