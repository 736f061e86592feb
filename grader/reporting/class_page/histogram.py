"""The distribution of scores: ten classes of equal width, full marks apart; as numbers and as a drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

import leather  # type: ignore[import-untyped]  # it ships no types
from markupsafe import Markup

from grader.reporting.points import points_text

_CLASSES = 10
# Leather keeps a margin of 5 % of the width around a drawing; the page has margins of its own.
_MARGIN = 0.05
_KEPT = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One class of scores.

    Parameters
    ----------
    label : str
        Such as ``"60–70"``: from the first, up to but without the second.
    count : int
        Students.
    """

    label: str
    count: int


def score_classes(scores: Iterable[Fraction], max_score: Fraction) -> tuple[Bar, ...]:
    """Count scores in classes.

    Parameters
    ----------
    scores : iterable of Fraction
        What counts; not negative.
    max_score : Fraction
        Points that could be had.

    Returns
    -------
    tuple of Bar
        Classes of a tenth of the points each, or of one point for ten points or fewer; the last one holds full marks
        alone, with those beyond by an adjustment. One class alone where no points could be had.
    """
    most = max_score
    whole = most.denominator == 1 and most <= _CLASSES
    classes = int(most) if whole else _CLASSES
    counts = [0] * (classes + 1)
    beyond = False
    for score in scores:
        counts[min(int(score * classes / most), classes) if most > 0 else 0] += 1
        beyond |= score > most
    edges = [points_text(most * i / classes, of=most) if classes else "0" for i in range(classes + 1)]
    one_each = whole and classes > 0
    labels = edges[:-1] if one_each else [f"{a}–{b}" for a, b in pairwise(edges)]
    labels.append(f"{edges[-1]}{' and more' if beyond else ''}")
    return tuple(Bar(label=label, count=count) for label, count in zip(labels, counts, strict=True))


def drawing(bars: Sequence[Bar], *, upright: bool, width: int, height: int) -> Markup:
    """Draw classes of scores as SVG.

    Parameters
    ----------
    bars : sequence of Bar
        At least one.
    upright : bool
        Columns; else bars from the left, for a narrow screen.
    width, height : int
        In user units; the drawing scales to the width it is given.

    Returns
    -------
    markupsafe.Markup
        An ``svg`` element without style attributes, hidden from screen readers: the numbers stand beside it as a table.
        The page's style sheet colours it.
    """
    chart = leather.Chart()
    counts = leather.Linear(0, max(1, *(bar.count for bar in bars)))
    axis = leather.Axis(ticks=[tick for tick in counts.ticks() if tick == int(tick)])
    if upright:
        chart.add_columns([(bar.label, bar.count) for bar in bars])
        chart.set_y_scale(counts)
        chart.set_y_axis(axis)
    else:
        chart.add_bars([(bar.count, bar.label) for bar in bars])
        chart.set_x_scale(counts)
        chart.set_x_axis(axis)
    group = chart.to_svg_group(width, height)
    group.remove(group[0])  # the ground is the page's
    edge = width * _MARGIN - _KEPT
    box = f"{edge:g} {edge:g} {width - 2 * edge:g} {height - 2 * edge:g}"
    svg = ET.Element(
        "svg", {"viewBox": box, "class": "upright" if upright else "lying", "aria-hidden": "true", "focusable": "false"}
    )
    svg.append(group)
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - ElementTree escapes the texts
