"""The class report in a real browser: it sorts, filters, opens, prints, speaks, and runs nothing foreign."""

import io
import re

import pytest

from grader.reporting.class_page import Cost
from tests.reporting.class_page.hostile_class import TEXTS, hostile_class
from tests.reporting.class_page.synthetic_class import page_text, synthetic_class

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}
A4_BETWEEN_MARGINS_PX = 688  # 182 mm at 96 px an inch


def page_of(made, **more) -> str:
    return page_text(made.gradebook, made.reports(), **more)


@pytest.fixture(scope="module")
def small():
    return synthetic_class(60, sections=True)


@pytest.fixture(scope="module")
def small_page(small):
    costs = {hand_in.id: Cost(seconds=0.1, peak_bytes=10**8) for hand_in in small.gradebook.hand_ins}
    return page_of(small, costs=costs.items())


@pytest.fixture(scope="module")
def large():
    return synthetic_class(1000)


@pytest.fixture(scope="module")
def large_page(large):
    return page_of(large)


def totals(page) -> list[float]:
    return [float(text) for text in page.locator("#table td.total").all_inner_texts() if text]


# The table ------------------------------------------------------------------------------------------------------------


def test_a_click_on_a_head_sorts_and_says_so_and_another_turns_it_round(visit, small, small_page):
    page = visit(small_page).page
    head, button = page.locator("th[data-key=total]"), page.get_by_role("button", name="Total")
    assert head.get_attribute("aria-sort") is None
    button.click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert totals(page) == sorted(totals(page))
    button.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert totals(page) == sorted(totals(page), reverse=True)
    finals = [mark.final for mark in small.gradebook.marks if mark.final is not None]
    assert len(totals(page)) == len(finals)
    # Those without a grade stand last in both directions.
    assert page.locator("#table td.total").last.inner_text() == ""


def test_the_keyboard_sorts_and_opens(visit, small_page):
    page = visit(small_page).page
    page.locator("th[data-key=name] button").focus()
    page.keyboard.press("Enter")
    assert page.locator("th[data-key=name]").get_attribute("aria-sort") == "ascending"
    page.locator("#table .opens").first.focus()
    page.keyboard.press("Space")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert page.evaluate("document.activeElement.className") == "opens"


def test_find_takes_parts_of_names_without_their_accents(visit, small, small_page):
    opened = visit(small_page)
    page = opened.page
    page.get_by_label("Find").fill("GARCIA")
    expected = [student.name for student in small.gradebook.students if "García" in student.name]
    assert expected
    assert opened.names() == expected
    assert page.get_by_role("status").inner_text() == f"{len(expected)} of 60 students"


def test_show_chooses_those_of_a_kind(visit, small, small_page):
    opened = visit(small_page)
    opened.page.get_by_label("Show").select_option("m")
    missing = {mark.student for mark in small.gradebook.marks if mark.status == "missing"}
    assert opened.names() == [s.name for s in small.gradebook.students if s.id in missing]


def test_nobody_found_is_said(visit, small_page):
    page = visit(small_page).page
    page.get_by_label("Find").fill("nobody is called this")
    assert page.get_by_role("status").inner_text() == "0 of 60 students"


def test_a_large_class_is_shown_page_by_page_and_all_of_it_is_sorted(visit, large, large_page):
    opened = visit(large_page)
    page = opened.page
    assert page.locator("#table tbody tr").count() == 100
    assert page.evaluate("document.querySelectorAll('*').length") < 4000
    page.get_by_role("button", name="Total").click()
    lowest = min(mark.final for mark in large.gradebook.marks if mark.final is not None)
    assert totals(page)[0] == pytest.approx(float(lowest), abs=0.01)
    page.get_by_role("button", name="Next").click()
    assert page.locator("#place").inner_text() == "101–200 of 1000"
    page.get_by_role("button", name="Previous").click()
    assert page.get_by_role("button", name="Previous").is_disabled()
    last = large.gradebook.students[-1]
    page.get_by_label("Find").fill(last.id)
    assert opened.names() == [last.name]


def test_names_of_a_large_class_lead_to_the_feedback(visit, large, large_page):
    page = visit(large_page).page
    first = page.locator("#table tbody th a").first
    assert first.get_attribute("href") == f"feedback/{large.gradebook.hand_ins[0].id}.html"


def test_a_students_report_opens_with_what_went_wrong_and_a_link_to_the_feedback(visit, small, small_page):
    page = visit(small_page).page
    place, hand_in, report = next(
        (number, hand_in, report)
        for number, (hand_in, report) in enumerate(small.reports())
        if any(check.failure for problem in report.problems for check in problem.checks)
    )
    page.locator("#table .opens").nth(place).click()
    dialog = page.get_by_role("dialog")
    failure = next(c.failure for p in report.problems for c in p.checks if c.failure)
    assert dialog.get_by_text(failure.call, exact=False).first.is_visible()
    assert dialog.get_by_text(failure.expected).first.is_visible()
    link = dialog.get_by_role("link", name="The feedback as the student gets it")
    assert link.get_attribute("href") == f"feedback/{hand_in.id}.html"
    dialog.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()


def test_without_a_script_the_table_of_a_small_class_is_there_with_its_links(visit, small, small_page):
    opened = visit(small_page, java_script_enabled=False)
    assert opened.names() == [student.name for student in small.gradebook.students]
    assert opened.page.locator("#table tbody th a").count() == len(small.gradebook.hand_ins)
    assert not opened.page.get_by_label("Find").is_visible()
    assert opened.page.get_by_role("button").count() == 0


def test_without_a_script_a_large_class_says_where_its_rows_are(visit, large_page):
    page = visit(large_page, java_script_enabled=False).page
    said = page.locator("noscript p")
    assert said.is_visible()
    assert said.inner_text().startswith("A table of 1000 students needs JavaScript")


# Foreign text ---------------------------------------------------------------------------------------------------------


def test_hostile_names_and_output_run_nothing(visit):
    """Names, messages, printed text, reasons: shown as they are, by the template, by the script and in the dialog."""
    opened = visit(page_of(hostile_class()))
    page = opened.page
    assert [name.split(" ")[0] for name in opened.names()] == [text.split(" ")[0] for text in TEXTS]
    for number in range(len(TEXTS)):
        page.locator("#table .opens").nth(number).click()
        dialog = page.get_by_role("dialog")
        assert dialog.is_visible()
        shown = dialog.inner_text()
        assert TEXTS[number].split("\u2028")[0].strip() in shown
        dialog.get_by_text("What it printed").click()
        page.keyboard.press("Escape")
    page.get_by_label("Find").fill("<script>")
    page.get_by_role("button", name="Name").click()
    page.emulate_media(media="print")
    assert page.evaluate("window.taken") is None
    assert page.locator("script:not([type])").count() == 1
    assert page.locator("#table script, #own script, img, [onload], [onerror]").count() == 0
    assert opened.faults() == []


def test_the_policy_stops_what_would_slip_through(visit, small_page):
    """The second wall stands by itself: markup that got into the page all the same could do nothing."""
    foreign = "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'><p style='color: red'>x</p>"
    opened = visit(small_page.replace("<main>", f"<main>{foreign}"))
    page = opened.page
    assert page.evaluate("window.taken") is None
    stopped = set(page.evaluate("window.violations"))
    assert {"script-src-elem", "script-src-attr", "style-src-attr", "img-src"} & stopped >= {"script-src-elem"}
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<p>x</p>'")
    page.evaluate("window.violations = []")
    opened.forgive()


# What people see ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", ["small", "large", "wide"])
def test_a_phone_never_scrolls_sideways(visit, request, made):
    text = page_of(synthetic_class(20, problems=14)) if made == "wide" else request.getfixturevalue(f"{made}_page")
    page = visit(text, **PHONE).page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("svg.lying").is_visible()
    assert not page.locator("svg.upright").is_visible()
    if page.locator("#table .opens").count():
        page.locator("#table .opens").nth(3).click()
        assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 360


@pytest.mark.parametrize("scheme", [{}, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_fault(visit, small_page, scheme, screen):
    """Names, roles, headings, table heads, contrast: the rules of WCAG 2.2 A and AA, and axe's good practice."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    # The policy would rightly stop the examiner's own script.
    page = visit(small_page, bypass_csp=True, **scheme, **screen).page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = axe.Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    page.locator("#table .opens").nth(4).click()
    found = axe.Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_the_dark_is_dark(visit, small_page):
    dark, light = visit(small_page, **DARK).page, visit(small_page).page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert max(map(int, re.findall(r"\d+", dark.evaluate(ground)))) < 40
    assert min(map(int, re.findall(r"\d+", light.evaluate(ground)))) > 240


@pytest.mark.parametrize("problems", [5, 10, 20])
def test_paper_cuts_nothing_off(visit, problems):
    """Nothing is wider than the paper between its margins, nothing has to be scrolled, nothing stays folded."""
    made = synthetic_class(45, problems=problems)
    page = visit(page_of(made), viewport={"width": A4_BETWEEN_MARGINS_PX, "height": 1000}).page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    landscape = page.evaluate("getComputedStyle(document.getElementById('students')).page")
    assert landscape == ("many" if problems > 10 else "auto")
    if problems > 10:
        page.set_viewport_size({"width": 1030, "height": 700})  # 273 mm
    cut = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((each) => each.getClientRects().length && !each.closest(".unseen, .skip, dialog"))
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1
                || (getComputedStyle(each).overflow !== "visible" && each.scrollWidth > each.clientWidth + 1
                    && !["INPUT", "SELECT", "svg"].includes(each.tagName)))
            .map((each) => each.outerHTML.slice(0, 200))"""
    )
    assert cut == []
    assert not page.locator("#controls").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("problems", [5, 12])
def test_every_sheet_is_a4_and_says_what_its_columns_are(visit, problems):
    pypdf = pytest.importorskip("pypdf", reason="what is printed is not read: pypdf is not installed")
    made = synthetic_class(90, problems=problems)
    printed = visit(page_of(made)).page.pdf(prefer_css_page_size=True)
    sheets = pypdf.PdfReader(io.BytesIO(printed)).pages
    sizes = {tuple(sorted((round(sheet.mediabox.width), round(sheet.mediabox.height)))) for sheet in sheets}
    assert sizes == {(595, 842)}
    texts = [" ".join(sheet.extract_text().split()) for sheet in sheets]
    of_table = [text for text in texts if re.search(r"s0000\d\d", text)]
    assert len(of_table) > 1
    assert all("Remarks" in text for text in of_table)
    assert {student.id for student in made.gradebook.students} == set(re.findall(r"s0000\d\d", " ".join(texts)))
    assert "An example" in " ".join(texts)
    assert "np.array" in " ".join(texts)


def test_a_screen_reader_finds_its_way(visit, small_page):
    page = visit(small_page).page
    for landmark in ("banner", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark
    assert page.get_by_role("heading", level=1).count() == 1
    sections = page.get_by_role("heading", level=2).all_inner_texts()
    assert sections[0] == "For you to look at"
    assert sections[-1] == "Students"
    table = page.get_by_role("table").last
    assert table.get_by_role("columnheader").count() == 3 + 5 + 1
    assert table.get_by_role("rowheader").count() == 60
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the table of students"
    assert page.get_by_role("searchbox", name="Find").count() == 1
    assert page.get_by_role("combobox", name="Show").count() == 1
