"""A fault is shown where it stands. Goldens are recorded with GRADER_UPDATE_GOLDENS=1 (see goldens.py)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.model.diagnostic import Diagnostic, Place
from grader.reporting.diagnostics import print_diagnostics
from tests.reporting.goldens import assert_golden, colour_console, plain_console, written

RUBRIC = "rubrics/hw3.toml"
RTOL = Diagnostic(
    code="R012",
    says="`rtol` must be finite",
    path=RUBRIC,
    place=Place(line=14, column=8, length=3, source="rtol = inf"),
    label="an infinite tolerance accepts every answer",
    help="for example `rtol = 1e-6`",
)
WIDE = Diagnostic(
    code="R003",
    says="unknown key `[red]widht`",
    path=RUBRIC,
    place=Place(line=1234, column=12, length=5, source="\tt = { 漢字 = widht, \x1b[31m }"),
    label="did you mean `width`?",
)
LONG = Diagnostic(
    code="R004",
    says="points must not be negative",
    path=RUBRIC,
    place=Place(line=7, column=121, length=3, source="x" * 120 + "BAD" + "y" * 200),
    label="a check cannot take points away; give the problem fewer points instead",
    help="for example `points = 0`",
)
NOWHERE = Diagnostic(
    code="S001", says="there is no such file or folder", path="submissions/ann.py", help="name one that exists"
)


def shown(*diagnostics: Diagnostic, width: int = 80, encoding: str = "utf-8") -> str:
    return written(plain_console(width, encoding=encoding), lambda c: print_diagnostics(diagnostics, c))


@pytest.mark.parametrize("width", [40, 80])
def test_diagnostics_look_as_recorded(width: int) -> None:
    assert_golden(f"diagnostics_{width}", shown(RTOL, WIDE, LONG, NOWHERE, width=width))


def test_coloured_diagnostics_look_as_recorded() -> None:
    assert_golden("diagnostics_coloured", written(colour_console(80), lambda c: print_diagnostics([RTOL, WIDE], c)))


def test_one_error_of_a_rubric_is_shown_as_rustc_would() -> None:
    assert shown(RTOL) == (
        "error[R012]: `rtol` must be finite\n"
        "  --> rubrics/hw3.toml:14:8\n"
        "14 | rtol = inf\n"
        "   |        ^^^ an infinite tolerance accepts every answer\n"
        "   = help: for example `rtol = 1e-6`\n"
        "\n"
        "1 error in rubrics/hw3.toml\n"
    )


@given(
    before=st.text("a\té漢\x1b\u0301", max_size=30),
    marked=st.text("bc字", min_size=1, max_size=8),
    after=st.text("xy漢", max_size=200),
    width=st.integers(50, 120),
)
def test_caret_stands_under_what_it_marks(before: str, marked: str, after: str, width: int) -> None:
    place = Place(line=3, column=len(before) + 1, length=len(marked), source=before + marked + after)
    lines = shown(Diagnostic(code="R001", says="x", path="f", place=place), width=width).splitlines()
    source, carets = lines[2], lines[3]
    left = len(carets) - len(carets.lstrip(" |"))
    cells = [character for character in source for _ in range(cell_len(character))]
    under = cells[left : left + carets.count("^")]
    assert under == [character for character in marked for _ in range(cell_len(character))]
    assert cell_len(source) <= width


def test_caret_past_the_end_of_the_line_is_one_cell() -> None:
    place = Place(line=1, column=8, length=5, source="rtol = ")
    text = shown(Diagnostic(code="R001", says="a value is missing", path="f", place=place))
    assert "1 | rtol = \n  |        ^\n" in text


@pytest.mark.parametrize("width", [10, 20, 40])
def test_words_of_a_diagnostic_survive_a_narrow_page(width: int) -> None:
    text = shown(LONG, width=width).replace("|", "")
    assert "".join(LONG.label.split()) in "".join(text.split())
    assert "".join(LONG.help.split()) in "".join(text.split())


def test_label_without_a_place_is_shown() -> None:
    text = shown(Diagnostic(code="R002", says="not TOML", path="f", label="the file is empty"))
    assert text == "error[R002]: not TOML\n --> f\n  | the file is empty\n\n1 error in f\n"


def test_usage_without_a_file_has_no_arrow() -> None:
    assert (
        shown(Diagnostic(code="G001", says="no path was given", path=""))
        == "error[G001]: no path was given\n\n1 error\n"
    )


def test_errors_in_several_files_are_counted_together() -> None:
    assert shown(RTOL, NOWHERE).endswith("\n2 errors in 2 places\n")


def test_nothing_is_written_for_nothing() -> None:
    assert shown() == ""


def test_foreign_text_is_neither_markup_nor_control() -> None:
    text = shown(WIDE, encoding="ascii")
    assert "unknown key `[red]widht`" in text
    assert "\x1b" not in text
    assert "\\x1b[31m" in text
