"""Points are rounded in text only, and never so that something missing looks complete."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.reporting.page import ASCII_MARKS, UNICODE_MARKS
from grader.reporting.points import points_bar, points_count, points_style, points_text, score_text

POINTS = st.fractions(min_value=0, max_value=1000)
STATED = st.decimals(0, 1000, places=3).map(Fraction)
"""What a rubric can state."""


@pytest.mark.parametrize(
    ("points", "of", "text"),
    [
        (Fraction(20), 20, "20"),
        (Fraction(15, 2), 20, "7.5"),
        (Fraction(20, 3), 20, "6.67"),
        (Fraction("19.999"), 20, "19.999"),
        (Fraction("0.001"), 20, "0.001"),
        (Fraction(0), 20, "0"),
        (20 - Fraction(1, 10**30), 20, f"{20 * 10**30 - 1}/{10**30}"),
    ],
)
def test_points_are_shown_in_two_decimals_or_as_many_as_it_takes(points: Fraction, of: int, text: str) -> None:
    assert points_text(points, of=Fraction(of)) == text


@given(score=POINTS | STATED, most=POINTS | STATED)
@example(score=Fraction(5, 106), most=Fraction(4, 73))
@example(score=Fraction("19.995"), most=Fraction("19.996"))
def test_only_all_points_are_shown_as_all_points(score: Fraction, most: Fraction) -> None:
    earned, _, due = score_text(score, most).partition(" / ")
    assert Fraction(due) == most
    assert (earned == due) == (score == most)


@given(score=POINTS | STATED)
def test_only_no_points_are_shown_as_none(score: Fraction) -> None:
    assert (points_text(score) == "0") == (score == 0)


@given(score=POINTS, held=POINTS, most=POINTS, width=st.integers(3, 40))
def test_bar_has_its_width_and_is_full_only_for_all_points(
    score: Fraction, held: Fraction, most: Fraction, width: int
) -> None:
    bar = points_bar(score, held, most, width=width, marks=UNICODE_MARKS).plain
    assert len(bar) == width
    assert (bar == UNICODE_MARKS.full * width) == (score >= most)
    assert (UNICODE_MARKS.full in bar) == (score > 0 or most == 0)


def test_bar_shows_undecided_points_apart() -> None:
    bar = points_bar(Fraction(5), Fraction(5), Fraction(20), width=8, marks=ASCII_MARKS)
    assert bar.plain == "##~~----"


def test_colour_is_green_for_all_red_for_none_yellow_between() -> None:
    zero, some, most = Fraction(0), Fraction(3), Fraction(10)
    assert points_style(most, zero, most) == "green"
    assert points_style(some, zero, most) == "yellow"
    assert points_style(zero, zero, most) == "red"
    assert points_style(zero, some, most) == "yellow"


def test_one_point_is_singular() -> None:
    assert points_count(Fraction(1)) == "1 point"
    assert points_count(Fraction(5, 2)) == "2.5 points"
