"""What submissions cost to grade, for a page that says it: the one part of a page that two runs do not share."""

import math
from array import array
from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_MOST_SHOWN = 5
_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one hand-in cost.

    Parameters
    ----------
    seconds : float
        From its first call to its last, wall clock.
    peak_bytes : int or None
        The most memory that it held; None where nobody measured it.
    """

    seconds: float
    peak_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One row of the table of costs.

    Parameters
    ----------
    name : str
        What was measured.
    median, most_of_95, most : str
        With unit: the median, the 95th percentile, the maximum.
    """

    name: str
    median: str
    most_of_95: str
    most: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What is said of time and memory.

    Parameters
    ----------
    measured : int
        Hand-ins.
    rows : tuple of Quantity
        Time; and memory, where it was measured.
    slowest : tuple of (str, str)
        Ids of the slowest hand-ins, and their time.
    """

    measured: int
    rows: tuple[Quantity, ...]
    slowest: tuple[tuple[str, str], ...]


def costs_summary(costs: Iterable[tuple[str, Cost]]) -> Costs | None:
    """Return the costs of a class in a few numbers.

    Parameters
    ----------
    costs : iterable of (str, Cost)
        Hand-in ids and what they cost; gone over once, and little is kept of each.

    Returns
    -------
    Costs or None
        None where nothing was measured.
    """
    seconds, peaks = array("d"), array("q")
    slowest: list[tuple[float, str]] = []
    for hand_in, cost in costs:
        seconds.append(cost.seconds)
        if cost.peak_bytes is not None:
            peaks.append(cost.peak_bytes)
        insort(slowest, (-cost.seconds, hand_in))
        del slowest[_MOST_SHOWN:]
    if not seconds:
        return None
    rows = [_quantity("Time", seconds, _seconds)]
    if peaks:
        rows.append(_quantity("Memory", peaks, _mebibytes))
    return Costs(
        measured=len(seconds), rows=tuple(rows), slowest=tuple((hand_in, _seconds(-less)) for less, hand_in in slowest)
    )


def _quantity(name: str, measured: "array[float] | array[int]", text: Callable[[float], str]) -> Quantity:
    values = sorted(measured)
    return Quantity(
        name=name, median=text(_rank(values, 0.5)), most_of_95=text(_rank(values, 0.95)), most=text(values[-1])
    )


def _rank(values: Sequence[float], share: float) -> float:
    # The nearest-rank quantile: a value that was really measured.
    return values[max(math.ceil(share * len(values)) - 1, 0)]


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _mebibytes(value: float) -> str:
    return f"{value / _MEBI:.0f} MiB"
