"""Does the unit fit? Right answers written in different ways, and wrong ones, in units of the trusted answer.

Run ``python benchmarks/units.py [CASES]``. Every variant computes in the precision of its inputs.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.model.assignment import CaseGroup, DtypeName, InputSet, Logits, Normal, PositiveDefinite, Simplex
from grader.numerics.compare import Closeness, compare
from grader.numerics.expected import AGREE_UNITS, measure_expected
from grader.numerics.sampling import SamplingError, draw_arguments, draw_sizes
from reference.gmm.answers import grad_mu, grad_pi, grad_pi_constrained
from reference.gmm.extended_answers import grad_Sigma
from reference.softmax.answers import softmax_backward, softmax_VJP

SEED = 20240501
Array = np.ndarray[Any, Any]
Answer = Callable[..., Any]


# Right answers ------------------------------------------------------------------------------------------------------


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


class UnstableError(Exception):
    """The way is right on paper but leaves the range of its numbers on these inputs."""


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


def mixture_answers(problem: str) -> Iterator[tuple[str, Answer]]:
    def answer(way: tuple[Any, Any, Any]) -> Answer:
        density, ratio, total = way

        def right(X: Array, pi: Array, mu: Array, S: Array) -> Array:
            logs, solved = density(X, mu, S)
            r, q = ratio(logs, pi)
            if problem == "grad_mu":
                return np.asarray(total(r[..., None] * solved))
            if problem == "grad_Sigma":
                P = np.linalg.inv(S)
                outer = solved[..., :, None] * solved[..., None, :] - P
                return np.asarray(total(r[..., None, None] * outer) / 2)
            free = total(q)
            return np.asarray(free - free.mean() if problem == "grad_pi_constrained" else free)

        return right

    yield from ((name, answer(way)) for name, way in MIXTURE_WAYS.items())


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


def _exp(z: Array) -> Array:
    top = z.max(axis=-1)
    if top.max() > np.log(np.finfo(z.dtype).max) / 2 or top.min() < np.log(np.finfo(z.dtype).tiny) / 2:
        raise UnstableError
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
    _exp(z)
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


# Problems -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    truth: Answer
    arguments: tuple[str, ...]
    blocks: tuple[int, ...]
    length: str
    answers: tuple[tuple[str, Answer], ...]


MIXTURE = ("X", "pi", "mu", "Sigma")
STUDIES = {
    name: Study(truth=truth, arguments=MIXTURE, blocks=(1,), length="N", answers=tuple(mixture_answers(name)))
    for name, truth in (
        ("grad_mu", grad_mu),
        ("grad_pi", grad_pi),
        ("grad_pi_constrained", grad_pi_constrained),
        ("grad_Sigma", grad_Sigma),
    )
} | {
    "softmax_VJP": Study(
        truth=softmax_VJP,
        arguments=("Z", "Y_bar"),
        blocks=(1,),
        length="C",
        answers=(
            ("jacobian", vjp_jacobian),
            ("graph", vjp_graph),
            ("short", vjp_short),
            ("log", vjp_log),
            ("direct exp", vjp_direct),
            ("pairs", vjp_pairs),
        ),
    ),
    "softmax_backward": Study(
        truth=softmax_backward,
        arguments=("z", "y_bar"),
        blocks=(0, 0),
        length="C",
        answers=(
            ("direct", back_direct),
            ("divided", back_divided),
            ("loops", back_loops),
            ("shifted", back_shifted),
        ),
    ),
}


def inputs_of(name: str, kind: str) -> InputSet:
    generic = kind == "generic"
    if name.startswith("softmax"):
        shape = ("N", "C") if name == "softmax_VJP" else ("C",)
        logits, cotangent = STUDIES[name].arguments
        return InputSet(
            sizes={"N": (4, 5, 6), "C": (3, 7)} if generic else {"N": (1, 3, 40), "C": (1, 2, 10, 200)},
            values={
                logits: Logits(
                    sampler="logits", shape=shape, scale={"generic": 1.5, "wide": 10.0, "extreme": 300.0}[kind]
                ),
                cotangent: Normal(sampler="normal", shape=shape),
            },
            case=(CaseGroup(family=kind),),
        )
    wide = {"generic": 10.0, "wide": 1e4, "extreme": 1e8}[kind]
    pi = Simplex(sampler="simplex", shape=("K",), least=0.1, digits=2)
    if kind == "extreme":
        pi = Simplex(sampler="simplex", shape=("K",), smallest=1e-12)
    elif kind == "wide":
        pi = Simplex(sampler="simplex", shape=("K",))
    return InputSet(
        sizes={"N": (5, 6, 7), "d": (2, 3), "K": (3, 4)}
        if generic
        else {"N": (1, 5, 50, 200), "d": (1, 2, 5, 10), "K": (2, 3, 8)},
        values={
            "X": Normal(sampler="normal", shape=("N", "d"), scale=2.0, digits=1 if generic else None),
            "pi": pi,
            "mu": Normal(sampler="normal", shape=("K", "d"), digits=1 if generic else None),
            "Sigma": PositiveDefinite(
                sampler="spd", shape=("K", "d", "d"), digits=2 if generic else None, condition=(1.5, wide)
            ),
        },
        case=(CaseGroup(family=kind),),
    )


def untapped(truth: Answer) -> Answer:
    def plain(*arguments: Array) -> Any:
        return truth(*arguments)

    return plain


class Tally:
    def __init__(self) -> None:
        self.ratios: dict[str, list[float]] = defaultdict(list)
        self.cases = self.informative = self.undrawable = self.naive = 0
        self.missed = self.tried = 0
        self.resolutions: list[float] = []

    def add_case(self, study: Study, values: tuple[Array, ...], dtype: DtypeName, terms: int, *, tapped: bool) -> None:
        rng = np.random.default_rng(self.cases)
        truth = study.truth if tapped else untapped(study.truth)
        matrices = tuple(value.ndim == 3 for value in values)
        expected = measure_expected(
            truth, values, dtype=dtype, matrix_arguments=matrices, samples=terms, blocks=study.blocks, rng=rng
        )
        self.cases += 1
        informative = [e for e in expected if e.informative]
        self.informative += len(informative) == len(expected)
        self.resolutions += [e.resolution for e in expected]
        for e in informative:
            # 1e-9 is 6e8 times the roundoff of float64; the same multiple of float32's own is 0.5.
            if dtype == "float64" and e.resolution < 1e-9:
                self.tried += 1
                self.missed += compare(e.value * (1 + 1e-9), e).closeness is not Closeness.DISAGREES
        for name, answer in study.answers:
            with np.errstate(all="ignore"):
                try:
                    given = answer(*values)
                except (np.linalg.LinAlgError, UnstableError):
                    self.naive += 1
                    continue
            given = given if isinstance(given, tuple) else (given,)
            for g, e in zip(given, expected, strict=True):
                comparison = compare(np.asarray(g), e)
                if e.informative:
                    self.ratios[name].append(comparison.ratio)
                elif comparison.closeness is Closeness.DISAGREES:
                    self.ratios[name + " (not informative)"].append(comparison.ratio)


def run(name: str, kind: str, dtype: DtypeName, count: int, *, tapped: bool) -> Tally:
    tally = Tally()
    study = STUDIES[name]
    inputs = inputs_of(name, kind)
    for i in range(count):
        rng = np.random.default_rng([SEED, i, len(name), len(kind), len(dtype)])
        try:
            sizes = draw_sizes(inputs, inputs.case[0], rng)
            drawn = draw_arguments(inputs, inputs.case[0], sizes, study.arguments, dtype, rng, {}.__getitem__)
        except SamplingError:
            tally.undrawable += 1
            continue
        tally.add_case(study, tuple(v for _, v in drawn), dtype, sizes[study.length], tapped=tapped)
    return tally


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    failed = checks = missed = tried = grey = 0
    for tapped in (True, False):
        for name in STUDIES:
            # Without taps only ordinary inputs are a fair question: see docs/numerics.md.
            for kind in ("generic", "wide", "extreme") if tapped else ("generic",):
                for dtype in ("float64", "float32"):
                    tally = run(name, kind, dtype, count, tapped=tapped)
                    worst = sorted(((max(r), n) for n, r in tally.ratios.items()), reverse=True)
                    every = [r for rows in tally.ratios.values() for r in rows]
                    checks += len(every)
                    failed += sum(r > 32 for r in every)
                    grey += sum(AGREE_UNITS < r <= 32 for r in every)
                    missed += tally.missed
                    tried += tally.tried
                    top = ", ".join(f"{r:.2g} {n}" for r, n in worst[:3])
                    print(
                        f"{'taps' if tapped else 'none'} {name:20s} {kind:8s} {dtype} cases {tally.cases:4d}"
                        f" informative {tally.informative:4d} naive {tally.naive:3d}"
                        f" resolution {np.median(tally.resolutions):.0e}  worst: {top}"
                    )
    print(f"right answers: {checks} checks, {failed} beyond 32 units, {grey} between 8 and 32")
    print(f"off by a relative 1e-9 (float64, resolution below 1e-9): {tried} checks, {missed} missed")
    return int(failed > 0 or missed > 0)


if __name__ == "__main__":
    sys.exit(main())
