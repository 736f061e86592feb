"""Item analysis: how hard a problem or a check was, and how well it tells strong answers from weak ones."""

import math
from dataclasses import dataclass
from fractions import Fraction

LEAST_ANSWERS = 5
"""Of fewer answers nothing is said: a correlation of four points is mostly chance."""
_MOST_SEEN = 512
"""Different answers that are counted before they are multiplied out."""
LOW_DISCRIMINATION = 0.2
"""Below this an item "needs revision": Ebel, R. L. and Frisbie, D. A. (1991), Essentials of Educational Measurement,
5th edition, chapter 13."""


def exact(points: Fraction) -> int | Fraction:
    """Return the same number, as an int where it is whole: sums of ints are as exact, and many times as fast.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    int or Fraction
    """
    return points.numerator if points.denominator == 1 else points


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistics:
    """What is said of one item.

    Parameters
    ----------
    answers : int
        Answers whose points for the item are decided.
    full : int
        Of them, those with all points.
    success : float or None
        The item's difficulty: the mean share of its points, 0 to 1, higher is easier. None for an item without points
        or fewer than five answers.
    discrimination : float or None
        The correlation of the item's points with the rest of the total, -1 to 1. None for fewer than five answers, or
        where one of the two is the same for all.
    """

    answers: int
    full: int
    success: float | None
    discrimination: float | None


class ItemTally:
    """The sums behind an item's statistics; a constant amount of memory whatever the number of answers.

    Parameters
    ----------
    max_score : Fraction
        Points of the item.
    """

    __slots__ = ("_answers", "_full", "_max", "_n", "_points", "_r", "_rr", "_seen", "_x", "_xr", "_xx")

    def __init__(self, max_score: Fraction) -> None:
        self._max = exact(max_score)
        self._answers = self._full = self._n = 0
        self._points = self._x = self._xx = self._r = self._rr = self._xr = exact(Fraction(0))
        # Equal answers are counted, and multiplied out later: a class has few different ones, and fractions are slow.
        self._seen: dict[tuple[Fraction, Fraction | None], int] = {}

    def add(self, score: Fraction, total: Fraction | None, times: int = 1) -> None:
        """Count an answer.

        Parameters
        ----------
        score : Fraction
            The item's points, all decided.
        total : Fraction or None
            Points of the whole submission, this item's among them; None where some of them are undecided.
        times : int
            How many have given it.
        """
        key = (score, total)
        self._seen[key] = self._seen.get(key, 0) + times
        if len(self._seen) >= _MOST_SEEN:
            self._multiply_out()

    def _multiply_out(self) -> None:
        for (score, total), times in self._seen.items():
            x = exact(score)
            self._answers += times
            self._points += times * x
            self._full += times * (x >= self._max)
            if total is None:
                continue
            rest = exact(total - score)
            self._n += times
            self._x += times * x
            self._xx += times * x * x
            self._r += times * rest
            self._rr += times * rest * rest
            self._xr += times * x * rest
        self._seen.clear()

    def statistics(self) -> ItemStatistics:
        """Return what is said of the item.

        Returns
        -------
        ItemStatistics

        Notes
        -----
        The corrected item-total correlation, which leaves the item out of the total that it is held against:
        Henrysson, S. (1963), Correction of item-total correlations in item analysis, Psychometrika 28, 211-218.
        The sums are exact; rounding happens in the last step.
        """
        self._multiply_out()
        success = None
        if self._answers >= LEAST_ANSWERS and self._max > 0:
            success = float(Fraction(self._points) / (self._answers * self._max))
        return ItemStatistics(
            answers=self._answers, full=self._full, success=success, discrimination=self._discrimination()
        )

    def _discrimination(self) -> float | None:
        n = self._n
        spread_x = n * self._xx - self._x * self._x
        spread_r = n * self._rr - self._r * self._r
        if n < LEAST_ANSWERS or spread_x == 0 or spread_r == 0:
            return None
        together = n * self._xr - self._x * self._r
        # The square of the correlation is a fraction: one root, and no overflow whatever the points.
        square = Fraction(together) * together / (Fraction(spread_x) * spread_r)
        return math.copysign(math.sqrt(square), together)
