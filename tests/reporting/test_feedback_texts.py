"""What is worked out once for many is, for each of them, what would be worked out for them alone."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from grader.batch.stored import ReportReader, packed_report
from grader.model.report import Finding, ProblemReport, SubmissionReport
from grader.model.shared_report import SharedReport
from grader.reporting import feedback_texts
from grader.reporting.feedback import Feedback, make_feedback
from grader.reporting.feedback_html import FeedbackPage
from grader.reporting.feedback_markdown import MarkdownPart, feedback_markdown
from grader.reporting.feedback_texts import FeedbackTexts
from grader.reporting.json_report import model_text
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports

PAGE = FeedbackPage()
REPORTS = (
    *sample.REPORTS.values(),
    sample_reports.scan(),
    sample_reports.unreadable(),
    sample_reports.every_finding(),
)


def feedback_of(report: SubmissionReport, **changes: object) -> Feedback:
    book = sample.gradebook()
    made = make_feedback(book, sample.HAND_INS[1], [sample.BOB, sample.CAT], book.marks[1], report)
    return made.model_copy(update=changes)


def alone(feedback: Feedback) -> dict[str, str]:
    """The texts, each from all of the report."""
    return {
        ".json": model_text(feedback, indent=2) + "\n",
        ".md": feedback_markdown(feedback),
        ".html": PAGE(feedback),
    }


def shared_texts(
    texts: FeedbackTexts, reader: ReportReader, report: SubmissionReport, **changes: object
) -> dict[str, str]:
    shared = reader.read(packed_report(report))
    return texts.of(feedback_of(shared.report, **changes), shared)


def with_commands(report: SubmissionReport, command: str) -> SubmissionReport:
    """The report of somebody else, who is told the same."""
    problems = [
        problem.model_copy(
            update={
                "checks": tuple(
                    check.model_copy(update={"again": f"{command} {check.id}" if check.failure else ""})
                    for check in problem.checks
                )
            }
        )
        for problem in report.problems
    ]
    return report.model_copy(update={"problems": tuple(problems), "student": command, "path": f"{command}.py"})


def mixed(seed: int) -> SubmissionReport:
    """A submission each of whose problems is as in one of the others."""
    draws = random.Random(seed)
    graded = [report for report in REPORTS if report.problems]
    ids = [problem.id for problem in graded[0].problems]
    found = [{problem.id: problem for problem in report.problems} for report in graded]
    problems = [draws.choice([each[id_] for each in found if id_ in each]) for id_ in ids]
    return draws.choice(graded).model_copy(update={"problems": tuple(problems)})


def test_texts_are_those_of_each_report_alone() -> None:
    texts, reader = FeedbackTexts(), ReportReader()
    everything = [*REPORTS, *map(mixed, range(40))]
    for command in ("grader grade a", 'it\'s "quoted" \\ 名 \x07 again": "'):
        for report in everything:
            own = with_commands(report, command)
            assert shared_texts(texts, reader, own) == alone(feedback_of(own))


def test_problems_that_lose_points_for_one_reason_are_told_together() -> None:
    report = sample_reports.unreadable()
    assert len(report.problems) > 1
    texts = shared_texts(FeedbackTexts(), ReportReader(), report)
    assert texts[".md"].count("\n## ") <= alone(feedback_of(report))[".md"].count("\n## ")
    right = sample_reports.full_marks().problems
    for kept in range(len(right)):
        some = tuple(right[i] if i < kept else problem for i, problem in enumerate(report.problems))
        part = report.model_copy(update={"problems": some})
        assert shared_texts(FeedbackTexts(), ReportReader(), part) == alone(feedback_of(part))


def test_a_problem_is_put_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    plain = feedback_texts.MarkdownPart

    def counted(problem: ProblemReport, beside: Sequence[ProblemReport]) -> MarkdownPart:
        made.append(problem.id)
        return plain(problem, beside)

    monkeypatch.setattr(feedback_texts, "MarkdownPart", counted)
    texts, reader = FeedbackTexts(), ReportReader()
    for name in ("ann", "bob", "cat"):
        shared_texts(texts, reader, with_commands(sample.REPORTS["h2"], f"grader grade {name}.py"))
    assert made == [problem.id for problem in sample.REPORTS["h2"].problems]


def test_two_languages_are_not_mixed_up() -> None:
    texts, reader = FeedbackTexts(), ReportReader()
    for language in ("de", "en", "de"):
        expected = alone(feedback_of(sample.REPORTS["h2"], language=language))
        assert shared_texts(texts, reader, sample.REPORTS["h2"], language=language) == expected


def test_a_name_that_no_file_can_hold_is_written_as_before() -> None:
    report = with_commands(sample.REPORTS["h2"], "grader grade")
    assert any(check.resolution for problem in report.problems for check in problem.checks)
    found = shared_texts(FeedbackTexts(), ReportReader(), report, students=("a\udcff",))
    assert found == alone(feedback_of(report, students=("a\udcff",)))
    assert "\\udcff" in found[".json"]


def test_a_report_that_shares_nothing_gives_the_same() -> None:
    report = with_commands(sample.REPORTS["h2"], "grader grade x")
    shared = SharedReport.of(report)
    assert shared.whole() == report
    assert FeedbackTexts().of(feedback_of(report), shared) == alone(feedback_of(report))


def test_what_was_not_graded_has_no_problems() -> None:
    report = sample_reports.not_graded("fay", "our fault").model_copy(update={"problems": ()})
    assert shared_texts(FeedbackTexts(), ReportReader(), report) == alone(feedback_of(report))


def test_text_that_looks_like_the_form_of_json_is_text() -> None:
    forms = '","title":"x","again":"y",{"id":"z","problems":[]}]} "problems": []\n  }\n}'
    failure = sample_reports.failure(got=forms, inputs=forms, call=forms, source=forms)
    check = sample_reports.wrong("p", "reference", Finding.RAISED, forms, failure=failure)
    report = sample_reports.submission(forms, sample_reports.problem("p", check, reason=forms), notes=(forms,))
    own = with_commands(report, forms)
    assert shared_texts(FeedbackTexts(), ReportReader(), own) == alone(feedback_of(own))
    hand_in = replace(sample.HAND_INS[0], path=forms)
    assert make_feedback(sample.gradebook(), hand_in, [sample.ADA], sample.gradebook().marks[0], own)
