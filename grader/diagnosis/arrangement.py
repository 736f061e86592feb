"""The right numbers in another place or shape: transposed, permuted, one triangle, summed over or left out."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from grader.diagnosis.observation import WIDEN, Observation
from grader.diagnosis.pattern import Pattern, Subject, remade
from grader.model.case import Array
from grader.numerics.compare import Closeness, closeness
from grader.numerics.expected import Expected

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
    name = subject.name
    yield _moved("transpose", f"{name} is the transpose of the right one", 2, lambda v: np.swapaxes(v, -1, -2))
    yield Pattern(id="shape", says=f"{subject.has} the right numbers in another shape", made=_in_other_shape)
    yield Pattern(
        id="not_summed",
        says=f"{subject.is_} not summed: added up along one axis more, it is right",
        made=_not_summed,
        special=frozenset({"shape"}),
    )
    yield from _triangles(subject)
    depth = max(o.expected[i].value.ndim for o in subject.observations for i in subject.parts)
    for axis in range(depth):
        yield from _along(subject, axis)


def _moved(id_: str, says: str, least: int, move: Move) -> Pattern:
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
    is_, has = subject.is_, subject.has
    yield _weighted("lower_triangle", f"{is_} right in the lower triangle, and 0 above it", (1, 1, 0))
    yield _weighted("upper_triangle", f"{is_} right in the upper triangle, and 0 below it", (0, 1, 1))
    yield _weighted("strictly_lower", f"{is_} right below the diagonal, and 0 elsewhere", (1, 0, 0))
    yield _weighted("strictly_upper", f"{is_} right above the diagonal, and 0 elsewhere", (0, 0, 1))
    yield _weighted("diagonal_only", f"{is_} right on the diagonal, and 0 elsewhere", (0, 1, 0))
    yield _weighted("diagonal_zero", f"{is_} right off the diagonal, and 0 on it", (1, 0, 1))
    yield _weighted("off_diagonal_doubled", f"{is_} right on the diagonal, and twice the right one off it", (2, 1, 2))
    yield _weighted(
        "off_diagonal_halved", f"{is_} right on the diagonal, and half of the right one off it", (0.5, 1, 0.5)
    )
    yield _weighted("diagonal_doubled", f"{is_} right off the diagonal, and twice the right one on it", (1, 2, 1))
    yield _weighted("diagonal_halved", f"{is_} right off the diagonal, and half of the right one on it", (1, 0.5, 1))
    yield _weighted("lower_doubled", f"{has} the entries below the diagonal doubled, and 0 above it", (2, 1, 0))
    yield _weighted("upper_doubled", f"{has} the entries above the diagonal doubled, and 0 below it", (0, 1, 2))


def _weighted(id_: str, says: str, weights: tuple[float, float, float]) -> Pattern:
    below, on, above = weights

    def made(o: Observation, i: int) -> Expected:
        right = o.expected[i]
        ones = np.ones(right.value.shape[-2:])
        factor = below * np.tril(ones, -1) + on * np.diag(np.diag(ones)) + above * np.triu(ones, 1)
        return remade(right, right.value * factor, right.unit * np.maximum(factor, 1.0))

    return Pattern(id=id_, says=says, made=made)


# Along an axis --------------------------------------------------------------------------------------------------------


def _along(subject: Subject, axis: int) -> Iterator[Pattern]:
    name, is_ = subject.name, subject.is_
    called = axis_name(subject, axis)
    yield _moved(f"reversed_{axis}", f"{is_} in reverse order along {called}", axis + 1, lambda v: np.flip(v, axis))
    if subject.largest(subject.parts[0], axis) > 2:  # of two entries, rolled is reversed
        for by in (1, -1):
            says = f"{is_} shifted by one along {called}: each entry stands where its neighbour is due"
            yield _moved(f"rolled_{axis}_{by}", says, axis + 1, lambda v, by=by: np.roll(v, by, axis))  # type: ignore[misc]  # a default binds the loop
    for key, told, keep in _KEPT:
        says = f"{is_} right {told} along {called}, and 0 in the others"
        yield _kept(f"{key}_{axis}", says, axis, keep)
    for total, told in ((np.sum, "summed"), (np.mean, "averaged")):
        for kept in ("", "_kept", "_everywhere"):
            where = {"": "", "_kept": ", with an axis of length 1 left", "_everywhere": ", in every entry"}[kept]
            yield Pattern(
                id=f"{told}_{axis}{kept}",
                says=f"{name} is the right one {told} along {called}{where}",
                made=_reduced(axis, total, kept),
            )


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
    return f"axis {axis} ({shape[axis]})" if axis < len(shape) else f"axis {axis}"


_KEPT: tuple[tuple[str, str, slice], ...] = (
    ("only_first", "in the first entry", slice(0, 1)),
    ("only_last", "in the last entry", slice(-1, None)),
    ("without_first", "in all entries but the first", slice(1, None)),
    ("without_last", "in all entries but the last", slice(0, -1)),
)


def _kept(id_: str, says: str, axis: int, keep: slice) -> Pattern:
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
