"""Puts the page together: templates that escape everything, a policy that runs nothing else, one file in the end."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.model.gradebook import Gradebook
from grader.reporting.class_page.costs import Cost, costs_summary
from grader.reporting.class_page.embedded import embedded_json, encodable
from grader.reporting.class_page.histogram import drawing, score_classes
from grader.reporting.class_page.items import LEAST_ANSWERS, LOW_DISCRIMINATION
from grader.reporting.class_page.mistakes import MOST_SHOWN
from grader.reporting.class_page.overview import final_scores, overview
from grader.reporting.class_page.rows import MOST_WITHOUT_SCRIPT, feedback_link, plain_rows, row_data
from grader.reporting.class_page.tally import Tally
from grader.reporting.content_policy import page_policy

_PACKAGE = "grader.reporting.class_page"
_PIECES = 200
"""Bits of a template that are handed on as one piece of text."""
_MOST_UPRIGHT = 10
"""Problems up to which the students' table fits on upright A4."""


def class_page(gradebook: Gradebook, counted: Tally, *, costs: Iterable[tuple[str, Cost]] = ()) -> Iterator[str]:
    """Yield the class report, one HTML file that needs nothing else.

    Parameters
    ----------
    gradebook : Gradebook
        Of the class.
    counted : Tally
        What its reports hold, from a `ClassTally`.
    costs : iterable of (str, Cost)
        Of hand-ins, by id. Without any, nothing is said of time and memory, and the same gradebook and reports give the
        same text.

    Yields
    ------
    str
        Pieces of the page, to be written one after the other as UTF-8.

    Notes
    -----
    Links go to ``feedback/<hand-in id>.html`` beside the page.
    """
    environment = _environment()
    style, script = _asset("page.css"), _asset("page.js")
    bars = score_classes(final_scores(gradebook), gradebook.assignment.max_score)
    named = [mistake for mistake in counted.mistakes if mistake.named]
    others = [mistake for mistake in counted.mistakes if not mistake.named]
    measured = costs_summary(costs)
    names = _names(gradebook, [hand_in for hand_in, _ in measured.slowest] if measured else [])
    stream = environment.get_template("page.html").stream(
        policy=page_policy(style, script),
        style=style,
        script=script,
        gradebook=gradebook,
        overview=overview(gradebook),
        tally=counted,
        bars=bars,
        drawings=(
            drawing(bars, upright=True, width=760, height=300),
            drawing(bars, upright=False, width=400, height=340),
        ),
        named=named,
        others=others,
        most_mistakes=MOST_SHOWN,
        costs=measured,
        names=names,
        plain_rows=plain_rows(gradebook) if len(gradebook.students) <= MOST_WITHOUT_SCRIPT else None,
        sections=any(student.section for student in gradebook.students),
        many_problems=len(gradebook.problems) > _MOST_UPRIGHT,
        rows=row_data(gradebook, counted.details),
        details=embedded_json(counted.details),
        least_answers=LEAST_ANSWERS,
        low_discrimination=LOW_DISCRIMINATION,
    )
    stream.enable_buffering(_PIECES)
    yield from map(encodable, stream)


def _names(gradebook: Gradebook, hand_ins: Sequence[str]) -> dict[str, str]:
    """Return who handed in, by hand-in id, for a few of them."""
    wanted = {hand_in.id: hand_in.students for hand_in in gradebook.hand_ins if hand_in.id in hand_ins}
    shown = {student.id: student.shown for student in gradebook.students}
    return {hand_in: ", ".join(shown.get(each, each) for each in students) for hand_in, students in wanted.items()}


def _environment() -> Environment:
    # .html and nothing else is ever rendered, so escaping has no exception to rely on.
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "breakable": _breakable,
        "percent": _percent,
        "two_decimals": _two_decimals,
        "feedback_link": feedback_link,
    }
    return environment


def _asset(name: str) -> Markup:
    text = files(_PACKAGE).joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package, without anything of a student


def _breakable(identifier: str) -> Markup:
    """Let a long name break after its underscores."""
    return escape(identifier).replace("_", Markup("_<wbr>"))


def _percent(share: float) -> str:
    # 99.6 % is not all of them, and 0.4 % is not none.
    whole = round(share * 100)
    if (whole == 100 and share < 1) or (whole == 0 and share > 0):
        return f"{share * 100:.1f} %"
    return f"{whole} %"


def _two_decimals(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
