"""Cells of CSV: no text computes, every text comes back, numbers stay numbers."""

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reporting.csv_cells import csv_text, points_cell, text_cell, text_of_cell

ENCODABLE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
DANGEROUS = st.tuples(st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=", "''+"]), ENCODABLE).map(
    "".join
)


@given(ENCODABLE | DANGEROUS)
def test_every_text_comes_back_and_none_begins_a_formula(text: str) -> None:
    cell = text_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert text_of_cell(cell) == text


@given(st.lists(st.lists(ENCODABLE | DANGEROUS, min_size=1, max_size=4), max_size=5), st.sampled_from([",", ";"]))
def test_rows_come_back_from_another_reader(rows: list[list[str]], delimiter: str) -> None:
    text = "".join(csv_text([[text_cell(cell) for cell in row] for row in rows], delimiter=delimiter))
    back = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert [[text_of_cell(cell) for cell in row] for row in back] == rows


@pytest.mark.parametrize(("points", "cell"), [(None, ""), (0, "0"), (-4, "-4"), ("52.5", "52.5"), ("20/3", "6.67")])
def test_points_are_plain_numbers(points: object, cell: str) -> None:
    assert points_cell(None if points is None else Fraction(str(points))) == cell


def test_undecodable_and_null_characters_can_be_written() -> None:
    text_cell("a\udcff\0").encode("utf-8")


def test_many_rows_come_in_pieces() -> None:
    pieces = list(csv_text([["x"]] * 2500))
    assert len(pieces) == 3
    assert "".join(pieces) == "x\r\n" * 2500
