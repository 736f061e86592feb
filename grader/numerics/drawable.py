"""What inputs a rubric would draw for a group of cases, and putting a changed argument back among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from grader.model.case import Array
from grader.model.inputs import (
    CaseGroup,
    Constant,
    FromFunction,
    InputSet,
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

Real: TypeAlias = NDArray[np.float64]

# A normal number is further out than this once in 1e15: whatever is, was not drawn.
_DEVIATIONS = 8.0
# As the sampler itself allows for: eigenvalues of ill-conditioned matrices are known to no more.
_SLACK = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domain:
    """What inputs a rubric would draw for one group of cases.

    Parameters
    ----------
    samplers : mapping of str to Sampler
        Of each argument; its shape says along which axes a symbol counts.
    least : mapping of str to int
        The smallest size that the rubric uses for each symbol, at least 1. Sizes of groups that draw some argument in a
        way of their own count only for these groups: they may belong together.
    special : frozenset of str
        Arguments that make the group what it is. They are cut and rounded, never replaced.
    """

    samplers: Mapping[str, Sampler]
    least: Mapping[str, int]
    special: frozenset[str]


def domain_of(inputs: InputSet, group: CaseGroup) -> Domain:
    """Return what a group's cases are drawn from.

    Parameters
    ----------
    inputs : InputSet
        The problem's inputs.
    group : CaseGroup
        One of its groups.

    Returns
    -------
    Domain
    """
    used: dict[str, list[int]] = {}
    for other in inputs.case:
        if other is group or not other.values:
            for symbol, sizes in {**inputs.sizes, **other.sizes}.items():
                used.setdefault(symbol, []).extend((sizes,) if isinstance(sizes, int) else sizes)
    return Domain(
        samplers={**inputs.values, **group.values},
        least={symbol: max(1, min(sizes)) for symbol, sizes in used.items() if sizes},
        special=frozenset(group.values),
    )


def within(sampler: Sampler, value: Array, *, special: bool) -> bool:
    """Return whether a sampler could have drawn an array, up to its number of digits.

    Parameters
    ----------
    sampler : Sampler
        As the rubric states it.
    value : ndarray
        An argument.
    special : bool
        Whether the sampler makes its group special: then matrices also have at least the least condition.

    Returns
    -------
    bool
        True for what a trusted function drew: nothing is known of its domain, and nothing is changed in it.
    """
    if value.size == 0:
        return True
    if value.dtype.kind == "f" and not np.isfinite(value).all():
        return False
    match sampler:
        case Normal():
            return _near(value, sampler.mean, sampler.scale) and (not sampler.repeat_rows or _repeats(value))
        case Logits():
            return _near(value, sampler.offset, sampler.scale)
        case Uniform():
            return bool(((value >= sampler.low) & (value < sampler.high)).all())
        case Integers():
            return bool(((value >= sampler.low) & (value <= sampler.high)).all())
        case Simplex():
            return _is_simplex(sampler, value)
        case PositiveDefinite() | LowerTriangular():
            return _is_matrix(sampler, value, special=special)
        case OneHot():
            return bool(((value == 0) | (value == 1)).all() and (value.sum(axis=-1) == 1).all())
        case Constant() | FromFunction():
            return True
        case _:
            assert_never(sampler)


def _near(value: Array, centre: float, scale: float) -> bool:
    return bool((np.abs(value.astype(np.float64) - centre) <= _DEVIATIONS * scale).all())


def _repeats(value: Array) -> bool:
    _, counts = np.unique(value, axis=0, return_counts=True)
    return bool((counts > 1).all())


def _is_simplex(sampler: Simplex, value: Array) -> bool:
    low = value.dtype.type(sampler.least)
    if sampler.equal:
        return bool((value == value.dtype.type(1.0 / value.shape[-1])).all())
    rounding = value.shape[-1] * float(np.finfo(value.dtype).eps)
    sums = bool((np.abs(value.astype(np.float64).sum(axis=-1) - 1.0) <= rounding).all())
    if sampler.smallest is None:
        return sums and bool(((value > 0) & (value >= low)).all())
    tiny = value.dtype.type(sampler.smallest)
    others = (value > 0) & (value >= low)
    return sums and bool(((value == tiny) | others).all() and (value == tiny).any(axis=-1).all())


def _is_matrix(sampler: PositiveDefinite | LowerTriangular, value: Array, *, special: bool) -> bool:
    exact = value.astype(np.float64)
    if isinstance(sampler, LowerTriangular):
        if np.triu(exact, 1).any() or not (np.diagonal(exact, axis1=-2, axis2=-1) > 0).all():
            return False
        spectrum = np.linalg.svd(exact, compute_uv=False)
    else:
        if not np.array_equal(exact, np.swapaxes(exact, -1, -2)):
            return False
        spectrum = np.linalg.eigvalsh(exact)
    low, high = spectrum.min(axis=-1), spectrum.max(axis=-1)
    # The spectrum of a principal block lies within that of the whole (Cauchy's interlacing), which in turn is at most
    # the condition away from its mean.
    widest = sampler.condition[1] * (1 + _SLACK)
    fits = (low >= sampler.scale[0] / widest) & (high <= sampler.scale[1] * widest) & (high <= widest * low)
    if special and value.shape[-1] > 1:
        fits &= high >= sampler.condition[0] * (1 - _SLACK) * low
    return bool(fits.all())


def shares_like(sampler: Simplex, value: Array, digits: int) -> Array | None:
    """Return shares on a decimal grid that are near given ones.

    Parameters
    ----------
    sampler : Simplex
        Says how small an entry may be, and how many digits there are at most.
    value : ndarray, shape (..., K), floating
        Positive entries; a row need not sum to 1. K is at least 1.
    digits : int
        Of the grid.

    Returns
    -------
    ndarray of the same shape and dtype, or None
        Each row sums to 1. None where the grid has no such rows, or is finer than the sampler's.
    """
    count = value.shape[-1]
    if sampler.digits is not None and digits > sampler.digits:
        return None
    rows: list[Real | None] = []
    for row in value.astype(np.float64).reshape(-1, count):
        if sampler.equal:
            rows.append(np.full(count, 1.0 / count))
        elif sampler.smallest is None:
            rows.append(_on_grid(row, sampler.least, digits))
        elif count > 1:
            place = int(np.argmin(row))
            others = _on_grid(np.delete(row, place), sampler.least, digits)
            if others is not None:
                others[np.argmax(others)] -= sampler.smallest
                rows.append(np.insert(others, place, sampler.smallest))
    found = [row for row in rows if row is not None]
    whole = np.prod(value.shape[:-1], dtype=int)
    return np.asarray(found).reshape(value.shape).astype(value.dtype) if len(found) == whole else None


def _on_grid(row: Real, least: float, digits: int) -> Real | None:
    """Return whole multiples of 10**-digits, each at least `least`, that sum to 1: the largest remainders round up."""
    total = 10**digits
    floor = max(1, int(np.ceil(round(least * total, 6))))
    spare = total - row.size * floor
    if spare < 0:
        return None
    above = np.maximum(row / row.sum() * total - floor, 0.0)
    weights = above / above.sum() if above.sum() > 0 else np.full(row.size, 1 / row.size)
    # A row that is on the grid already stays there: what rounding left is far below the sixth digit.
    wanted = np.round(spare * weights, 6)
    parts = np.floor(wanted)
    left = spare - int(parts.sum())
    parts[np.argsort(parts - wanted, kind="stable")[:left]] += 1
    return np.asarray((parts + floor) / total)
