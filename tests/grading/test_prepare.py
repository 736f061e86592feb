"""What every right answer is held against is worked out once, and carried to whoever grades."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.grading.prepare import packed, prepare, unpacked
from grader.grading.submission import grade_problems
from grader.loading.rubric import load_rubric
from grader.model.outcome import Returned
from grader.model.report import Verdict

ROOT = Path(__file__).parents[2]


class Right:
    """Answers with the trusted functions."""

    def __init__(self, assignment, modules):
        self._functions = {each.function: modules.function(each.reference) for each in assignment.problem}

    def call(self, call):
        returned = self._functions[call.function](*call.arguments)
        values = returned if isinstance(returned, tuple) else (returned,)
        after = call.arguments if call.want_inputs else ()
        return Returned(values=tuple(np.asarray(value, dtype=np.float64) for value in values), inputs_after=after)


@pytest.mark.parametrize("name", ["cs280_hw1", "logistic_regression"])
def test_a_right_answer_is_graded_by_what_was_brought_along(name):
    rubric = load_rubric(ROOT / "rubrics" / f"{name}.toml")
    assignment = rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    grading = unpacked(packed(prepare(assignment, modules, 1)), assignment, modules, 1)
    brought = set(grading.truth.kept())
    reports = grade_problems(grading, Right(assignment, modules), str)
    assert {check.verdict for report in reports for check in report.checks} == {Verdict.AGREES}
    assert set(grading.truth.kept()) == brought
