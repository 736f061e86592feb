"""Our own faults, by a scripted fake: a launcher dies, a process never becomes ready, an answer breaks off."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Crashed, Malformed, OutOfMemory, Returned, TimedOut, Unavailable
from grader.model.submission import Chunk, Submission
from grader.sandbox import SandboxFaultError
from grader.sandbox.channel import ClosedError, DeadlineError, Printed
from grader.sandbox.ended import OomKills
from grader.sandbox.inside import wire
from grader.sandbox.launch import Ended, LauncherDiedError
from grader.sandbox.questions import question
from grader.sandbox.session import Session

SUBMISSION = Submission(path="a.py", student="a", sha256="", chunks=(Chunk(label="a.py", source=""),))
CALL = Call(function="f", arguments=(), returns=1, seed=0)
ONE = wire.put_arrays([np.ones(())]) + wire.put_arrays([])
GOOD = {wire.Kind.JOB: (wire.Kind.LOADED, wire.put_u32(0)), wire.Kind.CALL: (wire.Kind.RETURNED, ONE)}


class FakeChannel:
    """Answers by a script: for each kind of request, a frame or an error."""

    def __init__(self, script: dict[object, object]):
        self.script = script
        self.output = Printed(0)
        self.closed = 0

    def exchange(
        self, request: bytes, *, deadline: float, max_body: int, due: int = 0
    ) -> tuple[wire.Header, bytearray]:
        asked = wire.read_header(request[: wire.HEADER.size], max_body=1 << 40) if request else None
        answer = self.script.get(asked.kind if asked else wire.Kind.READY, GOOD.get(asked.kind) if asked else None)
        if isinstance(answer, Exception):
            raise answer
        kind, body = answer or (wire.Kind.READY, b"")
        index, nonce = (asked.index, asked.nonce) if asked else (0, 0)
        nonce += self.script.get("nonce", 0)
        return wire.Header(kind=kind, index=index, nonce=nonce, length=len(body)), bytearray(body)

    def came(self, max_body: int) -> None:
        pass

    def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed += 1


class FakeProcess:
    def __init__(self, script: dict[object, object]):
        self.channel = FakeChannel(script)
        self.ends = script.get("ends", Ended(code=-9, by_us=True, cpu_s=1.0, peak_bytes=7))

    def kill(self) -> None:
        self.end(grace_s=0.0)

    def end(self, *, grace_s: float) -> Ended:
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


class FakeLauncher:
    packages = ("numpy",)

    def __init__(self, *scripts: dict[object, object] | Exception):
        self.scripts = list(scripts)
        self.made: list[FakeProcess] = []

    def start(self) -> FakeProcess:
        script = self.scripts.pop(0)
        if isinstance(script, Exception):
            raise script
        self.made.append(FakeProcess(script))
        return self.made[-1]

    def start_ahead(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def run() -> Callable[..., tuple[object, FakeLauncher]]:
    def run(*scripts, calls=1, limits=None):
        launcher = FakeLauncher(*scripts)
        with Session(SUBMISSION, launcher=launcher, limits=limits or Limits()) as session:
            outcomes = [session.call(CALL) for _ in range(calls)]
        assert all(process.channel.closed for process in launcher.made)
        return outcomes[-1], launcher

    return run


DIED = LauncherDiedError("the zygote ended unexpectedly")
ZYGOTE_GONE = {"ends": DIED, wire.Kind.CALL: ClosedError()}


def test_the_script_itself_is_answered(run):
    assert isinstance(run({})[0], Returned)


def test_a_death_of_the_launcher_is_made_good_by_another_process(run):
    outcome, launcher = run(ZYGOTE_GONE, {})
    assert isinstance(outcome, Returned)
    assert len(launcher.made) == 2


@pytest.mark.parametrize(
    "scripts",
    [
        [ZYGOTE_GONE] * 3,
        [DIED] * 3,
        [{"ends": DIED, wire.Kind.JOB: ClosedError()}] * 3,
        [{wire.Kind.READY: ClosedError()}] * 3,
        [{wire.Kind.READY: DeadlineError()}] * 3,
        [{wire.Kind.READY: (wire.Kind.LOADED, b"")}] * 3,
        [{wire.Kind.READY: ClosedError(), "ends": DIED}] * 3,
        [ZYGOTE_GONE, DIED, {wire.Kind.READY: wire.WireError("x")}],
    ],
)
def test_three_deaths_on_one_submission_are_our_fault(run, scripts):
    with pytest.raises(SandboxFaultError, match="3 times on this submission"):
        run(*scripts)


def test_two_deaths_are_not(run):
    assert isinstance(run(ZYGOTE_GONE, DIED, {})[0], Returned)


def test_a_process_that_ends_before_it_is_ready_is_never_the_students_fault(run):
    ended = Ended(code=1, by_us=False)
    with pytest.raises(SandboxFaultError, match="left the interpreter with exit code 1"):
        run(*[{wire.Kind.READY: ClosedError(), "ends": ended}] * 3)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({wire.Kind.CALL: DeadlineError()}, TimedOut(limit_s=10.0, cpu=False)),
        ({wire.Kind.CALL: wire.WireError("so")}, Malformed(says="so")),
        ({wire.Kind.CALL: ClosedError()}, Malformed(says="closed its connection to the grader")),
        (
            {wire.Kind.CALL: ClosedError(), "ends": Ended(code=3, by_us=False)},
            Crashed(says="left the interpreter with exit code 3"),
        ),
        (
            {wire.Kind.CALL: ClosedError(), "ends": Ended(code=-11, by_us=False)},
            Crashed(says="ended by signal SIGSEGV"),
        ),
        ({wire.Kind.CALL: ClosedError(), "ends": Ended(code=-99, by_us=False)}, Crashed(says="ended by signal 99")),
        (
            {wire.Kind.CALL: ClosedError(), "ends": Ended(code=-24, by_us=False)},
            TimedOut(limit_s=10.0, cpu=True),
        ),
        ({wire.Kind.CALL: (wire.Kind.READY, b"")}, Malformed(says="a call was answered with READY")),
        ({wire.Kind.CALL: (wire.Kind.RETURNED, ONE + b"x")}, Malformed(says="a frame has 1 bytes too many")),
        ({wire.Kind.CALL: (wire.Kind.OUT_OF_MEMORY, b"")}, OutOfMemory(limit_bytes=1 << 30)),
    ],
)  # fmt: skip
def test_what_happens_in_a_call_is_a_fact_about_it_and_the_next_call_is_made(run, script, outcome):
    assert run(script, {})[0] == outcome
    if not isinstance(outcome, OutOfMemory):
        assert isinstance(run(script, {}, calls=2)[0], Returned)


def test_an_answer_to_another_question_is_malformed(run):
    outcome, _ = run({"nonce": 1})
    assert isinstance(outcome, Unavailable)
    assert outcome.says == (
        "the submission could not be loaded: it interfered with the grader's protocol"
        " (an answer belongs to another question)"
    )


@pytest.mark.parametrize(
    "answer", [(wire.Kind.RETURNED, ONE), (wire.Kind.LOADED, b""), (wire.Kind.LOADED, wire.put_u32(1))]
)
def test_loading_is_answered_by_a_list_of_failures_or_not_at_all(run, answer):
    outcome, _ = run({wire.Kind.JOB: answer})
    assert isinstance(outcome, Unavailable)
    assert "protocol" in outcome.says


def test_a_submission_that_loads_only_once_is_told(run):
    outcome, _ = run({wire.Kind.CALL: DeadlineError()}, {wire.Kind.JOB: DeadlineError()}, calls=2)
    assert outcome.says == "the submission could not be loaded again: it did not end within 10 s"


def test_a_kill_by_the_kernel_for_want_of_memory_is_told_from_others(monkeypatch):
    counts = iter([5, 5, 6])
    monkeypatch.setattr(OomKills, "_count", staticmethod(lambda: next(counts)))
    killed = {wire.Kind.CALL: ClosedError(), "ends": Ended(code=-9, by_us=False)}
    with Session(SUBMISSION, launcher=FakeLauncher(killed, killed), limits=Limits()) as session:
        assert session.call(CALL) == Crashed(says="ended by signal SIGKILL")
        assert session.call(CALL) == OutOfMemory(limit_bytes=1 << 30)


def test_usage_adds_up_over_processes():
    ends = Ended(code=1, by_us=False, cpu_s=2.0, peak_bytes=100)
    launcher = FakeLauncher({wire.Kind.CALL: ClosedError(), "ends": ends}, {})
    with Session(SUBMISSION, launcher=launcher, limits=Limits()) as session:
        session.call(CALL)
        session.call(CALL)
    usage = session.usage
    assert (usage.cpu_s, usage.peak_bytes, usage.processes) == (3.0, 100, 2)
    assert session.usage == usage


def test_a_launcher_that_is_dead_when_a_session_closes_stops_nothing():
    script = {"ends": DIED}
    with Session(SUBMISSION, launcher=FakeLauncher(script), limits=Limits()) as session:
        session.call(CALL)
    assert session.usage.cpu_s == 0.0


def test_calls_that_were_answered_before_the_launcher_died_are_not_made_again():
    answered = []

    class Counting(FakeChannel):
        def exchange(self, request, *, deadline, max_body, due=0):
            header = wire.read_header(request[: wire.HEADER.size], max_body=1 << 40) if request else None
            if header is not None and header.kind is wire.Kind.CALL:
                self.header, self.place = header, 0
            elif header is not None or not hasattr(self, "header"):
                return super().exchange(request, deadline=deadline, max_body=max_body)
            if self.script.get("dies") == self.place:
                raise ClosedError
            answered.append(self.script["name"])
            self.place += 1
            place = self.header.index + self.place - 1
            return wire.Header(
                kind=wire.Kind.RETURNED, index=place, nonce=self.header.nonce, length=len(ONE)
            ), bytearray(ONE)

    launcher = FakeLauncher({"name": "first", "dies": 2, "ends": DIED}, {"name": "second"})
    start = launcher.start

    def counting():
        process = start()
        process.channel = Counting(process.channel.script)
        return process

    launcher.start = counting
    with Session(SUBMISSION, launcher=launcher, limits=Limits()) as session:
        outcomes = session.ask([question(CALL)] * 5)
    assert [type(outcome) for outcome in outcomes] == [Returned] * 5
    assert answered == ["first"] * 2 + ["second"] * 3


class Together(FakeChannel):
    """Its second answer came with the first one."""

    def exchange(self, request, *, deadline, max_body, due=0):
        answer = super().exchange(request, deadline=deadline, max_body=max_body, due=due)
        self.last, self.most = answer[0], max_body
        return answer

    def came(self, max_body):
        index, nonce = self.script["second"](self.last)
        assert max_body == self.most
        return wire.Header(kind=wire.Kind.RETURNED, index=index, nonce=nonce, length=len(ONE)), bytearray(ONE)


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (lambda first: (first.index + 1, first.nonce), Returned),
        (lambda first: (first.index, first.nonce), Malformed),
        (lambda first: (first.index + 1, first.nonce + 1), Malformed),
    ],
)
def test_an_answer_that_came_with_another_is_checked_as_any_other(second, kind):
    launcher = FakeLauncher({"second": second})
    start = launcher.start

    def together():
        process = start()
        process.channel = Together(process.channel.script)
        return process

    launcher.start = together
    with Session(SUBMISSION, launcher=launcher, limits=Limits()) as session:
        outcomes = session.ask([question(CALL)] * 2)
    assert [type(outcome) for outcome in outcomes] == [Returned, kind]
