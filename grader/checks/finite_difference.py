"""``finite_difference``: the answer is the derivative of a forward function along the domain's own directions.

Independent of the reference's values; only its measured units are used, as the rounding that a right answer may show.
"""

from collections.abc import Mapping

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.checks.kind import PLAIN, Facts, Request, plain
from grader.checks.receive import disagrees, receive
from grader.model.assignment import FiniteDifferenceCheck, Problem
from grader.model.case import Array, Case
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS
from grader.numerics.rounding import unit_roundoff
from grader.numerics.slope import Slope

# The ladder's estimate of its own error is at worst a little too small (docs/numerics.md has the measured coverage), so
# a difference is held against a student only beyond twice the estimate.
_ERROR_MARGIN = 2.0
_FLOAT32_ROUNDING = unit_roundoff("float32") / unit_roundoff("float64")
# Below this relative resolution agreement with finite differences says something.
_INFORMATIVE = {"float64": 1e-5, "float32": 1e-2}


class FiniteDifference:
    """The kind ``finite_difference``."""

    def requests(self, check: FiniteDifferenceCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self, check: FiniteDifferenceCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the answer, contracted with each direction, is the slope along it."""
        outcome = outcomes[PLAIN]
        expected = facts.expected(problem, case)
        values = receive(problem, case, outcome, expected)
        if isinstance(values, CaseFinding):
            return values
        part = next((i for i, due in enumerate(problem.returns) if due.name == check.returns), 0)
        slopes = facts.slopes(problem, check, case)
        return _judged(case, outcome, problem.returns[part].name, values[part], expected[part].unit, slopes)


def _judged(
    case: Case, outcome: Outcome, name: str, value: Array, unit: Array, slopes: tuple[Slope, ...]
) -> CaseFinding:
    tangents = np.stack([s.direction.tangent for s in slopes]).reshape(len(slopes), -1)
    slope = np.array([s.value for s in slopes])
    truncation = np.array([s.error for s in slopes])
    usable = np.isfinite(slope) & np.isfinite(truncation)
    # nan and infinity in the student's numbers are meant to run through, into comparisons that they fail.
    with np.errstate(all="ignore"):
        actual = tangents @ value.reshape(-1)
        error = np.where(usable, np.abs(actual - slope), 0.0)
        rounding = np.abs(tangents) @ unit.reshape(-1)
        allowed = _ERROR_MARGIN * truncation + DISAGREE_UNITS * rounding
        agree = error <= truncation + AGREE_UNITS * rounding
        disagree = usable & ~(error <= allowed)
        # At the rounding of float32 instead: the right formula, computed in the lower precision.
        lower = error <= _ERROR_MARGIN * truncation + AGREE_UNITS * _FLOAT32_ROUNDING * rounding
        beyond = np.where(np.isnan(error), np.inf, error / np.maximum(allowed, np.finfo(float).tiny))
        # How large a relative mistake along each direction would have been seen.
        scale = np.abs(tangents) @ np.abs(value.reshape(-1))
        relative = np.where(usable & (scale > 0), allowed / scale, np.inf)
    worst = int(np.argmax(np.where(usable, beyond, -1.0)))
    evidence = Evidence(
        actual=actual,
        expected=slope,
        name=f"<{name}, direction>",
        where=(worst,),
        error_abs=float(error[worst]),
        allowed_abs=float(allowed[worst]),
        differing=int(disagree.sum()),
        total=len(slopes),
    )
    if bool(disagree.any()):
        finding = Finding.WRONG_VALUES
        if not bool(np.isfinite(value).all()):
            finding = Finding.NON_FINITE
        elif case.dtype == "float64" and bool(lower[usable].all()):
            finding = Finding.FLOAT32_PRECISION
        return disagrees(case, finding, outcome, evidence=evidence)
    resolution = float(np.min(relative, initial=np.inf))
    agrees = bool(usable.any()) and bool(agree[usable].all())
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES if agrees else Verdict.INCONCLUSIVE,
        finding=Finding.RIGHT if agrees else Finding.TOO_CLOSE_TO_TELL,
        informative=resolution <= _INFORMATIVE[case.dtype],
        outcome=outcome,
        evidence=evidence,
        resolution=resolution,
    )
