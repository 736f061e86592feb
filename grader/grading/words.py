"""Every sentence that a check says to a student, in one place."""

from grader.grading.judge import Judged
from grader.model.report import Finding

MOST_IN_LINE = 300
"""Characters of a submission's own text within one of our sentences; the failing case has the rest."""


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


def _times(n: int, of: int) -> str:
    if of == 1:
        return "in the one case that was tried"
    return f"in all {of} cases" if n == of else f"in {n} of {of} cases"


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
    shown = judged.shown
    detail = _detail(judged)
    special = f" ({shown.case.says})" if shown is not None and shown.case.says else ""
    n, of = judged.failed, len(judged.findings)
    match judged.finding:
        case Finding.RIGHT:
            return _right(judged)
        case Finding.WRONG_VALUES:
            return f"wrong {_times(n, of)}"
        case Finding.WRONG_SHAPE | Finding.WRONG_STRUCTURE:
            return detail
        case Finding.NON_FINITE:
            return f"nan or infinity {_times(n, of)}, first on {_case(judged)}{special}"
        case Finding.COMPLEX:
            return f"returns complex numbers where real ones are due: {detail}"
        case Finding.NOT_NUMERIC:
            return f"returns {detail}; an array of numbers is due"
        case Finding.FLOAT32_PRECISION:
            return "right, but only to the 7 digits of float32: something is float32, or a derivative is numerical"
        case Finding.NUMERICAL_DERIVATIVE:
            return "right to a few digits only: it looks like a numerical derivative; the exact formula is asked for"
        case Finding.UNSTABLE:
            return f"nan or infinity where a stable formula stays finite, {_times(n, of)}{special}"
        case Finding.CHANGES_INPUTS:
            return f"changes its input {detail}; work on a copy, the caller still needs the original"
        case Finding.NONDETERMINISTIC:
            return "gives different answers for the same input"
        case Finding.PROPERTY_BROKEN:
            return f"{_PROPERTY[detail]} {_times(n, of)}"
        case Finding.NEEDS_RIGHTNESS:
            return "fine, but it counts only once the answer itself is right"
        case Finding.RAISED:
            where = f" at {source}" if (source := _source(judged)) else ""
            return f"raises {detail}{where}, {_times(n, of)}{special}"
        case Finding.TIMED_OUT:
            return f"did not come back within {detail}, first on {_case(judged)}{special}"
        case Finding.OUT_OF_MEMORY:
            return f"needs more memory than the {detail} allowed, first on {_case(judged)}{special}"
        case Finding.CRASHED:
            return f"stops Python itself ({detail}), first on {_case(judged)}{special}"
        case Finding.MALFORMED:
            return f"what came back is not an answer: {detail}"
        case Finding.MISSING:
            return f"the submission has no function `{function}`"
        case Finding.NOT_CALLABLE:
            return detail
        case Finding.NOT_LOADED:
            return f"not there, because the submission stopped before it: {detail}"
        case Finding.SKIPPED:
            return f"not tried: {detail}"
        case Finding.TOO_CLOSE_TO_TELL:
            return "the numbers cannot tell whether this is right: the difference is as large as rounding may be here"
        case Finding.UNINFORMATIVE:
            return "the numbers cannot tell whether this is right: no case that was tried decides it"
        case Finding.GRADER_FAULT:
            return "could not be graded, through no fault of the submission"


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
    match judged.finding:
        case Finding.NOT_LOADED:
            return "the submission stopped before this function"
        case Finding.RAISED:
            source = _source(judged)
            return f"raises {_detail(judged)}" + (f" at {source}" if source else "")
        case Finding.NON_FINITE | Finding.UNSTABLE:
            says = judged.shown.case.says if judged.shown else ""
            return f"nan or infinity{' on ' + says if says else ''}"
        case _:
            return sentence(judged, function)


_PROPERTY = {
    "sums_to_zero": "the entries should sum to 0, and do not",
    "linear": "should be linear in the cotangent, and is not",
    "shift_invariant": "should not change when a constant is added to a row, and does",
    "permutation_equivariant": "should follow when the order is permuted, and does not",
    "symmetric": "should be symmetric, and is not",
    "lower_triangular": "should be lower-triangular, and is not",
}


def _right(judged: Judged) -> str:
    of = len(judged.findings)
    cases = "the one case tried" if of == 1 else f"all {of} cases"
    match judged.check.kind:
        case "purity":
            return f"leaves its inputs alone and gives the same answer twice on {cases}"
        case "finite_difference":
            return f"is the derivative that finite differences find on {cases}"
        case "adjoint":
            return f"fits the forward derivative on {cases}"
        case "stability":
            return f"finite and right on {cases}"
        case _:
            return f"right on {cases}"


def _detail(judged: Judged) -> str:
    return in_line(judged.shown.detail) if judged.shown is not None else ""


def _case(judged: Judged) -> str:
    return judged.shown.case.id if judged.shown is not None else "no case"


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
        noun = "" if family == last else f" {family} case{'s' if n > 1 else ''}"
        parts.append(f"{n}{noun} at {dtype}")
        last = family
    widen = getattr(judged.check, "widen", 1.0)
    if widen != 1.0:
        parts.append(f"the rubric allows {widen:g} times the measured rounding")
    return ", ".join(parts)
