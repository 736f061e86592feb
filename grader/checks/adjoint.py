"""``adjoint``: the identity <V, answer> = <jvp(V), cotangent>, exact up to rounding and independent of the answer."""

from collections.abc import Mapping

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.checks.kind import PLAIN, Facts, Request, plain
from grader.checks.receive import disagrees, receive
from grader.model.assignment import AdjointCheck, Problem
from grader.model.case import Array, Case
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS, informative_limit
from grader.numerics.rounding import unit_roundoff
from grader.numerics.slope import Pairing

_FLOAT32_ROUNDING = unit_roundoff("float32") / unit_roundoff("float64")


class Adjoint:
    """The kind ``adjoint``."""

    def requests(self, check: AdjointCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self, check: AdjointCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the answer, contracted with each tangent, is the forward derivative along it."""
        outcome = outcomes[PLAIN]
        expected = facts.expected(problem, case)
        values = receive(problem, case, outcome, expected)
        if isinstance(values, CaseFinding):
            return values
        part = next((i for i, due in enumerate(problem.returns) if due.name == check.returns), 0)
        pairings = facts.pairings(problem, check, case)
        return _judged(case, outcome, problem.returns[part].name, values[part], expected[part].unit, pairings)


def _judged(
    case: Case, outcome: Outcome, name: str, value: Array, unit: Array, pairings: tuple[Pairing, ...]
) -> CaseFinding:
    tangents = np.stack([p.tangent for p in pairings]).reshape(len(pairings), -1)
    due = np.array([p.value for p in pairings])
    # nan and infinity in the student's numbers are meant to run through, into comparisons that they fail.
    with np.errstate(all="ignore"):
        actual = tangents @ value.reshape(-1)
        error = np.abs(actual - due)
        rounding = np.array([p.unit for p in pairings]) + np.abs(tangents) @ unit.reshape(-1)
        allowed = DISAGREE_UNITS * rounding
        broken = ~(error <= allowed)
        scale = np.abs(tangents) @ np.abs(value.reshape(-1))
        resolution = float(np.min(np.where(scale > 0, allowed / scale, np.inf), initial=np.inf))
        worst = int(np.argmax(np.where(np.isnan(error), np.inf, error / allowed)))
    evidence = Evidence(
        actual=actual,
        expected=due,
        name=f"<{name}, tangent>",
        where=(worst,),
        error_abs=float(error[worst]),
        allowed_abs=float(allowed[worst]),
        differing=int(broken.sum()),
        total=len(pairings),
    )
    if bool(broken.any()):
        finding = Finding.WRONG_VALUES
        if not bool(np.isfinite(value).all()):
            finding = Finding.NON_FINITE
        elif case.dtype == "float64" and bool(np.all(error <= AGREE_UNITS * _FLOAT32_ROUNDING * rounding)):
            finding = Finding.FLOAT32_PRECISION
        return disagrees(case, finding, outcome, evidence=evidence)
    agrees = bool(np.all(error <= AGREE_UNITS * rounding))
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES if agrees else Verdict.INCONCLUSIVE,
        finding=Finding.RIGHT if agrees else Finding.TOO_CLOSE_TO_TELL,
        informative=resolution <= informative_limit(case.dtype),
        outcome=outcome,
        evidence=evidence,
        resolution=resolution,
    )
