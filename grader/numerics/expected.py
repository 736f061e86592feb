"""What an answer should be and how far a right one may be off: the truth, and its unit from measured conditioning.

The unit is what perturbations of the size of one rounding do to the trusted function; docs/numerics.md has the study.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.model.case import Array, frozen_array
from grader.model.naming import DtypeName
from grader.numerics.perturbing import (
    Factor,
    Move,
    Real,
    entry_move,
    factors,
    matrix_move,
    moved_inputs,
    random_factor,
    recorder,
    scaler,
    shifter,
)
from grader.numerics.rounding import smallest_normal, unit_roundoff

AGREE_UNITS = 8.0
"""An answer within so many units agrees."""
DISAGREE_UNITS = 32.0
"""An answer beyond so many units disagrees."""
DELTA = 2.0**-40
"""Relative size of a perturbation: rounding hides 2**-13 of its effect, and it stays linear to conditions of 1e11."""
INPUT_SAMPLES = 16
"""Perturbed inputs: a sum of independent changes stays below 0.3 sigma in all 16 once in 1e10 (0.236**16)."""
INTERMEDIATE_SAMPLES = 16
"""Perturbations of all named intermediates at once; two more have fixed signs. The same bound as for inputs."""
NOISE_SPACINGS = (2.0**-44, 2.0**-34, 2.0**-24)
"""Relative distances of the points between which rounding is watched: 512 roundings, more where nothing moves yet."""
NOISE_POINTS = 9
NOISE_SIGMAS = 4.0
"""How many standard deviations of the trusted function's own rounding count as sensitivity."""
DOMAIN_SAMPLES = 4
DOMAIN_ROUNDINGS = 16.0
"""Inputs that so many roundings carry out of the domain have no answer at their precision."""
GUARD = 1e-300
"""What people put in the place of 0 to keep a quotient or a logarithm finite: ``np.maximum(p, 1e-300)``, or
``np.exp(np.maximum(t, -700))``, which is 1e-304. Where 0 is due, such an answer is as right as 0 itself."""
UNTAPPED_FACTOR = 2.0
"""Widens the unit of a function whose intermediates cannot be perturbed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """The truth of one returned value, and how far a right answer may be from it.

    Parameters
    ----------
    value : ndarray, float64
        The trusted answer; read-only.
    unit : ndarray, float64, same shape
        What one rounding is worth, in the value's own scale; constant in each block, positive; read-only.
    informative : bool
        False where a wrong answer could not be told from a right one: then agreement certifies nothing.
    resolution : float
        An error in any entry is caught if it is larger than this times the largest entry; inf for an all-zero truth.
    dtype : {"float64", "float32"}
        The precision of the inputs, by which the answer is judged.
    withheld : bool
        True where the value is not known here (it is nan): shape and unit are.
    """

    value: Real
    unit: Real
    informative: bool
    resolution: float
    dtype: DtypeName
    withheld: bool = False


def withheld(unit: Real, *, informative: bool, resolution: float, dtype: DtypeName) -> Expected:
    """Return what may be known of a truth without its value.

    Parameters
    ----------
    unit : ndarray, float64
        What one rounding is worth in each entry; gives the shape.
    informative, resolution, dtype
        As in `Expected`.

    Returns
    -------
    Expected
        Its value is nan, with which nothing agrees.
    """
    value = frozen_array(np.full(unit.shape, np.nan))
    return Expected(value=value, unit=unit, informative=informative, resolution=resolution, dtype=dtype, withheld=True)


def informative_limit(dtype: DtypeName) -> float:
    """Return the coarsest resolution at which a case still tells right from wrong.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        The precision.

    Returns
    -------
    float
        1e-6 or 1e-3, relative to the largest entry.
    """
    return 1e-6 if dtype == "float64" else 1e-3


def measure_expected(
    function: Callable[..., Any],
    arguments: tuple[Array, ...],
    *,
    dtype: DtypeName,
    matrix_arguments: tuple[bool, ...],
    samples: int | None = None,
    blocks: tuple[int, ...],
    rng: Generator,
) -> tuple[Expected, ...]:
    """Evaluate a trusted function, and measure how its answer moves under changes of the size of one rounding.

    Parameters
    ----------
    function : callable
        ``function(*arguments)`` returns an array or a tuple of arrays. If it takes a keyword ``tap``, it calls
        ``value = tap(name, value)`` on each intermediate that a right answer may round differently.
    arguments : tuple of ndarray
        As they are handed to the student; computed with in float64.
    dtype : {"float64", "float32"}
        The precision that an answer is judged at.
    matrix_arguments : tuple of bool
        True for a stack of square matrices that answers factor or invert: perturbed by their norm (and kept symmetric,
        or lower triangular, if they are), so that eigh- and inv-style answers pass; the others entry by entry.
    samples : int or None
        N, how many terms are added up; None: the longest axis of any argument.
    blocks : tuple of int
        For each returned value, how many leading axes number its blocks; errors are measured by norm within a block.
    rng : Generator
        Draws the perturbations.

    Returns
    -------
    tuple of Expected
        One for each returned value.

    Raises
    ------
    ValueError
        If `matrix_arguments` or `blocks` has the wrong length.

    Notes
    -----
    For block k, ``unit_k = u * sqrt(1 + N/16) * (sens_k + max|g_k|) + floor_k``, where u is the unit roundoff, sens_k
    the largest ``max|change of g_k| / DELTA`` over perturbations of all inputs and of all intermediates, each at once,
    and floor_k what underflow can do: the smallest normal number or `GUARD`, whichever is larger, plus the change when
    it is added to an intermediate.
    A sum of N rounded terms is off by about sqrt(N) roundings (Higham & Mary, SIAM J. Sci. Comput. 41, 2019). Where a
    perturbation, or a change of the inputs or of the intermediates by 16 roundings, leaves the function's domain, or
    where the truth is beyond the precision's largest number, the unit is infinite and the case is not informative.

    Without ``tap`` the unit is twice as large, each value is one block, and cancellation of an *entire* value is seen
    only as far as the trusted function's own rounding shows it: a trusted function should call its tap.
    """
    if len(matrix_arguments) != len(arguments):
        msg = f"{len(arguments)} arguments, but {len(matrix_arguments)} entries say which are matrices"
        raise ValueError(msg)
    inputs = tuple(_upcast(argument) for argument in arguments)
    parameter = inspect.signature(function).parameters.get("tap")
    tapped = parameter is not None
    # Untouched where nothing is to be touched: a function may then leave out what it computes for taps alone.
    has_default = parameter is None or parameter.default is not inspect.Parameter.empty
    evaluate = function if has_default else functools.partial(function, tap=_untouched)
    names: list[str] = []
    truth = _values(function(*inputs, tap=recorder(names)) if tapped else function(*inputs))
    if len(truth) != len(blocks):
        msg = f"{len(truth)} values were returned, but {len(blocks)} are described"
        raise ValueError(msg)
    # Without taps, what cancels inside a block stays unseen; only the largest block shows the size of its terms.
    depths = tuple(min(depth, value.ndim) if tapped else 0 for depth, value in zip(blocks, truth, strict=True))

    sensitivity = [np.zeros(value.shape[:depth]) for value, depth in zip(truth, depths, strict=True)]
    moves = [matrix_move(a) if matrix else entry_move(a) for a, matrix in zip(inputs, matrix_arguments, strict=True)]
    for factor in factors(rng, INPUT_SAMPLES):
        _widen(sensitivity, truth, _evaluate(evaluate, moved_inputs(inputs, moves, factor, DELTA)), depths)
    for i, noise in enumerate(_own_noise(evaluate, truth, inputs, moves, rng)):
        roundings = NOISE_SIGMAS * noise / unit_roundoff("float64")
        sensitivity[i] = np.maximum(sensitivity[i], DELTA * _block_norm(roundings, depths[i]))
    for factor in factors(rng, DOMAIN_SAMPLES):
        edge = moved_inputs(inputs, moves, factor, DOMAIN_ROUNDINGS * unit_roundoff(dtype))
        if not _is_finite(_evaluate(evaluate, edge)):
            sensitivity = [np.full_like(block, np.inf) for block in sensitivity]
    underflow = [np.zeros_like(block) for block in sensitivity]
    if names:
        for factor in factors(rng, INTERMEDIATE_SAMPLES):
            scaled = functools.partial(function, tap=scaler(names, factor, DELTA))
            _widen(sensitivity, truth, _evaluate(scaled, inputs), depths)
        for alternate in (False, True):
            shifted = functools.partial(function, tap=shifter(names, _nothing(dtype), alternate=alternate))
            _widen(underflow, truth, _evaluate(shifted, inputs), depths)
        # Another right way may stand at the edge of a domain of its own: a product that is no longer definite.
        for factor in factors(rng, DOMAIN_SAMPLES):
            at_edge = functools.partial(function, tap=scaler(names, factor, DOMAIN_ROUNDINGS * unit_roundoff(dtype)))
            if not _is_finite(_evaluate(at_edge, inputs)):
                sensitivity = [np.full_like(block, np.inf) for block in sensitivity]

    terms = max((n for array in inputs for n in array.shape), default=1) if samples is None else samples
    widening = math.sqrt(1 + terms / 16) * (1.0 if tapped else UNTAPPED_FACTOR)
    return tuple(
        _expected(value, depth=depth, sensitivity=sens / DELTA, underflow=floor, widening=widening, dtype=dtype)
        for value, depth, sens, floor in zip(truth, depths, sensitivity, underflow, strict=True)
    )


def least_unit(value: Real, *, blocks: int, dtype: DtypeName) -> Real:
    """Return the least unit that `measure_expected` can find of a function that returns a value.

    Parameters
    ----------
    value : ndarray, float64
        What the function returns; finite.
    blocks : int
        As for `measure_expected`, of this value.
    dtype : {"float64", "float32"}
        The precision that an answer is judged at.

    Returns
    -------
    ndarray, float64
        In the shape of the value: the unit if nothing moved under perturbations, which can only add to it.
    """
    depth = min(blocks, value.ndim)
    block = unit_roundoff(dtype) * _block_norm(value, depth) + _nothing(dtype)
    return np.broadcast_to(block.reshape(block.shape + (1,) * (value.ndim - depth)), value.shape)


def evaluate_once(function: Callable[..., Any], arguments: tuple[Array, ...]) -> tuple[Real, ...]:
    """Evaluate a trusted function as `measure_expected` does, without measuring how its answer moves.

    Parameters
    ----------
    function : callable
        As for `measure_expected`; a ``tap`` that it takes must have a default.
    arguments : tuple of ndarray
        As they are handed to the student; computed with in float64.

    Returns
    -------
    tuple of ndarray
        float64.

    Raises
    ------
    ValueError
        If complex numbers are returned.
    """
    return _values(function(*(_upcast(argument) for argument in arguments)))


def _expected(
    value: Real, *, depth: int, sensitivity: Real, underflow: Real, widening: float, dtype: DtypeName
) -> Expected:
    with np.errstate(all="ignore"):
        size = _block_norm(value, depth)
        block = unit_roundoff(dtype) * widening * (sensitivity + size) + _nothing(dtype) + underflow
        block = np.where(np.isfinite(block) & (size <= np.finfo(dtype).max), block, np.inf)
        unit = np.broadcast_to(block.reshape(block.shape + (1,) * (value.ndim - depth)), value.shape)
        finite = bool(np.isfinite(value).all())
        largest = float(np.max(np.abs(value), initial=0.0)) if finite else math.nan
        resolution = float(DISAGREE_UNITS * np.max(unit, initial=0.0) / largest) if largest > 0 else math.inf
    return Expected(
        value=frozen_array(value),
        unit=frozen_array(unit),
        informative=resolution < informative_limit(dtype),
        resolution=resolution,
        dtype=dtype,
    )


def _nothing(dtype: DtypeName) -> float:
    """Return the largest number that may stand where 0 is due."""
    return max(smallest_normal(dtype), GUARD)


# Evaluating --------------------------------------------------------------------------------------------------------


def _upcast(argument: Array) -> Array:
    argument = np.asarray(argument)
    # Read-only, as many evaluations start from it: a function that writes into its argument is told so at once.
    return frozen_array(argument.astype(np.float64) if argument.dtype.kind == "f" else argument)


def _untouched(name: str, array: Array) -> Array:  # noqa: ARG001 - the signature of a tap
    return array


def _values(returned: Any) -> tuple[Real, ...]:
    returned = returned if isinstance(returned, tuple) else (returned,)
    values = tuple(np.asarray(value) for value in returned)
    if any(value.dtype.kind == "c" for value in values):
        msg = "complex numbers were returned; real ones are compared"
        raise ValueError(msg)
    return tuple(value.astype(np.float64) for value in values)


def _evaluate(evaluate: Callable[..., Any], inputs: tuple[Array, ...]) -> tuple[Real, ...] | None:
    """Return the values at perturbed inputs or intermediates; None outside the domain of a factorisation."""
    try:
        with np.errstate(all="ignore"):
            return _values(evaluate(*inputs))
    except np.linalg.LinAlgError:
        return None


def _is_finite(values: tuple[Real, ...] | None) -> bool:
    return values is not None and all(np.isfinite(value).all() for value in values)


def _widen(
    sensitivity: list[Real], truth: tuple[Real, ...], moved: tuple[Real, ...] | None, depths: tuple[int, ...]
) -> None:
    for i, (value, depth) in enumerate(zip(truth, depths, strict=True)):
        if moved is None:
            sensitivity[i] = np.full_like(sensitivity[i], np.inf)
            continue
        with np.errstate(all="ignore"):
            change = _block_norm(moved[i] - value, depth)
        sensitivity[i] = np.maximum(sensitivity[i], change)  # a nan stays, and ends as an infinite unit


def _block_norm(value: Real, depth: int) -> Real:
    return np.asarray(np.abs(value).max(axis=tuple(range(depth, value.ndim)), initial=0.0))


# Watching rounding ---------------------------------------------------------------------------------------------------


def _own_noise(
    evaluate: Callable[..., Any],
    truth: tuple[Real, ...],
    inputs: tuple[Array, ...],
    moves: Sequence[Move],
    rng: Generator,
) -> tuple[Real, ...]:
    """Return for each entry the noise of the function's own rounding, at the least spacing that moves the entry."""
    noise = tuple(np.zeros(value.shape) for value in truth)
    unseen = [np.ones(value.shape, dtype=bool) for value in truth]
    for spacing in NOISE_SPACINGS:
        if not any(entries.any() for entries in unseen):
            break
        steps = [random_factor(rng)(array.shape) for array in inputs]
        offsets = (np.arange(NOISE_POINTS) - NOISE_POINTS // 2) * spacing
        points = [_evaluate(evaluate, moved_inputs(inputs, moves, _stored(steps), size)) for size in offsets]
        found = [point for point in points if point is not None]
        if len(found) < len(points):
            break  # the domain ends here; perturbations of size DELTA have told if it ends too near
        for i, entries in enumerate(noise):
            table = np.array([point[i] for point in found])
            with np.errstate(all="ignore"):
                moving = np.count_nonzero(np.diff(table, axis=0), axis=0) * 2 >= NOISE_POINTS
                measured = difference_noise(table)
            np.copyto(entries, measured, where=unseen[i] & np.isfinite(measured))
            unseen[i] &= ~moving
    return noise


def _stored(steps: list[Real]) -> Factor:
    # The same step for the same argument at each point of a line.
    remaining = iter(steps)
    return lambda shape: next(remaining).reshape(shape)


def difference_noise(values: Real) -> Real:
    """Return the standard deviation of the noise in values at equidistant points.

    Parameters
    ----------
    values : ndarray, shape (m, ...), m >= 4
        A row a point.

    Returns
    -------
    ndarray, shape (...)
        The largest of the estimates from third to (m - 2)-th differences: where the points are close, a smooth function
        leaves nothing in them.

    Notes
    -----
    A k-th difference of independent noise has the variance (2k)!/(k!)**2 times that of the noise (ECnoise: Moré & Wild,
    SIAM J. Sci. Comput. 33, 2011).
    """
    size = np.max(np.abs(values), axis=0)
    scaled = values / np.where(size > 0, size, 1.0)  # squares of large numbers would overflow
    levels = [
        math.sqrt(math.factorial(k) ** 2 / math.factorial(2 * k))
        * np.sqrt(np.mean(np.diff(scaled, k, axis=0) ** 2, axis=0))
        for k in range(3, len(values) - 1)
    ]
    return np.asarray(np.max(levels, axis=0) * size)
