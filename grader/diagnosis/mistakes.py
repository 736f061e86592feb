"""What the search for a mistake asks of the truth: wrong functions of the rubric, and the trusted one with a change."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from grader.model.assignment import Misconception, Problem, Term
from grader.model.case import Array, Case
from grader.model.naming import Dimension
from grader.numerics.expected import Expected
from grader.numerics.perturbing import Tap

Meddle: TypeAlias = Callable[[], Tap]
"""Makes, for one evaluation, the tap that changes an intermediate value of the trusted function."""


class Mistakes(Protocol):
    """What the truth offers to the search."""

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        """Return what a named misconception would have returned; None where it would have raised."""
        ...

    def mistaken_at_least(
        self, problem: Problem, misconception: Misconception, case: Case
    ) -> tuple[Expected, ...] | None:
        """Return the same with the least units that it can have, at one evaluation; None where that says nothing."""
        ...

    def term(self, problem: Problem, term: Term, case: Case) -> tuple[Expected, ...]:
        """Return one of the terms that add up to the answer, one value per returned value."""
        ...

    def shapes(self, problem: Problem) -> Mapping[str, tuple[Dimension, ...]]:
        """Return the symbolic shape of each argument."""
        ...

    def intermediates(self, problem: Problem, case: Case) -> Mapping[str, Array]:
        """Return the intermediate values that the trusted function hands out, in order; empty if it hands out none."""
        ...

    def glimpse(
        self, problem: Problem, case: Case, change: str, arguments: tuple[Array, ...], meddle: Meddle | None
    ) -> tuple[Array, ...] | None:
        """Return the trusted values at other inputs, or with an intermediate value changed; None for none.

        The name of the change is one under which the values may be kept.
        """
        ...
