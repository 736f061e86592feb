"""What the plugin does in a run of pytest that grades: collects, lets scores travel with tests, says the scores."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from grader.cli.whole_file import write_whole
from grader.grading.engine import GradeRequest
from grader.model.diagnostic import DiagnosedError
from grader.model.report import Report, SubmissionReport
from grader.pytest_plugin.desk import Desk, read_request
from grader.pytest_plugin.gather import Gathered, carried
from grader.pytest_plugin.items import Check, NotGraded, Submission, ids, not_graded_words
from grader.pytest_plugin.settings import Settings
from grader.reporting.check_words import labelled, missing_reason
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.json_report import to_json
from grader.reporting.page import visible_text
from grader.reporting.plain_text import plain_text
from grader.reporting.points import and_undecided, score_text
from grader.reporting.shown_output import shown_output
from grader.words import in_language, say

_OUTPUT_LINES = 12
CARRIED = "grader_carried"
"""The attribute of a test's report that carries a submission's."""


class Checks:
    """The hooks of one run of pytest, in the process that collects and in each that grades.

    Parameters
    ----------
    settings : Settings
        What was asked.
    config : pytest.Config
        Of the run.
    """

    def __init__(self, settings: Settings, config: pytest.Config) -> None:
        self._settings = settings
        self._is_worker = hasattr(config, "workerinput")
        self._request: GradeRequest | None = None
        self._desk: Desk | None = None
        self._names: tuple[str, ...] = ()
        self._sent: set[int] = set()
        self._told: set[int] = set()
        self._gathered = Gathered()
        self._said: list[str] = []
        self._words = "en"

    # Before and after -------------------------------------------------------------------------------------------------

    def pytest_sessionstart(self) -> None:
        """Read what was named, and say all that is wrong with it before anything is run."""
        place = self._settings.json
        if place is not None and not place.parent.is_dir():
            msg = f"--grader-json: there is no folder {place.parent}"
            raise pytest.UsageError(msg)
        try:
            self._request = read_request(self._settings)
        except DiagnosedError as error:
            diagnostics = error.diagnostics
            raise pytest.UsageError(plain_text(lambda console: print_diagnostics(diagnostics, console))) from error
        self._desk = Desk(self._request)
        self._words = self._desk.words
        self._names = ids(self._request.submissions)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End what was started, and write the report."""
        if self._desk is not None:
            self._desk.close()
        place = self._settings.json
        if self._is_worker or place is None or session.config.option.collectonly:
            return
        report = self._gathered.report()
        if report is None:
            with in_language(self._words):
                self._said.append(say("tests.nothing_graded", file=place))
            return
        with in_language(self._words):
            fault = _write(place, report)
        if fault:
            self._said.append(fault)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    # Collecting -------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Put the submissions before whatever else the session collects."""
        report = yield
        if isinstance(collector, pytest.Session) and self._settings.collected and report.passed:
            nodes = [self._node(collector, place) for place in range(len(self._names))]
            report.result = [*nodes, *(report.result or [])]
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Keep pytest from importing a submission, which would run it in this process."""
        found = yield
        base = parent.config.invocation_params.dir
        for place, one in enumerate(self._request.submissions if self._request is not None else ()):
            path = Path(base, one.path)
            if path == file_path and not self._settings.collected:
                return [self._node(parent, place)]
            if path == file_path or path in file_path.parents:
                return []
        return found

    def _node(self, parent: pytest.Collector, place: int) -> Submission:
        if self._request is None or self._desk is None:
            msg = "something is collected before the session starts"
            raise RuntimeError(msg)
        problems = self._request.rubric.assignment.problem
        one = self._request.submissions[place]
        return Submission.made(parent, self._names[place], one, place=place, problems=problems, desk=self._desk)

    # Running ----------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the submission's report travel with the report of its first test, and say what it printed."""
        report = yield
        if isinstance(item, Check):
            with in_language(self._words):
                self._tell(item, call, report)
        return report

    def _tell(self, item: Check, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        if call.when == "setup" and call.excinfo is not None and isinstance(call.excinfo.value, NotGraded):
            report.longrepr = not_graded_words(call.excinfo.value)
        place, graded = item.submission_place, item.report
        if call.when == "setup" and graded is not None:
            setattr(report, CARRIED, carried(place, graded if place not in self._sent else None))
            self._sent.add(place)
        if call.when == "call" and report.failed and graded is not None and place not in self._told:
            report.sections += _sections(graded.submissions[0])
            self._told.add(place)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what a test's report carries; with pytest-xdist, in the process that the user started."""
        found: dict[str, Any] | None = getattr(report, CARRIED, None)
        if found is not None and not self._is_worker:
            self._gathered.add(found)

    # Saying -----------------------------------------------------------------------------------------------------------

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say the scores."""
        graded = self._gathered.submissions
        if not graded and not self._said:
            return
        with in_language(self._words):
            terminalreporter.section(say("tests.scores"))
            lines = [line for place, submission in graded for line in self._score_lines(place, submission)]
        for line in (*lines, *self._said):
            terminalreporter.line(visible_text(line))

    def _score_lines(self, place: int, submission: SubmissionReport) -> list[str]:
        name = self._names[place]
        if submission.score is None:
            return [f"{name}  {labelled(say('report.not_graded'), submission.reason)}"]
        line = f"{name}  {score_text(submission.score, submission.max_score)}"
        if submission.undecided > 0:
            line += f", {and_undecided(submission.undecided)}"
        all_tests = sum(len(problem.checks) for problem in submission.problems)
        if self._gathered.tests(place) < all_tests:
            line += f" {say('tests.selected', n=self._gathered.tests(place), of=all_tests)}"
        lines = [line]
        for problem in submission.problems:
            if problem.score < problem.max_score:
                why = missing_reason(problem)
                score = score_text(problem.score, problem.max_score)
                lines.append(f"  {problem.id}  {score}" + (f"  {why}" if why else ""))
        if self._gathered.differs(place):
            lines.append(f"  {say('tests.two_outcomes')}")
        return lines


def _sections(submission: SubmissionReport) -> list[tuple[str, str]]:
    sections = []
    if submission.notes:
        sections.append((say("report.notes"), "\n".join(map(visible_text, submission.notes))))
    if submission.printed is not None and submission.printed.text.strip():
        shown = shown_output(submission.printed, _OUTPUT_LINES)
        lines = [*map(visible_text, shown.lines), *(f"… {line}" for line in shown.left_out)]
        sections.append((say("report.printed"), "\n".join(lines)))
    return sections


def _write(place: Path, report: Report) -> str:
    """Write the report; return what went wrong."""
    try:
        write_whole(place, to_json(report).encode("utf-8"))
    except OSError as error:
        return say("tests.unwritable", file=place, reason=error.strerror or error)
    return ""
