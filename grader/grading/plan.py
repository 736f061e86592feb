"""The plan: which cases each problem is tried on; drawn once, the same for every submission of a run."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from grader.diagnosis.observation import TOLD_APART_UNITS
from grader.model.assignment import Assignment, CaseGroup, DtypeName, InputSet, Problem
from grader.model.case import Case, frozen_array
from grader.numerics.compare import compare
from grader.numerics.sampling import SamplingError, draw_arguments, draw_sizes
from grader.truth.book import Truth, seed_sequence
from grader.truth.modules import TrustedModules

# A group that finds no usable case in this many draws per case wanted is the rubric's fault.
_DRAWS_PER_CASE = 40


class PlanError(Exception):
    """No usable cases can be drawn from a rubric; the rubric's fault.

    Parameters
    ----------
    problem : str
        Which problem.
    says : str
        What is wrong, for the author of the rubric.
    """

    def __init__(self, problem: str, says: str) -> None:
        super().__init__(f"{problem}: {says}")
        self.problem = problem
        self.says = says


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Cases by problem, smallest first within each family.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    seed : int
        The root seed.
    cases : dict of str to tuple of Case
        By the problem's id.
    notes : tuple of str
        What was drawn and what was rejected and why, a line a problem.
    """

    assignment: Assignment
    seed: int
    cases: dict[str, tuple[Case, ...]]
    notes: tuple[str, ...]

    def of(self, problem: Problem, families: tuple[str, ...]) -> tuple[Case, ...]:
        """Return the cases of some families of a problem, in the order of the families named.

        Parameters
        ----------
        problem : Problem
            Whose.
        families : tuple of str
            Which.

        Returns
        -------
        tuple of Case
        """
        return tuple(case for family in families for case in self.cases[problem.id] if case.family == family)


def draw_plan(assignment: Assignment, modules: TrustedModules, truth: Truth, seed: int) -> Plan:
    """Draw the cases of every problem.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    modules : TrustedModules
        For samplers that are trusted functions.
    truth : Truth
        Decides which draws can tell right from wrong.
    seed : int
        The root seed.

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        A group yields no usable case, or a named mistake cannot be told from the truth on any case.
    TrustedFunctionError
        A trusted function failed.
    """
    cases: dict[str, tuple[Case, ...]] = {}
    notes = []
    for problem in assignment.problem:
        drawn, rejected = _draw_problem(problem, assignment.inputs[problem.inputs], modules, truth, seed)
        _tell_mistakes_apart(problem, drawn, truth)
        cases[problem.id] = drawn
        notes.append(_note(problem, drawn, rejected))
    return Plan(assignment=assignment, seed=seed, cases=cases, notes=tuple(notes))


def _draw_problem(
    problem: Problem, inputs: InputSet, modules: TrustedModules, truth: Truth, seed: int
) -> tuple[tuple[Case, ...], Counter[str]]:
    rejected: Counter[str] = Counter()
    used = {family for check in problem.check for family in check.families}
    by_family: dict[str, list[Case]] = {}
    for g, group in enumerate(inputs.case):
        if group.family not in used:
            continue
        for dtype in group.dtypes:
            for k in range(group.count):
                case = _draw_case(problem, inputs, group, (g, dtype, k), modules, truth, seed, rejected)
                by_family.setdefault(group.family, []).append(case)
    out = []
    for drawn in by_family.values():
        # float64 before float32 at one size: the first failing case that a student sees is then the easier to paste.
        drawn.sort(key=lambda case: (sum(v.size for v in case.values), case.dtype == "float32"))
        out += [replace(case, index=i) for i, case in enumerate(drawn)]
    return tuple(out), rejected


def _draw_case(
    problem: Problem,
    inputs: InputSet,
    group: CaseGroup,
    place: tuple[int, DtypeName, int],
    modules: TrustedModules,
    truth: Truth,
    seed: int,
    rejected: Counter[str],
) -> Case:
    g, dtype, k = place
    why = "nothing could be drawn"
    for attempt in range(_DRAWS_PER_CASE):
        draw = f"{group.family}/{g}/{dtype}/{k}/{attempt}"
        rng = np.random.default_rng(seed_sequence(seed, problem.id, draw))
        try:
            sizes = draw_sizes(inputs, group, rng)
            arguments = draw_arguments(inputs, group, sizes, problem.arguments, dtype, rng, modules.function)
        except SamplingError as error:
            why = str(error)
            rejected["not drawable"] += 1
            continue
        case = Case(
            problem=problem.id,
            family=group.family,
            index=k,
            draw=draw,
            dtype=dtype,
            sizes=tuple(sorted(sizes.items())),
            arguments=tuple((name, frozen_array(value)) for name, value in arguments),
            says=group.says or "",
        )
        why = _unusable(problem, group, case, truth)
        if not why:
            return case
        rejected[why] += 1
    says = f"no usable case of the family `{group.family}` in {_DRAWS_PER_CASE} draws; the last one: {why}"
    raise PlanError(problem.id, says)


def _unusable(problem: Problem, group: CaseGroup, case: Case, truth: Truth) -> str:
    expected = truth.expected(problem, case)
    if not all(np.isfinite(e.value).all() and np.isfinite(e.unit).all() for e in expected):
        return "the trusted answer is not finite"
    if group.family == "generic" and not all(e.informative for e in expected):
        return "too ill-conditioned to tell right from wrong"
    return ""


def _tell_mistakes_apart(problem: Problem, cases: tuple[Case, ...], truth: Truth) -> None:
    for misconception in problem.misconception:
        if not any(_told_apart(problem, misconception_values, case, truth)
                   for case in cases
                   for misconception_values in [truth.mistaken(problem, misconception, case)]):  # fmt: skip
            says = f"the misconception `{misconception.id}` gives the trusted answer on every case that was drawn"
            raise PlanError(problem.id, says)


def _told_apart(problem: Problem, mistaken: object, case: Case, truth: Truth) -> bool:
    if mistaken is None:
        return True
    expected = truth.expected(problem, case)
    if not isinstance(mistaken, tuple) or len(mistaken) != len(expected):
        return True
    for wrong, right in zip(mistaken, expected, strict=True):
        if wrong.value.shape != right.value.shape:
            return True
        if right.informative and not compare(wrong.value, right).ratio <= TOLD_APART_UNITS:
            return True
    return False


def _note(problem: Problem, cases: tuple[Case, ...], rejected: Counter[str]) -> str:
    drawn = Counter(case.family for case in cases)
    says = f"{problem.id}: " + ", ".join(f"{n} {family}" for family, n in drawn.items())
    if rejected:
        says += "; rejected " + ", ".join(f"{n} ({why})" for why, n in sorted(rejected.items()))
    return says
