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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """Derivatives, and all that follows from them without an answer.

    Parameters
    ----------
    due : Derivatives
        What an answer is compared with.
    tangents, magnitudes : ndarray, shape (n, size of the answer)
        The tangents and their absolute values.
    usable : ndarray of bool, shape (n,)
        Which derivatives are known.
    rounding : ndarray, shape (n,)
        What one rounding is worth in each contraction, on both sides.
    allowed, close : ndarray, shape (n,)
        Beyond the one an error disagrees; up to the other it agrees.
    all_usable : bool
        Whether all are known, and there are some.
    """

    due: Derivatives
    tangents: Array
    magnitudes: Array
    usable: Array
    rounding: Array
    allowed: Array
    close: Array
    all_usable: bool


def weighed(due: Derivatives, unit: Array) -> Weighed:
    """Return derivatives with what follows from them.

    Parameters
    ----------
    due : Derivatives
        What an answer is compared with.
    unit : ndarray
        What one rounding is worth in each entry of the answer.

    Returns
    -------
    Weighed
    """
    tangents = due.tangents.reshape(len(due.values), -1)
    magnitudes = np.abs(tangents)
    usable = np.isfinite(due.values) & np.isfinite(due.errors)
    with np.errstate(all="ignore"):
        rounding = due.units + magnitudes @ unit.reshape(-1)
        return Weighed(
            due=due,
            tangents=tangents,
            magnitudes=magnitudes,
            usable=usable,
            rounding=rounding,
            allowed=ERROR_MARGIN * due.errors + DISAGREE_UNITS * rounding,
            close=due.errors + AGREE_UNITS * rounding,
            all_usable=bool(usable.all()) and usable.size > 0,
        )


def judge_along(case: Case, outcome: Outcome, value: Array, along: Weighed) -> CaseFinding:
    """Return whether an answer, contracted with each tangent, is the derivative along it.

    Parameters
    ----------
    case : Case
        The inputs.
    outcome : Outcome
        What came back.
    value : ndarray
        The student's value.
    along : Weighed
        What it is compared with.

    Returns
    -------
    CaseFinding
    """
    with np.errstate(all="ignore"):
        error = np.abs(along.tangents @ value.reshape(-1) - along.due.values)
        if not (along.all_usable and bool((error <= along.close).all())):
            return _measured(case, outcome, value, along)
        resolution = float(_relative(value, along).min())
    return CaseFinding(
        case=case,
        verdict=Verdict.AGREES,
        finding=Finding.RIGHT,
        informative=resolution <= along.due.informative,
        outcome=outcome,
        resolution=resolution,
        measured=lambda: _measured(case, outcome, value, along),
    )


def _relative(value: Array, along: Weighed) -> Array:
    """Return how large a relative mistake along each tangent would have been seen."""
    scale = along.magnitudes @ np.abs(value.reshape(-1))
    return np.where(along.usable & (scale > 0), along.allowed / scale, np.inf)


def _measured(case: Case, outcome: Outcome, value: Array, along: Weighed) -> CaseFinding:
    due, usable, allowed = along.due, along.usable, along.allowed
    # nan and infinity in the student's numbers are meant to run through, into comparisons that they fail.
    with np.errstate(all="ignore"):
        actual = along.tangents @ value.reshape(-1)
        error = np.where(usable, np.abs(actual - due.values), 0.0)
        agree = error <= along.close
        disagree = usable & ~(error <= allowed)
        # At the rounding of float32 instead: the right formula, computed in the lower precision.
        lower = error <= ERROR_MARGIN * due.errors + AGREE_UNITS * _FLOAT32_ROUNDING * along.rounding
        beyond = np.where(np.isnan(error), np.inf, error / np.maximum(allowed, np.finfo(float).tiny))
        relative = _relative(value, along)
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
