"""A submission that was asked too much is begun anew: nobody can tell from its report."""

from contextlib import contextmanager

import pytest

from grader.grading import graded as module
from grader.grading.dialogue import AskedTooMuchError
from grader.grading.graded import Manner, grade_submission
from grader.model.submission import Chunk, Submission
from grader.sandbox import Loaded, Printed, Usage
from tests.grading.test_dialogue import ANSWERS, Student, after, new_grading

SUBMISSION = Submission(path="a.py", student="a", sha256="0" * 64, chunks=(Chunk(label="a.py", source=""),))


class Session(Student):
    printed = Printed(text="", truncated=False)
    usage = Usage(wall_s=1.0, cpu_s=1.0, peak_bytes=1, processes=1)

    def load(self):
        return Loaded(failures=(), outcome=None)


class Runner:
    """Runs the same submission in a new session each time; keeps them."""

    def __init__(self, answers):
        self.answers = answers
        self.sessions = []

    @contextmanager
    def session(self, submission):
        assert submission is SUBMISSION
        self.sessions.append(Session(self.answers()))
        yield self.sessions[-1]


def report_of(grading, answers):
    runner = Runner(answers)
    return grade_submission(grading, Manner(rubric="r.toml"), runner, SUBMISSION).report, runner.sessions


@pytest.fixture
def known():
    """Return a grading that knows what a wrong answer is asked, and how many calls of the script are its."""
    grading = new_grading()
    report_of(grading, lambda: ANSWERS["no factor"])
    return grading, sum(line.key[0] == "gradient" for line in grading.script.lines)


def test_a_submission_that_does_as_others_did_is_run_once_and_asked_at_once(known):
    grading, _ = known
    report, (session,) = report_of(grading, lambda: ANSWERS["no factor"])
    assert report.status == "graded"
    assert session.exchanges <= 5


def test_a_submission_that_was_asked_too_much_is_begun_anew(known):
    grading, asked = known
    changing = lambda: after(asked + 1, lambda x: 3 * x)
    report, (first, second) = report_of(grading, changing)
    alone, (only,) = report_of(new_grading(), changing)
    assert report == alone
    assert second.called == only.called
    assert first.called != only.called


def test_it_is_begun_anew_only_once(known, monkeypatch):
    ways = []

    def never_satisfied(*_, ahead):
        ways.append(ahead)
        raise AskedTooMuchError

    monkeypatch.setattr(module, "grade_problems", never_satisfied)
    report, sessions = report_of(known[0], lambda: ANSWERS["no factor"])
    assert (len(sessions), ways) == (2, [True, False])
    assert report.status == "not_graded"
