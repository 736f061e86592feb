"""The smallest failing case: a failing one made smaller and rounder while the same mistake still shows.

Only what a report shows depends on it: verdicts, points and counts are final before the first call is made here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from grader.checks.finding import CaseFinding
from grader.checks.kind import Facts
from grader.grading.judge import Judged
from grader.grading.run import Answers, Caller
from grader.grading.script import Script
from grader.model.assignment import Assignment, Problem
from grader.model.case import Call, Case
from grader.model.outcome import (
    Crashed,
    Malformed,
    NotNumeric,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from grader.model.report import Finding, Verdict
from grader.numerics.compare import Closeness
from grader.truth.modules import TrustedFunctionError

CALLS_PER_PROBLEM = 40
"""Calls that a problem may cost beyond its cases: about as many again. A descent on HW1 takes half of them."""

# Findings that a smaller input can show as well, and which it makes plainer.
_SHRINKABLE = frozenset(
    {Finding.WRONG_VALUES, Finding.WRONG_SHAPE, Finding.WRONG_STRUCTURE, Finding.NON_FINITE, Finding.RAISED}
)

SameMistake = Callable[[CaseFinding], bool]
"""Whether what is said to the student of the cases seen so far holds of one more."""


@dataclass(slots=True)
class _Counted:
    """A caller that counts, and remembers whether a call had to be killed."""

    caller: Caller
    left: int = 0
    killed: bool = field(default=False)

    def call(self, call: Call) -> Outcome:
        """Return what came back."""
        self.left -= 1
        outcome = self.caller.call(call)
        self.killed = self.killed or _was_killed(outcome)
        return outcome


class Shrinker:
    """Makes the failing cases of one submission smaller.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    facts : Facts
        The truth. Its values for a smaller case are kept by the case's ``draw``, which equal cases share.
    caller : Caller
        Runs the student's functions.
    seed : int
        The root seed.
    script : Script or None
        What judges each check; None: found out anew.
    """

    def __init__(
        self, assignment: Assignment, facts: Facts, caller: Caller, seed: int, script: Script | None = None
    ) -> None:
        self._facts = facts
        self._caller = _Counted(caller=caller)
        self._script = script or Script(assignment, seed)
        self._answers = Answers(assignment, self._caller, seed, self._script)

    @property
    def killed(self) -> bool:
        """Whether a call had to be killed."""
        return self._caller.killed

    def smaller(
        self, problem: Problem, judged: Sequence[Judged], same_mistake: SameMistake
    ) -> tuple[CaseFinding | None, ...]:
        """Return what to show instead of each check's failing case.

        Parameters
        ----------
        problem : Problem
            Whose checks.
        judged : sequence of Judged
            Their verdicts.
        same_mistake : callable
            Whether the explanation that was found, if one was, accounts for a smaller case as well.

        Returns
        -------
        tuple of (CaseFinding or None)
            One a check; None where the case that failed is to be shown: it cannot be made smaller, the check is not a
            deciding one, a call had to be killed, or a report tells of the reason with an earlier check's case.
        """
        shown: list[CaseFinding | None] = [None] * len(judged)
        if self._caller.killed or any(_was_killed(f.outcome) for one in judged for f in one.findings):
            return tuple(shown)
        self._caller.left = CALLS_PER_PROBLEM
        by_draw: dict[str, CaseFinding] = {}
        told: set[tuple[Finding, str]] = set()
        for i, one in enumerate(judged):
            failing = _shrinkable(one)
            if failing is None:
                continue
            reason = (one.finding, failing.outcome.where if isinstance(failing.outcome, Raised) else "")
            if failing.case.draw in by_draw:
                case = by_draw[failing.case.draw].case
                if self._affords(one, problem, case, more=0):
                    shown[i] = self._still(one, problem, failing, case, same_mistake)
            elif reason not in told:
                shown[i] = self._descend(one, problem, failing, same_mistake)
                if (found := shown[i]) is not None:
                    by_draw[failing.case.draw] = found
            told.add(reason)
        return tuple(shown)

    def _descend(
        self, one: Judged, problem: Problem, failing: CaseFinding, same_mistake: SameMistake
    ) -> CaseFinding | None:
        """Take the first simpler case that fails in the same way, and again from there."""
        best = failing
        tried = {failing.case.draw}
        improved = True
        while improved:
            improved = False
            for case in self._script.descent.simpler(problem, failing.case, best.case):
                if case.draw in tried:
                    continue
                tried.add(case.draw)
                # One call is kept for the second look at the end.
                if not self._affords(one, problem, case, more=1):
                    break
                found = self._still(one, problem, failing, case, same_mistake)
                if found is not None:
                    best, improved = found, True
                    break
        # After a call that had to be killed the second look is not made, and counts as another answer.
        return best if best is not failing and self._answers.same_again(one.check, problem, best.case) else None

    def _affords(self, one: Judged, problem: Problem, case: Case, *, more: int) -> bool:
        calls = len(self._script.requests(problem, one.check, case))
        return not self._caller.killed and self._caller.left >= calls + more

    def _still(
        self, one: Judged, problem: Problem, failing: CaseFinding, case: Case, same_mistake: SameMistake
    ) -> CaseFinding | None:
        """Return what a case says of a check if it fails as the larger one does, else None."""
        try:
            expected = self._facts.expected(problem, case)
            # An expected answer of nothing but zeros, or of rounding errors, would show nobody what is wrong.
            if not all(e.informative for e in expected):
                return None
            found = self._answers.finding(one.check, problem, case, self._facts)
        except TrustedFunctionError:
            # Smaller than the trusted function was written for: no input to show.
            return None
        return found if _fails_alike(failing, found) and same_mistake(found) else None


def _shrinkable(one: Judged) -> CaseFinding | None:
    """Return the failing case of a check if a smaller one could be shown for it."""
    shown = one.shown
    if shown is None or not one.check.decides or one.verdict is not Verdict.DISAGREES:
        return None
    # A case of a derivation costs a call a line, and is no smaller for it.
    shrinkable = shown.finding is one.finding and one.finding in _SHRINKABLE and not shown.lines
    return shown if shrinkable else None


def _fails_alike(failing: CaseFinding, found: CaseFinding) -> bool:
    if found.verdict is not Verdict.DISAGREES or found.finding is not failing.finding:
        return False
    match failing.outcome, found.outcome:
        case Raised() as before, Raised() as now:
            return (before.type, before.where) == (now.type, now.where)
        case Returned() as before, Returned() as now:
            if found.finding is Finding.WRONG_SHAPE:
                return _shape_fault(before, failing) == _shape_fault(now, found)
            return _wrong_parts(failing) == _wrong_parts(found)
        case _:
            return False


def _shape_fault(outcome: Returned, found: CaseFinding) -> list[tuple[int, int, bool]]:
    """Return of each value how many axes it has and should have, and whether it has as many entries as it should."""
    return [(v.ndim, due.ndim, v.size == due.size) for v, due in zip(outcome.values, found.due, strict=True)]


def _wrong_parts(found: CaseFinding) -> list[bool]:
    return [c.closeness is Closeness.DISAGREES for c in found.comparisons]


def _was_killed(outcome: Outcome) -> bool:
    match outcome:
        case TimedOut() | OutOfMemory() | Crashed() | Malformed() | Unavailable():
            return True
        case Returned() | Raised() | NotNumeric():
            return False
        case _:
            assert_never(outcome)
