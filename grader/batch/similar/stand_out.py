"""Which shares stand out: judged against the class's own work, never by a number that fits every homework."""

from dataclasses import dataclass

import numpy as np

from grader.batch.similar.count import Shares

LEAST_SHARE = 0.3
"""Below this no pair stands out: independent answers share up to about 0.15 (measured in docs/similarity.md)."""
LEAST_ABOVE = 0.2
"""So much above the usual at least: where everybody is alike to the same degree, a percent more is no difference."""
SPREADS = 4.0
"""How many standard deviations above the usual; of normally distributed numbers one in 30,000 is."""
LEAST_OTHERS = 3
"""Fewer files besides the pair say nothing of what is usual."""
# The median absolute deviation of a normal distribution is 1 / 1.4826 of its standard deviation
# (Rousseeuw and Croux, J. Am. Stat. Assoc. 88 (1993) 1273).
_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a pair is held against.

    Parameters
    ----------
    usual : float or None
        Median over the other files of the share with the file that each is most alike; None if there are fewer than
        `LEAST_OTHERS`.
    needed : float
        The share from which on the pair stands out; above 1 where the class is so alike that nothing can.
    """

    usual: float | None
    needed: float


def bar_for(nearest: Shares, first: int, second: int) -> Bar:
    """Return what a pair is held against.

    Parameters
    ----------
    nearest : ndarray, shape (n,), float64
        Of each file, the share with the file that it is most alike.
    first, second : int
        The pair; it has no say in what is usual.

    Returns
    -------
    Bar
        Median and median absolute deviation are not moved by other pairs that stand out, as long as they hold less
        than half of the class.
    """
    others = np.delete(nearest, [first, second])
    if others.size < LEAST_OTHERS:
        return Bar(usual=None, needed=LEAST_SHARE)
    usual = float(np.median(others))
    spread = _DEVIATION * float(np.median(np.abs(others - usual)))
    return Bar(usual=usual, needed=max(LEAST_SHARE, usual + max(LEAST_ABOVE, SPREADS * spread)))
