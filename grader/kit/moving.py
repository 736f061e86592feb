"""A wrong derivative shown by one entry that moves: by how much the function changes, and what the answer says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from grader.model.case import Array, frozen_array
from grader.model.checks import FiniteDifferenceCheck
from grader.numerics.finite_difference import central_difference, derivative
from grader.numerics.tangent import Direction
from grader.truth.forward import ForwardPoint
from grader.words import say

# Enough to find the entry that is most wrong, which is all that it is used for.
_STEP: Final = 1e-5
_MOST_MOVES: Final = 64
"""Entries that are tried: a failing case is the smallest that there is, and has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    """One entry that moves, with what has to move along so that the domain is not left.

    Parameters
    ----------
    says : str
        What moves, in words that follow "moving": ``"mu[0, 1] by +h"``.
    direction : Direction
        The curve; its tangent moves the entry by `speed`.
    speed : float
        Not 0.
    """

    says: str
    direction: Direction
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one move shows.

    Parameters
    ----------
    says : str
        What moves.
    slope : float
        By how much the function changes for each unit of it.
    claimed : float
        What the answer says.
    """

    says: str
    slope: float
    claimed: float


def worst_move(forward: ForwardPoint, check: FiniteDifferenceCheck, answer: Array) -> Moved | None:
    """Return the move at which an answer is most wrong.

    Parameters
    ----------
    forward : ForwardPoint
        The function at the case.
    check : FiniteDifferenceCheck
        The argument and its domain.
    answer : ndarray
        The student's derivative, in the shape of the argument.

    Returns
    -------
    Moved or None
        None where no single move can be measured.
    """
    tried: list[tuple[float, Move]] = []
    with np.errstate(all="ignore"):
        for move, _ in zip(_moves(forward.point, check), range(_MOST_MOVES), strict=False):
            rough = central_difference(forward.along(move.direction), _STEP)
            gap = abs(rough - _claimed(answer, move)) / abs(move.speed)
            if np.isfinite(gap):
                tried.append((gap, move))
        if not tried:
            return None
        # Of gaps that are alike the first: what a student looks at first.
        largest = max(gap for gap, _ in tried)
        worst = next(move for gap, move in tried if gap >= 0.999 * largest)
        slope = derivative(forward.along(worst.direction)).value / worst.speed
    if not np.isfinite(slope):
        return None
    return Moved(says=worst.says, slope=slope, claimed=_claimed(answer, worst) / worst.speed)


def _claimed(answer: Array, move: Move) -> float:
    return float(np.sum(np.asarray(answer, dtype=np.float64) * move.direction.tangent))


def _moves(point: Array, check: FiniteDifferenceCheck) -> Iterator[Move]:
    x = np.asarray(point, dtype=np.float64)
    scale = float(np.max(np.abs(x), initial=0.0)) or 1.0
    for index in np.ndindex(x.shape):
        entry = f"{check.wrt}[{', '.join(map(str, index))}]" if index else check.wrt
        match check.domain:
            case "free":
                yield _straight(x, {index: scale}, say("move.by_h", entries=entry), scale)
            case "positive":
                yield _straight(x, {index: float(x[index])}, say("move.by_h", entries=entry), float(x[index]))
            case "simplex":
                yield _within_simplex(x, index, entry)
            case "spd":
                yield from _symmetric(x, index, entry, check.wrt)
            case "lower_triangular":
                if index[-1] <= index[-2]:
                    speed = float(np.min(np.abs(np.diagonal(x, axis1=-2, axis2=-1))))
                    yield _straight(x, {index: speed}, say("move.by_h", entries=entry), speed)


def _straight(x: Array, moved: dict[tuple[int, ...], float], says: str, speed: float) -> Move:
    tangent = np.zeros(x.shape)
    for index, size in moved.items():
        tangent[index] = size
    kept = frozen_array(tangent)
    return Move(says=says, speed=speed, direction=Direction(tangent=kept, curve=lambda t: np.asarray(x + t * kept)))


def _within_simplex(x: Array, index: tuple[int, ...], entry: str) -> Move:
    others = [(*index[:-1], i) for i in range(x.shape[-1]) if i != index[-1]]
    rest = sum(float(x[other]) for other in others)
    # One entry takes from the others, in proportion: half of what there is on either side is left for |t| < 1.
    speed = 0.5 * min(float(x[index]), rest)
    moved = {index: speed, **{other: -speed * float(x[other]) / rest for other in others}} if rest > 0 else {}
    return _straight(x, moved, say("move.in_simplex", entries=entry), speed or 1.0)


def _symmetric(x: Array, index: tuple[int, ...], entry: str, name: str) -> Iterator[Move]:
    *block, i, j = index
    if j > i:
        return
    # A change whose norm is below the smallest eigenvalue leaves a matrix positive definite.
    speed = 0.5 * float(np.min(np.linalg.eigvalsh(x[tuple(block)])))
    mirror = (*block, j, i)
    if i != j:
        entry = say("move.both", one=entry, other=f"{name}[{', '.join(map(str, mirror))}]")
    yield _straight(x, {index: speed, mirror: speed}, say("move.by_h", entries=entry), speed)
