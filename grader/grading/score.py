"""From the verdicts of a problem to exact points."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.grading.judge import Judged
from grader.grading.lines import NOTHING_LEFT, Left
from grader.model.assignment import Problem
from grader.model.checks import DerivationCheck
from grader.model.report import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points of one check.

    Parameters
    ----------
    earned : Fraction
        Points given.
    undecided : Fraction
        Points that nobody has decided on, because a check is inconclusive.
    withheld : bool
        True where the check agrees, but earns nothing (or less) because the answer itself is not right.
    """

    earned: Fraction
    undecided: Fraction
    withheld: bool


def score(problem: Problem, judged: Sequence[Judged], share: Fraction | None) -> tuple[Score, ...]:
    """Return the points of each check of a problem.

    A check earns its points only as far as the deciding checks listed before it agree. Where one of them disagrees,
    what is left is the share of the misconception that was named, or the credit that the rubric gives to an inaccurate
    answer, or nothing; where one is inconclusive, the points wait for a person. A derivation depends on no other check.

    Parameters
    ----------
    problem : Problem
        Gives the credits.
    judged : sequence of Judged
        In the order of the rubric; at least one.
    share : Fraction or None
        The share of the one misconception that explains the answer; None if there is none.

    Returns
    -------
    tuple of Score
        One a check.

    Raises
    ------
    ValueError
        No check was judged, or a verdict is one that cannot be scored.
    """
    if not judged:
        msg = f"{problem.id}: no check was judged"
        raise ValueError(msg)
    rightness, doubtful = Fraction(1), False
    scores = []
    for one in judged:
        points = one.check.points
        # A derivation is of lines of its own: it earns its points whatever the checks before it say.
        own = isinstance(one.check, DerivationCheck)
        most, waits = (Fraction(1), False) if own else (rightness, doubtful)
        match one.verdict:
            case Verdict.AGREES:
                earned, undecided = points * most, Fraction(0)
                if waits:
                    earned, undecided = Fraction(0), earned
                scores.append(Score(earned=earned, undecided=undecided, withheld=most < 1 and not waits))
            case Verdict.DISAGREES:
                left = _left(problem, one, share)
                kept = min(most, left.kept)
                open_ = min(most - kept, left.open)
                if one.check.decides:
                    rightness = min(rightness, kept)
                undecided = points * kept if waits else Fraction(0)
                earned = points * kept - undecided
                scores.append(Score(earned=earned, undecided=undecided + points * open_, withheld=False))
            case Verdict.INCONCLUSIVE:
                scores.append(Score(earned=Fraction(0), undecided=points * most, withheld=False))
                doubtful = doubtful or one.check.decides
            case Verdict.NOT_GRADED:
                msg = f"{problem.id}: a check that was not graded has no score"
                raise ValueError(msg)
    return tuple(scores)


def _left(problem: Problem, one: Judged, share: Fraction | None) -> Left:
    """Return which share of a check's points is left to an answer that it disagrees with."""
    if not one.check.decides:
        return NOTHING_LEFT
    if one.left is not None:
        return one.left
    return Left(kept=_kept(problem, one, share), open=Fraction(0))


def _kept(problem: Problem, one: Judged, share: Fraction | None) -> Fraction:
    match one.finding:
        case Finding.FLOAT32_PRECISION:
            return problem.credit.get("float32_precision", Fraction(0))
        case Finding.NUMERICAL_DERIVATIVE:
            return problem.credit.get("numerical_derivative", Fraction(0))
        case _:
            return share if share is not None else Fraction(0)
