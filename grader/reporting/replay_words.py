"""What one case that was run again says, in one sentence."""

import numpy as np

from grader.model.replay import Replayed
from grader.model.report import Finding
from grader.reporting.heat_map import units_off


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
            return f"{_non_finite(replayed)}; a stable formula stays finite here"
        case Finding.COMPLEX:
            return f"complex numbers where real ones are due: {detail}"
        case Finding.NOT_NUMERIC:
            return f"it returned {detail}; an array of numbers is due"
        case Finding.FLOAT32_PRECISION:
            return "right to about the precision of float32, and no further"
        case Finding.NUMERICAL_DERIVATIVE:
            return "right to a few digits only, as a numerical derivative is"
        case Finding.CHANGES_INPUTS:
            return f"the call changed its input {detail}"
        case Finding.NONDETERMINISTIC:
            return "the same call gave another answer the second time"
        case Finding.PROPERTY_BROKEN:
            return f"the property `{detail}` does not hold"
        case Finding.EQUALITY_BROKEN:
            return detail
        case Finding.TOO_FEW_LINES:
            return f"the derivation has fewer than {detail} lines"
        case Finding.TOO_MANY_LINES:
            return f"the derivation has more than {detail} lines"
        case Finding.RAISED:
            return f"it raised {detail}"
        case Finding.TIMED_OUT:
            return f"no answer came within {detail}"
        case Finding.OUT_OF_MEMORY:
            return f"it needs more memory than the {detail} allowed"
        case Finding.CRASHED:
            return f"it stopped Python itself: {detail}"
        case Finding.MALFORMED:
            return f"what came back is not an answer: {detail}"
        case Finding.MISSING:
            return f"the submission has no function `{function}`"
        case Finding.NOT_LOADED:
            return f"`{function}` is not there, because the submission stopped before it: {detail}"
        case Finding.SKIPPED:
            return f"it was not called: {detail}"
        case (
            Finding.TOO_SLOW
            | Finding.GROWS_TOO_FAST
            | Finding.TIMES_UNCLEAR
            | Finding.FORBIDDEN_SOURCE
            | Finding.SOURCE_UNCLEAR
        ):
            return "it was judged as a whole, and not on this case"
        case Finding.TOO_CLOSE_TO_TELL | Finding.UNINFORMATIVE:
            return "the numbers cannot tell: the difference is as large as rounding may be here"
        case Finding.GRADER_FAULT:
            return "it could not be run, through no fault of the submission"


def _right(replayed: Replayed) -> str:
    apart = sum(_apart(replayed))
    besides = "; the values are not right, which other checks judge" if apart else ""
    if replayed.kind == "purity":
        return f"the inputs are left alone, and the same call gives the same answer{besides}"
    if replayed.sides is not None:
        return f"{replayed.sides.name} is as it should be{besides}"
    return f"nothing is wrong on this case{besides}"


def _apart(replayed: Replayed) -> list[int]:
    """Return how many entries of each value do not agree."""
    return [
        int((units_off(value, due.expected, due.unit) > replayed.agree_units).sum())
        for value, due in zip(replayed.received, replayed.due, strict=bool(replayed.received))
    ]


def _differing(replayed: Replayed) -> str:
    if replayed.sides is not None:
        return f"{replayed.sides.name} is off along {replayed.sides.differing} of {replayed.sides.total} directions"
    if replayed.kind == "finite_difference":
        name = replayed.check.partition(".")[2]
        own = [slope for view in replayed.slopes if view.check == name for slope in view.slopes]
        apart = sum(slope.verdict is not replayed.verdict.AGREES for slope in own)
        return f"not the derivative along {apart} of {len(own)} directions"
    apart, total = sum(_apart(replayed)), sum(value.size for value in replayed.received)
    return f"{apart} of {total} entries {'differs' if apart == 1 else 'differ'}" if total > 1 else "the number differs"


def _non_finite(replayed: Replayed) -> str:
    bad = sum(int((~np.isfinite(value)).sum()) for value in replayed.received)
    total = sum(value.size for value in replayed.received)
    return f"nan or infinity in {bad} of {total} entries" if total > 1 else "nan or infinity instead of a number"
