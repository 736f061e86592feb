"""GitHub Actions: annotations on a student's lines, the log around them, and a step's outputs.

Rules: GitHub, "Workflow commands for GitHub Actions", and the runner's ``ActionCommand.cs``: it reads ``::command::``
at the start of a line and ``##[command]`` anywhere in it, and undoes the escapes below.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from grader.model.base import number_from_points
from grader.model.report import ProblemReport, SubmissionReport
from grader.reporting.check_words import case_facts, case_title, labelled, likely_lines
from grader.reporting.export.classroom import classroom, classroom_error
from grader.reporting.head import Head
from grader.reporting.page import visible_text
from grader.reporting.paragraphs import Paragraph, Sign, paragraphs
from grader.reporting.points import and_undecided, score_text
from grader.words import say, say_count

MOST_OF_A_KIND = 10
"""GitHub shows no more annotations of one level in a step."""
_MOST_CHARACTERS = 4000
_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an annotation is shown.

    Parameters
    ----------
    file : str
        Relative to the repository, with ``/``.
    line : int or None
        From 1; None for the file as a whole.
    """

    file: str
    line: int | None


Where = Callable[[ProblemReport, str], Place]
"""The place of a problem's function, or of the line that a failure names (its ``source``, which may be empty)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annotation:
    """One annotation; `points` are those that are missing for its reason."""

    level: Level
    title: str
    text: str
    place: Place
    points: Fraction


def annotations(submission: SubmissionReport, where: Where) -> str:
    """Return the annotations of a submission as workflow commands.

    Parameters
    ----------
    submission : SubmissionReport
        As students may see it.
    where : callable
        Finds places.

    Returns
    -------
    str
        A command a line, in the rubric's order. Of more reasons than GitHub shows, those that cost the most points,
        and a notice that counts the others, which are in the summary.
    """
    if submission.score is None:
        return command("error", f"{submission.reason}", title=say("report.not_graded"))
    found = [
        _annotation(submission, paragraph, where)
        for paragraph in paragraphs(submission.problems)
        if paragraph.sign is not Sign.WITHHELD and paragraph.names
    ]
    kept: set[int] = set()
    for level in ("error", "warning"):
        # Sorting keeps the rubric's order where as many points are missing.
        of_level = sorted((i for i, one in enumerate(found) if one.level == level), key=lambda i: -found[i].points)
        kept.update(of_level[:MOST_OF_A_KIND])
    lines = [_line(found[i]) for i in sorted(kept)]
    total = say("report.score_points", score=score_text(submission.score, submission.max_score))
    if submission.undecided > 0:
        total = f"{total}, {and_undecided(submission.undecided)}"
    if left := len(found) - len(kept):
        total += f"; {say_count('report.more_in_summary', left)}"
    return "".join([*lines, command("notice", total, title=say("label.score"))])


def _annotation(submission: SubmissionReport, paragraph: Paragraph, where: Where) -> _Annotation:
    names = paragraph.names[0].split(", ")
    problems = [problem for problem in submission.problems if problem.id in names]
    source = paragraph.failure.source if paragraph.failure is not None else ""
    missing = sum((p.max_score - p.score for p in problems), start=Fraction(0))
    return _Annotation(
        level="error" if paragraph.sign is Sign.WRONG else "warning",
        title=" · ".join(paragraph.names),
        text=_text(paragraph),
        place=where(problems[0], source),
        points=missing,
    )


def _text(paragraph: Paragraph) -> str:
    lines = [paragraph.message]
    if paragraph.failure is not None:
        failure = paragraph.failure
        lines += ["", say("report.above", title=case_title(failure)), failure.inputs, failure.call]
        lines += [labelled(label, fact) for label, fact in case_facts(failure).items()]
    for diagnosis in paragraph.likely:
        lines += ["", *likely_lines(diagnosis)]
    text = "\n".join([*lines, *([paragraph.held] if paragraph.held else [])])
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…\n{say('report.rest_in_summary')}"


def _line(annotation: _Annotation) -> str:
    place = annotation.place
    properties = {"file": place.file, **({"line": str(place.line)} if place.line is not None else {})}
    return command(annotation.level, annotation.text, **properties, title=annotation.title)


def command(level: Level, text: str, **properties: str) -> str:
    """Return one workflow command that shows text and can do nothing else.

    Parameters
    ----------
    level : "error", "warning" or "notice"
        Which.
    text : str
        What it says, also from a student.
    **properties : str
        ``file``, ``line``, ``title``.

    Returns
    -------
    str
        One line, with its end.
    """
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(text)}\n"


def _data(text: str) -> str:
    # The per cent sign first, or it would escape the escapes.
    shown = visible_text(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return shown.replace("##[", "# #[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def inert(text: str) -> str:
    """Return text of which the runner takes no line for a command.

    Parameters
    ----------
    text : str
        For the log; may hold anything.

    Returns
    -------
    str
        The same to the eye.
    """
    return _COMMAND.sub(r"\1| ::", text.replace("\r", "\n")).replace("##[", "# #[")


def log(text: str, token: str) -> str:
    """Return text for the log, during which the runner obeys no command.

    Parameters
    ----------
    text : str
        What a person reads.
    token : str
        Random, made after the submission has run: who does not know it cannot end the silence.

    Returns
    -------
    str
    """
    return f"::stop-commands::{token}\n{inert(text).rstrip()}\n::{token}::\n"


def outputs(head: Head, submission: SubmissionReport, places: Mapping[str, Place]) -> str:
    """Return the lines for ``$GITHUB_OUTPUT``.

    Parameters
    ----------
    head : Head
        The run.
    submission : SubmissionReport
        As students may see it.
    places : mapping of str to Place
        Of each problem, by its id.

    Returns
    -------
    str
        ``score`` (empty where nothing was graded), ``max-score`` and ``result``, which is what GitHub Classroom takes.
    """
    score = "" if submission.score is None else number_from_points(submission.score)
    files = {problem: (place.file, place.line or 0) for problem, place in places.items()}
    return _outputs(score, number_from_points(head.assignment.max_score), classroom(submission, files))


def failed_outputs(reason: str) -> str:
    """Return the lines for ``$GITHUB_OUTPUT`` where nothing could even be tried.

    Parameters
    ----------
    reason : str
        In words for the student.

    Returns
    -------
    str
    """
    return _outputs("", "", classroom_error(reason))


def _outputs(score: object, most: object, result: Mapping[str, object]) -> str:
    encoded = base64.b64encode(json.dumps(result, allow_nan=False).encode()).decode()
    return f"score={score}\nmax-score={most}\nresult={encoded}\n"
