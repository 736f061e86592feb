"""Two values that a derivation says are equal: they are, they are not, or it is too close to tell.

Unlike an answer, a line may hold a derivative that was taken numerically: what is asked is whether two formulas are the
same, not to how many digits they were computed.
"""

import numpy as np

from grader.model.case import Array
from grader.numerics.compare import Closeness
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS, Expected, informative_limit

COARSENESS = 100.0
"""Two values are different beyond so many times what is the same: no step of a difference quotient that anyone uses
leaves fewer than four digits, and a mistake in a formula is never as small on inputs in general position."""


def same_to(expected: Expected) -> float:
    """Return up to which difference, relative to the largest entry, two values count as equal.

    Parameters
    ----------
    expected : Expected
        The truth; its precision counts.

    Returns
    -------
    float
        1e-6, or 1e-3 for float32.
    """
    return informative_limit(expected.dtype)


def within(left: Array, right: Array, expected: Expected) -> Array:
    """Return how far two equal values may be apart.

    Parameters
    ----------
    left, right : ndarray, of one shape
        Finite.
    expected : Expected
        The truth of what both stand for, whose value may be withheld: its units count.

    Returns
    -------
    ndarray
        Of that shape, for each entry.
    """
    size, unit = _size_and_unit(left, right, expected)
    return np.maximum(AGREE_UNITS * unit, same_to(expected) * size)


def equality(left: Array, right: Array, expected: Expected) -> Closeness:
    """Return whether two values are equal.

    Parameters
    ----------
    left, right : ndarray, of one shape
        Finite.
    expected : Expected
        The truth of what both stand for, whose value may be withheld: its units count.

    Returns
    -------
    Closeness
        Never ``DISAGREES`` on a case that could not tell a wrong answer.

    Notes
    -----
    With S the largest entry of either side and u the unit of the truth, enlarged as S is larger than the truth (a wrong
    value may be large, and is rounded accordingly): equal within max(8 u, 1e-6 S), different beyond max(32 u, 1e-4 S).
    """
    size, unit = _size_and_unit(left, right, expected)
    error = np.abs(left - right)
    if bool((error <= np.maximum(AGREE_UNITS * unit, same_to(expected) * size)).all()):
        return Closeness.AGREES
    far = np.maximum(DISAGREE_UNITS * unit, COARSENESS * same_to(expected) * size)
    return Closeness.DISAGREES if expected.informative and bool((error > far).any()) else Closeness.INCONCLUSIVE


def _size_and_unit(left: Array, right: Array, expected: Expected) -> tuple[float, Array]:
    size = float(max(np.max(np.abs(left), initial=0.0), np.max(np.abs(right), initial=0.0)))
    coarsest = float(np.max(expected.unit, initial=0.0))
    # By what a resolution is, also where the value is withheld; 0 where it is not known or nothing but zeros.
    largest = DISAGREE_UNITS * coarsest / expected.resolution if expected.resolution > 0 else 0.0
    unit = expected.unit if left.shape == expected.unit.shape else np.full(left.shape, coarsest)
    enlarged = max(1.0, size / largest) if np.isfinite(largest) and largest > 0 else 1.0
    return size, np.asarray(unit * enlarged)
