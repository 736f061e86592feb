"""Each "=" of a derivation by itself: right lines hold, a planted slip is named where it is made and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.derivation import Derivation
from grader.checks.finding import CaseFinding
from grader.model.checks import DerivationCheck
from grader.model.outcome import Absence, Crashed, Raised, TimedOut, Unavailable
from grader.model.report import Finding, Verdict
from grader.numerics.expected import withheld
from tests.checks.worlds import KnownFacts, case, problem, returned, softmax, vjp

CHECK = DerivationCheck(kind="derivation", points=10, least=2, most=6)
PROBLEM = problem(CHECK)
FACTS = KnownFacts()
MISSING = Unavailable(absence=Absence.MISSING, says="not there")
Line = Callable[..., object]


def by_difference(Z, V):
    """A derivative that the line only names: central differences."""
    out = np.zeros(Z.shape)
    for index in np.ndindex(Z.shape):
        step = np.zeros(Z.shape)
        step[index] = 1e-5
        out[index] = np.sum(V * (softmax(Z + step) - softmax(Z - step))) / 2e-5
    return out


def by_jacobian(Z, V):
    Y = softmax(Z)
    J = np.einsum("ni,ij->nij", Y, np.eye(Y.shape[1])) - np.einsum("ni,nj->nij", Y, Y)
    return np.einsum("nij,nj->ni", J, V)


def in_two_terms(Z, V):
    Y = softmax(Z)
    return Y * V - Y * np.sum(Y * V, axis=-1, keepdims=True)


RIGHT: tuple[Line, ...] = (by_difference, by_jacobian, in_two_terms, vjp)
SLIPS: dict[str, Callable[[Line], Line]] = {
    "sign": lambda f: lambda Z, V: -f(Z, V),
    "factor 2": lambda f: lambda Z, V: 2 * f(Z, V),
    "mean": lambda f: lambda Z, V: f(Z, V) / len(Z),
    "one entry": lambda f: lambda Z, V: f(Z, V) + 0.01 * (np.arange(Z.size).reshape(Z.shape) == 1),
    "a term less": lambda f: lambda Z, V: f(Z, V) + softmax(Z) * np.sum(softmax(Z) * V, axis=-1, keepdims=True),
    "zero": lambda f: lambda Z, V: np.zeros(Z.shape),
    "reversed": lambda f: lambda Z, V: f(Z, V)[..., ::-1],
}


def judged(lines: Sequence[object], *, check=CHECK, on=None, facts=FACTS) -> CaseFinding:
    """Judge lines as if they were a student's; what is no function is an outcome."""
    on = on or case()
    kind = Derivation()
    outcomes = {}
    for i, request in enumerate(kind.requests(check, PROBLEM, on)):
        line = lines[i] if i < len(lines) else MISSING
        arguments = [np.array(a) for a in request.arguments]
        outcomes[request.label] = (
            returned(line(*arguments), inputs_after=tuple(arguments)) if callable(line) else line
        )  # fmt: skip
    return kind.judge(check, PROBLEM, on, outcomes, facts)


def broken(found: CaseFinding) -> list[int]:
    return [line.number for line in found.lines if line.verdict is Verdict.DISAGREES]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_lines_are_equal_whatever_their_algebra(dtype):
    # A difference quotient of step 1e-5 says nothing in float32.
    lines = RIGHT if dtype == "float64" else RIGHT[1:]
    found = judged(lines, on=case(dtype=dtype))
    assert (found.verdict, found.finding, found.informative) == (Verdict.AGREES, Finding.RIGHT, True)
    assert [(line.verdict, line.right) for line in found.lines] == [(Verdict.AGREES, True)] * len(lines)


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("at", range(len(RIGHT)))
def test_a_mistake_that_is_carried_on_is_named_where_it_is_made(slip, at):
    lines = [f if i < at else SLIPS[slip](f) for i, f in enumerate(RIGHT)]
    found = judged(lines)
    assert broken(found) == [at + 1]
    assert (found.verdict, found.finding, found.rank) == (Verdict.DISAGREES, Finding.EQUALITY_BROKEN, at + 1)
    assert found.called == f"vjp_steps[{at}]"
    assert [line.right for line in found.lines] == [i < at for i in range(len(RIGHT))]


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("at", range(len(RIGHT)))
def test_a_single_wrong_line_breaks_the_equality_on_either_side_of_it(slip, at):
    lines = [SLIPS[slip](f) if i == at else f for i, f in enumerate(RIGHT)]
    found = judged(lines)
    assert broken(found) == [n for n in (at + 1, at + 2) if n <= len(RIGHT)]
    assert [line.right for line in found.lines] == [i != at for i in range(len(RIGHT))]


@pytest.mark.parametrize(
    ("off", "verdict"),
    [(9e-7, Verdict.AGREES), (2e-6, Verdict.INCONCLUSIVE), (9e-5, Verdict.INCONCLUSIVE), (2e-4, Verdict.DISAGREES)],
)
def test_lines_are_the_same_formula_or_not_whatever_their_digits(off, verdict):
    def line(Z, V):
        return vjp(Z, V) + off * np.max(np.abs(vjp(Z, V)))

    assert judged([vjp, line]).verdict is verdict


def test_two_lines_that_may_each_be_right_are_not_failed_for_being_far_from_each_other():
    def off(by):
        return lambda Z, V: vjp(Z, V) + by * np.max(np.abs(vjp(Z, V)))

    found = judged([off(9e-5), off(-9e-5)])
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_case_that_could_not_tell_a_wrong_answer_breaks_no_equality():
    class Blurred(KnownFacts):
        def expected(self, problem, case):
            (one,) = super().expected(problem, case)
            return (replace(one, unit=one.unit * 1e9, resolution=one.resolution * 1e9, informative=False),)

    found = judged([vjp, SLIPS["sign"](vjp)], facts=Blurred())
    assert (found.verdict, found.informative) == (Verdict.INCONCLUSIVE, False)


def test_large_wrong_lines_are_compared_at_their_own_size():
    def large(by):
        return lambda Z, V: 1e8 * vjp(Z, V) * (1 + by)

    assert broken(judged([large(0), large(1e-9)])) == [1]
    assert broken(judged([large(0), large(1e-2)])) == [1, 2]


def test_a_line_of_another_shape_is_not_equal_and_the_next_of_that_shape_may_be():
    def summed(Z, V):
        return vjp(Z, V).sum(axis=0)

    found = judged([vjp, summed, summed, vjp])
    assert broken(found) == [2, 4]
    assert {line.finding for line in found.lines if line.number in (2, 4)} == {Finding.WRONG_SHAPE}
    assert found.lines[1].detail == "has shape (4,), and line 1 has shape (2, 4)"


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        (Raised(type="NameError", text="I_bar", where="scan.py line 3", line="I_bar"), Finding.RAISED),
        (TimedOut(limit_s=5, cpu=False), Finding.TIMED_OUT),
        (Crashed(says="ended"), Finding.CRASHED),
        (Unavailable(absence=Absence.NOT_CALLABLE, says="a number"), Finding.NOT_CALLABLE),
        (lambda Z, V: np.where(Z > 0, np.nan, vjp(Z, V)), Finding.NON_FINITE),
        (lambda Z, V: 1j * vjp(Z, V), Finding.COMPLEX),
        (lambda Z, V: vjp(Z, V) > 0, Finding.NOT_NUMERIC),
    ],
)
def test_a_line_without_numbers_is_at_fault_and_the_next_is_compared_with_the_one_before_it(line, finding):
    found = judged([vjp, line, in_two_terms])
    assert broken(found) == [2]
    assert (found.finding, found.lines[1].finding) == (finding, finding)
    assert (found.lines[2].before, found.lines[2].right) == (1, True)


def test_lines_after_one_that_was_never_called_are_not_there():
    skipped = Unavailable(absence=Absence.SKIPPED, says="not called again")
    found = judged([vjp, TimedOut(limit_s=5, cpu=False), skipped, skipped])
    assert (len(found.lines), broken(found)) == (2, [2])


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ([], Finding.MISSING),
        ([vjp], Finding.TOO_FEW_LINES),
        ([vjp] * 7, Finding.TOO_MANY_LINES),
        ([Unavailable(absence=Absence.NOT_LOADED, says="a syntax error")], Finding.NOT_LOADED),
        ([Unavailable(absence=Absence.SKIPPED, says="used up")], Finding.SKIPPED),
    ],
)
def test_a_derivation_that_is_none_does_not_pass(lines, finding):
    found = judged(lines)
    assert (found.verdict, found.finding) == (Verdict.DISAGREES, finding)


def test_no_more_than_the_most_lines_and_one_are_ever_asked_for():
    assert len(Derivation().requests(CHECK, PROBLEM, case())) == CHECK.most + 1
    assert len(judged([vjp] * 7).lines) == CHECK.most


def test_what_is_wrong_with_a_line_is_told_before_how_many_there_are():
    assert judged([SLIPS["sign"](vjp)]).finding is Finding.EQUALITY_BROKEN


def test_a_line_that_changes_its_input_is_found_out():
    def changing(Z, V):
        value = vjp(Z, V)
        Z -= Z.max()
        return value

    found = judged([vjp, changing])
    assert [line.changes for line in found.lines] == ["", "Z"]


class WithoutAnswer(KnownFacts):
    """What a student's kit knows: shapes and units."""

    def expected(self, problem, case):
        return tuple(
            withheld(e.unit, informative=e.informative, resolution=e.resolution, dtype=e.dtype)
            for e in super().expected(problem, case)
        )


def test_without_the_answer_lines_are_compared_with_each_other():
    found = judged(RIGHT, facts=WithoutAnswer())
    assert found.verdict is Verdict.AGREES
    assert [line.verdict for line in found.lines] == [Verdict.NOT_GRADED, *[Verdict.AGREES] * 3]
    assert {line.right for line in found.lines} == {None}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("at", range(1, len(RIGHT)))
def test_without_the_answer_a_mistake_is_named_all_the_same_but_in_the_first_line(slip, at):
    found = judged([f if i < at else SLIPS[slip](f) for i, f in enumerate(RIGHT)], facts=WithoutAnswer())
    assert broken(found) == [at + 1]
