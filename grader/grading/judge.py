"""From the findings of a check's cases to its one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.model.assignment import Check
from grader.model.report import Finding, Verdict
from grader.model.verdict import CaseFinding
from grader.numerics.compare import looks_numerical

# Findings that excuse an inaccurate answer; any other disagreement outranks them.
_INACCURATE = frozenset({Finding.FLOAT32_PRECISION, Finding.NUMERICAL_DERIVATIVE})


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
    """

    check: Check
    verdict: Verdict
    finding: Finding
    findings: tuple[CaseFinding, ...]
    shown: CaseFinding | None

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
        return Judged(
            check=check, verdict=Verdict.AGREES, finding=Finding.RIGHT, findings=tuple(findings), shown=None
        )
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
    if worse and all(f.finding is Finding.WRONG_VALUES for f in worse) and _numerical(worse):
        finding, shown = Finding.NUMERICAL_DERIVATIVE, worse[0]
    else:
        shown = worse[0] if worse else against[0]
        finding = shown.finding
    return Judged(check=check, verdict=Verdict.DISAGREES, finding=finding, findings=tuple(findings), shown=shown)


def _numerical(against: Sequence[CaseFinding]) -> bool:
    """Return whether every wrong float64 case is off by what a finite difference is off by."""
    pairs = [
        (f.evidence.actual, f.evidence.expected)
        for f in against
        if f.evidence is not None and f.case.dtype == "float64"
    ]
    return len(pairs) == len(against) and looks_numerical(pairs)
