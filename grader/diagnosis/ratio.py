"""By which factor one line of a derivation is off from the line before it: a formula such as ``pi`` or ``-1/N``.

Nothing is asked of the truth, and the factor is a formula in every language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.diagnosis.factors import slips
from grader.diagnosis.observation import Observation, reproduces
from grader.diagnosis.pattern import aligned, remade, scaled
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.numerics.equality import same_to
from grader.numerics.expected import DISAGREE_UNITS, Expected

_OF_SLIP = {
    "sign": "-1",
    "factor_2": "2",
    "factor_half": "1/2",
    "over": "1/{size}",
    "minus_over": "-1/{size}",
    "times": "{size}",
}
_ROOM = 200.0
"""A factor enlarges the units of some entries; by so much it may, and the case can still tell it from another one."""
_POWERS = {1: "{name}", -1: "1/{name}", 2: "{name}^2", -2: "1/{name}^2"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Factor:
    """A factor by its formula, and what the line before becomes by it on each case; None where it does not apply."""

    formula: str
    made: tuple[Expected | None, ...]


def line_before(value: Array, truth: Expected) -> Expected:
    """Return a line of a derivation as what the next one is compared with.

    Parameters
    ----------
    value : ndarray, float64
        What stands left of an "=".
    truth : Expected
        Of the case; its units count, so that its value may be withheld.

    Returns
    -------
    Expected
        Its units are wide enough for a derivative that was taken numerically.
    """
    size = float(np.max(np.abs(value), initial=0.0))
    least = same_to(truth) * size / (_ROOM * DISAGREE_UNITS)
    coarsest = float(np.max(truth.unit, initial=0.0))
    unit = truth.unit if truth.unit.shape == value.shape else np.full(value.shape, coarsest)
    return remade(replace(truth, informative=True), value, np.maximum(unit, least), informative=truth.informative)


def ratio(problem: Problem, observations: Sequence[Observation]) -> str:
    """Return the one factor by which a line is off from the line before it, on every case.

    Parameters
    ----------
    problem : Problem
        Names the arguments.
    observations : sequence of Observation
        The line's value is the first value, and the line before it is what was expected, see `line_before`.

    Returns
    -------
    str
        A formula such as ``"pi"``, ``"-1/N"`` or ``"1.5"``; empty where none fits, or several do.
    """
    if any(o.values is None or o.values[0].shape != o.expected[0].value.shape for o in observations):
        return ""
    for stage in (_zero(observations), _known(problem, observations), _fitted(observations)):
        found = [factor.formula for factor in stage if reproduces(observations, _candidates(factor))]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _candidates(factor: _Factor) -> Iterator[tuple[Expected, ...]]:
    for one in factor.made:
        yield () if one is None else (one,)


def _zero(observations: Sequence[Observation]) -> Iterator[_Factor]:
    before = [o.expected[0] for o in observations]
    yield _Factor(formula="0", made=tuple(remade(e, np.zeros_like(e.value), e.unit) for e in before))


def _known(problem: Problem, observations: Sequence[Observation]) -> Iterator[_Factor]:
    own = slips(_symbols(observations))
    for slip in own:
        formula = _OF_SLIP[slip.kind].format(size="".join(slip.sizes))
        yield _Factor(formula=formula, made=tuple(scaled(o.expected[0], slip.factor(o.case)) for o in observations))
        for name in problem.arguments:
            for power, text in _POWERS.items():
                of_argument = text.format(name=name)
                both = f"-{of_argument}" if slip.kind == "sign" else f"{formula} * {of_argument}"
                by = [(slip.factor(o.case), o) for o in observations]
                yield _Factor(formula=both, made=tuple(_by_argument(o, name, power, number) for number, o in by))
    for name in problem.arguments:
        for power, text in _POWERS.items():
            made = tuple(_by_argument(o, name, power, 1.0) for o in observations)
            yield _Factor(formula=text.format(name=name), made=made)


def _by_argument(o: Observation, name: str, power: int, number: float) -> Expected | None:
    factor = aligned(o.case, name, o.expected[0].value)
    if factor is None:
        return None
    with np.errstate(all="ignore"):
        return scaled(o.expected[0], factor**power * number)


def _fitted(observations: Sequence[Observation]) -> Iterator[_Factor]:
    """Yield the constant that fits all cases best, each entry relative to the largest of its case."""
    above = below = 0.0
    for o in observations:
        if o.values is None:
            return
        before = o.expected[0].value
        size = float(np.max(np.abs(before), initial=0.0))
        if size > 0:
            above += float(np.sum((o.values[0] / size) * (before / size)))
            below += float(np.sum((before / size) ** 2))
    number = above / below if below > 0 else 0.0
    if number and np.isfinite(number):
        yield _Factor(formula=f"{number:.6g}", made=tuple(scaled(o.expected[0], number) for o in observations))


def _symbols(observations: Sequence[Observation]) -> tuple[str, ...]:
    """Return the sizes that differ between cases: a factor of them can be told from a constant."""
    first = _sizes(observations[0].case)
    return tuple(s for s in first if len({_sizes(o.case).get(s) for o in observations}) > 1)


def _sizes(case: Case) -> dict[str, int]:
    return dict(case.sizes)
