# ruff: noqa: ARG001, ARG005 - all formulas share one signature
"""How often does the error estimate of the finite differences cover the true error?

Run ``python benchmarks/derivatives.py [CASES]``. The truth is computed by mpmath with 50 digits.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from grader.numerics.finite_difference import derivative

SEED = 20240501


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    family: str
    f: Callable[[float], float]
    scale: float
    truth: mpmath.mpf


def exponential(t: Any, a: float, b: float, m: Any) -> Any:
    return m.exp(a * t + b)


def sine(t: Any, a: float, b: float, m: Any) -> Any:
    return m.sin(a * t + b)


def logarithm(t: Any, a: float, b: float, m: Any) -> Any:
    return m.log(t + abs(a))


def root(t: Any, a: float, b: float, m: Any) -> Any:
    return m.sqrt(t + abs(a))


def reciprocal(t: Any, a: float, b: float, m: Any) -> Any:
    return 1 / (t + a)


def bell(t: Any, a: float, b: float, m: Any) -> Any:
    return m.exp(-((a * t + b) ** 2) / 2)


def sigmoid(t: Any, a: float, b: float, m: Any) -> Any:
    return m.tanh(a * t + b)


def quintic(t: Any, a: float, b: float, m: Any) -> Any:
    return (a * t + b) ** 5


def mixture(t: Any, a: float, b: float, m: Any) -> Any:
    return m.log(m.exp(-((a * t + b) ** 2) / 2) + m.exp(-((a * t - 1) ** 2)) / 3)


def polynomial_with_flat_start(t: Any, a: float, b: float, m: Any) -> Any:
    return a + b * t * t + t**3


FORMULAS = (
    exponential,
    sine,
    logarithm,
    root,
    reciprocal,
    bell,
    sigmoid,
    quintic,
    mixture,
    polynomial_with_flat_start,
)
SLOPES: dict[str, Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]] = {
    "exponential": lambda a, b: a * mpmath.exp(b),
    "sine": lambda a, b: a * mpmath.cos(b),
    "logarithm": lambda a, b: 1 / abs(a),
    "root": lambda a, b: 1 / (2 * mpmath.sqrt(abs(a))),
    "reciprocal": lambda a, b: -1 / a**2,
    "bell": lambda a, b: -a * b * mpmath.exp(-(b**2) / 2),
    "sigmoid": lambda a, b: a * mpmath.sech(b) ** 2,
    "quintic": lambda a, b: 5 * a * b**4,
    "mixture": lambda a, b: (
        a
        * (-b * mpmath.exp(-(b**2) / 2) + mpmath.mpf(2) / 3 * mpmath.exp(-1))
        / (mpmath.exp(-(b**2) / 2) + mpmath.exp(-1) / 3)
    ),
    "polynomial_with_flat_start": lambda a, b: mpmath.mpf(0),
}
KINDS = ("float64", "float32", "large constant added", "near the border or wrong scale")


def samples(count: int, rng: np.random.Generator) -> Iterator[Sample]:
    """Yield functions with known slopes at 0, evaluated in several ways, with scales that are right or wrong."""
    for i in range(count):
        formula = FORMULAS[i % len(FORMULAS)]
        kind = KINDS[(i // len(FORMULAS)) % len(KINDS)]
        spread = 4.0 if kind == KINDS[3] else 1.0
        a = float(10.0 ** rng.uniform(-spread, spread) * rng.choice((-1.0, 1.0)))
        b = float(rng.normal())
        unit = float(10.0 ** rng.uniform(-8, 8))  # of the argument
        offset = float(10.0 ** rng.uniform(2, 6)) if kind == KINDS[2] else 0.0
        scale = 1.0 if kind == KINDS[3] else min(1.0, abs(a)) if "log" in formula.__name__ else 1.0
        yield Sample(
            family=f"{formula.__name__}, {kind}",
            f=evaluated(formula, a, b, unit, offset, single=kind == KINDS[1]),
            scale=scale * unit,
            truth=SLOPES[formula.__name__](mpmath.mpf(a), mpmath.mpf(b)) / mpmath.mpf(unit),
        )


def evaluated(
    formula: Callable[..., Any], a: float, b: float, unit: float, offset: float, *, single: bool
) -> Callable[[float], float]:
    if single:
        return lambda t: float(np.float32(formula(np.float64(t) / unit, a, b, np)))
    return lambda t: float(offset + formula(np.float64(t) / unit, a, b, np))


def main() -> int:
    mpmath.mp.dps = 50
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    rng = np.random.default_rng(SEED)
    told: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in KINDS}
    worst: list[tuple[float, str]] = []
    evaluations = []
    for sample in samples(count, rng):
        with np.errstate(all="ignore"):
            found = derivative(sample.f, scale=sample.scale)
        evaluations.append(found.evaluations)
        kind = sample.family.partition(", ")[2]
        size = float(abs(sample.truth)) or 1.0
        if np.isinf(found.error):
            told[kind].append((np.inf, 0.0, np.inf))
            continue
        error = float(abs(mpmath.mpf(found.value) - sample.truth))
        ratio = error / found.error if found.error > 0 else (0.0 if error == 0 else np.inf)
        told[kind].append((error / size, ratio, found.error / size))
        worst.append((ratio, sample.family))
    for kind, rows in told.items():
        errors, ratios, estimates = np.array(rows).T
        print(
            f"{kind:32s} {len(rows):6d} covered {np.mean(ratios <= 1):8.3%}  worst {ratios.max():6.2f} x"
            f"  error p50 {np.median(errors):.0e} p99 {np.quantile(errors, 0.99, method='lower'):.0e}"
            f"  estimate p50 {np.median(estimates):.0e} p99 {np.quantile(estimates, 0.99, method='lower'):.0e}"
            f"  no answer {np.mean(np.isinf(errors)):.2%}"
        )
    covered = np.mean([ratio <= 1 for ratio, _ in worst])
    print(f"all {count}: covered {covered:.3%}; evaluations p50 {np.median(evaluations):.0f}, most {max(evaluations)}")
    for ratio, family in sorted(worst, reverse=True)[:8]:
        print(f"  {ratio:8.2f} x  {family}")
    return 0 if covered >= 0.995 else 1


if __name__ == "__main__":
    sys.exit(main())
