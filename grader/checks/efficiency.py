"""``vectorised``: from times to a verdict; times in, words of the rubric out, and no clock in between.

Times differ from run to run. So a verdict needs a wide margin, and what is said names the rubric's bounds and no time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.model.checks import VectorisedCheck
from grader.model.report import Finding, Verdict

CLEAR = 1.5
"""So many times below a bound is clearly below it, and above it clearly above: what noise adds to CPU time is less."""
CLEAR_ON_THE_CLOCK = 10.0
"""The same above a bound for seconds on the clock, in which others' work counts too."""
LEAST_S = 5e-5
"""Shorter times are taken for this one: about ten calls of numpy, below which nothing is worth comparing."""
OWN_GROWTH = 0.5
"""By so much may a power exceed that of the trusted function's own growth, whatever the rubric says."""
BEYOND_DOUBT = 2.0
"""So far beyond what is clearly too slow, two repetitions say as much as five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """What one repetition took: small inputs and large ones, the student's function and ours, one after the other.

    Parameters
    ----------
    small_s, large_s : float
        The student's times.
    our_small_s, our_large_s : float
        The trusted function's.
    cut_off : bool
        True where the large call was ended at `large_s`: it would have taken longer.
    """

    small_s: float
    large_s: float
    our_small_s: float
    our_large_s: float
    cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What times say of a check.

    Parameters
    ----------
    verdict : Verdict
        Disagrees only where every repetition does, clearly.
    finding : Finding
        Why.
    ratio : float
        The student's shortest time over ours, on large inputs; a lower bound where calls were cut off.
    power, our_power : float
        With which power of the size the shortest times grow.
    """

    verdict: Verdict
    finding: Finding
    ratio: float
    power: float
    our_power: float


def measured(check: VectorisedCheck, laps: Sequence[Lap], *, cpu: bool) -> Measured:
    """Return what times say of a check.

    Parameters
    ----------
    check : VectorisedCheck
        Its bounds.
    laps : sequence of Lap
        At least one.
    cpu : bool
        Whether they are CPU seconds.

    Returns
    -------
    Measured
        Agrees where the shortest times are clearly within both bounds; disagrees where the shortest times, and each
        repetition beside what is usual, are clearly beyond one of them; otherwise inconclusive.

    Raises
    ------
    ValueError
        Nothing was measured.
    """
    if not laps:
        msg = f"{check.name}: nothing was measured"
        raise ValueError(msg)
    whole = [lap for lap in laps if not lap.cut_off]
    shortest_s = _shortest([lap.large_s for lap in whole or laps])
    ratio = shortest_s / _shortest([lap.our_large_s for lap in laps])
    growth = shortest_s / _shortest([lap.small_s for lap in laps])
    our_growth = _shortest([lap.our_large_s for lap in laps]) / _shortest([lap.our_small_s for lap in laps])
    small, large = check.sizes
    times_larger = large[check.grows] / small[check.grows]
    power, our_power = _power(growth, times_larger), _power(our_growth, times_larger)
    allowed = times_larger ** max(check.growth, our_power + OWN_GROWTH)
    slow = min(ratio, _least_ratio(laps)) > clear(cpu=cpu) * check.at_most
    steep = min(growth, _least_growth(laps)) > clear(cpu=cpu) * allowed
    fine = bool(whole) and ratio <= check.at_most / CLEAR and growth <= allowed / CLEAR
    if slow or steep:
        verdict, finding = Verdict.DISAGREES, Finding.TOO_SLOW if slow else Finding.GROWS_TOO_FAST
    elif fine:
        verdict, finding = Verdict.AGREES, Finding.RIGHT
    else:
        verdict, finding = Verdict.INCONCLUSIVE, Finding.TIMES_UNCLEAR
    return Measured(verdict=verdict, finding=finding, ratio=ratio, power=power, our_power=our_power)


def beyond_doubt(check: VectorisedCheck, laps: Sequence[Lap], *, cpu: bool) -> bool:
    """Return whether further repetitions can be saved: some were made, and each is far too slow, or had to be cut off.

    Parameters
    ----------
    check : VectorisedCheck
        Its bounds.
    laps : sequence of Lap
        So far.
    cpu : bool
        Whether they are CPU seconds.

    Returns
    -------
    bool
    """
    beyond = 1.0 if all(lap.cut_off for lap in laps) else BEYOND_DOUBT
    return len(laps) > 1 and _least_ratio(laps) > beyond * clear(cpu=cpu) * check.at_most


def _least_ratio(laps: Sequence[Lap]) -> float:
    """Return the ratio of the student's shortest repetition to what is usual of ours: one odd time decides nothing."""
    return _shortest([lap.large_s for lap in laps]) / _usual([lap.our_large_s for lap in laps])


def _least_growth(laps: Sequence[Lap]) -> float:
    return _shortest([lap.large_s for lap in laps]) / _usual([lap.small_s for lap in laps])


def _shortest(times_s: Sequence[float]) -> float:
    return max(LEAST_S, min(times_s))


def _usual(times_s: Sequence[float]) -> float:
    """Return the median; of two, the longer one."""
    return max(LEAST_S, sorted(times_s)[len(times_s) // 2])


def clear(*, cpu: bool) -> float:
    """Return how many times a bound a time must be to be clearly above it."""
    return CLEAR if cpu else CLEAR_ON_THE_CLOCK


def _power(factor: float, times_larger: float) -> float:
    return float(np.log(factor) / np.log(times_larger))
