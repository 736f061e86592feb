"""The words of a check and of its failing case, without a medium: terminal, Markdown and HTML show the same."""

from textwrap import indent

from grader.model.report import (
    CheckReport,
    DiagnosisReport,
    FailureReport,
    Finding,
    ProblemReport,
    SubmissionReport,
    Verdict,
)
from grader.reporting.derivation_lines import signed_lines
from grader.reporting.points import points_count, points_text
from grader.words import say

_NEVER_CALLED = frozenset({Finding.MISSING, Finding.NOT_CALLABLE, Finding.NOT_LOADED, Finding.SKIPPED})
"""Outcomes that no input shows."""


def our_fault() -> str:
    """Return whose fault it is that a check has no verdict."""
    return say("report.our_fault")


def check_name(check: CheckReport) -> str:
    """Return a check's name within its problem.

    Parameters
    ----------
    check : CheckReport
        Its ``id`` is ``problem.check``.

    Returns
    -------
    str
    """
    return check.id.partition(".")[2] or check.id


def shown_failure(check: CheckReport) -> FailureReport | None:
    """Return the failing case of a check, if an input can show what is wrong.

    Parameters
    ----------
    check : CheckReport
        Any.

    Returns
    -------
    FailureReport or None
    """
    return None if check.outcome in _NEVER_CALLED else check.failure


def case_title(failure: FailureReport) -> str:
    """Return what stands above the inputs of a failing case.

    Parameters
    ----------
    failure : FailureReport
        The case.

    Returns
    -------
    str
    """
    if failure.says:
        return say("failure.title_of_special", case=failure.case, says=failure.says)
    return say("failure.title", case=failure.case)


def case_facts(failure: FailureReport) -> dict[str, str]:
    """Return what is known of a failing case, by label, in the order to show.

    Parameters
    ----------
    failure : FailureReport
        The case.

    Returns
    -------
    dict of str to str
        None of them empty.
    """
    facts = {
        say("label.got"): failure.got,
        failure.against or say("label.expected"): failure.expected,
        say("label.off_by" if failure.off_by else "label.where"): _distance(failure),
        say("label.your_line"): failure.source,
    }
    return {label: fact for label, fact in facts.items() if fact}


def _distance(failure: FailureReport) -> str:
    place = failure.off_by + failure.where
    if failure.off_by and failure.where:
        place = say("failure.off_by_at", off_by=failure.off_by, where=failure.where)
    parts = [
        place,
        say("failure.allowed", allowed=failure.allowed) if failure.allowed else "",
        say("failure.differ", entries=failure.differing) if failure.differing else "",
    ]
    return "; ".join(part for part in parts if part)


def labelled(label: str, fact: str) -> str:
    """Return a fact behind its label: ``"likely: your answer has the wrong sign"``.

    Parameters
    ----------
    label, fact : str
        What it is, and it.

    Returns
    -------
    str
    """
    return say("report.labelled", label=label, fact=fact)


def likely_lines(diagnosis: DiagnosisReport) -> tuple[str, ...]:
    """Return a named reason in lines: what it is, and what the lecturer wrote about it.

    Parameters
    ----------
    diagnosis : DiagnosisReport
        The reason.

    Returns
    -------
    tuple of str
        One line, or two.
    """
    likely = labelled(say("label.likely"), diagnosis.says)
    return (likely, labelled(say("label.hint"), diagnosis.hint)) if diagnosis.hint else (likely,)


def check_text(check: CheckReport) -> str:
    """Return everything that a person should know of one check, as plain text.

    Parameters
    ----------
    check : CheckReport
        Any.

    Returns
    -------
    str
        Several lines, without one at the end.
    """
    lines = [check.message]
    if check.lines:
        lines += ["", *(f"{sign} {says}" for sign, says in signed_lines(check.lines))]
    failure = shown_failure(check)
    if failure is not None:
        call = indent(f"{failure.inputs}\n{failure.call}", "    ")
        lines += ["", say("report.above", title=case_title(failure)), call]
        lines += [labelled(label, fact) for label, fact in case_facts(failure).items()]
    for diagnosis in check.diagnoses:
        lines += ["", *likely_lines(diagnosis)]
    match check.verdict:
        case Verdict.INCONCLUSIVE:
            points = points_count(check.max_score - check.score)
            lines += ["", labelled(say("label.undecided"), say("report.a_person_decides", points=points))]
        case Verdict.NOT_GRADED:
            lines += ["", labelled(say("label.fault"), our_fault())]
        case Verdict.AGREES | Verdict.DISAGREES:
            pass
    return "\n".join(lines)


def missing_reason(problem: ProblemReport) -> str:
    """Return why points of a problem are lost, in one line; empty where none are.

    Parameters
    ----------
    problem : ProblemReport
        Any.

    Returns
    -------
    str
    """
    if not problem.reason and problem.score + problem.undecided < problem.max_score:
        return next((check.message for check in problem.checks if check.verdict is not Verdict.AGREES), "")
    return problem.reason


def no_score(submission: SubmissionReport) -> str:
    """Return what the score of a submission that was not graded is.

    Parameters
    ----------
    submission : SubmissionReport
        Not graded.

    Returns
    -------
    str
    """
    return say("report.no_score", points=points_text(submission.max_score, of=submission.max_score))
