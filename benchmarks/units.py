"""Does the unit fit? Right answers written in different ways, and wrong ones, in units of the trusted answer.

Run ``python benchmarks/units.py [CASES]``. Every variant computes in the precision of its inputs.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.random_inputs import inputs_of
from benchmarks.right_answers import Answer, Array, UnstableError, right_answers
from grader.model.naming import DtypeName
from grader.numerics.compare import Closeness, compare
from grader.numerics.expected import AGREE_UNITS, measure_expected
from grader.numerics.sampling import SamplingError, draw_arguments, draw_sizes
from reference.gmm.answers import grad_mu, grad_pi, grad_pi_constrained
from reference.gmm.extended_answers import grad_Sigma
from reference.softmax.answers import softmax_backward, softmax_VJP

SEED = 20240501


# Problems -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    truth: Answer
    arguments: tuple[str, ...]
    blocks: tuple[int, ...]
    length: str
    answers: tuple[tuple[str, Answer], ...]


MIXTURE = ("X", "pi", "mu", "Sigma")
SOFTMAX = {"softmax_VJP": ("Z", "Y_bar"), "softmax_backward": ("z", "y_bar")}
TRUTHS = (grad_mu, grad_pi, grad_pi_constrained, grad_Sigma, softmax_VJP, softmax_backward)
STUDIES = {
    truth.__name__: Study(
        truth=truth,
        arguments=SOFTMAX.get(truth.__name__, MIXTURE),
        blocks=(0, 0) if truth is softmax_backward else (1,),
        length={softmax_VJP: "C", softmax_backward: "n"}.get(truth, "N"),
        answers=tuple(right_answers(truth.__name__).items()),
    )
    for truth in TRUTHS
}


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
