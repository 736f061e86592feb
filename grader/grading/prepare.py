"""What is the same for every submission of a run, worked out once: here, or elsewhere and brought along."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.checks.property import variants
from grader.grading.basis import Grading
from grader.grading.plan import Drawer, Plan, draw_plan
from grader.model.assignment import Assignment, Problem
from grader.model.case import Case
from grader.model.checks import AdjointCheck, Check, FiniteDifferenceCheck, PropertyCheck
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from grader.truth.snapshot import Snapshot, freeze, thaw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Worked:
    """What a snapshot holds of one problem.

    Parameters
    ----------
    cases : tuple of Case
        Of the plan.
    note : str
        The plan's.
    kept : dict
        The truth's.
    """

    cases: tuple[Case, ...]
    note: str
    kept: dict[tuple[object, ...], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was worked out of one problem; the same bytes, whichever process of ours did it and what else it did.

    Parameters
    ----------
    note : str
        The plan's, on what was drawn.
    worked : Snapshot
        Its cases, and what the truth knows of them.
    """

    note: str
    worked: Snapshot


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
    plan, truth = _prepared(assignment, modules, seed)
    return Grading(plan=plan, truth=truth)


def prepared_parts(assignment: Assignment, modules: TrustedModules, seed: int) -> tuple[Part, ...]:
    """Work out the same as `prepare`, for others only.

    Parameters
    ----------
    assignment, modules, seed
        As for `prepare`.

    Returns
    -------
    tuple of Part
        In the order of the rubric.

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    """
    return _parts(*_prepared(assignment, modules, seed))


def _prepared(assignment: Assignment, modules: TrustedModules, seed: int) -> tuple[Plan, Truth]:
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
    return plan, truth


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


def _parts(plan: Plan, truth: Truth) -> tuple[Part, ...]:
    kept: dict[str, dict[tuple[object, ...], object]] = {problem.id: {} for problem in plan.assignment.problem}
    for key, value in truth.kept().items():
        kept[str(key[1])][key] = value
    return tuple(
        Part(note=note, worked=freeze(_Worked(cases=plan.cases[problem.id], note=note, kept=kept[problem.id])))
        for problem, note in zip(plan.assignment.problem, plan.notes, strict=True)
    )


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
    return together(_parts(grading.plan, grading.truth))


def together(parts: Sequence[Part]) -> Snapshot:
    """Return what was worked out of all problems, as bytes for a worker process of ours.

    Parameters
    ----------
    parts : sequence of Part
        In the order of the rubric.

    Returns
    -------
    Snapshot
    """
    return freeze(tuple(part.worked for part in parts))


def unpacked(snapshot: Snapshot, assignment: Assignment, modules: TrustedModules, seed: int) -> Grading:
    """Return plan and truth as they were where they were packed.

    Parameters
    ----------
    snapshot : Snapshot
        From `packed` or `together`.
    assignment, modules, seed
        The same as there.

    Returns
    -------
    Grading
        What its truth does not know yet, such as named mistakes, it works out from `modules` when it is asked.
    """
    worked: list[_Worked] = [thaw(part) for part in thaw(snapshot)]
    truth = Truth(assignment, modules, seed)
    for one in worked:
        truth.bring(one.kept)
    cases = {problem.id: one.cases for problem, one in zip(assignment.problem, worked, strict=True)}
    drawer = Drawer(assignment, modules, truth, seed)
    plan = Plan(assignment=assignment, seed=seed, cases=cases, notes=tuple(one.note for one in worked), drawer=drawer)
    return Grading(plan=plan, truth=truth)
