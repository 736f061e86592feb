"""The trusted function with one intermediate value changed: left out, negated, not summed, times too much.

The names are those under which the trusted function hands its intermediate values to its tap.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from grader.diagnosis.change import Change
from grader.diagnosis.factors import Number, slips
from grader.diagnosis.mistakes import Meddle
from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Pattern, Subject, argument, scaled
from grader.model.case import Array, Case
from grader.numerics.expected import Expected
from grader.numerics.perturbing import Tap
from grader.words import say

Seen: TypeAlias = dict[str, Array]
Act: TypeAlias = Callable[[Case, Array, Seen], Array | None]
"""From a case, an intermediate value and those before it to what is used instead; None where that cannot be."""


class _CannotBeChangedError(ArithmeticError):
    """The change does not apply to the value; an evaluation that meets it has no answer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Operation:
    """A change of one intermediate value: its name, what says it of a value that is named, and what it does.

    Most factors on a logarithm are powers that nobody takes by mistake; what may be done to one is marked.
    """

    id: str
    says: Callable[[str], str]
    act: Act
    of_logarithms: bool = False


def inner_changes(subject: Subject) -> Iterator[Change]:
    """Yield the mistakes that change one intermediate value: the simplest first, and the value nearest to the answer.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Change
    """
    seen = subject.mistakes.intermediates(subject.problem, subject.observations[0].case)
    names = tuple(reversed(tuple(seen)))
    for operation in _operations(subject):
        for name in names:
            if operation.of_logarithms or not name.startswith("log_"):
                yield _change(subject, operation, name)
    order = list(seen)
    for name in names:
        for other in reversed(order[: order.index(name)]):
            for operation in _with_another(other, seen[other], seen[name]):
                if operation.of_logarithms or not name.startswith("log_"):
                    yield _change(subject, operation, name)


def _spoken(name: str) -> str:
    return say("diagnosis.inside.value", name=name.replace("_", " "))


def _says(key: str, **fields: object) -> Callable[[str], str]:
    return lambda value: say(key, value=value, **fields)


def _says_with(key: str, other: str, **fields: object) -> Callable[[str], str]:
    """Say something of a value and another intermediate one."""
    return lambda value: say(key, value=value, other=_spoken(other), **fields)


def _arguments(subject: Subject, case: Case) -> tuple[Array, ...]:
    return tuple(argument(case, name) for name in subject.problem.arguments)


def _change(subject: Subject, operation: _Operation, name: str) -> Change:
    return Change(
        id=f"{name}:{operation.id}",
        says=lambda: operation.says(_spoken(name)),
        runs=lambda case: (_arguments(subject, case),),
        meddle=lambda case: _meddle(case, name, operation.act),
    )


def _meddle(case: Case, name: str, act: Act) -> Meddle:
    def fresh() -> Tap:
        seen: Seen = {}

        def tap(called: str, value: Array) -> Array:
            if called != name:
                seen[called] = value
                return value
            with np.errstate(all="ignore"):
                changed = act(case, np.asarray(value), seen)
            if changed is None:
                raise _CannotBeChangedError
            return np.asarray(changed)

        return tap

    return fresh


def _broadcasts(small: Array, large: Array) -> bool:
    """Return whether a value can be multiplied into another without changing its shape."""
    try:
        return np.broadcast_shapes(small.shape, large.shape) == large.shape
    except ValueError:
        return False


# Operations -----------------------------------------------------------------------------------------------------------


def _operations(subject: Subject) -> Iterator[_Operation]:
    left_out = _says("diagnosis.inside.left_out")
    yield _Operation(id="left_out", says=left_out, act=_filled_with(0.0), of_logarithms=True)
    yield _Operation(id="as_1", says=_says("diagnosis.inside.replaced", other="1"), act=_filled_with(1.0))
    for symbol in subject.symbols:
        says = _says("diagnosis.inside.replaced", other=symbol)
        yield _Operation(id=f"as_{symbol}", says=says, act=_as_size(symbol))
    for slip in slips(subject.symbols):
        says = _says(f"diagnosis.inside.{slip.kind}", **slip.fields)
        # Twice a logarithm is a square: a root that was forgotten.
        square = slip.id == "factor_2"
        yield _Operation(id=slip.id, says=says, act=_times(slip.factor), of_logarithms=square)
    for name in subject.problem.arguments:
        for power, did in _POWERS:
            says = _says(f"diagnosis.inside.{did}", size=name)
            yield _Operation(id=f"{did}_{name}", says=says, act=_by_argument(name, power))
        replaced = _says("diagnosis.inside.replaced", other=name)
        yield _Operation(id=f"is_{name}", says=replaced, act=_argument_itself(name))
        for axis in range(2):
            for key, reduce in _TOTALS:
                says = _says(f"diagnosis.inside.replaced_{key}", other=name, axis=axis)
                yield _Operation(id=f"is_{name}_{key}_{axis}", says=says, act=_argument_reduced(name, axis, reduce))
    for id_, function in _FUNCTIONS:
        yield _Operation(id=id_, says=_says(f"diagnosis.inside.{id_}"), act=_entrywise(function))
    for axis in range(2):
        for id_, reduce in _REDUCTIONS:
            says = _says(f"diagnosis.inside.{id_}", axis=axis)
            yield _Operation(id=f"{id_}_{axis}", says=says, act=_along(axis, reduce))


_POWERS = ((1, "times"), (-1, "over"))

_FUNCTIONS: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("squared", np.square),
    ("root", np.sqrt),
    ("exp", np.exp),
    ("log", np.log),
    ("absolute", np.abs),
)


def _summed(value: Array, axis: int) -> Array:
    return np.asarray(value.sum(axis=axis, keepdims=True))


def _averaged(value: Array, axis: int) -> Array:
    return np.asarray(value.mean(axis=axis, keepdims=True))


def _softmax(value: Array, axis: int) -> Array:
    exponential = np.exp(value - value.max(axis=axis, keepdims=True))
    return np.asarray(exponential / _summed(exponential, axis))


_TOTALS: tuple[tuple[str, Callable[[Array, int], Array]], ...] = (("summed", _summed), ("averaged", _averaged))

_REDUCTIONS: tuple[tuple[str, Callable[[Array, int], Array]], ...] = (
    ("summed", lambda v, a: np.broadcast_to(_summed(v, a), v.shape)),
    ("averaged", lambda v, a: np.broadcast_to(_averaged(v, a), v.shape)),
    ("normalised", lambda v, a: v / _summed(v, a)),
    ("centred", lambda v, a: v - _averaged(v, a)),
)


def _filled_with(number: float) -> Act:
    return lambda case, value, seen: np.full_like(value, number)  # noqa: ARG005 - one signature


def _as_size(symbol: str) -> Act:
    return lambda case, value, seen: np.full_like(value, dict(case.sizes)[symbol])  # noqa: ARG005 - one signature


def _times(factor: Number) -> Act:
    return lambda case, value, seen: value * factor(case)  # noqa: ARG005 - one signature


def _entrywise(function: Callable[[Array], Array]) -> Act:
    return lambda case, value, seen: function(value)  # noqa: ARG005 - one signature


def _by_argument(name: str, power: int) -> Act:
    def act(case: Case, value: Array, seen: Seen) -> Array | None:  # noqa: ARG001 - one signature
        factor = argument(case, name)
        if factor.dtype.kind != "f" or not _broadcasts(factor, value):
            return None
        return np.asarray(value * factor**power)

    return act


def _argument_itself(name: str) -> Act:
    def act(case: Case, value: Array, seen: Seen) -> Array | None:  # noqa: ARG001 - one signature
        other = argument(case, name)
        return np.broadcast_to(other, value.shape) if _broadcasts(other, value) else None

    return act


def _argument_reduced(name: str, axis: int, reduce: Callable[[Array, int], Array]) -> Act:
    def act(case: Case, value: Array, seen: Seen) -> Array | None:  # noqa: ARG001 - one signature
        given = argument(case, name)
        # Along another axis than is due it has another shape, and goes on with it as it does in a student's function.
        return reduce(given, axis) if given.dtype.kind == "f" and given.ndim == value.ndim > axis else None

    return act


def _along(axis: int, reduce: Callable[[Array, int], Array]) -> Act:
    def act(case: Case, value: Array, seen: Seen) -> Array | None:  # noqa: ARG001 - one signature
        return reduce(value, axis) if value.ndim > axis else None

    return act


def _with_another(other: str, before: Array, value: Array) -> Iterator[_Operation]:
    """Yield what may be done to a value with one that was computed before it."""
    fits = _broadcasts(before, value)
    if fits or _broadcasts(value, before):
        replaced = _says_with("diagnosis.inside.replaced", other)
        yield _Operation(id=f"is_{other}", says=replaced, act=_other_itself(other), of_logarithms=True)
    for power, did in _POWERS if fits else ():
        says = _says_with(f"diagnosis.inside.{did}_value", other)
        yield _Operation(id=f"{did}_{other}", says=says, act=_by_other(other, power))
    if before.ndim == value.ndim:
        totals = _TOTALS if before.shape != value.shape else (("softmax", _softmax),)
        for axis in range(min(2, before.ndim)):
            for key, reduce in totals:
                says = _says_with(f"diagnosis.inside.replaced_{key}", other, axis=axis)
                yield _Operation(id=f"is_{other}_{key}_{axis}", says=says, act=_other_reduced(other, axis, reduce))


def _other_itself(other: str) -> Act:
    return lambda case, value, seen: seen[other]  # noqa: ARG005 - one signature


def _by_other(other: str, power: int) -> Act:
    return lambda case, value, seen: value * seen[other] ** power  # noqa: ARG005 - one signature


def _other_reduced(other: str, axis: int, reduce: Callable[[Array, int], Array]) -> Act:
    return lambda case, value, seen: reduce(seen[other], axis)  # noqa: ARG005 - one signature


# The answer itself ----------------------------------------------------------------------------------------------------


def inner_factors(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes that multiply or divide the whole answer by an intermediate value.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """

    def seen(case: Case) -> Mapping[str, Array]:
        return subject.mistakes.intermediates(subject.problem, case)

    for name in reversed(tuple(seen(subject.observations[0].case))):
        for power, did in _POWERS:

            def made(o: Observation, i: int, name: str = name, power: int = power) -> Expected | None:
                factor = seen(o.case).get(name)
                if factor is None or not _broadcasts(factor, o.expected[i].value):
                    return None
                with np.errstate(all="ignore"):
                    return scaled(o.expected[i], factor**power)

            says = subject.told(f"diagnosis.answer.{did}_value", value=_spoken(name))
            yield Pattern(id=f"{did}_{name}", says=says, made=made)
