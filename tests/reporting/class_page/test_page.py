"""The page as text: what it says, that it is the same each time, and that it holds no foreign markup."""

import base64
import gc
import hashlib
import json
import re
import weakref
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from grader.model.gradebook import Adjustment
from grader.reporting.class_page import Cost
from grader.reporting.needs import needs
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports
from tests.reporting.class_page.hostile_class import TEXTS, hostile_class
from tests.reporting.class_page.synthetic_class import (
    check,
    gradebook_of,
    heads,
    mark_of,
    page_text,
    problem,
    submission,
    synthetic_class,
)


def page(made, **more) -> str:
    return page_text(made.gradebook, made.reports(), **more)


class Seen(HTMLParser):
    """What a parser of HTML finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.data: dict[str, str] = {}
        self._in: list[str] = []
        self._id = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag in {"script", "style"}:
            self._id = dict(attrs).get("id") or tag
            self.data[self._id] = ""

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self._id = ""

    def handle_data(self, data):
        if self._id:
            self.data[self._id] += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def small():
    return synthetic_class(60)


@pytest.fixture(scope="module")
def seen(small):
    return Seen(page(small))


def test_the_same_gradebook_gives_the_same_bytes(small):
    assert page(small) == page(small)


def test_the_page_does_not_depend_on_the_order_of_the_reports(small):
    backwards = reversed(list(small.reports()))
    turned = Seen(page_text(small.gradebook, backwards))
    plain = Seen(page(small))
    assert turned.texts == plain.texts
    assert json.loads(turned.data["class-rows"]) == json.loads(plain.data["class-rows"])


def test_every_student_stands_in_the_table_without_a_script(small, seen):
    for student in small.gradebook.students:
        assert student.name in seen.text
        assert student.id in seen.text
    links = {value for tag, name, value in seen.attributes if (tag, name) == ("a", "href")}
    assert {f"feedback/{hand_in.id}.html" for hand_in in small.gradebook.hand_ins} <= links


def test_what_could_not_be_graded_is_the_first_thing_after_the_numbers():
    made = synthetic_class(300)
    not_graded = sum(mark.status == "not_graded" for mark in made.gradebook.marks)
    assert not_graded > 0
    text = Seen(page(made)).text
    assert text.index("For you to look at") < text.index(f"{not_graded} not graded") < text.index("Scores")
    assert text.index("the sandbox could not be started") < text.index("Scores")


def test_all_that_needs_a_person_stands_at_the_head():
    late = Adjustment(student="eve", problem="", points=Fraction(3), reason="by paper")
    reports = sample.REPORTS | {"h1": sample_reports.unreadable()}
    book = sample.gradebook(adjustments=(late,), reports=reports)
    made = [(hand_in, reports[hand_in.id]) for hand_in in book.hand_ins]
    text = Seen(page_text(book, made)).text
    head = text[text.index("For you to look at") : text.index("Scores")]
    for need in needs(book):
        assert need.kind in ("not_graded", "undecided") or need.says in head
    assert "1: what was handed in could not be run" in head
    assert {need.kind for need in needs(book)} >= {"nothing_to_run", "late_unknown", "adjustment_without_grade"}
    assert text.count("could not be run") > head.count("could not be run")  # and among the remarks of the table


def test_a_class_in_order_has_nothing_to_look_at():
    made = submission(problem("grad_mu", check("grad_mu.reference", 20)))
    text = Seen(page_text(*one_student(made))).text
    assert "For you to look at" not in text
    assert "None was made." in text


def one_student(made, **changes):
    """A class of one, and its report."""
    whole = synthetic_class(1).gradebook
    [student], [hand_in] = whole.students, whole.hand_ins
    mark = replace(mark_of(student.id, hand_in.id, made), **changes)
    return gradebook_of((student,), (hand_in,), (mark,), heads(1)), [(hand_in, made)]


def test_an_empty_class_has_a_page():
    text = Seen(page_text(gradebook_of((), (), (), heads(2)), [])).text
    assert "Nobody has a grade yet." in text
    assert "Nothing is graded yet." in text


def test_a_class_without_a_grade_has_a_page():
    made = submission(graded=False)
    text = Seen(page_text(*one_student(made))).text
    assert "1 not graded" in text
    assert "Nobody has a grade yet." in text


def test_adjustments_late_marks_and_sums_are_in_the_data_of_the_table(small):
    made = submission(problem("grad_mu", check("grad_mu.reference", 20, score=Fraction(20, 3))))
    adjusted = (Adjustment(student="s000000", problem="grad_mu", points=-2, reason="agreed with the lecturer"),)
    seen = Seen(page_text(*one_student(made, adjustments=adjusted, final=Fraction(14, 3))))
    [row] = json.loads(seen.data["class-rows"])
    assert row[4:6] == [4.67, [6.67]]
    assert row[6] == "adjusted"
    assert row[8]["adjusted"] == ["−2: Gradient in the means. agreed with the lecturer"]
    letters = "".join(row[7] for row in json.loads(Seen(page(small)).data["class-rows"]))
    assert {"m", "u", "l"} <= set(letters)


def test_a_large_class_has_no_reports_and_no_rows_but_the_data_of_all():
    made = synthetic_class(400)
    text = page(made)
    seen = Seen(text)
    assert json.loads(seen.data["class-details"]) == {}
    assert len(json.loads(seen.data["class-rows"])) == 400
    assert "noscript" in seen.tags
    assert seen.tags.count("tr") < 60
    assert len(text.encode()) / 400 < 250


def test_reports_of_a_large_class_are_gone_over_once_and_not_kept():
    made = synthetic_class(350)
    alive: list[weakref.ref] = []
    most = 0

    def watched():
        nonlocal most
        for hand_in, report in made.reports():
            alive.append(weakref.ref(report))
            yield hand_in, report
            del report
            if len(alive) % 50 == 0:
                gc.collect()
                most = max(most, sum(each() is not None for each in alive))

    page_text(made.gradebook, watched())
    assert len(alive) == len(made.gradebook.hand_ins)
    assert 0 < most <= 3


def test_a_report_of_a_stranger_or_a_second_one_is_refused(small):
    reports = list(small.reports())
    with pytest.raises(ValueError, match="does not hold"):
        page_text(small.gradebook, [*reports, reports[0]])
    stranger = replace(reports[0][0], id="stranger")
    with pytest.raises(ValueError, match="stranger"):
        page_text(small.gradebook, [(stranger, reports[0][1])])


def test_undecided_answers_count_neither_as_right_nor_as_wrong():
    whole = synthetic_class(8).gradebook
    sure = submission(problem("grad_mu", check("grad_mu.reference", 20)))
    held = submission(problem("grad_mu", check("grad_mu.reference", 20, score=0), undecided=20))
    pairs = list(zip(whole.hand_ins, [held, *[sure] * (len(whole.hand_ins) - 1)], strict=True))
    marks = tuple(mark_of(h.students[0], h.id, r) for h, r in pairs)
    students = tuple(s for s in whole.students if any(s.id in h.students for h in whole.hand_ins))
    text = Seen(page_text(gradebook_of(students, whole.hand_ins, marks, heads(1)), pairs)).text
    assert f"{len(pairs) - 1} of {len(pairs) - 1}" in text
    assert "1 with undecided points" in text


def test_time_and_memory_are_said_only_where_they_were_measured(small):
    assert "Time and memory" not in page(small)
    costs = {hand_in.id: Cost(seconds=0.25, peak_bytes=90 * 2**20) for hand_in in small.gradebook.hand_ins}
    text = Seen(page(small, costs=costs.items())).text
    assert "Time 250 ms 250 ms 250 ms" in text
    assert "Memory 90 MiB" in text
    owner = next(s.name for s in small.gradebook.students if s.id == small.gradebook.hand_ins[0].students[0])
    assert f"{owner} : 250 ms" in text


# Foreign text ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile():
    return page(hostile_class())


def test_foreign_text_adds_no_element_and_no_attribute(hostile):
    """The tags of the page are those of the template: what students wrote is text everywhere."""
    seen = Seen(hostile)
    assert seen.tags.count("script") == 3
    assert not {"img", "iframe", "template", "object", "form", "base"} & set(seen.tags)
    assert not [each for each in seen.attributes if each[1].startswith("on") or each[1] == "style"]
    assert not [each for each in seen.attributes if (each[2] or "").strip().lower().startswith("javascript:")]


def test_foreign_text_is_shown_as_it_is(hostile):
    seen = Seen(hostile)
    rows = json.loads(seen.data["class-rows"])
    for number, text in enumerate(TEXTS):
        assert rows[number][0] == f"{text} {number}"
    assert TEXTS[0] in seen.text
    assert "{{7*7}}" in seen.text


def test_data_blocks_hold_no_sign_that_html_reads(hostile):
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', hostile, re.DOTALL):
        assert not set("<>&\u2028\u2029") & set(block)
        json.loads(block)


def test_the_page_can_be_written_as_utf_8_whatever_the_names(hostile):
    assert b"\\udc80" in hostile.encode()


def test_links_stay_in_the_folder_of_the_feedback(hostile):
    links = {value for tag, name, value in Seen(hostile).attributes if (tag, name) == ("a", "href")}
    assert links == {"#students", *(f"feedback/hand-in%20{n}%20%26%20100%20%25%27%22.html" for n in range(len(TEXTS)))}


def test_the_policy_names_this_style_sheet_and_this_script_and_nothing_else(hostile):
    seen = Seen(hostile)
    [policy] = [v for _, name, v in seen.attributes if name == "content" and v.startswith("default-src")]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["default-src"] == "'none'"
    for directive, key in (("style-src", "style"), ("script-src", "script")):
        digest = base64.b64encode(hashlib.sha256(seen.data[key].encode()).digest()).decode()
        assert parts[directive] == f"'sha256-{digest}'"
    assert "unsafe" not in policy


def test_the_examples_name_nobody():
    made = synthetic_class(250)
    text = page(made)
    section = text[text.index('id="mistakes"') : text.index('id="students"')]
    assert "An example" in section
    for student, hand_in in zip(made.gradebook.students, made.gradebook.hand_ins, strict=False):
        assert student.id not in section
        assert student.name not in section
        assert hand_in.path not in section
    assert "ValueError" not in section


def test_nobody_is_named_whom_the_gradebook_does_not_name(small):
    """An anonymous gradebook gives an anonymous page: paths and names of reports and hand-ins are not shown."""
    book = small.gradebook
    told = {"path": "Real Name/hw1.py", "student": "Real Name"}
    reports = ((hand_in, report.model_copy(update=told)) for hand_in, report in small.reports())
    hand_ins = tuple(replace(hand_in, path=told["path"]) for hand_in in book.hand_ins)
    students = tuple(replace(student, name="") for student in book.students)
    text = page_text(book.model_copy(update={"hand_ins": hand_ins, "students": students}), reports)
    assert "Real Name" not in text
    assert not any(student.name in text for student in book.students)
    assert all(student.id in text for student in book.students)


# Colours --------------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2: 4.5 for text, 3 for what a drawing says."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(seen, scheme):
    blocks = re.findall(r":root \{(.*?)\}", seen.data["style"], re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[scheme]))
    for ground in ("ground", "raised"):
        for text in ("ink", "quiet", "accent", "warn"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for text in ("ink", "accent", "warn"):
        assert contrast(colours[text], colours["warn-ground"]) >= 4.5, text
    assert contrast(colours["bar"], colours["ground"]) >= 3
