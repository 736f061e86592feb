"""Directions that a domain allows, as curves through a point: along them a function can be differenced.

A raw change of one entry leaves the simplex or the cone of positive definite matrices; these stay inside for |t| < 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from grader.model.case import Array, frozen_array

Real: TypeAlias = NDArray[np.float64]
Domain: TypeAlias = Literal["free", "positive", "simplex", "spd", "lower_triangular"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Direction:
    """A curve through a point of a domain.

    Parameters
    ----------
    tangent : ndarray, float64
        The curve's derivative at t = 0, in the shape of the point; read-only.
    curve : callable
        From t to the point at t, within the domain for |t| < 1; the point itself at t = 0, to rounding.
    """

    tangent: Real
    curve: Callable[[float], Real]

    def at(self, t: float) -> Real:
        """Return the point at `t`.

        Parameters
        ----------
        t : float
            Where on the curve.

        Returns
        -------
        ndarray, float64
            In the shape of the point.
        """
        return self.curve(t)


def directions(point: Array, domain: Domain, count: int, rng: Generator) -> tuple[Direction, ...]:
    """Return directions along which the domain allows a point to move.

    Parameters
    ----------
    point : ndarray
        A point of the domain; leading axes are batches ("simplex": rows; "spd", "lower_triangular": matrices).
    domain : {"free", "positive", "simplex", "spd", "lower_triangular"}
        The domain.
    count : int
        How many, at least 1.
    rng : Generator
        Draws the signs and magnitudes.

    Returns
    -------
    tuple of Direction
        The first, and every other one, moves all coordinates; those between share the coordinates among them, each
        moving a run of neighbours, so that a small block is not drowned by a large one.

    Raises
    ------
    ValueError
        If `count` is below 1, the point is empty, or it is not in the domain.

    Notes
    -----
    With coordinates xi, of either sign and largest magnitude 1 (non-negative directions would miss what lies across
    softmax's null space): free, x + t s xi with s the root mean square of x; positive, x exp(t xi); simplex, the
    same scaled to the sum of x, tangent x (xi - <x, xi>); symmetric positive definite, L (I + t A) L^T with L the
    Cholesky factor and the spectral norm of the symmetric A equal to 1, so that its eigenvalues stay positive for
    |t| < 1; lower triangular, L (I + t T), which keeps the diagonal's signs.
    """
    x = np.asarray(point, dtype=np.float64)
    if count < 1:
        msg = f"at least 1 direction is needed, not {count}"
        raise ValueError(msg)
    _require(x, domain)
    free = _coordinates(x, domain)
    runs = np.array_split(np.arange(len(free)), max(1, min(count // 2, len(free))))
    found = []
    for i in range(count):
        moved = free if i % 2 == 0 else free[runs[(i // 2) % len(runs)]]
        xi = np.zeros(x.size)
        xi[moved] = rng.uniform(0.25, 1.0, len(moved)) * rng.choice((-1.0, 1.0), len(moved))
        found.append(_direction(x, domain, xi.reshape(x.shape)))
    return tuple(found)


def _require(x: Real, domain: Domain) -> None:
    if x.size == 0 or not np.isfinite(x).all():
        msg = f"a point of shape {x.shape} has no directions: it is empty or not finite"
        raise ValueError(msg)
    match domain:
        case "free":
            inside = True
        case "positive":
            inside = bool((x > 0).all())
        case "simplex":
            inside = x.ndim > 0 and bool((x > 0).all() and (np.abs(x.sum(axis=-1) - 1) < 1e-6).all())
        case "spd":
            inside = _is_square(x) and np.array_equal(x, np.swapaxes(x, -1, -2)) and _is_definite(x)
        case "lower_triangular":
            inside = _is_square(x) and not np.triu(x, 1).any() and bool((np.diagonal(x, axis1=-2, axis2=-1) != 0).all())
        case _:
            assert_never(domain)
    if not inside:
        msg = f"the point is not in the domain {domain!r}"
        raise ValueError(msg)


def _is_square(x: Real) -> bool:
    return x.ndim >= 2 and x.shape[-1] == x.shape[-2]


def _is_definite(x: Real) -> bool:
    try:
        np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        return False
    return True


def _coordinates(x: Real, domain: Domain) -> NDArray[np.intp]:
    """Return the flat indices of the entries that may be chosen."""
    if domain in ("spd", "lower_triangular"):
        return np.flatnonzero(np.broadcast_to(np.tri(x.shape[-1], dtype=bool), x.shape))
    return np.arange(x.size)


def _direction(x: Real, domain: Domain, xi: Real) -> Direction:
    match domain:
        case "free":
            size = float(np.sqrt(np.mean(np.square(x / _largest(x))))) * _largest(x)
            return _straight(x, (size or 1.0) * xi)
        case "positive":
            return Direction(tangent=frozen_array(x * xi), curve=lambda t: np.asarray(x * np.exp(t * xi)))
        case "simplex":
            # A float32 point sums to 1 only to 1e-7: the curve keeps its sum, so that it starts at the point itself.
            total = np.sum(x, axis=-1, keepdims=True)
            tangent = x * (xi - np.sum(x * xi, axis=-1, keepdims=True) / total)
            return Direction(tangent=frozen_array(tangent), curve=lambda t: _scaled_to(x * np.exp(t * xi), total))
        case "spd":
            symmetric = xi + np.swapaxes(np.tril(xi, -1), -1, -2)
            norm = np.linalg.norm(symmetric, ord=2, axis=(-2, -1), keepdims=True)
            symmetric = symmetric / np.where(norm > 0, norm, 1.0)
            factor = np.linalg.cholesky(x)
            tangent = factor @ symmetric @ np.swapaxes(factor, -1, -2)
            return _straight(x, (tangent + np.swapaxes(tangent, -1, -2)) / 2)
        case "lower_triangular":
            # Products of lower-triangular matrices are so but for rounding of what should be exact zeros.
            return _straight(x, np.tril(x @ xi))
        case _:
            assert_never(domain)


def _largest(x: Real) -> float:
    return float(np.max(np.abs(x))) or 1.0


def _scaled_to(x: Real, total: Real) -> Real:
    return np.asarray(x * (total / np.sum(x, axis=-1, keepdims=True)))


def _straight(x: Real, tangent: Real) -> Direction:
    return Direction(tangent=frozen_array(tangent), curve=lambda t: np.asarray(x + t * tangent))
