"""Perturbations of the size of a rounding: of inputs, entry by entry or by a matrix's norm, and of intermediates."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from grader.model.case import Array

Real: TypeAlias = NDArray[np.float64]
Tap: TypeAlias = Callable[[str, Array], Array]
"""Called by a trusted function with each named intermediate; the function goes on with what it returns."""
Factor: TypeAlias = Callable[[tuple[int, ...]], Real]
"""From a shape to relative changes of size 1 at most, one an entry."""
Move: TypeAlias = Callable[[Real], Array]
"""From relative changes, one an entry, to the array so changed."""


def recorder(names: list[str]) -> Tap:
    """Return a tap that changes nothing and notes the intermediates' names, each once, in their order.

    Parameters
    ----------
    names : list of str
        Names are added to it.

    Returns
    -------
    callable
    """

    def tap(name: str, array: Array) -> Array:
        if name not in names:
            names.append(name)
        return array

    return tap


def scaler(names: list[str], factor: Factor, amount: float) -> Tap:
    """Return a tap that changes all intermediates at once, relative to their entries.

    Parameters
    ----------
    names : list of str
        All of them.
    factor : callable
        Draws the changes.
    amount : float
        Their relative size.

    Returns
    -------
    callable
    """
    # All intermediates at once, each by numbers of its own: what they do adds up like independent errors, so that the
    # largest of some draws is at least what the worst of them does alone. Fixed signs would be the same in a numerator
    # and in its normaliser and cancel there, hence another sign and a further order for every second intermediate.
    odd = {name: i % 2 == 1 for i, name in enumerate(names)}

    def tap(called: str, array: Array) -> Array:
        change = factor(np.shape(array))
        return array * (1.0 - amount * change[::-1] if odd[called] and change.ndim else 1.0 + amount * change)

    return tap


def shifter(names: list[str], amount: float, *, alternate: bool) -> Tap:
    """Return a tap that adds a number to every entry of all intermediates.

    Parameters
    ----------
    names : list of str
        All of them.
    amount : float
        The number.
    alternate : bool
        Whether it is taken off every second intermediate.

    Returns
    -------
    callable
    """
    signed = {name: -amount if alternate and i % 2 == 1 else amount for i, name in enumerate(names)}

    def tap(called: str, array: Array) -> Array:
        return array + signed[called]

    return tap


def factors(rng: Generator, count: int) -> Iterator[Factor]:
    """Yield random changes, and two of fixed signs.

    Parameters
    ----------
    rng : Generator
        Draws them, when they are asked for.
    count : int
        Random ones.

    Yields
    ------
    callable
    """
    for _ in range(count):
        yield random_factor(rng)
    yield _alternating
    yield _halved


def random_factor(rng: Generator) -> Factor:
    """Return what draws changes between 1/2 and 1 of either sign, anew at each call.

    Parameters
    ----------
    rng : Generator
        Draws them.

    Returns
    -------
    callable
    """

    # Magnitudes vary as well as signs: two equal contributions of opposite sign would cancel in every second draw.
    def factor(shape: tuple[int, ...]) -> Real:
        half = 0.5 * rng.uniform(-1.0, 1.0, shape)
        return np.asarray(half + np.copysign(0.5, half))

    return factor


def _alternating(shape: tuple[int, ...]) -> Real:
    return np.where(np.arange(math.prod(shape)) % 2 == 0, 1.0, -1.0).reshape(shape)


def _halved(shape: tuple[int, ...]) -> Real:
    # Sums whose first half is positive and whose second half is negative have large partial sums; this one sees them.
    count = math.prod(shape)
    return np.where(np.arange(count) < count / 2, 1.0, -1.0).reshape(shape)


def moved_inputs(inputs: tuple[Array, ...], moves: Sequence[Move], factor: Factor, size: float) -> tuple[Array, ...]:
    """Return perturbed inputs.

    Parameters
    ----------
    inputs : tuple of ndarray
        As drawn.
    moves : sequence of callable
        How each of them is moved, see `entry_move` and `matrix_move`.
    factor : callable
        Draws the changes.
    size : float
        Their relative size.

    Returns
    -------
    tuple of ndarray
    """
    return tuple(move(size * factor(array.shape)) for array, move in zip(inputs, moves, strict=True))


def entry_move(array: Array) -> Move:
    """Return what moves an array entry by entry.

    Parameters
    ----------
    array : ndarray
        Stays as it is unless it is of floats.

    Returns
    -------
    callable
    """
    if array.dtype.kind != "f":
        return lambda _: array
    return lambda noise: np.asarray(array * (1.0 + noise))


def matrix_move(array: Array) -> Move:
    """Return what moves matrices by their norm, and leaves them symmetric or lower triangular if they are.

    Parameters
    ----------
    array : ndarray, shape (..., d, d)
        Stays as it is unless it is of floats.

    Returns
    -------
    callable
    """
    if array.dtype.kind != "f" or array.size == 0:
        return lambda _: array
    # A symmetric matrix of independent entries of size 1 has a norm of about sqrt(d) to 2 sqrt(d).
    norm = np.linalg.norm(array, ord=2, axis=(-2, -1), keepdims=True)
    root = math.sqrt(array.shape[-1])
    lower = not np.triu(array, 1).any()
    symmetric = np.array_equal(array, np.swapaxes(array, -1, -2))
    within = np.tri(array.shape[-1], dtype=bool)
    below = np.tri(array.shape[-1], k=-1, dtype=bool)

    def move(noise: Real) -> Array:
        if lower:
            noise = np.where(within, noise, 0.0)
        elif symmetric:
            noise = np.where(within, noise, 0.0) + np.swapaxes(np.where(below, noise, 0.0), -1, -2)
        return np.asarray(array + norm * noise / root)

    return move
