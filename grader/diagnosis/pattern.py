"""A general mistake as what it makes of the right answer, and what it is told about; needs no word from the rubric."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from grader.diagnosis.memory import Memory
from grader.diagnosis.mistakes import Mistakes
from grader.diagnosis.observation import Candidate, Explanation, Observation, reproduces
from grader.model.assignment import Problem
from grader.model.case import Array, Case, frozen_array
from grader.numerics.expected import DISAGREE_UNITS, Expected, informative_limit
from grader.numerics.rounding import smallest_normal
from grader.words import say, say_count

CONTRADICTED: Candidate = ()
"""A candidate that no observation can match: the explanation does not apply to the case."""

Made: TypeAlias = Callable[[Observation, int], Expected | None]
"""What a mistake makes of one returned value on a case; None where it cannot have been made."""

Says: TypeAlias = Callable[[], str]
"""Puts a mistake into words: asked only of the few that fit, of thousands that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """A general mistake.

    Parameters
    ----------
    id : str
        Its name.
    says : callable
        Returns a phrase for the student.
    made : callable
        ``made(observation, i)`` is what the mistake makes of returned value `i`; None where it does not apply.
    special : frozenset of str
        Names of patterns that are special cases of this one: where such a one fits, this one is not another.
    """

    id: str
    says: Says
    made: Made
    special: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A wrong answer in search of its mistake.

    Parameters
    ----------
    problem : Problem
        Whose function.
    observations : tuple of Observation
        What it did, a case each.
    parts : tuple of int
        Which of the returned values the mistake is in; the others are taken to be right.
    mistakes : Mistakes
        Evaluates the trusted function with a change.
    memory : Memory
        Of what was ruled out already.
    """

    problem: Problem
    observations: tuple[Observation, ...]
    parts: tuple[int, ...]
    mistakes: Mistakes
    memory: Memory

    @property
    def name(self) -> str:
        """How the student is told which value is meant."""
        if len(self.problem.returns) == 1:
            return say("diagnosis.your_answer")
        return together([self.problem.returns[i].name for i in self.parts])

    def told(self, key: str, **fields: object) -> Says:
        """Return what says a message about the answer.

        Parameters
        ----------
        key : str
            The message; it has the field ``subject``, and may tell one value from several.
        **fields
            Its other fields.

        Returns
        -------
        callable
        """
        return lambda: say_count(key, len(self.parts), subject=self.name, **fields)

    def told_besides(self, key: str, besides: Says, **fields: object) -> Says:
        """Return what says a message about the answer, and one thing more.

        Parameters
        ----------
        key : str
            As for `told`.
        besides : callable
            Says what is wrong as well.
        **fields
            The message's other fields.

        Returns
        -------
        callable
        """
        once = self.told(key, **fields)
        return lambda: say("diagnosis.and_besides", says=once(), besides=besides())

    @property
    def symbols(self) -> tuple[str, ...]:
        """The sizes that every case has and that differ between cases: a factor of them can be told from a constant."""
        return symbols_of(self.observations)

    def largest(self, i: int, axis: int) -> int:
        """Return the largest length of an axis of the right value `i` on any case; 0 where it has no such axis."""
        shapes = [o.expected[i].value.shape for o in self.observations]
        return max((shape[axis] for shape in shapes if axis < len(shape)), default=0)

    def explained(self, pattern: Pattern, key: Hashable | None) -> Explanation | None:
        """Return the explanation that a pattern is, if it reproduces all that was observed.

        Parameters
        ----------
        pattern : Pattern
            Which.
        key : hashable or None
            Under which it is remembered, see `Memory.reproduces`; None: not at all.

        Returns
        -------
        Explanation or None
        """
        candidates = self._candidates(pattern)
        if key is None:
            fits = reproduces(self.observations, candidates)
        else:
            fits = self.memory.reproduces(key, self.observations, candidates)
        return Explanation(id=pattern.id, says=pattern.says()) if fits else None

    def _candidates(self, pattern: Pattern) -> Iterator[Candidate]:
        for o in self.observations:
            made = tuple(pattern.made(o, i) if i in self.parts else e for i, e in enumerate(o.expected))
            complete = tuple(e for e in made if e is not None)
            yield complete if len(complete) == len(made) else CONTRADICTED


def symbols_of(observations: Sequence[Observation]) -> tuple[str, ...]:
    """Return the sizes that every case has and that differ between cases, see `Subject.symbols`.

    Parameters
    ----------
    observations : sequence of Observation
        At least one.

    Returns
    -------
    tuple of str
        Sorted.
    """
    tables = [dict(o.case.sizes) for o in observations]
    shared = set(tables[0]).intersection(*tables)
    return tuple(sorted(s for s in shared if len({table[s] for table in tables}) > 1))


def together(names: Sequence[str]) -> str:
    """Return names as one subject: ``"mu_bar and Sigma_bar"``.

    Parameters
    ----------
    names : sequence of str
        At least one.

    Returns
    -------
    str
    """
    told, *others = names
    for other in others:
        told = say("diagnosis.and", one=told, other=other)
    return told


def remade(expected: Expected, value: Array, unit: Array, *, informative: bool = True) -> Expected:
    """Return an expected value that a mistake has changed.

    Parameters
    ----------
    expected : Expected
        The right one.
    value, unit : ndarray, of one shape
        What became of it, and of its unit.
    informative : bool
        False where this value fits whatever the student did, so that it confirms nothing.

    Returns
    -------
    Expected
    """
    # A unit of 0 would let not even an equal value agree.
    least = smallest_normal(expected.dtype)
    value = np.asarray(value, dtype=np.float64)
    unit = np.maximum(np.where(np.isnan(unit), np.inf, unit), least)
    if unit.shape != value.shape:
        unit = np.broadcast_to(unit, value.shape)
    # Zeros in the place of an answer are told from it by the size of the answer.
    sizes = np.abs(np.concatenate([value.ravel(), expected.value.ravel()]))
    size = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    resolution = float(DISAGREE_UNITS * np.max(unit, initial=0.0) / size) if size > 0 else np.inf
    return Expected(
        value=frozen_array(value),
        unit=frozen_array(unit),
        informative=informative and expected.informative and resolution < informative_limit(expected.dtype),
        resolution=resolution,
        dtype=expected.dtype,
        withheld=expected.withheld,
    )


def scaled(expected: Expected, factor: Array | float) -> Expected:
    """Return an expected value and its units times a factor.

    Parameters
    ----------
    expected : Expected
        Of any shape.
    factor : ndarray or float
        Broadcast against the value.

    Returns
    -------
    Expected
    """
    with np.errstate(all="ignore"):
        value = np.asarray(expected.value * factor)
        return remade(expected, value, expected.unit * np.abs(factor))


def argument(case: Case, name: str) -> Array:
    """Return an argument of a case in float64; whole numbers as they are.

    Parameters
    ----------
    case : Case
        The inputs.
    name : str
        Which argument.

    Returns
    -------
    ndarray
    """
    value = next(value for given, value in case.arguments if given == name)
    return value.astype(np.float64, copy=False) if value.dtype.kind == "f" else value


def aligned(case: Case, name: str, value: Array) -> Array | None:
    """Return an argument as a factor of a value whose leading axes it matches.

    Parameters
    ----------
    case : Case
        The inputs.
    name : str
        Which argument.
    value : ndarray
        What it would multiply.

    Returns
    -------
    ndarray or None
        With axes of length 1 added at the end; None where it does not match, or is not floating.
    """
    factor = argument(case, name)
    if factor.dtype.kind != "f" or value.shape[: factor.ndim] != factor.shape:
        return None
    return factor.reshape(factor.shape + (1,) * (value.ndim - factor.ndim))
