"""What a submission does to its own process costs it that answer, and nobody anything else."""

import sys
import time

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.outcome import Crashed, Malformed, OutOfMemory, Raised, Returned, TimedOut, Unavailable

GOOD = "\ndef good(x): return x + 1\n"
LOOPS = {
    "python": "    while True: pass",
    "c": "    (10 ** 8) ** (10 ** 8)",
    "regex": "    import re\n    re.match(r'(a+)+$', 'a' * 60 + 'b')",
    "sleep": "    import time\n    time.sleep(3600)",
    "stdin": "    import threading\n    threading.Event().wait()",
    "deaf": (
        "    import signal\n"
        "    for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "        signal.signal(s, signal.SIG_IGN)\n"
        "    while True: pass"
    ),
    "caught": "    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
}


@pytest.mark.parametrize("loop", LOOPS)
def test_an_endless_call_ends_at_its_limit_and_costs_one_answer(hasty, submission, call, loop):
    with hasty.session(submission(f"def f(x):\n{LOOPS[loop]}\n{GOOD}")) as session:
        assert session.call(call("f", 0.0)) == TimedOut(limit_s=1.0, cpu=False)
        assert session.call(call("good", 1.0)).values[0] == 2.0
        assert session.usage.processes == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no signals to stop a process there")
def test_a_process_that_stops_itself_is_ended_at_its_limit(hasty, submission, call):
    source = "import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGSTOP)\n" + GOOD
    with hasty.session(submission(source)) as session:
        assert session.call(call("f", 0.0)) == TimedOut(limit_s=1.0, cpu=False)
        assert isinstance(session.call(call("good", 1.0)), Returned)


CRASHES = {
    "import os; os._exit(0)": "left the interpreter with exit code 0",
    "import os; os._exit(7)": "left the interpreter with exit code 7",
    "import ctypes; ctypes.string_at(0)": "ended by signal SIGSEGV",
    "import os; os.abort()": "ended by signal SIGABRT",
    "import os; os.kill(os.getpid(), 9)": "ended by signal SIGKILL",
    "import os; os.kill(os.getpid(), 15)": "ended by signal SIGTERM",
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_says_how_and_costs_one_answer(sandbox, submission, call, crash):
    with sandbox.session(submission(f"def f(x):\n    {crash}\n{GOOD}")) as session:
        assert session.call(call("f", 0.0)) == Crashed(says=CRASHES[crash])
        assert session.call(call("good", 1.0)).values[0] == 2.0


@pytest.mark.parametrize("greed", ["np.ones(1 << 30)", "'a' * (1 << 33)", "[0] * (1 << 31)", "bytearray(1 << 32)"])
def test_too_much_memory_is_said_and_costs_one_answer(sandbox, submission, call, limits, greed):
    source = f"import numpy as np\ndef f(x):\n    kept = {greed}\n    return x\n{GOOD}"
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 0.0)) == OutOfMemory(limit_bytes=limits.memory_bytes)
        assert isinstance(session.call(call("good", 1.0)), Returned)


def test_memory_that_grows_in_small_steps_ends_too(sandbox, submission, call, limits):
    source = "import numpy\ndef f(x):\n    kept = []\n    while True: kept.append(numpy.zeros(1 << 20))\n" + GOOD
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 0.0)) == OutOfMemory(limit_bytes=limits.memory_bytes)
        assert isinstance(session.call(call("good", 1.0)), Returned)


def test_endless_recursion_is_raised(sandbox, submission, call):
    with sandbox.session(submission(f"def f(x): return f(x)\n{GOOD}")) as session:
        outcome = session.call(call("f", 0.0))
        assert isinstance(outcome, Raised)
        assert outcome.type == "RecursionError"


LOADING = {
    "while True: pass": TimedOut(limit_s=0.5, cpu=False),
    "import os; os._exit(5)": Crashed(says="left the interpreter with exit code 5"),
    "import ctypes; ctypes.string_at(0)": Crashed(says="ended by signal SIGSEGV"),
}


@pytest.mark.parametrize("source", LOADING)
def test_a_submission_that_cannot_be_loaded_says_why_at_every_call(limited, submission, call, source):
    with limited(Limits(load_wall_s=0.5)).session(submission(f"{GOOD}{source}")) as session:
        loaded = session.load()
        assert loaded.outcome == LOADING[source]
        assert loaded.failures == ()
        outcome = session.call(call("good", 1.0))
        assert isinstance(outcome, Unavailable)
        assert outcome.absence.value == "not_loaded"
        assert session.usage.processes == 1
        assert session.load() is loaded


def test_what_was_defined_before_a_failing_line_can_be_called(sandbox, submission, call):
    with sandbox.session(submission(f"{GOOD}\n1 / 0\ndef late(x): return x\n")) as session:
        (failure,) = session.load().failures
        assert (failure.label, failure.type, failure.where, failure.line) == (
            "answer.py", "ZeroDivisionError", "answer.py line 4", "1 / 0",
        )  # fmt: skip
        assert session.call(call("good", 1.0)).values[0] == 2.0
        outcome = session.call(call("late", 1.0))
        assert outcome.absence.value == "not_loaded"
        assert "answer.py line 4" in outcome.says


def test_a_failing_cell_loses_neither_those_before_nor_those_after(sandbox, submission, call):
    cells = ["def a(x): return x", "raise KeyError('here')", "def b(x): return a(x)", "1 +", "def c(x): return b(x)"]
    with sandbox.session(submission(*cells)) as session:
        failures = session.load().failures
        assert [(f.label, f.type, f.where) for f in failures] == [
            ("hw.ipynb cell 2", "KeyError", "hw.ipynb cell 2 line 1"),
            ("hw.ipynb cell 4", "SyntaxError", "hw.ipynb cell 4 line 1"),
        ]
        assert isinstance(session.call(call("c", 1.0)), Returned)


def test_a_submission_that_was_refused_beforehand_is_never_run(sandbox, submission, call):
    from dataclasses import replace

    refused = replace(submission("import os; os._exit(1)"), problem="it is not UTF-8")
    with sandbox.session(refused) as session:
        assert session.load().outcome is None
        outcome = session.call(call("f", 0.0))
        assert (outcome.absence.value, outcome.says) == ("not_loaded", "it is not UTF-8")
        assert session.usage.processes == 0


def test_the_state_of_a_process_lives_until_a_crash(sandbox, submission, call):
    source = "import os\nn = 0\ndef f(x):\n    global n\n    n += 1\n    return n\ndef crash(x): os._exit(1)\n"
    with sandbox.session(submission(source)) as session:
        counts = [int(session.call(call("f", 0.0)).values[0]) for _ in range(3)]
        session.call(call("crash", 0.0))
        counts.append(int(session.call(call("f", 0.0)).values[0]))
    assert counts == [1, 2, 3, 1]


def test_one_submission_knows_nothing_of_the_one_before(sandbox, submission, call):
    with sandbox.session(submission("import math, numpy\nmath.left = numpy.left = 1\ndef f(x): return x")) as session:
        assert isinstance(session.call(call("f", 0.0)), Returned)
    source = "import math, numpy\ndef f(x): return [hasattr(math, 'left'), hasattr(numpy, 'left')]"
    with sandbox.session(submission(source)) as session:
        assert not session.call(call("f", 0.0)).values[0].any()


def test_a_process_that_closes_its_pipes_is_malformed_and_ended(sandbox, submission, call):
    source = f"import os, time\ndef f(x):\n    os.closerange(3, 64)\n    time.sleep(60)\n{GOOD}"
    with sandbox.session(submission(source)) as session:
        assert isinstance(session.call(call("f", 0.0)), Malformed)
        assert isinstance(session.call(call("good", 1.0)), Returned)


def test_a_submissions_whole_time_is_limited_whatever_its_calls_take(limited, submission, call):
    box = limited(Limits(call_wall_s=60.0, submission_wall_s=1.0))
    with box.session(submission(f"def f(x):\n    while True: pass\n{GOOD}")) as session:
        assert session.call(call("f", 0.0)) == TimedOut(limit_s=1.0, cpu=False)
        outcome = session.call(call("good", 1.0))
        assert outcome.absence.value == "skipped"


@pytest.mark.skipif(sys.platform == "win32", reason="the kernel counts no CPU seconds for us there")
def test_cpu_seconds_of_one_call_are_limited(limited, submission, call):
    box = limited(Limits(call_wall_s=60.0, call_cpu_s=0.1))
    with box.session(submission(f"def f(x):\n    while True: pass\n{GOOD}")) as session:
        assert session.call(call("f", 0.0)) == TimedOut(limit_s=0.1, cpu=True)
        assert isinstance(session.call(call("good", 1.0)), Returned)


def test_usage_is_told(sandbox, submission, call):
    with sandbox.session(submission("def f(x): return sum(range(10 ** 6))")) as session:
        session.call(call("f", 0.0))
    assert session.usage.wall_s > 0.0
    if sandbox.report.level != "N":
        assert session.usage.cpu_s > 0.0
        assert session.usage.peak_bytes > 1 << 20


def test_many_calls_are_answered_in_order(sandbox, submission, call):
    with sandbox.session(submission("def f(x): return x * x")) as session:
        values = [float(session.call(call("f", float(i))).values[0]) for i in range(100)]
    np.testing.assert_array_equal(values, np.arange(100.0) ** 2)


@pytest.mark.skipif(sys.platform == "win32", reason="the kernel counts no CPU seconds for us there")
def test_cpu_seconds_of_a_submission_are_limited_even_if_it_is_deaf_to_the_signal(limited, submission, call, level):
    if level == "none":
        pytest.skip("a plain process has the limit of its calls only")
    box = limited(Limits(call_wall_s=60.0, call_cpu_s=30.0, submission_cpu_s=1.0))
    source = f"import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\ndef f(x):\n    while True: pass\n{GOOD}"
    with box.session(submission(source)) as session:
        assert session.call(call("f", 0.0)) == TimedOut(limit_s=1.0, cpu=True)
        outcome = session.call(call("good", 1.0))
        assert outcome.absence.value == "skipped"
        assert "CPU seconds" in outcome.says


@pytest.mark.skipif(sys.platform != "linux", reason="the clock is Linux's")
def test_the_kernel_counts_a_process_s_time_with_all_its_threads_and_none_while_it_waits(sandbox, submission, call):
    source = """
import threading
def nothing(x): return x
def burn(x):
    for _ in range(2_000_000): pass
def threaded(x):
    thread = threading.Thread(target=burn, args=(x,))
    thread.start()
    thread.join()
    return x
"""
    with sandbox.session(submission(source)) as session:
        session.call(call("nothing", 1.0))
        first = session.clock()
        assert first.cpu
        # It may still be on its way from its answer to its next wait: a spin of 100 ms would show all the same.
        time.sleep(0.1)
        assert session.clock().seconds - first.seconds < 0.01
        session.call(call("nothing", 1.0))
        second = session.clock()
        session.call(call("threaded", 1.0))
        third = session.clock()
        assert 0 < second.seconds - first.seconds < third.seconds - second.seconds
        session.close()
        assert not session.clock().cpu
