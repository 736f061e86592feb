"""Errors as a grid of a few kinds of cells: which entries agree, which do not, and by how many powers of ten."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from grader.model.case import Array
from grader.words import say


class Heat(IntEnum):
    """How bad an entry is; of a block, the worst counts."""

    AGREES = 0
    """Up to the units that agree."""
    GREY = 1
    """Between agreement and disagreement: too close to tell."""
    WARM = 2
    """Disagrees, by up to 1e4 units."""
    HOT = 3
    """By up to 1e8 units."""
    HOTTER = 4
    """By up to 1e12 units."""
    HOTTEST = 5
    """By more."""
    NOT_FINITE = 6
    """nan or infinity where a number is due."""


DECADE_LIMITS = (1e4, 1e8, 1e12)
"""Units where WARM, HOT and HOTTER end. A wrong formula is off by about 1e14 units in float64, by 1e6 in float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One line of the map.

    Parameters
    ----------
    label : str
        The index of the row, all but the last axis: ``"1, 0"``; of a block its first and last: ``"0 to 3"``.
    cells : tuple of Heat
        One an entry, or one a block of them.
    """

    label: str
    cells: tuple[Heat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """The map of an array's errors.

    Parameters
    ----------
    rows : tuple of HeatRow
        Top to bottom.
    rows_a_cell, columns_a_cell : int
        Entries along each side of a cell's block; 1 where each entry has its own cell.
    """

    rows: tuple[HeatRow, ...]
    rows_a_cell: int
    columns_a_cell: int


def units_off(actual: Array, expected: Array, unit: Array) -> Array:
    """Return the error of each entry in units.

    Parameters
    ----------
    actual, expected, unit : ndarray, float64
        Of one shape; `unit` is positive, or infinite where every finite number agrees.

    Returns
    -------
    ndarray, float64
        Not negative; infinite where `actual` is not finite.
    """
    with np.errstate(all="ignore"):
        ratio = np.abs(actual - expected) / unit
    return np.where(np.isfinite(actual), ratio, np.inf)


def heat_map(
    actual: Array,
    expected: Array,
    unit: Array,
    *,
    agree: float,
    disagree: float,
    most_rows: int = 16,
    most_columns: int = 40,
) -> HeatMap:
    """Return the map of an array's errors, scaled down by the worst entry of each block where it is large.

    Parameters
    ----------
    actual, expected, unit : ndarray, float64
        Of one shape, with at least one axis and one entry.
    agree, disagree : float
        In units.
    most_rows, most_columns : int
        The largest map, at least 1 each.

    Returns
    -------
    HeatMap
        A vector is one row; of more than two axes, the rows are those of all matrices one below the other.
    """
    ratio = units_off(actual, expected, unit)
    lead = ratio.shape[:-1]
    flat = ratio.reshape(-1, ratio.shape[-1])
    # An error at a limit is still of the lesser kind; the kinds are numbered by their heat.
    heats = np.searchsorted((agree, disagree, *DECADE_LIMITS), flat, side="left")
    heats[~np.isfinite(actual).reshape(flat.shape)] = Heat.NOT_FINITE
    tall, wide = _block(len(heats), most_rows), _block(heats.shape[1], most_columns)
    rows = []
    for top in range(0, len(heats), tall):
        band = heats[top : top + tall]
        cells = tuple(Heat(int(band[:, left : left + wide].max())) for left in range(0, band.shape[1], wide))
        rows.append(HeatRow(label=_label(top, top + len(band) - 1, lead), cells=cells))
    return HeatMap(rows=tuple(rows), rows_a_cell=tall, columns_a_cell=wide)


def _block(count: int, most: int) -> int:
    return -(-count // most)


def _label(first: int, last: int, lead: tuple[int, ...]) -> str:
    names = [", ".join(str(int(i)) for i in np.unravel_index(row, lead)) if lead else "" for row in (first, last)]
    return names[0] if first == last else say("replay.first_to_last", first=names[0], last=names[1])
