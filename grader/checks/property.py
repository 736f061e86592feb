"""``property``: what holds of every right answer, whatever its numbers; judged by the units of the values compared."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.checks.kind import KEPT, PLAIN, Facts, Request, plain
from grader.checks.receive import disagrees, receive, returned_part
from grader.model.assignment import Problem
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import PropertyCheck
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS, Expected


class UnusablePropertyError(ValueError):
    """A property check names something that its problem does not have; the rubric's fault."""


def variants(check: PropertyCheck, case: Case, shapes: Mapping[str, tuple[int | str, ...]]) -> tuple[Case, ...]:
    """Return the cases that a property compares; the plain one is the first.

    Parameters
    ----------
    check : PropertyCheck
        Which property.
    case : Case
        The plain inputs.
    shapes : mapping of str to tuple
        The symbolic shape of each argument, for permutations.

    Returns
    -------
    tuple of Case

    Raises
    ------
    UnusablePropertyError
        The check does not name what its property needs.
    """
    match check.property:
        case "sums_to_zero" | "symmetric" | "lower_triangular":
            return (case,)
        case "linear":
            # A reversed and halved copy is another cotangent with few digits: its sum with the first is rounded little.
            first = _argument(check, case)
            other = first[..., ::-1] * first.dtype.type(0.5)
            return (
                case,
                _with(case, check, other, f"other {check.argument}"),
                _with(case, check, first + other, f"sum in {check.argument}"),
            )
        case "shift_invariant":
            value = _argument(check, case)
            # Shifts with short binary fractions, another one in each row, so that adding them rounds little.
            rows = np.delete(np.array(value.shape), check.axis)
            shift = (1.0 + 0.5 * np.arange(int(np.prod(rows)))).reshape(rows).astype(value.dtype)
            return case, _with(case, check, value + np.expand_dims(shift, check.axis), f"shifted {check.argument}")
        case "permutation_equivariant":
            return case, _permuted(check, case, shapes)


def _argument(check: PropertyCheck, case: Case) -> Array:
    for name, value in case.arguments:
        if name == check.argument:
            return value
    msg = f"the property `{check.property}` needs `argument`"
    raise UnusablePropertyError(msg)


def _with(case: Case, check: PropertyCheck, value: Array, label: str) -> Case:
    arguments = tuple((n, frozen_array(value) if n == check.argument else v) for n, v in case.arguments)
    return replace(case, draw=f"{case.draw} {label}", arguments=arguments)


def _order(case: Case, symbol: str | None) -> Array:
    size = dict(case.sizes).get(symbol or "")
    if size is None:
        msg = "the property `permutation_equivariant` needs `symbol`, one of the sizes"
        raise UnusablePropertyError(msg)
    return np.roll(np.arange(size), 1)


def _permute(value: Array, shape: tuple[int | str, ...], symbol: str | None, order: Array) -> Array:
    for axis, dimension in enumerate(shape):
        if dimension == symbol:
            value = np.take(value, order, axis=axis)
    return value


def _permuted(check: PropertyCheck, case: Case, shapes: Mapping[str, tuple[int | str, ...]]) -> Case:
    order = _order(case, check.symbol)
    arguments = tuple((n, frozen_array(_permute(v, shapes[n], check.symbol, order))) for n, v in case.arguments)
    return replace(case, draw=f"{case.draw} permuted in {check.symbol}", arguments=arguments)


class Property:
    """The kind ``property``.

    Parameters
    ----------
    shapes : mapping of str to tuple
        The symbolic shape of each argument.
    """

    def __init__(self, shapes: Mapping[str, tuple[int | str, ...]]) -> None:
        self._variants = lru_cache(maxsize=KEPT)(lambda check, case: variants(check, case, shapes))

    def requests(self, check: PropertyCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call and the calls that it is compared with."""
        return tuple(
            plain(variant) if i == 0 else Request(label=variant.draw, arguments=variant.values)
            for i, variant in enumerate(self._variants(check, case))
        )

    def judge(
        self, check: PropertyCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the property holds within the units of the values compared."""
        values: list[Array] = []
        truths: list[Expected] = []
        part = returned_part(problem, check.returns)
        for i, variant in enumerate(self._variants(check, case)):
            outcome = outcomes[PLAIN if i == 0 else variant.draw]
            expected = facts.expected(problem, variant)
            received = receive(problem, case, outcome, expected)
            if isinstance(received, CaseFinding):
                return received
            values.append(received[part])
            truths.append(expected[part])
        with np.errstate(all="ignore"):
            left, right, unit = self._sides(check, problem, case, part, values, [t.unit for t in truths])
            holds = bool((np.abs(left - right) <= AGREE_UNITS * unit).all())
        outcome, name = outcomes[PLAIN], problem.returns[part].name
        if not holds:
            return _judged(check, case, outcome, name, left, right, unit, truths)
        return CaseFinding(
            case=case,
            verdict=Verdict.AGREES,
            finding=Finding.RIGHT,
            informative=all(t.informative for t in truths),
            outcome=outcome,
            resolution=max(t.resolution for t in truths),
            measured=lambda: _judged(check, case, outcome, name, left, right, unit, truths),
        )

    def _sides(
        self, check: PropertyCheck, problem: Problem, case: Case, part: int, values: list[Array], units: list[Array]
    ) -> tuple[Array, Array, Array]:
        """Return both sides of the property's "=" and the unit of their difference."""
        first, unit = values[0], units[0]
        match check.property:
            case "sums_to_zero":
                total = np.asarray(np.sum(first, axis=check.axis))
                return total, np.zeros_like(total), np.asarray(np.sum(unit, axis=check.axis))
            case "symmetric":
                return first, np.swapaxes(first, -1, -2), unit + np.swapaxes(unit, -1, -2)
            case "lower_triangular":
                return first, np.tril(first), np.zeros_like(unit)
            case "linear":
                return values[2], first + values[1], units[0] + units[1] + units[2]
            case "shift_invariant":
                return values[1], first, units[0] + units[1]
            case "permutation_equivariant":
                shape = problem.returns[part].shape
                order = _order(case, check.symbol)
                moved = _permute(first, shape, check.symbol, order)
                return values[1], moved, units[1] + _permute(unit, shape, check.symbol, order)


def _judged(
    check: PropertyCheck,
    case: Case,
    outcome: Outcome,
    name: str,
    left: Array,
    right: Array,
    unit: Array,
    truths: list[Expected],
) -> CaseFinding:
    with np.errstate(all="ignore"):
        error = np.abs(left - right)
    allowed = DISAGREE_UNITS * unit
    broken = ~(error <= allowed)
    excess = np.where(np.isnan(error), np.inf, error - allowed)
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), excess.shape)) if excess.size else ()
    evidence = Evidence(
        actual=left,
        expected=right,
        name=f"{check.property}({name})",
        where=where,
        error_abs=float(error[where]) if excess.size else 0.0,
        allowed_abs=float(allowed[where]) if excess.size else 0.0,
        differing=int(broken.sum()),
        total=int(broken.size),
    )
    if bool(broken.any()):
        return disagrees(case, Finding.PROPERTY_BROKEN, outcome, check.property, evidence=evidence)
    agrees = bool(np.all(error <= AGREE_UNITS * unit))
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES if agrees else Verdict.INCONCLUSIVE,
        finding=Finding.RIGHT if agrees else Finding.TOO_CLOSE_TO_TELL,
        informative=all(t.informative for t in truths),
        outcome=outcome,
        evidence=evidence,
        resolution=max(t.resolution for t in truths),
    )
