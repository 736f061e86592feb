"""Feedback: the score first, the whole sum, everything that failed; nothing foreign runs, nobody else's data."""

from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.model.gradebook import Adjustment
from grader.model.handin import EarlierHandIn
from grader.model.report import Finding, PrintedReport, SubmissionReport
from grader.reporting.feedback import Feedback, file_line, make_feedback, sum_lines, whose_line
from grader.reporting.feedback_html import FIRST_LINE, FeedbackPage
from grader.reporting.feedback_markdown import code, code_span, feedback_markdown, inline
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports
from tests.reporting.goldens import FOLDER

PAGE = FeedbackPage()
HOSTILE = (
    "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\n"
    "[x](javascript:alert(1)) ![](http://x.example) ```\n~~~ \x1b[31m \u202e {{ 7*7 }} {% raw %} <!-- -->"
)


def feedback(who: str = "h2", adjustments: tuple[Adjustment, ...] = sample.ADJUSTMENTS) -> Feedback:
    book = sample.gradebook(adjustments=adjustments)
    hand_in = next(each for each in book.hand_ins if each.id == who)
    members = [student for student in book.students if student.id in hand_in.students]
    mark = next(mark for mark in book.marks if mark.hand_in == who)
    return make_feedback(book, hand_in, members, mark, sample.REPORTS[who])


def hostile() -> Feedback:
    """Foreign text wherever a student's can stand."""
    failure = sample_reports.failure(
        got=HOSTILE, inputs=HOSTILE, call=HOSTILE, source=HOSTILE, case=HOSTILE, says=HOSTILE
    )
    check = sample_reports.wrong("p", "reference", Finding.RAISED, HOSTILE, failure=failure)
    report = sample_reports.submission(
        HOSTILE,
        sample_reports.problem("p", check, reason=HOSTILE),
        notes=(HOSTILE,),
        printed=PrintedReport(text=HOSTILE * 50, truncated=True),
    )
    return feedback().model_copy(
        update={"students": (HOSTILE,), "submission": report, "counts": Fraction(0), "adjustments": ()}
    )


class Seen(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inside: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.text += data


# The sum ----------------------------------------------------------------------------------------------------------


def test_sum_says_graded_adjusted_late_and_counts() -> None:
    assert [(line.label, line.points) for line in sum_lines(feedback())] == [
        ("graded", "61 / 100"),
        ("adjusted", "+4"),
        ("late", "\u221210"),
        ("counts", "55 / 100"),
    ]
    assert sum_lines(feedback())[1].says == "grad_pi: the sign is a matter of taste"


def test_it_says_which_of_several_hand_ins_was_graded_and_when_it_came() -> None:
    assert file_line(feedback()) == "submissions/team.py; handed in 2026-10-02 00:59 UTC"
    again = feedback().model_copy(update={"earlier": 2, "submitted_at": ""})
    assert file_line(again) == "submissions/team.py, the newest of 3 hand-ins"
    older = EarlierHandIn(path="old.py")
    book = sample.gradebook()
    hand_in = replace(book.hand_ins[0], earlier=(older,))
    assert make_feedback(book, hand_in, book.students[:1], book.marks[0], sample.REPORTS["h1"]).earlier == 1


def test_names_with_commas_stay_apart() -> None:
    assert whose_line(feedback()) == "Bøb, Jr.; 貓 小姐"


def test_no_sum_is_shown_where_nothing_changed() -> None:
    assert sum_lines(feedback("h1")) == ()
    assert sum_lines(feedback("h4")) == ()


def test_a_sum_below_zero_says_why_it_counts_as_zero() -> None:
    all_gone = (Adjustment(student="bob", problem="", points=Fraction(-99), reason="copied"),)
    assert sum_lines(feedback(adjustments=all_gone))[-1].says == "a grade is never below 0"


# Both media -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["h1", "h2", "h3", "h4"])
def test_feedback_looks_as_recorded(who: str) -> None:
    import os

    for suffix, text in ((".md", feedback_markdown(feedback(who))), (".html", PAGE(feedback(who)))):
        path = FOLDER.parent / "golden_feedback" / f"{who}{suffix}"
        if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("write", [feedback_markdown, PAGE])
def test_everything_that_failed_is_told_in_both(write: object) -> None:
    assert callable(write)
    page = write(feedback())
    text = (
        Seen(page).text
        if page.startswith("<!doctype")
        else Seen(MarkdownIt("commonmark").enable("table").render(page)).text
    )
    for words in (
        "55 / 100",
        "the factor 1/pi_k is missing",
        "grad_pi(X, pi, mu, Sigma)",
        "[0.2731, 0.7269]",
        "[1.0924, 0.9692]",
        sample_reports.MISSING_PI.hint,
        "the sign is a matter of taste",
        "1 day begun",
        "Bøb, Jr.",
        "貓 小姐",
    ):
        assert words in text, words
    assert text.index("55 / 100") < text.index("grad_pi")


def test_nobody_elses_data_is_told() -> None:
    for who, others in {"h1": ("Bøb", "貓", "Fay"), "h2": ("Ada", "Fay", "Eve")}.items():
        told = feedback(who)
        for text in (feedback_markdown(told), PAGE(told), told.model_dump_json()):
            assert [name for name in others if name in text] == []


def test_not_graded_says_that_it_is_our_fault_and_no_points_are_lost() -> None:
    for text in (feedback_markdown(feedback("h4")), PAGE(feedback("h4"))):
        assert "ours, the grader" in text
        assert "no point of 100 is given or lost" in text
        assert "the sandbox died three times" in text


def test_undecided_points_are_told_before_the_problems() -> None:
    page = Seen(PAGE(feedback("h3"))).text
    assert page.index("and 20 points undecided") < page.index("grad_mu")


def test_feedback_comes_back_from_json() -> None:
    for who in ("h1", "h2", "h3", "h4"):
        assert Feedback.model_validate_json(feedback(who).model_dump_json(by_alias=True)) == feedback(who)


# Foreign text -----------------------------------------------------------------------------------------------------


def test_foreign_text_makes_no_element_and_runs_nothing_in_html() -> None:
    plain, foreign = Seen(PAGE(feedback())), Seen(PAGE(hostile()))
    assert {tag for tag, _ in foreign.elements} <= {tag for tag, _ in plain.elements} | {"ul", "li"}
    assert "<script>alert(1)</script>" in foreign.text
    assert "{{ 7*7 }}" in foreign.text
    assert "\x1b" not in foreign.text
    assert "\u202e" not in foreign.text
    attributes = {name for _, found in foreign.elements for name in found}
    assert attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}


def test_page_forbids_everything_but_its_own_style() -> None:
    import base64
    import hashlib

    page = PAGE(hostile())
    assert page.startswith(FIRST_LINE)
    metas = [found for tag, found in Seen(page).elements if tag == "meta"]
    policy = next(each["content"] for each in metas if each.get("http-equiv") == "Content-Security-Policy")
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<style>")
    for needed in ("prefers-color-scheme: dark", "@media print", "max-width: 34rem"):
        assert needed in style


def test_foreign_text_stays_text_in_markdown() -> None:
    html = MarkdownIt("commonmark").enable("table").render(feedback_markdown(hostile()))
    seen = Seen(html.removeprefix("<!-- grader-feedback/1 -->"))
    assert not {tag for tag, _ in seen.elements} & {"script", "img", "a", "style", "iframe"}
    assert "<script>alert(1)</script>" in seen.text
    assert "\x1b" not in html


@given(st.text(st.sampled_from("ab1 `*_[]()<>#+-.!|~&$:/\\=\n\t{}\"'^@"), max_size=30))
def test_inline_text_means_only_itself(text: str) -> None:
    # One <p> whose text is the text: nothing was read as markup.
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(inline(text))
    seen = Seen(html)
    assert seen.text.strip() == " ".join(text.split())
    assert {tag for tag, _ in seen.elements} <= {"p"}


@given(st.text(st.sampled_from("a` b|*<"), max_size=20))
def test_a_code_span_holds_any_text(text: str) -> None:
    shown = " ".join(text.split())
    html = MarkdownIt("commonmark").render(f"- got: {code_span(text)}")
    assert Seen(html).text.strip() == f"got: {shown}".strip()
    assert {tag for tag, _ in Seen(html).elements} <= {"ul", "li", "code"}


@given(st.text(st.sampled_from("a`~\n \\<>"), max_size=40))
def test_a_code_block_holds_any_text(text: str) -> None:
    (token,) = MarkdownIt("commonmark").parse(code(text))
    assert token.type == "fence"
    assert token.content == f"{text}\n"


def test_long_output_is_cut_and_says_so() -> None:
    printed = PrintedReport(text="line\n" * 500, truncated=True)
    report: SubmissionReport = sample.REPORTS["h1"].model_copy(update={"printed": printed})
    told = feedback("h1").model_copy(update={"submission": report})
    for text in (feedback_markdown(told), PAGE(told)):
        assert "460 more lines in the JSON report" in text
        assert "and more, which was not kept" in text
