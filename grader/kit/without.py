"""What can be said of a wrong answer where the right one is not at hand: one move, and a factor if one explains it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from grader.checks.finding import CaseFinding
from grader.checks.receive import returned_part
from grader.diagnosis.observation import Explanation, Observation
from grader.grading.judge import Judged
from grader.grading.show import entries, failure, in_shape
from grader.kit.words import quantity
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.checks import AdjointCheck, Check, FiniteDifferenceCheck, StabilityCheck
from grader.model.outcome import Returned
from grader.model.report import FailureReport, Finding
from grader.truth.forward import ForwardPoint
from grader.truth.handout import Handout
from grader.truth.modules import TRUSTED_FAULTS, TrustedFunctionError, TrustedModules
from grader.words import say

if TYPE_CHECKING:
    # Most answers end up right: what is for wrong ones alone is imported for them.
    from grader.diagnosis.along import Along
    from grader.kit.moving import Moved

_DIGITS = 5


class WithForwardModel:
    """Speaks of wrong answers with the forward model alone.

    Parameters
    ----------
    handout : Handout
        Slopes and pairings of the cases.
    modules : TrustedModules
        The forward models.
    """

    def __init__(self, handout: Handout, modules: TrustedModules) -> None:
        self._handout = handout
        self._modules = modules

    def explain(self, problem: Problem, observations: Sequence[Observation]) -> Explanation | None:
        """Return the one factor that explains what was observed, or None."""
        if not observations:
            return None
        from grader.diagnosis.along import explain_along  # noqa: PLC0415 - see above

        known = [
            along
            for place, o in enumerate(observations)
            for check in problem.check
            if o.case.family in check.families
            for along in self._along(problem, check, o.case, place)
        ]
        return explain_along(problem, observations, known, self._handout) if known else None

    def failure(self, problem: Problem, judged: Judged) -> FailureReport | None:
        """Return the smallest failing case, written down; None where no case shows what is wrong."""
        written = failure(problem, judged)
        shown = judged.shown
        if written is None or shown is None:
            return None
        if shown.evidence is None:
            return written.model_copy(update={"expected": _due(judged, shown)})
        match judged.check:
            case FiniteDifferenceCheck():
                return self._moved(problem, judged.check, shown, written)
            case AdjointCheck():
                return _paired(problem, judged.check, shown, written)
            case _:
                return written

    def _along(self, problem: Problem, check: Check, case: Case, place: int) -> tuple["Along", ...]:
        from grader.diagnosis.along import Along  # noqa: PLC0415 - see above

        match check:
            case FiniteDifferenceCheck():
                slopes = self._handout.slopes(problem, check, case)
                tangents, values = [s.direction.tangent for s in slopes], [s.value for s in slopes]
                errors = [s.error for s in slopes]
            case AdjointCheck():
                pairings = self._handout.pairings(problem, check, case)
                tangents, values = [p.tangent for p in pairings], [p.value for p in pairings]
                errors = [p.unit for p in pairings]
            case _:
                return ()
        part = returned_part(problem, check.returns)
        return (
            Along(
                observation=place,
                part=part,
                tangents=np.stack(tangents),
                values=np.array(values),
                errors=np.array(errors),
            ),
        )

    def _moved(
        self, problem: Problem, check: FiniteDifferenceCheck, shown: CaseFinding, written: FailureReport
    ) -> FailureReport:
        got = _answer(problem, check, shown)
        update = {"got": got, "expected": "", "where": "", "off_by": "", "allowed": "", "differing": ""}
        moved = self._worst(problem, check, shown)
        if moved is None:
            return written.model_copy(update=update)
        slope, claimed = _told_apart(moved.slope, moved.claimed)
        name = problem.returns[returned_part(problem, check.returns)].name
        update["expected"] = say("move.changes", move=moved.says, quantity=quantity(check), slope=slope)
        update["where"] = say("move.yours", name=name, slope=claimed)
        return written.model_copy(update=update)

    def _worst(self, problem: Problem, check: FiniteDifferenceCheck, shown: CaseFinding) -> "Moved | None":
        from grader.kit.moving import worst_move  # noqa: PLC0415 - see above

        if not isinstance(shown.outcome, Returned):
            return None
        answer = shown.outcome.values[returned_part(problem, check.returns)]
        try:
            return worst_move(ForwardPoint(self._modules, problem, check, shown.case), check, answer)
        except (*TRUSTED_FAULTS, TrustedFunctionError):
            # The verdict rests on slopes that came with the kit; a forward model that a student changed costs words.
            return None


def _due(judged: Judged, shown: CaseFinding) -> str:
    if isinstance(judged.check, StabilityCheck) and judged.finding is Finding.UNSTABLE:
        return say("move.finite_numbers")
    return in_shape(shown)


def _answer(problem: Problem, check: FiniteDifferenceCheck | AdjointCheck, shown: CaseFinding) -> str:
    if not isinstance(shown.outcome, Returned):
        return shown.detail
    return entries(shown.outcome.values[returned_part(problem, check.returns)], _DIGITS)


def _paired(problem: Problem, check: AdjointCheck, shown: CaseFinding, written: FailureReport) -> FailureReport:
    evidence = shown.evidence
    name = problem.returns[returned_part(problem, check.returns)].name
    update = {"got": _answer(problem, check, shown), "expected": "", "where": "", "off_by": "", "allowed": ""}
    if evidence is not None and np.isfinite(evidence.actual[evidence.where]):
        due, claimed = _told_apart(float(evidence.expected[evidence.where]), float(evidence.actual[evidence.where]))
        update["expected"] = say("move.outputs_change", wrt=check.wrt, cotangent=check.cotangent, slope=due)
        update["where"] = say("move.your_sum", name=name, slope=claimed)
    return written.model_copy(update={**update, "differing": ""})


def _told_apart(due: float, claimed: float) -> tuple[str, str]:
    """Return two numbers with as many digits as it takes to see that they differ."""
    size = max(abs(due), abs(claimed))
    gap = abs(due - claimed) / size if size > 0 else 0.0
    digits = 3 if not 0 < gap < 0.1 else min(16, 2 + math.ceil(-math.log10(gap)))
    return f"{due:.{digits}g}", f"{claimed:.{digits}g}"
