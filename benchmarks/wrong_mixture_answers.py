"""Mistakes in the gradients of the mixture: by the inverse and the determinant, as students write it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from wrong_answer import Answer, Mistake

Array = np.ndarray[Any, Any]


# As a student writes it ----------------------------------------------------------------------------------------------


def mixture(X: Array, pi: Array, mu: Array, S: Array, *, half: float = 0.5, root: float = 0.5) -> SimpleNamespace:
    """e (N,K,d), P = inv(S), pe = P e, n (N,K) densities, j = pi n, r responsibilities."""
    e = X[:, None, :] - mu
    P = np.linalg.inv(S)
    pe = np.einsum("kij,nkj->nki", P, e)
    q = np.einsum("nki,nki->nk", e, pe)
    n = np.exp(-half * q) / ((2 * np.pi) ** (X.shape[1] / 2) * np.linalg.det(S) ** root)
    j = n * pi
    return SimpleNamespace(e=e, P=P, pe=pe, n=n, j=j, r=j / j.sum(1)[:, None], N=len(X), K=len(pi), pi=pi, S=S)


def of_mixture(formula: Callable[[SimpleNamespace], Any], **density: float) -> Answer:
    return lambda X, pi, mu, S: formula(mixture(X, pi, mu, S, **density))


def mu_(m: SimpleNamespace) -> Array:
    return np.asarray(np.einsum("nk,nki->ki", m.r, m.pe))


def pi_(m: SimpleNamespace) -> Array:
    return np.asarray((m.n / m.j.sum(1, keepdims=True)).sum(0))


def con_(m: SimpleNamespace) -> Array:
    g = pi_(m)
    return np.asarray(g - g.sum() / m.K)


def some_samples(formula: Callable[[SimpleNamespace], Any], keep: Callable[[int], slice]) -> Answer:
    return lambda X, pi, mu, S: formula(mixture(X[keep(len(X))], pi, mu, S))


def shifted_inputs(formula: Callable[[SimpleNamespace], Any], change: Callable[..., tuple[Array, ...]]) -> Answer:
    return lambda X, pi, mu, S: formula(mixture(*change(X, pi, mu, S)))


# Wrong answers -------------------------------------------------------------------------------------------------------


def mu_mistakes() -> list[Mistake]:
    def m(says: str, named: str, general: str, answer: Answer) -> Mistake:
        return Mistake(problem="grad_mu", says=says, answer=answer, named=named, general=tuple(general.split()))

    on = of_mixture
    return [
        m("no inverse", "missing_inverse", "matrix_Sigma", on(lambda m: (m.r[..., None] * m.e).sum(0))),
        m("mu - x", "wrong_sign", "sign", on(lambda m: np.einsum("nk,nki->ki", -m.r, m.pe))),
        m(
            "r without pi",
            "no_weights_in_responsibility",
            "pi_ones",
            on(lambda m: np.einsum("nk,nki->ki", m.n / m.n.sum(1)[:, None], m.pe)),
        ),
        m("np.mean", "mean_over_samples", "over_N", on(lambda m: np.mean(m.r[..., None] * m.pe, axis=0))),
        m(
            "divided by N_k",
            "divided_by_occupation",
            "responsibility:normalised_0 rescaled_0",
            on(lambda m: mu_(m) / (m.r.sum(0) + np.finfo(m.r.dtype).tiny)[:, None]),
        ),
        m(
            "Sigma for its inverse",
            "sigma_for_inverse",
            "matrix_squared_Sigma",
            on(lambda m: np.einsum("kij,kj->ki", m.S, (m.r[..., None] * m.e).sum(0))),
        ),
        m(
            "no 1/P",
            "joint_for_responsibility",
            "log_mixture:left_out",
            on(lambda m: np.einsum("nk,nki->ki", m.j, m.pe)),
        ),
        m(
            "r over axis 0",
            "normalised_over_samples",
            "responsibility:is_log_joint_softmax_0",
            on(lambda m: np.einsum("nk,nki->ki", m.j / m.j.sum(0), m.pe)),
        ),
        m("no r", "no_responsibility", "each_K_alone responsibility:as_1", on(lambda m: m.pe.sum(0))),
        m(
            "pi for r",
            "prior_for_responsibility",
            "each_K_alone+times_pi log_density:left_out",
            on(lambda m: np.einsum("k,nki->ki", m.pi, m.pe)),
        ),
        m(
            "diagonal covariance",
            "diagonal_covariance",
            "Sigma_diagonal",
            lambda X, pi, mu, S: mu_(mixture(X, pi, mu, np.stack([np.diag(np.diag(s)) for s in S]))),
        ),
        m("no 1/2", "factor_two", "factor_2", on(lambda m: 2 * mu_(m))),
        m("minus a mean", "", "minus_over_N", on(lambda m: -mu_(m) / m.N)),
        m(
            "no inverse, mean",
            "missing_inverse+over_N",
            "matrix_Sigma+over_N",
            on(lambda m: (m.r[..., None] * m.e).mean(0)),
        ),
        m("no r, wrong sign", "no_responsibility+sign", "each_K_alone+sign", on(lambda m: -m.pe.sum(0))),
        m("last sample forgotten", "", "without_last_of_N", some_samples(mu_, lambda n: slice(0, n - 1))),
        m("only the last sample", "", "last_of_N", some_samples(mu_, lambda n: slice(n - 1, n))),
        m("only the first sample", "", "first_of_N", some_samples(mu_, lambda n: slice(0, min(n, 1)))),
        m("transposed", "", "transpose", on(lambda m: mu_(m).T)),
        m("components reversed", "", "reversed_0", on(lambda m: mu_(m)[::-1])),
        m("coordinates rolled", "", "rolled_1_1", on(lambda m: np.roll(mu_(m), 1, axis=1))),
        m("times pi", "", "times_pi", on(lambda m: mu_(m) * m.pi[:, None])),
        m("keepdims", "", "shape", on(lambda m: mu_(m)[:, None, :])),
        m("not summed", "", "not_summed", on(lambda m: m.r[..., None] * m.pe)),
        m(
            "one solve too few",
            "",
            "solved_residual:is_whitened_residual",
            lambda X, pi, mu, S: np.einsum(
                "nk,nki->ki",
                mixture(X, pi, mu, S).r,
                np.linalg.solve(np.linalg.cholesky(S), (X[:, None] - mu)[..., None])[..., 0],
            ),
        ),
        m("no 1/2 in the density", "", "quadratic_form:factor_2", on(mu_, half=1.0)),
        m("no determinant", "", "log_determinant:left_out", on(mu_, root=0.0)),
        m("no root of the determinant", "", "log_determinant:factor_2", on(mu_, root=1.0)),
        m("X centred", "", "X_centred_0", shifted_inputs(mu_, lambda X, pi, mu, S: (X - X.mean(0), pi, mu, S))),
        m("zeros", "", "zero", on(lambda m: np.zeros((m.K, m.e.shape[2])))),
        m(
            "last component forgotten",
            "",
            "without_last_0",
            on(lambda m: np.concatenate([mu_(m)[:-1], 0 * mu_(m)[-1:]])),
        ),
        m(
            "Sigma + I/1000",
            "",
            "",
            shifted_inputs(mu_, lambda X, pi, mu, S: (X, pi, mu, S + 1e-3 * np.eye(S.shape[1]))),
        ),
        m("r rounded to 2 digits", "", "", on(lambda m: np.einsum("nk,nki->ki", np.round(m.r, 2), m.pe))),
    ]


def pi_mistakes() -> list[Mistake]:
    def m(says: str, named: str, general: str, answer: Answer) -> Mistake:
        return Mistake(problem="grad_pi", says=says, answer=answer, named=named, general=tuple(general.split()))

    on = of_mixture
    return [
        m("no 1/pi", "missing_1_over_pi", "times_pi", on(lambda m: m.r.sum(0))),
        m("wrong sign", "wrong_sign", "sign", on(lambda m: -(m.r / m.pi).sum(0))),
        m("np.mean", "mean_over_samples", "over_N", on(lambda m: (m.r / m.pi).mean(0))),
        m("1/pi twice", "divided_by_pi_twice", "over_pi", on(lambda m: (m.r / m.pi**2).sum(0))),
        m(
            "r over axis 0",
            "normalised_over_samples",
            "each_K_alone+over_N",
            on(lambda m: (m.j / m.j.sum(0)).sum(0) / m.pi),
        ),
        m("no 1/P", "missing_1_over_P", "log_mixture:left_out", on(lambda m: m.n.sum(0))),
        m("constrained", "constrained_for_free", "centred_0", on(con_)),
        m(
            "r without pi",
            "no_weights_in_responsibility",
            "pi_ones+over_pi",
            on(lambda m: (m.n / m.n.sum(1)[:, None]).sum(0) / m.pi),
        ),
        m("M step", "missing_1_over_pi+over_N", "times_pi+over_N", on(lambda m: m.r.mean(0))),
        m("minus a mean", "", "minus_over_N", on(lambda m: -pi_(m) / m.N)),
        m("last sample forgotten", "", "without_last_of_N", some_samples(pi_, lambda n: slice(0, n - 1))),
        m("first sample forgotten", "", "without_first_of_N", some_samples(pi_, lambda n: slice(1, n))),
        m("only the last sample", "", "last_of_N", some_samples(pi_, lambda n: slice(n - 1, n))),
        m("keepdims", "", "shape", on(lambda m: (m.r / m.pi).sum(0, keepdims=True))),
        m("not summed", "", "not_summed", on(lambda m: m.r / m.pi)),
        m("scaled to sum 1", "", "divided_by_sum_0", on(lambda m: pi_(m) / pi_(m).sum())),
        m("scaled to length 1", "", "divided_by_norm_0", on(lambda m: pi_(m) / np.sqrt((pi_(m) ** 2).sum()))),
        m("logarithm", "", "log", on(lambda m: np.log(pi_(m)))),
        m("order reversed", "", "reversed_0", on(lambda m: pi_(m)[::-1])),
        m("summed over k too", "", "summed_0", on(lambda m: (m.r / m.pi).sum())),
        m("no root of the determinant", "", "log_determinant:factor_2", on(pi_, root=1.0)),
        m("no 1/2 in the density", "", "quadratic_form:factor_2", on(pi_, half=1.0)),
        m(
            "Sigma diagonal",
            "",
            "Sigma_diagonal",
            shifted_inputs(pi_, lambda X, pi, mu, S: (X, pi, mu, S * np.eye(S.shape[1]))),
        ),
        m("minus N", "", "constant_added shifted", on(lambda m: pi_(m) - 1.5)),
        m("3.7 times", "", "constant_factor", on(lambda m: 3.7 * pi_(m))),
        m("pi + 0.01", "", "", shifted_inputs(pi_, lambda X, pi, mu, S: (X, pi + 0.01, mu, S))),
    ]


def constrained_mistakes() -> list[Mistake]:
    def m(says: str, named: str, general: str, formula: Callable[[SimpleNamespace], Any]) -> Mistake:
        return Mistake(
            problem="grad_pi_constrained",
            says=says,
            answer=of_mixture(formula),
            named=named,
            general=tuple(general.split()),
        )

    return [
        m(
            "not constrained",
            "constraint_ignored",
            "without_multiplier multiplier:left_out shifted",
            lambda m: (m.r / m.pi).sum(0),
        ),
        m("no 1/pi", "missing_1_over_pi", "grad_pi:times_pi", lambda m: m.r.sum(0) - m.N / m.K),
        m(
            "minus the sum",
            "minus_sum",
            "multiplier+times_K multiplier:times_K shifted",
            lambda m: pi_(m) - pi_(m).sum(),
        ),
        m("minus N", "multiplier_of_the_optimum", "multiplier:as_N shifted", lambda m: (m.r / m.pi - 1).sum(0)),
        m("in the logits", "gradient_in_logits", "", lambda m: (m.r - m.pi).sum(0)),
        m("divided by its sum", "normalised_for_projected", "", lambda m: pi_(m) / pi_(m).sum()),
        m("M step", "em_step", "", lambda m: m.r.mean(0)),
        m("wrong sign", "wrong_sign", "sign", lambda m: pi_(m).mean() - pi_(m)),
        m("np.mean", "mean_over_samples", "over_N", lambda m: (m.r / m.pi).mean(0) - (m.r / m.pi).mean()),
        m("minus a mean", "", "minus_over_N", lambda m: -con_(m) / m.N),
        m("plus the mean", "", "multiplier+sign multiplier:sign shifted", lambda m: pi_(m) + pi_(m).mean()),
        m(
            "twice the mean",
            "",
            "multiplier+factor_2 multiplier:factor_2 shifted",
            lambda m: pi_(m) - 2 * pi_(m).mean(),
        ),
        m("mean over N, not K", "", "shifted", lambda m: pi_(m) - pi_(m).sum() / m.N),
        m("times pi", "", "times_pi", lambda m: con_(m) * m.pi),
        m("0.3 of the mean", "", "multiplier+coefficient shifted", lambda m: pi_(m) - 0.3 * pi_(m).mean()),
        m("order reversed", "", "reversed_0", lambda m: con_(m)[::-1]),
        m("absolute", "", "absolute", lambda m: np.abs(con_(m))),
        m("a column", "", "shape", lambda m: con_(m)[:, None]),
        m("median for mean", "", "shifted", lambda m: pi_(m) - np.median(pi_(m))),
        m("square root", "", "", lambda m: np.sign(con_(m)) * np.sqrt(np.abs(con_(m)))),
    ]
