"""From findings to a verdict, and from verdicts to points; nothing passes by default."""

from fractions import Fraction

import numpy as np
import pytest

from grader.checks.finding import CaseFinding, Evidence
from grader.grading.judge import Judged, judge, one_cause
from grader.grading.score import score
from grader.model.checks import ReferenceCheck
from grader.model.report import Finding, Verdict
from grader.numerics.compare import compare
from tests.checks.worlds import PURITY, REFERENCE, SLOPES, STABILITY, KnownFacts, case, problem, prop, returned, vjp

A, D, U = Verdict.AGREES, Verdict.DISAGREES, Verdict.INCONCLUSIVE


def finding(verdict, why=None, *, informative=True, index=0, **more):
    usual = {A: Finding.RIGHT, D: Finding.WRONG_VALUES, U: Finding.TOO_CLOSE_TO_TELL}
    return CaseFinding(
        case=case(index),
        verdict=verdict,
        finding=why or usual[verdict],
        informative=informative,
        outcome=returned(0.0),
        **more,
    )


def judged(check, verdict, why=None):
    return judge(check, [finding(verdict, why)])


def test_no_finding_is_an_error_and_not_a_pass():
    with pytest.raises(ValueError, match="no case"):
        judge(REFERENCE, [])


def test_no_verdict_is_an_error_and_not_full_marks():
    with pytest.raises(ValueError, match="no check"):
        score(problem(), [], None)


def test_one_disagreement_among_many_agreements_disagrees_and_the_first_is_shown():
    found = judge(REFERENCE, [finding(A), finding(A, index=1), finding(D, index=2), finding(D, index=3)])
    assert (found.verdict, found.finding, found.failed) == (D, Finding.WRONG_VALUES, 2)
    assert found.shown is not None
    assert found.shown.case.index == 2


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [([A], A), ([A, U], A), ([A, U, U], U), ([U], U)],
)
def test_half_of_the_informative_cases_must_agree(verdicts, expected):
    assert judge(REFERENCE, [finding(v) for v in verdicts]).verdict is expected


def test_agreement_on_uninformative_cases_alone_certifies_nothing():
    found = judge(REFERENCE, [finding(A, informative=False)] * 5)
    assert (found.verdict, found.finding) == (U, Finding.UNINFORMATIVE)


def test_inaccuracy_is_the_finding_only_where_nothing_worse_was_found():
    inaccurate = finding(D, Finding.FLOAT32_PRECISION)
    assert judge(REFERENCE, [inaccurate, inaccurate]).finding is Finding.FLOAT32_PRECISION
    assert judge(REFERENCE, [inaccurate, finding(D)]).finding is Finding.WRONG_VALUES


def numerical(check=REFERENCE, relative=1e-8, why=None):
    facts, of = KnownFacts(), problem()
    out = []
    for i in range(3):
        on = case(i)
        (expected,) = facts.expected(of, on)
        actual = vjp(*on.values) * (1 + relative * (1 + i / 7))
        evidence = Evidence(
            actual=actual,
            expected=expected.value,
            name="Z_bar",
            where=(0, 0),
            error_abs=float(np.max(np.abs(actual - expected.value))),
            allowed_abs=0.0,
            differing=1,
            total=1,
        )
        comparisons = (compare(actual, expected),) if check is REFERENCE else ()
        out.append(finding(D, why, index=i, evidence=evidence, comparisons=comparisons))
    return judge(check, out)


def test_an_answer_right_to_ten_digits_looks_like_a_numerical_derivative():
    assert numerical(relative=1e-10).finding is Finding.NUMERICAL_DERIVATIVE
    # Within the rounding of float32, too, but not of its size.
    assert numerical(relative=1e-10, why=Finding.FLOAT32_PRECISION).finding is Finding.NUMERICAL_DERIVATIVE
    assert numerical(relative=1e-3).finding is Finding.WRONG_VALUES


def test_what_the_reference_recognises_is_the_reason_of_the_finite_differences_too():
    both = one_cause([numerical(relative=1e-10), numerical(SLOPES, relative=1e-10)])
    assert [one.finding for one in both] == [Finding.NUMERICAL_DERIVATIVE] * 2
    far = one_cause([numerical(relative=1e-10), numerical(SLOPES, relative=1e-2)])
    assert far[1].finding is Finding.WRONG_VALUES


CHECKS = (REFERENCE, SLOPES, ReferenceCheck(kind="reference", id="edge", points=3), STABILITY, PURITY)


def points(verdicts, share=None, **more):
    of = problem(*CHECKS, **more)
    found = [judged(c, *(v if isinstance(v, tuple) else (v,))) for c, v in zip(CHECKS, verdicts, strict=True)]
    return score(of, found, share)


def test_full_marks_are_every_checks_points():
    assert [s.earned for s in points([A, A, A, A, A])] == [10, 4, 3, 3, 1]


def test_a_wrong_answer_earns_nothing_however_pure_and_stable_it_is():
    scores = points([D, A, A, A, A])
    assert sum(s.earned for s in scores) == 0
    assert [s.withheld for s in scores] == [False, True, True, True, True]


def test_a_later_deciding_check_does_not_take_away_what_was_earned_before_it():
    assert [s.earned for s in points([A, A, D, A, A])] == [10, 4, 0, 0, 0]


def test_a_supporting_check_that_fails_costs_its_own_points_only():
    assert [s.earned for s in points([A, A, A, D, A])] == [10, 4, 3, 0, 1]


def test_a_named_misconception_earns_its_share_exactly():
    scores = points([D, D, A, D, A], share=Fraction(3, 10))
    assert [s.earned for s in scores] == [3, Fraction(6, 5), Fraction(9, 10), 0, Fraction(3, 10)]


def test_an_inaccurate_answer_earns_the_credit_that_the_rubric_gives():
    inaccurate = (D, Finding.FLOAT32_PRECISION)
    scores = points([inaccurate, A, A, A, A], credit={"float32_precision": 0.5})
    assert sum(s.earned for s in scores) == Fraction(21, 2)
    assert sum(s.earned for s in points([inaccurate, A, A, A, A])) == 0
    numerical_ = (D, Finding.NUMERICAL_DERIVATIVE)
    assert sum(s.earned for s in points([numerical_, A, A, A, A], credit={"numerical_derivative": 0.2})) == Fraction(
        21, 5
    )


def test_inconclusive_points_are_neither_given_nor_taken():
    scores = points([U, A, A, A, A])
    assert sum(s.earned for s in scores) == 0
    assert sum(s.undecided for s in scores) == 21
    later = points([A, A, U, A, D])
    assert [s.earned for s in later] == [10, 4, 0, 0, 0]
    assert [s.undecided for s in later] == [0, 0, 3, 3, 0]


def test_a_disagreement_after_a_doubt_leaves_at_most_the_share_undecided():
    scores = points([U, D, A, A, A], share=Fraction(1, 2))
    assert sum(s.earned for s in scores) == 0
    assert [s.undecided for s in scores] == [10, 2, Fraction(3, 2), Fraction(3, 2), Fraction(1, 2)]


def test_a_verdict_of_not_graded_has_no_score():
    ungraded = Judged(
        check=REFERENCE, verdict=Verdict.NOT_GRADED, finding=Finding.GRADER_FAULT, findings=(), shown=None
    )
    with pytest.raises(ValueError, match="not graded"):
        score(problem(), [ungraded], None)


def test_a_property_check_is_a_supporting_one():
    assert not prop("sums_to_zero").decides
    assert SLOPES.decides
