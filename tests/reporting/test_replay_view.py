"""A case that was run again, as people see it: goldens at width 80 without colour, and what a view must never do."""

from dataclasses import replace

import numpy as np
import pytest

from grader.model.case import Case, frozen_array
from grader.model.isolation import IsolationReport
from grader.model.outcome import (
    Absence,
    Crashed,
    Malformed,
    NotNumeric,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from grader.model.replay import DueValue, Replayed, ReplayedCall, ReplayedSides, ReplayedSlope, ReplayedSlopes
from grader.model.report import Finding, Verdict
from grader.model.submission import Submission
from grader.reporting.heat_map import Heat, heat_map, units_off
from grader.reporting.replay_view import print_replay
from grader.reporting.replay_words import headline
from tests.reporting.goldens import FOLDER, assert_golden, colour_console, plain_console, written

UNIT = 1e-16


def array(*rows):
    return frozen_array(np.array(rows, dtype=np.float64))


def number(value):
    return frozen_array(np.float64(value))


def due(name, expected, unit=UNIT):
    return DueValue(name=name, expected=expected, unit=frozen_array(np.full(expected.shape, unit)))


def replayed(expected, actual, **changes):
    """One case of a function of one argument; `actual` None: it raised."""
    case = Case(
        problem="f",
        family="generic",
        index=2,
        dtype="float64",
        sizes=(("n", 2),),
        arguments=(("x", array(0.5, -1.25)),),
        draw="generic/0/float64/2/0",
        says="two numbers",
    )
    values = {
        "title": "Homework 1",
        "check": "f.reference",
        "kind": "reference",
        "function": "f",
        "submission": Submission(path="answers/ada.py", student="ada", sha256="0" * 64, chunks=()),
        "seed": 280,
        "call_seed": 7,
        "isolation": IsolationReport(level="A", says=""),
        "case": case,
        "verdict": Verdict.DISAGREES,
        "finding": Finding.WRONG_VALUES,
        "detail": "",
        "outcome": Returned(values=(actual,)) if actual is not None else Raised(type="E", text="", where="", line=""),
        "due": (due("y", expected),),
        "received": (actual,) if actual is not None else (),
        "agree_units": 8.0,
        "disagree_units": 32.0,
        "slopes": (),
        "sides": None,
        "others": (),
        "printed": "",
        "notes": (),
        "warnings": (),
    }
    return Replayed(**(values | changes))


def slope(actual, quotient, verdict, direction=(1.0, -0.5)):
    return ReplayedSlope(
        direction=array(*direction),
        actual=actual,
        quotient=quotient,
        quotient_error=2e-13,
        error_abs=abs(actual - quotient),
        allowed_abs=1e-12,
        verdict=verdict,
    )


EXPECTED = array([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
MATRIX = replayed(
    EXPECTED,
    array([1.0, 2.0 + 2e-15, 3.0 + 1e-13], [4.0 + 1e-9, 5.0 + 1e-5, -6.0]),
    warnings=("the submission has changed since the report",),
)
VECTOR = replayed(
    array(1.0, 2.0),
    array(1.0, 2.0 + 1e-9),
    slopes=(
        ReplayedSlopes(
            check="finite_difference",
            wrt="x",
            value="y",
            says="",
            slopes=(
                slope(0.25, 0.25, Verdict.AGREES),
                slope(0.25, 0.25 + 1e-6, Verdict.DISAGREES, direction=(1.0, 0.0)),
                slope(0.25, 0.25 + 8e-13, Verdict.INCONCLUSIVE, direction=(0.0, 1.0)),
            ),
        ),
        ReplayedSlopes(check="other", wrt="x", value="y", says="none can be taken here: x is empty", slopes=()),
    ),
)
SCALAR = replayed(number(2.0), number(2.5), printed="\n".join(f"line {i}" for i in range(45)))
RAISED = replayed(
    array(1.0, 2.0),
    None,
    finding=Finding.RAISED,
    detail="ZeroDivisionError: division by zero",
    outcome=Raised(
        type="ZeroDivisionError", text="division by zero", where="ada.py line 12", line="return x / (1 - 1)"
    ),
    notes=("ada.py line 30: NameError: name 'plt' is not defined, in `plt.show()`",),
)
NAN = replayed(array(1.0, 2.0, 3.0), array(1.0, np.nan, -np.inf), finding=Finding.NON_FINITE)
AGREES = replayed(EXPECTED, EXPECTED + UNIT, verdict=Verdict.AGREES, finding=Finding.RIGHT)
LARGE = replayed(
    frozen_array(np.ones((2, 20, 100))),
    frozen_array(np.ones((2, 20, 100)) + (np.arange(4000).reshape(2, 20, 100) == 3999)),
)
PROPERTY = replayed(
    array(1.0, 2.0),
    array(1.0, 2.0),
    check="f.shift_invariant",
    kind="property",
    finding=Finding.PROPERTY_BROKEN,
    detail="shift_invariant",
    sides=ReplayedSides(
        name="shift_invariant(y)",
        left=array(1.5, 2.0),
        right=array(1.0, 2.0),
        where=(0,),
        error_abs=0.5,
        allowed_abs=1e-14,
        differing=1,
        total=2,
    ),
    others=(
        ReplayedCall(
            says="shifted x", arguments=(("x", array(1.5, -0.25)),), outcome=Returned(values=(array(1.5, 2.0),))
        ),
    ),
)
CASES = {
    "matrix": MATRIX,
    "vector": VECTOR,
    "scalar": SCALAR,
    "raised": RAISED,
    "nan": NAN,
    "agrees": AGREES,
    "large": LARGE,
    "property": PROPERTY,
}


def shown(case, width=80, encoding="utf-8"):
    return written(plain_console(width, encoding=encoding), lambda c: print_replay(case, c))


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_replay_looks_as_recorded(name):
    assert_golden(f"replay/{name}_80", shown(CASES[name]))


@pytest.mark.parametrize("name", ["matrix", "vector"])
def test_a_narrow_replay_looks_as_recorded(name):
    assert_golden(f"replay/{name}_40", shown(CASES[name], width=40))


def test_a_replay_in_ascii_and_in_colour_looks_as_recorded():
    assert_golden("replay/matrix_ascii", shown(MATRIX, encoding="ascii"))
    assert_golden("replay/matrix_coloured", written(colour_console(80), lambda c: print_replay(MATRIX, c)))


def test_every_golden_of_a_replay_is_of_a_test():
    names = {f"{name}_80" for name in CASES} | {"matrix_40", "vector_40", "matrix_ascii", "matrix_coloured"}
    assert {path.stem for path in (FOLDER / "replay").glob("*.txt")} == names


def test_without_colour_each_kind_of_entry_has_a_sign_of_its_own():
    lines = shown(MATRIX).splitlines()
    top = next(i for i, line in enumerate(lines) if "error map" in line)
    assert [line.split()[1:] for line in lines[top + 1 : top + 3]] == [["·", "~", "░"], ["▒", "▓", "█"]]


def test_nothing_is_cropped_on_a_narrow_page():
    for case in CASES.values():
        assert all(len(line) <= 60 for line in shown(case, width=60).splitlines())


def test_text_of_the_student_is_neither_markup_nor_obeyed():
    said = "\x1b[31m[bold]no[/bold]\u202e"
    hostile = replace(
        RAISED, detail=said, outcome=Raised(type="E", text=said, where="a", line=said), printed=said, notes=(said,)
    )
    text = shown(hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("[bold]no[/bold]") == 5


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (NotNumeric(says="None"), "None"),
        (TimedOut(limit_s=2.0, cpu=False), "no answer within 2 seconds"),
        (TimedOut(limit_s=2.0, cpu=True), "no answer within 2 seconds of computing"),
        (OutOfMemory(limit_bytes=1 << 30), "no answer with 1 GiB of memory"),
        (Crashed(says="ended by signal SIGSEGV"), "ended by signal SIGSEGV"),
        (Malformed(says="a frame cut short"), "a frame cut short"),
        (Unavailable(absence=Absence.MISSING, says="there is no `f`"), "there is no `f`"),
        (Raised(type="E", text="", where="", line=""), "E"),
        (Returned(values=(array([1.0], [2.0]),)), "[[1], [2]]"),
    ],
)
def test_whatever_came_back_is_said(outcome, says):
    text = shown(replace(RAISED, outcome=outcome, received=()))
    assert f"    got        {says}\n" in text
    assert "error map" not in text


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_has_a_sentence(finding):
    detail = "linear" if finding is Finding.PROPERTY_BROKEN else "of its own"
    words = headline(replace(MATRIX, finding=finding, detail=detail))
    assert words
    assert not words.endswith(".")


def test_a_finite_difference_check_counts_directions():
    assert headline(replace(VECTOR, kind="finite_difference", check="f.finite_difference")) == (
        "not the derivative along 2 of 3 directions"
    )


def test_what_supports_says_that_the_values_are_wrong_all_the_same():
    right = replace(PROPERTY, verdict=Verdict.AGREES, finding=Finding.RIGHT)
    assert headline(right) == "shift_invariant(y) is as it should be"
    wrong = replace(right, received=(array(1.0, 3.0),))
    assert (
        headline(wrong) == "shift_invariant(y) is as it should be; the values are not right, which other checks judge"
    )
    pure = replace(wrong, kind="purity", sides=None)
    assert headline(pure).startswith("the inputs are left alone, and the same call gives the same answer; the values")
    assert headline(AGREES) == "nothing is wrong on this case"


def test_an_identity_counts_its_directions():
    identity = replace(PROPERTY, kind="adjoint", finding=Finding.WRONG_VALUES)
    assert headline(identity) == "shift_invariant(y) is off along 1 of 2 directions"


@pytest.mark.parametrize(("verdict", "word"), [(Verdict.INCONCLUSIVE, "cannot tell"), (Verdict.NOT_GRADED, "be run")])
def test_what_is_undecided_is_neither_right_nor_wrong(verdict, word):
    text = shown(replace(MATRIX, verdict=verdict, finding=Finding.TOO_CLOSE_TO_TELL))
    assert word in text
    assert "✓" not in text
    assert "✗" not in text


def test_an_empty_answer_has_no_map():
    empty = frozen_array(np.zeros((0, 3)))
    text = shown(replayed(empty, empty, verdict=Verdict.AGREES, finding=Finding.RIGHT))
    assert "error map" not in text
    assert "expected   []" in text


# The map -------------------------------------------------------------------------------------------------------------


def cells(ratios, **limits):
    """The map of errors of just so many units."""
    ratio = np.array(ratios, dtype=np.float64)
    chart = heat_map(ratio, np.zeros_like(ratio), np.ones_like(ratio), agree=8.0, disagree=32.0, **limits)
    return [row.cells for row in chart.rows]


@pytest.mark.parametrize(
    ("ratio", "heat"),
    [
        (0.0, Heat.AGREES),
        (8.0, Heat.AGREES),
        (np.nextafter(8.0, 9.0), Heat.GREY),
        (32.0, Heat.GREY),
        (np.nextafter(32.0, 33.0), Heat.WARM),
        (1e4, Heat.WARM),
        (1.1e4, Heat.HOT),
        (1.1e8, Heat.HOTTER),
        (1.1e12, Heat.HOTTEST),
        (1e300, Heat.HOTTEST),
        (np.inf, Heat.NOT_FINITE),
        (-np.inf, Heat.NOT_FINITE),
        (np.nan, Heat.NOT_FINITE),
    ],
)
def test_the_kind_of_a_cell_changes_just_beyond_its_limit(ratio, heat):
    assert cells([ratio]) == [(heat,)]


def test_an_infinite_unit_excuses_every_number_and_no_nan():
    assert units_off(array(1e300, np.nan), array(0.0, 0.0), array(np.inf, np.inf)).tolist() == [0.0, np.inf]


def test_a_large_map_shows_the_worst_entry_of_each_block():
    ratios = np.zeros((33, 81))
    ratios[32, 80] = 100.0
    ratios[0, 2] = np.nan
    chart = heat_map(ratios, np.zeros_like(ratios), np.ones_like(ratios), agree=8.0, disagree=32.0)
    assert (chart.rows_a_cell, chart.columns_a_cell) == (3, 3)
    assert len(chart.rows) == 11
    assert all(len(row.cells) == 27 for row in chart.rows)
    assert chart.rows[-1].cells[-1] is Heat.WARM
    assert chart.rows[0].cells[0] is Heat.NOT_FINITE
    assert sum(cell is not Heat.AGREES for row in chart.rows for cell in row.cells) == 2
    assert [chart.rows[0].label, chart.rows[-1].label] == ["0 to 2", "30 to 32"]


def test_matrices_of_a_stack_stand_one_below_the_other():
    ratios = np.zeros((2, 2, 3))
    ratios[1, 0, 2] = 10.0
    chart = heat_map(ratios, np.zeros_like(ratios), np.ones_like(ratios), agree=8.0, disagree=32.0)
    assert [row.label for row in chart.rows] == ["0, 0", "0, 1", "1, 0", "1, 1"]
    assert chart.rows[2].cells == (Heat.AGREES, Heat.AGREES, Heat.GREY)
