"""What one case that was run again says, in one sentence."""

import numpy as np

from grader.model.outcome import OutOfMemory, TimedOut
from grader.model.replay import Replayed
from grader.model.report import Finding
from grader.reporting.heat_map import units_off
from grader.words import say, say_count


def headline(replayed: Replayed) -> str:  # noqa: C901 - one branch for each finding, none left out
    """Return what the case says of the check, without a full stop.

    Parameters
    ----------
    replayed : Replayed
        The case.

    Returns
    -------
    str
        Never empty; may hold text of the student's.
    """
    detail, function = replayed.detail, replayed.function
    match replayed.finding:
        case Finding.RIGHT | Finding.NEEDS_RIGHTNESS:
            return _right(replayed)
        case Finding.WRONG_VALUES:
            return _differing(replayed)
        case Finding.WRONG_SHAPE | Finding.WRONG_STRUCTURE | Finding.NOT_CALLABLE:
            return detail
        case Finding.NON_FINITE:
            return _non_finite(replayed)
        case Finding.UNSTABLE:
            return say("replay.unstable", says=_non_finite(replayed))
        case Finding.COMPLEX:
            return say("finding.complex", detail=detail)
        case Finding.NOT_NUMERIC:
            return say("finding.not_numeric", detail=detail)
        case Finding.FLOAT32_PRECISION:
            return say("finding.float32_precision")
        case Finding.NUMERICAL_DERIVATIVE:
            return say("finding.numerical_derivative")
        case Finding.CHANGES_INPUTS:
            return say("finding.changes_inputs", detail=detail)
        case Finding.NONDETERMINISTIC:
            return say("finding.nondeterministic")
        case Finding.PROPERTY_BROKEN:
            return say(f"property.{detail}")
        case Finding.EQUALITY_BROKEN:
            return detail
        case Finding.TOO_FEW_LINES:
            return say("replay.too_few_lines", detail=detail)
        case Finding.TOO_MANY_LINES:
            return say("replay.too_many_lines", detail=detail)
        case Finding.RAISED:
            return say("reason.raised", detail=detail)
        case Finding.TIMED_OUT:
            return say("failure.no_answer_within", limit=detail)
        case Finding.OUT_OF_MEMORY:
            return say("failure.no_answer_with", size=detail)
        case Finding.CRASHED:
            return say("replay.crashed", detail=detail)
        case Finding.MALFORMED:
            return say("finding.malformed", detail=detail)
        case Finding.MISSING:
            return say("finding.missing", function=function)
        case Finding.NOT_LOADED:
            return say("finding.not_loaded", detail=detail)
        case Finding.SKIPPED:
            return say("finding.skipped", detail=detail)
        case (
            Finding.TOO_SLOW
            | Finding.GROWS_TOO_FAST
            | Finding.TIMES_UNCLEAR
            | Finding.FORBIDDEN_SOURCE
            | Finding.SOURCE_UNCLEAR
        ):
            return say("replay.as_a_whole")
        case Finding.TOO_CLOSE_TO_TELL | Finding.UNINFORMATIVE:
            return say("finding.too_close_to_tell")
        case Finding.GRADER_FAULT:
            return say("finding.grader_fault")


def no_answer(outcome: TimedOut | OutOfMemory) -> str:
    """Return that no answer came, and how much was allowed.

    Parameters
    ----------
    outcome : TimedOut or OutOfMemory
        What happened.

    Returns
    -------
    str
    """
    match outcome:
        case TimedOut(limit_s=limit_s, cpu=cpu):
            limit = say("unit.seconds_of_computing" if cpu else "unit.seconds", seconds=f"{limit_s:g}")
            return say("failure.no_answer_within", limit=limit)
        case OutOfMemory(limit_bytes=limit_bytes):
            return say("failure.no_answer_with", size=say("unit.gib", size=f"{limit_bytes / 2**30:.3g}"))


def _right(replayed: Replayed) -> str:
    if replayed.kind == "purity":
        says = say("replay.pure")
    elif replayed.sides is not None:
        says = say("replay.holds", name=replayed.sides.name)
    else:
        says = say("replay.nothing_wrong")
    return say("replay.values_are_wrong", says=says) if sum(_apart(replayed)) else says


def _apart(replayed: Replayed) -> list[int]:
    """Return how many entries of each value do not agree."""
    return [
        int((units_off(value, due.expected, due.unit) > replayed.agree_units).sum())
        for value, due in zip(replayed.received, replayed.due, strict=bool(replayed.received))
    ]


def _differing(replayed: Replayed) -> str:
    if replayed.sides is not None:
        sides = replayed.sides
        return say("replay.off_along", name=sides.name, n=sides.differing, of=sides.total)
    if replayed.kind == "finite_difference":
        name = replayed.check.partition(".")[2]
        own = [slope for view in replayed.slopes if view.check == name for slope in view.slopes]
        apart = sum(slope.verdict is not replayed.verdict.AGREES for slope in own)
        return say("replay.not_derivative", n=apart, of=len(own))
    apart, total = sum(_apart(replayed)), sum(value.size for value in replayed.received)
    return say_count("replay.entries_differ", apart, of=total) if total > 1 else say("replay.number_differs")


def _non_finite(replayed: Replayed) -> str:
    bad = sum(int((~np.isfinite(value)).sum()) for value in replayed.received)
    total = sum(value.size for value in replayed.received)
    return say("replay.non_finite", n=bad, of=total) if total > 1 else say("replay.non_finite_number")
