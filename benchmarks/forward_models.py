"""The functions that the eight problems are derivatives of, for numpy, torch and jax alike, in the inputs' precision.

Checkers that difference numbers are given these. Constraints are written into them, so that moving one entry is fair: a
covariance is made symmetric, the upper triangle of a factor is not read, weights stay on their plane.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.model.case import Case

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Framework:
    """What differs between the libraries."""

    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    solve: Callable[[Any, Any], Any]
    log_determinant: Callable[[Any], Any]
    log_sum: Callable[[Any], Any]
    """Over the last axis, which is kept."""
    lower: Callable[[Any], Any]
    swapped: Callable[[Any], Any]


def numpy_log_sum(a: Array) -> Array:
    top = a.max(-1, keepdims=True)
    return np.asarray(top + np.log(np.exp(a - top).sum(-1, keepdims=True)))


NUMPY = Framework(
    exp=np.exp,
    log=np.log,
    solve=np.linalg.solve,
    log_determinant=lambda a: np.linalg.slogdet(a)[1],
    log_sum=numpy_log_sum,
    lower=np.tril,
    swapped=lambda a: np.swapaxes(a, -1, -2),
)


def likelihood(F: Framework, X: Any, log_pi: Any, mu: Any, S: Any) -> Any:
    R = X[:, None, :] - mu
    solved = F.solve(S, R[..., None])[..., 0]
    logs = -((R * solved).sum(-1) + F.log_determinant(S) + X.shape[1] * float(np.log(2 * np.pi))) / 2
    return F.log_sum(logs + log_pi).sum()


def in_mu(F: Framework, mu: Any, X: Any, pi: Any, S: Any) -> Any:
    return likelihood(F, X, F.log(pi), mu, S)


def in_pi(F: Framework, pi: Any, X: Any, mu: Any, S: Any) -> Any:
    return likelihood(F, X, F.log(pi), mu, S)


def within_simplex(F: Framework, pi: Any, X: Any, at: Any, mu: Any, S: Any) -> Any:
    return likelihood(F, X, F.log(pi - (pi - at).mean()), mu, S)


def in_logits(F: Framework, logits: Any, X: Any, mu: Any, S: Any) -> Any:
    return likelihood(F, X, logits - F.log_sum(logits), mu, S)


def in_covariances(F: Framework, S: Any, X: Any, pi: Any, mu: Any) -> Any:
    return likelihood(F, X, F.log(pi), mu, (S + F.swapped(S)) / 2)


def in_factors(F: Framework, L: Any, X: Any, pi: Any, mu: Any) -> Any:
    T = F.lower(L)
    return likelihood(F, X, F.log(pi), mu, T @ F.swapped(T))


def in_normaliser(F: Framework, r: Any, z: Any, y_bar: Any) -> Any:
    return (y_bar * F.exp(z) / r).sum()


def in_softmax_inputs(F: Framework, Z: Any, Y_bar: Any) -> Any:
    return (Y_bar * F.exp(Z - F.log_sum(Z))).sum()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """A scalar function of one argument, and where its derivative is asked for.

    Parameters
    ----------
    function : callable
        ``function(framework, point, *others)``.
    point : ndarray
        In the precision of the inputs.
    others : tuple of ndarray
    """

    function: Callable[..., Any]
    point: Array
    others: tuple[Array, ...]

    def value(self, x: Array) -> Any:
        """By numpy."""
        with np.errstate(all="ignore"):
            return self.function(NUMPY, x, *self.others)


def slopes(problem: str, case: Case) -> tuple[Slope, ...]:
    """What each returned value of a problem is the derivative of."""
    values = case.values
    if problem == "softmax_backward":
        z, y_bar = values
        r = np.asarray(np.exp(z).sum())
        return (
            Slope(function=in_normaliser, point=r, others=(z, y_bar)),
            Slope(function=in_softmax_inputs, point=z, others=(y_bar,)),
        )
    if problem == "softmax_VJP":
        return (Slope(function=in_softmax_inputs, point=values[0], others=values[1:]),)
    X, weights, mu, S = values
    match problem:
        case "grad_mu":
            return (Slope(function=in_mu, point=mu, others=(X, weights, S)),)
        case "grad_pi":
            return (Slope(function=in_pi, point=weights, others=(X, mu, S)),)
        case "grad_pi_constrained":
            return (Slope(function=within_simplex, point=weights, others=(X, weights, mu, S)),)
        case "grad_logits":
            return (Slope(function=in_logits, point=weights, others=(X, mu, S)),)
        case "grad_Sigma":
            return (Slope(function=in_covariances, point=S, others=(X, weights, mu)),)
        case "grad_cholesky":
            return (Slope(function=in_factors, point=S, others=(X, weights, mu)),)
        case _:
            raise ValueError(problem)
