"""A submission graded with a scripted caller: doubt, reproduction, and what is asked of the student's function."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.basis import Grading
from grader.grading.engine import trusted_modules
from grader.grading.plan import draw_plan
from grader.grading.submission import grade_problems
from grader.loading.rubric import load_rubric
from grader.model.outcome import Returned
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS
from grader.truth.book import Truth

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"


@pytest.fixture(scope="module")
def grading():
    rubric = load_rubric(SMALL)
    # Without finite differences, so that the reference's three answers alone decide.
    gradient = rubric.assignment.problem[0]
    only = gradient.model_copy(update={"check": gradient.check[:1], "points": gradient.check[0].points})
    assignment = rubric.assignment.model_copy(update={"problem": (only,)})
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, 1)
    return Grading(plan=draw_plan(assignment, modules, truth, 1), truth=truth)


class Script:
    """A caller that answers by a function of the arguments and of how often it was called."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = 0

    def call(self, call):
        self.calls += 1
        value = np.asarray(self.answer(call.arguments[0], self.calls))
        return Returned(values=(value,), inputs_after=call.arguments if call.want_inputs else ())


def check_of(grading, answer):
    script = Script(answer)
    (problem,) = grade_problems(grading, script, lambda check_id: f"again {check_id}")
    return problem, problem.checks[0], script


def grey(grading, x, _):
    """Off by what is neither rounding nor certainly wrong, on every case."""
    problem = grading.plan.assignment.problem[0]
    for case in (*grading.plan.cases["gradient"], *grading.plan.drawer.further(problem, ("generic",))):
        if np.array_equal(case.values[0], x):
            (expected,) = grading.truth.expected(problem, case)
            return expected.value + 2 * AGREE_UNITS * expected.unit
    return 2 * x


def test_a_doubt_is_tried_on_as_many_cases_again_before_points_wait_for_a_person(grading):
    problem, check, _ = check_of(grading, lambda x, n: grey(grading, x, n))
    assert (check.verdict, check.outcome) == (Verdict.INCONCLUSIVE, Finding.TOO_CLOSE_TO_TELL)
    assert check.cases_tried == 2 * len(grading.plan.cases["gradient"])
    assert (problem.score, problem.undecided) == (0, 8)


def test_a_right_answer_is_called_once_a_case(grading):
    problem, check, script = check_of(grading, lambda x, _: 2 * x)
    assert check.verdict is Verdict.AGREES
    assert problem.score == 8
    assert script.calls == len(grading.plan.cases["gradient"])


def test_a_wrong_answer_that_comes_and_goes_is_called_nondeterministic(grading):
    _, check, _ = check_of(grading, lambda x, n: (2 if n % 2 == 0 else 3) * x)
    assert (check.verdict, check.outcome) == (Verdict.DISAGREES, Finding.NONDETERMINISTIC)


def test_what_fails_is_shown_and_can_be_replayed(grading):
    _, check, _ = check_of(grading, lambda x, _: x)
    assert check.again == "again gradient.reference"
    assert check.failure is not None
    assert "x = np.array(" in check.failure.inputs
    assert [d.id for d in check.diagnoses] == ["two_missing"]


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (lambda x, n: 2 * x + n, Finding.NONDETERMINISTIC),
        (lambda x, n: 2j * x, Finding.COMPLEX),
    ],
)
def test_what_cannot_be_made_smaller_shows_no_value_of_the_answer(grading, answer, finding):
    _, check, _ = check_of(grading, answer)
    assert check.outcome is finding
    case = grading.plan.cases["gradient"][0]
    assert check.failure.expected == f"an array of shape {case.values[0].shape}"
    assert check.failure.off_by == check.failure.where == ""
