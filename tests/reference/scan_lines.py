"""Every "=" of the scanned answer as two functions of random inputs, one a side, in 80 digits.

The ids are those of the table in `docs/cs280_hw1.md`. Derivatives on a left side are central differences of what is
differentiated there, so that no side is computed from the formula on the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np

from reference.gmm import forward
from reference.softmax.answers import softmax_backward
from tests.reference import drawn
from tests.reference import high_precision as hp

Exact = hp.Exact
Sides = tuple[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A random mixture, and a random graph z -> r, y -> E for two outputs and for four."""

    X: Exact
    pi: Exact
    mu: Exact
    Sigma: Exact
    lam: Any
    pair: Exact
    z: Exact
    c: Exact


def inputs(seed: int) -> Inputs:
    X, pi, mu, Sigma = map(hp.exact, drawn.mixture(seed, sizes=(5, 2, 3)))
    z, c = drawn.logits(seed, (4,))
    lam = mp.mpf(2) + seed
    return Inputs(X=X, pi=pi, mu=mu, Sigma=Sigma, lam=lam, pair=hp.exact(z[:2]), z=hp.exact(z), c=hp.exact(c))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One "=": its sides, and for one that does not hold, the sides of the line that would."""

    id: str
    sides: Callable[[Inputs], Sides]
    mended: Callable[[Inputs], Sides] | None = None

    @property
    def holds(self) -> bool:
        return self.mended is None


# Problem 1 -----------------------------------------------------------------------------------------------------------


def mixture_densities(i: Inputs) -> Exact:
    return hp.densities(i.X, i.mu, i.Sigma) @ i.pi


def responsibilities(i: Inputs) -> Exact:
    return hp.responsibilities(i.X, i.pi, i.mu, i.Sigma)


def slope_in_mu(i: Inputs) -> Exact:
    return hp.gradient(lambda m: hp.log_likelihood(i.X, i.pi, m, i.Sigma), i.mu)


def slope_in_pi(i: Inputs) -> Exact:
    return hp.gradient(lambda p: hp.log_likelihood(i.X, p, i.mu, i.Sigma), i.pi)


def slope_within_simplex(i: Inputs) -> Exact:
    slope = slope_in_pi(i)
    return slope - slope.sum() / len(slope)


def slope_of_lagrangian(i: Inputs) -> Exact:
    return hp.gradient(lambda p: hp.log_likelihood(i.X, p, i.mu, i.Sigma) + i.lam * (1 - p.sum()), i.pi)


def chain_rule(i: Inputs, at: Exact, density: Callable[[Exact, Exact], Any]) -> Exact:
    """sum_n 1/P(x_n) dP(x_n)/d(at), where density(x, at) is P(x)."""
    terms = [hp.gradient(lambda v, x=x: density(x, v), at) / density(x, at) for x in i.X]
    return sum(terms[1:], terms[0])


def mixture_density(i: Inputs, x: Exact, *, pi: Exact | None = None, mu: Exact | None = None) -> Any:
    means = i.mu if mu is None else mu
    return hp.densities(x[np.newaxis], means, i.Sigma)[0] @ (i.pi if pi is None else pi)


def rows_times_inverse(i: Inputs) -> Exact:
    """sum_n 1/P(x_n) pi_k N_nk (x_n - mu_k)^T Sigma_k^-1, a row for each k."""
    factor = hp.densities(i.X, i.mu, i.Sigma) * i.pi / mixture_densities(i)[:, np.newaxis]
    return np.array([factor[:, k] @ ((i.X - i.mu[k]) @ hp.inverse(S)) for k, S in enumerate(i.Sigma)], dtype=object)


def inverse_times_columns(i: Inputs) -> Exact:
    r = responsibilities(i)
    terms = [[hp.inverse(S) @ (x - m) for m, S in zip(i.mu, i.Sigma, strict=True)] for x in i.X]
    return (r[..., np.newaxis] * np.array(terms, dtype=object)).sum(axis=0)


def likelihood_by_logsumexp(i: Inputs) -> Sides:
    floats = [hp.rounded(a) for a in (i.X, i.pi, i.mu, i.Sigma)]
    return forward.log_likelihood(*floats), sum(mp.log(p) for p in mixture_densities(i))


def mixture_density_by_marginal(i: Inputs) -> Sides:
    # P(x) is the sum over the component of P(x, k): drawn as one density of the pair (x, k).
    joint = [[p * hp.density(x, m, S) for p, m, S in zip(i.pi, i.mu, i.Sigma, strict=True)] for x in i.X]
    return np.array(joint, dtype=object).sum(axis=1), mixture_densities(i)


def density_by_factor(i: Inputs) -> Sides:
    floats = [hp.rounded(a) for a in (i.X, i.mu, i.Sigma)]
    return np.exp(forward.log_densities(*floats)), hp.densities(i.X, i.mu, i.Sigma)


def at_the_optimum(i: Inputs) -> Sides:
    """sum_n r_nk / pi_k and N, at the weights that maximise l on the simplex; means and covariances as drawn."""
    mu, Sigma = 3 * hp.rounded(i.mu), hp.rounded(i.Sigma)  # further apart, so that EM converges soon
    rng = np.random.default_rng(int(i.lam))
    component = np.arange(60) % len(mu)
    X = mu[component] + np.einsum("nij,nj->ni", np.linalg.cholesky(Sigma)[component], rng.normal(size=(60, 2)))
    pi = np.full(len(mu), 1 / len(mu))
    for _ in range(2_000):  # EM in the weights alone; l is concave in them, so it cannot end elsewhere
        pi = forward.responsibilities(X, pi, mu, Sigma).mean(axis=0)
    return forward.responsibilities(X, pi, mu, Sigma).sum(axis=0) / pi, np.full(len(mu), float(len(X)))


def total(i: Inputs) -> Any:
    return responsibilities(i).sum()


PROBLEM_1 = [
    Line(id="1.1", sides=likelihood_by_logsumexp),
    Line(id="1.2", sides=mixture_density_by_marginal),
    Line(id="1.3", sides=density_by_factor),
    Line(
        id="1.4",
        sides=lambda i: (slope_in_mu(i), chain_rule(i, i.mu, lambda x, m: mixture_density(i, x, mu=m))),
    ),
    Line(id="1.5", sides=lambda i: (slope_in_mu(i), rows_times_inverse(i))),
    Line(id="1.6", sides=lambda i: (rows_times_inverse(i), inverse_times_columns(i))),
    Line(
        id="2.1",
        sides=lambda i: (slope_in_pi(i), chain_rule(i, i.pi, lambda x, p: mixture_density(i, x, pi=p))),
    ),
    Line(
        id="2.2",
        sides=lambda i: (
            slope_in_pi(i),
            (hp.densities(i.X, i.mu, i.Sigma) / mixture_densities(i)[:, np.newaxis]).sum(axis=0),
        ),
    ),
    Line(
        id="2.3",
        sides=lambda i: (slope_in_pi(i), responsibilities(i).sum(axis=0)),
        mended=lambda i: (slope_in_pi(i), responsibilities(i).sum(axis=0) / i.pi),
    ),
    Line(
        id="2.4",
        sides=lambda i: (
            hp.log_likelihood(i.X, i.pi / i.pi.sum(), i.mu, i.Sigma),
            hp.log_likelihood(i.X, i.pi / i.pi.sum(), i.mu, i.Sigma) + i.lam * (1 - (i.pi / i.pi.sum()).sum()),
        ),
    ),
    Line(
        id="2.5",
        sides=lambda i: (slope_of_lagrangian(i), responsibilities(i).sum(axis=0) - i.lam),
        mended=lambda i: (slope_of_lagrangian(i), responsibilities(i).sum(axis=0) / i.pi - i.lam),
    ),
    Line(id="2.6", sides=lambda i: (responsibilities(i).sum(axis=0) - i.lam, 0 * i.pi), mended=at_the_optimum),
    Line(
        id="2.7",
        sides=lambda i: (slope_in_pi(i).sum() / len(i.pi), total(i) / len(i.pi)),
        mended=lambda i: (slope_in_pi(i).sum() / len(i.pi), (responsibilities(i) / i.pi).sum() / len(i.pi)),
    ),
    Line(id="2.8", sides=lambda i: (total(i) / len(i.pi), mp.mpf(len(i.X)) / len(i.pi))),
    Line(id="2.9", sides=lambda i: (mp.mpf(len(i.X)), total(i))),
    Line(
        id="2.10",
        sides=lambda i: (
            slope_within_simplex(i),
            responsibilities(i).sum(axis=0) - mp.mpf(len(i.X)) / len(i.pi),
        ),
        mended=lambda i: (
            slope_within_simplex(i),
            responsibilities(i).sum(axis=0) / i.pi - (responsibilities(i) / i.pi).sum() / len(i.pi),
        ),
    ),
]


# Problem 2 -----------------------------------------------------------------------------------------------------------


def exponentials(z: Exact) -> Exact:
    return np.array([mp.exp(v) for v in z], dtype=object)


def normaliser(z: Exact) -> Exact:
    return np.asarray(exponentials(z).sum(), dtype=object)


def loss(y: Exact) -> Any:
    """Some E(y) that is linear in no output and mixes them all."""
    return sum((n + 1) * v**2 for n, v in enumerate(y)) + mp.sin(3 * y[0]) * y[-1]


def y_bar(z: Exact) -> Exact:
    """dE/dy."""
    return hp.gradient(loss, hp.softmax(z))


def slope_in_r(z: Exact) -> Any:
    """dE/dr with z held: r as an input of its own."""
    return hp.gradient(lambda r: loss(exponentials(z) / r), normaliser(z))


def slope_in_z(z: Exact) -> Exact:
    """dE/dz, through every path."""
    return hp.gradient(lambda v: loss(hp.softmax(v)), z)


def outputs_in_r(z: Exact) -> Exact:
    """dy_i/dr with z held."""
    return np.array([hp.gradient(lambda r, e=e: e / r, normaliser(z)).item() for e in exponentials(z)], dtype=object)


def outputs_in_own_z(z: Exact) -> Exact:
    """dy_i/dz_i with r held."""
    r = normaliser(z).item()
    return np.array([hp.gradient(lambda v: mp.exp(v) / r, np.asarray(v, dtype=object)).item() for v in z])


def two_paths(z: Exact) -> Exact:
    return y_bar(z) * exponentials(z) / normaliser(z) + slope_in_r(z) * exponentials(z)


def two_paths_by_slopes(z: Exact) -> Exact:
    return y_bar(z) * outputs_in_own_z(z) + slope_in_r(z) * hp.gradient(lambda v: normaliser(v).item(), z)


def terms_of_r_bar(z: Exact) -> Exact:
    return -y_bar(z) * exponentials(z) / normaliser(z) ** 2


def named(z: Exact) -> Any:
    """What the assignment calls r_bar and z_bar."""
    return softmax_backward(hp.rounded(z), hp.rounded(y_bar(z)))


def everywhere(value: Any, z: Exact) -> Exact:
    """A number, read as the same for every i."""
    return np.full(z.shape, value.item() if isinstance(value, np.ndarray) else value, dtype=object)


PROBLEM_2 = [
    Line(id="b.1", sides=lambda i: (slope_in_r(i.pair), (y_bar(i.pair) * outputs_in_r(i.pair)).sum())),
    Line(id="b.2", sides=lambda i: (outputs_in_r(i.pair), -exponentials(i.pair) / normaliser(i.pair) ** 2)),
    Line(id="b.3", sides=lambda i: (slope_in_r(i.pair), terms_of_r_bar(i.pair).sum())),
    Line(id="b.4", sides=lambda i: (slope_in_z(i.pair)[0], two_paths_by_slopes(i.pair)[0])),
    Line(id="b.5", sides=lambda i: (slope_in_z(i.pair)[0], two_paths(i.pair)[0])),
    Line(id="b.6", sides=lambda i: (slope_in_z(i.pair)[1], two_paths_by_slopes(i.pair)[1])),
    Line(id="b.7", sides=lambda i: (slope_in_z(i.pair)[1], two_paths(i.pair)[1])),
    Line(id="b.8", sides=lambda i: (slope_in_z(i.z), two_paths(i.z))),
    Line(
        id="b.9",
        sides=lambda i: (everywhere(slope_in_r(i.z), i.z), terms_of_r_bar(i.z)),
        mended=lambda i: (slope_in_r(i.z), terms_of_r_bar(i.z).sum()),
    ),
    Line(id="b.10", sides=lambda i: (slope_in_z(i.z), named(i.z).z_bar)),
    Line(id="b.11", sides=lambda i: (named(i.z).z_bar, two_paths(i.z))),
    Line(id="b.12", sides=lambda i: (slope_in_r(i.z), named(i.z).r_bar)),
    Line(
        id="b.13",
        sides=lambda i: (everywhere(slope_in_r(i.z), i.z), slope_in_z(i.z) * terms_of_r_bar(i.z)),
        mended=lambda i: (slope_in_r(i.z), terms_of_r_bar(i.z).sum()),
    ),
]

LINES = [*PROBLEM_1, *PROBLEM_2]
