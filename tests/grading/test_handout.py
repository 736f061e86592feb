"""What students are given decides the checks they may see, and holds no answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.checks.kinds import kind_of
from grader.grading.engine import trusted_modules
from grader.grading.handout import facts_for, students_part
from grader.grading.prepare import prepare
from grader.loading.rubric import load_rubric
from grader.model.checks import ReferenceCheck
from grader.model.outcome import Returned
from grader.model.report import Finding, Verdict
from grader.numerics.compare import Closeness, compare
from grader.truth.handout import Handout, HandoutError, from_bytes, to_bytes

RUBRIC = Path(__file__).parents[2] / "rubrics" / "cs280_hw1.toml"
SEED = 11


@pytest.fixture(scope="module")
def world():
    rubric = load_rubric(RUBRIC)
    # One problem with every kind of check that students can have is enough, and quick.
    whole = rubric.assignment
    problem = next(p for p in whole.problem if p.id == "softmax_VJP")
    assignment = whole.model_copy(update={"problem": (problem,), "points": problem.points})
    part, withheld = students_part(assignment)
    modules = trusted_modules(rubric.path, assignment)
    facts = facts_for(part, withheld, modules, SEED, "ab" * 32)
    return assignment, part, withheld, modules, facts


def test_no_check_that_needs_the_answer_and_no_named_mistake_is_left(world):
    assignment, part, withheld, _, _ = world
    (whole,), (problem,), (left_out,) = assignment.problem, part.problem, withheld
    assert whole.misconception
    assert not problem.misconception
    assert not problem.terms
    assert not any(isinstance(check, ReferenceCheck) for check in problem.check)
    assert problem.points + left_out.points == whole.points
    assert len(problem.check) + left_out.checks == len(whole.check)
    assert left_out.decides
    assert part.points == problem.points


@pytest.mark.parametrize("visibility", ["hidden", "after_due", "after_published"])
def test_a_check_that_is_not_visible_yet_is_left_out_with_its_points(world, visibility):
    assignment = world[0]
    (problem,) = assignment.problem
    hidden = tuple(c.model_copy(update={"visibility": visibility}) if c.decides else c for c in problem.check)
    changed = assignment.model_copy(update={"problem": (problem.model_copy(update={"check": hidden}),)})
    part, (left_out,) = students_part(changed)
    assert not any(check.decides for check in part.problem[0].check)
    assert not left_out.decides
    assert left_out.points == sum(c.points for c in hidden if c.decides)


def test_a_problem_without_a_visible_check_is_not_there(world):
    assignment = world[0]
    (problem,) = assignment.problem
    hidden = tuple(c.model_copy(update={"visibility": "hidden"}) for c in problem.check)
    changed = assignment.model_copy(update={"problem": (problem.model_copy(update={"check": hidden}),)})
    part, _ = students_part(changed)
    assert part.problem == ()
    assert part.points == 0


def test_what_is_read_back_is_what_was_written(world):
    _, part, _, modules, facts = world
    again = from_bytes(to_bytes(facts))
    assert (again.assignment, again.withheld) == (part, world[2])
    assert (again.seed, again.assignment_sha256, again.notes) == (SEED, "ab" * 32, facts.notes)
    truth = prepare(part, modules, SEED)
    handout = Handout(again, truth.truth.shapes)
    (problem,) = part.problem
    assert len(again.cases[problem.id]) == len(facts.cases[problem.id])
    for mine, theirs in zip(again.cases[problem.id], truth.plan.cases[problem.id], strict=True):
        assert (mine.id, mine.draw, mine.sizes, mine.says, mine.dtype) == (
            theirs.id,
            theirs.draw,
            theirs.sizes,
            theirs.says,
            theirs.dtype,
        )
        for (name, got), (due_name, due) in zip(mine.arguments, theirs.arguments, strict=True):
            assert name == due_name
            assert got.dtype == due.dtype
            assert got.tobytes() == due.tobytes()
            assert not got.flags.writeable
    for check in problem.check:
        for case in truth.plan.of(problem, check.families):
            if check.kind == "finite_difference":
                pairs = zip(handout.slopes(problem, check, case), truth.truth.slopes(problem, check, case), strict=True)
                assert all((a.value, a.error) == (b.value, b.error) for a, b in pairs)
            if check.kind == "adjoint":
                mine = handout.pairings(problem, check, case)
                due = truth.truth.pairings(problem, check, case)
                assert all(
                    (a.value, a.unit) == (b.value, b.unit) and np.array_equal(a.tangent, b.tangent)
                    for a, b in zip(mine, due, strict=True)
                )


def test_no_value_of_an_answer_is_in_the_file(world):
    _, part, _, modules, facts = world
    data = to_bytes(facts)
    truth = prepare(part, modules, SEED).truth
    (problem,) = part.problem
    for case in facts.cases[problem.id]:
        for due in truth.expected(problem, case):
            for value in due.value.reshape(-1):
                # Round numbers, a 0 or a 1/4, stand in many places.
                if abs(value) > 1e-12 and np.float64(value).tobytes()[:4] != bytes(4):
                    assert np.float64(value).tobytes() not in data
                    assert repr(float(value)).encode() not in data
    for row in facts.expected.values():
        assert all(np.isfinite(due.value).all() for due in row)
    for row in from_bytes(data).expected.values():
        assert all(np.isnan(due.value).all() and due.withheld for due in row)


def test_a_unit_is_rounded_up_by_a_quarter_at_most(world):
    facts = world[-1]
    again = from_bytes(to_bytes(facts))
    for key, row in facts.expected.items():
        for exact, coarse in zip(row, again.expected[key], strict=True):
            finite = np.isfinite(exact.unit)
            assert np.array_equal(np.isinf(exact.unit), np.isinf(coarse.unit))
            assert (coarse.unit[finite] >= exact.unit[finite]).all()
            assert (coarse.unit[finite] <= 1.25 * exact.unit[finite]).all()


@pytest.mark.parametrize("cut", [0, 1, 100, 20_000, -1000])
def test_a_file_that_is_cut_short_is_refused(world, cut):
    data = to_bytes(world[-1])
    with pytest.raises(HandoutError, match="damaged or cut short"):
        from_bytes(data[:cut])


def test_a_file_of_another_format_is_refused_by_name(world):
    data = to_bytes(world[-1]).replace(b"grader-cases/1", b"grader-cases/9", 1)
    with pytest.raises(HandoutError, match="'grader-cases/9'"):
        from_bytes(data)


def test_stability_without_the_answer_is_that_numbers_are_finite(world):
    _, part, _, modules, facts = world
    (problem,) = part.problem
    check = next(c for c in problem.check if c.kind == "stability")
    case = next(c for c in facts.cases[problem.id] if c.family in check.families)
    handout = Handout(from_bytes(to_bytes(facts)), prepare(part, modules, SEED).truth.shapes)
    kind = kind_of(check, {})
    (due,) = handout.expected(problem, case)
    finite = Returned(values=(np.zeros(due.unit.shape),), inputs_after=())
    infinite = replace(finite, values=(np.full(due.unit.shape, np.inf),))
    found = kind.judge(check, problem, case, {"plain": finite}, handout)
    assert found.verdict is Verdict.AGREES
    found = kind.judge(check, problem, case, {"plain": infinite}, handout)
    assert (found.verdict, found.finding) == (Verdict.DISAGREES, Finding.UNSTABLE)


def test_nothing_agrees_with_a_value_that_is_withheld(world):
    again = from_bytes(to_bytes(world[-1]))
    for row in again.expected.values():
        for due in row:
            assert compare(np.zeros(due.unit.shape), due).closeness is not Closeness.AGREES
            assert compare(due.value, due).closeness is not Closeness.AGREES
