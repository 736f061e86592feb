"""Points as text and as a bar: the only place where exact points are rounded."""

from fractions import Fraction
from functools import lru_cache

from rich.text import Text

from grader.reporting.page import Marks
from grader.words import say, say_count

FULL_STYLE = "green"
PART_STYLE = "yellow"
NONE_STYLE = "red"


@lru_cache(maxsize=4096)
def points_text(points: Fraction, *, of: Fraction | None = None) -> str:
    """Return points in at most two decimals, and in more where two would hide a difference.

    Parameters
    ----------
    points : Fraction
        Exact points.
    of : Fraction, optional
        The points that could be had, which are always shown exactly; fewer points are never shown as these.

    Returns
    -------
    str
        Such as ``"6"``, ``"7.5"``, ``"19.999"``.

    Examples
    --------
    >>> points_text(Fraction(20, 3))
    '6.67'
    >>> points_text(Fraction("19.999"), of=Fraction(20))
    '19.999'
    """
    for digits in range(2, 16):
        shown = round(points, digits)
        if shown == points or (points != of and shown not in {Fraction(0), of}):
            return str(shown.numerator) if shown.denominator == 1 else f"{float(shown):.{digits}f}".rstrip("0")
    return f"{points.numerator}/{points.denominator}"


def score_text(score: Fraction, max_score: Fraction) -> str:
    """Return a score and the points that could be had.

    Parameters
    ----------
    score, max_score : Fraction
        Exact points.

    Returns
    -------
    str
        Such as ``"6 / 20"``.
    """
    return f"{points_text(score, of=max_score)} / {points_text(max_score, of=max_score)}"


def points_count(points: Fraction) -> str:
    """Return points with their noun: ``"1 point"``, ``"2.5 points"``.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    str
    """
    return say_count("points.count", 1 if points == 1 else 2, points=points_text(points))


def undecided_count(points: Fraction) -> str:
    """Return points that nobody has decided on: ``"2 points undecided"``.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    str
    """
    return say("points.undecided", points=points_count(points))


def undecided_for_a_person(points: Fraction) -> str:
    """Return what is said of points that nobody has decided on, where it stands alone.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    str
    """
    return say("points.for_a_person", points=points_count(points))


def and_undecided(points: Fraction) -> str:
    """Return what follows a score: ``"and 2 points undecided, for a person to give"``.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    str
    """
    return say("points.and_undecided", points=points_count(points))


def points_style(score: Fraction, undecided: Fraction, max_score: Fraction) -> str:
    """Return the colour of a score: green for all points, red for none, yellow between or undecided.

    Parameters
    ----------
    score, undecided, max_score : Fraction
        Exact points.

    Returns
    -------
    str
        A rich style.
    """
    if score >= max_score:
        return FULL_STYLE
    return NONE_STYLE if score <= 0 and undecided == 0 else PART_STYLE


def _cells(part: Fraction, whole: Fraction, width: int) -> int:
    """Cells for a part: rounded down, but at least one for something and never all for less than the whole."""
    if part <= 0:
        return 0
    return width if part >= whole else max(int(width * part / whole), 1)


def points_bar(score: Fraction, undecided: Fraction, max_score: Fraction, *, width: int, marks: Marks) -> Text:
    """Return a bar: earned, undecided, not earned.

    Parameters
    ----------
    score, undecided, max_score : Fraction
        Exact points.
    width : int
        Cells, at least 3.
    marks : Marks
        The signs to draw with.

    Returns
    -------
    rich.text.Text
        Exactly ``width`` cells; full only where every point is earned.
    """
    earned = width if score >= max_score else _cells(score, max_score, width)
    held = min(_cells(undecided, max_score, width), width - earned)
    return Text.assemble(
        (marks.full * earned, points_style(score, undecided, max_score)),
        (marks.held * held, PART_STYLE),
        (marks.empty * (width - earned - held), "dim"),
    )
