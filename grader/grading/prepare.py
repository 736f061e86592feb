"""What is the same for every submission of a run, worked out once: here, or elsewhere and brought along."""

from dataclasses import dataclass

from grader.checks.property import variants
from grader.grading.plan import Drawer, Plan, draw_plan
from grader.grading.submission import Grading
from grader.model.assignment import AdjointCheck, Assignment, Check, FiniteDifferenceCheck, Problem, PropertyCheck
from grader.model.case import Case
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from grader.truth.snapshot import Snapshot, freeze, thaw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Worked:
    """What a snapshot holds.

    Parameters
    ----------
    cases : dict of str to tuple of Case
        By the problem's id.
    notes : tuple of str
        The plan's.
    kept : dict
        The truth's.
    """

    cases: dict[str, tuple[Case, ...]]
    notes: tuple[str, ...]
    kept: dict[tuple[object, ...], object]


def prepare(assignment: Assignment, modules: TrustedModules, seed: int) -> Grading:
    """Draw the plan and work out what every right answer is held against.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    modules : TrustedModules
        Its trusted folder.
    seed : int
        The root seed.

    Returns
    -------
    Grading
        Its truth knows the expected values, units, derivatives and pairings of every case that is drawn for everybody.

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    """
    truth = Truth(assignment, modules, seed)
    plan = draw_plan(assignment, modules, truth, seed)
    for problem in assignment.problem:
        for check in problem.check:
            for case in plan.of(problem, check.families):
                for one in compared(problem, check, case, truth):
                    truth.expected(problem, one)
                if isinstance(check, FiniteDifferenceCheck):
                    truth.slopes(problem, check, case)
                elif isinstance(check, AdjointCheck):
                    truth.pairings(problem, check, case)
    return Grading(plan=plan, truth=truth)


def compared(problem: Problem, check: Check, case: Case, truth: Truth) -> tuple[Case, ...]:
    """Return the cases whose expected values or units a check needs.

    Parameters
    ----------
    problem : Problem
        Whose check.
    check : Check
        Which.
    case : Case
        Of the plan.
    truth : Truth
        Knows the problem's shapes.

    Returns
    -------
    tuple of Case
        The case itself, and what a property compares it with.
    """
    return variants(check, case, truth.shapes(problem)) if isinstance(check, PropertyCheck) else (case,)


def packed(grading: Grading) -> Snapshot:
    """Return what was worked out, as bytes for a worker process of ours.

    Parameters
    ----------
    grading : Grading
        Plan and truth.

    Returns
    -------
    Snapshot
    """
    plan = grading.plan
    return freeze(_Worked(cases=plan.cases, notes=plan.notes, kept=grading.truth.kept()))


def unpacked(snapshot: Snapshot, assignment: Assignment, modules: TrustedModules, seed: int) -> Grading:
    """Return plan and truth as they were where they were packed.

    Parameters
    ----------
    snapshot : Snapshot
        From `packed`.
    assignment, modules, seed
        The same as there.

    Returns
    -------
    Grading
        What its truth does not know yet, such as named mistakes, it works out from `modules` when it is asked.
    """
    worked: _Worked = thaw(snapshot)
    truth = Truth(assignment, modules, seed)
    truth.bring(worked.kept)
    drawer = Drawer(assignment, modules, truth, seed)
    plan = Plan(assignment=assignment, seed=seed, cases=worked.cases, notes=worked.notes, drawer=drawer)
    return Grading(plan=plan, truth=truth)
