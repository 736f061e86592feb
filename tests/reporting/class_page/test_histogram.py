"""Classes of scores hold every score once, and a drawing says what the classes say."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from grader.reporting.class_page.histogram import Bar, drawing, score_classes


def counts(scores, most):
    return {bar.label: bar.count for bar in score_classes(map(Fraction, scores), Fraction(most)) if bar.count}


def test_a_class_holds_its_first_edge_and_not_its_second():
    assert counts([0, "9.99", 10, "19.999", 20], 100) == {"0–10": 2, "10–20": 2, "20–30": 1}


def test_full_marks_stand_alone():
    assert counts(["99.999", 100], 100) == {"90–100": 1, "100": 1}


def test_points_beyond_the_maximum_join_full_marks_and_are_said():
    assert counts([100, 103], 100) == {"100 and more": 2}


def test_few_points_have_a_class_each():
    assert counts([0, "0.5", 1, 2, 3], 3) == {"0": 2, "1": 1, "2": 1, "3": 1}
    assert [bar.label for bar in score_classes([], Fraction(3))] == ["0", "1", "2", "3"]


def test_uneven_points_are_divided_exactly():
    # 25.3 / 10 * 3 is 7.59 in exact arithmetic, and a little more in floats.
    assert counts(["7.59"], "25.3") == {"7.59–10.12": 1}


def test_an_assignment_without_points_has_one_class():
    assert counts([0, 0], 0) == {"0": 2}


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("most", [0, 1, 7, 480])
def test_a_drawing_has_a_bar_for_each_class_in_proportion(upright, most):
    bars = [Bar(label="a < b", count=most), Bar(label="c", count=0), Bar(label="d", count=max(most // 2, 0))]
    root = ET.fromstring(drawing(bars, upright=upright, width=600, height=300))
    [series] = [g for g in root.iter("g") if g.get("class", "").startswith("series")]
    lengths = [float(rect.get("height" if upright else "width")) for rect in series]
    lengths = lengths if upright else lengths[::-1]
    assert len(lengths) == 3
    assert lengths[1] == 0
    assert (lengths[0] > 0) == (most > 0)
    assert lengths[2] * most == pytest.approx(lengths[0] * (most // 2))
    assert "a < b" in {text.text for text in root.iter("text")}


def test_counts_are_marked_by_whole_numbers():
    root = ET.fromstring(
        drawing([Bar(label="a", count=1), Bar(label="b", count=0)], upright=True, width=600, height=300)
    )
    ticks = {text.text for text in root.iter("text")} - {"a", "b"}
    assert {"0", "1"} <= ticks
    assert all(float(tick).is_integer() for tick in ticks)


def test_a_drawing_needs_no_inline_style_and_no_script():
    svg = str(drawing([Bar(label="a", count=1)], upright=True, width=600, height=300))
    assert "style" not in svg
    assert "script" not in svg
