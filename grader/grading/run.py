"""Runs the calls of one submission, each once, and keeps what came back."""

from collections.abc import Sequence
from copy import copy
from typing import Protocol, TypeGuard

from grader.checks.finding import CaseFinding
from grader.checks.kind import Facts, Request, plain
from grader.checks.purity import AGAIN, same_bits
from grader.grading.script import Key, Script
from grader.model.assignment import Assignment, Problem
from grader.model.case import Call, Case
from grader.model.checks import Check
from grader.model.outcome import Absence, Crashed, Malformed, Outcome, OutOfMemory, Returned, TimedOut, Unavailable
from grader.sandbox.questions import Question
from grader.words import say

# After this many calls of one function that had to be killed, its further calls are not made: each would cost a limit's
# time or a new process, and the function has failed already.
_KILLED_CALLS = 1


class Caller(Protocol):
    """What runs a call: a session of the sandbox, or a script in tests."""

    def call(self, call: Call) -> Outcome:
        """Return what came back."""
        ...


class Asker(Caller, Protocol):
    """A caller that is asked much at once for less: a session of the sandbox."""

    def ask(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        """Return what came back, at least of the first call, and up to the first that had to be killed."""
        ...


def asks_at_once(caller: Caller) -> TypeGuard[Asker]:
    """Return whether a caller is an `Asker`."""
    # isinstance() with a protocol would take as long as a call.
    return hasattr(caller, "ask")


class TakingBack(Asker, Protocol):
    """An asker that can let calls not have been made."""

    @property
    def may_take_back(self) -> bool:
        """Whether it still can."""
        ...

    def take_back(self, count: int) -> None:
        """Let so many of the calls that `ask` made last not have been made."""
        ...


def takes_back(caller: Asker) -> TypeGuard[TakingBack]:
    """Return whether a caller can let calls not have been made."""
    return getattr(caller, "may_take_back", False)


class Answers:
    """One submission's outcomes by case and label; a call is made when it is first asked for, or with all others.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    caller : Caller
        Runs the student's functions.
    seed : int
        The root seed, from which each call's own is derived.
    script : Script or None
        What is asked of every submission; None: nothing is known of it yet.
    """

    def __init__(self, assignment: Assignment, caller: Caller, seed: int, script: Script | None = None) -> None:
        self._caller = caller
        self._script = script or Script(assignment, seed)
        self._kept: dict[Key, Outcome] = {}
        self._killed: dict[tuple[str, str], tuple[int, str]] = {}

    def finding(self, check: Check, problem: Problem, case: Case, facts: Facts) -> CaseFinding:
        """Return what a case says of a check, making the calls that were not made yet.

        Parameters
        ----------
        check : Check
            Which check.
        problem : Problem
            Whose.
        case : Case
            The inputs.
        facts : Facts
            The truth.

        Returns
        -------
        CaseFinding
        """
        requests = self._script.requests(problem, check, case)
        outcomes = {request.label: self.outcome(problem, case, request) for request in requests}
        return self._script.kind(problem, check).judge(check, problem, case, outcomes, facts)

    def ask_all(self) -> None:
        """Make all calls of the script at once, if the caller can: the same ones, in the same order."""
        caller = self._caller
        lines = self._script.lines
        while lines and asks_at_once(caller):
            outcomes = caller.ask([line.question for line in lines])
            for line, outcome in zip(lines, outcomes, strict=False):
                if isinstance(outcome, Returned):
                    # Nearly all of some hundred, and nothing speaks against their function.
                    self._kept[line.key] = outcome
                else:
                    self._keep(line.key, line.question.call.function, line.case, outcome)
            lines = tuple(
                line
                for line in lines[len(outcomes) :]
                if _called(line.key, line.question.call.function) not in self._killed
            )

    def through(self, caller: Caller) -> "Answers":
        """Return the same answers, whose further calls are made through another caller."""
        other = copy(self)
        other._caller = caller
        return other

    def of_script(self, problem: Problem) -> tuple[Outcome, ...]:
        """Return what came back of the script's calls for a problem, as far as they were made, in order."""
        return tuple([self._kept[key] for key in self._script.keys(problem) if key in self._kept])

    def outcome(self, problem: Problem, case: Case, request: Request) -> Outcome:
        """Return the outcome of a request.

        Parameters
        ----------
        problem : Problem
            Whose function.
        case : Case
            The case it belongs to.
        request : Request
            The arguments.

        Returns
        -------
        Outcome
            ``Unavailable`` where an earlier call of the same function had to be killed.
        """
        key = (problem.id, case.draw, request.label)
        if key not in self._kept:
            self._kept[key] = self._made(problem, case, request)
        return self._kept[key]

    def known(self, problem: Problem, case: Case, label: str) -> Outcome | None:
        """Return an outcome that is already there.

        Parameters
        ----------
        problem : Problem
            Whose function.
        case : Case
            The case.
        label : str
            Of the request.

        Returns
        -------
        Outcome or None
            None where the call was never asked for.
        """
        return self._kept.get((problem.id, case.draw, label))

    def same_again(self, check: Check, problem: Problem, case: Case) -> bool:
        """Return whether a case, called once more as it is, comes back the same to the last bit.

        Parameters
        ----------
        check : Check
            Which check looked at it.
        problem : Problem
            Whose function, or whose steps.
        case : Case
            A case that was called already.

        Returns
        -------
        bool
            False where it now ends in another way, or in other numbers.
        """
        steps = [request for request in self._script.requests(problem, check, case) if request.step]
        return all(self._same(problem, case, request) for request in steps or [plain(case)])

    def _same(self, problem: Problem, case: Case, request: Request) -> bool:
        first = self.outcome(problem, case, request)
        if isinstance(first, Unavailable):
            # There is nothing to call.
            return True
        again = f"{request.label} {AGAIN}" if request.step else AGAIN
        second = self.outcome(problem, case, Request(label=again, arguments=request.arguments, step=request.step))
        if isinstance(first, Returned) and isinstance(second, Returned):
            return all(same_bits(a, b) for a, b in zip(first.values, second.values, strict=True))
        return type(first) is type(second)

    def _made(self, problem: Problem, case: Case, request: Request) -> Outcome:
        key = (problem.id, case.draw, request.label)
        call = self._script.call(problem, request)
        killed, says = self._killed.get(_called(key, call.function), (0, ""))
        if killed >= _KILLED_CALLS:
            return Unavailable(absence=Absence.SKIPPED, says=says)
        return self._keep(key, call.function, case, self._caller.call(call))

    def _keep(self, key: Key, function: str, case: Case, outcome: Outcome) -> Outcome:
        self._kept[key] = outcome
        if isinstance(outcome, TimedOut | OutOfMemory | Crashed | Malformed):
            called = _called(key, function)
            killed, _ = self._killed.get(called, (0, ""))
            self._killed[called] = (killed + 1, say("run.not_called_again", function=function, case=case.id))
        return outcome


def _called(key: Key, function: str) -> tuple[str, str]:
    """Return what a killed call speaks against: its problem's function, or the list of steps that it is one of."""
    name, bracket, _ = function.partition("[")
    return key[0], name if bracket else ""
