"""What students are given of an assignment: the checks they may see, cases, and what decides them without answers."""

from dataclasses import dataclass
from fractions import Fraction

from grader.checks.property import variants
from grader.grading.prepare import prepare
from grader.model.assignment import (
    AdjointCheck,
    Assignment,
    Check,
    FiniteDifferenceCheck,
    Problem,
    PropertyCheck,
    ReferenceCheck,
)
from grader.model.case import Case
from grader.numerics.expected import Expected
from grader.numerics.slope import Pairing, Slope
from grader.truth.book import Truth
from grader.truth.handout import Facts
from grader.truth.modules import TrustedModules


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What the students' part of a problem leaves out.

    Parameters
    ----------
    problem : str
        Its id.
    checks : int
        How many checks.
    points : Fraction
        What they are worth.
    decides : bool
        False where no check that is left decides rightness.
    """

    problem: str
    checks: int
    points: Fraction
    decides: bool


def students_part(assignment: Assignment) -> tuple[Assignment, tuple[Withheld, ...]]:
    """Return the part of an assignment that needs no answer and that students may see.

    Parameters
    ----------
    assignment : Assignment
        The whole.

    Returns
    -------
    Assignment
        Checks that are visible and compare with no trusted answer; no misconceptions, no terms. Each problem still
        names its reference, which whoever hands it out leaves behind.
    tuple of Withheld
        What is left out, one a problem that lost something.
    """
    problems, withheld = [], []
    for problem in assignment.problem:
        kept = tuple(check for check in problem.check if _is_for_students(check))
        points = sum((check.points for check in kept), Fraction(0))
        if len(kept) < len(problem.check):
            withheld.append(
                Withheld(
                    problem=problem.id,
                    checks=len(problem.check) - len(kept),
                    points=problem.points - points,
                    decides=any(check.decides for check in kept),
                )
            )
        if kept:
            update = {"check": kept, "points": points, "misconception": (), "terms": (), "credit": {}}
            problems.append(problem.model_copy(update=update))
    total = sum((problem.points for problem in problems), Fraction(0))
    return assignment.model_copy(update={"problem": tuple(problems), "points": total}), tuple(withheld)


def _is_for_students(check: Check) -> bool:
    return check.visibility == "visible" and not isinstance(check, ReferenceCheck)


def facts_for(part: Assignment, modules: TrustedModules, seed: int, sha256: str) -> Facts:
    """Work out what decides the students' part of an assignment.

    Parameters
    ----------
    part : Assignment
        From `students_part`.
    modules : TrustedModules
        The trusted folder.
    seed : int
        The root seed: another one than that of the grades.
    sha256 : str
        Of the rubric that students are given.

    Returns
    -------
    Facts

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    """
    grading = prepare(part, modules, seed)
    plan, truth = grading.plan, grading.truth
    expected: dict[tuple[str, str], tuple[Expected, ...]] = {}
    slopes: dict[tuple[str, str, str], tuple[Slope, ...]] = {}
    pairings: dict[tuple[str, str, str], tuple[Pairing, ...]] = {}
    for problem in part.problem:
        for check in problem.check:
            for case in plan.of(problem, check.families):
                key = (problem.id, check.name, case.draw)
                for one in _compared(problem, check, case, truth):
                    expected[problem.id, one.draw] = truth.expected(problem, one)
                if isinstance(check, FiniteDifferenceCheck):
                    slopes[key] = truth.slopes(problem, check, case)
                elif isinstance(check, AdjointCheck):
                    pairings[key] = truth.pairings(problem, check, case)
    return Facts(
        assignment_sha256=sha256,
        seed=seed,
        notes=plan.notes,
        cases=plan.cases,
        expected=expected,
        slopes=slopes,
        pairings=pairings,
    )


def _compared(problem: Problem, check: Check, case: Case, truth: Truth) -> tuple[Case, ...]:
    """Return the cases whose units a check needs."""
    return variants(check, case, truth.shapes(problem)) if isinstance(check, PropertyCheck) else (case,)
