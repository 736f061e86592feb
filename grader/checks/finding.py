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

    def in_full(self) -> Self:
        """Return the finding with its evidence and comparisons.

        Returns
        -------
        CaseFinding
        """
        return self if self.measured is None else self.measured()
