"""The simpler cases of a case, the same for every submission that fails on it: worked out once, as far as asked."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from grader.model.assignment import Assignment, Problem
from grader.model.case import Case
from grader.model.inputs import CaseGroup
from grader.numerics.drawable import domain_of
from grader.numerics.simpler import Inputs, simpler

KEPT = 256
"""Of so many cases the simpler ones are kept: what a class fails on, and what that is made smaller to, are few."""


class Descent:
    """What cases can be made smaller to. Safe to share between threads.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    """

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._problems = {problem.id: problem for problem in assignment.problem}
        # Cases are told apart by what they are, not by what they hold.
        self._known = lru_cache(maxsize=KEPT)(self._begun)

    def simpler(self, problem: Problem, failing: Case, best: Case) -> Iterator[Case]:
        """Yield cases that are simpler than a given one, boldest first.

        Parameters
        ----------
        problem : Problem
            Whose.
        failing : Case
            A case of the plan.
        best : Case
            The same, or one that it was made smaller to.

        Yields
        ------
        Case
        """
        begun = self._known(problem.id, failing, best)
        place = 0
        while (case := begun.at(place)) is not None:
            yield case
            place += 1

    def _begun(self, problem_id: str, failing: Case, best: Case) -> "_Begun":
        return _Begun(self._made(self._problems[problem_id], failing, best))

    def _made(self, problem: Problem, failing: Case, best: Case) -> Iterator[Case]:
        group = group_of(self._assignment, problem, failing)
        domain = domain_of(self._assignment.inputs[problem.inputs], group)
        start = Inputs(sizes=dict(best.sizes), arguments=best.arguments)
        for candidate in simpler(start, domain):
            yield _case(failing, group, candidate)


class _Begun:
    """Cases that are worked out as far as somebody has gone along them."""

    def __init__(self, made: Iterator[Case]) -> None:
        self._made = made
        self._kept: list[Case] = []
        self._lock = threading.Lock()

    def at(self, place: int) -> Case | None:
        """Return the case at a place up to the first that was not asked for yet; None after the last."""
        with self._lock:
            if place == len(self._kept):
                further = next(self._made, None)
                if further is None:
                    return None
                self._kept.append(further)
            return self._kept[place]


def group_of(assignment: Assignment, problem: Problem, case: Case) -> CaseGroup:
    """Return the group of cases that a case was drawn for.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    problem : Problem
        Whose case.
    case : Case
        Its ``draw`` is a path of family, number of the group, precision, number and attempt.

    Returns
    -------
    CaseGroup

    Raises
    ------
    ValueError
        The case is not one of the plan's.
    """
    groups = assignment.inputs[problem.inputs].case
    family, _, rest = case.draw.partition("/")
    number = rest.partition("/")[0]
    if not number.isdecimal() or int(number) >= len(groups) or groups[int(number)].family != family:
        msg = f"{case.draw} is not the path of a case that was drawn for {problem.id}"
        raise ValueError(msg)
    return groups[int(number)]


def _case(parent: Case, group: CaseGroup, inputs: Inputs) -> Case:
    digest = hashlib.sha256()
    for name, value in inputs.arguments:
        digest.update(f"{name}\0{value.dtype}\0{value.shape}\0".encode())
        digest.update(value.tobytes())
    sizes = tuple(sorted(inputs.sizes.items()))
    # Words about a size hold no longer when the size is another one.
    kept = all(dict(parent.sizes)[symbol] == n for symbol, n in sizes if symbol in group.sizes)
    return replace(
        parent,
        draw=f"{parent.draw}/smaller/{digest.hexdigest()[:32]}",
        sizes=sizes,
        arguments=inputs.arguments,
        says=parent.says if kept else "",
    )
