"""A report is read as it was kept, and what two reports say alike is one object."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.stored import ReportReader, UnreadableReportError, packed_report
from grader.model.report import SubmissionReport
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports
from tests.reporting.test_feedback_texts import REPORTS, mixed, with_commands

FORMS = ('","title":"', '"again":"', ',"problems":[', '{"id":"', "]}", "\\", '"', "名", "\n", "x")
forms = st.lists(st.sampled_from(FORMS), max_size=6).map("".join)


def test_every_report_is_read_as_it_was_kept() -> None:
    reader = ReportReader()
    for report in [*REPORTS, *map(mixed, range(20))]:
        assert reader.read(packed_report(report)).whole() == report
        assert reader.read(packed_report(with_commands(report, "c"))).whole() == with_commands(report, "c")


@given(forms, forms, forms)
def test_text_of_any_form_is_read_as_it_was_kept(says: str, command: str, id_: str) -> None:
    failure = sample_reports.failure(got=says, inputs=says, source=command)
    check = sample_reports.wrong("p", "reference", sample_reports.Finding.RAISED, says or "m", failure=failure)
    problems = [sample_reports.problem("p", check.model_copy(update={"again": command}), reason=says) for _ in "ab"]
    problems = [problem.model_copy(update={"id": f"{id_}{i}", "title": says}) for i, problem in enumerate(problems)]
    report = sample_reports.submission(says, *problems, notes=(command,))
    shared = ReportReader().read(packed_report(report))
    assert shared.whole() == report
    assert shared.commands == (command, command)


def test_problems_of_which_the_same_is_said_are_one_object() -> None:
    reader = ReportReader()
    first, second = (
        reader.read(packed_report(with_commands(sample.REPORTS["h2"], f"grader grade {name}.py"))) for name in "ab"
    )
    assert first.commands != second.commands
    for one, other in zip(first.report.problems, second.report.problems, strict=True):
        assert one is other
    assert first.report.student != second.report.student


def test_a_report_without_a_key_that_has_a_default_is_read() -> None:
    data = sample.REPORTS["h2"].model_dump(mode="json")
    assert data["problems"][0]["checks"][0].pop("again") == ""
    for separators in ((", ", ": "), (",", ":")):
        packed = zlib.compress(json.dumps(data, separators=separators).encode())
        assert ReportReader().read(packed).whole() == sample.REPORTS["h2"]


def test_what_is_no_report_is_not_read() -> None:
    whole = zlib.decompress(packed_report(sample.REPORTS["h2"]))
    at_problems = whole.index(b',"problems":[') + len(b',"problems":[')
    cut = (b"{}", b"", whole[:-1], whole[:-2], whole[:at_problems], whole + b"]}", whole.replace(b'"kind"', b'"kin"'))
    for text in cut:
        with pytest.raises(UnreadableReportError):
            ReportReader().read(zlib.compress(text))
    for packed in (b"", b"x", packed_report(sample.REPORTS["h2"])[:-9]):
        with pytest.raises(UnreadableReportError):
            ReportReader().read(packed)
    assert SubmissionReport.model_validate_json(whole) == sample.REPORTS["h2"]
