"""Runs the calls of one submission, each once, and keeps what came back."""

from typing import Protocol

from grader.checks.finding import CaseFinding
from grader.checks.kind import Facts, Request, plain
from grader.checks.kinds import kind_of
from grader.checks.purity import AGAIN, same_bits
from grader.model.assignment import Assignment, Check, Problem
from grader.model.case import Call, Case
from grader.model.outcome import Absence, Crashed, Malformed, Outcome, OutOfMemory, Returned, TimedOut, Unavailable
from grader.truth.book import seed_sequence

# After this many calls of one function that had to be killed, its further calls are not made: each would cost a limit's
# time or a new process, and the function has failed already.
_KILLED_CALLS = 1


class Caller(Protocol):
    """What runs a call: a session of the sandbox, or a script in tests."""

    def call(self, call: Call) -> Outcome:
        """Return what came back."""
        ...


class Answers:
    """One submission's outcomes by case and label; a call is made when it is first asked for.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    caller : Caller
        Runs the student's functions.
    seed : int
        The root seed, from which each call's own is derived.
    """

    def __init__(self, assignment: Assignment, caller: Caller, seed: int) -> None:
        self._assignment = assignment
        self._caller = caller
        self._seed = seed
        self._kept: dict[tuple[str, str, str], Outcome] = {}
        self._killed: dict[str, tuple[int, str]] = {}

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
        samplers = self._assignment.inputs[problem.inputs].values
        kind = kind_of(check, {name: sampler.shape for name, sampler in samplers.items()})
        outcomes = {r.label: self.outcome(problem, case, r) for r in kind.requests(check, problem, case)}
        return kind.judge(check, problem, case, outcomes, facts)

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

    def same_again(self, problem: Problem, case: Case) -> bool:
        """Return whether a case, called once more as it is, comes back the same to the last bit.

        Parameters
        ----------
        problem : Problem
            Whose function.
        case : Case
            A case that was called already.

        Returns
        -------
        bool
            False where it now ends in another way, or in other numbers.
        """
        first = self.outcome(problem, case, plain(case))
        second = self.outcome(problem, case, Request(label=AGAIN, arguments=case.values))
        if isinstance(first, Returned) and isinstance(second, Returned):
            return all(same_bits(a, b) for a, b in zip(first.values, second.values, strict=True))
        return type(first) is type(second)

    def _made(self, problem: Problem, case: Case, request: Request) -> Outcome:
        killed, says = self._killed.get(problem.id, (0, ""))
        if killed >= _KILLED_CALLS:
            return Unavailable(absence=Absence.SKIPPED, says=says)
        # The same seed for every label of a case: what differs between two calls is then the student's doing.
        seed = int(seed_sequence(self._seed, problem.id, case.id).generate_state(1)[0])
        outcome = self._caller.call(
            Call(
                function=problem.function,
                arguments=request.arguments,
                returns=len(problem.returns),
                seed=seed,
                want_inputs=request.want_inputs,
            )
        )
        if isinstance(outcome, TimedOut | OutOfMemory | Crashed | Malformed):
            says = f"`{problem.function}` was not called again after {case.id}"
            self._killed[problem.id] = (killed + 1, says)
        return outcome
