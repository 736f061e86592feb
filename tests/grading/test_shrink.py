"""The smallest failing case: it still fails, in the same way, within a budget; nothing but what is shown changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.grading import shrink
from grader.grading.descent import group_of
from grader.grading.engine import GradeRequest, grade, trusted_modules
from grader.grading.judge import judge
from grader.grading.plan import draw_plan
from grader.grading.run import Answers
from grader.grading.shrink import CALLS_PER_PROBLEM, Shrinker
from grader.loading.rubric import load_rubric
from grader.loading.submissions import load_submissions
from grader.model.outcome import Raised, TimedOut
from grader.model.report import Finding, Verdict
from grader.numerics.simpler import bulk
from grader.truth.book import Truth
from grader.truth.modules import TrustedFunctionError
from tests.checks.worlds import PURITY, REFERENCE, SLOPES, KnownFacts, assignment, case, problem, returned, softmax, vjp

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"
SINGLE = {"family": "edge", "sizes": {"N": 1, "C": 2}}


class Student:
    """A function that runs here, and what it was called with."""

    def __init__(self, function):
        self.function = function
        self.calls = []

    def call(self, call):
        self.calls.append(call)
        try:
            out = self.function(*(np.array(v) for v in call.arguments))
        except ZeroDivisionError as error:
            return Raised(type="ZeroDivisionError", text=str(error), where="answer.py line 3", line="1 / 0")
        except KeyError as error:
            return Raised(type="KeyError", text=str(error), where="answer.py line 5", line="{}[0]")
        return out if isinstance(out, TimedOut) else returned(out, inputs_after=call.arguments)


class Counting(KnownFacts):
    """Facts that remember what they were asked for."""

    def __init__(self, answer=vjp):
        super().__init__(answer)
        self.draws = []

    def expected(self, problem, case):
        self.draws.append(case.draw)
        return super().expected(problem, case)


def world(*checks):
    """The small assignment with a group of single rows besides, so that sizes may go down to 1 and 2."""
    stated = assignment(problem(*(checks or (REFERENCE,)))).model_dump(by_alias=True)
    stated["inputs"]["logits"]["case"] += (SINGLE,)
    return type(assignment(problem())).model_validate(stated)


def shrunk(function, *checks, facts=None, same=lambda found: True, n=3, c=5, again=1):
    """Judge a function on a case, and make that smaller; everything that a law may speak of."""
    of, facts, student = world(*checks), facts or KnownFacts(), Student(function)
    (on,) = of.problem
    answers = Answers(of, student, seed=0)
    judged = [judge(check, [answers.finding(check, on, case(0, n=n, c=c), facts)]) for check in on.check]
    first = len(student.calls)
    shrinker = Shrinker(of, facts, student, 0)
    for _ in range(again):
        found = shrinker.smaller(on, judged, same)
    return judged, found, student.calls[first:]


def twice(Z, V):
    return 2 * vjp(Z, V)


def test_a_wrong_answer_is_shown_on_the_smallest_and_plainest_input_that_tells_it():
    _, (found,), _ = shrunk(twice)
    assert found is not None
    values = dict(found.case.arguments)
    assert dict(found.case.sizes) == {"N": 1, "C": 2}
    assert values["Z"].tolist() == [[0.0, 0.0]]
    assert all(v == round(v) for v in values["V"].flat)


def test_what_is_shown_still_fails_in_the_same_way_and_is_what_was_called():
    (judged,), (found,), calls = shrunk(twice)
    assert (found.verdict, found.finding) == (Verdict.DISAGREES, judged.finding)
    assert np.array_equal(found.evidence.actual, twice(*found.case.values))
    assert np.array_equal(found.evidence.expected, vjp(*found.case.values))
    assert bulk(found.case.arguments) < bulk(judged.shown.case.arguments)
    assert found.case.id == judged.shown.case.id
    assert sum([v.tobytes() for v in c.arguments] == [v.tobytes() for v in found.case.values] for c in calls) == 2


def test_a_right_function_is_never_called_again_and_nothing_else_is_shown():
    judged, found, calls = shrunk(vjp)
    assert judged[0].verdict is Verdict.AGREES
    assert (found, calls) == ((None,), [])


def test_a_case_that_cannot_be_made_smaller_is_shown_as_it_is():
    own = case(0, n=3, c=5).values

    def on_that_alone(Z, V):
        return twice(Z, V) if np.array_equal(Z, own[0]) and np.array_equal(V, own[1]) else vjp(Z, V)

    _, found, calls = shrunk(on_that_alone)
    assert found == (None,)
    assert 0 < len(calls) <= CALLS_PER_PROBLEM


@pytest.mark.parametrize("budget", [0, 1, 2, 3, 7])
def test_no_more_calls_are_made_than_a_problem_may_cost(monkeypatch, budget):
    monkeypatch.setattr(shrink, "CALLS_PER_PROBLEM", budget)
    _, (found,), calls = shrunk(twice)
    assert len(calls) <= budget
    assert (found is None) == (budget < 2)


def test_the_same_function_gives_the_same_case_and_an_equal_one_shares_its_name():
    def also_twice(Z, V):
        return vjp(Z, V) + vjp(Z, V)

    drawn = [shrunk(function)[1][0].case for function in (twice, twice, also_twice)]
    assert len({(c.draw, *(v.tobytes() for v in c.values)) for c in drawn}) == 1
    assert drawn[0].draw.startswith(case(0, n=3, c=5).draw + "/")
    other = shrunk(lambda Z, V: vjp(Z, V) + 1)[1][0].case
    assert (other.draw == drawn[0].draw) == all(
        np.array_equal(a, b) for a, b in zip(other.values, drawn[0].values, strict=True)
    )


def test_an_answer_that_differs_the_second_time_is_not_shown():
    count = iter(range(1000))

    def drifting(Z, V):
        return twice(Z, V) if Z.shape == (3, 5) else vjp(Z, V) + next(count) + 1

    assert shrunk(drifting)[1] == (None,)


def test_a_loop_without_end_on_small_inputs_costs_one_kill_and_no_further_call_of_any_problem():
    def endless(Z, V):
        return twice(Z, V) if Z.shape[0] > 1 else TimedOut(limit_s=1.0, cpu=False)

    judged, found, calls = shrunk(endless, again=3)
    assert (judged[0].finding, judged[0].verdict) == (Finding.WRONG_VALUES, Verdict.DISAGREES)
    assert found == (None,)
    assert [c.arguments[0].shape[0] for c in calls].count(1) == 1
    assert calls[-1].arguments[0].shape[0] == 1


def test_a_kill_ends_the_search_in_every_other_problem_too():
    of, facts = world(REFERENCE), Counting()
    on = of.problem[0]
    other = on.model_copy(update={"id": "other"})
    student = Student(lambda Z, V: twice(Z, V) if Z.shape[0] > 1 else TimedOut(limit_s=1.0, cpu=False))
    judged = judge(REFERENCE, [Answers(of, student, seed=0).finding(REFERENCE, on, case(0, n=3, c=5), facts)])
    made, asked = len(student.calls), len(facts.draws)
    shrinker = Shrinker(of, facts, student, 0)
    assert [shrinker.smaller(one, [judged], lambda found: True) for one in (on, other)] == [(None,), (None,)]
    # The first candidate has a single row; the truth is asked for that one alone, before the call and to judge it.
    assert (len(student.calls) - made, len(facts.draws) - asked) == (1, 2)


def test_a_function_that_had_to_be_killed_before_is_not_called_for_a_smaller_case():
    of, facts = world(REFERENCE), KnownFacts()
    (on,) = of.problem
    student = Student(lambda Z, V: TimedOut(limit_s=1.0, cpu=False) if Z.shape == (3, 5) else twice(Z, V))
    answers = Answers(of, student, seed=0)
    cases = [case(0, n=3, c=4), case(1, n=3, c=5)]
    judged = judge(REFERENCE, [answers.finding(REFERENCE, on, one, facts) for one in cases])
    assert judged.finding is Finding.WRONG_VALUES
    made = len(student.calls)
    assert Shrinker(of, facts, student, 0).smaller(on, [judged], lambda found: True) == (None,)
    assert len(student.calls) == made


def test_a_case_on_which_the_explanation_fails_is_not_shown():
    _, (found,), _ = shrunk(twice, same=lambda found: dict(found.case.sizes)["N"] > 1)
    assert dict(found.case.sizes)["N"] == 2


def test_a_case_is_tried_once():
    seen = []

    def single_row_is_another_mistake(found):
        seen.append(found.case.draw)
        return dict(found.case.sizes)["N"] > 1

    shrunk(twice, same=single_row_is_another_mistake)
    assert len(seen) == len(set(seen)) > 5


def test_another_value_that_is_wrong_on_small_inputs_is_not_taken_for_the_same():
    names = ({"name": "Y", "shape": ("N", "C")}, {"name": "Z_bar", "shape": ("N", "C")})
    on = problem(REFERENCE, returns=names)
    of, facts = world(REFERENCE).model_copy(update={"problem": (on,)}), KnownFacts(lambda Z, V: (softmax(Z), vjp(Z, V)))

    class Two(Student):
        def call(self, call):
            Z, V = call.arguments
            wrong = (2, 1) if len(Z) == 1 else (1, 2)
            return returned(wrong[0] * softmax(Z), wrong[1] * vjp(Z, V))

    student = Two(twice)
    judged = judge(REFERENCE, [Answers(of, student, seed=0).finding(REFERENCE, on, case(0, n=3, c=5), facts)])
    (found,) = Shrinker(of, facts, student, 0).smaller(on, [judged], lambda found: True)
    assert (found.evidence.name, dict(found.case.sizes)["N"]) == ("Z_bar", 2)


def test_the_right_formula_at_a_lower_precision_is_not_made_smaller():
    (judged,), found, calls = shrunk(lambda Z, V: vjp(Z.astype(np.float32), V.astype(np.float32)))
    assert judged.finding is Finding.FLOAT32_PRECISION
    assert (found, calls) == ((None,), [])


def test_one_reason_is_told_with_one_smaller_case():
    of, facts, student = world(REFERENCE), KnownFacts(), Student(twice)
    (on,) = of.problem
    answers = Answers(of, student, seed=0)
    two = [case(0, n=3, c=5), replace(case(0, n=2, c=5), draw="generic/0/another")]
    judged = [judge(REFERENCE, [answers.finding(REFERENCE, on, one, facts)]) for one in two]
    found = Shrinker(of, facts, student, 0).smaller(on, judged, lambda found: True)
    assert [one is not None for one in found] == [True, False]


def test_another_finding_on_small_inputs_is_not_taken_for_the_same():
    def nan_if_single(Z, V):
        return twice(Z, V) * (np.nan if Z.shape[0] == 1 else 1.0)

    _, (found,), _ = shrunk(nan_if_single)
    assert found.finding is Finding.WRONG_VALUES
    assert dict(found.case.sizes)["N"] == 2


def test_another_error_on_small_inputs_is_not_taken_for_the_same():
    def raising(Z, V):
        raise KeyError(0) if Z.shape[0] == 1 else ZeroDivisionError

    _, (found,), _ = shrunk(raising)
    assert found.outcome.type == "ZeroDivisionError"
    assert dict(found.case.sizes) == {"N": 2, "C": 2}


def test_a_wrong_shape_is_not_made_one_of_another_kind():
    _, (found,), _ = shrunk(lambda Z, V: np.broadcast_to(vjp(Z, V)[:, None], (len(Z), len(Z), Z.shape[1])))
    assert found.finding is Finding.WRONG_SHAPE
    # With a single row as many entries would come back as are due: that looks like a forgotten keepdims.
    assert found.outcome.values[0].shape == (2, 2, 2)


def test_a_case_whose_answer_tells_nothing_is_not_shown():
    """A single column has the answer 0, and a constant V too."""
    _, (found,), _ = shrunk(lambda Z, V: vjp(Z, V) + 1)
    assert np.abs(found.evidence.expected).max() > 0.1


def test_a_case_that_the_trusted_function_was_not_written_for_is_not_shown():
    class Picky(KnownFacts):
        def expected(self, problem, case):
            if dict(case.sizes)["C"] < 4:
                raise TrustedFunctionError("answers:vjp", "too few columns")
            return super().expected(problem, case)

    _, (found,), calls = shrunk(twice, facts=Picky())
    assert dict(found.case.sizes) == {"N": 1, "C": 4}
    assert min(c.arguments[0].shape[1] for c in calls) >= 4


def test_finite_differences_show_the_case_of_the_reference_at_no_further_call():
    _, (by_reference, by_slopes), calls = shrunk(twice, REFERENCE, SLOPES)
    assert by_slopes.case.draw == by_reference.case.draw
    assert by_slopes.evidence.name.startswith("<Z_bar")
    assert len(calls) == len(shrunk(twice)[2])


def test_finite_differences_alone_are_made_smaller_as_well():
    _, (found,), _ = shrunk(twice, SLOPES)
    assert dict(found.case.sizes) == {"N": 1, "C": 2}


def test_checks_that_do_not_decide_show_their_case_as_it_was_drawn():
    def raising(Z, V):
        raise ZeroDivisionError

    judged, found, _ = shrunk(raising, REFERENCE, PURITY)
    assert [one.finding for one in judged] == [Finding.RAISED] * 2
    assert [one is not None for one in found] == [True, False]


def graded(tmp_path, source):
    rubric = load_rubric(SMALL)
    path = tmp_path / "answer.py"
    path.write_text(source)
    functions = tuple(p.function for p in rubric.assignment.problem)
    submissions = load_submissions([str(path)], functions=functions)
    return grade(GradeRequest(rubric=rubric, submissions=submissions, seed=1, isolation="none")).submissions[0]


WRONG = """
import numpy as np

def gradient(x):
    return np.array(x)

def column_sums(A):
    return A.sum(axis=0)
"""


def test_only_what_is_shown_depends_on_shrinking(tmp_path, monkeypatch):
    small = graded(tmp_path, WRONG)
    monkeypatch.setattr(shrink, "CALLS_PER_PROBLEM", 0)
    plain = graded(tmp_path, WRONG)

    def told(submission):
        return [c.model_copy(update={"failure": None}) for p in submission.problems for c in p.checks]

    assert told(small) == told(plain)
    assert small.score == plain.score
    shown = [(p.checks[0].failure, q.checks[0].failure) for p, q in zip(small.problems, plain.problems, strict=True)]
    for now, was in shown:
        assert now.case == f"{was.case}, made smaller"
        assert len(now.inputs) < len(was.inputs)
        assert now.call == was.call


def test_the_inputs_that_a_report_shows_fail_when_they_are_pasted(tmp_path):
    failure = graded(tmp_path, WRONG).problems[0].checks[0].failure
    scope = {}
    exec(f"{WRONG}\n{failure.inputs}\ngot = {failure.call}", scope)
    assert failure.got == f"[{', '.join(f'{v:.5g}' for v in scope['got'])}]"
    assert failure.expected == f"[{', '.join(f'{v:.5g}' for v in 2 * scope['x'])}]"
    assert failure.got != failure.expected


def test_a_smaller_case_shows_the_mistake_that_is_named(tmp_path):
    """On whole numbers the function makes another mistake than the one that every drawn case confirms."""
    otherwise = "return np.array(x) * (5 if (x == np.round(x)).all() else 1)"
    problem = graded(tmp_path, WRONG.replace("return np.array(x)", otherwise)).problems[0]
    failure = problem.checks[0].failure
    assert problem.reason == "the factor 2 is missing"
    assert failure.case.endswith("made smaller")
    assert failure.off_by == "50 %"


def test_words_about_a_size_are_dropped_when_the_size_is_another_one():
    of = world(REFERENCE)
    stated = of.model_dump(by_alias=True)
    stated["inputs"]["logits"]["case"] = ({"family": "generic", "says": "5 columns", "sizes": {"C": 5}}, SINGLE)
    of = type(of).model_validate(stated)
    facts, student, (on,) = KnownFacts(), Student(twice), of.problem
    drawn = replace(case(0, n=3, c=5), says="5 columns")
    judged = judge(REFERENCE, [Answers(of, student, seed=0).finding(REFERENCE, on, drawn, facts)])
    for least, says in ((2, ""), (5, "5 columns")):
        (found,) = Shrinker(of, facts, student, 0).smaller(
            on, [judged], lambda found, least=least: dict(found.case.sizes)["C"] >= least
        )
        assert found.case.says == says


def test_the_group_of_every_drawn_case_is_known_by_its_path():
    rubric = load_rubric(SMALL)
    of = rubric.assignment
    modules = trusted_modules(rubric.path, of)
    plan = draw_plan(of, modules, Truth(of, modules, 1), 1)
    for one in of.problem:
        for drawn in plan.cases[one.id]:
            assert group_of(of, one, drawn) is of.inputs[one.inputs].case[0]


def test_a_case_that_no_plan_drew_is_refused():
    of = world(REFERENCE)
    for strange in (case(7), case(0, family="wide")):
        with pytest.raises(ValueError, match="not the path of a case"):
            group_of(of, of.problem[0], strange)
