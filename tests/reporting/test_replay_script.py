"""The printed script says of an answer what the replay says, whatever the answer returns."""

import subprocess
import sys

import numpy as np
import pytest

from grader.model.case import Case, frozen_array
from grader.model.isolation import IsolationReport
from grader.model.outcome import NotNumeric, Returned
from grader.model.replay import DueValue, Replayed, ReplayedCall
from grader.model.report import Finding, Verdict
from grader.model.submission import Chunk, Submission
from grader.reporting.replay_script import replay_script

X = frozen_array(np.array([0.5, -1.25], dtype=np.float32))
SCALE = frozen_array(np.float64(3.0))
COUNT = frozen_array(np.int64(2))


def said(source, folder, *, others=()):
    """What the script of a function of three arguments and two returned values prints."""
    case = Case(
        problem="f",
        family="generic",
        index=0,
        dtype="float32",
        sizes=(("n", 2),),
        arguments=(("X", X), ("scale", SCALE), ("count", COUNT)),
        draw="generic/0/float32/0/0",
    )
    expected = {"total": frozen_array(np.float64(-0.75)), "y": frozen_array(np.array([1.5, -3.75]))}
    replayed = Replayed(
        title="Homework",
        check="f.reference",
        kind="reference",
        function="f",
        submission=Submission(path="ada.py", student="ada", sha256="", chunks=(Chunk(label="ada.py", source=source),)),
        seed=1,
        call_seed=5,
        isolation=IsolationReport(level="N", says=""),
        case=case,
        verdict=Verdict.DISAGREES,
        finding=Finding.WRONG_VALUES,
        detail="",
        outcome=NotNumeric(says="None"),
        due=tuple(
            DueValue(name=name, expected=value, unit=frozen_array(np.full(value.shape, 1e-8)))
            for name, value in expected.items()
        ),
        received=(),
        agree_units=8.0,
        disagree_units=32.0,
        slopes=(),
        sides=None,
        others=others,
        printed="",
        notes=(),
        warnings=(),
    )
    script = folder / "again.py"
    script.write_text(replay_script(replayed, file=""))
    command = [sys.executable, "-I", "-W", "error", str(script)]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.stdout, done.stderr


def answer(body):
    return f"import numpy as np\ndef f(X, scale, count):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("return X.sum(), scale * X", ["agrees: 0 units at most", "agrees: 0 units at most"]),
        ("return X.sum(), scale * X + 1e-7", ["agrees: 0 units", "too close to tell: 10 units"]),
        ("return X.sum(), scale * X * [1, -1]", ["agrees: 0 units", "disagrees: 7.5e+08 units"]),
        ("return [X.sum() * np.nan, scale * X]", ["disagrees: inf units", "agrees"]),
        ("return X.sum(), (scale * X)[:1]", ["agrees", "shape (1,) and dtype float64; real numbers of shape (2,)"]),
        ("return X.sum(), None", ["agrees", "shape () and dtype object; real numbers of shape (2,)"]),
        ("return X.sum()", ["1 value(s) came back; 2 are due", "agrees"]),
        ("return X.sum(), X * scale, 3", ["3 value(s) came back; 2 are due", "agrees", "agrees"]),
        ("return X.sum() * 1j, X * scale", ["dtype complex", "agrees"]),
    ],
)
def test_each_value_is_judged_like_the_replay_does(tmp_path, body, lines):
    out, err = said(answer(body), tmp_path)
    assert err == ""
    place = -1
    for line in lines:
        place = out.find(line, place + 1)
        assert place >= 0, (line, out)


def test_arguments_arrive_as_the_grader_hands_them_over(tmp_path):
    body = "print(X.dtype, type(scale).__name__, type(count).__name__, np.random.rand()); return X.sum(), scale * X"
    out, _ = said(answer(body), tmp_path)
    assert out.splitlines()[0] == f"float32 float64 int64 {np.random.RandomState(5).rand()}"


def test_a_call_that_changes_its_input_is_told_and_does_not_spoil_the_next(tmp_path):
    body = "X *= 2; return X.sum() / 2, scale * X / 2"
    again = ReplayedCall(
        says="again", arguments=(("X", X), ("scale", SCALE), ("count", COUNT)), outcome=Returned(values=(X, X))
    )
    out, err = said(answer(body), tmp_path, others=(again,))
    assert err == ""
    assert out.count("the call changed its input X") == 2
    assert out.count("agrees: 0 units") == 2
    assert out.splitlines()[-1].startswith("again (")


def test_a_piece_that_fails_is_told_and_does_not_lose_the_others(tmp_path):
    out, err = said(answer("return X.sum(), scale * X") + "1 / 0\n", tmp_path)
    assert 'File "ada.py", line 4' in err
    assert "1 / 0" in err
    assert out.count("agrees: 0 units") == 2
