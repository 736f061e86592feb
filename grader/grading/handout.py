"""What students are given of an assignment: the checks they may see, cases, and what decides them without answers."""

from collections.abc import Sequence
from fractions import Fraction

from grader.grading.prepare import compared, prepare
from grader.model.assignment import Assignment, Audit, Problem
from grader.model.checks import (
    AdjointCheck,
    Check,
    DerivationCheck,
    FiniteDifferenceCheck,
    ReferenceCheck,
    VectorisedCheck,
)
from grader.model.handout import Withheld
from grader.model.inputs import CaseGroup, FromFunction, InputSet, Sampler
from grader.numerics.expected import Expected
from grader.numerics.slope import Pairing, Slope
from grader.truth.handout import Facts
from grader.truth.modules import TrustedModules

NOT_HANDED_OUT = "withheld:withheld"
"""Stands in a handout where the rubric names a trusted function that students are not given."""


_NO_CASES = CaseGroup(family="generic", count=1)
"""Stands where a problem's inputs need cases; no check asks for any of this one."""


def students_part(assignment: Assignment) -> tuple[Assignment, tuple[Withheld, ...]]:
    """Return the part of an assignment that needs no answer and that students may see.

    Parameters
    ----------
    assignment : Assignment
        The whole.

    Returns
    -------
    Assignment
        Checks that are visible and compare with no trusted answer, and the inputs that these are tried on; no
        misconceptions, no terms. It still names trusted functions, see `without_names`.
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
                    function=problem.function,
                    checks=len(problem.check) - len(kept),
                    points=problem.points - points,
                    # That lines are equal to each other says nothing of the first one.
                    decides=any(check.decides and not isinstance(check, DerivationCheck) for check in kept),
                )
            )
        if kept:
            update = {"check": kept, "points": points, "misconception": (), "terms": (), "credit": {}}
            problems.append(problem.model_copy(update=update))
    total = sum((problem.points for problem in problems), Fraction(0))
    update = {"problem": tuple(problems), "points": total, "inputs": _inputs(assignment, problems)}
    return assignment.model_copy(update=update), tuple(withheld)


def _inputs(assignment: Assignment, problems: Sequence[Problem]) -> dict[str, InputSet]:
    """Return the inputs without what only checks that are left out are tried on: that is hidden with them."""
    kept = {}
    for name, inputs in assignment.inputs.items():
        families = {f for p in problems if p.inputs == name for check in p.check for f in check.families}
        groups = tuple(group for group in inputs.case if group.family in families)
        if not groups and any(p.inputs == name for p in problems):
            # Nothing that is tried is left, only a look at the source: its arguments still have shapes.
            groups = (_NO_CASES,)
        if groups:
            kept[name] = inputs.model_copy(update={"case": groups})
    return kept


def without_names(part: Assignment, *, trusted: str, seed: int, language: str) -> Assignment:
    """Return the students' part as it is handed out: it names no function that stays behind, and no secret.

    Parameters
    ----------
    part : Assignment
        From `students_part`.
    trusted : str
        The folder of the forward models.
    seed : int
        That of the cases, in the place of the lecturer's.
    language : str
        A tag, or the file of messages in the kit.

    Returns
    -------
    Assignment
    """
    problems = tuple(
        problem.model_copy(update={"reference": NOT_HANDED_OUT, "check": tuple(map(_nameless, problem.check))})
        for problem in part.problem
    )
    inputs = {name: _nameless_inputs(one) for name, one in part.inputs.items()}
    update = {
        "problem": problems,
        "inputs": inputs,
        "trusted": trusted,
        "seed": seed,
        "starter": None,
        "audit": Audit(),
    }
    return part.model_copy(update={**update, "language": language})


def _nameless(check: Check) -> Check:
    return check.model_copy(update={"jvp": NOT_HANDED_OUT}) if isinstance(check, AdjointCheck) else check


def _nameless_inputs(inputs: InputSet) -> InputSet:
    # Cases are handed out as they were drawn: what draws them is not needed.
    groups = tuple(group.model_copy(update={"values": _nameless_samplers(group.values)}) for group in inputs.case)
    return inputs.model_copy(update={"values": _nameless_samplers(inputs.values), "case": groups})


def _nameless_samplers(samplers: dict[str, Sampler]) -> dict[str, Sampler]:
    return {
        name: one.model_copy(update={"function": NOT_HANDED_OUT}) if isinstance(one, FromFunction) else one
        for name, one in samplers.items()
    }


def _is_for_students(check: Check) -> bool:
    return check.visibility == "visible" and not isinstance(check, ReferenceCheck | VectorisedCheck)


def facts_for(
    part: Assignment, withheld: tuple[Withheld, ...], modules: TrustedModules, seed: int, sha256: str
) -> Facts:
    """Work out what decides the students' part of an assignment.

    Parameters
    ----------
    part : Assignment
        From `students_part`.
    withheld : tuple of Withheld
        From there, too.
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
                for one in compared(problem, check, case, truth):
                    expected[problem.id, one.draw] = truth.expected(problem, one)
                if isinstance(check, FiniteDifferenceCheck):
                    slopes[key] = truth.slopes(problem, check, case)
                elif isinstance(check, AdjointCheck):
                    pairings[key] = truth.pairings(problem, check, case)
    return Facts(
        assignment=part,
        withheld=withheld,
        assignment_sha256=sha256,
        seed=seed,
        notes=plan.notes,
        cases=plan.cases,
        expected=expected,
        slopes=slopes,
        pairings=pairings,
    )
