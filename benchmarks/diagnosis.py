"""Is the reason right? Mistakes in the five problems of CS280 HW1, and right answers, given to the diagnosis.

Run ``python benchmarks/diagnosis.py [--seeds 1 2 3] [--verbose]``. Every answer is written as a student would, by other
algebra than the trusted answers and the rubric's misconceptions.
"""

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from wrong_answer import Answer, Mistake
from wrong_mixture_answers import constrained_mistakes, mu_mistakes, pi_mistakes
from wrong_softmax_answers import backward_mistakes, vjp_mistakes

from grader.diagnosis.explain import explain
from grader.diagnosis.observation import Explanation, Observation
from grader.grading.plan import Plan, draw_plan
from grader.loading.rubric import load_rubric
from grader.model.assignment import Problem
from grader.numerics.compare import Closeness, compare
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules

ROOT = Path(__file__).parents[1]
Array = np.ndarray[Any, Any]


# Right answers --------------------------------------------------------------------------------------------------------


def log_densities() -> dict[str, Callable[[Array, Array, Array], tuple[Array, Array]]]:
    """Each gives log N, shape (N, K), and Sigma^-1 (x - mu), shape (N, K, d), in the precision of its inputs."""

    def constant(X: Array) -> Any:
        return X.dtype.type(X.shape[1] * np.log(2 * np.pi))

    def by_inverse(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        e, P = X[:, None] - mu, np.linalg.inv(S)
        pe = np.einsum("kij,nkj->nki", P, e)
        return -((e * pe).sum(-1) + np.log(np.linalg.det(S)) + constant(X)) / 2, pe

    def by_solve(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        e = X[:, None] - mu
        pe = np.linalg.solve(S, e[..., None])[..., 0]
        return -((e * pe).sum(-1) + np.linalg.slogdet(S)[1] + constant(X)) / 2, pe

    def by_cholesky(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        L = np.linalg.cholesky(S)
        w = np.linalg.solve(L, (X[:, None] - mu)[..., None])
        half = np.log(np.diagonal(L, axis1=1, axis2=2)).sum(-1)
        return -(w[..., 0] ** 2).sum(-1) / 2 - half - constant(X) / 2, np.linalg.solve(L.swapaxes(1, 2), w)[..., 0]

    def by_eigenvectors(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        w, V = np.linalg.eigh(S)
        t = np.einsum("kji,nkj->nki", V, X[:, None] - mu)
        return -((t**2 / w).sum(-1) + np.log(w).sum(-1) + constant(X)) / 2, np.einsum("kij,nkj->nki", V, t / w)

    def by_expansion(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        P = np.linalg.inv(S)
        px, pm = np.einsum("kij,nj->nki", P, X), np.einsum("kij,kj->ki", P, mu)
        q = (X[:, None] * px).sum(-1) - 2 * (X[:, None] * pm).sum(-1) + (mu * pm).sum(-1)
        return -(q + np.linalg.slogdet(S)[1] + constant(X)) / 2, px - pm

    def by_loops(X: Array, mu: Array, S: Array) -> tuple[Array, Array]:
        logs, pe = np.zeros((len(X), len(mu)), X.dtype), np.zeros((len(X), *mu.shape), X.dtype)
        for k, n in itertools.product(range(len(mu)), range(len(X))):
            P = np.linalg.inv(S[k])
            e = X[n] - mu[k]
            pe[n, k] = P @ e
            logs[n, k] = -(e @ P @ e + np.log(np.linalg.det(S[k])) + constant(X)) / 2
        return logs, pe

    ways = (by_inverse, by_solve, by_cholesky, by_eigenvectors, by_expansion, by_loops)
    return {way.__name__: way for way in ways}


def mixture_answer(problem: str, density: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Answer:
    def answer(X: Array, pi: Array, mu: Array, S: Array) -> Array:
        logs, pe = density(X, mu, S)
        top = logs.max(1, keepdims=True)
        n = np.exp(logs - top)
        ratio = n / (n @ pi)[:, None]
        if problem == "grad_mu":
            return np.asarray(np.einsum("nk,nkd->kd", ratio * pi, pe))
        g = ratio.sum(0)
        return np.asarray(g - g.mean() if problem == "grad_pi_constrained" else g)

    return answer


def outputs() -> dict[str, Callable[[Array], Array]]:
    def direct(Z: Array) -> Array:
        return np.asarray(np.exp(Z) / np.exp(Z).sum(-1, keepdims=True))

    def shifted(Z: Array) -> Array:
        return direct(Z - Z.max(-1, keepdims=True))

    def logs(Z: Array) -> Array:
        top = Z.max(-1, keepdims=True)
        return np.asarray(np.exp(Z - top - np.log(np.exp(Z - top).sum(-1, keepdims=True))))

    return {"direct": direct, "shifted": shifted, "logs": logs}


def products() -> dict[str, Callable[[Array, Array], Array]]:
    def jacobian(Y: Array, V: Array) -> Array:
        rows = [(np.diag(y) - np.outer(y, y)) @ v for y, v in zip(np.atleast_2d(Y), np.atleast_2d(V), strict=True)]
        return np.asarray(rows).reshape(Y.shape)

    def factored(Y: Array, V: Array) -> Array:
        return np.asarray(Y * (V - (Y * V).sum(-1, keepdims=True)))

    def two_terms(Y: Array, V: Array) -> Array:
        return np.asarray(Y * V - Y * np.einsum("...i,...i->...", Y, V)[..., None])

    return {"jacobian": jacobian, "factored": factored, "two terms": two_terms}


def softmax_answer(problem: str, output: Callable[[Array], Array], product: Callable[[Array, Array], Array]) -> Answer:
    def answer(Z: Array, V: Array) -> Any:
        Y = output(Z)
        if problem == "softmax_VJP":
            return product(Y, V)
        return -(V * Y).sum() / np.exp(Z).sum(), product(Y, V)

    return answer


def right_answers(problem: str) -> Iterator[tuple[str, Answer]]:
    if problem.startswith("softmax"):
        for (o, output), (p, product) in itertools.product(outputs().items(), products().items()):
            yield f"{o}, {p}", softmax_answer(problem, output, product)
    else:
        for name, density in log_densities().items():
            yield name, mixture_answer(problem, density)


# Running --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The cases and the truth of one seed."""

    plan: Plan
    truth: Truth


def world(seed: int) -> World:
    path = ROOT / "rubrics" / "cs280_hw1.toml"
    rubric = load_rubric(path, lookup=lambda folder, ref: TrustedModules(folder).signature(ref)).assignment
    modules = TrustedModules(ROOT / "reference")
    truth = Truth(rubric, modules, seed)
    return World(plan=draw_plan(rubric, modules, truth, seed), truth=truth)


def observed(w: World, problem: Problem, answer: Answer, dtype: str | None = None) -> list[Observation]:
    """What a function does on every case of the deciding checks; with a dtype, after its inputs are cast to it."""
    families = tuple(dict.fromkeys(f for check in problem.check if check.decides for f in check.families))
    out = []
    for case in w.plan.of(problem, families):
        values: tuple[Array, ...] | None = None
        try:
            with np.errstate(all="ignore"):
                found = answer(*(v.astype(dtype) if dtype else v.copy() for v in case.values))
            values = tuple(np.asarray(v) for v in (found if isinstance(found, tuple) else (found,)))
        except (ArithmeticError, LookupError, ValueError):
            values = None
        out.append(Observation(case=case, values=values, expected=w.truth.expected(problem, case)))
    return out


def is_wrong(observations: list[Observation]) -> bool:
    return any(
        o.values is None
        or len(o.values) != len(o.expected)
        or any(
            v.shape != e.value.shape or compare(v, e).closeness is Closeness.DISAGREES
            for v, e in zip(o.values, o.expected, strict=True)
        )
        for o in observations
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """How much of the rubric the diagnosis is given."""

    says: str
    misconceptions: bool
    terms: bool

    def of(self, problem: Problem) -> Problem:
        update = {} if self.misconceptions else {"misconception": ()}
        return problem.model_copy(update=update if self.terms else update | {"terms": ()})


LIBRARIES = (
    Library(says="misconceptions and terms", misconceptions=True, terms=True),
    Library(says="terms only", misconceptions=False, terms=True),
    Library(says="nothing of the rubric", misconceptions=False, terms=False),
)


def said(mistake: Mistake, library: Library, found: Explanation | None) -> str:
    """One of "named", "explained", "misnamed", "silent"."""
    if found is None:
        return "silent"
    if library.misconceptions and mistake.named:
        return "named" if found.id == mistake.named else "misnamed"
    return "explained" if found.id in mistake.general else "misnamed"


def all_mistakes() -> list[Mistake]:
    return [*mu_mistakes(), *pi_mistakes(), *constrained_mistakes(), *backward_mistakes(), *vjp_mistakes()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[280, 1, 2, 3, 4], help="root seeds of the cases")
    parser.add_argument("--verbose", action="store_true", help="print every explanation of the first seed")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th mistake and right answer")
    options = parser.parse_args()
    mistakes = all_mistakes()[:: options.every]
    counts: dict[tuple[str, bool], Counter[str]] = {}
    right: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {"silent": [], "explained": []}
    for seed in options.seeds:
        w = world(seed)
        problems = {p.id: p for p in w.plan.assignment.problem}
        for mistake in mistakes:
            problem = problems[mistake.problem]
            observations = observed(w, problem, mistake.answer)
            if not is_wrong(observations):
                raise SystemExit(f"{problem.id}: {mistake.says} is right on every case of seed {seed}")
            for library in LIBRARIES:
                start = time.process_time()
                found = explain(library.of(problem), observations, w.truth)
                seconds["silent" if found is None else "explained"].append(time.process_time() - start)
                word = said(mistake, library, found)
                counts.setdefault((library.says, bool(mistake.named)), Counter())[word] += 1
                if word == "misnamed" or (options.verbose and seed == options.seeds[0]):
                    told = f"{found.id}: {found.says}" if found else ""
                    print(f"{word:9s} {library.says:24s} {problem.id}, {mistake.says}: {told}")
        for problem in problems.values():
            right_ways = [*itertools.product(right_answers(problem.id), (None, "float32"))]
            for (name, answer), dtype in right_ways[:: options.every]:
                for library in LIBRARIES:
                    found = explain(library.of(problem), observed(w, problem, answer, dtype), w.truth)
                    right["not explained" if found is None else "explained"] += 1
                    if found is not None:
                        print(f"a right answer is explained: {problem.id}, {name}, {dtype}: {found.id}")
    show(options.seeds, len(mistakes), counts, right, seconds)


def show(
    seeds: list[int],
    mistakes: int,
    counts: dict[tuple[str, bool], Counter[str]],
    right: Counter[str],
    seconds: dict[str, list[float]],
) -> None:
    print(f"\n{mistakes} mistakes, seeds {' '.join(map(str, seeds))}")
    print(
        f"{'given to the diagnosis':26s}{'mistakes':22s}{'recognised':>12s}{'silent':>9s}{'misnamed':>10s}{'share':>9s}"
    )
    for library in LIBRARIES:
        both: Counter[str] = Counter()
        for named, told in ((True, "named by the rubric"), (False, "not named")):
            # Of a few mistakes, all may be named, or none.
            if count := counts.get((library.says, named)):
                both += count
                row(library.says, told, count)
        row(library.says, "all", both)
    print(f"\nright answers: {right['not explained']} not explained, {right['explained']} explained")
    for word, times in seconds.items():
        if times:
            print(f"CPU of an answer that is {word}: median {1e3 * float(np.median(times)):.0f} ms, "
                  f"99 % {1e3 * float(np.quantile(times, 0.99)):.0f} ms, most {1e3 * max(times):.0f} ms")  # fmt: skip


def row(library: str, told: str, count: Counter[str]) -> None:
    recognised = count["named"] + count["explained"]
    share = 100 * recognised / count.total()
    print(f"{library:26s}{told:22s}{recognised:12d}{count['silent']:9d}{count['misnamed']:10d}{share:8.1f}%")


if __name__ == "__main__":
    main()
