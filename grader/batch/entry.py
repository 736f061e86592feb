"""What a journal keeps of a hand-in beside its report: where it stands and what it took."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What grading one hand-in took; the only part of a journal that differs between two runs.

    Parameters
    ----------
    wall_s : float
        Seconds on the clock, the grader's own work included.
    cpu_s : float or None
        CPU seconds of the submission's processes; None where it was not run.
    peak_bytes : int or None
        The most memory that one of them held.
    """

    wall_s: float
    cpu_s: float | None = None
    peak_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a hand-in without opening its report.

    Parameters
    ----------
    hand_in : str
        Its id.
    key : str
        What it was graded from, see `grader.batch.key`.
    status : str
        ``"graded"`` or ``"not_graded"``.
    score : Fraction or None
        None where it was not graded.
    undecided : Fraction
        Points that a person has to decide on.
    reason : str
        Why it was not graded.
    """

    hand_in: str
    key: str
    status: str
    score: Fraction | None
    undecided: Fraction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A hand-in that has just been graded.

    Parameters
    ----------
    standing : Standing
        Where it stands.
    report : bytes
        From `packed_report`.
    shown : bytes or None
        Likewise: what its students are shown, where that is not all of it.
    took : Took
        What it took.
    """

    standing: Standing
    report: bytes
    took: Took
    shown: bytes | None = None
