"""From the verdicts of a problem to exact points."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.grading.judge import Judged
from grader.model.assignment import Problem
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
    answer, or nothing; where one is inconclusive, the points wait for a person.

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
        match one.verdict:
            case Verdict.AGREES:
                earned, undecided = points * rightness, Fraction(0)
                if doubtful:
                    earned, undecided = Fraction(0), earned
                scores.append(Score(earned=earned, undecided=undecided, withheld=rightness < 1 and not doubtful))
            case Verdict.DISAGREES:
                kept = _kept(problem, one, share) if one.check.decides else Fraction(0)
                if one.check.decides:
                    rightness = min(rightness, kept)
                    kept = rightness
                undecided = points * kept if doubtful else Fraction(0)
                scores.append(Score(earned=points * kept - undecided, undecided=undecided, withheld=False))
            case Verdict.INCONCLUSIVE:
                scores.append(Score(earned=Fraction(0), undecided=points * rightness, withheld=False))
                doubtful = doubtful or one.check.decides
            case Verdict.NOT_GRADED:
                msg = f"{problem.id}: a check that was not graded has no score"
                raise ValueError(msg)
    return tuple(scores)


def _kept(problem: Problem, one: Judged, share: Fraction | None) -> Fraction:
    match one.finding:
        case Finding.FLOAT32_PRECISION:
            return problem.credit.get("float32_precision", Fraction(0))
        case Finding.NUMERICAL_DERIVATIVE:
            return problem.credit.get("numerical_derivative", Fraction(0))
        case _:
            return share if share is not None else Fraction(0)
