"""Mistakes with a number, or an order, that the student's own values give: the same on all cases, a case, or a row."""

from collections.abc import Iterator

import numpy as np

from grader.diagnosis.arrangement import axis_name
from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Pattern, Subject, remade, scaled
from grader.model.case import Array
from grader.numerics.expected import DISAGREE_UNITS, Expected, informative_limit

_SURPLUS = 2
"""A case confirms a fit only if it has at least so many more entries than numbers were fitted to it."""


def fitted_for_all(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes with one number, or one order of entries, for all cases.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    factor = _least_squares(subject, by_factor=True)
    if factor is not None:
        says = subject.told("diagnosis.answer.constant_factor", factor=f"{factor:.6g}")
        yield Pattern(id="constant_factor", says=says, made=lambda o, i: scaled(o.expected[i], factor))
    added = _least_squares(subject, by_factor=False)
    if added is not None:
        says = subject.told("diagnosis.answer.constant_added", added=f"{added:.6g}")
        yield Pattern(id="constant_added", says=says, made=lambda o, i: _plus(o.expected[i], np.asarray(added)))
    depth = max(o.expected[i].value.ndim for o in subject.observations for i in subject.parts)
    for axis in range(depth):
        yield _permuted(subject, axis)


def fitted_for_each_case(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes with one number for each case.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    says = subject.told("diagnosis.answer.shifted")
    yield Pattern(id="shifted", says=says, made=lambda o, i: _fitted(o, i, (), by_factor=False))
    says = subject.told("diagnosis.answer.rescaled")
    yield Pattern(id="rescaled", says=says, made=lambda o, i: _fitted(o, i, (), by_factor=True))


def fitted_for_each_row(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes with one number for each row, or column, of each case.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    depth = max(o.expected[i].value.ndim for o in subject.observations for i in subject.parts)
    for axis in range(depth) if depth > 1 else ():
        yield _for_each_row(subject, axis, by_factor=False)
        yield _for_each_row(subject, axis, by_factor=True)


def _for_each_row(subject: Subject, axis: int, *, by_factor: bool) -> Pattern:
    key = "rescaled" if by_factor else "shifted"
    return Pattern(
        id=f"{key}_{axis}",
        says=subject.told(f"diagnosis.answer.{key}_along", axis=axis_name(subject, axis)),
        made=lambda o, i: _fitted(o, i, (axis,), by_factor=by_factor),
    )


def _plus(right: Expected, added: Array, *, informative: bool = True) -> Expected:
    size = float(np.max(np.abs(right.value), initial=0.0))
    with np.errstate(all="ignore"):
        value = right.value + added
        rounding = np.abs(added) * np.max(right.unit, initial=0.0) / max(size, 1e-300)
        unit = right.unit + rounding
        # Beside 1e19 nothing is left of the right answer: that it was added to is then not to be seen.
        seen = bool(DISAGREE_UNITS * np.max(unit, initial=0.0) < informative_limit(right.dtype) * size)
    return remade(right, value, unit, informative=informative and seen)


def _student(o: Observation, i: int) -> Array | None:
    """Return what came back, if it is of the right shape and finite."""
    if o.values is None or i >= len(o.values):
        return None
    value = o.values[i]
    if value.shape != o.expected[i].value.shape or value.dtype.kind not in "iuf":
        return None
    with np.errstate(all="ignore"):
        value = value.astype(np.float64)
    return value if np.isfinite(value).all() else None


def _least_squares(subject: Subject, *, by_factor: bool) -> float | None:
    """Return the factor, or what is added, that fits all cases best, each entry weighted by its unit; None for none."""
    above = below = 0.0
    for o in subject.observations:
        for i in subject.parts:
            value, right = _student(o, i), o.expected[i]
            if value is None:
                continue
            with np.errstate(all="ignore"):
                base = right.value / right.unit if by_factor else 1 / right.unit
                wanted = value / right.unit if by_factor else (value - right.value) / right.unit
                above += float(np.sum(wanted * base))
                below += float(np.sum(base * base))
    fit = above / below if below > 0 and np.isfinite(below) else 0.0
    return fit if np.isfinite(fit) and fit != 0.0 else None


def _fitted(o: Observation, i: int, axes: tuple[int, ...], *, by_factor: bool) -> Expected | None:
    """Return the right value with a number fitted for each index along some axes."""
    value, right = _student(o, i), o.expected[i]
    if value is None or right.value.ndim < max((axis + 1 for axis in axes), default=0):
        return None
    summed = tuple(a for a in range(right.value.ndim) if a not in axes)
    with np.errstate(all="ignore"):
        if by_factor:
            number = np.sum(value * right.value, axis=summed, keepdims=True)
            number = number / np.sum(right.value**2, axis=summed, keepdims=True)
            number = np.where(np.isfinite(number), number, 1.0)
        else:
            number = np.mean(value - right.value, axis=summed, keepdims=True)
    told = right.value.size >= number.size + _SURPLUS
    fit = scaled(right, number) if by_factor else _plus(right, number)
    return remade(fit, fit.value, fit.unit, informative=told)


def _permuted(subject: Subject, axis: int) -> Pattern:
    found: dict[tuple[int, int], tuple[int, ...] | None] = {}

    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        if right.value.ndim <= axis:
            return None
        key = (i, right.value.shape[axis])
        if key not in found:
            found[key] = _order(o, i, axis)
        order = found[key]
        if order is None:
            return None
        return remade(right, np.take(right.value, order, axis), np.take(right.unit, order, axis))

    says = subject.told("diagnosis.answer.permuted", axis=axis_name(subject, axis))
    return Pattern(id=f"permuted_{axis}", says=says, made=made)


def _order(o: Observation, i: int, axis: int) -> tuple[int, ...] | None:
    """Return where each entry along an axis came from; None where it came from nowhere, or two from one place."""
    value, right = _student(o, i), o.expected[i]
    if value is None:
        return None
    theirs, ours = np.moveaxis(value, axis, 0), np.moveaxis(right.value, axis, 0)
    limit = informative_limit(right.dtype) * np.max(np.abs(ours), initial=0.0)
    order = []
    for entry in theirs:
        far = [float(np.max(np.abs(entry - other), initial=0.0)) for other in ours]
        nearest = int(np.argmin(far)) if far else 0
        if not far or far[nearest] > limit or nearest in order:
            return None
        order.append(nearest)
    return tuple(order)
