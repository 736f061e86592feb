"""What submissions cost to grade, for a page that says it: the one part of a page that two runs do not share."""

import math
from collections.abc import Callable, Mapping
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


def costs_summary(costs: Mapping[str, Cost]) -> Costs | None:
    """Return the costs of a class in a few numbers.

    Parameters
    ----------
    costs : mapping of str to Cost
        By hand-in id.

    Returns
    -------
    Costs or None
        None where nothing was measured.
    """
    if not costs:
        return None
    rows = [_quantity("Time", sorted(cost.seconds for cost in costs.values()), _seconds)]
    peaks = sorted(cost.peak_bytes for cost in costs.values() if cost.peak_bytes is not None)
    if peaks:
        rows.append(_quantity("Memory", peaks, _mebibytes))
    slowest = sorted(costs, key=lambda hand_in: (-costs[hand_in].seconds, hand_in))[:_MOST_SHOWN]
    return Costs(
        measured=len(costs), rows=tuple(rows), slowest=tuple((each, _seconds(costs[each].seconds)) for each in slowest)
    )


def _quantity(name: str, values: list[float] | list[int], text: Callable[[float], str]) -> Quantity:
    return Quantity(
        name=name, median=text(_rank(values, 0.5)), most_of_95=text(_rank(values, 0.95)), most=text(values[-1])
    )


def _rank(values: list[float] | list[int], share: float) -> float:
    # The nearest-rank quantile: a value that was really measured.
    return values[max(math.ceil(share * len(values)) - 1, 0)]


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _mebibytes(value: float) -> str:
    return f"{value / _MEBI:.0f} MiB"
