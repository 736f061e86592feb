"""A sandbox that is closed is closed for good, whoever closes it and whatever is going on."""

import sys
import threading

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Crashed, Malformed
from grader.model.submission import Chunk, Submission
from grader.sandbox import SandboxFaultError, SandboxUnavailableError, open_sandbox

LEVELS = ("A", "B", "C", "none") if sys.platform == "linux" else ("none",)
SOURCE = "def f(x): return x\ndef loop(x):\n    while True: pass\n"
SUBMISSION = Submission(path="a", student="a", sha256="", chunks=(Chunk(label="a.py", source=SOURCE),))


def call(function: str) -> Call:
    return Call(function=function, arguments=(np.zeros(2),), returns=1, seed=0)


@pytest.fixture(params=LEVELS)
def sandbox(request):
    try:
        return open_sandbox(isolation=request.param, packages=("numpy",), limits=Limits())
    except SandboxUnavailableError as error:
        pytest.skip(error.reason)


def test_nothing_is_started_in_a_closed_sandbox(sandbox):
    with sandbox:
        pass
    sandbox.close()
    with sandbox.session(SUBMISSION) as session, pytest.raises(SandboxFaultError, match="the sandbox was closed"):
        session.call(call("f"))


def test_a_sandbox_without_a_submission_is_closed_too(sandbox):
    sandbox.close()


def test_a_session_is_closed_before_or_after_its_sandbox(sandbox):
    with sandbox.session(SUBMISSION) as session:
        session.call(call("f"))
        sandbox.close()
    session.close()
    assert session.printed.text == ""


@pytest.mark.skipif(sys.platform != "linux", reason="a plain process is ended by its session")
def test_closing_from_another_thread_ends_a_call_that_would_go_on(sandbox):
    if sandbox.report.level == "N":
        pytest.skip("a plain process is ended by its session")
    with sandbox.session(SUBMISSION) as session:
        session.load()
        closer = threading.Thread(target=sandbox.close)
        closer.start()
        try:
            outcome = session.call(call("loop"))
        except SandboxFaultError:
            outcome = None
        closer.join()
    assert outcome is None or isinstance(outcome, Crashed | Malformed)
