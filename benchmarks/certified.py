"""The eight right answers in ball arithmetic: proven enclosures of the truth, and what one rounding does to it.

Written from the definitions, without a look at the trusted folder: densities and their inverses, no log domain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from grader.model.case import Array, Case
from grader.model.inputs import LowerTriangular, PositiveDefinite, Sampler
from grader.numerics.rounding import smallest_normal, unit_roundoff

Exact = np.ndarray[Any, Any]  # of arb

BITS = 320
"""Conditions of 1e8 and exponents of a thousand cost less than 100 of them."""
NEIGHBOURS = 8
"""How many times the inputs are moved by one rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certified:
    """The truth of one returned value.

    Parameters
    ----------
    high, low : ndarray, float64
        The truth is high + low, to about 2**-106; `high` is the truth rounded.
    reach : ndarray, float64
        What one rounding of the inputs or of the answer does to the block of each entry: nobody who is handed rounded
        numbers can do better. Exact evaluations at moved inputs; nothing of the grader's own unit is in it.
    """

    high: Array
    low: Array
    reach: Array

    def error(self, actual: Array) -> Array:
        """|actual - truth| for each entry; nan and infinity run through."""
        with np.errstate(all="ignore"):
            return np.asarray(np.abs((np.asarray(actual, dtype=np.float64) - self.high) - self.low))

    def shows(self, actual: Array, times: float) -> bool:
        """Whether an answer is off by more than so many times the reach, has another shape, or is not finite.

        A truth that is wholly 0 has no precision that errors could be measured by: there no number is held wrong.
        """
        if actual.shape != self.high.shape or not np.isfinite(actual).all():
            return True
        if not self.high.any():
            return False
        return not bool((self.error(actual) <= times * self.reach).all())


# By definition -------------------------------------------------------------------------------------------------------


def exact(array: Array) -> Exact:
    """The same numbers as balls of radius 0."""
    given = np.asarray(array, dtype=np.float64)
    balls = np.empty(given.size, dtype=object)
    balls[:] = [arb(float(v)) for v in given.ravel()]
    return balls.reshape(given.shape)


def each(function: Callable[[Any], Any], array: Exact) -> Exact:
    values = np.empty(array.size, dtype=object)
    values[:] = [function(v) for v in array.ravel()]
    return values.reshape(array.shape)


def inverse_and_determinant(matrix: Exact) -> tuple[Exact, Any]:
    size = len(matrix)
    balls = arb_mat(matrix.tolist())
    inverted = balls.inv()
    return np.array([[inverted[i, j] for j in range(size)] for i in range(size)], dtype=object), balls.det()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """inverses (K, d, d), solved = Sigma^-1 (x - mu) (K, N, d), ratio = N_nk / P_n (N, K), r (N, K)."""

    inverses: Exact
    solved: Exact
    ratio: Exact
    r: Exact


def mixture(X: Exact, pi: Exact, mu: Exact, S: Exact) -> Mixture:
    d = X.shape[1]
    inverses, solved, densities = [], [], []
    for mean, covariance in zip(mu, S, strict=True):
        inverse, determinant = inverse_and_determinant(covariance)
        e = X - mean
        pe = e @ inverse.T
        norm = ((2 * arb.pi()) ** d * determinant).sqrt()
        densities.append(each(lambda q, norm=norm: (-q / 2).exp() / norm, (e * pe).sum(axis=1)))
        inverses.append(inverse)
        solved.append(pe)
    n = np.array(densities, dtype=object).T
    ratio = n / (n @ pi)[:, np.newaxis]
    return Mixture(
        inverses=np.array(inverses, dtype=object), solved=np.array(solved, dtype=object), ratio=ratio, r=ratio * pi
    )


def grad_mu(X: Exact, pi: Exact, mu: Exact, S: Exact) -> tuple[Exact, ...]:
    m = mixture(X, pi, mu, S)
    return (np.array([m.r[:, k] @ m.solved[k] for k in range(len(pi))], dtype=object),)


def grad_pi(X: Exact, pi: Exact, mu: Exact, S: Exact) -> tuple[Exact, ...]:
    return (mixture(X, pi, mu, S).ratio.sum(axis=0),)


def grad_pi_constrained(X: Exact, pi: Exact, mu: Exact, S: Exact) -> tuple[Exact, ...]:
    (free,) = grad_pi(X, pi, mu, S)
    return (free - free.sum() / len(free),)


def grad_logits(X: Exact, logits: Exact, mu: Exact, S: Exact) -> tuple[Exact, ...]:
    pi = softmax(logits)
    (free,) = grad_pi(X, pi, mu, S)
    return (pi * (free - pi @ free),)


def grad_Sigma(X: Exact, pi: Exact, mu: Exact, S: Exact) -> tuple[Exact, ...]:  # noqa: N802 - the assignment's name
    m = mixture(X, pi, mu, S)
    scatter = [(m.solved[k].T * m.r[:, k]) @ m.solved[k] for k in range(len(pi))]
    occupation = m.r.sum(axis=0)
    return (np.array([(scatter[k] - occupation[k] * m.inverses[k]) / 2 for k in range(len(pi))], dtype=object),)


def grad_cholesky(X: Exact, pi: Exact, mu: Exact, L: Exact) -> tuple[Exact, ...]:
    (G,) = grad_Sigma(X, pi, mu, np.array([factor @ factor.T for factor in L], dtype=object))
    keep = np.tri(L.shape[-1], dtype=int)
    return (np.array([2 * (g @ factor) * keep for g, factor in zip(G, L, strict=True)], dtype=object),)


def softmax(Z: Exact) -> Exact:
    E = each(lambda z: z.exp(), Z)
    return np.asarray(E / E.sum(axis=-1, keepdims=True))


def softmax_backward(z: Exact, y_bar: Exact) -> tuple[Exact, ...]:
    e = each(lambda v: v.exp(), z)
    r = e.sum()
    r_bar = -(y_bar @ e) / r**2
    return np.asarray(r_bar, dtype=object), y_bar * e / r + r_bar * e


def softmax_VJP(Z: Exact, Y_bar: Exact) -> tuple[Exact, ...]:  # noqa: N802 - the assignment's name
    Y = softmax(Z)
    return (Y * (Y_bar - (Y * Y_bar).sum(axis=1, keepdims=True)),)


DEFINITIONS: dict[str, Callable[..., tuple[Exact, ...]]] = {
    f.__name__: f
    for f in (
        grad_mu,
        grad_pi,
        grad_pi_constrained,
        softmax_backward,
        softmax_VJP,
        grad_logits,
        grad_Sigma,
        grad_cholesky,
    )
}


# Enclosures ----------------------------------------------------------------------------------------------------------


class NotCertifiedError(Exception):
    """No enclosure is narrow enough: the case cannot be used."""


def nearest(ball: Any) -> float:
    """The middle of a ball, rounded to float64; the ball must be far narrower than float64 resolves."""
    middle, radius = float(ball.mid()), float(ball.rad())
    # Terms that cancel wholly leave a ball around 0: then the truth is 0 to 60 digits.
    if 0 in ball and radius < 1e-60:
        return 0.0
    if not radius <= 2.0**-120 * abs(middle):
        raise NotCertifiedError
    return middle


def split(values: Exact) -> tuple[Array, Array]:
    """High and low parts of each value."""
    high = [nearest(v) for v in values.ravel()]
    low = [float((v - h).mid()) for v, h in zip(values.ravel(), high, strict=True)]
    return np.array(high).reshape(values.shape), np.array(low).reshape(values.shape)


def moved(array: Array, sampler: Sampler, u: float, rng: np.random.Generator) -> Exact:
    """An input that is off by one rounding: each entry relative to itself, a matrix relative to its largest entry."""
    value = np.asarray(array, dtype=np.float64)
    xi = rng.uniform(0.5, 1.0, value.shape) * rng.choice((-1.0, 1.0), value.shape)
    match sampler:
        case PositiveDefinite():
            xi = np.tril(xi) + np.swapaxes(np.tril(xi, -1), -1, -2)
            size = np.max(np.abs(value), axis=(-2, -1), keepdims=True)
        case LowerTriangular():
            xi, size = np.tril(xi), np.max(np.abs(value), axis=(-2, -1), keepdims=True)
        case _:
            size = np.abs(value)
    return np.asarray(exact(value) + u * exact(xi * size))


def slope_along(problem: str, part: int, arguments: tuple[Array, ...], tangent: Array) -> float:
    """The proven derivative along a tangent, rounded once: what the differences of a forward function should find.

    In the simplex the gradient in independent weights is taken, since the forward function knows of no constraint: the
    multiplier of a tiny weight would blow up what rounding leaves of the tangent's sum.
    """
    ctx.prec = BITS
    function = grad_pi if problem == "grad_pi_constrained" else DEFINITIONS[problem]
    gradient = function(*(exact(v) for v in arguments))[part]
    return float(np.sum(gradient * exact(tangent)).mid())


def certify(
    problem: str, case: Case, samplers: dict[str, Sampler], blocks: tuple[int, ...], rng: np.random.Generator
) -> tuple[Certified, ...]:
    """Enclose the truth of a case.

    Raises
    ------
    NotCertifiedError
        An enclosure is too wide, or the inputs, moved by one rounding, leave the domain.
    """
    ctx.prec = BITS
    u = unit_roundoff(case.dtype)
    function = DEFINITIONS[problem]
    truth = function(*(exact(v) for v in case.values))
    parts = [split(value) for value in truth]
    reach = [u * np.abs(high) for high, _ in parts]
    for _ in range(NEIGHBOURS):
        try:
            near = function(*(moved(value, samplers[name], u, rng) for name, value in case.arguments))
        except ZeroDivisionError as error:
            raise NotCertifiedError from error
        for i, (value, other) in enumerate(zip(truth, near, strict=True)):
            change = np.array([abs(float((a - b).mid())) for a, b in zip(value.ravel(), other.ravel(), strict=True)])
            reach[i] = np.maximum(reach[i], change.reshape(value.shape))
    found = []
    for (high, low), each_reach, axes in zip(parts, reach, blocks, strict=True):
        if not np.isfinite(each_reach).all():
            raise NotCertifiedError
        inside = tuple(range(min(axes, high.ndim), high.ndim))
        largest = np.max(each_reach, axis=inside, keepdims=True) if high.size else each_reach
        # What underflows is off by the smallest number, not by a share of itself.
        found.append(
            Certified(high=high, low=low, reach=np.broadcast_to(largest + smallest_normal(case.dtype), high.shape))
        )
    return tuple(found)
