"""From what each case says of each line of a derivation to what is said of the line, and to a share of the points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.checks.finding import CaseFinding, LineFinding
from grader.model.checks import DerivationCheck
from grader.model.report import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A line of a derivation on all cases.

    Parameters
    ----------
    number, before : int
        Which line, and the one that it is compared with.
    verdict : Verdict
        Of the "=" between the two; ``NOT_GRADED`` where the left side is not known here.
    finding : Finding
        Why.
    right : bool or None
        Whether the line is the answer; None where that cannot be told.
    cases : tuple of (CaseFinding, LineFinding)
        What each case says, smallest first.
    shown : tuple of (CaseFinding, LineFinding)
        The smallest case on which the "=" does not hold, or the first.
    """

    number: int
    before: int
    verdict: Verdict
    finding: Finding
    right: bool | None
    cases: tuple[tuple[CaseFinding, LineFinding], ...]
    shown: tuple[CaseFinding, LineFinding]

    @property
    def failed(self) -> int:
        """On how many cases the "=" does not hold."""
        return sum(line.verdict is Verdict.DISAGREES for _, line in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Which share of its points a check leaves to an answer that is not right.

    Parameters
    ----------
    kept : Fraction
        Earned.
    open : Fraction
        Neither earned nor lost: a person decides.
    """

    kept: Fraction
    open: Fraction


NOTHING_LEFT = Left(kept=Fraction(0), open=Fraction(0))


def lines_of(findings: Sequence[CaseFinding]) -> tuple[Line, ...]:
    """Return the lines of a derivation, each with its verdict over all cases.

    Parameters
    ----------
    findings : sequence of CaseFinding
        One a case.

    Returns
    -------
    tuple of Line
        In order; as many as were there on the case with the most.
    """
    count = max((len(f.lines) for f in findings), default=0)
    return tuple(_line([(f, f.lines[i]) for f in findings if len(f.lines) > i]) for i in range(count))


def _line(cases: Sequence[tuple[CaseFinding, LineFinding]]) -> Line:
    against = [one for one in cases if one[1].verdict is Verdict.DISAGREES]
    informative = [line for case, line in cases if case.informative]
    shown = (against or cases)[0]
    verdict, finding = Verdict.INCONCLUSIVE, Finding.TOO_CLOSE_TO_TELL
    if against:
        verdict, finding = Verdict.DISAGREES, shown[1].finding
    elif all(line.verdict is Verdict.NOT_GRADED for _, line in cases):
        verdict, finding = Verdict.NOT_GRADED, Finding.UNINFORMATIVE
    elif _most(line.verdict is Verdict.AGREES for line in informative):
        verdict, finding = Verdict.AGREES, Finding.RIGHT
    right: bool | None = True if _most(line.right is True for line in informative) else None
    return Line(
        number=shown[1].number,
        before=shown[1].before,
        verdict=verdict,
        finding=finding,
        right=False if any(line.right is False for _, line in cases) else right,
        cases=tuple(cases),
        shown=shown,
    )


def _most(of: Iterable[bool]) -> bool:
    every = list(of)
    return any(every) and 2 * sum(every) >= len(every)


def left_of(check: DerivationCheck, findings: Sequence[CaseFinding]) -> Left:
    """Return which share of its points a derivation with wrong lines earns.

    Parameters
    ----------
    check : DerivationCheck
        States the shares.
    findings : sequence of CaseFinding
        One a case.

    Returns
    -------
    Left
        Nothing without shares, and where there are fewer lines than are asked for, or more than are allowed. Where no
        line is the answer, its equalities are left to a person: ``[zeros, zeros, zeros]`` has them, too.
    """
    lines = lines_of(findings)
    if check.shares is None or len(lines) < check.least or any(f.too_many for f in findings):
        return NOTHING_LEFT
    start, equalities, end = check.shares.start, check.shares.equalities, check.shares.end
    # More lines than are asked for do not make a wrong one cheaper.
    each = equalities / max(1, check.least - 1)
    lost = min(equalities, each * sum(line.verdict is Verdict.DISAGREES for line in lines[1:]))
    doubtful = min(equalities - lost, each * sum(line.verdict is Verdict.INCONCLUSIVE for line in lines[1:]))
    first, last = lines[0], lines[-1]
    kept = equalities - lost - doubtful
    kept += start if first.verdict is Verdict.AGREES else 0
    kept += end if last.right is True else 0
    doubtful += start if first.verdict is Verdict.INCONCLUSIVE else 0
    doubtful += end if last.right is None else 0
    if all(line.right is False for line in lines):
        return Left(kept=Fraction(0), open=kept + doubtful)
    return Left(kept=kept, open=doubtful)
