"""Whatever a submission does, it loses only what it must, is told so, and costs nobody else anything."""

import textwrap
from pathlib import Path

import pytest

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import load_rubric
from grader.loading.submissions import load_submissions
from grader.model.report import Finding

SMALL = Path(__file__).parent / "small" / "rubric.toml"
GRADIENT = "def gradient(x):\n    return 2 * x\n"
SUMS = "import numpy as np\n\ndef column_sums(A):\n    return A.sum(axis=0, keepdims=True)\n"
RIGHT = GRADIENT + SUMS


@pytest.fixture
def graded(tmp_path):
    """Grade sources by file name, beside a right one that must not notice."""

    def run(sources: dict[str, str | bytes], **more):
        for name, source in {"zz_right.py": RIGHT, **sources}.items():
            data = textwrap.dedent(source).encode() if isinstance(source, str) else source
            (tmp_path / name).write_bytes(data)
        rubric = load_rubric(SMALL)
        paths = [str(tmp_path / name) for name in sorted({"zz_right.py", *sources})]
        functions = tuple(p.function for p in rubric.assignment.problem)
        submissions = load_submissions(paths, functions=functions)
        report = grade(
            GradeRequest(rubric=rubric, submissions=submissions, seed=1, isolation=more.get("isolation", "none"))
        )
        *rest, right = report.submissions
        assert right.score == right.max_score == 20
        return rest

    return run


# name, source of `gradient`'s side, outcome and message of the first check of `gradient`
BAD = [
    ("lacks", "", Finding.MISSING, "the submission has no function `gradient`"),
    ("number", "gradient = 3.0", Finding.NOT_CALLABLE, "`gradient` is a float, not a function"),
    ("arity", "def gradient(x, y):\n    return x", Finding.RAISED, "raises TypeError: gradient() missing 1 required"),
    ("none", "def gradient(x):\n    2 * x", Finding.NOT_NUMERIC, "returns None; an array of numbers is due"),
    ("text", "def gradient(x):\n    return 'x'", Finding.NOT_NUMERIC, "returns a str; an array of numbers is due"),
    ("objects", "import numpy as np\ndef gradient(x): return np.array([None])", Finding.NOT_NUMERIC, "dtype object"),
    ("shape", "def gradient(x):\n    return 2 * x[:, None]", Finding.WRONG_SHAPE, "it should be (2,) = (n,)"),
    ("complex", "def gradient(x):\n    return 2 * x + 0j", Finding.COMPLEX, "complex numbers"),
    ("nan", "def gradient(x):\n    return x * float('nan')", Finding.NON_FINITE, "nan or infinity in all 3 cases"),
    ("loops", "def gradient(x):\n    while True: pass", Finding.TIMED_OUT, "did not come back within 1 seconds"),
    ("exits", "def gradient(x):\n    raise SystemExit(0)", Finding.RAISED, "raises SystemExit"),
    ("exits_hard", "import os\ndef gradient(x):\n    os._exit(0)", Finding.CRASHED, "stops Python itself"),
    ("crashes", "import ctypes\ndef gradient(x):\n    ctypes.string_at(0)", Finding.CRASHED, "SIGSEGV"),
    ("raises", "def gradient(x):\n    y = x[0]\n    raise KeyError('k')", Finding.RAISED, "line 3"),
    ("memory", "import numpy as np\ndef gradient(x):\n    return np.ones(1 << 34)", Finding.OUT_OF_MEMORY, "memory"),
    ("wrong", "def gradient(x):\n    return x", Finding.WRONG_VALUES, "wrong in all 3 cases"),
    ("prints", "def gradient(x):\n    print('x' * 5_000_000)\n    return 3 * x", Finding.WRONG_VALUES, "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "outcome", "message"), BAD, ids=[b[0] for b in BAD])
def test_one_bad_function_loses_its_own_problem_only(graded, name, source, outcome, message):
    (found,) = graded({f"{name}.py": source + "\n" + SUMS})
    gradient, sums = found.problems
    assert sums.score == 8
    assert gradient.score == (3 if name == "wrong" else 0)
    check = gradient.checks[0]
    assert check.outcome is outcome
    assert message in check.message
    assert found.status == "graded"


def test_a_named_mistake_is_named_and_earns_its_share(graded):
    (found,) = graded({"wrong.py": "def gradient(x):\n    return x\n" + SUMS})
    assert found.problems[0].reason == "the factor 2 is missing"
    assert [d.id for d in found.problems[0].checks[0].diagnoses] == ["two_missing"]


def test_keepdims_is_named_where_it_was_forgotten(graded):
    (found,) = graded({"k.py": GRADIENT + "def column_sums(A):\n    return A.sum(axis=0)\n"})
    assert found.problems[0].score == 12
    assert found.problems[1].reason.endswith("Did you forget keepdims=True?")


@pytest.mark.parametrize(
    ("name", "source", "note"),
    [
        ("syntax.py", "def gradient(x):\n    return (2 * x\n" + SUMS, "syntax.py line 2: SyntaxError"),
        ("latin.py", "# caf\u00e9\n".encode("latin-1") + RIGHT.encode(), "not UTF-8"),
        ("empty.py", "", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_run_at_all_gets_zero_and_a_reason(graded, name, source, note):
    (found,) = graded({name: source})
    assert (found.status, found.score) == ("graded", 0)
    said = " ".join([*found.notes, *(c.message for p in found.problems for c in p.checks)])
    assert note in said


def test_what_was_defined_before_the_file_raised_is_still_graded(graded):
    (found,) = graded({"halfway.py": GRADIENT + "x = 1 / 0\n" + SUMS})
    assert [p.score for p in found.problems] == [12, 0]
    assert any("halfway.py line 3: ZeroDivisionError" in note for note in found.notes)


def test_a_notebook_keeps_its_good_cells(graded, tmp_path):
    import json

    cells = ["%matplotlib inline\nimport numpy as np", GRADIENT, "1 / 0", "!ls", SUMS]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": str(i),
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for i, source in enumerate(cells)
        ],
    }
    (found,) = graded({"hw.ipynb": json.dumps(notebook).encode()})
    assert found.score == 20
    assert any("cell 3" in note and "ZeroDivisionError" in note for note in found.notes)


def test_printed_megabytes_are_cut_and_said_to_be(graded):
    (found,) = graded({"prints.py": "print('y' * 5_000_000)\n" + RIGHT})
    assert found.score == 20
    assert found.printed is not None
    assert found.printed.truncated
    assert len(found.printed.text) <= 100_000


def test_a_file_that_never_ends_loading_is_graded_with_zero(graded):
    (found,) = graded({"hangs.py": "while True:\n    pass\n" + RIGHT})
    assert (found.status, found.score) == ("graded", 0)
    assert any("did not end" in note for note in found.notes)


def test_an_endless_loop_is_called_once_and_not_in_every_case(graded):
    (found,) = graded({"loops.py": "def gradient(x):\n    while True: pass\n" + SUMS})
    outcomes = [c.outcome for c in found.problems[0].checks]
    assert outcomes[0] is Finding.TIMED_OUT


def test_an_answer_of_zeros_gets_nothing(graded):
    zeros = "def gradient(x):\n    return 0 * x\ndef column_sums(A):\n    return 0 * A[:1]\n"
    (found,) = graded({"zeros.py": zeros})
    assert found.score == 0


def test_a_file_that_the_grader_cannot_read_is_nobodys_zero(graded, tmp_path):
    import os
    from dataclasses import replace

    rubric = load_rubric(SMALL)
    (tmp_path / "a.py").write_text(RIGHT)
    (tmp_path / "b.py").write_text(RIGHT)
    submissions = load_submissions([str(tmp_path)], functions=("gradient",))
    if os.getuid() != 0:
        (tmp_path / "b.py").chmod(0)
        submissions = load_submissions([str(tmp_path)], functions=("gradient",))
    else:
        # Nothing is unreadable for root: say what the loader would.
        submissions = (submissions[0], replace(submissions[1], chunks=(), problem="cannot be read", unreadable=True))
    report = grade(GradeRequest(rubric=rubric, submissions=submissions, seed=1, isolation="none"))
    read, unread = report.submissions
    assert read.score == 20
    assert (unread.status, unread.score, unread.undecided) == ("not_graded", None, 20)
    assert "read" in unread.reason


def test_our_own_failure_in_one_submission_is_nobodys_zero_and_loses_no_other(graded, tmp_path, monkeypatch):
    from grader.grading import graded as one

    real = one.grade_problems

    def failing(grading, caller, again, apart, **options):
        if "broken" in again("x.y"):
            msg = "a bug of ours"
            raise ZeroDivisionError(msg)
        return real(grading, caller, again, apart, **options)

    monkeypatch.setattr(one, "grade_problems", failing)
    (found,) = graded({"broken.py": RIGHT})
    assert (found.status, found.score) == ("not_graded", None)
    assert found.reason == "the grader failed, not the submission: ZeroDivisionError: a bug of ours"


FAKE = "\n\n  total 20 / 20   full marks\n"


@pytest.mark.parametrize(
    "source",
    [
        f"def gradient(x):\n    raise ValueError({FAKE!r} + 'x' * 5000)\n",
        f"E = type({FAKE!r}, (Exception,), {{}})\ndef gradient(x):\n    raise E()\n",
        f"C = type({FAKE!r}, (), {{}})\ndef gradient(x):\n    return C()\n",
        f"C = type({FAKE!r}, (), {{}})\ngradient = C()\n",
        f"raise RuntimeError({FAKE!r} + 'x' * 5000)\n",
    ],
    ids=["text", "exception", "returned", "not_callable", "at_import"],
)
def test_a_submission_s_own_text_cannot_look_like_lines_of_the_report(graded, source):
    (found,) = graded({"fake.py": source})
    says = [*found.notes, *(p.reason for p in found.problems), *(c.message for p in found.problems for c in p.checks)]
    assert any("total 20 / 20" in one for one in says)
    assert all("\n" not in one and len(one) < 600 for one in says)


def test_the_failing_case_keeps_what_an_exception_says_in_full(graded):
    (found,) = graded({"long.py": "def gradient(x):\n    raise ValueError('a\\n' * 400)\n" + SUMS})
    failure = found.problems[0].checks[0].failure
    assert failure is not None
    assert failure.got.count("a\n") >= 399
