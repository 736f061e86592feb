"""An answer against the truth, in units: agrees, disagrees, or too close to tell. Shapes are equal already.

Nothing here broadcasts, and nan is never small.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from grader.model.case import Array
from grader.model.naming import DtypeName
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS, Expected, informative_limit
from grader.numerics.rounding import smallest_normal, unit_roundoff

FINEST_QUOTIENT = 1e-12
"""A relative error that no difference quotient in float64 stays below on all cases: (eps/2)**(4/5), about 2e-13, times
some tens of roundings in the differenced function, for the best step of a five-point formula."""


class Closeness(Enum):
    """What the distance of an answer from the truth says."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How far an answer is from the truth.

    Parameters
    ----------
    closeness : Closeness
        AGREES within 8 units, DISAGREES beyond 32 or where an entry is not finite and should be, else INCONCLUSIVE.
    ratio : float
        The largest error in units, inf where a number is due and none came; never nan.
    worst : tuple of int
        The index of that error; ``()`` for a scalar or an empty value.
    error_abs, allowed_abs : float
        The error there, and what would still agree.
    error_rel : float
        The largest error of any entry, relative to the largest entry of the truth.
    differing, total : int
        How many entries do not agree, of how many.
    non_finite : int
        How many entries are not finite although the truth is.
    float32_ratio : float
        `ratio` as it would be had the inputs been float32; that of an answer to float32 inputs is `ratio`.
    float32_valued : bool
        True if each entry is exactly a float32 number: computed or stored in single precision.
    informative : bool
        Whether the case could have told a wrong answer.
    """

    closeness: Closeness
    ratio: float
    worst: tuple[int, ...]
    error_abs: float
    allowed_abs: float
    error_rel: float
    differing: int
    total: int
    non_finite: int
    float32_ratio: float
    float32_valued: bool
    informative: bool

    @property
    def where(self) -> str:
        """The worst entry as an index, such as ``[1, 0]``; empty for a scalar."""
        return str(list(self.worst)) if self.worst else ""


def compare(actual: Array, expected: Expected, *, widen: float = 1.0) -> Comparison:
    """Compare an answer with the truth.

    Parameters
    ----------
    actual : ndarray
        Real numbers of any dtype, converted to float64 (exactly, but for whole numbers beyond 2**53).
    expected : Expected
        The truth and its unit.
    widen : float
        Factor on the unit, positive and finite.

    Returns
    -------
    Comparison
        The verdict and the numbers behind it. Where the truth itself is not finite there is no agreement, only
        disagreement of the other entries.

    Raises
    ------
    ValueError
        If the shapes differ, `actual` is complex or not numeric, or `widen` is not positive and finite.
    """
    value, given = _checked(actual, expected, widen)
    unit = _unit_at(expected, expected.dtype, widen)
    due = np.isfinite(expected.value)
    error, ratio = _ratios(value, expected, unit)
    non_finite = int((due & ~np.isfinite(value)).sum())
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(ratio)), ratio.shape)) if ratio.size else ()
    highest = float(np.max(ratio, initial=0.0))
    scale = float(np.max(np.abs(expected.value), initial=0.0, where=due))
    largest = float(np.max(error, initial=0.0))
    return Comparison(
        closeness=_closeness(highest, non_finite, expected),
        ratio=highest,
        worst=worst,
        error_abs=float(error[worst]) if ratio.size else 0.0,
        allowed_abs=AGREE_UNITS * float(unit[worst]) if ratio.size else 0.0,
        error_rel=largest / scale if scale > 0 else (math.inf if largest > 0 else 0.0),
        differing=int((ratio > AGREE_UNITS).sum()),
        total=ratio.size,
        non_finite=non_finite,
        float32_ratio=float(np.max(_ratios(value, expected, _unit_at(expected, "float32", widen))[1], initial=0.0)),
        float32_valued=_is_float32_valued(given),
        informative=expected.informative,
    )


def closeness(actual: Array, expected: Expected, *, widen: float = 1.0) -> Closeness:
    """Return the verdict of `compare` without the numbers behind it, at a tenth of the cost.

    Parameters
    ----------
    actual, expected, widen
        As for `compare`.

    Returns
    -------
    Closeness

    Raises
    ------
    ValueError
        As `compare`.
    """
    ratio = _finite_ratio(actual, expected, widen)
    return compare(actual, expected, widen=widen).closeness if ratio is None else _closeness(ratio, 0, expected)


def worst_ratio(actual: Array, expected: Expected, *, widen: float = 1.0) -> float:
    """Return the largest error in units, the ``ratio`` of `compare`.

    Parameters
    ----------
    actual, expected, widen
        As for `compare`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `compare`.
    """
    ratio = _finite_ratio(actual, expected, widen)
    return compare(actual, expected, widen=widen).ratio if ratio is None else ratio


def _finite_ratio(actual: Array, expected: Expected, widen: float) -> float | None:
    """Return the largest error in units where answer and truth are finite everywhere; None elsewhere."""
    value, _ = _checked(actual, expected, widen)
    if value.size == 0:
        return None
    with np.errstate(all="ignore"):
        ratio = float((np.abs(value - expected.value) / (expected.unit * widen)).max())
    # A nan in any entry is the maximum; so is infinity, which an infinite entry on either side gives, or nan.
    return ratio if math.isfinite(ratio) else None


def reach(expected: Expected, *, widen: float = 1.0) -> Array | None:
    """Return how far from the truth an answer plainly agrees.

    Parameters
    ----------
    expected : Expected
        The truth and its unit.
    widen : float
        Factor on the unit, positive and finite.

    Returns
    -------
    ndarray, or None
        8 units; None where they are not positive and finite everywhere, so that nothing agrees plainly.
    """
    with np.errstate(all="ignore"):
        limit = AGREE_UNITS * _unit_at(expected, expected.dtype, widen)
    return limit if bool(((limit > 0) & (limit < np.inf)).all()) else None


def agrees(actual: Array, expected: Expected, limit: Array | None) -> bool:
    """Return whether an answer plainly agrees with the truth, as `compare` then says as well, at ten times the cost.

    Parameters
    ----------
    actual : ndarray, float64
        The answer, in the shape of the truth.
    expected : Expected
        The truth.
    limit : ndarray or None
        Its `reach`.

    Returns
    -------
    bool
        True where each entry is within reach. Where it is False, the verdict is that of `compare`.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if actual.shape != expected.value.shape:
        msg = f"shapes differ: {actual.shape} and {expected.value.shape}"
        raise ValueError(msg)
    if limit is None:
        return False
    # 8 units are an exact product, and rounding is monotone: an error within them is no more than 8 units as a
    # quotient, either. nan and infinity, on whichever side, are not within a finite reach.
    with np.errstate(all="ignore"):
        return bool((np.abs(actual - expected.value) <= limit).all())


def agrees_at(actual: Array, expected: Expected, dtype: DtypeName = "float32", *, widen: float = 1.0) -> bool:
    """Return whether an answer is right at a lower precision than its inputs have.

    Parameters
    ----------
    actual : ndarray
        The answer.
    expected : Expected
        The truth and its unit.
    dtype : {"float32", "float64"}
        The precision asked about; a case of lower precision is judged at its own.
    widen : float
        Factor on the unit.

    Returns
    -------
    bool
        True if each entry is within 8 units of that precision, and the case could have told a wrong answer at it.

    Raises
    ------
    ValueError
        As `compare`.
    """
    value, _ = _checked(actual, expected, widen)
    unit = _unit_at(expected, dtype, widen)
    largest = float(np.max(np.abs(expected.value), initial=0.0))
    coarsest = DISAGREE_UNITS * float(np.max(unit, initial=0.0))
    # Written so that nan and inf, in the truth or in the unit, are False.
    limit = max(informative_limit(dtype), informative_limit(expected.dtype))
    telling = math.isfinite(largest) and coarsest < limit * largest
    return telling and bool((_ratios(value, expected, unit)[1] <= AGREE_UNITS).all())


def looks_numerical(comparisons: Sequence[Comparison]) -> bool:
    """Return whether answers to float64 inputs look like difference quotients: right to some digits, not to all.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Of the same function on float64 cases.

    Returns
    -------
    bool
        True if some case disagrees, no informative case is off by more than 1e-4, one is off by more than the best
        difference quotient, and nothing hints at float32.

    Notes
    -----
    A forward difference with the step 1e-8 is right to about 1e-8, with 1e-5 to 1e-5; a central one with 1e-5 or 1e-6
    to 1e-11 to 1e-9 (truncation h or h**2, rounding eps/h). Single precision gives 1e-8 to 1e-6 as well. It is told
    apart by answers that are float32 numbers, or by errors of the size of its own unit, of which a difference
    quotient is well clear on one side or the other.
    """
    told = [c for c in comparisons if c.informative]
    if not any(c.closeness is Closeness.DISAGREES for c in told):
        return False
    if any(c.float32_valued or c.non_finite or c.error_rel > 1e-4 for c in told):
        return False
    if max(c.error_rel for c in told) < FINEST_QUOTIENT:
        return False
    worst = max(c.float32_ratio for c in told)
    return not 1 / 64 <= worst <= AGREE_UNITS


def _checked(actual: Array, expected: Expected, widen: float) -> tuple[Array, Array]:
    given = np.asarray(actual)
    if given.dtype.kind not in "biuf":
        msg = f"dtype {given.dtype} cannot be compared: real numbers are due"
        raise ValueError(msg)
    if given.shape != expected.value.shape:
        msg = f"shapes differ: {given.shape} and {expected.value.shape}"
        raise ValueError(msg)
    if not (widen > 0 and math.isfinite(widen)):
        msg = f"widen should be positive and finite, not {widen}"
        raise ValueError(msg)
    if given.dtype == np.float64:
        return given, given
    with np.errstate(all="ignore"):
        return given.astype(np.float64), given


def _ratios(value: Array, expected: Expected, unit: Array) -> tuple[Array, Array]:
    """Return the error of each entry and the same in units: inf where a number is due, 0 where none is."""
    due = np.isfinite(expected.value)
    with np.errstate(all="ignore"):
        error = np.where(due, np.abs(value - expected.value), 0.0)
        error = np.where(np.isnan(error), np.inf, error)
        # An infinite unit excuses every finite number, but not nan or infinity.
        ratio = np.where(np.isinf(error), np.inf, error / unit)
    return error, ratio


def _unit_at(expected: Expected, dtype: DtypeName, widen: float) -> Array:
    factor = unit_roundoff(dtype) / unit_roundoff(expected.dtype)
    with np.errstate(over="ignore"):
        unit = expected.unit if factor <= 1 else expected.unit * factor + smallest_normal(dtype)
        return np.asarray(unit * widen)


def _closeness(ratio: float, non_finite: int, expected: Expected) -> Closeness:
    # Where the unit is infinite, inputs a few roundings away have no answer, and even a right one may overflow or meet
    # a matrix that is singular to working precision: nothing follows from a nan.
    if non_finite and not np.isfinite(expected.unit).all():
        return Closeness.INCONCLUSIVE
    if ratio > DISAGREE_UNITS:
        return Closeness.DISAGREES
    if ratio <= AGREE_UNITS and bool(np.isfinite(expected.value).all()):
        return Closeness.AGREES
    return Closeness.INCONCLUSIVE


def _is_float32_valued(given: Array) -> bool:
    if given.dtype.kind != "f" or given.size == 0:
        return False
    with np.errstate(all="ignore"):
        return bool((given.astype(np.float32).astype(np.float64) == given.astype(np.float64)).all())
