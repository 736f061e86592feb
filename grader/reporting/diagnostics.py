"""Faults of a rubric, a path or a usage, shown where they stand: file, line, caret, help."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.model.diagnostic import Diagnostic, Place, Severity
from grader.reporting.page import TAB_CELLS, Page, visible_character
from grader.words import say, say_count

_CARET = "^"
_STYLES: Mapping[Severity, str] = {"error": "red", "warning": "yellow"}
_CONTEXT_CELLS = 20
"""Of a long source line: at least so much is shown before the caret."""


def print_diagnostics(diagnostics: Sequence[Diagnostic], console: Console) -> None:
    """Write every diagnostic, then how many there are.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic
        In the order to show; nothing is written for none.
    console : rich.console.Console
        Where to; its width, encoding and colours are respected.

    Notes
    -----
    The layout is the one of rustc. Columns count characters; the caret stands under the right cell also after tabs,
    wide characters and characters that are shown as escapes.
    """
    page = Page(console=console)
    print_each(diagnostics, console)
    if diagnostics:
        page.hang(Text(), page.text(_summary(diagnostics), "bold"))


def print_each(diagnostics: Sequence[Diagnostic], console: Console) -> None:
    """Write every diagnostic, without their number.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic
        In the order to show.
    console : rich.console.Console
        As `print_diagnostics` takes it.
    """
    page = Page(console=console)
    for diagnostic in diagnostics:
        _print_diagnostic(page, diagnostic)
        page.line()


def _summary(diagnostics: Sequence[Diagnostic]) -> str:
    count = say_count("diagnostic.count", len(diagnostics))
    paths = list(dict.fromkeys(each.path for each in diagnostics))
    place = paths[0] if len(paths) == 1 else say("diagnostic.places", n=len(paths))
    return say("diagnostic.count_in", count=count, place=place) if place else count


def _print_diagnostic(page: Page, diagnostic: Diagnostic) -> None:
    style = _STYLES[diagnostic.severity]
    first = Text(f"{say(f'diagnostic.{diagnostic.severity}', code=diagnostic.code)} ", style=f"bold {style}")
    page.hang(first, page.text(diagnostic.says, "bold"))
    place = diagnostic.place
    gutter = len(str(place.line)) if place is not None else 1
    where = diagnostic.path + (f":{place.line}:{place.column}" if place is not None else "")
    if where:
        page.line(Text(" " * gutter + "--> ", style="dim"), page.text(where))
    if place is not None:
        _print_place(page, place, diagnostic.label, gutter, style)
    elif diagnostic.label:
        page.hang(Text(" " * gutter + " | ", style="dim"), page.text(diagnostic.label))
    if diagnostic.help:
        first = Text.assemble((" " * gutter + " = ", "dim"), f"{say('diagnostic.help')} ")
        page.hang(first, page.text(diagnostic.help))


def _print_place(page: Page, place: Place, label: str, gutter: int, style: str) -> None:
    source, start, length = _window(page, place, page.console.width - gutter - 3)
    bar = Text(" " * gutter + " | ", style="dim")
    page.line(Text(f"{place.line} | ", style="dim"), Text(source))
    caret = Text.assemble(bar, " " * start, (_CARET * length, f"bold {style}"))
    words = page.text(label, style)
    if not label:
        page.line(caret)
        return
    beside = page.console.width - cell_len(caret.plain) - 1
    if beside >= min(cell_len(words.plain), _CONTEXT_CELLS):
        lines = page.wrapped(words, beside)
        page.line(caret, Text(" "), lines[0])
        below, rest = start + length + 1, lines[1:]
    else:
        page.line(caret)
        below = 0
        rest = page.wrapped(words, page.console.width - gutter - 3)
    for line in rest:
        page.line(bar, Text(" " * below), line)


def _window(page: Page, place: Place, width: int) -> tuple[str, int, int]:
    """Return the part of the source line to show, and the first cell and the number of cells of the caret in it."""
    shown = _visible(page, place.source)
    begin = min(max(place.column - 1, 0), len(shown))
    end = min(max(begin + place.length, begin + 1), max(len(shown), begin + 1))
    first, last = 0, len(shown)
    dots = page.marks.ellipsis
    if sum(cell_len(each) for each in shown) > width:
        first = begin
        while first > 0 and sum(cell_len(each) for each in shown[first - 1 : begin]) <= _CONTEXT_CELLS:
            first -= 1
        room = width - (len(dots) if first else 0) - len(dots)
        last = first
        while last < len(shown) and sum(cell_len(each) for each in shown[first : last + 1]) <= room:
            last += 1
    before = dots if first else ""
    source = before + "".join(shown[first:last]) + (dots if last < len(shown) else "")
    start = len(before) + sum(cell_len(each) for each in shown[first:begin])
    under = shown[begin : min(end, max(last, begin + 1))]
    return source, start, max(sum(cell_len(each) for each in under), 1)


def _visible(page: Page, source: str) -> list[str]:
    """Return what is shown for each character of a line; a tab reaches to the next tab stop."""
    shown: list[str] = []
    cells = 0
    for character in source:
        each = (
            " " * (TAB_CELLS - cells % TAB_CELLS)
            if character == "\t"
            else visible_character(character, page.console.encoding)
        )
        cells += cell_len(each)
        shown.append(each)
    return shown
