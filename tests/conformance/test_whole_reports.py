"""A report is the one that a submission would get if nobody had been graded before, whatever it does in its calls."""

import pytest

from grader.grading.graded import Manner, grade_submission
from tests.grading.test_dialogue import new_grading

# Each call is counted and printed; at some of them something else is done than what a wrong answer does.
SOURCE = """
import os
events = {events}
count = 0
def end(x): os._exit(3)
def greed(x): raise MemoryError
def much(x): return [0.0] * (1 << 21)
def gone(x):
    global gradient
    del gradient
    return x
def gradient(x):
    global count
    count += 1
    print("call", count, x.shape)
    return eval(events.get(count, "x"))
def column_sums(A):
    global count
    print("sums", count, A.shape)
    return A.sum(axis=0, keepdims=True)
"""
EVENTS = ["3 * x", "1 / 0", "end(x)", "greed(x)", "much(x)", "gone(x)", "print('x' * 5000) or 5 * x"]


def graded(grading, box, submission):
    return grade_submission(grading, Manner(rubric="r.toml"), box, submission)


@pytest.fixture
def remembering(hasty, submission):
    """Return what a run knows that has graded a wrong answer, and the number of that one's calls in the script."""
    grading = new_grading()
    graded(grading, hasty, submission(SOURCE.format(events={})))
    return grading, sum(line.key[0] == "gradient" for line in grading.script.lines)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("further", [0, 1, 2, 4])
def test_a_report_is_that_of_a_submission_that_is_graded_alone(remembering, hasty, submission, event, further):
    grading, asked = remembering
    changing = submission(SOURCE.format(events={asked + further: event}))
    alone = graded(new_grading(), hasty, changing)
    for _ in range(2):
        assert graded(grading, hasty, changing).report == alone.report


def test_calls_are_taken_back_in_these_tests(remembering, hasty, submission):
    grading, asked = remembering
    found = graded(grading, hasty, submission(SOURCE.format(events={asked + 1: "3 * x"})))
    assert found.usage.processes == 2
