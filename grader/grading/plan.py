"""The plan: which cases each problem is tried on; drawn once, the same for every submission of a run."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from grader.diagnosis.observation import TOLD_APART_UNITS
from grader.loading.codes import RubricCode
from grader.model.assignment import Assignment, Problem
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import TIMED, VectorisedCheck
from grader.model.inputs import CaseGroup
from grader.model.naming import DtypeName
from grader.numerics.compare import compare
from grader.numerics.sampling import SamplingError, draw_arguments, draw_sizes
from grader.truth.book import Truth
from grader.truth.modules import TRUSTED_FAULTS, TrustedFunctionError, TrustedModules
from grader.truth.seeds import seed_sequence

# A group that finds no usable case in this many draws per case wanted is the rubric's fault.
_DRAWS_PER_CASE = 40
REPETITIONS = 5
"""Of each size so many cases are drawn to time functions on: noise lengthens the shortest of five times by little."""
_WHY_UNUSABLE = {
    RubricCode.NOT_FINITE_ANSWER: "the trusted answer is not finite",
    RubricCode.CANNOT_TELL: "too ill-conditioned to tell right from wrong",
}

Keys = tuple[str | int, ...]
"""The way to a value of a rubric; a problem stands by its id, and so does what has an id within it."""


class PlanError(Exception):
    """No usable cases can be drawn from a rubric; the rubric's fault.

    Parameters
    ----------
    problem : str
        Which problem.
    says : str
        What is wrong, for the author of the rubric.
    code : RubricCode
        Which fault it is.
    keys : tuple of str or int
        Where in the rubric.
    """

    def __init__(self, problem: str, says: str, *, code: RubricCode, keys: Keys) -> None:
        super().__init__(f"{problem}: {says}")
        self.problem = problem
        self.says = says
        self.code = code
        self.keys = keys


class Further(Protocol):
    """What draws further cases."""

    def further(self, problem: Problem, families: tuple[str, ...]) -> tuple[Case, ...]:
        """Return cases that were not tried yet, as many again; none where none can be drawn."""
        ...


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
    drawer : Further
        Draws further cases where these cannot tell.
    """

    assignment: Assignment
    seed: int
    cases: dict[str, tuple[Case, ...]]
    notes: tuple[str, ...]
    drawer: Further

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
        A group yields no usable case, or a named mistake cannot be told from the truth on any case, or fails on all.
    TrustedFunctionError
        A trusted function failed.
    """
    drawer = Drawer(assignment, modules, truth, seed)
    cases: dict[str, tuple[Case, ...]] = {}
    notes = []
    for problem in assignment.problem:
        drawn, rejected = drawer.first(problem)
        for fault in mistakes_at_fault(problem, drawn, truth):
            raise fault
        cases[problem.id] = drawn
        notes.append(_note(problem, drawn, rejected))
    return Plan(assignment=assignment, seed=seed, cases=cases, notes=tuple(notes), drawer=drawer)


class Drawer:
    """Draws the cases of an assignment; the same ones for everybody, whoever asks first.

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
    """

    def __init__(self, assignment: Assignment, modules: TrustedModules, truth: Truth, seed: int) -> None:
        self._assignment = assignment
        self._modules = modules
        self._truth = truth
        self._seed = seed

    def first(self, problem: Problem) -> tuple[tuple[Case, ...], Counter[str]]:
        """Draw the cases that every submission is tried on.

        Parameters
        ----------
        problem : Problem
            Whose.

        Returns
        -------
        tuple of Case
            By family, smallest first.
        Counter of str
            Why draws were rejected, and how many.

        Raises
        ------
        PlanError, TrustedFunctionError
            As `draw_plan`.
        """
        families = {family for check in problem.check for family in check.families}
        return self._drawn(problem, families, further=False)

    def of_family(self, problem: Problem, family: str) -> tuple[Case, ...]:
        """Draw those of the first cases that belong to one family.

        Parameters
        ----------
        problem : Problem
            Whose.
        family : str
            Which.

        Returns
        -------
        tuple of Case
            As they stand among the first.

        Raises
        ------
        PlanError, TrustedFunctionError
            As `draw_plan`.
        """
        return self._drawn(problem, {family}, further=False)[0]

    def untried(self, problem: Problem, group: CaseGroup, k: int) -> Case | None:
        """Draw a case without asking whether it can tell right from wrong: the trusted answer is not computed.

        Parameters
        ----------
        problem : Problem
            Whose.
        group : CaseGroup
            Which of its groups of cases.
        k : int
            Its number.

        Returns
        -------
        Case or None
            None where it cannot be drawn.

        Raises
        ------
        TrustedFunctionError
            A sampler failed.
        """
        g = self._assignment.inputs[problem.inputs].case.index(group)
        try:
            return self._draw(problem, group, (g, group.dtypes[0], k), attempt=0)
        except (SamplingError, MemoryError):
            return None

    def further(self, problem: Problem, families: Collection[str]) -> tuple[Case, ...]:
        """Draw as many cases of some families again, for a submission on which the first ones cannot tell.

        Parameters
        ----------
        problem : Problem
            Whose.
        families : collection of str
            Which.

        Returns
        -------
        tuple of Case
            None of the first ones.

        Raises
        ------
        PlanError, TrustedFunctionError
            As `draw_plan`.
        """
        return self._drawn(problem, families, further=True)[0]

    def _drawn(
        self, problem: Problem, families: Collection[str], *, further: bool
    ) -> tuple[tuple[Case, ...], Counter[str]]:
        rejected: Counter[str] = Counter()
        by_family: dict[str, list[Case]] = {}
        for g, group in enumerate(self._groups(problem)):
            if group.family not in families:
                continue
            numbers = range(group.count, 2 * group.count) if further else range(group.count)
            for dtype in group.dtypes:
                for k in numbers:
                    try:
                        case = self._case(problem, group, (g, dtype, k), rejected)
                    except MemoryError as error:
                        says = f"a case of the family `{group.family}` does not fit into memory; make its sizes smaller"
                        keys = self._stated(problem, g)
                        raise PlanError(problem.id, says, code=RubricCode.CASE_TOO_LARGE, keys=keys) from error
                    by_family.setdefault(group.family, []).append(case)
        out = []
        for drawn in by_family.values():
            # float64 before float32 at one size: the first failing case that a student sees is easier to paste then.
            drawn.sort(key=lambda case: (sum(v.size for v in case.values), case.dtype == "float32"))
            start = len(drawn) if further else 0
            out += [replace(case, index=start + i) for i, case in enumerate(drawn)]
        return tuple(out), rejected

    def _groups(self, problem: Problem) -> tuple[CaseGroup, ...]:
        """Return what the rubric says is drawn, then what checks of the problem have drawn to be timed on."""
        timed = [
            CaseGroup(family=TIMED, count=REPETITIONS, sizes=dict(sizes))
            for check in problem.check
            if isinstance(check, VectorisedCheck)
            for sizes in check.sizes
        ]
        return (*self._assignment.inputs[problem.inputs].case, *timed)

    def _stated(self, problem: Problem, g: int) -> Keys:
        """Return where a group of cases stands, or the check that has it drawn."""
        if g < len(self._assignment.inputs[problem.inputs].case):
            return ("inputs", problem.inputs, "case", g)
        timed = next(check for check in problem.check if isinstance(check, VectorisedCheck))
        return ("problem", problem.id, "check", timed.name, "sizes")

    def _case(
        self, problem: Problem, group: CaseGroup, place: tuple[int, DtypeName, int], rejected: Counter[str]
    ) -> Case:
        why, code = "nothing could be drawn", RubricCode.NOT_DRAWN
        keys = self._stated(problem, place[0])
        for attempt in range(_DRAWS_PER_CASE):
            try:
                case = self._draw(problem, group, place, attempt)
            except SamplingError as error:
                why, code = str(error), RubricCode.NOT_DRAWN
                keys = _drawn_by(problem, group, place[0], error.argument)
                rejected["not drawable"] += 1
                continue
            unusable = _unusable(problem, group, case, self._truth)
            if unusable is None:
                return case
            why, code, keys = _WHY_UNUSABLE[unusable], unusable, self._stated(problem, place[0])
            rejected[why] += 1
        says = f"no usable case of the family `{group.family}` in {_DRAWS_PER_CASE} draws; the last one: {why}"
        raise PlanError(problem.id, says, code=code, keys=keys)

    def _draw(self, problem: Problem, group: CaseGroup, place: tuple[int, DtypeName, int], attempt: int) -> Case:
        g, dtype, k = place
        inputs = self._assignment.inputs[problem.inputs]
        draw = f"{group.family}/{g}/{dtype}/{k}/{attempt}"
        rng = np.random.default_rng(seed_sequence(self._seed, problem.id, draw))
        sizes = draw_sizes(inputs, group, rng)
        arguments = draw_arguments(inputs, group, sizes, problem.arguments, dtype, rng, self._sampler)
        return Case(
            problem=problem.id,
            family=group.family,
            index=k,
            draw=draw,
            dtype=dtype,
            sizes=tuple(sorted(sizes.items())),
            arguments=tuple((name, frozen_array(value)) for name, value in arguments),
            says=group.says or "",
        )

    def _sampler(self, ref: str) -> Callable[..., Any]:
        function = self._modules.function(ref)

        def sampled(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
            try:
                return function(rng, shape)
            except TRUSTED_FAULTS as error:
                says = f"failed for the shape {shape}: {type(error).__name__}: {error}"
                raise TrustedFunctionError(ref, says) from error

        return sampled


def _drawn_by(problem: Problem, group: CaseGroup, g: int, argument: str) -> Keys:
    """Return where it stands how an argument is drawn."""
    if not argument:
        return ("inputs", problem.inputs, "case", g)
    own = ("case", g) if argument in group.values else ()
    return ("inputs", problem.inputs, *own, "values", argument)


def _unusable(problem: Problem, group: CaseGroup, case: Case, truth: Truth) -> RubricCode | None:
    expected = truth.expected(problem, case)
    if not all(np.isfinite(e.value).all() and np.isfinite(e.unit).all() for e in expected):
        return RubricCode.NOT_FINITE_ANSWER
    if group.family == "generic" and not all(e.informative for e in expected):
        return RubricCode.CANNOT_TELL
    return None


def mistakes_at_fault(problem: Problem, cases: tuple[Case, ...], truth: Truth) -> Iterator[PlanError]:
    """Yield a fault for each named mistake that could never explain an answer.

    Parameters
    ----------
    problem : Problem
        Whose misconceptions.
    cases : tuple of Case
        Those that were drawn.
    truth : Truth
        Evaluates them.

    Yields
    ------
    PlanError
        It cannot be told from the truth on any case, or fails on all.
    """
    for misconception in problem.misconception:
        answers = apart = False
        for case in cases:
            mistaken = truth.mistaken_values(problem, misconception, case)
            answers = answers or mistaken is not None
            apart = apart or _told_apart(problem, mistaken, case, truth)
            if answers and apart:
                break
        keys = ("problem", problem.id, "misconception", misconception.id, "function")
        if not answers:
            # It would explain no answer, ever, and nobody would see that it does not work.
            says = f"the misconception `{misconception.id}` raises an exception on every case that was drawn"
            yield PlanError(problem.id, says, code=RubricCode.MISTAKE_FAILS, keys=keys)
        elif not apart:
            says = f"the misconception `{misconception.id}` gives the trusted answer on every case that was drawn"
            yield PlanError(problem.id, says, code=RubricCode.MISTAKE_AGREES, keys=keys)


def _told_apart(problem: Problem, mistaken: tuple[Array, ...] | None, case: Case, truth: Truth) -> bool:
    expected = truth.expected(problem, case)
    if mistaken is None or len(mistaken) != len(expected):
        return True
    for wrong, right in zip(mistaken, expected, strict=True):
        if wrong.shape != right.value.shape:
            return True
        if right.informative and not compare(wrong, right).ratio <= TOLD_APART_UNITS:
            return True
    return False


def _note(problem: Problem, cases: tuple[Case, ...], rejected: Counter[str]) -> str:
    drawn = Counter(case.family for case in cases)
    says = f"{problem.id}: " + ", ".join(f"{n} {family}" for family, n in drawn.items())
    if rejected:
        says += "; rejected " + ", ".join(f"{n} ({why})" for why, n in sorted(rejected.items()))
    return says
