"""Are the verdicts right? Right and wrong answers on random cases, given to the grader and to the checkers people use.

Run ``python benchmarks/verdicts.py [--seeds N] [--json FILE]``; docs/evidence.md has the table and how to read it.
"""

import argparse
import importlib
import json
import math
import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.certified import Certified, slope_along
from benchmarks.drawn_cases import (
    RUBRICS,
    Drawn,
    Undrawn,
    certified,
    drawn_cases,
    load_assignment,
    problem_of,
    trusted_modules,
)
from benchmarks.forward_models import Slope, slopes
from benchmarks.judges import Judge, Question, judges
from benchmarks.our_verdicts import called, of_case, of_problem
from benchmarks.right_answers import Answer, Array, UnstableError, right_answers
from benchmarks.verdict_tally import (
    OURS_CASE,
    OURS_PROBLEM,
    Difference,
    Tally,
    coverage_table,
    size_table,
    verdict_table,
)
from benchmarks.wrong_answers import wrong_answers
from grader.grading.plan import Plan, draw_plan
from grader.model.assignment import Assignment, Problem
from grader.model.checks import FiniteDifferenceCheck
from grader.model.outcome import Outcome, Returned
from grader.model.report import Verdict
from grader.numerics.rounding import unit_roundoff
from grader.truth.book import Truth

COUNTED_ROUNDINGS = 1000.0
"""A wrong answer counts where it is off by more roundings than that."""
PACKAGES = ("numpy", "python-flint", "torch", "jax", "autograd", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one process does at a time: one problem, one seed."""

    rubric: str
    problem: str
    seed: int
    every: int
    """Libraries judge each so many-th wrong answer; 0: none, nor right ones."""


# Which answers count --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rounding:
    """What one rounding is worth in a returned value: by moved inputs, or by the worst right answer if that is more."""

    certified: Certified
    size: Array

    def errors(self, actual: Array) -> float:
        """The largest error in roundings; inf for another shape or for nan and inf; 0 where the truth is wholly 0."""
        truth = self.certified
        if actual.shape != truth.high.shape or not np.isfinite(actual).all():
            return math.inf
        if not truth.high.any():
            return 0.0
        with np.errstate(over="ignore"):
            return float(np.max(truth.error(actual) / self.size, initial=0.0))


def returned(outcome: Outcome) -> tuple[Array, ...] | None:
    """The numbers of an outcome; None where none came, or complex ones."""
    if isinstance(outcome, Returned) and all(v.dtype.kind in "iuf" for v in outcome.values):
        return outcome.values
    return None


def roundings(drawn: Drawn, right: list[tuple[Array, ...]]) -> tuple[Rounding, ...]:
    """What one rounding is worth on a case, given what its right answers return."""
    found = []
    for i, truth in enumerate(drawn.certified):
        size = truth.reach
        for values in right:
            if values[i].shape == size.shape and np.isfinite(values[i]).all():
                # By block, as the reach is: the largest error of any entry in it.
                axes = tuple(range(min(drawn.problem.returns[i].block_axes, size.ndim), size.ndim))
                worst = np.max(truth.error(values[i]), axis=axes, keepdims=True)
                size = np.maximum(size, worst)
        found.append(Rounding(certified=truth, size=size))
    return tuple(found)


def off_by(outcome: Outcome, worth: tuple[Rounding, ...]) -> float:
    """How many roundings an answer is off by; inf where it is no answer."""
    values = returned(outcome)
    if values is None:
        return math.inf
    return max(w.errors(v) for w, v in zip(worth, values, strict=True))


# Judging one case -----------------------------------------------------------------------------------------------------


def ways(problem: Problem) -> dict[str, Answer]:
    """The right answers to a problem, with torch's own where it is installed."""
    found = right_answers(problem.id)
    try:
        version("torch")
    except PackageNotFoundError:
        pass
    else:
        found["torch, automatic"] = importlib.import_module("benchmarks.torch_answers").automatic(problem)
    return {name: outspoken(answer) for name, answer in found.items()}


def outspoken(answer: Answer) -> Answer:
    """A matrix that is singular in the precision of the inputs is out of range, too."""

    def spoken(*arguments: Array) -> Any:
        try:
            return answer(*arguments)
        except np.linalg.LinAlgError as error:
            raise UnstableError from error

    return spoken


def right_outcomes(drawn: Drawn, problem: Problem, tally: Tally) -> dict[str, Outcome]:
    """What each way returns; those that leave the range of their numbers are left out, and counted."""
    found = {}
    for name, answer in ways(problem).items():
        try:
            found[name] = called(answer, drawn.case.values, len(problem.returns))
        except UnstableError:
            tally.numbers["right answers left out: out of the range of their numbers"] += 1
    return found


def ask(judge: Judge, drawn: Drawn, outcome: Outcome, asked: tuple[Slope, ...]) -> Verdict:
    """What a library says; what is not numbers cannot be handed to it, and it would refuse."""
    values = returned(outcome)
    if values is None:
        return Verdict.DISAGREES
    trusted = tuple(e.value for e in drawn.expected)
    accepts = judge.accepts(Question(actual=values, trusted=trusted, slopes=asked))
    return Verdict.AGREES if accepts else Verdict.DISAGREES


def judge_case(drawn: Drawn, wrong: dict[str, Answer], found: tuple[Judge, ...], every: int, tally: Tally) -> None:
    """Give every answer to the grader, and some to the libraries."""
    problem, dtype = drawn.problem, drawn.case.dtype
    asked = slopes(problem.id, drawn.case)
    # A library that differences a function which overflows here was asked nothing.
    libraries = found if is_differenced(asked) else ()
    right = right_outcomes(drawn, problem, tally)
    worth = roundings(drawn, [values for o in right.values() if (values := returned(o)) is not None])
    for name, outcome in right.items():
        verdict = of_case(drawn, outcome)
        tally.add(OURS_CASE, dtype, verdict, right=True)
        tally.ways.add(f"{problem.id}, {name}")
        if verdict is Verdict.DISAGREES:
            tally.slips.append(
                f"fails {problem.id}, {name}: {drawn.family} {dtype}, {drawn.case.says or drawn.case.draw}"
            )
        for judge in libraries:
            tally.add(judge.name, dtype, ask(judge, drawn, outcome, asked), right=True)
    for i, (name, answer) in enumerate(wrong.items()):
        outcome = called(answer, drawn.case.values, len(problem.returns))
        error = off_by(outcome, worth)
        verdict = of_case(drawn, outcome)
        if error > 1:
            tally.by_size[dtype, min(6, int(math.log10(min(error, 1e9)))), verdict.value] += 1
        if error <= COUNTED_ROUNDINGS:
            tally.numbers["wrong answers left out: too close to the truth on that case"] += 1
            continue
        tally.wrong.add(f"{problem.id}, {name}")
        tally.add(OURS_CASE, dtype, verdict, right=False)
        if verdict is Verdict.AGREES:
            tally.slips.append(f"passes {problem.id}, {name}: off by {error:.3g} roundings, {drawn.family} {dtype}")
        if libraries and (i + tally.numbers["cases"]) % every == 0:
            for judge in libraries:
                tally.add(judge.name, dtype, ask(judge, drawn, outcome, asked), right=False)


def is_differenced(asked: tuple[Slope, ...]) -> bool:
    """Return whether the function that would be differenced is finite at the case itself."""
    with np.errstate(over="ignore", invalid="ignore"):
        return all(np.isfinite(slope.value(slope.point)) for slope in asked)


def judge_ladder(drawn: Drawn, tally: Tally) -> None:
    """Hold every slope of the case against the proven derivative."""
    problem, truth, case = drawn.problem, drawn.truth, drawn.case
    if not is_differenced(slopes(problem.id, case)):
        tally.numbers["cases without slopes: the differenced function overflows there"] += 1
        return
    for check in problem.check:
        if not isinstance(check, FiniteDifferenceCheck):
            continue
        part = next((i for i, due in enumerate(problem.returns) if due.name == check.returns), 0)
        for slope in truth.slopes(problem, check, case):
            if not np.isfinite(slope.error):
                tally.numbers["slopes without an estimate"] += 1
                continue
            tangent = slope.direction.tangent
            error = abs(slope.value - slope_along(problem.id, part, case.values, tangent))
            # The differenced function is computed in float64, whatever the inputs' precision.
            unit = drawn.expected[part].unit * unit_roundoff("float64") / unit_roundoff(case.dtype)
            tally.slopes.append(
                Difference(
                    family=drawn.family,
                    ratio=in_estimates(error, slope.error),
                    with_unit=in_estimates(error, slope.error + float(np.sum(np.abs(tangent) * unit))),
                )
            )


def in_estimates(error: float, estimate: float) -> float:
    """An error in estimates; 0 is within any estimate."""
    if error == 0:
        return 0.0
    return error / estimate if estimate > 0 else math.inf


# Judging one problem --------------------------------------------------------------------------------------------------


def deciding_cases(assignment: Assignment, plan: Plan, truth: Truth, problem: Problem) -> list[Drawn | Undrawn]:
    families = tuple(dict.fromkeys(f for check in problem.check if check.decides for f in check.families))
    return [certified(assignment, problem, truth, case, case.family) for case in plan.of(problem, families)]


def judge_problem(part: Part, assignment: Assignment, wrong: dict[str, Answer], tally: Tally) -> None:
    """Grade every answer as a submission is graded, on the cases of a plan."""
    problem = problem_of(assignment, part.problem)
    alone = assignment.model_copy(update={"problem": (problem,)})
    modules = trusted_modules()
    truth = Truth(alone, modules, part.seed)
    plan = draw_plan(alone, modules, truth, part.seed)
    cases = [d for d in deciding_cases(alone, plan, truth, problem) if isinstance(d, Drawn)]
    right = [right_outcomes(d, problem, Tally()) for d in cases]
    for name, answer in ways(problem).items():
        if not all(name in found for found in right):
            tally.numbers["right functions left out: out of the range of their numbers"] += 1
            continue
        verdict = of_problem(plan, truth, problem, answer)
        tally.add(OURS_PROBLEM, "both", verdict, right=True)
        if verdict is not Verdict.AGREES:
            tally.slips.append(f"does not pass the function {problem.id}, {name}, seed {part.seed}")
    worth = [
        roundings(d, [v for o in found.values() if (v := returned(o)) is not None])
        for d, found in zip(cases, right, strict=True)
    ]
    for name, answer in wrong.items():
        outcomes = [called(answer, d.case.values, len(problem.returns)) for d in cases]
        if max(off_by(o, w) for o, w in zip(outcomes, worth, strict=True)) <= COUNTED_ROUNDINGS:
            tally.numbers["wrong functions left out: too close to the truth on every case"] += 1
            continue
        verdict = of_problem(plan, truth, problem, answer)
        tally.add(OURS_PROBLEM, "both", verdict, right=False)
        if verdict is not Verdict.DISAGREES:
            tally.slips.append(f"does not fail the function {problem.id}, {name}, seed {part.seed}")


def study(part: Part) -> Tally:
    """Do one part of the run."""
    tally = Tally()
    assignment = load_assignment(part.rubric)
    problem = problem_of(assignment, part.problem)
    wrong = {w.name: w.answer for w in wrong_answers(problem)}
    found = judges()[0] if part.every else ()
    for drawn in drawn_cases(assignment, problem, part.seed):
        if isinstance(drawn, Undrawn):
            tally.numbers[f"cases left out: {drawn.why}"] += 1
            continue
        tally.numbers["cases"] += 1
        tally.truth_units = max(tally.truth_units, drawn.truth_error_units)
        judge_case(drawn, wrong, found, part.every, tally)
        judge_ladder(drawn, tally)
    judge_problem(part, assignment, wrong, tally)
    return tally


# The run --------------------------------------------------------------------------------------------------------------


def parts(options: argparse.Namespace) -> Iterator[Part]:
    for seed in range(1, options.seeds + 1):
        for rubric in RUBRICS:
            for problem in load_assignment(rubric).problem:
                if not options.problems or problem.id in options.problems:
                    every = options.every if seed <= options.library_seeds else 0
                    yield Part(rubric=rubric, problem=problem.id, seed=seed, every=every)


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def run(options: argparse.Namespace) -> Tally:
    """Do all parts, and add them up."""
    tally = Tally()
    if options.jobs == 1:
        for part in parts(options):
            tally.merge(study(part))
            print(f"{part.problem}, seed {part.seed}: done", file=sys.stderr, flush=True)
        return tally
    # Libraries with threads of their own do not survive a fork.
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn"), max_tasks_per_child=4) as pool:
        for part, one in zip(parts(options), pool.map(study, parts(options)), strict=True):
            tally.merge(one)
            print(f"{part.problem}, seed {part.seed}: done", file=sys.stderr, flush=True)
    return tally


def show(tally: Tally) -> None:
    there, missing = judges()
    print("; ".join(f"{name} {number}" for name, number in versions().items()))
    for one in missing:
        print(f"{one.name}: not asked, {one.package} is not installed")
    print(f"right answers: {len(tally.ways)} ways; wrong answers: {len(tally.wrong)}, each counted at least once")
    for says, count in sorted(tally.numbers.items()):
        print(f"{says}: {count:,}")
    print(f"the trusted answers are off by at most {tally.truth_units:.2f} units\n")
    print("\n".join(verdict_table(tally, [OURS_PROBLEM, OURS_CASE, *(j.name for j in there)])))
    print("\n" + "\n".join(size_table(tally)))
    print("\n" + "\n".join(coverage_table(tally)) + "\n")
    for slip in tally.slips[:40]:
        print(f"! {slip}")


def as_json(tally: Tally) -> dict[str, Any]:
    return {
        "versions": versions(),
        "verdicts": [
            {"judge": c.judge, "right": c.right, "dtype": c.dtype, **counts}
            for c, counts in sorted(tally.verdicts.items())
        ],
        "numbers": dict(sorted(tally.numbers.items())),
        "by_size": [
            {"dtype": dtype, "decade": decade, "verdict": verdict, "count": count}
            for (dtype, decade, verdict), count in sorted(tally.by_size.items())
        ],
        "truth_units": tally.truth_units,
        "slopes": [asdict(slope) for slope in tally.slopes],
        "wrong": sorted(tally.wrong),
        "ways": sorted(tally.ways),
        "slips": tally.slips,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many root seeds, from 1")
    parser.add_argument("--library-seeds", type=int, default=2, help="libraries judge the cases of so many seeds")
    parser.add_argument("--every", type=int, default=6, help="libraries judge each so many-th wrong answer")
    parser.add_argument("--problems", nargs="*", default=[], help="only these problems")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, help="write all counts to this file")
    options = parser.parse_args()
    tally = run(options)
    show(tally)
    if options.json:
        options.json.write_text(json.dumps(as_json(tally), indent=1) + "\n", encoding="utf-8")
    return int(bool(tally.slips))


if __name__ == "__main__":
    sys.exit(main())
