"""From the findings of a check's cases to its one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.finding import CaseFinding
from grader.grading.lines import Left, left_of
from grader.model.checks import Check, DerivationCheck
from grader.model.report import Finding, Verdict
from grader.numerics.compare import looks_numerical

# Findings that excuse an inaccurate answer; any other disagreement outranks them.
_INACCURATE = frozenset({Finding.FLOAT32_PRECISION, Finding.NUMERICAL_DERIVATIVE})
# The coarsest step of a difference quotient that anyone uses gives four digits.
_INACCURATE_REL = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What a check says of a function, and from which cases.

    Parameters
    ----------
    check : Check
        Which check.
    verdict : Verdict
        Agrees, disagrees or inconclusive.
    finding : Finding
        Why.
    findings : tuple of CaseFinding
        One a case, in order.
    shown : CaseFinding or None
        The smallest case that shows the finding; None where the check agrees.
    left : Left or None
        Which share of its points a check that disagrees leaves, where it says so itself.
    says : str
        What was found, as a sentence, by a check that is not judged case by case; empty by any other.
    """

    check: Check
    verdict: Verdict
    finding: Finding
    findings: tuple[CaseFinding, ...]
    shown: CaseFinding | None
    left: Left | None = None
    says: str = ""

    @property
    def failed(self) -> int:
        """How many cases disagree."""
        return sum(f.verdict is Verdict.DISAGREES for f in self.findings)

    @property
    def resolution(self) -> float | None:
        """The smallest relative error that some informative agreeing case would have caught."""
        finest = min((f.resolution for f in self.findings if f.informative), default=float("inf"))
        return finest if np.isfinite(finest) else None


def judge(check: Check, findings: Sequence[CaseFinding]) -> Judged:
    """Return the verdict of a check.

    Parameters
    ----------
    check : Check
        Which check.
    findings : sequence of CaseFinding
        One a case, smallest first; at least one.

    Returns
    -------
    Judged
        Disagrees if any case does; agrees if none does and at least half of the informative cases (and at least one)
        agree; otherwise inconclusive.

    Raises
    ------
    ValueError
        There are no findings: nothing was tried, so nothing can be said.
    """
    if not findings:
        msg = f"the check {check.name} was tried on no case"
        raise ValueError(msg)
    against = [f for f in findings if f.verdict is Verdict.DISAGREES]
    if against:
        return _against(check, findings, against)
    informative = [f for f in findings if f.informative]
    agreeing = [f for f in informative if f.verdict is Verdict.AGREES]
    if agreeing and 2 * len(agreeing) >= len(informative):
        return Judged(check=check, verdict=Verdict.AGREES, finding=Finding.RIGHT, findings=tuple(findings), shown=None)
    unclear = [f for f in findings if f.verdict is Verdict.INCONCLUSIVE]
    finding = Finding.TOO_CLOSE_TO_TELL if unclear else Finding.UNINFORMATIVE
    return Judged(
        check=check,
        verdict=Verdict.INCONCLUSIVE,
        finding=finding,
        findings=tuple(findings),
        shown=unclear[0] if unclear else findings[0],
    )


def _against(check: Check, findings: Sequence[CaseFinding], against: Sequence[CaseFinding]) -> Judged:
    worse = [f for f in against if f.finding not in _INACCURATE]
    if _numerical(findings):
        finding, shown = Finding.NUMERICAL_DERIVATIVE, against[0]
    else:
        # The first of the lowest rank.
        shown = min(worse or against, key=lambda f: f.rank)
        finding = shown.finding
    left = left_of(check, findings) if isinstance(check, DerivationCheck) else None
    return Judged(
        check=check, verdict=Verdict.DISAGREES, finding=finding, findings=tuple(findings), shown=shown, left=left
    )


def _numerical(findings: Sequence[CaseFinding]) -> bool:
    """Return whether every wrong case is off by what a difference quotient is off by."""
    of_values = {Finding.WRONG_VALUES, Finding.FLOAT32_PRECISION}
    wrong = [f for f in findings if f.verdict is Verdict.DISAGREES]
    if not all(f.finding in of_values and f.comparisons for f in wrong):
        return False
    return looks_numerical([c for f in findings if f.case.dtype == "float64" for c in f.in_full().comparisons])


def one_cause(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """Return verdicts in which an inaccuracy that one deciding check recognised is the reason of the others' too.

    Finite differences see only that a slope is off; the comparison with the reference sees that the answer is right at
    a lower precision, or right to the digits of a numerical derivative.

    Parameters
    ----------
    judged : sequence of Judged
        The checks of one problem.

    Returns
    -------
    tuple of Judged
    """
    deciding = [one.finding for one in judged if one.check.decides and one.verdict is Verdict.DISAGREES]
    known = [f for f in deciding if f in _INACCURATE]
    if not known or any(f not in _INACCURATE | {Finding.WRONG_VALUES} for f in deciding):
        return tuple(judged)
    if any(_is_far(one) for one in judged if one.finding is Finding.WRONG_VALUES):
        return tuple(judged)
    return tuple(replace(one, finding=known[0]) if one.finding is Finding.WRONG_VALUES else one for one in judged)


def _is_far(one: Judged) -> bool:
    """Return whether a check saw an error that no inaccuracy explains."""
    for f in one.findings:
        if f.verdict is Verdict.DISAGREES and f.evidence is not None:
            scale = float(np.max(np.abs(f.evidence.expected), initial=0.0))
            if not f.evidence.error_abs <= _INACCURATE_REL * scale:
                return True
    return False
