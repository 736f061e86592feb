"""What an assignment's students are not given of it, said to them by its size alone."""

from dataclasses import dataclass
from fractions import Fraction


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
