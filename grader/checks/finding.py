"""What one case says of one check: a verdict, why, and the numbers behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from grader.model.case import Array, Case
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.numerics.compare import Comparison


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """How far an answer is from the truth, and how far it may be.

    Parameters
    ----------
    actual, expected : ndarray
        The student's value and ours, of one shape.
    name : str
        Of the value: ``"z_bar"``.
    where : tuple of int
        Index of the worst entry.
    error_abs, allowed_abs : float
        At that entry; ``error_abs`` may be infinite or nan.
    differing, total : int
        Entries beyond what is allowed, and all entries.
    """

    actual: Array
    expected: Array
    name: str
    where: tuple[int, ...]
    error_abs: float
    allowed_abs: float
    differing: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineFinding:
    """What one case says of one line of a derivation.

    Parameters
    ----------
    number : int
        From 1.
    before : int
        The line that it was compared with: the nearest one above it that returned numbers; 0 is the answer itself.
    verdict : Verdict
        Of the "=" between the two; ``NOT_GRADED`` where the left side is not known here.
    finding : Finding
        Why: ``RIGHT``, ``EQUALITY_BROKEN``, ``TOO_CLOSE_TO_TELL``, or why there are no numbers.
    right : bool or None
        Whether the line's value is the answer; None where that cannot be told.
    outcome : Outcome
        What came back.
    value, left : ndarray or None
        What the line returned, and what stands left of its "="; None where there are no numbers.
    detail : str
        Words for the student; may be empty.
    evidence : Evidence or None
        How far the two are apart, where the "=" does not hold and both have numbers of one shape.
    changes : str
        Names of the arguments that the line changes, which it should not.
    """

    number: int
    before: int
    verdict: Verdict
    finding: Finding
    right: bool | None
    outcome: Outcome
    value: Array | None
    left: Array | None
    detail: str = ""
    evidence: Evidence | None = None
    changes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseFinding:
    """What one case says of one check.

    Parameters
    ----------
    case : Case
        The inputs.
    verdict : Verdict
        Never ``NOT_GRADED``: that is said of whole submissions.
    finding : Finding
        Why.
    informative : bool
        Whether agreement on this case says anything.
    outcome : Outcome
        What came back.
    detail : str
        Words for the student that only this case knows; may be empty.
    evidence : Evidence or None
        Numbers, where numbers came back.
    resolution : float
        Smallest relative error that the case would have caught; infinite if none.
    comparisons : tuple of Comparison
        One a returned value, where values were compared with the reference.
    due : tuple of ndarray
        What should have come back, where what came back could not be compared.
    measured : callable or None
        Returns this finding with its evidence and comparisons, where they were not worked out: a case that agrees is
        asked for them only where others do not.
    lines : tuple of LineFinding
        Of a derivation: one a line.
    too_many : bool
        Of a derivation: there are more lines than are looked at.
    called : str
        What was called, where it is not the problem's function.
    against : str
        What the answer was compared with, where it is not the truth: ``"line 2"``.
    rank : int
        Of several cases that fail, one of the lowest rank is shown.
    """

    case: Case
    verdict: Verdict
    finding: Finding
    informative: bool
    outcome: Outcome
    detail: str = ""
    evidence: Evidence | None = None
    resolution: float = float("inf")
    comparisons: tuple[Comparison, ...] = ()
    due: tuple[Array, ...] = ()
    measured: Callable[[], Self] | None = None
    lines: tuple[LineFinding, ...] = ()
    too_many: bool = False
    called: str = ""
    against: str = ""
    rank: int = 0

    def in_full(self) -> Self:
        """Return the finding with its evidence and comparisons.

        Returns
        -------
        CaseFinding
        """
        return self if self.measured is None else self.measured()
