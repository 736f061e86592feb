"""What a student's function did on a case, and whether an explanation would have done the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.model.case import Array, Case
from grader.numerics.compare import Closeness, closeness, worst_ratio
from grader.numerics.expected import DISAGREE_UNITS, Expected

# A misconception names no intermediates to perturb, so its unit is rougher than the reference's; and here a unit too
# small costs a right diagnosis, while mistakes differ from each other by many powers of ten.
WIDEN = 4.0
TOLD_APART_UNITS = 2 * WIDEN * DISAGREE_UNITS
"""Beyond so many units of the truth a mistake is told apart from it: twice what it may be off by itself."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """What a function did on one case.

    Parameters
    ----------
    case : Case
        The inputs.
    values : tuple of ndarray, or None
        What it returned, as it came back; None where it raised.
    expected : tuple of Expected
        What was due.
    """

    case: Case
    values: tuple[Array, ...] | None
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A mistake that reproduces what the student's function did.

    Parameters
    ----------
    id : str
        The misconception's name, or a general one such as ``"sign"``.
    says : str
        A phrase for the student.
    hint : str
        What the lecturer wrote; may be empty.
    """

    id: str
    says: str
    hint: str = ""


Candidate = tuple[Expected, ...] | None
"""What an explanation would have returned on a case; None: it would have raised."""


def reproduces(observations: Sequence[Observation], candidates: Iterable[Candidate]) -> bool:
    """Return whether an explanation accounts for everything that was observed.

    Parameters
    ----------
    observations : sequence of Observation
        One a case.
    candidates : iterable of Candidate
        What the explanation would have done, in the same order; asked for only until one contradicts.

    Returns
    -------
    bool
        True if no case contradicts it, and at least one case on which it differs from the truth confirms it.
    """
    confirmed = False
    for observed, candidate in zip(observations, candidates, strict=True):
        if candidate is None or observed.values is None:
            if (candidate is None) != (observed.values is None):
                return False
            continue
        if len(candidate) != len(observed.values):
            return False
        for value, explained, due in zip(observed.values, candidate, observed.expected, strict=True):
            if not _may_be(value, explained, due):
                return False
        confirmed = confirmed or _confirms(observed, candidate)
    return confirmed


def _may_be(value: Array, explained: Expected, due: Expected) -> bool:
    if value.shape != explained.value.shape or value.dtype.kind not in "iuf":
        return False
    finite = np.isfinite(explained.value)
    if not finite.all():
        # The mistake itself overflows here: that both are not finite in the same places is all that can be asked.
        return bool(np.array_equal(np.isfinite(value), finite))
    if closeness(value, explained, widen=WIDEN) is not Closeness.DISAGREES:
        return True
    # Where terms cancel, a function that hands out none of them shows no rounding; the trusted one does.
    same_shape = due.value.shape == explained.value.shape
    least = due.unit if same_shape else np.full_like(explained.unit, np.max(due.unit, initial=0.0))
    if (least <= explained.unit).all():
        return False
    rounded = replace(explained, unit=np.maximum(explained.unit, least))
    return closeness(value, rounded, widen=WIDEN) is not Closeness.DISAGREES


def _confirms(observed: Observation, candidate: tuple[Expected, ...]) -> bool:
    """Return whether the case tells the explanation from the truth and agrees with the explanation."""
    if observed.values is None:
        return False
    for value, explained, due in zip(observed.values, candidate, observed.expected, strict=False):
        if not np.isfinite(explained.value).all() or not explained.informative:
            continue
        if closeness(value, explained, widen=WIDEN) is not Closeness.AGREES:
            continue
        apart = value.shape != due.value.shape or worst_ratio(explained.value, due) > TOLD_APART_UNITS
        if apart:
            return True
    return False
