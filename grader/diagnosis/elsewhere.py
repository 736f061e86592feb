"""The trusted function at other inputs: an argument taken for another, transposed or left out, or only some samples."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from grader.diagnosis.change import Arguments, Change
from grader.diagnosis.pattern import Subject, argument
from grader.model.case import Array, Case
from grader.model.naming import Dimension
from grader.words import say


def other_inputs(subject: Subject) -> Iterator[Change]:
    """Yield the mistakes that are the right function of wrong inputs.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Change
    """
    names = subject.problem.arguments
    shapes = dict(subject.mistakes.shapes(subject.problem))
    for name in names:
        yield from _one_argument(names, name, shapes)
    for n, one in enumerate(names):
        for other in names[n + 1 :]:
            if shapes[one] == shapes[other]:
                yield _swapped(names, one, other)
    if all(len(shape) == 2 and shape == shapes[names[0]] for shape in shapes.values()):
        yield from _tables(names)
    symbols = sorted({s for shape in shapes.values() for s in shape if isinstance(s, str)})
    for symbol in symbols:
        yield from _some(subject, shapes, symbol)
        if any(symbol in r.shape for r in subject.problem.returns):
            yield _each_alone(subject, shapes, symbol)


# One argument ---------------------------------------------------------------------------------------------------------


def _one_argument(names: tuple[str, ...], name: str, shapes: dict[str, tuple[Dimension, ...]]) -> Iterator[Change]:
    def change(key: str, act: Callable[[Array], Array], *special: str, axis: int | None = None) -> Change:
        where = "" if axis is None else f"_{axis}"
        return Change(
            id=f"{name}_{key}{where}",
            says=partial(say, f"diagnosis.change.{key}", name=name, axis=axis),
            runs=_acting(names, name, act),
            special=frozenset(f"{name}_{s}" for s in special),
        )

    shape = shapes[name]
    yield change("ones", np.ones_like)
    yield change("zeros", np.zeros_like, "ones")
    yield change("negative", np.negative)
    yield change("squared", np.square)
    yield change("root", np.sqrt)
    yield change("exp", np.exp)
    yield change("log", np.log)
    for axis in range(len(shape)):
        # Where all entries are equal, it often does not matter what they are.
        yield change("averaged", partial(_mean_for_each, axis=axis), "ones", "zeros", axis=axis)
        alike = ("ones", "zeros", f"averaged_{axis}")
        for key, act in _ALONG:
            yield change(key, partial(act, axis=axis), *alike, axis=axis)
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        yield change("transposed", lambda v: np.swapaxes(v, -1, -2))
        yield change("diagonal", lambda v: v * np.eye(v.shape[-1]))
        yield change("lower", np.tril)
        yield change("inverse", np.linalg.inv)
        yield change("identity", lambda v: np.broadcast_to(np.eye(v.shape[-1]), v.shape))
        yield change("matrix_squared", lambda v: v @ v)


def _mean_for_each(value: Array, axis: int) -> Array:
    return np.broadcast_to(value.mean(axis=axis, keepdims=True), value.shape)


def _flip(value: Array, axis: int) -> Array:
    return np.flip(value, axis)


def _centre(value: Array, axis: int) -> Array:
    return np.asarray(value - value.mean(axis=axis, keepdims=True))


def _normalise(value: Array, axis: int) -> Array:
    return np.asarray(value / value.sum(axis=axis, keepdims=True))


def _softmax(value: Array, axis: int) -> Array:
    exponential = np.exp(value - value.max(axis=axis, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=axis, keepdims=True))


def _first(value: Array, axis: int) -> Array:
    return np.broadcast_to(np.take(value, [0], axis), value.shape)


_ALONG: tuple[tuple[str, Callable[..., Array]], ...] = (
    ("reversed", _flip),
    ("centred", _centre),
    ("normalised", _normalise),
    ("softmax", _softmax),
    ("first", _first),
)


def _acting(
    names: tuple[str, ...], name: str, act: Callable[[Array], Array]
) -> Callable[[Case], tuple[Arguments, ...] | None]:
    def runs(case: Case) -> tuple[Arguments, ...] | None:
        given = argument(case, name)
        if given.dtype.kind != "f":
            return None
        try:
            with np.errstate(all="ignore"):
                changed = np.asarray(act(given))
        except np.linalg.LinAlgError:
            return None
        return (tuple(changed if n == name else argument(case, n) for n in names),)

    return runs


# Several arguments ----------------------------------------------------------------------------------------------------


def _swapped(names: tuple[str, ...], one: str, other: str) -> Change:
    order = tuple({one: other, other: one}.get(n, n) for n in names)
    return Change(
        id=f"{one}_for_{other}",
        says=partial(say, "diagnosis.change.swapped", one=one, other=other),
        runs=lambda case: (tuple(argument(case, n) for n in order),),
    )


def _tables(names: tuple[str, ...]) -> Iterator[Change]:
    yield Change(
        id="other_axis",
        says=partial(say, "diagnosis.change.other_axis"),
        runs=lambda case: (tuple(argument(case, n).T for n in names),),
        back=lambda case, i, results: results[0].T,  # noqa: ARG005 - one signature
    )
    yield Change(
        id="no_axis",
        says=partial(say, "diagnosis.change.no_axis"),
        runs=lambda case: (tuple(argument(case, n).reshape(1, -1) for n in names),),
        back=lambda case, i, results: results[0].reshape(_shape(case, names[0])) if results[0].size > 1 else results[0],  # noqa: ARG005 - one signature
    )


def _shape(case: Case, name: str) -> tuple[int, ...]:
    return argument(case, name).shape


# Along a size ---------------------------------------------------------------------------------------------------------

_KEPT: tuple[tuple[str, Callable[[int], slice]], ...] = (
    ("first", lambda n: slice(0, 1)),  # noqa: ARG005 - one signature
    ("last", lambda n: slice(n - 1, n)),
    ("without_last", lambda n: slice(0, n - 1)),
    ("without_first", lambda n: slice(1, n)),
    ("first_half", lambda n: slice(0, n // 2)),
    ("second_half", lambda n: slice(n // 2, n)),
    ("every_other", lambda n: slice(0, n, 2)),
)


def _some(subject: Subject, shapes: dict[str, tuple[Dimension, ...]], symbol: str) -> Iterator[Change]:
    names = subject.problem.arguments
    for key, keep in _KEPT:

        def runs(case: Case, keep: Callable[[int], slice] = keep) -> tuple[Arguments, ...]:
            kept = keep(dict(case.sizes)[symbol])
            return (tuple(restricted(argument(case, n), shapes[n], symbol, kept) for n in names),)

        def back(case: Case, i: int, results: tuple[Array, ...], keep: Callable[[int], slice] = keep) -> Array:
            return _filled(subject, case, i, results[0], symbol, keep(dict(case.sizes)[symbol]))

        says = partial(say, f"diagnosis.counts.{key}", size=symbol)
        yield Change(id=f"{key}_of_{symbol}", says=says, runs=runs, back=back)


def restricted(value: Array, shape: tuple[Dimension, ...], symbol: str, keep: slice) -> Array:
    """Return an argument cut down along every axis that has a symbolic size.

    Parameters
    ----------
    value : ndarray
        The argument.
    shape : tuple of int or str
        Its shape with symbols.
    symbol : str
        Along which axes to cut.
    keep : slice
        What is kept.

    Returns
    -------
    ndarray
        A view.
    """
    return value[tuple(keep if s == symbol else slice(None) for s in shape)]


def _filled(subject: Subject, case: Case, i: int, result: Array, symbol: str, keep: slice) -> Array:
    """Return a result of fewer indices in its due shape, 0 elsewhere."""
    shape = subject.problem.returns[i].shape
    if symbol not in shape or result.ndim != len(shape):
        return result
    sizes = dict(case.sizes)
    out = np.zeros(tuple(sizes[s] if isinstance(s, str) else s for s in shape))
    place = tuple(keep if s == symbol else slice(None) for s in shape)
    if out[place].shape != result.shape:
        return result
    out[place] = result
    return out


def _each_alone(subject: Subject, shapes: dict[str, tuple[Dimension, ...]], symbol: str) -> Change:
    names = subject.problem.arguments

    def runs(case: Case) -> tuple[Arguments, ...]:
        return tuple(
            tuple(restricted(argument(case, n), shapes[n], symbol, slice(j, j + 1)) for n in names)
            for j in range(dict(case.sizes)[symbol])
        )

    def back(case: Case, i: int, results: tuple[Array, ...]) -> Array:  # noqa: ARG001 - one signature
        shape = subject.problem.returns[i].shape
        if symbol not in shape or any(r.ndim != len(shape) for r in results):
            return results[0]
        return np.concatenate(results, axis=shape.index(symbol))

    return Change(
        id=f"each_{symbol}_alone",
        says=partial(say, "diagnosis.counts.each_alone", size=symbol),
        runs=runs,
        back=back,
    )
