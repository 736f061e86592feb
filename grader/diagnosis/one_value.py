"""One of several returned values by itself: a derivation is of one value, whatever the function returns besides."""

from collections.abc import Mapping

from grader.diagnosis.mistakes import Meddle, Mistakes
from grader.model.assignment import Misconception, Problem, Term
from grader.model.case import Array, Case
from grader.model.naming import Dimension
from grader.numerics.expected import Expected


class OneValue:
    """What the search for a mistake asks of the truth, of one returned value.

    Parameters
    ----------
    problem : Problem
        The whole problem; `Mistakes` is asked about it, whatever part of it is named here.
    part : int
        Which of its returned values.
    mistakes : Mistakes
        Of all of them.
    """

    def __init__(self, problem: Problem, part: int, mistakes: Mistakes) -> None:
        self._problem = problem
        self._part = part
        self._mistakes = mistakes

    @property
    def problem(self) -> Problem:
        """The problem as if it returned that value alone."""
        return self._problem.model_copy(update={"returns": (self._problem.returns[self._part],)})

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        """Return what a named misconception would have returned; None where it would have raised."""
        del problem
        found = self._mistakes.mistaken(self._problem, misconception, case)
        return None if found is None else found[self._part : self._part + 1]

    def mistaken_at_least(
        self, problem: Problem, misconception: Misconception, case: Case
    ) -> tuple[Expected, ...] | None:
        """Return the same with the least units that it can have; None where that says nothing."""
        del problem
        found = self._mistakes.mistaken_at_least(self._problem, misconception, case)
        return None if found is None else found[self._part : self._part + 1]

    def term(self, problem: Problem, term: Term, case: Case) -> tuple[Expected, ...]:
        """Return one of the terms that add up to the answer."""
        del problem
        return self._mistakes.term(self._problem, term, case)[self._part : self._part + 1]

    def shapes(self, problem: Problem) -> Mapping[str, tuple[Dimension, ...]]:
        """Return the symbolic shape of each argument."""
        del problem
        return self._mistakes.shapes(self._problem)

    def intermediates(self, problem: Problem, case: Case) -> Mapping[str, Array]:
        """Return the intermediate values that the trusted function hands out."""
        del problem
        return self._mistakes.intermediates(self._problem, case)

    def glimpse(
        self, problem: Problem, case: Case, change: str, arguments: tuple[Array, ...], meddle: Meddle | None
    ) -> tuple[Array, ...] | None:
        """Return the trusted value at other inputs, or with an intermediate value changed."""
        del problem
        found = self._mistakes.glimpse(self._problem, case, change, arguments, meddle)
        return None if found is None else found[self._part : self._part + 1]
