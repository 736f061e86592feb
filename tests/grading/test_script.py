"""What is asked of every submission: once each, in one order, whether all at once or one by one."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.basis import Grading
from grader.grading.engine import trusted_modules
from grader.grading.plan import draw_plan
from grader.grading.submission import grade_problems
from grader.loading.rubric import load_rubric
from grader.model.outcome import Crashed, Raised, Returned
from grader.truth.book import Truth

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"
RIGHT = {"gradient": lambda x: 2 * x, "column_sums": lambda A: A.sum(axis=0, keepdims=True)}


@pytest.fixture(scope="module")
def grading():
    rubric = load_rubric(SMALL)
    modules = trusted_modules(rubric.path, rubric.assignment)
    truth = Truth(rubric.assignment, modules, 1)
    return Grading(plan=draw_plan(rubric.assignment, modules, truth, 1), truth=truth)


class OneByOne:
    """A caller that is called; what it is asked, it keeps."""

    def __init__(self, answers):
        self.answers = answers
        self.called = []

    def call(self, call):
        self.called.append((call.function, *(value.tobytes() for value in call.arguments), call.seed))
        try:
            value = self.answers[call.function](*map(np.array, call.arguments))
        except ZeroDivisionError:
            return Raised(type="ZeroDivisionError", text="", where="", line="")
        if value is None:
            return Crashed(says="ended by signal SIGSEGV")
        return Returned(values=(np.asarray(value),), inputs_after=call.arguments if call.want_inputs else ())


class AllAtOnce(OneByOne):
    """The same, which is asked many at once as well."""

    def ask(self, questions):
        outcomes = []
        for question in questions:
            outcomes.append(self.call(question.call))
            if isinstance(outcomes[-1], Crashed):
                break
        return outcomes


def graded(grading, caller):
    return grade_problems(grading, caller, lambda check_id: check_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"gradient": lambda x: x},
        {"gradient": lambda x: 1 / 0},
        {"gradient": lambda x: None},
        {"column_sums": lambda A: A.sum(axis=1), "gradient": lambda x: -x},
    ],
)
def test_a_report_is_the_same_whether_calls_are_made_at_once_or_one_by_one(grading, wrong):
    single, many = OneByOne(RIGHT | wrong), AllAtOnce(RIGHT | wrong)
    assert graded(grading, single) == graded(grading, many)
    assert sorted(single.called) == sorted(many.called)


def test_a_right_answer_is_asked_the_script_and_nothing_else(grading):
    caller = AllAtOnce(RIGHT)
    graded(grading, caller)
    assert len(caller.called) == len(grading.script.lines)
    keys = [line.key for line in grading.script.lines]
    assert len(set(keys)) == len(keys)


def test_a_function_that_had_to_be_killed_is_not_called_again_and_the_others_are(grading):
    caller = AllAtOnce(RIGHT | {"gradient": lambda x: None})
    gradient, columns = graded(grading, caller)
    assert [name for name, *_ in caller.called].count("gradient") == 1
    assert gradient.score == 0
    assert columns.score == columns.max_score
