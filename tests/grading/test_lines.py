"""Lines over all cases, and the share of the points that wrong ones leave: what does not help is padding."""

from fractions import Fraction

import numpy as np
import pytest

from grader.checks.finding import CaseFinding
from grader.grading.judge import judge
from grader.grading.lines import Left, left_of, lines_of
from grader.grading.score import score
from grader.model.checks import DerivationCheck, LineShares
from grader.model.report import Finding, Verdict
from tests.checks.test_derivation import SLIPS, judged
from tests.checks.worlds import PURITY, REFERENCE, case, problem, vjp

SHARES = LineShares(start=Fraction("0.2"), equalities=Fraction("0.5"), end=Fraction("0.3"))
CHECK = DerivationCheck(kind="derivation", points=10, least=3, most=12, shares=SHARES)
CASES = [case(0), case(1, n=3, c=5)]
wrong = SLIPS["factor 2"](vjp)
other = SLIPS["sign"](vjp)


def findings(*lines, check=CHECK) -> list[CaseFinding]:
    return [judged(lines, check=check, on=on) for on in CASES]


def nearly(Z, V):
    return vjp(Z, V) + 1e-5 * np.max(np.abs(vjp(Z, V)))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([vjp, vjp, wrong], "0.2 + 0.25"),
        ([wrong, wrong, vjp], "0.25 + 0.3"),
        ([wrong, vjp, vjp], "0.25 + 0.3"),
        ([vjp, wrong, vjp], "0.2 + 0 + 0.3"),
        ([wrong, other, wrong], "0"),
        ([vjp, vjp], "0"),
        ([wrong] * 13, "0"),
    ],
)
def test_each_wrong_equality_costs_its_part_whatever_else_is_there(lines, kept):
    assert left_of(CHECK, findings(*lines)).kept == sum(Fraction(part.strip()) for part in kept.split("+"))


@pytest.mark.parametrize("padding", [1, 3, 8])
def test_repeating_lines_makes_no_wrong_one_cheaper(padding):
    short, long = [vjp, vjp, wrong], [vjp, *[vjp] * padding, vjp, wrong]
    assert left_of(CHECK, findings(*long)) == left_of(CHECK, findings(*short))


@pytest.mark.parametrize("anything", [wrong, lambda Z, V: np.zeros_like(Z), lambda Z, V: 0.0])
def test_lines_that_are_equal_to_each_other_and_never_the_answer_earn_nothing_without_a_person(anything):
    assert left_of(CHECK, findings(*[anything] * 3)) == Left(kept=Fraction(0), open=Fraction("0.5"))
    assert left_of(CHECK, findings(anything, other, other)) == Left(kept=Fraction(0), open=Fraction("0.25"))


def test_without_shares_a_wrong_line_costs_all_points():
    check = CHECK.model_copy(update={"shares": None})
    assert left_of(check, findings(vjp, vjp, wrong, check=check)) == Left(kept=Fraction(0), open=Fraction(0))


def test_a_line_that_is_too_close_to_tell_leaves_its_part_to_a_person():
    found = left_of(CHECK, findings(wrong, wrong, nearly))
    assert (found.kept, found.open) == (Fraction("0.25"), Fraction("0.3"))


def test_an_equality_that_fails_on_one_case_does_not_hold():
    def sometimes(Z, V):
        return vjp(Z, V) * (1 if len(Z) == 2 else 2)

    lines = lines_of(findings(vjp, sometimes, vjp))
    assert [(line.verdict, line.failed, line.right) for line in lines] == [
        (Verdict.AGREES, 0, True),
        (Verdict.DISAGREES, 1, False),
        (Verdict.DISAGREES, 1, True),
    ]


def test_the_case_that_is_shown_is_the_smallest_on_which_the_first_wrong_line_shows():
    def first_on_large(Z, V):
        return vjp(Z, V) * (1 if len(Z) == 2 else 2)

    shown = judge(CHECK, findings(first_on_large, wrong, vjp)).shown
    assert shown is not None
    assert (shown.case, shown.rank) == (CASES[1], 1)


def test_a_derivation_stands_by_itself_and_what_goes_with_a_right_answer_goes_with_it():
    of = problem(REFERENCE, CHECK, PURITY)
    no = CaseFinding(
        case=CASES[0],
        verdict=Verdict.DISAGREES,
        finding=Finding.WRONG_VALUES,
        informative=True,
        outcome=judged([vjp, vjp], on=CASES[0]).outcome,
    )
    yes = CaseFinding(case=no.case, verdict=Verdict.AGREES, finding=Finding.RIGHT, informative=True, outcome=no.outcome)
    verdicts = [judge(REFERENCE, [no]), judge(CHECK, findings(vjp, vjp, vjp)), judge(PURITY, [yes])]
    assert [s.earned for s in score(of, verdicts, None)] == [0, 10, 0]
    verdicts = [judge(REFERENCE, [yes]), judge(CHECK, findings(vjp, vjp, wrong)), judge(PURITY, [yes])]
    assert [s.earned for s in score(of, verdicts, None)] == [10, Fraction("4.5"), Fraction("0.45")]
