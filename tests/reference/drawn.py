"""Random inputs for the tests of the trusted folder, and how much rounding they allow."""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
DELTA = 2.0**-40


def spd(rng: np.random.Generator, size: int, condition: float, smallest: float) -> Array:
    """A symmetric positive definite matrix by its condition number and smallest eigenvalue."""
    q, _ = np.linalg.qr(rng.normal(size=(size, size)))
    eigenvalues = smallest * condition ** rng.uniform(size=size)
    eigenvalues[0] = smallest
    eigenvalues[-1] = smallest * condition if size > 1 else smallest
    product = (q * eigenvalues) @ q.T
    return (product + product.T) / 2


def mixture(
    seed: int, *, sizes: tuple[int, int, int] = (5, 2, 3), condition: float = 8.0, dtype: str = "float64"
) -> tuple[Array, Array, Array, Array]:
    """X, pi, mu, Sigma with N, d, K = sizes; no density underflows."""
    N, d, K = sizes
    rng = np.random.default_rng(seed)
    X = rng.normal(scale=1.5, size=(N, d))
    pi = rng.uniform(0.2, 1.0, size=K)
    mu = rng.normal(size=(K, d))
    Sigma = np.array([spd(rng, d, condition, rng.uniform(0.3, 1.5)) for _ in range(K)])
    return tuple(a.astype(dtype) for a in (X, pi / pi.sum(), mu, Sigma))  # type: ignore[return-value]


def logits(seed: int, shape: tuple[int, ...], *, scale: float = 1.5, dtype: str = "float64") -> tuple[Array, Array]:
    """Z and Y_bar of one shape."""
    rng = np.random.default_rng(seed)
    return rng.normal(scale=scale, size=shape).astype(dtype), rng.normal(size=shape).astype(dtype)


def unit(answer: Callable[..., Any], arguments: tuple[Array, ...], blocks: int = 1) -> list[Array]:
    """The rounding that conditioning allows, for each returned value, as one number a block.

    u (sens + max|g|), where sens is how far the answer moves, per relative size of the push, when the inputs (matrices
    normwise) or the tapped intermediate values are pushed by about 2**-40.
    """
    rng = np.random.default_rng(0)
    wide = tuple(a.astype(np.float64) for a in arguments)
    plain = _values(answer(*wide))
    moved = [np.zeros_like(v) for v in plain]
    for _ in range(8):
        pushed = tuple(_pushed(a, rng) for a in wide)
        tapped = answer(*wide, tap=lambda name, v: v * (1 + DELTA * rng.uniform(-1, 1, size=v.shape)))
        for values in (_values(answer(*pushed)), _values(tapped)):
            moved = [np.maximum(m, abs(v - p)) for m, v, p in zip(moved, values, plain, strict=True)]
    u = 2.0**-53
    return [u * (_largest(m, blocks) / DELTA + _largest(abs(p), blocks)) for m, p in zip(moved, plain, strict=True)]


def ratio(actual: Array, expected: Array, allowed: Array) -> float:
    """The largest error in units; 0/0 is 0."""
    error = abs(np.asarray(actual) - np.asarray(expected))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.max(np.where(error == 0, 0.0, error / allowed)))


def _pushed(array: Array, rng: np.random.Generator) -> Array:
    noise = DELTA * rng.uniform(-1, 1, size=array.shape)
    if array.ndim < 3:
        return array * (1 + noise)
    symmetric = bool((array == np.swapaxes(array, -1, -2)).all())
    noise = noise * np.max(abs(array), axis=(-1, -2), keepdims=True)
    return array + (noise + np.swapaxes(noise, -1, -2) if symmetric else np.tril(noise))


def _values(returned: Any) -> list[Array]:
    return [np.asarray(v) for v in returned] if isinstance(returned, tuple) else [np.asarray(returned)]


def _largest(array: Array, blocks: int) -> Array:
    axes = tuple(range(min(blocks, array.ndim), array.ndim))
    return np.asarray(np.max(array, axis=axes, keepdims=True)) if axes else array
