"""The right answer times something: a sign, a number, a size, an argument; and values that are no answer at all."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Made, Pattern, Subject, aligned, argument, remade, scaled
from grader.model.case import Array, Case
from grader.numerics.expected import Expected
from grader.numerics.rounding import unit_roundoff

Number: TypeAlias = Callable[[Case], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slip:
    """A factor that is lost or added on the way.

    Parameters
    ----------
    id : str
        Its name.
    besides : str
        A clause that goes on after another mistake: ``"and the sign is wrong"``.
    whole : str
        What is told where it is the only mistake; goes on after "your answer is the right one".
    factor : callable
        Of the case.
    """

    id: str
    besides: str
    whole: str
    factor: Number


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
        Slip(id="sign", besides="and the sign is wrong", whole="times -1", factor=lambda _: -1.0),
        Slip(id="factor_2", besides="and a factor 2 is too much", whole="times 2", factor=lambda _: 2.0),
        Slip(id="factor_half", besides="and a factor 2 is missing", whole="divided by 2", factor=lambda _: 0.5),
    ]
    for s in symbols:
        out += [
            _sized(f"over_{s}", f"and it is divided by {s}", f"divided by {s}: a mean was taken where a sum is due", s),
            _sized(
                f"minus_over_{s}",
                f"and it is divided by -{s}",
                f"divided by {s}, with the wrong sign: the gradient of minus a mean, where that of a sum is due",
                s,
                by=-1.0,
            ),
            _sized(f"times_{s}", f"and it is multiplied by {s}", f"times {s}", s, power=1),
        ]
    return tuple(out)


def _further(symbols: tuple[str, ...]) -> tuple[Slip, ...]:
    """Return slips that are looked for only where nothing else is wrong."""
    out = []
    for s in symbols:
        out += [
            _sized(f"minus_times_{s}", "", f"times {s}, with the wrong sign", s, power=1, by=-1.0),
            _sized(f"2_over_{s}", "", f"times 2/{s}", s, by=2.0),
            _sized(f"half_over_{s}", "", f"divided by 2{s}", s, by=0.5),
            _sized(f"over_{s}_minus_1", "", f"divided by {s} - 1: as an unbiased mean, where a sum is due", s, less=1),
        ]
        out += [_over_both(s, t) for t in symbols if s < t]
    return tuple(out)


def _over_both(one: str, other: str) -> Slip:
    return Slip(
        id=f"over_{one}{other}",
        besides=f"and it is divided by {one}*{other}",
        whole=f"divided by {one}*{other}: a mean over more than is asked for",
        factor=lambda case: _quotient(1.0, _size(case, one) * _size(case, other)),
    )


def _sized(id_: str, besides: str, whole: str, symbol: str, *, power: int = -1, by: float = 1.0, less: int = 0) -> Slip:
    def factor(case: Case) -> float:
        size = _size(case, symbol) - less
        return by * size if power == 1 else _quotient(by, size)

    return Slip(id=id_, besides=besides, whole=whole, factor=factor)


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
        for key, says, act in _MATRIX_FACTORS:
            once = f"{subject.is_right} {says.format(name=name)}"
            yield _matrix_factor(f"{key}_{name}", once, name, act, lambda _: 1.0)
            for slip in slips(subject.symbols):
                yield _matrix_factor(f"{key}_{name}+{slip.id}", f"{once}, {slip.besides}", name, act, slip.factor)


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
        yield Pattern(id=slip.id, says=_says(subject, slip), made=_times(slip.factor))
    for name in subject.problem.arguments:
        for power, says in _POWERS:
            once = f"{subject.is_right} {says.format(name=name)}"
            key = f"{'times' if power > 0 else 'over'}_{name}" + ("_squared" if abs(power) == 2 else "")
            yield _argument_factor(key, once, name, power, lambda _: 1.0)
            for slip in own:
                yield _argument_factor(f"{key}+{slip.id}", f"{once}, {slip.besides}", name, power, slip.factor)


def _times(factor: Number) -> Made:
    return lambda o, i: scaled(o.expected[i], factor(o.case))


def _says(subject: Subject, slip: Slip) -> str:
    match slip.id:
        case "sign":
            return f"{subject.has} the wrong sign"
        case "factor_2":
            return f"{subject.is_} twice the right one"
        case "factor_half":
            return f"{subject.is_} half of the right one"
        case _:
            return f"{subject.is_right} {slip.whole}"


_POWERS = (
    (1, "times {name}"),
    (-1, "divided by {name}"),
    (2, "times {name} squared"),
    (-2, "divided by {name} squared"),
)


def _argument_factor(id_: str, says: str, name: str, power: int, slip: Number) -> Pattern:
    def made(o: Observation, i: int) -> Expected | None:
        factor = aligned(o.case, name, o.expected[i].value)
        if factor is None:
            return None
        with np.errstate(all="ignore"):
            return scaled(o.expected[i], factor**power * slip(o.case))

    return Pattern(id=id_, says=says, made=made)


_MATRIX_FACTORS: tuple[tuple[str, str, Callable[[Array], Array]], ...] = (
    ("matrix", "multiplied by the matrix {name}", lambda m: m),
    ("matrix_squared", "multiplied twice by the matrix {name}", lambda m: np.asarray(m @ m)),
    ("matrix_inverse", "multiplied by the inverse of {name}", lambda m: np.asarray(np.linalg.inv(m))),
)


def _matrix_factor(id_: str, says: str, name: str, act: Callable[[Array], Array], slip: Number) -> Pattern:
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

    yield Pattern(id="zero", says=f"{subject.is_} 0 in every entry: is something still missing?", made=zero)
    for name in subject.problem.arguments:

        def handed_back(o: Observation, i: int, name: str = name) -> Expected | None:
            right, given = o.expected[i], argument(o.case, name)
            if given.dtype.kind != "f" or given.shape != right.value.shape:
                return None
            return remade(right, given, np.abs(given) * unit_roundoff(right.dtype))

        yield Pattern(id=f"is_{name}", says=f"{subject.is_} the argument {name} itself", made=handed_back)
