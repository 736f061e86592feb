"""General mistakes, each as what it makes of the right answer; they need no word from the rubric."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.diagnosis.observation import Candidate, Observation
from grader.model.assignment import Problem
from grader.model.case import Array, Case, frozen_array
from grader.numerics.expected import Expected


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """A general mistake.

    Parameters
    ----------
    id : str
        Its name.
    says : str
        A phrase for the student.
    candidates : tuple of Candidate
        What it would have returned on each observed case.
    """

    id: str
    says: str
    candidates: tuple[Candidate, ...]


def scaled(expected: Expected, factor: Array | float) -> Expected:
    """Return an expected value and its units times a factor.

    Parameters
    ----------
    expected : Expected
        Of any shape.
    factor : ndarray or float
        Broadcast against the value.

    Returns
    -------
    Expected
    """
    with np.errstate(all="ignore"):
        value = frozen_array(np.asarray(expected.value * factor))
        unit = frozen_array(np.asarray(expected.unit * np.abs(factor)))
    return replace(expected, value=value, unit=unit)


def wrong_parts(observations: Sequence[Observation], close: Sequence[Sequence[bool]]) -> frozenset[int]:
    """Return which of several returned values are wrong on some case.

    Parameters
    ----------
    observations : sequence of Observation
        One a case.
    close : sequence of sequence of bool
        For each case, whether each value is the due one.

    Returns
    -------
    frozenset of int
    """
    return frozenset(i for row, _ in zip(close, observations, strict=True) for i, good in enumerate(row) if not good)


def patterns(problem: Problem, observations: Sequence[Observation], wrong: frozenset[int]) -> Iterator[Pattern]:
    """Yield the general mistakes that are worth a try.

    Parameters
    ----------
    problem : Problem
        Whose function.
    observations : sequence of Observation
        What it did.
    wrong : frozenset of int
        Which returned values the mistake is in; the others are taken to be right.

    Yields
    ------
    Pattern
    """
    name = "your answer" if len(problem.returns) == 1 else " and ".join(problem.returns[i].name for i in sorted(wrong))

    def factor(id_: str, says: str, of: Sequence[Array | float]) -> Pattern:
        return Pattern(id=id_, says=says, candidates=_apply(observations, wrong, of))

    yield factor("sign", f"{name} has the wrong sign", [-1.0] * len(observations))
    yield factor("factor_2", f"{name} is twice the right one", [2.0] * len(observations))
    yield factor("factor_half", f"{name} is half of the right one", [0.5] * len(observations))
    for symbol in sorted({symbol for o in observations for symbol, _ in o.case.sizes}):
        sizes = [float(dict(o.case.sizes).get(symbol, 0)) for o in observations]
        if len(set(sizes)) > 1 and all(sizes):
            yield factor(f"over_{symbol}", f"{name} is the right one divided by {symbol}", [1 / n for n in sizes])
            yield factor(f"times_{symbol}", f"{name} is the right one times {symbol}", sizes)
    for argument in problem.arguments:
        factors = [_aligned(o.case, argument, [o.expected[i].value for i in wrong]) for o in observations]
        known = [f for f in factors if f is not None]
        if len(known) == len(factors):
            with np.errstate(all="ignore"):
                yield factor(f"times_{argument}", f"{name} is the right one times {argument}", known)
                yield factor(
                    f"over_{argument}", f"{name} is the right one divided by {argument}", [1 / f for f in known]
                )
    yield Pattern(
        id="transpose",
        says=f"{name} is the transpose of the right one",
        candidates=tuple(
            tuple(_transposed(e) if i in wrong else e for i, e in enumerate(o.expected)) for o in observations
        ),
    )


def constant_factor(problem: Problem, observations: Sequence[Observation], wrong: frozenset[int]) -> Pattern | None:
    """Return the mistake of one constant factor, fitted on the largest entry seen; None if there is none to fit.

    Parameters
    ----------
    problem : Problem
        Whose function.
    observations : sequence of Observation
        What it did.
    wrong : frozenset of int
        Which returned values the mistake is in.

    Returns
    -------
    Pattern or None
    """
    for o in observations:
        for i in wrong:
            due = o.expected[i].value
            if o.values is None or i >= len(o.values) or o.values[i].shape != due.shape or not due.size:
                continue
            at = np.unravel_index(int(np.argmax(np.abs(due))), due.shape)
            fitted = float(o.values[i][at] / due[at]) if due[at] != 0 else 0.0
            if np.isfinite(fitted) and fitted != 0.0:
                name = "your answer" if len(problem.returns) == 1 else problem.returns[i].name
                says = f"{name} is {fitted:.6g} times the right one, on every case"
                factors = [fitted] * len(observations)
                return Pattern(id="constant_factor", says=says, candidates=_apply(observations, wrong, factors))
    return None


def _apply(
    observations: Sequence[Observation], wrong: frozenset[int], factors: Sequence[Array | float]
) -> tuple[Candidate, ...]:
    return tuple(
        tuple(scaled(e, f) if i in wrong else e for i, e in enumerate(o.expected))
        for o, f in zip(observations, factors, strict=True)
    )


def _aligned(case: Case, argument: str, values: list[Array]) -> Array | None:
    """Return an argument as a factor of values whose leading axes it matches, or None."""
    factor = dict(case.arguments)[argument]
    if factor.dtype.kind != "f" or not values or any(v.shape[: factor.ndim] != factor.shape for v in values):
        return None
    extra = max(v.ndim for v in values) - factor.ndim
    return factor.astype(np.float64).reshape(factor.shape + (1,) * extra)


def _transposed(expected: Expected) -> Expected:
    if expected.value.ndim < 2:
        return expected
    return replace(
        expected,
        value=frozen_array(np.swapaxes(expected.value, -1, -2)),
        unit=frozen_array(np.swapaxes(expected.unit, -1, -2)),
    )
