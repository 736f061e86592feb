"""The right answer times something: a sign, a number, a size, an argument; and values that are no answer at all."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Made, Pattern, Says, Subject, aligned, argument, remade, scaled
from grader.model.case import Array, Case
from grader.numerics.expected import Expected
from grader.numerics.rounding import unit_roundoff
from grader.words import say

Number: TypeAlias = Callable[[Case], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slip:
    """A factor that is lost or added on the way.

    Parameters
    ----------
    id : str
        Its name.
    kind : str
        What kind of slip, by which the words for it are found.
    sizes : tuple of str
        The sizes that it is about.
    factor : callable
        Of the case.
    """

    id: str
    kind: str
    factor: Number
    sizes: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """What stands in the fields of the words for it."""
        return dict(zip(("size", "other_size"), self.sizes, strict=False))

    def besides(self) -> str:
        """Return a clause that goes on after another mistake: ``"and the sign is wrong"``."""
        return say(f"diagnosis.besides.{self.kind}", **self.fields)


def slips(symbols: tuple[str, ...]) -> tuple[Slip, ...]:
    """Return the slips that go along with other mistakes: sign, 2, 1/2, and 1/N, -1/N, N for each size.

    Parameters
    ----------
    symbols : tuple of str
        The sizes that differ between cases.

    Returns
    -------
    tuple of Slip
    """
    out = [
        Slip(id="sign", kind="sign", factor=lambda _: -1.0),
        Slip(id="factor_2", kind="factor_2", factor=lambda _: 2.0),
        Slip(id="factor_half", kind="factor_half", factor=lambda _: 0.5),
    ]
    for s in symbols:
        out += [
            _sized(f"over_{s}", "over", s),
            _sized(f"minus_over_{s}", "minus_over", s, by=-1.0),
            _sized(f"times_{s}", "times", s, power=1),
        ]
    return tuple(out)


def _further(symbols: tuple[str, ...]) -> tuple[Slip, ...]:
    """Return slips that are looked for only where nothing else is wrong."""
    out = []
    for s in symbols:
        out += [
            _sized(f"minus_times_{s}", "minus_times", s, power=1, by=-1.0),
            _sized(f"2_over_{s}", "two_over", s, by=2.0),
            _sized(f"half_over_{s}", "half_over", s, by=0.5),
            _sized(f"over_{s}_minus_1", "over_less_one", s, less=1),
        ]
        out += [_over_both(s, t) for t in symbols if s < t]
    return tuple(out)


def _over_both(one: str, other: str) -> Slip:
    return Slip(
        id=f"over_{one}{other}",
        kind="over_both",
        sizes=(one, other),
        factor=lambda case: _quotient(1.0, _size(case, one) * _size(case, other)),
    )


def _sized(id_: str, kind: str, symbol: str, *, power: int = -1, by: float = 1.0, less: int = 0) -> Slip:
    def factor(case: Case) -> float:
        size = _size(case, symbol) - less
        return by * size if power == 1 else _quotient(by, size)

    return Slip(id=id_, kind=kind, sizes=(symbol,), factor=factor)


def _size(case: Case, symbol: str) -> int:
    return dict(case.sizes)[symbol]


def _quotient(dividend: float, divisor: float) -> float:
    return dividend / divisor if divisor else math.copysign(math.inf, dividend)


def factor_patterns(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes that multiply the right answer by something that is known.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    yield from entrywise_factors(subject)
    for name in subject.problem.arguments:
        for key, act in _MATRIX_FACTORS:
            words = f"diagnosis.answer.{key}"
            yield _matrix_factor(f"{key}_{name}", subject.told(words, name=name), name, act, lambda _: 1.0)
            for slip in slips(subject.symbols):
                says = subject.told_besides(words, slip.besides, name=name)
                yield _matrix_factor(f"{key}_{name}+{slip.id}", says, name, act, slip.factor)


def entrywise_factors(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes that multiply each entry of the right answer by something that is known.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
        What it makes of ones is the factor itself.
    """
    own, more = slips(subject.symbols), _further(subject.symbols)
    for slip in (*own, *more):
        says = subject.told(f"diagnosis.answer.{slip.kind}", **slip.fields)
        yield Pattern(id=slip.id, says=says, made=_times(slip.factor))
    for name in subject.problem.arguments:
        for power in (1, -1, 2, -2):
            did, squared = "times" if power > 0 else "over", "_squared" if abs(power) == 2 else ""
            key, words = f"{did}_{name}{squared}", f"diagnosis.answer.{did}_argument{squared}"
            yield _argument_factor(key, subject.told(words, name=name), name, power, lambda _: 1.0)
            for slip in own:
                says = subject.told_besides(words, slip.besides, name=name)
                yield _argument_factor(f"{key}+{slip.id}", says, name, power, slip.factor)


def _times(factor: Number) -> Made:
    return lambda o, i: scaled(o.expected[i], factor(o.case))


def _argument_factor(id_: str, says: Says, name: str, power: int, slip: Number) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        factor = aligned(o.case, name, o.expected[i].value)
        if factor is None:
            return None
        with np.errstate(all="ignore"):
            return scaled(o.expected[i], factor**power * slip(o.case))

    return Pattern(id=id_, says=says, made=made)


_MATRIX_FACTORS: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("matrix", lambda m: m),
    ("matrix_squared", lambda m: np.asarray(m @ m)),
    ("matrix_inverse", lambda m: np.asarray(np.linalg.inv(m))),
)


def _matrix_factor(id_: str, says: Says, name: str, act: Callable[[Array], Array], slip: Number) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        right = o.expected[i]
        matrix = argument(o.case, name)
        if (
            matrix.dtype.kind != "f"
            or right.value.ndim < 1
            or matrix.shape != (*right.value.shape, right.value.shape[-1])
        ):
            return None
        try:
            factor = act(matrix) * slip(o.case)
        except np.linalg.LinAlgError:
            return None
        with np.errstate(all="ignore"):
            value = np.einsum("...ij,...j->...i", factor, right.value)
            unit = np.einsum("...ij,...j->...i", np.abs(factor), right.unit)
        return remade(right, value, unit)

    return Pattern(id=id_, says=says, made=made)


def placeholder_patterns(subject: Subject) -> Iterator[Pattern]:
    """Yield what is no answer at all: zeros, or an argument handed back.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """

    def zero(o: Observation, i: int) -> Expected:
        return remade(o.expected[i], np.zeros_like(o.expected[i].value), o.expected[i].unit)

    yield Pattern(id="zero", says=subject.told("diagnosis.answer.zero"), made=zero)
    for name in subject.problem.arguments:

        def handed_back(o: Observation, i: int, name: str = name) -> Expected | None:
            right, given = o.expected[i], argument(o.case, name)
            if given.dtype.kind != "f" or given.shape != right.value.shape:
                return None
            return remade(right, given, np.abs(given) * unit_roundoff(right.dtype))

        says = subject.told("diagnosis.answer.is_argument", name=name)
        yield Pattern(id=f"is_{name}", says=says, made=handed_back)
