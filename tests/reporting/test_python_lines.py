"""Source that is shown in short lines is still the same Python."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reporting.python_lines import python_lines

NESTED = st.recursive(
    st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, min_size=1, max_size=4),
    max_leaves=30,
)


@given(
    values=st.lists(NESTED, min_size=1, max_size=4), width=st.integers(1, 120), join=st.sampled_from(["; ", "\n", ";"])
)
def test_lines_parse_to_the_same_tree_at_any_width(values: list[object], width: int, join: str) -> None:
    source = join.join(f"x{i} = np.array({value!r})" for i, value in enumerate(values))
    lines = python_lines(source, width)
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(source))


@given(value=NESTED, width=st.integers(60, 120))
def test_lines_keep_to_the_width_where_items_are_narrower(value: object, width: int) -> None:
    assert all(len(line) <= width for line in python_lines(f"x = np.array({value!r})", width))


def test_statements_stand_on_lines_of_their_own() -> None:
    assert python_lines("a = 1; b = [1, 2];", 80) == ("a = 1", "b = [1, 2]")


def test_long_statement_breaks_after_commas_and_is_indented() -> None:
    assert python_lines("a = [100, 200, 300]", 12) == ("a = [100,", "    200,", "    300]")


def test_rows_of_a_matrix_stay_whole_where_they_fit() -> None:
    assert python_lines("a = f([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])", 38) == (
        "a = f([[1.0, 2.0], [3.0, 4.0],",
        "    [5.0, 6.0]])",
    )


def test_line_ends_within_brackets_are_places_to_break() -> None:
    assert python_lines("a = f(\n  [1, 2]\n)", 80) == ("a = f( [1, 2] )",)


def test_comma_outside_brackets_is_no_place_to_break() -> None:
    assert python_lines("a, b = 1, 2", 4) == ("a, b = 1, 2",)


@pytest.mark.parametrize(
    "source",
    ["a = [1, ... and more", "a = '''x\ny'''", "def f():\n    return 1", "\0"],
)
def test_what_cannot_be_broken_safely_is_left_as_it_is(source: str) -> None:
    assert python_lines(source, 8) == tuple(source.splitlines())


def test_a_comment_never_swallows_what_follows_it() -> None:
    assert python_lines("b = (2,  # two\n3)", 80) == ("b = (2,  # two", "3)")


def test_nothing_has_no_lines() -> None:
    assert python_lines("", 80) == ()
