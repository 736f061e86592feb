"""What the grader says, by its own code: of one answer to one case, and of a function on all cases of a plan."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.drawn_cases import Drawn
from benchmarks.right_answers import Array, UnstableError
from grader.checks.kind import PLAIN
from grader.checks.reference import Reference
from grader.grading.basis import Grading
from grader.grading.plan import Plan
from grader.grading.submission import grade_problems
from grader.model.assignment import Problem
from grader.model.case import Call
from grader.model.checks import DECIDING_KINDS, ReferenceCheck
from grader.model.outcome import NotNumeric, Outcome, Raised, Returned
from grader.model.report import Verdict
from grader.truth.book import Truth

# Everything that wrong code does with numbers; anything else is a fault of the benchmark.
FAULTS = (ArithmeticError, LookupError, TypeError, ValueError)
CHECK = ReferenceCheck(kind="reference", points=1)


def called(answer: Callable[..., Any], arguments: tuple[Array, ...], due: int) -> Outcome:
    """Call an answer as a student's function is called.

    Raises
    ------
    UnstableError
        A right answer says that it cannot compute with these numbers.
    """
    given = tuple(np.array(v) for v in arguments)
    try:
        with np.errstate(all="ignore"):
            found = answer(*given)
    except FAULTS as error:
        return Raised(type=type(error).__name__, text=str(error), where="", line="")
    values = tuple(np.asarray(v) for v in (found if isinstance(found, tuple) else (found,)))
    if len(values) != due:
        return NotNumeric(says=f"{len(values)} values")
    return Returned(values=values, inputs_after=given)


def of_case(drawn: Drawn, outcome: Outcome) -> Verdict:
    """The verdict of the check `reference` on one case; agreement that certifies nothing is inconclusive."""
    found = Reference().judge(CHECK, drawn.problem, drawn.case, {PLAIN: outcome}, drawn.truth)
    if found.verdict is Verdict.AGREES and not found.informative:
        return Verdict.INCONCLUSIVE
    return found.verdict


@dataclass(frozen=True, slots=True)
class Inside:
    """Runs one function in this process."""

    answer: Callable[..., Any]

    def call(self, call: Call) -> Outcome:
        """Return what comes back; a right answer that cannot compute with these numbers raises, as a student's may."""
        try:
            return called(self.answer, call.arguments, call.returns)
        except UnstableError:
            return Raised(type="UnstableError", text="", where="", line="")


def of_problem(plan: Plan, truth: Truth, problem: Problem, answer: Callable[..., Any]) -> Verdict:
    """Grade one function on the cases of a plan: agrees if every deciding check does, disagrees if one does."""
    alone = replace(plan, assignment=plan.assignment.model_copy(update={"problem": (problem,)}))
    (report,) = grade_problems(Grading(plan=alone, truth=truth), Inside(answer), lambda check_id: check_id)
    deciding = [check.verdict for check in report.checks if check.kind in DECIDING_KINDS]
    if Verdict.DISAGREES in deciding:
        return Verdict.DISAGREES
    return Verdict.AGREES if all(v is Verdict.AGREES for v in deciding) else Verdict.INCONCLUSIVE
