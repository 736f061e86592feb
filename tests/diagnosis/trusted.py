"""The small problem of the checks' tests, with everything that the search for a mistake asks of the truth."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.diagnosis.mistakes import Meddle
from grader.diagnosis.observation import Observation
from grader.model.assignment import Problem, Term
from grader.model.case import Array, Case, frozen_array
from grader.numerics.expected import Expected
from grader.numerics.perturbing import Tap
from tests.checks.worlds import SHAPES, KnownFacts, measured, vjp


class Facts(KnownFacts):
    """Facts of a function that is handed in, which may take a tap."""

    def __init__(
        self,
        answer: Callable[..., Any] = vjp,
        mistakes: Mapping[str, Callable[..., Any]] | None = None,
        *,
        terms: Mapping[str, Callable[..., Any]] | None = None,
        shapes: Mapping[str, tuple[int | str, ...]] = SHAPES,
    ) -> None:
        super().__init__(answer, mistakes)
        self.terms = dict(terms or {})
        self.symbolic = shapes
        self.kept: dict[tuple[object, ...], tuple[Expected, ...]] = {}

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        key = (problem.id, len(problem.returns), *(value.tobytes() for value in case.values))
        if key not in self.kept:
            self.kept[key] = super().expected(problem, case)
        return self.kept[key]

    def term(self, problem: Problem, term: Term, case: Case) -> tuple[Expected, ...]:
        return measured(self.terms[term.id], problem, case)

    def shapes(self, problem: Problem) -> Mapping[str, tuple[int | str, ...]]:
        return self.symbolic

    def intermediates(self, problem: Problem, case: Case) -> Mapping[str, Array]:
        seen: dict[str, Array] = {}

        def record(name: str, value: Array) -> Array:
            seen[name] = np.asarray(value)
            return value

        self._evaluated(case.values, record)
        return seen

    def glimpse(
        self, problem: Problem, case: Case, change: str, arguments: tuple[Array, ...], meddle: Meddle | None
    ) -> tuple[Array, ...] | None:
        try:
            with np.errstate(all="ignore"):
                found = self._evaluated(arguments, None if meddle is None else meddle())
        except (ArithmeticError, ValueError, IndexError):
            return None
        return tuple(np.asarray(v, dtype=np.float64) for v in (found if isinstance(found, tuple) else (found,)))

    def _evaluated(self, arguments: tuple[Array, ...], tap: Tap | None) -> Any:
        tapped = tap is not None and "tap" in inspect.signature(self.answer).parameters
        return self.answer(*arguments, tap=tap) if tapped else self.answer(*arguments)


def observed(answer: Callable[..., Any], cases: list[Case], of: Problem, facts: Facts) -> list[Observation]:
    """What a student's function does on some cases; a ValueError is an answer that raised."""
    out = []
    for on in cases:
        values: tuple[Array, ...] | None
        try:
            with np.errstate(all="ignore"):
                value = answer(*(np.array(v) for v in on.values))
            values = tuple(np.asarray(v) for v in (value if isinstance(value, tuple) else (value,)))
        except ValueError:
            values = None
        out.append(Observation(case=on, values=values, expected=facts.expected(of, on)))
    return out


def untapped(name: str, value: Array) -> Array:
    return value


def tapped_vjp(Z: Array, V: Array, *, tap: Tap = untapped) -> Array:
    """The right answer of the small problem, handing out its intermediate values."""
    weight = tap("weight", np.exp(Z - Z.max(axis=-1, keepdims=True)))
    log_total = tap("log_total", np.log(weight.sum(axis=-1, keepdims=True)))
    output = tap("output", weight * np.exp(-log_total))
    weighted = tap("weighted", output * V)
    mean = tap("mean", weighted.sum(axis=-1, keepdims=True))
    return tap("direct", output * V) - tap("indirect", output * mean)


def drawn(shapes: Mapping[str, tuple[int | str, ...]], *sizes: Mapping[str, int], dtype: str = "float64") -> list[Case]:
    """Cases of normal entries, one for each dict of sizes; an argument with three axes is a stack of spd matrices."""
    out = []
    for index, size in enumerate(sizes):
        rng = np.random.default_rng([index, *size.values()])
        arguments = []
        for name, shape in shapes.items():
            value = rng.normal(size=[size[n] if isinstance(n, str) else n for n in shape])
            if value.ndim == 3:
                value = value @ np.swapaxes(value, 1, 2) + np.eye(value.shape[-1])
            arguments.append((name, frozen_array(value.round(2).astype(dtype))))
        out.append(
            Case(
                problem="small",
                family="generic",
                index=index,
                draw=f"generic/{index}/{dtype}",
                dtype=dtype,  # type: ignore[arg-type]  # a test's string
                sizes=tuple(sorted(size.items())),
                arguments=tuple(arguments),
            )
        )
    return out
