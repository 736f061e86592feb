"""Calls are taken back whatever happens meanwhile; what that costs is told, and charged once. By a scripted fake."""

import pytest

from grader.model.assignment import Limits
from grader.model.outcome import Crashed, Returned, Unavailable
from grader.sandbox import session as module
from grader.sandbox.channel import ClosedError, DeadlineError
from grader.sandbox.inside import wire
from grader.sandbox.launch import Ended
from grader.sandbox.questions import question
from grader.sandbox.session import Session
from tests.faults.test_sandbox_faults import CALL, DIED, ONE, SUBMISSION, FakeChannel, FakeLauncher

CRASH = Ended(code=7, by_us=False, cpu_s=1.0, peak_bytes=1)


class Answering(FakeChannel):
    """Answers calls one by one, each prints its number and takes some seconds; at one of them the process ends."""

    def __init__(self, script, clock):
        super().__init__(script)
        self.clock = clock
        self.called = 0

    def exchange(self, request, *, deadline, max_body, due=0):
        header = wire.read_header(request[: wire.HEADER.size], max_body=1 << 40) if request else None
        if (header is not None and header.kind is not wire.Kind.CALL) or not (header or hasattr(self, "next")):
            return super().exchange(request, deadline=deadline, max_body=max_body, due=due)
        self.next = header.index if header is not None else self.next + 1
        self.nonce = header.nonce if header is not None else self.nonce
        self.called += 1
        if self.script.get("ends at") == self.called:
            raise ClosedError
        self.clock.seconds += self.script.get("takes", 2.0)
        if self.clock.seconds > deadline:
            self.clock.seconds = deadline
            raise DeadlineError
        self.output.add(b"%d" % self.called)
        answer = wire.Header(kind=wire.Kind.RETURNED, index=self.next, nonce=self.nonce, length=len(ONE))
        return answer, bytearray(ONE)


class Launcher(FakeLauncher):
    def __init__(self, *scripts):
        super().__init__(*scripts)
        self.seconds = 0.0

    def start(self):
        process = super().start()
        process.channel = Answering(process.channel.script, self)
        return process

    @property
    def called(self):
        return [process.channel.called for process in self.made]


@pytest.fixture
def run(monkeypatch):
    """Begin a session, whose clock goes on by its calls alone."""

    def run(*scripts, **limits):
        launcher = Launcher(*scripts)
        monkeypatch.setattr(module, "now", lambda: launcher.seconds)
        limits = Limits(**{"submission_wall_s": 100.0, "printed_bytes": 1000, **limits})
        return Session(SUBMISSION, launcher=launcher, limits=limits), launcher

    return run


def ask(session, count):
    return [type(outcome) for outcome in session.ask([question(CALL)] * count)]


def test_time_is_told_as_it_went_by_and_charged_for_what_stands(run):
    session, launcher = run({}, {"takes": 1.0}, submission_wall_s=10.0)
    with session:
        assert ask(session, 3) == [Returned] * 3
        assert ask(session, 2) == [Returned] * 2
        # All is used up, and what stands is asked again all the same. Six seconds count, and the one of the fourth.
        session.take_back(1)
        assert launcher.called == [5, 4]
        assert [ask(session, 1)[0] for _ in range(4)] == [Returned, Returned, Returned, Unavailable]
        assert session.usage.wall_s == launcher.seconds == 10.0 + 4.0 + 3.0
        assert session.printed.text == "1234567"


def test_cpu_seconds_of_a_process_that_was_given_up_are_told_and_not_charged(run):
    session, _ = run({}, {"ends at": 2, "ends": CRASH}, {}, submission_cpu_s=1.5)
    with session:
        ask(session, 2)
        session.take_back(1)
        assert ask(session, 1) == [Crashed]
        assert ask(session, 1) == [Returned]
        assert session.usage.cpu_s == 2.0


def test_a_launcher_that_dies_meanwhile_costs_nothing(run):
    session, launcher = run({"ends": DIED}, DIED, {})
    with session:
        ask(session, 2)
        session.take_back(1)
        assert ask(session, 1) == [Returned]
        assert launcher.called == [2, 2]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_process_that_ends_where_none_did_is_not_brought_any_further(run, at):
    session, launcher = run({}, {"ends at": at, "ends": CRASH}, {})
    with session:
        ask(session, 2)
        ask(session, 2)
        session.take_back(1)
        assert launcher.called == [4, at]
        assert ask(session, 1) == [Returned]
        assert launcher.called == [4, at, 1]


def test_a_source_that_does_not_run_a_second_time_is_not_run_for_each_call(run):
    session, launcher = run({}, {wire.Kind.JOB: DeadlineError()}, {})
    with session:
        ask(session, 3)
        ask(session, 3)
        session.take_back(2)
        # Once for what was asked before, and not again for what was asked last.
        assert launcher.called == [6, 0]
        assert ask(session, 1) == [Returned]


def test_what_was_not_made_need_not_be_taken_back(run):
    session, launcher = run({}, submission_wall_s=4.0)
    with session:
        ask(session, 2)
        assert ask(session, 3) == [Unavailable] * 3
        session.take_back(2)
        assert session.may_take_back
        assert launcher.called == [2]


def test_only_what_was_made_is_taken_back(run, monkeypatch):
    # In frames of two calls.
    monkeypatch.setattr(module, "group", lambda questions: questions[:2])
    session, launcher = run({}, {}, submission_wall_s=4.0)
    with session:
        assert ask(session, 4) == [Returned, Returned, Unavailable, Unavailable]
        session.take_back(3)
        assert launcher.called == [2, 1]


def test_the_first_calls_of_a_second_process_can_be_taken_back(run):
    session, launcher = run({"ends at": 2, "ends": CRASH}, {}, {})
    with session:
        assert ask(session, 2) == [Returned, Crashed]
        ask(session, 2)
        session.take_back(1)
        assert launcher.called == [2, 2, 1]


def test_calls_before_an_end_are_not_asked_again(run):
    session, launcher = run({"ends at": 2, "ends": CRASH}, {}, {})
    with session:
        assert ask(session, 3) == [Returned, Crashed]
        ask(session, 1)
        ask(session, 2)
        session.take_back(1)
        assert launcher.called == [2, 3, 2]
        assert session.usage.processes == 3


def test_calls_are_taken_back_once(run):
    session, _ = run({}, {})
    with session:
        ask(session, 2)
        session.take_back(1)
        ask(session, 2)
        with pytest.raises(AssertionError, match="already"):
            session.take_back(1)


def test_what_is_printed_is_heard_again_after_a_launcher_that_died_while_nothing_was(run):
    session, _ = run({"ends at": 2, "ends": CRASH}, DIED, {})
    with session:
        ask(session, 1)
        ask(session, 1)
        ask(session, 2)
        assert session.printed.text == "112"
