"""JUnit XML: one test case a check.

Rules: GitLab, "Unit test reports" (failure before error before skipped, the text of the element is shown, of equal
names only the first counts, less than 30 MB); XML 1.0, section 2.2 (no control characters, so no ANSI colours).
"""

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from grader.loading.shown_name import told_apart
from grader.model.report import CheckReport, SubmissionReport, Verdict
from grader.reporting.check_words import check_name, check_text
from grader.reporting.head import Head
from grader.reporting.page import visible_text
from grader.words import as_written, say

MAX_BYTES = 30_000_000
"""GitLab ignores a larger report."""
# Dots part packages and classes in a test report's tree.
_PARTING = re.compile(r"[.\s/\\]+")
# XML 1.0, section 2.2: besides control characters, no surrogates and neither of these.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def junit(head: Head, submissions: Iterable[tuple[str, SubmissionReport]]) -> Iterator[str]:
    """Yield a report in JUnit's form.

    Parameters
    ----------
    head : Head
        The run.
    submissions : iterable of (str, SubmissionReport)
        What to call a submission, different for each; and its report.

    Yields
    ------
    str
        Pieces of the file. It states no times: two runs of the same files give the same bytes.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_attribute(head.assignment.id)}>\n"
    for name, submission in submissions:
        with as_written(head.language):
            suite = _suite(head, name, submission)
        yield suite
    yield "</testsuites>\n"


def _suite(head: Head, name: str, submission: SubmissionReport) -> str:
    cases: list[str] = []
    counts = {"failure": 0, "error": 0, "skipped": 0}
    prefix = f"{_part(head.assignment.id)}.{_part(name)}"
    for problem in submission.problems:
        names = told_apart(check_name(check) for check in problem.checks)
        for check, shown in zip(problem.checks, names, strict=True):
            kind = _kind(check)
            counts[kind] = counts.get(kind, 0) + 1
            cases.append(_case(f"{prefix}.{_part(problem.id)}", shown, kind, check.message, check_text(check)))
    if submission.score is None:
        counts["error"] += 1
        not_graded = say("report.not_graded")
        cases.append(_case(prefix, "graded", "error", not_graded, submission.reason or not_graded))
    head_line = (
        f'  <testsuite name={_attribute(name)} tests="{len(cases)}" failures="{counts["failure"]}" '
        f'errors="{counts["error"]}" skipped="{counts["skipped"]}">\n'
    )
    return head_line + "".join(cases) + "  </testsuite>\n"


def _kind(check: CheckReport) -> str:
    match check.verdict:
        case Verdict.AGREES:
            return ""
        case Verdict.DISAGREES:
            return "failure"
        case Verdict.INCONCLUSIVE:
            return "skipped"
        case Verdict.NOT_GRADED:
            return "error"


def _case(class_name: str, name: str, kind: str, message: str, body: str) -> str:
    start = f"    <testcase classname={_attribute(class_name)} name={_attribute(name)}"
    if not kind:
        return f"{start}/>\n"
    summary = _attribute(" ".join(message.split()))
    return f"{start}>\n      <{kind} message={summary}>{escape(_characters(body))}</{kind}>\n    </testcase>\n"


def _part(name: str) -> str:
    return _PARTING.sub("_", name)


def _attribute(text: str) -> str:
    return quoteattr(_characters(text))


def _characters(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", visible_text(text))
