"""One case that was run again, on a terminal: the call, got and expected, where they differ and by how much."""

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.grading.show import entries
from grader.model.case import Array
from grader.model.outcome import (
    Crashed,
    Malformed,
    NotNumeric,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from grader.model.replay import DueValue, Replayed, ReplayedCall, ReplayedSides, ReplayedSlope, ReplayedSlopes
from grader.model.report import Verdict
from grader.model.seed import seed_words
from grader.numerics.rounding import python_literal
from grader.reporting.check_words import labelled
from grader.reporting.failures import print_heading, print_labelled
from grader.reporting.heat_map import Heat, HeatMap, heat_map, units_off
from grader.reporting.number_table import Row, print_table, sign_of
from grader.reporting.page import Page
from grader.reporting.points import FULL_STYLE, NONE_STYLE, PART_STYLE
from grader.reporting.python_lines import python_lines
from grader.reporting.replay_words import headline, no_answer
from grader.words import say, say_count

_BODY = " " * 4
_INPUTS = " " * 8
_WORST_ENTRIES = 5
_PRINTED_LINES = 40
_CELLS = {"utf-8": "·~░▒▓█!", "ascii": ".~-=%#!"}
"""By heat: with colours or without, each kind has a sign of its own."""
_HEAT_STYLES = (FULL_STYLE, PART_STYLE, NONE_STYLE, NONE_STYLE, NONE_STYLE, NONE_STYLE, "bold magenta")


def print_replay(replayed: Replayed, console: Console) -> None:
    """Write one case that was run again.

    Parameters
    ----------
    replayed : Replayed
        What to show.
    console : rich.console.Console
        Where to; its width, encoding and colours are respected.

    Notes
    -----
    Text of submissions is never read as markup; what would steer the terminal is shown as escapes.
    """
    page = Page(console=console)
    _print_header(page, replayed)
    page.line()
    _print_verdict(page, replayed)
    for name, value in replayed.case.arguments:
        _print_python(page, f"{name} = {python_literal(value)}")
    _print_python(page, replayed.call)
    _print_got(page, replayed)
    for due, value in zip(replayed.due, replayed.received, strict=bool(replayed.received)):
        _print_errors(page, replayed, due, value)
    if replayed.sides is not None:
        _print_sides(page, replayed.sides)
    for call in replayed.others:
        _print_other(page, replayed, call)
    for view in replayed.slopes:
        _print_slopes(page, view)
    _print_printed(page, replayed)


def _print_header(page: Page, replayed: Replayed) -> None:
    case = replayed.case
    page.between(page.text(replayed.title, "bold"), page.text(replayed.submission.path, "dim"))
    facts = [replayed.check, case.id, case.dtype, ", ".join(f"{name} = {n}" for name, n in case.sizes)]
    facts += [case.says, seed_words(replayed.seed), say("report.isolation", level=replayed.isolation.level)]
    page.items([page.text(fact, "dim") for fact in facts if fact])
    for warning in replayed.warnings:
        page.hang(Text(f"{page.marks.fault} ", style="yellow"), page.text(warning, "yellow"))


def _print_verdict(page: Page, replayed: Replayed) -> None:
    sign = sign_of(page, replayed.verdict)
    print_heading(page, sign.mark, sign.style, [sign.word], headline(replayed))
    for note in replayed.notes:
        print_labelled(page, say("label.note"), page.text(note))


def _print_python(page: Page, source: str) -> None:
    for line in python_lines(page.safe(source), page.width - len(_INPUTS)):
        page.line(Text(_INPUTS), page.text(line))


def _print_got(page: Page, replayed: Replayed) -> None:
    names = [due.name for due in replayed.due]
    pairs = zip(replayed.received, replayed.due, strict=bool(replayed.received))
    digits = max(
        (_digits(v, d.expected, units_off(v, d.expected, d.unit) > replayed.agree_units) for v, d in pairs), default=5
    )
    print_labelled(page, say("label.got"), page.text(_came_back(replayed.outcome, names, digits)))
    shown = [entries(due.expected, digits) for due in replayed.due]
    print_labelled(page, say("label.expected"), page.text(_named(names, shown)))
    outcome = replayed.outcome
    if isinstance(outcome, Raised) and outcome.where:
        line = labelled(outcome.where, outcome.line) if outcome.line else outcome.where
        print_labelled(page, say("label.your_line"), page.text(line))


def _named(names: Sequence[str], values: Sequence[str]) -> str:
    if len(values) == 1:
        return values[0]
    return "\n".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))


def _came_back(outcome: Outcome, names: Sequence[str], digits: int) -> str:
    match outcome:
        case Returned(values=values):
            return _named(names, [entries(value, digits) for value in values])
        case Raised(type=kind, text=text):
            return f"{kind}: {text}" if text else kind
        case NotNumeric(says=says) | Crashed(says=says) | Malformed(says=says) | Unavailable(says=says):
            return says
        case TimedOut() | OutOfMemory():
            return no_answer(outcome)


def _digits(actual: Array, expected: Array, differs: Array) -> int:
    """Return how many significant digits show the largest relative difference among entries that differ."""
    with np.errstate(all="ignore"):
        apart = np.abs(actual - expected) / np.abs(expected)
    return _digits_for(float(np.max(apart[differs & np.isfinite(apart)], initial=0.0)))


def _digits_for(relative: float) -> int:
    # Three digits of the difference itself, and at most the 17 that tell any two float64 numbers apart.
    return 5 if not 0 < relative < 1e-3 else min(17, 3 + int(np.ceil(-np.log10(relative))))


# The error map and the worst entries ---------------------------------------------------------------------------------


def _print_errors(page: Page, replayed: Replayed, due: DueValue, value: Array) -> None:
    if value.ndim and value.size:
        page.line()
        _print_map(page, replayed, due, value)
    ratio = units_off(value, due.expected, due.unit)
    apart = int((ratio > replayed.agree_units).sum())
    if not value.size:
        return
    # Not finite first, then by units; the first of equals stays first.
    order = np.argsort(-ratio, axis=None, kind="stable")[: max(1, min(apart, _WORST_ENTRIES))]
    page.line()
    title = say("replay.worst" if apart > len(order) else "replay.that_differ" if apart else "replay.farthest")
    columns = (say("label.got"), say("label.expected"), say("label.off_by"), say("replay.allowed"))
    rows = [_entry(due, value, replayed.agree_units, int(i)) for i in order]
    print_table(page, Row(first=title, numbers=columns), rows)


def _entry(due: DueValue, value: Array, agree: float, flat: int) -> Row:
    index = tuple(int(i) for i in np.unravel_index(flat, value.shape))
    actual, expected, unit = (float(array[index]) for array in (value, due.expected, due.unit))
    with np.errstate(all="ignore"):
        error = float(np.abs(np.float64(actual) - np.float64(expected)))
    digits = _digits_for(error / abs(expected)) if expected else 5
    where = f"{due.name}[{', '.join(map(str, index))}]" if index else due.name
    numbers = (f"{actual:.{digits}g}", f"{expected:.{digits}g}", f"{error:.2g}", f"{agree * unit:.2g}")
    return Row(first=where, numbers=numbers)


def _print_map(page: Page, replayed: Replayed, due: DueValue, value: Array) -> None:
    labels = max(len(", ".join(str(n) for n in value.shape[:-1])) * 2 + 4, 1) if value.ndim > 1 else 0
    room = page.width - len(_INPUTS) - labels - 1
    chart = heat_map(
        value,
        due.expected,
        due.unit,
        agree=replayed.agree_units,
        disagree=replayed.disagree_units,
        most_columns=max(1, min(40, room)),
    )
    shape = f"({', '.join(map(str, value.shape))}{',' if value.ndim == 1 else ''})"
    title = say("replay.map", name=due.name, shape=shape)
    if chart.rows_a_cell > 1 or chart.columns_a_cell > 1:
        title = say("replay.map_scaled", map=title, rows=chart.rows_a_cell, columns=chart.columns_a_cell)
    page.hang(Text(_BODY), page.text(title, "dim"))
    _print_cells(page, chart, room)
    _print_legend(page, replayed, chart)


def _signs(page: Page) -> str:
    return _CELLS["ascii" if page.console.options.ascii_only else "utf-8"]


def _print_cells(page: Page, chart: HeatMap, room: int) -> None:
    signs = _signs(page)
    columns = len(chart.rows[0].cells)
    gap = " " if 2 * columns - 1 <= room else ""
    width = max(len(row.label) for row in chart.rows)
    for row in chart.rows:
        line = Text(_INPUTS).append(row.label.rjust(width), "dim").append(" " if width else "")
        for i, heat in enumerate(row.cells):
            line.append(gap if i else "").append(signs[heat], _HEAT_STYLES[heat])
        page.line(line)


def _print_legend(page: Page, replayed: Replayed, chart: HeatMap) -> None:
    reach = {
        Heat.WARM: say("replay.up_to", units="1e4"),
        Heat.HOT: say("replay.up_to", units="1e8"),
        Heat.HOTTER: say("replay.up_to", units="1e12"),
        Heat.HOTTEST: say("replay.more_than", units="1e12"),
    }
    seen = sorted({heat for row in chart.rows for heat in row.cells})
    first = next((heat for heat in seen if heat in reach), None)
    says = {
        Heat.AGREES: say("replay.agrees_up_to", units=f"{replayed.agree_units:g}"),
        Heat.GREY: say("replay.too_close_up_to", units=f"{replayed.disagree_units:g}"),
        **reach,
        Heat.NOT_FINITE: say("reason.non_finite"),
    }
    if first is not None:
        says[first] = say("replay.disagrees_by", reach=says[first])
    signs = _signs(page)
    items = [Text.assemble((signs[heat], _HEAT_STYLES[heat]), " ", page.text(says[heat], "dim")) for heat in seen]
    # Not Page.items: the dot that stands between items there is a sign of the map here.
    lines: list[Text] = []
    for item in items:
        if lines and len(_BODY) + cell_len(lines[-1].plain) + 3 + cell_len(item.plain) <= page.width:
            lines[-1].append("   ").append_text(item)
        else:
            lines.append(item)
    for line in lines:
        page.hang(Text(_BODY), line, least=0)


# Property, other calls, finite differences ---------------------------------------------------------------------------


def _print_sides(page: Page, sides: ReplayedSides) -> None:
    page.line()
    differs = np.full(sides.left.shape, sides.differing > 0)
    digits = _digits(sides.left, sides.right, differs)
    page.hang(Text(_BODY), page.text(say("replay.sides", name=sides.name), "dim"))
    print_labelled(page, say("replay.one_side"), page.text(entries(sides.left, digits)))
    print_labelled(page, say("replay.other_side"), page.text(entries(sides.right, digits)))
    off = f"{sides.error_abs:.2g}"
    if sides.where:
        off = say("failure.off_by_at", off_by=off, where=f"[{', '.join(map(str, sides.where))}]")
    facts = [off, say("failure.allowed", allowed=f"{sides.allowed_abs:.2g}")]
    if sides.total > 1:
        differing = say("failure.differing", n=sides.differing, count=sides.total)
        facts.append(say("failure.differ", entries=differing))
    print_labelled(page, say("label.off_by"), page.text("; ".join(facts)))


def _print_other(page: Page, replayed: Replayed, call: ReplayedCall) -> None:
    page.line()
    page.hang(Text(_BODY), page.text(call.says if call.function else say("replay.other_call", call=call.says), "dim"))
    for (name, value), plain in zip(call.arguments, replayed.case.values, strict=True):
        if value.tobytes() != plain.tobytes():
            _print_python(page, f"{name} = {python_literal(value)}")
    _print_python(page, replayed.call_of(call.function or replayed.function))
    came_back = _came_back(call.outcome, [due.name for due in replayed.due], 5)
    print_labelled(page, say("label.got"), page.text(came_back))


def _print_slopes(page: Page, view: ReplayedSlopes) -> None:
    page.line()
    pairing = f"<{view.value}, D>"
    title = say("replay.slopes", pairing=pairing, wrt=view.wrt)
    page.hang(Text(_BODY), page.text(labelled(view.check, title), "dim"))
    if view.says:
        page.hang(Text(_BODY), page.text(view.says))
        return
    rows = [_slope_row(page, number, slope) for number, slope in enumerate(view.slopes, start=1)]
    columns = (pairing, say("replay.quotient"), say("replay.its_error"), say("label.off_by"))
    header = Row(first=say("replay.moves"), numbers=columns)
    print_table(page, header, rows)


def _slope_row(page: Page, number: int, slope: ReplayedSlope) -> Row:
    moved, size = int(np.count_nonzero(slope.direction)), slope.direction.size
    differs = slope.verdict is not Verdict.AGREES and slope.quotient != 0
    digits = _digits_for(slope.error_abs / abs(slope.quotient) if differs else 0.0)
    return Row(
        first=say("replay.moves_all" if moved == size else "replay.moves_some", number=number, n=moved, of=size),
        numbers=(
            f"{slope.actual:.{digits}g}",
            f"{slope.quotient:.{digits}g}",
            f"{slope.quotient_error:.1g}",
            f"{slope.error_abs:.2g}",
        ),
        sign=sign_of(page, slope.verdict),
    )


def _print_printed(page: Page, replayed: Replayed) -> None:
    lines = replayed.printed.splitlines()
    if not lines:
        return
    page.line()
    page.line(Text(f"{page.marks.dot} ", style="dim"), page.text(say("report.printed")))
    for line in lines[:_PRINTED_LINES]:
        page.hang(Text(_BODY), page.text(line))
    if len(lines) > _PRINTED_LINES:
        more = say_count("replay.more_lines", len(lines) - _PRINTED_LINES)
        page.line(Text(_BODY), page.text(f"{page.marks.ellipsis} {more}", "dim"))
