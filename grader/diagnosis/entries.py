"""The right answer after one more function: absolute value, logarithm, exponential, mean taken off, normalised."""

from collections.abc import Callable, Iterator

import numpy as np

from grader.diagnosis.arrangement import axis_name
from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Pattern, Subject, remade
from grader.model.case import Array
from grader.numerics.expected import Expected

_ENTRYWISE: tuple[tuple[str, Callable[[Array], Array], Callable[[Array], Array]], ...] = (
    ("log", np.log, lambda v: 1 / v),
    ("exp", np.exp, np.exp),
    ("reciprocal", lambda v: 1 / v, lambda v: 1 / v**2),
    ("square", lambda v: v**2, lambda v: 2 * v),
    ("root", np.sqrt, lambda v: 0.5 / np.sqrt(v)),
)
"""Functions of each entry, and their slopes."""


def entry_patterns(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes that apply one more function to the right answer.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    if _has_both_signs(subject):
        yield Pattern(
            id="absolute",
            says=subject.told("diagnosis.answer.absolute"),
            made=lambda o, i: remade(o.expected[i], np.abs(o.expected[i].value), o.expected[i].unit),
        )
    for key, function, slope in _ENTRYWISE:
        yield Pattern(id=key, says=subject.told(f"diagnosis.answer.{key}"), made=_entrywise(function, slope))
    depth = max(o.expected[i].value.ndim for o in subject.observations for i in subject.parts)
    for axis in range(depth):
        called = axis_name(subject, axis)
        for key, made in (
            ("centred", _centred(axis)),
            ("divided_by_sum", _normalised(axis, _plain_sum)),
            ("divided_by_norm", _normalised(axis, _norm)),
        ):
            says = subject.told(f"diagnosis.answer.{key}", axis=called)
            yield Pattern(id=f"{key}_{axis}", says=says, made=made)


def _has_both_signs(subject: Subject) -> bool:
    # Elsewhere, the absolute value is the value itself or has the wrong sign.
    return any(
        (o.expected[i].value > o.expected[i].unit).any() and (o.expected[i].value < -o.expected[i].unit).any()
        for o in subject.observations
        for i in subject.parts
    )


def _entrywise(
    function: Callable[[Array], Array], slope: Callable[[Array], Array]
) -> Callable[[Observation, int], Expected]:
    def made(o: Observation, i: int) -> Expected:
        right = o.expected[i]
        with np.errstate(all="ignore"):
            value = function(right.value)
            return remade(right, value, right.unit * (np.abs(slope(right.value))) + _rounding(right, value))

    return made


def _rounding(right: Expected, value: Array) -> Array:
    # One rounding of the result itself, by the ratio of the right value's own unit to its size, which is no smaller.
    size = np.max(np.abs(right.value), initial=0.0)
    return np.abs(value) * (np.max(right.unit, initial=0.0) / size if size > 0 else 0.0)


def _centred(axis: int) -> Callable[[Observation, int], Expected | None]:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        if right.value.ndim <= axis:
            return None
        value = right.value - right.value.mean(axis=axis, keepdims=True)
        return remade(right, value, right.unit + right.unit.mean(axis=axis, keepdims=True))

    return made


def _plain_sum(value: Array, axis: int) -> Array:
    return np.asarray(value.sum(axis=axis, keepdims=True))


def _norm(value: Array, axis: int) -> Array:
    return np.asarray(np.linalg.norm(value, axis=axis, keepdims=True))


def _normalised(axis: int, total: Callable[[Array, int], Array]) -> Callable[[Observation, int], Expected | None]:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        if right.value.ndim <= axis:
            return None
        with np.errstate(all="ignore"):
            divisor = total(right.value, axis)
            value = right.value / divisor
            unit = (right.unit + np.abs(value) * right.unit.sum(axis=axis, keepdims=True)) / np.abs(divisor)
        return remade(right, value, unit)

    return made
