"""Each kind of check by a right answer, a wrong one, and one just on each side of what is allowed."""

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.kind import PLAIN
from grader.checks.kinds import kind_of
from grader.checks.property import UnusablePropertyError
from grader.checks.purity import AGAIN
from grader.model.case import frozen_array
from grader.model.outcome import Raised
from grader.model.report import Finding, Verdict
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS
from tests.checks.worlds import (
    ADJOINT,
    PURITY,
    REFERENCE,
    SHAPES,
    SLOPES,
    STABILITY,
    KnownFacts,
    case,
    problem,
    prop,
    returned,
    vjp,
)

CASE = case()
PROBLEM = problem()
FACTS = KnownFacts()


def judged(check, answer, on=CASE, of=PROBLEM, facts=FACTS):
    """Judge a check as if `answer` were the student's function."""
    kind = kind_of(check, SHAPES)
    outcomes = {}
    for request in kind.requests(check, of, on):
        arguments = [np.array(a) for a in request.arguments]
        value = answer(*arguments)
        values = value if isinstance(value, tuple) else (value,)
        outcomes[request.label] = returned(*values, inputs_after=tuple(arguments) if request.want_inputs else ())
    return kind.judge(check, of, on, outcomes, facts)


def off_by(units):
    unit = FACTS.expected(PROBLEM, CASE)[0].unit
    shift = np.zeros_like(unit)
    shift[1, 2] = units * unit[1, 2]
    return lambda Z, V: vjp(Z, V) + shift


ALL = [
    REFERENCE,
    STABILITY,
    SLOPES,
    ADJOINT,
    PURITY,
    prop("sums_to_zero"),
    prop("linear", argument="V"),
    prop("shift_invariant", argument="Z"),
    prop("permutation_equivariant", symbol="C"),
    prop("permutation_equivariant", symbol="N"),
]


@pytest.mark.parametrize("check", ALL, ids=lambda c: getattr(c, "property", c.kind))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_answer_agrees_with_every_kind(check, dtype):
    found = judged(check, vjp, on=case(dtype=dtype))
    assert (found.verdict, found.finding) == (Verdict.AGREES, Finding.RIGHT)
    assert found.informative


@pytest.mark.parametrize(
    ("check", "wrong", "finding"),
    [
        (REFERENCE, lambda Z, V: -vjp(Z, V), Finding.WRONG_VALUES),
        (REFERENCE, lambda Z, V: np.where(V == V.max(), np.nan, vjp(Z, V)), Finding.NON_FINITE),
        (REFERENCE, lambda Z, V: vjp(Z, V).astype(np.float32), Finding.FLOAT32_PRECISION),
        (STABILITY, lambda Z, V: vjp(Z, V) * np.inf, Finding.UNSTABLE),
        (STABILITY, lambda Z, V: vjp(Z, V) + 1, Finding.WRONG_VALUES),
        (SLOPES, lambda Z, V: 2 * vjp(Z, V), Finding.WRONG_VALUES),
        (SLOPES, lambda Z, V: vjp(Z, V) * np.nan, Finding.NON_FINITE),
        (SLOPES, lambda Z, V: vjp(Z, V).astype(np.float32), Finding.FLOAT32_PRECISION),
        (ADJOINT, lambda Z, V: vjp(Z, V) * (1 + 1e-3), Finding.WRONG_VALUES),
        (ADJOINT, lambda Z, V: vjp(Z, V) * np.inf, Finding.NON_FINITE),
        (ADJOINT, lambda Z, V: vjp(Z, V).astype(np.float32), Finding.FLOAT32_PRECISION),
        (prop("sums_to_zero"), lambda Z, V: vjp(Z, V) + 1e-9, Finding.PROPERTY_BROKEN),
        (prop("linear", argument="V"), lambda Z, V: vjp(Z, V) + 1e-9, Finding.PROPERTY_BROKEN),
        (prop("shift_invariant", argument="Z"), lambda Z, V: vjp(Z, V) + 1e-9 * Z, Finding.PROPERTY_BROKEN),
        (
            prop("permutation_equivariant", symbol="C"),
            lambda Z, V: vjp(Z, V) + 1e-9 * np.arange(4),
            Finding.PROPERTY_BROKEN,
        ),
        (prop("sums_to_zero"), lambda Z, V: vjp(Z, V) * np.nan, Finding.PROPERTY_BROKEN),
        (
            prop("permutation_equivariant", symbol="C"),
            lambda Z, V: np.resize([1.7e308, -1.7e308], Z.shape),
            Finding.PROPERTY_BROKEN,
        ),
    ],
)
def test_a_wrong_answer_disagrees(check, wrong, finding):
    found = judged(check, wrong)
    assert (found.verdict, found.finding) == (Verdict.DISAGREES, finding)
    assert found.evidence is not None
    assert not found.evidence.error_abs <= found.evidence.allowed_abs


@pytest.mark.parametrize(
    ("units", "verdict"),
    [
        (AGREE_UNITS - 1, Verdict.AGREES),
        (AGREE_UNITS + 2, Verdict.INCONCLUSIVE),
        (DISAGREE_UNITS - 2, Verdict.INCONCLUSIVE),
        (DISAGREE_UNITS + 2, Verdict.DISAGREES),
    ],
)
def test_the_reference_check_has_three_answers_around_its_two_thresholds(units, verdict):
    found = judged(REFERENCE, off_by(units))
    assert found.verdict is verdict
    if verdict is Verdict.DISAGREES:
        assert found.evidence.where == (1, 2)
        assert (found.evidence.differing, found.evidence.total) == (1, 8)


def test_a_widened_reference_check_allows_just_that_much_more():
    wide = REFERENCE.model_copy(update={"widen": 10.0})
    assert judged(wide, off_by(10 * (AGREE_UNITS - 1))).verdict is Verdict.AGREES
    assert judged(wide, off_by(10 * (DISAGREE_UNITS + 2))).verdict is Verdict.DISAGREES


def test_an_answer_off_by_a_relative_1e_9_is_wrong_in_float64_and_right_in_float32():
    answer = lambda Z, V: vjp(Z.astype(float), V.astype(float)) * (1 + 1e-9)
    assert judged(REFERENCE, answer).verdict is Verdict.DISAGREES
    assert judged(REFERENCE, answer, on=case(dtype="float32")).verdict is Verdict.AGREES


def test_finite_differences_see_a_small_error_and_not_one_below_their_own():
    assert judged(SLOPES, lambda Z, V: vjp(Z, V) * (1 + 1e-7)).verdict is Verdict.DISAGREES
    assert judged(SLOPES, off_by(AGREE_UNITS / 2)).verdict is Verdict.AGREES


def test_finite_differences_that_say_nothing_are_inconclusive():
    class Silent(KnownFacts):
        def slopes(self, problem, check, case):
            return tuple(replace(s, value=np.nan, error=np.inf) for s in super().slopes(problem, check, case))

    found = judged(SLOPES, lambda Z, V: -vjp(Z, V), facts=Silent())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert not found.informative


@pytest.mark.parametrize(
    ("structure", "good", "bad"),
    [
        ("symmetric", lambda A: A + A.T, lambda A: A + A.T + np.triu(np.full_like(A, 1e-11), 1)),
        ("lower_triangular", lambda A: np.tril(A), lambda A: np.tril(A) + np.triu(np.full_like(A, 1e-300), 1)),
    ],
)
def test_structure_is_demanded_besides_the_values(structure, good, bad):
    square = problem(
        arguments=("A",), returns=({"name": "G", "shape": ("d", "d"), "structure": structure, "block_axes": 0},)
    )
    A = frozen_array(np.round(np.random.default_rng(3).normal(size=(3, 3)), 2))
    on = replace(CASE, arguments=(("A", A),), sizes=(("d", 3),))
    facts = KnownFacts(good)
    # A unit so wide that the values alone would pass: it is the structure that is judged.
    wide = REFERENCE.model_copy(update={"widen": 1e6})
    assert judged(wide, good, on=on, of=square, facts=facts).verdict is Verdict.AGREES
    assert judged(wide, bad, on=on, of=square, facts=facts).finding is Finding.WRONG_STRUCTURE


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("symmetric", lambda A: A + A.T, lambda A: A),
        ("lower_triangular", lambda A: np.tril(A), lambda A: A),
    ],
)
def test_structure_as_a_property(name, good, bad):
    square = problem(arguments=("A",), returns=({"name": "G", "shape": ("d", "d")},))
    A = frozen_array(np.round(np.random.default_rng(3).normal(size=(3, 3)), 2))
    on = replace(CASE, arguments=(("A", A),), sizes=(("d", 3),))
    facts = KnownFacts(good)
    assert judged(prop(name), good, on=on, of=square, facts=facts).verdict is Verdict.AGREES
    assert judged(prop(name), bad, on=on, of=square, facts=facts).finding is Finding.PROPERTY_BROKEN


@pytest.mark.parametrize(
    "check", [prop("linear", argument="W"), prop("permutation_equivariant", symbol="Q"), prop("linear")]
)
def test_a_property_without_what_it_needs_is_the_rubrics_fault(check):
    with pytest.raises(UnusablePropertyError):
        judged(check, vjp)


def test_a_changed_input_is_seen_by_us_and_named():
    def answer(Z, V):
        out = vjp(Z, V)
        Z -= 1e-300
        V[0, 0] = np.nextafter(V[0, 0], 9)
        return out

    found = judged(PURITY, answer)
    assert (found.verdict, found.finding, found.detail) == (Verdict.DISAGREES, Finding.CHANGES_INPUTS, "V")


def test_an_answer_that_differs_in_its_last_bit_the_second_time_is_nondeterministic():
    calls = []

    def answer(Z, V):
        calls.append(1)
        return vjp(Z, V) * (1 + len(calls) * 2**-52)

    assert judged(PURITY, answer).finding is Finding.NONDETERMINISTIC


@pytest.mark.parametrize("label", [PLAIN, AGAIN])
def test_purity_disagrees_where_either_call_fails(label):
    outcomes = {name: returned(vjp(*CASE.values), inputs_after=CASE.values) for name in (PLAIN, AGAIN)}
    outcomes[label] = Raised(type="ValueError", text="", where="", line="")
    found = kind_of(PURITY, SHAPES).judge(PURITY, PROBLEM, CASE, outcomes, FACTS)
    assert (found.verdict, found.finding) == (Verdict.DISAGREES, Finding.RAISED)


@pytest.mark.parametrize("check", ALL, ids=lambda c: getattr(c, "property", c.kind))
@pytest.mark.parametrize("units", [0, AGREE_UNITS - 1, AGREE_UNITS, AGREE_UNITS + 2, 2 * DISAGREE_UNITS])
def test_a_case_that_agrees_plainly_says_in_full_what_it_said_in_short(check, units):
    found = judged(check, off_by(units))
    full = found.in_full()
    assert (found.verdict, found.finding, found.informative, found.resolution) == (
        full.verdict,
        full.finding,
        full.informative,
        full.resolution,
    )
    assert full.in_full() is full
    if check is not PURITY:
        assert full.evidence is not None
