"""What every submission of a run is asked, worked out once: the calls that each check needs, in which order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.checks.kind import Kind, Request
from grader.checks.kinds import kind_of
from grader.grading.descent import Descent
from grader.model.assignment import Assignment, Problem
from grader.model.case import Call, Case
from grader.model.checks import ApartCheck, Check, TriedCheck
from grader.sandbox.questions import Question, Room, question
from grader.truth.seeds import seed_sequence

Key = tuple[str, str, str]
"""Of a call: its problem, its case's ``draw``, the label of its request."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One call of the script.

    Parameters
    ----------
    key : tuple of str
        What it is.
    case : Case
        The case that it was first needed for.
    question : Question
        The call.
    """

    key: Key
    case: Case
    question: Question


def kind_for(assignment: Assignment, problem: Problem, check: TriedCheck) -> Kind[Any]:
    """Return what judges a check of a problem.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    problem : Problem
        Whose check.
    check : TriedCheck
        Which.

    Returns
    -------
    Kind
    """
    samplers = assignment.inputs[problem.inputs].values
    return kind_of(check, {name: sampler.shape for name, sampler in samplers.items()})


def call_seed(seed: int, problem: Problem) -> int:
    """Return what the random generators are seeded with before each call of a problem.

    Parameters
    ----------
    seed : int
        The root seed.
    problem : Problem
        Whose function.

    Returns
    -------
    int
        From 0 to 2**32 - 1.
    """
    return int(seed_sequence(seed, problem.id).generate_state(1)[0])


def call_for(problem: Problem, request: Request, seed: int) -> Call:
    """Return the call that a request makes.

    Parameters
    ----------
    problem : Problem
        Whose function.
    request : Request
        The arguments.
    seed : int
        The root seed.

    Returns
    -------
    Call
        With the same seed for every call of a problem: what differs between two calls is then the student's doing.
    """
    return Call(
        function=request.step or problem.function,
        arguments=request.arguments,
        returns=1 if request.step else len(problem.returns),
        seed=call_seed(seed, problem),
        want_inputs=request.want_inputs,
    )


class Script:
    """What judges each check, and what it asks; of the cases of a plan, all at once.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    seed : int
        The root seed, from which each call's own is derived.
    """

    def __init__(self, assignment: Assignment, seed: int) -> None:
        self._seed = seed
        self.descent = Descent(assignment)
        self._kinds = {
            (problem.id, check.name): kind_for(assignment, problem, check)
            for problem in assignment.problem
            for check in problem.check
            if not isinstance(check, ApartCheck)
        }
        self._requests: dict[Key, tuple[Request, ...]] = {}
        self.lines: tuple[Line, ...] = ()
        self._keys: dict[str, tuple[Key, ...]] = {}

    def kind(self, problem: Problem, check: Check) -> Kind[Any]:
        """Return what judges a check."""
        return self._kinds[problem.id, check.name]

    def questions(self, problem: str) -> tuple[Question, ...]:
        """Return what is asked of a problem, by its id; in the order of its keys."""
        return tuple(line.question for line in self.lines if line.key[0] == problem)

    def keys(self, problem: Problem) -> tuple[Key, ...]:
        """Return the calls of a problem that are in the script, in order."""
        return self._keys.get(problem.id, ())

    def requests(self, problem: Problem, check: Check, case: Case) -> tuple[Request, ...]:
        """Return what a check asks of a case."""
        known = self._requests.get((problem.id, check.name, case.draw))
        return known or self.kind(problem, check).requests(check, problem, case)

    def call(self, problem: Problem, request: Request) -> Call:
        """Return the call that a request makes."""
        return call_for(problem, request, self._seed)

    def write(self, wanted: Iterable[tuple[Problem, Check, Case]]) -> None:
        """Work out the calls that cases need, each once.

        Parameters
        ----------
        wanted : iterable of (Problem, Check, Case)
            In the order in which the calls are to be made.
        """
        lines: dict[Key, Line] = {}
        room = Room()
        for problem, check, case in wanted:
            requests = self.requests(problem, check, case)
            self._requests[problem.id, check.name, case.draw] = requests
            for request in requests:
                key = (problem.id, case.draw, request.label)
                if key not in lines:
                    asked = question(self.call(problem, request), room)
                    lines[key] = Line(key=key, case=case, question=asked)
        self.lines = tuple(lines.values())
        problems = dict.fromkeys(key[0] for key in lines)
        self._keys = {problem: tuple(key for key in lines if key[0] == problem) for problem in problems}
