"""The cases of the benchmark: every group of the rubrics' own samplers at both precisions, and wide random inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.certified import Certified, NotCertifiedError, certify
from benchmarks.random_inputs import inputs_of
from grader.grading.plan import Drawer, PlanError
from grader.loading.rubric import load_rubric
from grader.model.assignment import Assignment, Problem
from grader.model.case import Array, Case
from grader.model.inputs import CaseGroup, InputSet
from grader.model.naming import DtypeName
from grader.numerics.expected import Expected
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from grader.truth.seeds import seed_sequence

ROOT = Path(__file__).parents[1]
RUBRICS = ("cs280_hw1", "gmm_extended")
FAMILIES = ("generic", "edge", "wide")
DTYPES: tuple[DtypeName, ...] = ("float64", "float32")
RANDOM = ("wide", "extreme")
LEAST_TRUTH_UNITS = 1.0
"""A case whose own trusted answer is farther than this from the certified truth does not count."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A case, what the grader expects there, and what is proven there.

    Parameters
    ----------
    case : Case
    family : str
        "generic", "edge", "wide", or "random" for the wide random inputs.
    problem : Problem
    truth : Truth
        Knows the case.
    expected : tuple of Expected
    certified : tuple of Certified
    """

    case: Case
    family: str
    problem: Problem
    truth: Truth
    expected: tuple[Expected, ...]
    certified: tuple[Certified, ...]

    @property
    def truth_error_units(self) -> float:
        """How far the trusted answer is from the certified truth; 0 where that is wholly 0."""
        pairs = zip(self.certified, self.expected, strict=True)
        return max(float(np.max(c.error(e.value) / e.unit)) if c.high.any() else 0.0 for c, e in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undrawn:
    """A draw that could not be used, and why."""

    why: str


def load_assignment(name: str) -> Assignment:
    path = ROOT / "rubrics" / f"{name}.toml"
    return load_rubric(path, lookup=lambda folder, ref: TrustedModules(folder).signature(ref)).assignment


def problem_of(assignment: Assignment, problem_id: str) -> Problem:
    return next(p for p in assignment.problem if p.id == problem_id)


def case_of(problem: Problem, arguments: tuple[Array, ...]) -> Case:
    """Arguments as a case of no family."""
    named = tuple(zip(problem.arguments, arguments, strict=True))
    dtype: DtypeName = "float32" if arguments[0].dtype == np.float32 else "float64"
    return Case(problem=problem.id, family="", index=0, draw="", dtype=dtype, sizes=(), arguments=named)


def trusted_modules() -> TrustedModules:
    return TrustedModules(ROOT / "reference")


def input_sets(assignment: Assignment, problem: Problem) -> Iterator[tuple[str, InputSet]]:
    """One a group and precision, each drawing a single case."""
    own = assignment.inputs[problem.inputs]
    for group in own.case:
        if group.family in FAMILIES:
            yield group.family, own.model_copy(update={"case": (group.model_copy(update={"count": 1}),)})
    for kind in RANDOM:
        inputs = inputs_of(problem.id, kind)
        # The grader draws the families that a problem's checks name, and accepts these draws as it does wide ones.
        yield "random", inputs.model_copy(update={"case": (CaseGroup(family="wide", says=f"random, {kind}"),)})


def drawn_cases(assignment: Assignment, problem: Problem, seed: int) -> Iterator[Drawn | Undrawn]:
    """Draw one case of each group at each precision."""
    modules = trusted_modules()
    for i, (family, inputs) in enumerate(input_sets(assignment, problem)):
        (group,) = inputs.case
        for dtype in DTYPES:
            own_seed = int(seed_sequence("verdicts", seed, problem.id, i, dtype).generate_state(1)[0])
            alone = only(assignment, problem, inputs, group.model_copy(update={"dtypes": (dtype,)}))
            truth = Truth(alone, modules, own_seed)
            try:
                cases, _ = Drawer(alone, modules, truth, own_seed).first(problem)
            except PlanError:
                yield Undrawn(why="the grader finds no usable case")
                continue
            (case,) = cases
            yield certified(alone, problem, truth, case, family)


def only(assignment: Assignment, problem: Problem, inputs: InputSet, group: CaseGroup) -> Assignment:
    """The assignment with nothing but one group of cases of one problem."""
    single = inputs.model_copy(update={"case": (group,)})
    return assignment.model_copy(update={"problem": (problem,), "inputs": {problem.inputs: single}})


def certified(assignment: Assignment, problem: Problem, truth: Truth, case: Case, family: str) -> Drawn | Undrawn:
    """Add what is proven of a case."""
    rng = np.random.default_rng(seed_sequence("reach", problem.id, case.draw))
    samplers = assignment.inputs[problem.inputs].values
    try:
        proven = certify(problem.id, case, samplers, tuple(r.block_axes for r in problem.returns), rng)
    except NotCertifiedError:
        return Undrawn(why="its inputs, off by one rounding, leave the domain")
    expected = truth.expected(problem, case)
    found = Drawn(case=case, family=family, problem=problem, truth=truth, expected=expected, certified=proven)
    if found.truth_error_units > LEAST_TRUTH_UNITS:
        return Undrawn(why="its trusted answer is off by more than a unit")
    return found
