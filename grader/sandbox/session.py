"""One submission in the sandbox: its source is run, calls are made in order, and every answer becomes an outcome.

After a crash or a timeout the next call gets a fresh process, so one endless loop costs a student one answer only.
Calls that were too many are taken back: a fresh process is asked again what stands.
"""

import contextlib
import secrets
import signal
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Absence, Crashed, Malformed, Outcome, OutOfMemory, Returned, TimedOut, Unavailable
from grader.model.submission import Submission
from grader.sandbox.account import Clock, Loaded, Printed, Usage
from grader.sandbox.answers import MAX_TEXT, Reader, clean_text
from grader.sandbox.channel import ClosedError, DeadlineError
from grader.sandbox.channel import Printed as PrintedBytes
from grader.sandbox.ended import Failure, OomKills, ending_words, failure_words
from grader.sandbox.errors import SandboxFaultError
from grader.sandbox.inside import wire
from grader.sandbox.launch import START_WALL_S, Ended, Launcher, LauncherDiedError, Process, now
from grader.sandbox.questions import Question, group, question
from grader.sandbox.record import Before, Record
from grader.sandbox.spent import Mark, Spent
from grader.words import say

DEATHS_ALLOWED = 3
"""So many times may what starts processes die on one submission before it is given up."""
FRAME_OVERHEAD = 1 << 16
"""Heads, dimensions and texts of an answer, beside its arrays' own bytes."""
GRACE_S = 0.5
"""For a process that has closed its pipe to end by itself, so that its exit code is known."""


class Session:
    """One submission; a context manager, to be used in the thread that opened its sandbox.

    Parameters
    ----------
    submission : Submission
        What is run.
    launcher : Launcher
        Starts its processes.
    limits : Limits
        What it may use.
    oom_kills : OomKills or None
        The kernel's count, shared by the sessions of a sandbox; a new one if none is given.
    """

    def __init__(
        self, submission: Submission, *, launcher: Launcher, limits: Limits, oom_kills: OomKills | None = None
    ) -> None:
        self._submission = submission
        self._launcher = launcher
        self._limits = limits
        self._reader = Reader(submission, memory_bytes=limits.memory_bytes)
        self._output = PrintedBytes(limits.printed_bytes)
        self._process: Process | None = None
        self._killed: Process | None = None
        self._loaded: Loaded | None = None
        self._deaths = 0
        self._spent = Spent(limits)
        self._index = 0
        self._record = Record(self._now())
        self.may_take_back = True
        """Whether `take_back` may be asked for: once, for it may cost as much as all that was asked so far."""
        self._oom_kills = oom_kills or OomKills()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the submission's process; SIGKILL, for whatever it left behind must not run on."""
        process, self._process = self._process, None
        if process is not None:
            process.channel.drain()
            # Without a zygote there is no process either: the kernel ends them together.
            with contextlib.suppress(LauncherDiedError):
                process.kill()
                self._killed = process
            process.channel.close()

    @property
    def printed(self) -> Printed:
        """What the submission has printed so far."""
        if self._process is not None:
            self._process.channel.drain()
        text = bytes(self._output.kept).decode("utf-8", "ignore" if self._output.truncated else "replace")
        return Printed(text=clean_text(text, max_characters=len(text) + 1), truncated=self._output.truncated)

    @property
    def usage(self) -> Usage:
        """What the submission has used so far; a process that still runs is not counted yet."""
        killed, self._killed = self._killed, None
        if killed is not None:
            with contextlib.suppress(LauncherDiedError):
                self._spent.account(killed.end(grace_s=0.0))
        return self._spent.usage()

    def clock(self) -> Clock:
        """Return what its process has used so far, to be asked for between calls.

        Returns
        -------
        Clock
            CPU seconds by the kernel's count where they can be had. Differences mean something between two readings
            of one process, that is, where no call between them had to be killed.
        """
        cpu_s = None
        if self._process is not None:
            # Its death is found, and said, by the next call.
            with contextlib.suppress(LauncherDiedError):
                cpu_s = self._process.cpu_s()
        return Clock(seconds=self._spent.wall_s if cpu_s is None else cpu_s, cpu=cpu_s is not None)

    def load(self) -> Loaded:
        """Run the submission's source, once.

        Returns
        -------
        Loaded
            The same again when it is asked for again.

        Raises
        ------
        SandboxFaultError
            If that is impossible through our own fault.
        """
        while self._loaded is None:
            try:
                self._loaded = self._load()
            except LauncherDiedError as death:
                self._count_death(death)
        return self._loaded

    def call(self, call: Call) -> Outcome:
        """Make one call; the source is run before the first one, and again after a crash.

        Parameters
        ----------
        call : Call
            Which function, with which arguments.

        Returns
        -------
        Outcome
            What came back, whatever the submission does.

        Raises
        ------
        SandboxFaultError
            If the call is impossible through our own fault.
        """
        return self.ask((question(call),))[0]

    def ask(self, questions: Sequence[Question]) -> tuple[Outcome, ...]:
        """Make many calls, in order; each has the limits that it would have alone.

        Parameters
        ----------
        questions : sequence of Question
            Which.

        Returns
        -------
        tuple of Outcome
            One a call, up to the first for which the process had to be ended, or memory did not do; the calls after
            that were not made.

        Raises
        ------
        SandboxFaultError
            If a call is impossible through our own fault.
        """
        outcomes: list[Outcome] = []
        loaded = self.load()
        self._record.open(self._now())
        while len(outcomes) < len(questions) and not (outcomes and isinstance(outcomes[-1], Failure)):
            absent = self._absent(loaded)
            if absent is not None:
                self._record.leave_out(len(questions) - len(outcomes))
                return (*outcomes, *(absent for _ in range(len(questions) - len(outcomes))))
            try:
                self._ask(group(questions[len(outcomes) :]), loaded, outcomes)
            except LauncherDiedError as death:
                self._count_death(death)
        return tuple(outcomes)

    def take_back(self, count: int) -> None:
        """Go on in a new process, as if the last calls had not been made.

        The new process is asked all that stands, and what comes back is not looked at: it has come back before, and a
        submission cannot have a second try. It counts in its usage, and its limits are not charged with it, so that one
        may take up to three times as long as its limit in all.

        Parameters
        ----------
        count : int
            How many of the calls that the last `ask` was asked for.

        Raises
        ------
        SandboxFaultError
            If that is impossible through our own fault.
        """
        if not self.may_take_back:
            msg = "calls were taken back already"
            raise AssertionError(msg)
        left = self._record.without(count)
        if left is None:
            return
        self.may_take_back = False
        stands, last = left
        before = self._record.before
        try:
            self._discard(grace_s=0.0)
        except LauncherDiedError as death:
            self._count_death(death)
        self._output.cut(before.printed, truncated=before.truncated)
        # As much time as all of it may take, whatever is left for what comes after it.
        self._spent.go_back(Mark())
        self._begin_anew()
        with self._output.mute():
            self._ask_again(stands)
        self._spent.go_back(before.spent)
        self._ask_again(last)

    def _begin_anew(self) -> None:
        """Take a process and run the source again, if that can be done."""
        while True:
            try:
                self._load_again()
            except LauncherDiedError as death:
                self._count_death(death)
            else:
                return

    def _ask_again(self, questions: Sequence[Question]) -> None:
        """Ask for calls that were made before, as long as the process does not end, which none did before."""
        while questions and self._process is not None:
            # A call for which memory did not do ends an exchange, and not its process.
            questions = questions[len(self.ask(questions)) :]

    def _now(self) -> Before:
        output = self._output
        return Before(spent=self._spent.mark(), printed=len(output.kept), truncated=output.truncated)

    def _absent(self, loaded: Loaded) -> Unavailable | None:
        """Return why no call can be made; None where one can."""
        if self._submission.problem:
            return Unavailable(absence=Absence.NOT_LOADED, says=self._submission.problem)
        if loaded.outcome is not None:
            says = say("absent.could_not_be_loaded", why=failure_words(loaded.outcome))
            return Unavailable(absence=Absence.NOT_LOADED, says=says)
        limit = self._spent.used_up
        return Unavailable(absence=Absence.SKIPPED, says=say("absent.used_up", limit=limit)) if limit else None

    # One process ------------------------------------------------------------------------------------------------------

    def _load(self) -> Loaded:
        if self._submission.problem:
            return Loaded(failures=(), outcome=None)
        self._start()
        request = _job_body(self._submission, self._limits, packages=self._launcher.packages)
        self._index += 1
        nonce = secrets.randbits(64)
        answer = self._exchange(
            wire.frame(wire.Kind.JOB, index=self._index, nonce=nonce, body=request),
            (self._index, nonce),
            limit_s=self._limits.load_wall_s,
            max_body=FRAME_OVERHEAD * (1 + len(self._submission.chunks)),
        )
        self._drain()
        if not isinstance(answer, tuple):
            return Loaded(failures=(), outcome=answer)
        header, body = answer
        try:
            if header.kind is not wire.Kind.LOADED:
                msg = f"loading was answered with {header.kind.name}"
                raise wire.WireError(msg)
            return Loaded(failures=self._reader.failures(body), outcome=None)
        except wire.WireError as error:
            return Loaded(failures=(), outcome=self._malformed(error))

    def _load_again(self) -> Loaded:
        self._record.begin_anew()
        # What loading prints, it has printed before.
        with self._output.mute():
            return self._load()

    def _ask(self, questions: Sequence[Question], loaded: Loaded, outcomes: list[Outcome]) -> None:
        """Send one frame and add the outcomes of its calls, up to the first that ended the process."""
        if self._process is None:
            again = self._load_again()
            if again.outcome is not None:
                says = say("absent.could_not_be_loaded_again", why=failure_words(again.outcome))
                outcomes.append(Unavailable(absence=Absence.NOT_LOADED, says=says))
                return
        # Fresh for each frame: an answer that was written before the question is not an answer.
        nonce = secrets.randbits(64)
        first = self._index + 1
        self._index += len(questions)
        body = (wire.put_u32(len(questions)), *(one.asked for one in questions))
        request = wire.frame(wire.Kind.CALL, index=first, nonce=nonce, body=body)
        limit_s, room = self._limits.call_wall_s, self._limits.result_bytes + FRAME_OVERHEAD
        last = len(questions) - 1
        for place, one in enumerate(questions):
            answer = self._exchange(
                b"" if place else request,
                (first + place, nonce),
                limit_s=limit_s,
                max_body=room + len(one.untouched),
                due=last - place,
            )
            outcome = self._outcome(answer, one, loaded) if isinstance(answer, tuple) else answer
            outcomes.append(outcome)
            self._record.add(one)
            if not isinstance(outcome, Returned) and isinstance(outcome, Failure):
                break
        self._drain()

    def _outcome(self, answer: tuple[wire.Header, bytearray], asked: Question, loaded: Loaded) -> Outcome:
        header, body = answer
        try:
            if header.kind is wire.Kind.RETURNED:
                return asked.read(body, lambda: self._reader.outcome(header, body, asked.call, asked.untouched))
            outcome = self._reader.outcome(header, body, asked.call, asked.untouched)
        except wire.WireError as error:
            return self._malformed(error)
        if isinstance(outcome, Unavailable) and outcome.absence is Absence.MISSING and loaded.failures:
            first = loaded.failures[0]
            says = say("absent.raised_before", says=outcome.says, where=first.where or first.label, type=first.type)
            return Unavailable(absence=Absence.NOT_LOADED, says=says)
        return outcome

    def _drain(self) -> None:
        if self._process is not None:
            self._process.channel.drain()

    def _start(self) -> None:
        """Take a process and wait until it says that it is ready: up to here every fault is ours."""
        self._process = process = self._launcher.start()
        self._spent.processes += 1
        process.channel.output = PrintedBytes(MAX_TEXT)
        try:
            header, _ = process.channel.exchange(b"", deadline=now() + START_WALL_S, max_body=0)
            if header.kind is not wire.Kind.READY:
                msg = f"{header.kind.name} came"
                raise wire.WireError(msg)
        except (ClosedError, DeadlineError, wire.WireError) as error:
            ended = process.end(grace_s=GRACE_S)
            process.channel.drain()
            said = clean_text(bytes(process.channel.output.kept).decode("utf-8", "replace")).strip().rpartition("\n")[2]
            ending = f"a process did not become ready: it {ending_words(ended)}"
            raise LauncherDiedError(f"{ending} ({said})" if said else ending) from error
        process.channel.output = self._output
        # The next process is made while this one works.
        self._launcher.start_ahead()

    def _exchange(
        self, request: bytes, asked: tuple[int, int], *, limit_s: float, max_body: int, due: int = 0
    ) -> tuple[wire.Header, bytearray] | Failure:
        """Send a frame (or nothing) and return the answer with this index and nonce, or why there is none.

        Where there is none, the process is gone.
        """
        process = self._process
        if process is None:
            msg = "there is no process to talk to"
            raise AssertionError(msg)
        try:
            # Most of many answers were read with the one before them, and no time passes.
            found = None if request else process.channel.came(max_body)
            if found is not None:
                return _asked_for(found, asked)
        except wire.WireError as error:
            return self._malformed(error)
        left_s = self._spent.left_s
        begun = now()
        try:
            deadline = begun + min(limit_s, left_s)
            return _asked_for(process.channel.exchange(request, deadline=deadline, max_body=max_body, due=due), asked)
        except wire.WireError as error:
            return self._malformed(error)
        except DeadlineError:
            self._discard(grace_s=0.0)
            return TimedOut(limit_s=limit_s if limit_s <= left_s else self._limits.submission_wall_s, cpu=False)
        except ClosedError:
            return self._failure(self._discard(grace_s=GRACE_S))
        finally:
            self._spent.wall_s += now() - begun

    def _discard(self, *, grace_s: float) -> Ended | None:
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            ended = process.end(grace_s=grace_s)
            process.channel.drain()
        finally:
            process.channel.close()
        self._spent.account(ended)
        return ended

    def _malformed(self, error: wire.WireError) -> Malformed:
        self._discard(grace_s=0.0)
        return Malformed(says=str(error))

    def _failure(self, ended: Ended | None) -> Failure:
        if ended is None or ended.by_us:
            return Malformed(says=say("ended.closed_connection"))
        if ended.code == -getattr(signal, "SIGXCPU", 0):
            return TimedOut(limit_s=self._limits.call_cpu_s, cpu=True)
        if ended.code == -getattr(signal, "SIGKILL", 0) and self._spent.no_cpu_is_left:
            # The hard limit of the process, which no signal handler can put off.
            return TimedOut(limit_s=self._limits.submission_cpu_s, cpu=True)
        if ended.code == -getattr(signal, "SIGKILL", 0) and self._oom_kills.have_risen():
            return OutOfMemory(limit_bytes=self._limits.memory_bytes)
        return Crashed(says=ending_words(ended))

    def _count_death(self, death: LauncherDiedError) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.channel.close()
        self._deaths += 1
        if self._deaths >= DEATHS_ALLOWED:
            raise SandboxFaultError(
                f"the sandbox broke down {DEATHS_ALLOWED} times on this submission: {death}"
            ) from death


def _asked_for(found: tuple[wire.Header, bytearray], asked: tuple[int, int]) -> tuple[wire.Header, bytearray]:
    """Return an answer; raises WireError if it is not to the question of this index and nonce."""
    header = found[0]
    if header.index != asked[0] or header.nonce != asked[1]:
        msg = "an answer belongs to another question"
        raise wire.WireError(msg)
    return found


def _job_body(submission: Submission, limits: Limits, *, packages: tuple[str, ...]) -> list[bytes | memoryview]:
    return [
        wire.put_u64(limits.result_bytes),
        wire.put_f64(limits.call_cpu_s),
        wire.put_texts(packages),
        wire.put_u32(len(submission.chunks)),
        *(wire.put_text(text) for chunk in submission.chunks for text in (chunk.label, chunk.source)),
        wire.put_u32(len(submission.modules)),
        *(wire.put_text(text) for name, chunk in submission.modules for text in (name, chunk.label, chunk.source)),
    ]
