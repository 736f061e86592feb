"""Draws a case's sizes and arguments from what a rubric declares, with few digits where it asks for few.

The generator is passed in; a draw that leaves its domain by rounding is drawn again, never repaired.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, assert_never

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from grader.model.case import Array, frozen_array
from grader.model.inputs import (
    CaseGroup,
    Constant,
    FromFunction,
    InputSet,
    Integers,
    Logits,
    LowerTriangular,
    Normal,
    OneHot,
    PositiveDefinite,
    Sampler,
    Simplex,
    Uniform,
)
from grader.model.naming import Dimension, DtypeName, Sizes

Shape: TypeAlias = tuple[int, ...]
Real: TypeAlias = NDArray[np.float64]
TrustedSampler: TypeAlias = Callable[[Generator, Shape], Any]

ATTEMPTS = 200  # a domain that 200 draws miss is hit less than once in 40 draws, or never: the rubric should say else
_CONDITION_SLACK = 1e-3  # eigenvalues of a matrix of condition 1e12 are themselves known to about 1e-4


class SamplingError(Exception):
    """A rubric asks for inputs that cannot be drawn; the message says which and why.

    Parameters
    ----------
    says : str
        The message.
    argument : str
        Which argument cannot be drawn; empty where the sizes cannot.
    """

    def __init__(self, says: str, *, argument: str = "") -> None:
        super().__init__(says)
        self.argument = argument


def draw_sizes(inputs: InputSet, group: CaseGroup, rng: Generator) -> dict[str, int]:
    """Draw what each symbol of the shapes stands for.

    Parameters
    ----------
    inputs : InputSet
        The sizes of the problem.
    group : CaseGroup
        Sizes that stand in their place for this group.
    rng : Generator
        The case's generator.

    Returns
    -------
    dict of str to int
        In the order in which the symbols are declared. In the family ``generic`` with ``inputs.distinct`` no two
        symbols are equal.

    Raises
    ------
    SamplingError
        If a symbol has no size to draw from, or if no distinct sizes were found.
    """
    declared: dict[str, Sizes] = {**inputs.sizes, **group.sizes}
    choices = {symbol: (sizes,) if isinstance(sizes, int) else sizes for symbol, sizes in declared.items()}
    for symbol, sizes in choices.items():
        if not sizes:
            msg = f"the size {symbol!r} has no values to draw from"
            raise SamplingError(msg)
    distinct = inputs.distinct and group.family == "generic"
    for _ in range(ATTEMPTS):
        drawn = {symbol: sizes[int(rng.integers(len(sizes)))] for symbol, sizes in choices.items()}
        if not distinct or len(set(drawn.values())) == len(drawn):
            return drawn
    listed = ", ".join(f"{symbol} from {list(sizes)}" for symbol, sizes in choices.items())
    msg = f"{ATTEMPTS} draws gave no sizes that all differ: {listed}"
    raise SamplingError(msg)


def draw_arguments(
    inputs: InputSet,
    group: CaseGroup,
    sizes: dict[str, int],
    order: tuple[str, ...],
    dtype: DtypeName,
    rng: Generator,
    functions: Callable[[str], TrustedSampler],
) -> tuple[tuple[str, Array], ...]:
    """Draw the arguments of one case.

    Parameters
    ----------
    inputs : InputSet
        The problem's samplers.
    group : CaseGroup
        Samplers that stand in their place for this group.
    sizes : dict of str to int
        What the symbols of the shapes stand for.
    order : tuple of str
        The arguments' names, in the order of the signature.
    dtype : {"float64", "float32"}
        Of every floating argument: drawn and rounded in float64, then cast. Whole numbers stay int64.
    rng : Generator
        The case's generator; each argument gets a generator of its own, spawned in order.
    functions : callable
        From a reference such as ``"gmm:draw_points"`` to the trusted function ``f(rng, shape)``.

    Returns
    -------
    tuple of (str, ndarray)
        Names and read-only arrays, in order.

    Raises
    ------
    SamplingError
        If an argument has no sampler, a shape names an unknown size, or no draw stays within its domain.
    """
    samplers: dict[str, Sampler] = {**inputs.values, **group.values}
    drawn: list[tuple[str, Array]] = []
    for name, own in zip(order, rng.spawn(len(order)), strict=True):
        if name not in samplers:
            msg = f"the argument {name!r} has no sampler"
            raise SamplingError(msg, argument=name)
        sampler = samplers[name]
        try:
            # What leaves the range of its numbers is not finite, and is refused as such.
            with np.errstate(over="ignore", invalid="ignore"):
                array = _draw(sampler, _shape(sampler.shape, sizes), dtype, own, functions)
        except SamplingError as error:
            msg = f"the argument {name!r}: {error}"
            raise SamplingError(msg, argument=name) from error
        drawn.append((name, frozen_array(array)))
    return tuple(drawn)


def _shape(declared: tuple[Dimension, ...], sizes: dict[str, int]) -> Shape:
    for dimension in declared:
        if isinstance(dimension, str) and dimension not in sizes:
            msg = f"its shape names {dimension!r}, which has no size"
            raise SamplingError(msg)
    return tuple(sizes[n] if isinstance(n, str) else n for n in declared)


def _draw(
    sampler: Sampler, shape: Shape, dtype: DtypeName, rng: Generator, functions: Callable[[str], TrustedSampler]
) -> Array:
    match sampler:
        case Normal():
            values = _rounded(_normal(sampler, shape, rng), sampler.digits)
        case Uniform():
            return _uniform(sampler, shape, dtype, rng)
        case Simplex():
            return _simplex(sampler, shape, dtype, rng)
        case PositiveDefinite() | LowerTriangular():
            return _each_matrix(sampler, shape, dtype, rng)
        case Logits():
            values = _rounded(sampler.offset + sampler.scale * rng.standard_normal(shape), sampler.digits)
        case Integers():
            return _integers(sampler, shape, rng)
        case OneHot():
            values = _one_hot(shape, rng)
        case Constant():
            values = _rounded(np.full(shape, sampler.value), sampler.digits)
        case FromFunction():
            return _from_function(sampler, shape, dtype, rng, functions)
        case _:
            assert_never(sampler)
    return _cast(values, dtype)


def _rounded(values: Real, digits: int | None) -> Real:
    # Adding 0.0 turns the -0.0 that rounding leaves into 0.0, which nobody would type.
    return np.asarray(values if digits is None else np.round(values, digits) + 0.0, dtype=np.float64)


def _cast(values: Real, dtype: DtypeName) -> Array:
    with np.errstate(over="ignore", under="ignore"):
        cast = np.asarray(values, dtype=np.dtype(dtype))
    if not np.isfinite(cast).all():
        msg = f"a drawn value is not finite in {dtype}"
        raise SamplingError(msg)
    return cast


def _normal(sampler: Normal, shape: Shape, rng: Generator) -> Real:
    if not sampler.repeat_rows:
        return np.asarray(sampler.mean + sampler.scale * rng.standard_normal(shape))
    if not shape or shape[0] < 2:
        msg = f"`repeat_rows` needs at least 2 rows, the shape is {shape}"
        raise SamplingError(msg)
    distinct = shape[0] // 2
    rows = sampler.mean + sampler.scale * rng.standard_normal((distinct, *shape[1:]))
    # Every row twice; with an odd number of rows a drawn one stands three times.
    places = np.concatenate([np.repeat(np.arange(distinct), 2), rng.integers(distinct, size=shape[0] % 2)])
    return np.asarray(rows[rng.permutation(places)])


def _uniform(sampler: Uniform, shape: Shape, dtype: DtypeName, rng: Generator) -> Array:
    # Rounding may carry an entry over a border; only such entries are drawn again.
    values = np.empty(shape, dtype=np.dtype(dtype))
    missing = np.ones(shape, dtype=bool)
    for _ in range(ATTEMPTS):
        fresh = rng.uniform(sampler.low, sampler.high, size=int(missing.sum()))
        values[missing] = _cast(_rounded(fresh, sampler.digits), dtype)
        missing = ~((values >= sampler.low) & (values < sampler.high))
        if not missing.any():
            return values
    msg = f"{ATTEMPTS} draws gave no value in [{sampler.low}, {sampler.high}) with {sampler.digits} digits in {dtype}"
    raise SamplingError(msg)


def _integers(sampler: Integers, shape: Shape, rng: Generator) -> Array:
    if sampler.low < -(1 << 63) or sampler.high >= 1 << 63:
        msg = f"[{sampler.low}, {sampler.high}] does not fit into 64 bits"
        raise SamplingError(msg)
    return np.asarray(rng.integers(sampler.low, sampler.high, size=shape, endpoint=True, dtype=np.int64))


def _one_hot(shape: Shape, rng: Generator) -> Real:
    if not shape or shape[-1] < 1:
        msg = f"a one-hot array needs a last axis of at least 1, the shape is {shape}"
        raise SamplingError(msg)
    places = rng.integers(shape[-1], size=shape[:-1])
    return np.asarray(np.eye(shape[-1])[places])


def _from_function(
    sampler: FromFunction, shape: Shape, dtype: DtypeName, rng: Generator, functions: Callable[[str], TrustedSampler]
) -> Array:
    array = np.asarray(functions(sampler.function)(rng, shape))
    if array.dtype.kind not in "biuf":
        msg = f"{sampler.function} returned dtype {array.dtype}, not real numbers"
        raise SamplingError(msg)
    if array.shape != shape:
        msg = f"{sampler.function} returned shape {array.shape}, asked for {shape}"
        raise SamplingError(msg)
    if array.dtype.kind == "f":
        return _cast(_rounded(array.astype(np.float64), sampler.digits), dtype)
    if array.dtype == np.uint64 and (array > np.uint64((1 << 63) - 1)).any():
        msg = f"{sampler.function} returned whole numbers that do not fit into int64"
        raise SamplingError(msg)
    return array if array.dtype.kind == "b" else array.astype(np.int64)


# The simplex -------------------------------------------------------------------------------------------------------


def _simplex(sampler: Simplex, shape: Shape, dtype: DtypeName, rng: Generator) -> Array:
    if not shape or shape[-1] < 1:
        msg = f"a simplex needs a last axis of at least 1, the shape is {shape}"
        raise SamplingError(msg)
    count = shape[-1]
    if count * sampler.least > 1:
        msg = f"{count} entries of at least {sampler.least} add up to more than 1"
        raise SamplingError(msg)
    if sampler.smallest is not None and (sampler.equal or count == 1 or sampler.smallest * count > 1):
        msg = f"none of {count} entries that sum to 1 can be the smallest with {sampler.smallest}"
        raise SamplingError(msg)
    rows = [_simplex_row(sampler, count, dtype, rng) for _ in range(int(np.prod(shape[:-1])))]
    return np.asarray(rows, dtype=np.dtype(dtype)).reshape(shape)


def _simplex_row(sampler: Simplex, count: int, dtype: DtypeName, rng: Generator) -> Array:
    if sampler.equal:
        return _cast(np.full(count, 1.0 / count), dtype)
    place = int(rng.integers(count))
    for _ in range(ATTEMPTS):
        if sampler.smallest is None:
            row = _shares(count, sampler.least, sampler.digits, rng)
        else:
            # The others share 1 on their grid, and the largest of them gives up what the smallest takes.
            others = _shares(count - 1, sampler.least, sampler.digits, rng)
            others[np.argmax(others)] -= sampler.smallest
            row = np.insert(others, place, sampler.smallest)
        cast = _cast(row, dtype)
        low = np.dtype(dtype).type(max(sampler.least, sampler.smallest or 0.0))
        others_fit = np.delete(cast, place) if sampler.smallest is not None else cast
        if (cast > 0).all() and (others_fit >= low).all():
            return cast
    msg = f"{ATTEMPTS} draws gave no {count} positive entries that sum to 1 with {sampler.digits} digits in {dtype}"
    raise SamplingError(msg)


def _shares(count: int, least: float, digits: int | None, rng: Generator) -> Real:
    """Return positive entries that sum to 1: on the decimal grid exactly, else to rounding."""
    weights = rng.dirichlet(np.ones(count))
    if digits is None:
        return np.asarray(least + (1.0 - count * least) * weights)
    # Whole multiples of 10**-digits: each has its least, and the largest remainders get what flooring left over.
    total = 10**digits
    floor = max(1, int(np.ceil(round(least * total, 6))))
    spare = total - count * floor
    if spare < 0:
        msg = f"{count} entries of at least {max(least, 1 / total)} do not sum to 1 with {digits} digits"
        raise SamplingError(msg)
    wanted = spare * weights
    parts = np.floor(wanted).astype(np.int64)
    extra = np.argsort(parts - wanted, kind="stable")[: spare - int(parts.sum())]
    parts[extra] += 1
    return np.asarray((parts + floor) / total)


# Matrices ----------------------------------------------------------------------------------------------------------


def _each_matrix(sampler: PositiveDefinite | LowerTriangular, shape: Shape, dtype: DtypeName, rng: Generator) -> Array:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        msg = f"square matrices need two equal last axes, the shape is {shape}"
        raise SamplingError(msg)
    if sampler.condition[0] > sampler.condition[1] or sampler.scale[0] > sampler.scale[1]:
        msg = "a range should go from low to high"
        raise SamplingError(msg)
    size = shape[-1]
    matrices = [_matrix(sampler, size, dtype, rng) for _ in range(int(np.prod(shape[:-2])))]
    return np.asarray(matrices, dtype=np.dtype(dtype)).reshape(shape)


def _matrix(sampler: PositiveDefinite | LowerTriangular, size: int, dtype: DtypeName, rng: Generator) -> Array:
    factor = isinstance(sampler, LowerTriangular)
    for _ in range(ATTEMPTS):
        condition, scale = (_log_uniform(bounds, rng) for bounds in (sampler.condition, sampler.scale))
        exact = _triangular(size, condition, scale, rng) if factor else _definite(size, condition, scale, rng)
        cast = _cast(_rounded(exact, sampler.digits), dtype)
        if _within(cast.astype(np.float64), sampler.condition, factor=factor):
            return cast
    kind = "lower-triangular" if factor else "positive definite"
    msg = (
        f"{ATTEMPTS} draws gave no {kind} matrix of size {size} with a condition in {list(sampler.condition)}"
        f" after rounding to {sampler.digits} digits in {dtype}"
    )
    raise SamplingError(msg)


def _log_uniform(bounds: tuple[float, float], rng: Generator) -> float:
    return float(np.exp(rng.uniform(np.log(bounds[0]), np.log(bounds[1]))))


def _spectrum(size: int, condition: float, scale: float, rng: Generator) -> Real:
    """Return numbers whose extremes are `condition` apart, the others log-uniform between, geometric mean `scale`."""
    heights = rng.uniform(0.0, np.log(condition), size=size)
    heights[: min(size, 2)] = (0.0, np.log(condition))[: min(size, 2)]
    return np.asarray(scale * np.exp(heights - heights.mean()) if size else heights)


def _definite(size: int, condition: float, scale: float, rng: Generator) -> Real:
    """Return Q diag(eigenvalues) Q' with that condition number and geometric mean of the eigenvalues."""
    eigenvalues = _spectrum(size, condition, scale, rng)
    # QR of a normal matrix, signs fixed, is uniform over rotations and reflections (Mezzadri, arXiv:math-ph/0609050).
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    product = (q * eigenvalues) @ q.T
    return np.asarray((product + product.T) / 2)


def _triangular(size: int, condition: float, scale: float, rng: Generator) -> Real:
    """Return the Cholesky factor whose singular values have that condition and geometric mean."""
    # Through QR of diag(s) Q', not through cholesky(Q diag(s**2) Q'), which would square the condition number.
    singular = _spectrum(size, condition, scale, rng)
    q, _ = np.linalg.qr(rng.standard_normal((size, size)))
    upper = np.linalg.qr(singular[:, None] * q.T, mode="r")
    signs = np.where(np.diag(upper) < 0, -1.0, 1.0)
    return np.asarray(np.tril((signs[:, None] * upper).T))


def _within(matrix: Real, bounds: tuple[float, float], *, factor: bool) -> bool:
    if matrix.shape[0] == 0:
        return True
    if factor:
        values = np.linalg.svd(matrix, compute_uv=False)
        positive = bool((np.diag(matrix) > 0).all() and values.min() > 0)
    else:
        values = np.linalg.eigvalsh(matrix)
        positive = bool(values.min() > 0)
    if not positive or matrix.shape[0] == 1:  # the condition of a single number is 1, whatever range was asked for
        return positive
    condition = float(values.max() / values.min())
    return bounds[0] * (1 - _CONDITION_SLACK) <= condition <= bounds[1] * (1 + _CONDITION_SLACK)
