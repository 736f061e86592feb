"""Hand-ins that are alike, side by side, as one HTML file: offline, without scripts, for the dark and for paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from grader.model.similarity import AlikePair, Listing, Similarity, Span
from grader.reporting.content_policy import page_policy
from grader.reporting.page import visible_text
from grader.reporting.similar_words import NO_JUDGEMENT, counted, facts, finding, functions_text, percent, why

MOST_LINES = 5000
"""Of one file."""
MOST_CHARACTERS = 1000
"""Of one line."""
_HUES = 6
# As Python counts lines: a form feed ends none.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a listing.

    Parameters
    ----------
    number : int
        From 1.
    text : str
        Cut where it is very long.
    hue : int or None
        Which colour; None outside of passages.
    begins : tuple of int
        Numbers of the passages that begin here.
    """

    number: int
    text: str
    hue: int | None
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownListing:
    """A file or cell with its passages marked.

    Parameters
    ----------
    label : str
    lines : tuple of Line
    left_out : int
        Lines after those.
    """

    label: str
    lines: tuple[Line, ...]
    left_out: int


def similar_page(similarity: Similarity, *, title: str) -> Iterator[str]:
    """Yield the page.

    Parameters
    ----------
    similarity : Similarity
        Of a class.
    title : str
        What was compared, as the user named it.

    Yields
    ------
    str
        Pieces, to be written one after the other as UTF-8.

    Notes
    -----
    Every text is escaped by the template engine, and the page forbids itself everything but its own style sheet.
    """
    folder = files("grader.reporting")
    style = folder.joinpath("similar.css").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_safe
    )
    environment.filters |= {"percent": percent, "functions": functions_text, "why": why, "listings": _listings}
    template = environment.from_string(folder.joinpath("similar.html.jinja").read_text(encoding="utf-8"))
    yield from template.generate(
        policy=page_policy(style),
        style=style,
        title=title,
        similarity=similarity,
        finding=finding(similarity),
        facts=facts(similarity),
        no_judgement=NO_JUDGEMENT,
        counted=counted,
    )


def _safe(value: object) -> object:
    # Markup is a str: only plain strings come from students, and they may hold what steers a reader's eye.
    return visible_text(value) if type(value) is str else value


def _listings(pair: AlikePair, side: str) -> list[ShownListing]:
    shown = pair.a if side == "a" else pair.b
    spans = [(passage.number, passage.a if side == "a" else passage.b) for passage in pair.passages]
    return [
        _listing(listing, [(number, span) for number, span in spans if span.chunk == place])
        for place, listing in enumerate(shown.listings)
    ]


def _listing(listing: Listing, spans: list[tuple[int, Span]]) -> ShownListing:
    texts = _LINE_END.split(listing.source)
    hues: dict[int, int] = {}
    begins: dict[int, list[int]] = {}
    for number, span in spans:
        begins.setdefault(span.first, []).append(number)
        for line in range(span.first, span.last + 1):
            hues.setdefault(line, number % _HUES)
    return ShownListing(
        label=listing.label,
        lines=tuple(
            Line(number=number, text=_cut(text), hue=hues.get(number), begins=tuple(begins.get(number, ())))
            for number, text in enumerate(texts[:MOST_LINES], 1)
        ),
        left_out=max(len(texts) - MOST_LINES, 0),
    )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
