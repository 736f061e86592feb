"""A change of the trusted computation, tried first by one evaluation, then with measured units on every case."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from grader.diagnosis.factors import Slip, slips
from grader.diagnosis.mistakes import Meddle
from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Pattern, Says, Subject, aligned, remade
from grader.model.case import Array, Case
from grader.numerics.expected import Expected, informative_limit
from grader.words import say

Arguments: TypeAlias = tuple[Array, ...]

_ROUGHLY = 64.0
"""How many units of the right answer make one of a changed computation, which may round more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """A change of the trusted computation.

    Parameters
    ----------
    id : str
        Its name; for one problem, the same name stands for the same change.
    says : callable
        Returns a clause that goes on after "your answer is what comes out if".
    runs : callable
        What the trusted function is called with, once or several times, for a case; None where that cannot be.
    meddle : callable or None
        Makes a tap that changes an intermediate value.
    back : callable
        ``back(case, i, results)`` makes returned value `i` of what the runs gave for it.
    special : frozenset of str
        Names of changes that are special cases of this one: where such a one fits, this one is not another.
    """

    id: str
    says: Says
    runs: Callable[[Case], tuple[Arguments, ...] | None]
    meddle: Callable[[Case], Meddle] | None = None
    back: Callable[[Case, int, tuple[Array, ...]], Array] = lambda case, i, results: results[0]  # noqa: ARG005 - one signature
    special: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Post:
    """A factor on what a changed computation gives."""

    id: str
    besides: Says | None
    factor: Callable[[Case, Array], Array | float | None]


_NOTHING = _Post(id="", besides=None, factor=lambda case, value: 1.0)  # noqa: ARG005 - one signature


def changed(subject: Subject, changes: Callable[[Subject], Iterator[Change]], *, slipped: bool) -> Iterator[Pattern]:
    """Yield those changes of the trusted computation that come near to the student's numbers.

    Parameters
    ----------
    subject : Subject
        The wrong answer.
    changes : callable
        Yields what to try, by the problem, the sizes that differ and the first case.
    slipped : bool
        True: only together with a further slip; False: only without.

    Yields
    ------
    Pattern
    """
    telling = [o for o in subject.observations if o.values is not None and all(e.informative for e in o.expected)]
    if not telling:
        return
    posts = _posts(subject) if slipped else (_NOTHING,)
    key = (changes.__name__, slipped, subject.parts, subject.symbols, telling[0])
    for change, post in subject.memory.found(key, lambda: _near_ones(subject, telling[0], changes(subject), posts)):
        yield _pattern(subject, change, post)


def _near_ones(
    subject: Subject, o: Observation, changes: Iterable[Change], posts: tuple[_Post, ...]
) -> Iterator[tuple[Change, _Post]]:
    factors = _Factors(o, posts)
    for change in changes:
        for place in _near(subject, o, change, factors):
            yield change, posts[place]


def _posts(subject: Subject) -> tuple[_Post, ...]:
    out = [_slipped(slip) for slip in slips(subject.symbols)]
    for name in subject.problem.arguments:
        for power, did in ((1, "times"), (-1, "over")):
            besides = partial(say, f"diagnosis.besides.{did}", size=name)
            out.append(_Post(id=f"+{did}_{name}", besides=besides, factor=_argument_power(name, power)))
    return tuple(out)


def _slipped(slip: Slip) -> _Post:
    return _Post(
        id=f"+{slip.id}",
        besides=slip.besides,
        factor=lambda case, value: slip.factor(case),  # noqa: ARG005 - one signature
    )


def _argument_power(name: str, power: int) -> Callable[[Case, Array], Array | None]:
    def factor(case: Case, value: Array) -> Array | None:
        found = aligned(case, name, value)
        with np.errstate(all="ignore"):
            return None if found is None else np.asarray(found**power)

    return factor


def _glimpsed(subject: Subject, o: Observation, change: Change) -> dict[int, Array] | None:
    """Return the wrong parts as the changed computation gives them, by one evaluation a run."""
    runs = change.runs(o.case)
    if runs is None:
        return None
    meddle = change.meddle(o.case) if change.meddle else None
    found = []
    for number, arguments in enumerate(runs):
        named = f"{change.id}/{number}"
        values = subject.mistakes.glimpse(subject.problem, o.case, named, arguments, meddle)
        if values is None or len(values) != len(o.expected):
            return None
        found.append(values)
    with np.errstate(all="ignore"):
        return {i: change.back(o.case, i, tuple(values[i] for values in found)) for i in subject.parts}


class _Factors:
    """What further slips multiply a changed value by on one case, all at once."""

    def __init__(self, o: Observation, posts: tuple[_Post, ...]) -> None:
        self._o = o
        self._posts = posts
        self._known: dict[tuple[int, ...], tuple[Array, Array]] = {}

    def of(self, value: Array) -> tuple[Array, Array]:
        """Return the factors on a value, stacked along a first axis, and which of them there are."""
        if value.shape not in self._known:
            found = [post.factor(self._o.case, value) for post in self._posts]
            stack = np.stack([np.broadcast_to(np.nan if f is None else f, value.shape) for f in found])
            self._known[value.shape] = stack, np.array([f is not None for f in found])
        return self._known[value.shape]


def _near(subject: Subject, o: Observation, change: Change, factors: _Factors) -> tuple[int, ...]:
    """Return the slips with which a changed computation comes near to what was observed."""
    seen = _glimpsed(subject, o, change)
    if seen is None or o.values is None:
        return ()
    near: Array = np.ones((), dtype=bool)
    for i in subject.parts:
        value, theirs = seen[i], o.values[i]
        if theirs.shape != value.shape:
            return ()
        factor, applies = factors.of(value)
        entries = tuple(range(1, factor.ndim))
        with np.errstate(all="ignore"):
            made = value * factor
            # What is further off than this would not be told apart from the right answer either.
            limit = informative_limit(o.case.dtype) * np.abs(made).max(axis=entries, keepdims=True, initial=0.0)
            near = near & applies & (np.abs(theirs - made) <= limit).all(axis=entries)
        if not near.any():
            return ()
    return tuple(np.flatnonzero(near).tolist())


def _pattern(subject: Subject, change: Change, post: _Post) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        seen = _glimpsed(subject, o, change)
        factor = post.factor(o.case, seen[i]) if seen is not None else None
        if seen is None or factor is None:
            return None
        with np.errstate(all="ignore"):
            value = np.asarray(seen[i] * factor)
        return remade(o.expected[i], value, np.asarray(_rough_unit(o.expected[i], value)))

    def says() -> str:
        did = change.says()
        if post.besides is not None:
            did = say("diagnosis.and_besides", says=did, besides=post.besides())
        return subject.told("diagnosis.answer.comes_out_if", change=did)()

    return Pattern(
        id=f"{change.id}{post.id}", says=says, made=made, special=frozenset(f"{s}{post.id}" for s in change.special)
    )


def _rough_unit(right: Expected, value: Array) -> float:
    """Return the unit of a changed computation: by size that of the right answer, many times.

    To measure it would take some fifty evaluations a case. It has to tell mistakes from each other, which differ by
    many powers of ten, and never a right answer from a wrong one.
    """
    size = float(np.max(np.abs(right.value), initial=0.0))
    unit = float(np.max(right.unit, initial=0.0))
    coarsest = informative_limit(right.dtype)
    relative = min(_ROUGHLY * unit / size, coarsest) if size > 0 else coarsest
    return relative * float(np.max(np.abs(value), initial=0.0, where=np.isfinite(value)))
