"""Fast answers keep their points and slow ones lose them, whatever they do about it; margins are a hundredfold."""

import textwrap

import pytest

from grader.grading.engine import GradeRequest, grade
from grader.grading.plan import REPETITIONS
from grader.loading.rubric import load_rubric
from grader.model.report import Finding, Verdict
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox
from grader.truth.modules import TrustedModules
from grader.truth.yardstick import NOTHING, TIMED_FUNCTION, yardstick

RUBRIC = """
schema = "grader-rubric/1"
id = "timed"
title = "Sum of squares"
points = 10
trusted = "trusted"

[limits]
call_wall_s = {limit}

[inputs.vector]
sizes = {{ n = [3, 4] }}
values.x = {{ sampler = "normal", shape = ["n"], digits = 2 }}
case = [{{ family = "generic", count = 2 }}]

[[problem]]
id = "total"
title = "Sum of squares"
points = 10
function = "total"
arguments = ["x"]
returns = [{{ name = "sum" }}]
inputs = "vector"
reference = "deep.answers:total"

[[problem.check]]
kind = "reference"
points = 6

[[problem.check]]
kind = "vectorised"
points = 4
sizes = [{{ n = {small} }}, {{ n = {large} }}]
at_most = {at_most}
growth = {growth}
"""
ANSWERS = """
from ..square import squares

def total(x):
    return squares(x).sum()
"""
SQUARE = """
import numpy as np

def squares(x):
    return np.asarray(x, dtype=np.float64) ** 2
"""
FAST = "import numpy as np\ndef total(x): return np.sum(x * x)\n"
LOOP = """
def slow(x):
    import numpy as np
    s = 0.0
    for v in x:
        s += np.sum(np.square(np.asarray(v)))
    return s
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    for name, text in {"deep/answers.py": ANSWERS, "deep/__init__.py": "", "square.py": SQUARE}.items():
        path = folder / "trusted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def graded(folder, source, *, small=1000, large=20_000, at_most=10, growth=1.5, limit=5.0):
    path = folder / "rubric.toml"
    path.write_text(RUBRIC.format(small=small, large=large, at_most=at_most, growth=growth, limit=limit))
    chunk = Chunk(label="answer.py", source=textwrap.dedent(source))
    submission = Submission(path="answer.py", student="answer", sha256="", chunks=(chunk,))
    return grade(GradeRequest(rubric=load_rubric(path), submissions=(submission,), seed=1))


def found(report):
    (problem,) = report.submissions[0].problems
    check = problem.checks[-1]
    return check.verdict, check.outcome, problem.score


def test_an_answer_by_array_operations_keeps_its_points_and_no_number_is_said(folder):
    report = graded(folder, FAST)
    assert found(report) == (Verdict.AGREES, Finding.RIGHT, 10)
    ((timing,),) = report.timings["functions"]
    assert timing["check"] == "total.vectorised"
    assert timing["clock"] == "cpu"
    check = report.submissions[0].problems[0].checks[-1]
    assert check.message == (
        "takes at most 10 times as long as your course's own answer at n = 20000, and as n grows, its time keeps pace"
    )


SLOW = {
    "a loop": f"{LOOP}\ndef total(x): return slow(x)",
    "a loop that remembers": f"""{LOOP}
known = {{}}
def total(x):
    key = x.tobytes()
    if key not in known:
        known[key] = slow(x)
    return known[key]
""",
    "a loop in a thread": f"""{LOOP}
import threading
def total(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(slow(x)))
    thread.start()
    thread.join()
    return found[0]
""",
    "a loop behind patched clocks": f"""{LOOP}
import os, time
time.process_time = time.perf_counter = time.monotonic = time.time = lambda: 0.0
time.clock_gettime = lambda clock: 0.0
os.times = lambda: (0.0,) * 5
def total(x): return slow(x)
""",
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_a_loop_loses_these_points_and_no_others(folder, source):
    assert found(graded(folder, source)) == (Verdict.DISAGREES, Finding.TOO_SLOW, 6)


def test_a_call_that_is_ended_at_its_limit_is_too_slow(folder):
    source = "import numpy as np\ndef total(x):\n    while x.size > 9000: pass\n    return np.sum(x * x)\n"
    report = graded(folder, source, limit=0.5)
    assert found(report) == (Verdict.DISAGREES, Finding.TOO_SLOW, 6)


def test_an_answer_that_is_wrong_on_large_inputs_earns_nothing_for_its_speed(folder):
    source = "import numpy as np\ndef total(x): return np.sum(x * x) if x.size < 9000 else 0.0\n"
    report = graded(folder, source)
    assert found(report) == (Verdict.DISAGREES, Finding.WRONG_VALUES, 6)
    assert "at n = 20000" in report.submissions[0].problems[0].checks[-1].message


def test_a_wrong_answer_is_not_timed(folder):
    report = graded(folder, "def total(x): return 0.0")
    assert found(report) == (Verdict.DISAGREES, Finding.SKIPPED, 0)
    assert "functions" not in report.timings


def test_a_time_that_grows_with_the_square_is_found_where_the_ratio_is_allowed(folder):
    source = """
        import numpy as np
        def total(x):
            for _ in x:
                for _ in x: pass
            return np.sum(x * x)
    """
    report = graded(folder, source, small=100, large=1000, at_most=1e6, growth=1)
    assert found(report) == (Verdict.DISAGREES, Finding.GROWS_TOO_FAST, 6)


def test_the_trusted_function_runs_in_a_process_of_its_own(folder, monkeypatch):
    opened = []
    session = Sandbox.session
    monkeypatch.setattr(
        Sandbox, "session", lambda box, submission: opened.append(submission) or session(box, submission)
    )
    graded(folder, FAST)
    students = [one for one in opened if one.student == "answer"]
    ours = [one for one in opened if one.student != "answer"]
    assert (len(students), len(ours)) == (2, 1)
    assert all("squares" not in text for one in students for text in sources(one))
    assert any("squares" in text for text in sources(ours[0]))


def sources(submission):
    return [chunk.source for chunk in (*submission.chunks, *(module for _, module in submission.modules))]


def test_a_trusted_function_that_does_not_run_where_submissions_do_is_nobody_s_loss(folder):
    answers = folder / "trusted" / "deep" / "answers.py"
    answers.write_text(f"import tomli_w\n{ANSWERS}")
    try:
        report = graded(folder, FAST)
    finally:
        answers.write_text(ANSWERS)
    (submission,) = report.submissions
    assert (submission.status, submission.score) == ("not_graded", None)
    assert "cannot be timed" in submission.reason


def test_a_yardstick_is_called_like_an_answer(folder):
    submission = yardstick(TrustedModules(folder / "trusted"), "deep.answers:total")
    assert {name for name, _ in submission.modules} == {
        "trusted_modules.deep", "trusted_modules.deep.answers", "trusted_modules.square"
    }  # fmt: skip
    assert all(name in submission.chunks[0].source for name in (TIMED_FUNCTION, NOTHING))


def test_new_inputs_are_drawn_for_each_repetition(folder):
    report = graded(folder, FAST)
    assert report.plan == (f"total: 2 generic, {2 * REPETITIONS} timed",)
