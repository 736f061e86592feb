"""Times a submission's function beside the trusted one: each in a process of its own, call by call, in turn.

What each call took is read by the grader from the kernel; what a process says of it counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader.checks.efficiency import Lap, beyond_doubt
from grader.checks.finding import CaseFinding
from grader.checks.kind import PLAIN, Facts, Request
from grader.checks.reference import Reference
from grader.grading.script import call_for
from grader.model.assignment import Problem
from grader.model.case import Call, Case
from grader.model.checks import ReferenceCheck, VectorisedCheck
from grader.model.outcome import Outcome, Returned, TimedOut
from grader.model.report import Finding, Verdict
from grader.sandbox import Session
from grader.truth.modules import TrustedFunctionError
from grader.truth.yardstick import NOTHING, TIMED_FUNCTION

_VALUES = ReferenceCheck(kind="reference", points=Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A call, and what it took.

    Parameters
    ----------
    outcome : Outcome
        What came back.
    seconds : float
        What it took, with what a call costs by itself.
    cpu : bool
        Whether they are CPU seconds.
    """

    outcome: Outcome
    seconds: float
    cpu: bool


def timed(session: Session, call: Call) -> Timed:
    """Make a call and say what it took.

    Parameters
    ----------
    session : Session
        Its process is there: an earlier call has been answered.
    call : Call
        Which function, with which arguments.

    Returns
    -------
    Timed
    """
    before, ended_s = session.clock(), session.usage.cpu_s
    outcome = session.call(call)
    after = session.clock()
    if before.cpu and isinstance(outcome, TimedOut):
        # The process is gone; how much CPU time it had used is known since then.
        return Timed(outcome=outcome, seconds=session.usage.cpu_s - ended_s - before.seconds, cpu=True)
    cpu = before.cpu and after.cpu
    return Timed(outcome=outcome, seconds=after.seconds - before.seconds if before.cpu == after.cpu else 0.0, cpu=cpu)


@dataclass(slots=True, kw_only=True)
class _Raw:
    """The times of one pair of cases, with what a call costs by itself."""

    small: tuple[float, float, float]
    large: tuple[float, float, float]
    cut_off: bool


@dataclass(slots=True, kw_only=True)
class Race:
    """A submission's function beside the trusted one.

    Parameters
    ----------
    student : Session
        The submission's.
    ours : Session
        Of the trusted function, see `grader.truth.yardstick`.
    truth : Facts
        What is right.
    problem : Problem
        Whose function.
    check : VectorisedCheck
        Its sizes and bounds.
    seed : int
        The root seed.
    """

    student: Session
    ours: Session
    truth: Facts
    problem: Problem
    check: VectorisedCheck
    seed: int
    cpu: bool = True
    unfit: CaseFinding | None = None
    """What was wrong with an answer: then times mean nothing."""
    _raw: list[_Raw] = field(default_factory=list)
    _warm: bool = False

    def run(self, cases: Sequence[Case]) -> None:
        """Time both functions on small and large inputs in turn; new inputs each time, so that none is remembered.

        Parameters
        ----------
        cases : sequence of Case
            As many small ones as large ones.

        Raises
        ------
        TrustedFunctionError
            The trusted function does not run where submissions do: the rubric's fault.
        SandboxFaultError
            Our fault.
        """
        grows = self.check.grows
        by_size = sorted(cases, key=lambda case: dict(case.sizes)[grows])
        half = len(by_size) // 2
        for small, large in zip(by_size[:half], by_size[half:], strict=True):
            first = self._lap(small)
            second = self._lap(large) if first is not None else None
            if first is None or second is None:
                return
            self._raw.append(_Raw(small=first[0], large=second[0], cut_off=second[1]))
            if beyond_doubt(self.check, self.laps, cpu=self.cpu):
                return

    @property
    def laps(self) -> tuple[Lap, ...]:
        """What was measured so far, without what a call costs by itself."""
        if not self._raw:
            return ()
        # The shortest, which noise has lengthened least; ours, for a student's own would be what the student says.
        small_call_s = min(raw.small[2] for raw in self._raw)
        large_call_s = min(raw.large[2] for raw in self._raw)
        return tuple(
            Lap(
                small_s=raw.small[0] - small_call_s,
                large_s=raw.large[0] - large_call_s,
                our_small_s=raw.small[1] - small_call_s,
                our_large_s=raw.large[1] - large_call_s,
                cut_off=raw.cut_off,
            )
            for raw in self._raw
        )

    def _lap(self, case: Case) -> tuple[tuple[float, float, float], bool] | None:
        """Return what the student's call, ours, and a call of nothing took; None where the student's went wrong."""
        call = call_for(self.problem, Request(label=PLAIN, arguments=case.values), self.seed)
        if not self._warm:
            # The first call in a new process pays for its pages.
            self.ours.call(replace(call, function=TIMED_FUNCTION))
            self._warm = True
            if not self._right(case, self.student.call(call)):
                return None
        our_s = self._our(replace(call, function=TIMED_FUNCTION))
        nothing_s = self._our(replace(call, function=NOTHING))
        theirs = timed(self.student, call)
        self.cpu = self.cpu and theirs.cpu
        large = dict(case.sizes)[self.check.grows] == self.check.sizes[1][self.check.grows]
        if large and isinstance(theirs.outcome, TimedOut):
            self._warm = False
            return (theirs.seconds, our_s, nothing_s), True
        if not self._right(case, theirs.outcome):
            return None
        return (theirs.seconds, our_s, nothing_s), False

    def _our(self, call: Call) -> float:
        ours = timed(self.ours, call)
        if not isinstance(ours.outcome, Returned):
            says = f"it cannot be timed where submissions run: {ours.outcome}"
            raise TrustedFunctionError(self.problem.reference, says)
        self.cpu = self.cpu and ours.cpu
        return ours.seconds

    def _right(self, case: Case, outcome: Outcome) -> bool:
        found = Reference().judge(_VALUES, self.problem, case, {PLAIN: outcome}, self.truth)
        if found.verdict is Verdict.DISAGREES and not (found.finding is Finding.SKIPPED and self._raw):
            self.unfit = found
        return found.verdict is not Verdict.DISAGREES
