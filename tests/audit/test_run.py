import pytest

from grader.model.diagnostic import DiagnosedError
from tests.audit.conftest import faults, survivors


def standings(report):
    return {mutant.standing for problem in report.problems for mutant in problem.mutants}


def test_a_good_rubric_holds(course):
    report = course.audit()
    assert report.holds, (survivors(report), faults(report), report.stability)
    (problem,) = report.problems
    assert len(problem.mutants) > 30
    assert standings(report) == {"caught", "equivalent"}
    kinds = {answer.kind for answer in problem.answers}
    assert kinds == {"reference", "starter", "misconception", "variant", "right"}
    assert problem.certified.cases > 0
    assert problem.certified.worst is not None
    assert problem.certified.worst < 8


def test_a_rubric_of_edge_cases_only_is_caught(course):
    course.without_stability()
    course.replace('kind = "reference"\npoints = 8\n', 'kind = "reference"\npoints = 8\nfamilies = ["edge"]\n')
    report = course.audit(seeds=1)
    assert not report.holds
    found = survivors(report)
    assert found
    # With one column, an exponential divided by itself is 1 whatever it was an exponential of.
    assert any(mutant.operator == "dropped_term" for mutant in found)
    assert all(mutant.diff and mutant.evidence for mutant in found)


def test_a_loose_tolerance_is_caught(course):
    course.loosen()
    report = course.audit(seeds=1)
    says = {mutant.says for mutant in survivors(report)}
    assert not report.holds
    assert "off by a relative 1e-9" in says or any("single precision" in each for each in says)


def test_a_derivation_is_audited_by_its_formulas(course):
    course.derive()
    report = course.audit(seeds=1)
    assert report.holds, (survivors(report), faults(report), report.stability)
    (problem,) = report.problems
    let_through = [mutant for mutant in problem.mutants if mutant.standing == "accepted"]
    assert {mutant.operator for mutant in let_through} <= {"float32", "rounding"}
    assert {mutant.evidence for mutant in let_through} == {"a derivation is judged by its formulas, not by its digits"}
    assert standings(report) == {"caught", "equivalent", "accepted"}


def test_a_starter_that_earns_points_is_caught(course):
    (course.folder / "starter.py").write_text((course.folder / "right_loops.py").read_text())
    (fault,) = faults(course.audit(seeds=1))
    assert (fault.kind, fault.due) == ("starter", "none")
    assert "10 of 10 points" in fault.detail


def test_a_right_answer_that_loses_points_is_caught(course):
    course.replace("sum(e)", "(sum(e) + 1e-9)", file="right_loops.py")
    (fault,) = faults(course.audit(seeds=1))
    assert (fault.kind, fault.name) == ("right", "right_loops.py")
    assert "reference" in fault.detail


def test_a_right_answer_that_is_not_there_is_the_rubrics_fault(course):
    course.replace("right_*.py", "nowhere/right_*.py")
    with pytest.raises(DiagnosedError) as caught:
        course.audit()
    assert caught.value.diagnostics[0].code == "A001"


def test_a_misconception_that_keeps_its_points_is_caught(course):
    course.without_stability()
    course.replace('says = "the weights are missing"', 'says = "the weights are missing"\nshare = 1')
    (fault,) = faults(course.audit(seeds=1))
    assert (fault.kind, fault.name) == ("misconception", "no_weights")


def test_a_survivor_may_be_accepted_with_a_reason(course):
    course.loosen()
    keys = [mutant.key for mutant in survivors(course.audit(seeds=1))]
    accepted = "".join(f'\n[[audit.accept]]\nmutant = "{key}"\nreason = "nine digits are enough"\n' for key in keys)
    with course.rubric.open("a") as file:
        file.write(accepted)
    report = course.audit(seeds=1)
    assert report.holds
    reasons = {m.evidence for p in report.problems for m in p.mutants if m.standing == "accepted"}
    assert reasons == {"nine digits are enough"}


def test_what_is_known_is_not_graded_again_and_says_the_same(course, tmp_path):
    first = course.audit(cache=tmp_path / "cache")
    assert any((tmp_path / "cache").rglob("*"))
    again = course.audit(cache=tmp_path / "cache")
    timeless = {"seconds": 0.0}

    def without_times(report):
        problems = tuple(
            p.model_copy(update={"checks": tuple(c.model_copy(update={"call_s": 0.0}) for c in p.checks)})
            for p in report.problems
        )
        return report.model_copy(update={**timeless, "problems": problems})

    assert without_times(first) == without_times(again)


def test_several_workers_find_what_one_does(course):
    one, two = course.audit(seeds=1, most=6), course.audit(seeds=1, most=6, jobs=2)
    assert [p.mutants for p in one.problems] == [p.mutants for p in two.problems]
    assert [p.answers for p in one.problems] == [p.answers for p in two.problems]
