"""``reference`` and ``stability``: the answer equals the trusted one, within the measured unit of the case."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.checks.kind import KEPT, PLAIN, Facts, Request, plain
from grader.checks.receive import disagrees, receive
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import ReferenceCheck, StabilityCheck
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.compare import Closeness, Comparison, agrees, agrees_at, compare, reach
from grader.numerics.expected import DISAGREE_UNITS, Expected
from grader.words import say

Reach = Callable[..., Array | None]


def _structure_fault(problem: Problem, values: tuple[Array, ...], expected: tuple[Expected, ...]) -> str:
    """Return in words which demanded structure a value does not have; empty if it has all."""
    for due, value, truth in zip(problem.returns, values, expected, strict=True):
        match due.structure:
            case "none":
                continue
            case "symmetric":
                gap = np.abs(value - np.swapaxes(value, -1, -2))
                if bool(np.any(gap > DISAGREE_UNITS * (truth.unit + np.swapaxes(truth.unit, -1, -2)))):
                    return say("returned.not_symmetric", name=due.name)
            case "lower_triangular":
                if bool(np.any(np.triu(value, 1) != 0)):
                    return say("returned.not_lower_triangular", name=due.name)
    return ""


def _worst(comparisons: tuple[Comparison, ...]) -> int:
    return max(range(len(comparisons)), key=lambda i: comparisons[i].ratio)


def _evidence(
    problem: Problem, values: tuple[Array, ...], expected: tuple[Expected, ...], comparisons: tuple[Comparison, ...]
) -> Evidence:
    i = _worst(comparisons)
    c = comparisons[i]
    return Evidence(
        actual=values[i],
        expected=expected[i].value,
        name=problem.returns[i].name,
        where=c.worst,
        error_abs=c.error_abs,
        allowed_abs=c.allowed_abs,
        differing=c.differing,
        total=c.total,
    )


def _judge_values(
    problem: Problem, case: Case, outcome: Outcome, facts: Facts, *, widen: float, reach_of: Reach
) -> CaseFinding:
    expected = facts.expected(problem, case)
    values = receive(problem, case, outcome, expected)
    if isinstance(values, CaseFinding):
        return values
    plainly = all(agrees(v, e, reach_of(e, widen=widen)) for v, e in zip(values, expected, strict=True))
    if plainly and not _structure_fault(problem, values, expected):
        return CaseFinding(
            case=case,
            verdict=Verdict.AGREES,
            finding=Finding.RIGHT,
            informative=all(e.informative for e in expected),
            outcome=outcome,
            resolution=max(e.resolution for e in expected) * widen,
            measured=lambda: _measured(problem, case, outcome, values, expected, widen=widen),
        )
    return _measured(problem, case, outcome, values, expected, widen=widen)


def _measured(
    problem: Problem,
    case: Case,
    outcome: Outcome,
    values: tuple[Array, ...],
    expected: tuple[Expected, ...],
    *,
    widen: float,
) -> CaseFinding:
    comparisons = tuple(compare(v, e, widen=widen) for v, e in zip(values, expected, strict=True))
    evidence = _evidence(problem, values, expected, comparisons)
    if any(c.non_finite and c.closeness is Closeness.DISAGREES for c in comparisons):
        return disagrees(case, Finding.NON_FINITE, outcome, evidence=evidence, comparisons=comparisons)
    closeness = {c.closeness for c in comparisons}
    if Closeness.DISAGREES in closeness:
        lower = case.dtype == "float64" and all(
            agrees_at(v, e, dtype="float32") for v, e in zip(values, expected, strict=True)
        )
        finding = Finding.FLOAT32_PRECISION if lower else Finding.WRONG_VALUES
        return disagrees(case, finding, outcome, evidence=evidence, comparisons=comparisons)
    fault = _structure_fault(problem, values, expected)
    if fault:
        return disagrees(case, Finding.WRONG_STRUCTURE, outcome, fault, evidence=evidence)
    close = Closeness.INCONCLUSIVE not in closeness
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES if close else Verdict.INCONCLUSIVE,
        finding=Finding.RIGHT if close else Finding.TOO_CLOSE_TO_TELL,
        informative=all(e.informative for e in expected),
        outcome=outcome,
        evidence=evidence,
        resolution=max(e.resolution for e in expected) * widen,
        comparisons=comparisons,
    )


def _judge_finite(problem: Problem, case: Case, outcome: Outcome, expected: tuple[Expected, ...]) -> CaseFinding:
    """Return whether values are finite: all that can be seen where the answer is withheld."""
    values = receive(problem, case, outcome, expected)
    if isinstance(values, CaseFinding):
        return values
    if not all(bool(np.isfinite(value).all()) for value in values):
        return disagrees(case, Finding.UNSTABLE, outcome)
    return CaseFinding(
        case=case, verdict=Verdict.AGREES, finding=Finding.RIGHT, informative=True, outcome=outcome, resolution=math.inf
    )


class _ByValue:
    """What compares each answer with the trusted one, and keeps how far from it an answer may be."""

    def __init__(self) -> None:
        self._reach: Reach = lru_cache(maxsize=KEPT)(reach)


class Reference(_ByValue):
    """The kind ``reference``."""

    def requests(self, check: ReferenceCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self, check: ReferenceCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the answer equals the trusted one."""
        return _judge_values(problem, case, outcomes[PLAIN], facts, widen=check.widen, reach_of=self._reach)


class Stability(_ByValue):
    """The kind ``stability``: like ``reference``, where a naive formula overflows."""

    def requests(self, check: StabilityCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self,
        check: StabilityCheck,  # noqa: ARG002 - one signature for all kinds
        problem: Problem,
        case: Case,
        outcomes: Mapping[str, Outcome],
        facts: Facts,
    ) -> CaseFinding:
        """Return whether the answer is finite and equals the trusted one."""
        expected = facts.expected(problem, case)
        if any(e.withheld for e in expected):
            return _judge_finite(problem, case, outcomes[PLAIN], expected)
        found = _judge_values(problem, case, outcomes[PLAIN], facts, widen=1.0, reach_of=self._reach)
        if found.finding is not Finding.NON_FINITE:
            return found
        return disagrees(case, Finding.UNSTABLE, found.outcome, evidence=found.evidence)
