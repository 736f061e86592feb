"""Which message a check's finding is, and what stands in its fields."""

from collections.abc import Mapping

from grader.grading.judge import Judged
from grader.model.checks import SourceCheck, VectorisedCheck
from grader.model.report import Finding
from grader.words import say, say_count

MOST_IN_LINE = 300
"""Characters of a submission's own text within one of our sentences; the failing case has the rest."""


_OWN_RIGHT = frozenset({"purity", "finite_difference", "adjoint", "stability"})
"""Kinds of check whose agreement has words of its own."""


def in_line(text: str) -> str:
    """Return text of a submission so that it can stand within a sentence, and cannot look like lines of a report.

    Parameters
    ----------
    text : str
        What an exception says, for instance; without control characters other than newlines and tabs.

    Returns
    -------
    str
        One line of at most 300 characters; each run of white space is one blank.
    """
    # Cut before it is split: a long text need not be taken apart as a whole.
    words = " ".join(text[: 4 * MOST_IN_LINE].split())
    return words if len(words) <= MOST_IN_LINE else words[: MOST_IN_LINE - 1].rstrip() + "…"


def times(n: int, of: int) -> str:
    """Return how often something happened.

    Parameters
    ----------
    n, of : int
        On how many cases, of how many.

    Returns
    -------
    str
    """
    if of == 1:
        return say("cases.one_tried")
    return say("cases.all", of=of) if n == of else say("cases.some", n=n, of=of)


def sentence(judged: Judged, function: str) -> str:  # noqa: C901 - one branch for each finding, none left out
    """Return what a check found, as one sentence without a full stop.

    Parameters
    ----------
    judged : Judged
        The verdict and its cases.
    function : str
        The student's function.

    Returns
    -------
    str
        Never empty.
    """
    if judged.says:
        return judged.says
    shown = judged.shown
    detail = _detail(judged)
    special = say("finding.special", says=shown.case.says) if shown is not None and shown.case.says else ""
    how_often = times(judged.failed, len(judged.findings))
    match judged.finding:
        case Finding.RIGHT:
            return _right(judged)
        case Finding.WRONG_VALUES:
            return say("finding.wrong_values", times=how_often)
        case Finding.WRONG_SHAPE | Finding.WRONG_STRUCTURE | Finding.NOT_CALLABLE:
            return detail
        case Finding.NON_FINITE:
            return say("finding.non_finite", times=how_often, case=_case(judged), special=special)
        case Finding.COMPLEX:
            return say("finding.complex", detail=detail)
        case Finding.NOT_NUMERIC:
            return say("finding.not_numeric", detail=detail)
        case Finding.FLOAT32_PRECISION:
            return say("finding.float32_precision")
        case Finding.NUMERICAL_DERIVATIVE:
            return say("finding.numerical_derivative")
        case Finding.UNSTABLE:
            return say("finding.unstable", times=how_often, special=special)
        case Finding.CHANGES_INPUTS:
            return say("finding.changes_inputs", detail=detail)
        case Finding.NONDETERMINISTIC:
            return say("finding.nondeterministic")
        case Finding.EQUALITY_BROKEN | Finding.TOO_FEW_LINES | Finding.TOO_MANY_LINES:
            # Of a derivation more is said, line by line: see `grader.grading.derivation`.
            return say("finding.wrong_values", times=how_often)
        case Finding.PROPERTY_BROKEN:
            return say("finding.property_broken", property=say(f"property.{detail}"), times=how_often)
        case Finding.NEEDS_RIGHTNESS:
            return say("finding.needs_rightness")
        case Finding.RAISED:
            source = _source(judged)
            key = "finding.raised_at" if source else "finding.raised"
            return say(key, detail=detail, source=source, times=how_often, special=special)
        case Finding.TIMED_OUT:
            return say("finding.timed_out", detail=detail, case=_case(judged), special=special)
        case Finding.OUT_OF_MEMORY:
            return say("finding.out_of_memory", detail=detail, case=_case(judged), special=special)
        case Finding.CRASHED:
            return say("finding.crashed", detail=detail, case=_case(judged), special=special)
        case Finding.MALFORMED:
            return say("finding.malformed", detail=detail)
        case Finding.MISSING:
            return say("finding.missing", function=function)
        case Finding.NOT_LOADED:
            return say("finding.not_loaded", detail=detail)
        case Finding.SKIPPED:
            return say("finding.skipped", detail=detail)
        case Finding.TOO_CLOSE_TO_TELL:
            return say("finding.too_close_to_tell")
        case Finding.UNINFORMATIVE:
            return say("finding.uninformative")
        case (
            Finding.TOO_SLOW
            | Finding.GROWS_TOO_FAST
            | Finding.TIMES_UNCLEAR
            | Finding.FORBIDDEN_SOURCE
            | Finding.SOURCE_UNCLEAR
        ):
            # Said by those who found it, as `Judged.says`.
            return detail
        case Finding.GRADER_FAULT:
            return say("finding.grader_fault")


def reason(judged: Judged, function: str) -> str:
    """Return why a problem lost points, short enough for one line of a summary.

    Parameters
    ----------
    judged : Judged
        The first check that does not agree.
    function : str
        The student's function.

    Returns
    -------
    str
        The sentence of the check, without what its own paragraph says again.
    """
    if judged.says:
        return judged.says
    match judged.finding:
        case Finding.NOT_LOADED:
            return say("reason.not_loaded")
        case Finding.RAISED:
            source = _source(judged)
            return say("reason.raised_at" if source else "reason.raised", detail=_detail(judged), source=source)
        case Finding.NON_FINITE | Finding.UNSTABLE:
            says = judged.shown.case.says if judged.shown else ""
            return say("reason.non_finite_on" if says else "reason.non_finite", says=says)
        case _:
            return sentence(judged, function)


def _right(judged: Judged) -> str:
    cases = say_count("cases.right", len(judged.findings))
    kind = judged.check.kind
    return say(f"right.{kind}" if kind in _OWN_RIGHT else "right.plain", cases=cases)


def _detail(judged: Judged) -> str:
    return in_line(judged.shown.detail) if judged.shown is not None else ""


def _case(judged: Judged) -> str:
    return judged.shown.case.id if judged.shown is not None else ""


def _source(judged: Judged) -> str:
    return getattr(judged.shown.outcome, "where", "") if judged.shown is not None else ""


def tried(judged: Judged) -> str:
    """Return what was tried, in words.

    Parameters
    ----------
    judged : Judged
        The cases.

    Returns
    -------
    str
        Such as ``"8 generic cases at float64, 4 at float32"``.
    """
    counts: dict[tuple[str, str], int] = {}
    for finding in judged.findings:
        key = (finding.case.family, finding.case.dtype)
        counts[key] = counts.get(key, 0) + 1
    parts, last = [], ""
    for (family, dtype), n in counts.items():
        message = "tried.more" if family == last else "tried.first"
        parts.append(say_count(message, n, family=family, dtype=dtype))
        last = family
    match judged.check:
        case VectorisedCheck() as check:
            return say("tried.timed", small=sizes_words(check.sizes[0]), large=sizes_words(check.sizes[1]))
        case SourceCheck():
            return say("tried.source")
        case _:
            pass
    widen = getattr(judged.check, "widen", 1.0)
    if widen != 1.0:
        parts.append(say("tried.widened", factor=f"{widen:g}"))
    return ", ".join(parts)


def sizes_words(sizes: Mapping[str, int]) -> str:
    """Return sizes as they stand in a sentence.

    Parameters
    ----------
    sizes : mapping of str to int
        By symbol.

    Returns
    -------
    str
        Such as ``"N = 2000, d = 4"``.
    """
    return ", ".join(f"{symbol} = {size}" for symbol, size in sizes.items())
