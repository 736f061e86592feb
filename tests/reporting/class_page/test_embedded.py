"""Data in the page comes back unchanged, and no text ends the element that it stands in."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reporting.class_page.embedded import embedded_json, encodable, number

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\u2028\u2029",
    "]]>",
    "&lt;",
    "'\"\\",
    "\ud800 \udc80",
)


@given(
    st.recursive(st.text() | st.none() | st.integers(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_any_value_comes_back_from_json_without_a_sign_that_html_reads(value):
    text = str(embedded_json(value))
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_as_they_are(text):
    assert json.loads(encodable(str(embedded_json(text)))) == text


def test_nan_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        embedded_json(float("nan"))


def test_a_lone_surrogate_can_be_written():
    assert encodable("a\udc80").encode() == b"a\\udc80"


@pytest.mark.parametrize(
    ("points", "shown"),
    [("20/3", 6.67), ("6", 6), ("-2", -2), ("19.999", 19.999), ("0.5", 0.5), ("0.00001", "0.00001")],
)
def test_numbers_are_rounded_as_in_every_other_view(points, shown):
    value = number(Fraction(points), of=Fraction(20))
    assert (value, type(value)) == (shown, type(shown))
