"""A small assignment whose answers are known without any trusted folder, for tests of checks, diagnosis and scoring."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.model.assignment import Assignment, Misconception, Problem
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import (
    AdjointCheck,
    Check,
    FiniteDifferenceCheck,
    PropertyCheck,
    PurityCheck,
    ReferenceCheck,
    StabilityCheck,
)
from grader.model.outcome import Returned
from grader.numerics.expected import Expected, measure_expected
from grader.numerics.finite_difference import directional
from grader.numerics.slope import Pairing, Slope
from grader.numerics.tangent import directions


def softmax(Z: Array) -> Array:
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def vjp(Z: Array, V: Array) -> Array:
    """The right answer of the small problem: the row-wise VJP of softmax."""
    Y = softmax(Z)
    return Y * (V - np.sum(Y * V, axis=-1, keepdims=True))


def problem(*checks: Check, misconceptions: tuple[Misconception, ...] = (), **more: Any) -> Problem:
    kept = checks or (ReferenceCheck(kind="reference", points=10),)
    return Problem.model_validate(
        {
            "id": "vjp",
            "title": "VJP of softmax",
            "points": sum(c.points for c in kept),
            "function": "vjp",
            "arguments": ("Z", "V"),
            "returns": ({"name": "Z_bar", "shape": ("N", "C")},),
            "inputs": "logits",
            "reference": "answers:vjp",
            "check": kept,
            "misconception": misconceptions,
        }
        | more
    )


SHAPES: Mapping[str, tuple[int | str, ...]] = {"Z": ("N", "C"), "V": ("N", "C")}


def assignment(*problems: Problem) -> Assignment:
    return Assignment.model_validate(
        {
            "schema": "grader-rubric/1",
            "id": "small",
            "title": "Small",
            "points": sum(p.points for p in problems),
            "trusted": ".",
            "inputs": {
                "logits": {
                    "sizes": {"N": (2, 3), "C": (4, 5)},
                    "values": {
                        "Z": {"sampler": "logits", "shape": ("N", "C"), "digits": 2},
                        "V": {"sampler": "normal", "shape": ("N", "C"), "digits": 2},
                    },
                    "case": ({"family": "generic", "count": 3},),
                }
            },
            "problem": problems,
        }
    )


def case(index: int = 0, *, n: int = 2, c: int = 4, dtype: str = "float64", family: str = "generic") -> Case:
    rng = np.random.default_rng([index, n, c])
    values = [np.round(rng.normal(size=(n, c)), 2).astype(dtype) for _ in range(2)]
    return Case(
        problem="vjp",
        family=family,
        index=index,
        draw=f"{family}/{index}/{n}/{c}/{dtype}",
        dtype=dtype,  # type: ignore[arg-type]  # a test's string
        sizes=(("C", c), ("N", n)),
        arguments=(("Z", frozen_array(values[0])), ("V", frozen_array(values[1]))),
    )


class KnownFacts:
    """Facts of a function that is handed in; stands in for the trusted folder."""

    def __init__(
        self, answer: Callable[..., Any] = vjp, mistakes: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        self.answer = answer
        self.mistakes = dict(mistakes or {})

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        return measured(self.answer, problem, case)

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        try:
            return measured(self.mistakes[misconception.id], problem, case)
        except ValueError:
            return None

    def mistaken_at_least(
        self, problem: Problem, misconception: Misconception, case: Case
    ) -> tuple[Expected, ...] | None:
        return None

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:
        Z, V = (value.astype(np.float64) for value in case.values)
        out = []
        for d in directions(Z, check.domain, check.directions, np.random.default_rng(7)):
            found = directional(lambda point: float(np.sum(V * softmax(point))), d)
            out.append(Slope(direction=d, value=found.value, error=found.error))
        return tuple(out)

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        Z, V = (value.astype(np.float64) for value in case.values)
        rng = np.random.default_rng(11)
        out = []
        for _ in range(check.directions):
            tangent = rng.normal(size=Z.shape)
            # The Jacobian of softmax, written out entry by entry.
            Y = softmax(Z)
            jvp = np.einsum(
                "nij,nj->ni", np.einsum("ni,ij->nij", Y, np.eye(Z.shape[1])) - np.einsum("ni,nj->nij", Y, Y), tangent
            )
            out.append(
                Pairing(tangent=tangent, value=float(np.sum(jvp * V)), unit=2.0**-52 * float(np.sum(np.abs(jvp * V))))
            )
        return tuple(out)


def measured(function: Callable[..., Any], problem: Problem, case: Case) -> tuple[Expected, ...]:
    return measure_expected(
        function,
        case.values,
        dtype=case.dtype,
        matrix_arguments=(False,) * len(case.values),
        blocks=tuple(r.block_axes for r in problem.returns),
        rng=np.random.default_rng(5),
    )


def returned(*values: Any, inputs_after: tuple[Array, ...] = ()) -> Returned:
    return Returned(values=tuple(np.asarray(v) for v in values), inputs_after=inputs_after)


REFERENCE = ReferenceCheck(kind="reference", points=10)
SLOPES = FiniteDifferenceCheck(
    kind="finite_difference", points=4, forward="forward:softmax", wrt="Z", cotangent="V", arguments=("Z",)
)
ADJOINT = AdjointCheck(kind="adjoint", points=4, jvp="forward:jvp", wrt="Z", cotangent="V")
PURITY = PurityCheck(kind="purity", points=1)
STABILITY = StabilityCheck(kind="stability", points=3)


def prop(name: str, **more: Any) -> PropertyCheck:
    return PropertyCheck.model_validate({"kind": "property", "points": 2, "property": name} | more)
