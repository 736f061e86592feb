"""Hand-ins that are alike, in a terminal: one row a pair."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model.similarity import AlikePair, Side, Similarity
from grader.reporting.page import Page
from grader.reporting.similar_words import NO_JUDGEMENT, counted, facts, finding, functions_text, percent

_MOST_NAMES = 10


def print_similarity(similarity: Similarity, console: Console) -> None:
    """Write what is alike.

    Parameters
    ----------
    similarity : Similarity
        Of a class.
    console : rich.console.Console
        Where to.
    """
    page = Page(console=console)
    for line in facts(similarity):
        page.hang(Text(), page.text(line))
    for group in similarity.same_file:
        page.line()
        names = ", ".join(group[:_MOST_NAMES]) + (
            f" and {len(group) - _MOST_NAMES} more" if group[_MOST_NAMES:] else ""
        )
        page.hang(Text(), page.text(f"The same file, byte for byte: {names}"))
    page.line()
    page.hang(Text(), page.text(finding(similarity), "bold"))
    if similarity.pairs:
        _print_pairs(page, similarity.pairs)
    if similarity.others:
        page.line()
        page.hang(Text(), page.text("For comparison, the most alike of those that do not stand out:"))
        _print_pairs(page, similarity.others)
    if similarity.not_compared:
        page.line()
        page.hang(Text(), page.text(f"{counted(len(similarity.not_compared), 'hand-in')} not compared:"))
        for each in similarity.not_compared[:_MOST_NAMES]:
            page.hang(Text("  "), page.text(f"{each.shown}: {each.says}"))
        if similarity.not_compared[_MOST_NAMES:]:
            page.line(page.text(f"  and {len(similarity.not_compared) - _MOST_NAMES} more"))
    page.line()
    page.hang(Text(), page.text(NO_JUDGEMENT, "dim"))


def _print_pairs(page: Page, pairs: Sequence[AlikePair]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim", width=page.width)
    table.add_column("alike", justify="right", no_wrap=True)
    table.add_column("hand-ins", overflow="fold", ratio=1)
    table.add_column("functions", overflow="fold", ratio=1)
    for pair in pairs:
        table.add_row(
            Text(percent(pair.share)),
            Text("\n").join(page.text(_who(side)) for side in (pair.a, pair.b)),
            page.text(functions_text(pair)),
        )
    page.console.print(table)


def _who(side: Side) -> str:
    others = f" (and {len(side.same_file)} with the same file)" if side.same_file else ""
    return f"{side.shown}{others}: {side.alike_lines} of {counted(side.lines, 'line')}"
