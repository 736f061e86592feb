"""What a student's function did on a case, and whether an explanation would have done the same."""

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unmeasured:
    """What an explanation would have returned on a case, before its unit is measured.

    Parameters
    ----------
    at_least : tuple of Expected, or None
        With units that measuring can only enlarge; None where that is not known.
    measure : callable
        Measures.
    """

    at_least: tuple[Expected, ...] | None
    measure: Callable[[], Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How far an explanation accounts for what was observed.

    Parameters
    ----------
    contradicted_at : int or None
        The number of the first case that contradicts it.
    confirmed : bool
        True if none does, and at least one case on which it differs from the truth confirms it.
    """

    contradicted_at: int | None
    confirmed: bool


def reproduces(observations: Sequence[Observation], candidates: Iterable[Candidate | Unmeasured]) -> bool:
    """Return whether an explanation accounts for everything that was observed, see `account`.

    Parameters
    ----------
    observations, candidates
        As for `account`.

    Returns
    -------
    bool
    """
    return account(observations, candidates).confirmed


def account(observations: Sequence[Observation], candidates: Iterable[Candidate | Unmeasured]) -> Account:
    """Return how far an explanation accounts for what was observed.

    Parameters
    ----------
    observations : sequence of Observation
        One a case.
    candidates : iterable of Candidate or Unmeasured
        What the explanation would have done, in the same order; asked for only until one contradicts, and measured
        only where it has to be.

    Returns
    -------
    Account
    """
    confirmed = False
    plain: list[tuple[Observation, Unmeasured]] = []
    for n, (observed, given) in enumerate(zip(observations, candidates, strict=True)):
        if isinstance(given, Unmeasured) and _plainly_is(observed, given.at_least):
            plain.append((observed, given))
            continue
        candidate = given.measure() if isinstance(given, Unmeasured) else given
        if not _may_have_done(observed, candidate):
            return Account(contradicted_at=n, confirmed=False)
        confirmed = confirmed or (candidate is not None and _confirms(observed, candidate))
    confirmed = confirmed or any(_confirms(observed, given.measure() or ()) for observed, given in plain)
    return Account(contradicted_at=None, confirmed=confirmed)


def _may_have_done(observed: Observation, candidate: Candidate) -> bool:
    if candidate is None or observed.values is None:
        return candidate is None and observed.values is None
    return len(candidate) == len(observed.values) and all(
        _may_be(value, explained, due)
        for value, explained, due in zip(observed.values, candidate, observed.expected, strict=True)
    )


def _plainly_is(observed: Observation, at_least: tuple[Expected, ...] | None) -> bool:
    """Return whether a case does not contradict an explanation, whatever its unit turns out to be."""
    if observed.values is None or at_least is None or len(at_least) != len(observed.values):
        return False
    return all(
        value.shape == explained.value.shape
        and value.dtype.kind in "iuf"
        and closeness(value, explained, widen=WIDEN) is Closeness.AGREES
        for value, explained in zip(observed.values, at_least, strict=True)
    )


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
