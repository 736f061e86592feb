"""Right answers to the eight problems, written in different ways; each computes in the precision of its inputs.

Nothing of the trusted folder is used here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Answer = Callable[..., Any]


class UnstableError(Exception):
    """The way is right on paper but leaves the range of its numbers on these inputs."""


# Mixtures ------------------------------------------------------------------------------------------------------------


def density_cholesky(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    """Log densities (N, K) and S^-1 (x - mu) (N, K, d)."""
    R = X[:, None, :] - mu
    L = np.linalg.cholesky(S)
    W = np.linalg.solve(L, R[..., None])
    solved = np.linalg.solve(np.swapaxes(L, -1, -2), W)[..., 0]
    half = np.log(np.diagonal(L, axis1=-2, axis2=-1)).sum(-1)
    return -(W[..., 0] ** 2).sum(-1) / 2 - half - X.shape[1] * np.log(X.dtype.type(2 * np.pi)) / 2, solved


def density_solve(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    R = X[:, None, :] - mu
    solved = np.linalg.solve(S, R[..., None])[..., 0]
    constant = X.shape[1] * np.log(X.dtype.type(2 * np.pi))
    return -((R * solved).sum(-1) + np.linalg.slogdet(S)[1] + constant) / 2, solved


def density_inv(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    R = X[:, None, :] - mu
    P = np.linalg.inv(S)
    solved = np.einsum("kij,nkj->nki", P, R)
    constant = X.dtype.type((2 * np.pi) ** X.shape[1])
    return -np.einsum("nki,nki->nk", R, solved) / 2 - np.log(np.sqrt(constant * np.linalg.det(S))), solved


def density_eigh(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    w, V = np.linalg.eigh(S)
    Y = np.einsum("kji,nkj->nki", V, X[:, None, :] - mu)
    solved = np.einsum("kij,nkj->nki", V, Y / w)
    constant = X.shape[1] * np.log(X.dtype.type(2 * np.pi))
    return -((Y**2 / w).sum(-1) + np.log(w).sum(-1) + constant) / 2, solved


def density_expanded(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    P = np.linalg.inv(S)
    xx = np.einsum("ni,kij,nj->nk", X, P, X)
    xm = np.einsum("ni,kij,kj->nk", X, P, mu)
    mm = np.einsum("ki,kij,kj->k", mu, P, mu)
    solved = np.einsum("kij,nj->nki", P, X) - np.einsum("kij,kj->ki", P, mu)
    constant = X.shape[1] * np.log(X.dtype.type(2 * np.pi))
    return -(xx - 2 * xm + mm + np.linalg.slogdet(S)[1] + constant) / 2, solved


def density_loops(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
    logs = np.zeros((len(X), len(mu)), X.dtype)
    solved = np.zeros((len(X), *mu.shape), X.dtype)
    for k in range(len(mu)):
        P = np.linalg.inv(S[k])
        for n in range(len(X)):
            r = X[n] - mu[k]
            solved[n, k] = P @ r
            logs[n, k] = -(r @ P @ r) / 2 - np.log(np.linalg.det(S[k])) / 2
            logs[n, k] -= X.dtype.type(X.shape[1] / 2 * np.log(2 * np.pi))
    return logs, solved


def ratio_logsumexp(logs: Array, pi: Array) -> tuple[Array, Array]:
    """Responsibilities and densities over the mixture's."""
    joint = logs + np.log(pi)
    top = joint.max(1, keepdims=True)
    total = top + np.log(np.exp(joint - top).sum(1, keepdims=True))
    return np.exp(joint - total), np.exp(logs - total)


def ratio_softmax(logs: Array, pi: Array) -> tuple[Array, Array]:
    joint = logs + np.log(pi)
    E = np.exp(joint - joint.max(1, keepdims=True))
    r = E / E.sum(1, keepdims=True)
    return r, r / pi


def ratio_direct(logs: Array, pi: Array) -> tuple[Array, Array]:
    p = np.exp(logs)
    if (p * pi).min() < np.finfo(p.dtype).tiny:
        raise UnstableError
    total = (p * pi).sum(1, keepdims=True)
    return p * pi / total, p / total


def summed_loop(terms: Array) -> Array:
    total = np.zeros(terms.shape[1:], terms.dtype)
    for term in terms:
        total = total + term
    return total


def summed(terms: Array) -> Array:
    return np.asarray(terms.sum(0))


MIXTURE_WAYS = {
    "cholesky, logsumexp": (density_cholesky, ratio_logsumexp, summed),
    "solve, softmax": (density_solve, ratio_softmax, summed),
    "inv, direct exp": (density_inv, ratio_direct, summed),
    "eigh, logsumexp": (density_eigh, ratio_logsumexp, summed),
    "expanded quadratic": (density_expanded, ratio_logsumexp, summed),
    "loops, inv, direct exp": (density_loops, ratio_direct, summed_loop),
    "loops, cholesky, softmax": (density_cholesky, ratio_softmax, summed_loop),
}


def gradient_in_covariances(r: Array, solved: Array, S: Array, total: Callable[[Array], Array]) -> Array:
    outer = solved[..., :, None] * solved[..., None, :] - np.linalg.inv(S)
    return np.asarray(total(r[..., None, None] * outer) / 2)


def finished(problem: str, arguments: tuple[Array, ...], way: tuple[Any, Any, Any]) -> Array:
    """The answer to a problem whose last argument is a covariance, by one way."""
    density, ratio, total = way
    X, pi, mu, S = arguments
    logs, solved = density(X, mu, S)
    r, q = ratio(logs, pi)
    if problem == "grad_mu":
        return np.asarray(total(r[..., None] * solved))
    if problem == "grad_Sigma":
        return gradient_in_covariances(r, solved, S, total)
    if problem == "grad_logits":
        return np.asarray(total(r) - len(X) * pi if total is summed else total(r - pi))
    free = total(q)
    return np.asarray(free - free.mean() if problem == "grad_pi_constrained" else free)


def normalised(logits: Array) -> Array:
    E = np.exp(logits - logits.max())
    return np.asarray(E / E.sum())


def logits_by_jacobian(X: Array, logits: Array, mu: Array, S: Array) -> Array:
    pi = normalised(logits)
    _, q = ratio_softmax(density_solve(X, mu, S)[0], pi)
    return np.asarray((np.diag(pi) - np.outer(pi, pi)) @ q.sum(0))


def cholesky_from_factor(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Without L L^T: tril(L^-T sum_n r_nk (w w^T - I)), w = L^-1 (x - mu)."""
    W = np.linalg.solve(L, (X[:, None, :] - mu)[..., None])[..., 0]
    half = np.log(np.diagonal(L, axis1=-2, axis2=-1)).sum(-1)
    r, _ = ratio_softmax(-(W**2).sum(-1) / 2 - half, pi)
    core = np.einsum("nk,nki,nkj->kij", r, W, W) - r.sum(0)[:, None, None] * np.eye(X.shape[1], dtype=X.dtype)
    return np.asarray(np.tril(np.linalg.solve(np.swapaxes(L, -1, -2), core)))


def cholesky_from_inverse(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """The inverse of L, and 2 G L with the inverse of the covariance made of it."""
    M = np.linalg.inv(L)
    W = np.einsum("kij,nkj->nki", M, X[:, None, :] - mu)
    constant = X.shape[1] * np.log(X.dtype.type(2 * np.pi))
    r, _ = ratio_logsumexp(-((W**2).sum(-1) + constant) / 2 + np.log(np.linalg.det(M)), pi)
    solved = np.einsum("kji,nkj->nki", M, W)
    scatter = np.einsum("nk,nki,nkj->kij", r, solved, solved)
    return np.asarray(np.tril((scatter - r.sum(0)[:, None, None] * (np.swapaxes(M, -1, -2) @ M)) @ L))


def mixture_answers(problem: str) -> Iterator[tuple[str, Answer]]:
    def answer(way: tuple[Any, Any, Any]) -> Answer:
        def in_logits(X: Array, logits: Array, mu: Array, S: Array) -> Array:
            return finished(problem, (X, normalised(logits), mu, S), way)

        def in_factors(X: Array, pi: Array, mu: Array, L: Array) -> Array:
            S = L @ np.swapaxes(L, -1, -2)
            return np.asarray(np.tril(2 * finished("grad_Sigma", (X, pi, mu, S), way) @ L))

        def in_covariances(*arguments: Array) -> Array:
            return finished(problem, arguments, way)

        return {"grad_logits": in_logits, "grad_cholesky": in_factors}.get(problem, in_covariances)

    yield from ((name, answer(way)) for name, way in MIXTURE_WAYS.items())
    if problem == "grad_logits":
        yield "jacobian of softmax", logits_by_jacobian
    if problem == "grad_cholesky":
        yield "from the factor, solve", cholesky_from_factor
        yield "from the factor, inv", cholesky_from_inverse


# Softmax -------------------------------------------------------------------------------------------------------------


def vjp_jacobian(Z: Array, B: Array) -> Array:
    rows = []
    for z, b in zip(Z, B, strict=True):
        y = np.exp(z - z.max())
        y = y / y.sum()
        rows.append((np.diag(y) - np.outer(y, y)) @ b)
    return np.array(rows)


def vjp_graph(Z: Array, B: Array) -> Array:
    E = np.exp(Z - Z.max(1, keepdims=True))
    r = E.sum(1, keepdims=True)
    r_bar = -(B * E).sum(1, keepdims=True) / r**2
    return np.asarray(B * E / r + r_bar * E)


def vjp_short(Z: Array, B: Array) -> Array:
    E = np.exp(Z - Z.max(1, keepdims=True))
    Y = E / E.sum(1, keepdims=True)
    return np.asarray(Y * (B - (Y * B).sum(1, keepdims=True)))


def vjp_log(Z: Array, B: Array) -> Array:
    top = Z.max(1, keepdims=True)
    Y = np.exp(Z - (top + np.log(np.exp(Z - top).sum(1, keepdims=True))))
    return np.asarray(Y * B - Y * np.einsum("nc,nc->n", Y, B)[:, None])


def require_exp(z: Array) -> None:
    """Refuse logits whose exponentials, or their squares, leave the range of the numbers."""
    top = z.max(axis=-1)
    if top.max() > np.log(np.finfo(z.dtype).max) / 2 or top.min() < np.log(np.finfo(z.dtype).tiny) / 2:
        raise UnstableError


def _exp(z: Array) -> Array:
    require_exp(z)
    return np.asarray(np.exp(z))


def vjp_direct(Z: Array, B: Array) -> Array:
    E = _exp(Z)
    Y = E / E.sum(1, keepdims=True)
    return np.asarray(Y * B - Y * (Y * B).sum(1, keepdims=True))


def vjp_pairs(Z: Array, B: Array) -> Array:
    # sum_i y_j y_i (b_j - b_i)
    E = np.exp(Z - Z.max(1, keepdims=True))
    Y = E / E.sum(1, keepdims=True)
    return np.einsum("nj,ni,nji->nj", Y, Y, B[:, :, None] - B[:, None, :])


def back_direct(z: Array, b: Array) -> tuple[Array, Array]:
    E = _exp(z)
    r = E.sum()
    r_bar = -(b * E).sum() / r**2
    return np.asarray(r_bar), np.asarray(b * E / r + r_bar * E)


def back_divided(z: Array, b: Array) -> tuple[Array, Array]:
    E = _exp(z)
    r = E.sum()
    r_bar = -((b * (E / r)) / r).sum()
    return np.asarray(r_bar), np.asarray((b / r + r_bar) * E)


def back_loops(z: Array, b: Array) -> tuple[Array, Array]:
    require_exp(z)
    r = z.dtype.type(0)
    for value in z:
        r += np.exp(value)
    r_bar = z.dtype.type(0)
    for value, cotangent in zip(z, b, strict=True):
        r_bar -= cotangent * np.exp(value) / (r * r)
    return np.asarray(r_bar), np.array([c * np.exp(v) / r + r_bar * np.exp(v) for v, c in zip(z, b, strict=True)])


def back_shifted(z: Array, b: Array) -> tuple[Array, Array]:
    top = z.max()
    E = np.exp(z - top)
    y = E / E.sum()
    inner = (y * b).sum()
    return np.asarray(-inner * np.exp(-top) / E.sum()), np.asarray(y * (b - inner))


def back_logs(z: Array, b: Array) -> tuple[Array, Array]:
    """y = exp(z - log r), and 1/r = exp(-log r)."""
    top = z.max()
    log_r = top + np.log(np.exp(z - top).sum())
    y = np.exp(z - log_r)
    inner = np.dot(b, y)
    return np.asarray(-inner * np.exp(-log_r)), np.asarray(y * b - y * inner)


def back_jacobian(z: Array, b: Array) -> tuple[Array, Array]:
    E = _exp(z)
    y = E / E.sum()
    return np.asarray(-(b @ y) / E.sum()), np.asarray((np.diag(y) - np.outer(y, y)).T @ b)


VJP_WAYS = {
    "jacobian": vjp_jacobian,
    "graph": vjp_graph,
    "short": vjp_short,
    "log": vjp_log,
    "direct exp": vjp_direct,
    "pairs": vjp_pairs,
}
BACKWARD_WAYS = {
    "direct": back_direct,
    "divided": back_divided,
    "loops": back_loops,
    "shifted": back_shifted,
    "logs": back_logs,
    "jacobian": back_jacobian,
}


def right_answers(problem: str) -> dict[str, Answer]:
    """Every way to answer a problem."""
    if problem == "softmax_VJP":
        return dict(VJP_WAYS)
    if problem == "softmax_backward":
        return dict(BACKWARD_WAYS)
    return dict(mixture_answers(problem))
