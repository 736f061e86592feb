"""What an assignment's students are not given of it, said to them by its size alone."""

from dataclasses import dataclass
from fractions import Fraction

from grader.model.report import SubmissionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What the students' part of a problem leaves out.

    Parameters
    ----------
    problem : str
        Its id.
    function : str
        What the student writes.
    checks : int
        How many checks.
    points : Fraction
        What they are worth.
    decides : bool
        False where no check that is left decides rightness.
    """

    problem: str
    function: str
    checks: int
    points: Fraction
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An answer that was checked with a handout.

    Parameters
    ----------
    title : str
        The assignment's.
    report : SubmissionReport
        Of the checks that students have.
    withheld : tuple of Withheld
        What is decided elsewhere, of the problems that were checked.
    unwritten : frozenset of str
        Functions that are as the starter has them: nothing is there to be wrong.
    seconds : float
        How long it took.
    """

    title: str
    report: SubmissionReport
    withheld: tuple[Withheld, ...]
    unwritten: frozenset[str]
    seconds: float
