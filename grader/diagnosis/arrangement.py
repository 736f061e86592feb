"""The right numbers in another place or shape: transposed, permuted, one triangle, summed over or left out."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from grader.diagnosis.observation import WIDEN, Observation
from grader.diagnosis.pattern import Pattern, Says, Subject, remade
from grader.model.case import Array
from grader.numerics.compare import Closeness, closeness
from grader.numerics.expected import Expected
from grader.words import say

Move: TypeAlias = Callable[[Array], Array]


def arrangement_patterns(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes that put the right numbers elsewhere.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    yield _moved("transpose", subject.told("diagnosis.answer.transpose"), 2, lambda v: np.swapaxes(v, -1, -2))
    yield Pattern(id="shape", says=subject.told("diagnosis.answer.shape"), made=_in_other_shape)
    yield Pattern(
        id="not_summed",
        says=subject.told("diagnosis.answer.not_summed"),
        made=_not_summed,
        special=frozenset({"shape"}),
    )
    yield from _triangles(subject)
    depth = max(o.expected[i].value.ndim for o in subject.observations for i in subject.parts)
    for axis in range(depth):
        yield from _along(subject, axis)


def _moved(id_: str, says: Says, least: int, move: Move) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        return remade(right, move(right.value), move(right.unit)) if right.value.ndim >= least else None

    return Pattern(id=id_, says=says, made=made)


def _in_other_shape(o: Observation, i: int) -> Expected | None:
    right = o.expected[i]
    if o.values is None or o.values[i].size != right.value.size:
        return None
    shape = o.values[i].shape
    # With axes of length 1 more or less, or laid out in a row, the order of the entries is clear.
    if len(shape) > 1 and [n for n in shape if n != 1] != [n for n in right.value.shape if n != 1]:
        return None
    return remade(right, right.value.reshape(shape), right.unit.reshape(shape))


def _not_summed(o: Observation, i: int) -> Expected | None:
    right = o.expected[i]
    if o.values is None or o.values[i].dtype.kind not in "iuf":
        return None
    # A signalling nan warns when it is converted.
    with np.errstate(all="ignore"):
        value = o.values[i].astype(np.float64)
    for axis in range(value.ndim):
        rest = value.shape[:axis] + value.shape[axis + 1 :]
        if rest != right.value.shape:
            continue
        with np.errstate(all="ignore"):
            total = value.sum(axis=axis)
            if closeness(total, right, widen=WIDEN) is Closeness.AGREES:
                return remade(right, value, np.broadcast_to(np.expand_dims(right.unit, axis), value.shape))
    return None


# Square matrices ------------------------------------------------------------------------------------------------------


def _triangles(subject: Subject) -> Iterator[Pattern]:
    square = all(
        o.expected[i].value.ndim >= 2 and o.expected[i].value.shape[-1] == o.expected[i].value.shape[-2]
        for o in subject.observations
        for i in subject.parts
    )
    if not square:
        return
    for key, weights in _WEIGHTS:
        yield _weighted(key, subject.told(f"diagnosis.answer.{key}"), weights)


_WEIGHTS: tuple[tuple[str, tuple[float, float, float]], ...] = (
    ("lower_triangle", (1, 1, 0)),
    ("upper_triangle", (0, 1, 1)),
    ("strictly_lower", (1, 0, 0)),
    ("strictly_upper", (0, 0, 1)),
    ("diagonal_only", (0, 1, 0)),
    ("diagonal_zero", (1, 0, 1)),
    ("off_diagonal_doubled", (2, 1, 2)),
    ("off_diagonal_halved", (0.5, 1, 0.5)),
    ("diagonal_doubled", (1, 2, 1)),
    ("diagonal_halved", (1, 0.5, 1)),
    ("lower_doubled", (2, 1, 0)),
    ("upper_doubled", (0, 1, 2)),
)
"""What the entries below, on and above the diagonal are multiplied by."""


def _weighted(id_: str, says: Says, weights: tuple[float, float, float]) -> Pattern:
    below, on, above = weights

    def made(o: Observation, i: int) -> Expected:
        right = o.expected[i]
        ones = np.ones(right.value.shape[-2:])
        factor = below * np.tril(ones, -1) + on * np.diag(np.diag(ones)) + above * np.triu(ones, 1)
        return remade(right, right.value * factor, right.unit * np.maximum(factor, 1.0))

    return Pattern(id=id_, says=says, made=made)


# Along an axis --------------------------------------------------------------------------------------------------------


def _along(subject: Subject, axis: int) -> Iterator[Pattern]:
    called = axis_name(subject, axis)
    in_reverse = subject.told("diagnosis.answer.reversed", axis=called)
    yield _moved(f"reversed_{axis}", in_reverse, axis + 1, lambda v: np.flip(v, axis))
    if subject.largest(subject.parts[0], axis) > 2:  # of two entries, rolled is reversed
        for by in (1, -1):
            says = subject.told("diagnosis.answer.rolled", axis=called)
            yield _moved(f"rolled_{axis}_{by}", says, axis + 1, lambda v, by=by: np.roll(v, by, axis))  # type: ignore[misc]  # a default binds the loop
    for key, keep in _KEPT:
        yield _kept(f"{key}_{axis}", subject.told(f"diagnosis.answer.{key}", axis=called), axis, keep)
    for total, told in ((np.sum, "summed"), (np.mean, "averaged")):
        for kept in ("", "_kept", "_everywhere"):
            says = subject.told(f"diagnosis.answer.{told}{kept}", axis=called)
            yield Pattern(id=f"{told}_{axis}{kept}", says=says, made=_reduced(axis, total, kept))


def axis_name(subject: Subject, axis: int) -> str:
    """Return how a student is told which axis of the returned value is meant.

    Parameters
    ----------
    subject : Subject
        The wrong answer.
    axis : int
        Counted from 0.

    Returns
    -------
    str
        Such as ``"axis 0 (K)"``.
    """
    shape = subject.problem.returns[subject.parts[0]].shape
    if axis < len(shape):
        return say("diagnosis.axis_of_size", axis=axis, size=shape[axis])
    return say("diagnosis.axis", axis=axis)


_KEPT: tuple[tuple[str, slice], ...] = (
    ("only_first", slice(0, 1)),
    ("only_last", slice(-1, None)),
    ("without_first", slice(1, None)),
    ("without_last", slice(0, -1)),
)


def _kept(id_: str, says: Says, axis: int, keep: slice) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        if right.value.ndim <= axis:
            return None
        value = np.zeros_like(right.value)
        place = (slice(None),) * axis + (keep,)
        value[place] = right.value[place]
        return remade(right, value, right.unit)

    return Pattern(id=id_, says=says, made=made)


def _reduced(axis: int, total: Callable[..., Array], kept: str) -> Callable[[Observation, int], Expected | None]:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        if right.value.ndim <= axis:
            return None
        with np.errstate(all="ignore"):
            value = total(right.value, axis=axis, keepdims=bool(kept))
            unit = total(right.unit, axis=axis, keepdims=bool(kept))
        if kept == "_everywhere":
            value, unit = (np.broadcast_to(v, right.value.shape) for v in (value, unit))
        return remade(right, value, unit)

    return made
