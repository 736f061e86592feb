"""An answer contracted with tangents, against derivatives along them: what two kinds of check have in common."""

from dataclasses import dataclass

import numpy as np

from grader.checks.finding import CaseFinding, Evidence
from grader.checks.receive import disagrees
from grader.model.case import Array, Case
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS
from grader.numerics.rounding import unit_roundoff
from grader.numerics.slope import ERROR_MARGIN

_FLOAT32_ROUNDING = unit_roundoff("float32") / unit_roundoff("float64")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derivatives:
    """Derivatives along tangents.

    Parameters
    ----------
    tangents : ndarray, shape (n, ...)
        The last axes are the answer's own.
    values : ndarray, shape (n,)
        May hold nan: that derivative is not known and says nothing.
    errors : ndarray, shape (n,)
        Estimated errors of the values besides rounding; infinite where not known.
    units : ndarray, shape (n,)
        What one rounding is worth in the values themselves.
    informative : float
        The resolution below which agreement says something.
    name : str
        What is contracted, for the report: ``"<Z_bar, direction>"``.
    """

    tangents: Array
    values: Array
    errors: Array
    units: Array
    informative: float
    name: str


def judge_along(case: Case, outcome: Outcome, value: Array, unit: Array, due: Derivatives) -> CaseFinding:
    """Return whether an answer, contracted with each tangent, is the derivative along it.

    Parameters
    ----------
    case : Case
        The inputs.
    outcome : Outcome
        What came back.
    value, unit : ndarray
        The student's value, and what one rounding is worth in each of its entries.
    due : Derivatives
        What it is compared with.

    Returns
    -------
    CaseFinding
    """
    tangents = due.tangents.reshape(len(due.values), -1)
    usable = np.isfinite(due.values) & np.isfinite(due.errors)
    # nan and infinity in the student's numbers are meant to run through, into comparisons that they fail.
    with np.errstate(all="ignore"):
        actual = tangents @ value.reshape(-1)
        error = np.where(usable, np.abs(actual - due.values), 0.0)
        rounding = due.units + np.abs(tangents) @ unit.reshape(-1)
        allowed = ERROR_MARGIN * due.errors + DISAGREE_UNITS * rounding
        agree = error <= due.errors + AGREE_UNITS * rounding
        disagree = usable & ~(error <= allowed)
        # At the rounding of float32 instead: the right formula, computed in the lower precision.
        lower = error <= ERROR_MARGIN * due.errors + AGREE_UNITS * _FLOAT32_ROUNDING * rounding
        beyond = np.where(np.isnan(error), np.inf, error / np.maximum(allowed, np.finfo(float).tiny))
        # How large a relative mistake along each tangent would have been seen.
        scale = np.abs(tangents) @ np.abs(value.reshape(-1))
        relative = np.where(usable & (scale > 0), allowed / scale, np.inf)
    worst = int(np.argmax(np.where(usable, beyond, -1.0)))
    evidence = Evidence(
        actual=actual,
        expected=due.values,
        name=due.name,
        where=(worst,),
        error_abs=float(error[worst]),
        allowed_abs=float(allowed[worst]),
        differing=int(disagree.sum()),
        total=len(due.values),
    )
    if bool(disagree.any()):
        finding = Finding.WRONG_VALUES
        if not bool(np.isfinite(value).all()):
            finding = Finding.NON_FINITE
        elif case.dtype == "float64" and bool(lower[usable].all()):
            finding = Finding.FLOAT32_PRECISION
        return disagrees(case, finding, outcome, evidence=evidence)
    resolution = float(np.min(relative, initial=np.inf))
    agrees = bool(usable.any()) and bool(agree[usable].all())
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES if agrees else Verdict.INCONCLUSIVE,
        finding=Finding.RIGHT if agrees else Finding.TOO_CLOSE_TO_TELL,
        informative=resolution <= due.informative,
        outcome=outcome,
        evidence=evidence,
        resolution=resolution,
    )
