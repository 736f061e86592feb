"""Inputs that are simpler than given ones, yet such as the rubric draws: fewer entries, rounder and plainer numbers.

Which of them is worth showing is decided by who asks; here is only the order, from boldest to mildest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from grader.model.case import Array, frozen_array
from grader.model.inputs import (
    Constant,
    FromFunction,
    Integers,
    Logits,
    LowerTriangular,
    Normal,
    OneHot,
    PositiveDefinite,
    Sampler,
    Simplex,
    Uniform,
)
from grader.numerics.drawable import Domain, shares_like, within
from grader.numerics.rounding import python_literal

Arguments: TypeAlias = tuple[tuple[str, Array], ...]
Measure: TypeAlias = Callable[[], float]

_DIGITS = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """Arguments of a call and the sizes that their shapes stand for.

    Parameters
    ----------
    sizes : mapping of str to int
        By symbol.
    arguments : tuple of (str, ndarray)
        In the order of the signature.
    """

    sizes: Mapping[str, int]
    arguments: Arguments


def simpler(inputs: Inputs, domain: Domain) -> Iterator[Inputs]:
    """Yield simpler inputs, each within the domain, in an order that depends on nothing but the arguments.

    Parameters
    ----------
    inputs : Inputs
        What to simplify; float64, float32, int64 or bool arrays, whose dtype is kept.
    domain : Domain
        What the rubric would draw.

    Yields
    ------
    Inputs
        Read-only arguments. First smaller sizes: every symbol at its least, then one at a time at its least, halved,
        less by one. Then rounder values of all arguments together and of each. Then plain ones: identity matrices,
        equal shares, zeros, ones. Each is strictly smaller by `bulk`, so that any descent ends.
    """
    limit = [cache(measure) for measure in _of(inputs.arguments)]
    for candidate in _in_order(inputs, domain):
        if _is_below(_of(candidate.arguments), limit):
            frozen = tuple((name, frozen_array(value)) for name, value in candidate.arguments)
            yield Inputs(sizes=candidate.sizes, arguments=frozen)


def bulk(arguments: Arguments) -> tuple[float, ...]:
    """Return how much there is to read and to follow by hand; compared from the first number on.

    Parameters
    ----------
    arguments : tuple of (str, ndarray)
        Of a call.

    Returns
    -------
    tuple of float
        Entries, characters of their Python form, different values, values other than 0, sum of magnitudes.
    """
    return tuple(measure() for measure in _of(arguments))


def _of(arguments: Arguments) -> Sequence[Measure]:
    """Return the numbers of `bulk`, each worked out when it is asked for: mostly the first decides."""
    values = [value for _, value in arguments]
    return (
        lambda: float(sum(value.size for value in values)),
        lambda: float(sum(len(python_literal(value)) for value in values)),
        lambda: float(sum(np.unique(value).size for value in values)),
        lambda: float(sum(np.count_nonzero(value) for value in values)),
        lambda: float(sum(np.abs(value.astype(np.float64)).sum() for value in values)),
    )


def _is_below(measures: Sequence[Measure], limit: Sequence[Measure]) -> bool:
    """Compare as tuples are compared: the first that differs decides."""
    for measure, most in zip(measures, limit, strict=True):
        here, there = measure(), most()
        if here != there:
            return here < there
    return False


def _in_order(inputs: Inputs, domain: Domain) -> Iterator[Inputs]:
    yield from _smaller(inputs, domain)
    names = [name for name, _ in inputs.arguments]
    for digits in _DIGITS:
        yield _with(inputs, {n: v for n, value in inputs.arguments for v in _rounder(n, value, domain, digits)[:1]})
    for name in names:
        for digits in _DIGITS:
            for value in _rounder(name, dict(inputs.arguments)[name], domain, digits):
                yield _with(inputs, {name: value})
    for name in names:
        for value in _plain(name, dict(inputs.arguments)[name], domain):
            yield _with(inputs, {name: value})


def _with(inputs: Inputs, values: Mapping[str, Array]) -> Inputs:
    arguments = tuple((name, values.get(name, value)) for name, value in inputs.arguments)
    return Inputs(sizes=inputs.sizes, arguments=arguments)


# Fewer entries -------------------------------------------------------------------------------------------------------


def _smaller(inputs: Inputs, domain: Domain) -> Iterator[Inputs]:
    least = {s: domain.least[s] for s, n in inputs.sizes.items() if _cuttable(s, inputs, domain) < n}
    if len(least) > 1:
        yield from _cut(inputs, domain, {s: np.arange(n) for s, n in least.items()})
    for symbol, low in least.items():
        size = inputs.sizes[symbol]
        half = max(low, size // 2)
        # What fails may stand at either end.
        for kept in (np.arange(low), np.arange(half), np.arange(size - half, size), np.arange(size - 1),
                     np.arange(1, size)):  # fmt: skip
            yield from _cut(inputs, domain, {symbol: kept})


def _cuttable(symbol: str, inputs: Inputs, domain: Domain) -> int:
    """Return down to which size a symbol may be cut: its present one where that is unknown or not allowed."""
    shaped = [domain.samplers[name] for name, _ in inputs.arguments if symbol in domain.samplers[name].shape]
    # What a trusted sampler draws may hang together in ways that no rubric states.
    if not shaped or any(isinstance(sampler, FromFunction) for sampler in shaped):
        return inputs.sizes[symbol]
    return domain.least.get(symbol, inputs.sizes[symbol])


def _cut(inputs: Inputs, domain: Domain, kept: Mapping[str, NDArray[np.intp]]) -> Iterator[Inputs]:
    """Yield the inputs with only some indices of some symbols, if they can be put back into the domain."""
    arguments = []
    for name, whole in inputs.arguments:
        sampler = domain.samplers[name]
        value = whole
        for axis, symbol in enumerate(sampler.shape):
            if isinstance(symbol, str) and symbol in kept:
                value = np.take(value, kept[symbol], axis=axis)
        if value.shape != whole.shape:
            restored = _restored(sampler, value, whole)
            if restored is None or not within(sampler, restored, special=name in domain.special):
                return
            value = restored
        arguments.append((name, value))
    sizes = {symbol: len(kept[symbol]) if symbol in kept else n for symbol, n in inputs.sizes.items()}
    yield Inputs(sizes=sizes, arguments=tuple(arguments))


def _restored(sampler: Sampler, value: Array, whole: Array) -> Array | None:
    """Return a part of an argument with what cutting its last axis may have cost it: a sum of 1, or the single 1."""
    if value.shape[-1:] == whole.shape[-1:]:
        return value
    if isinstance(sampler, Simplex):
        return shares_like(sampler, value, 2 if sampler.digits is None else sampler.digits)
    if isinstance(sampler, OneHot):
        lost = ~value.any(axis=-1)
        restored = value.copy()
        restored[lost, 0] = 1
        return restored
    return value


# Rounder numbers -----------------------------------------------------------------------------------------------------


def _rounder(name: str, value: Array, domain: Domain, digits: int) -> list[Array]:
    """Return an argument with that many digits beyond its scale, in the ways that stay within its domain."""
    sampler = domain.samplers[name]
    if value.size == 0 or value.dtype.kind != "f" or isinstance(sampler, OneHot | Constant | FromFunction):
        return []
    if isinstance(sampler, Simplex):
        found = [] if sampler.equal else [shares_like(sampler, value, digits)]
    else:
        decimals = digits - int(np.floor(np.log10(_scale(sampler))))
        exact = value.astype(np.float64)
        nearest = np.round(exact, decimals)
        # Away from 0 as well: what is nearly 0 keeps its sign.
        step = np.sign(exact) * 10.0**-decimals * (np.abs(exact) > np.abs(nearest))
        ways = (nearest,) if digits else (nearest, np.round(nearest + step, decimals))
        found = [np.asarray(way + 0.0).astype(value.dtype) for way in ways]
    return [v for v in found if v is not None and within(sampler, v, special=name in domain.special)]


def _scale(sampler: Normal | Logits | Uniform | Integers | PositiveDefinite | LowerTriangular) -> float:
    match sampler:
        case Normal() | Logits():
            return sampler.scale
        case Uniform() | Integers():
            return float(sampler.high - sampler.low) or 1.0
        case PositiveDefinite() | LowerTriangular():
            return float(np.sqrt(sampler.scale[0] * sampler.scale[1]))


# Plain numbers -------------------------------------------------------------------------------------------------------


def _plain(name: str, value: Array, domain: Domain) -> Iterator[Array]:
    sampler = domain.samplers[name]
    if value.size == 0 or name in domain.special:
        return
    for plain in _plain_values(sampler, value):
        array = plain.astype(value.dtype)
        if within(sampler, array, special=False):
            yield array


def _plain_values(sampler: Sampler, value: Array) -> Iterator[Array]:
    match sampler:
        case Normal() | Uniform() | Logits() | Integers():
            yield np.zeros(value.shape)
            yield np.ones(value.shape)
            if isinstance(sampler, Integers):
                yield np.full(value.shape, sampler.low)
        case Simplex():
            for digits in _DIGITS:
                equal = shares_like(sampler, np.ones(value.shape), digits)
                if equal is not None:
                    yield equal
        case PositiveDefinite() | LowerTriangular():
            yield np.broadcast_to(np.eye(value.shape[-1]), value.shape)
        case OneHot():
            yield np.broadcast_to(np.eye(value.shape[-1])[0], value.shape)
        case Constant() | FromFunction():
            return
        case _:
            assert_never(sampler)
