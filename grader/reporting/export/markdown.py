"""Markdown of one run: the feedback of each submission, one below the other."""

from collections.abc import Iterator

from grader.model.report import Report, SubmissionReport
from grader.reporting.feedback import Feedback
from grader.reporting.feedback_markdown import feedback_markdown
from grader.words import say


def run_markdown(report: Report, *, most_bytes: int | None = None) -> str:
    """Return the feedback of every submission of a run.

    Parameters
    ----------
    report : Report
        As its readers may see it.
    most_bytes : int, optional
        In UTF-8. What a submission printed is left out first, then the failing cases, then whole submissions.

    Returns
    -------
    str
        CommonMark with GitHub's tables.
    """
    texts: list[str] = []
    room = most_bytes
    for submission in report.submissions:
        text = next((each for each in _shorter(report, submission) if room is None or _size(each) <= room), "")
        texts.append(text)
        room = None if room is None else room - _size(text)
    return "\n".join(text for text in texts if text)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace")) + 1


def _shorter(report: Report, submission: SubmissionReport) -> Iterator[str]:
    yield _feedback(report, submission)
    silent = submission.model_copy(update={"printed": None, "notes": (*submission.notes, say("report.left_out"))})
    yield _feedback(report, silent)
    problems = tuple(
        problem.model_copy(
            update={"checks": tuple(check.model_copy(update={"failure": None}) for check in problem.checks)}
        )
        for problem in submission.problems
    )
    yield _feedback(report, silent.model_copy(update={"problems": problems}))


def _feedback(report: Report, submission: SubmissionReport) -> str:
    return feedback_markdown(
        Feedback(
            grader_version=report.grader_version,
            assignment=report.assignment,
            seed=report.seed,
            isolation=report.isolation,
            language=report.language,
            hand_in=submission.student,
            students=(submission.student,),
            counts=submission.score,
            undecided=submission.undecided,
            submission=submission,
        )
    )
