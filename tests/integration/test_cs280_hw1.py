"""The main job on real input: CS280 HW1, the scanned answer, right answers, single mistakes, the starter."""

from pathlib import Path

import pytest

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import load_rubric
from grader.loading.submissions import load_submissions
from grader.model.report import Finding, Verdict
from grader.reporting.json_report import to_json, without_timings

ROOT = Path(__file__).parents[2]
PROBLEMS = {"grad_mu": 20, "grad_pi": 20, "grad_pi_constrained": 15, "softmax_backward": 20, "softmax_VJP": 25}
WRONG = sorted(path.stem for path in (ROOT / "submissions").glob("wrong_*.py"))


def run(paths, *, jobs=1, seed=280):
    rubric = load_rubric(ROOT / "rubrics" / "cs280_hw1.toml", shown="rubrics/cs280_hw1.toml")
    functions = tuple(p.function for p in rubric.assignment.problem)
    submissions = load_submissions([str(p) for p in paths], functions=functions)
    return grade(GradeRequest(rubric=rubric, submissions=submissions, seed=seed, isolation="none", jobs=jobs))


@pytest.fixture(scope="module")
def report():
    return run([ROOT / "submissions"], jobs=2)


@pytest.fixture(scope="module")
def by_student(report):
    return {s.student: s for s in report.submissions}


def points(submission):
    return {p.id: p.score for p in submission.problems}


def test_the_rubric_gives_its_hundred_points_as_stated(report):
    assert {p.id: p.max_score for p in report.submissions[0].problems} == PROBLEMS


@pytest.mark.parametrize("name", ["right_loops", "right_cholesky", "right_einsum"])
def test_right_answers_get_full_marks_whatever_their_algebra(by_student, name):
    assert by_student[name].score == 100
    assert not [c.id for p in by_student[name].problems for c in p.checks if c.verdict is not Verdict.AGREES]


def test_the_starter_gets_nothing(by_student):
    assert by_student["starter"].score == 0
    assert by_student["starter"].status == "graded"


def test_the_transcribed_scan_is_right_where_it_is_right_and_wrong_where_it_is_wrong(by_student):
    seed = by_student["seed_transcribed"]
    reasons = {p.id: p.reason for p in seed.problems}
    got = points(seed)
    assert got["grad_mu"] == 20
    assert reasons["grad_pi"] == "the factor 1/pi_k is missing"
    assert "the factor 1/pi_k is missing" in reasons["grad_pi_constrained"]
    assert "not summed" in reasons["softmax_backward"]
    assert all(0 < got[p] < PROBLEMS[p] for p in ("grad_pi", "grad_pi_constrained", "softmax_backward"))
    vjp = next(p for p in seed.problems if p.id == "softmax_VJP")
    lost = [c for c in vjp.checks if c.score < c.max_score]
    assert [(c.kind, c.outcome) for c in lost] == [("stability", Finding.UNSTABLE)]


def test_the_literal_scan_differs_by_its_one_letter(by_student):
    scan, mended = by_student["seed_scan"], by_student["seed_transcribed"]
    assert points(scan) == points(mended) | {"softmax_VJP": 0}
    vjp = next(p for p in scan.problems if p.id == "softmax_VJP")
    assert "NameError: name 'I_bar' is not defined" in vjp.reason
    assert "seed_scan.py line" in vjp.reason


@pytest.mark.parametrize("name", WRONG)
def test_a_single_mistake_costs_its_own_problem_and_is_named(by_student, name):
    problem_id = max((p for p in PROBLEMS if name.startswith(f"wrong_{p}_")), key=len)
    submission = by_student[name]
    lost = {p.id for p in submission.problems if p.score < p.max_score}
    assert lost == {problem_id}
    wrong = next(p for p in submission.problems if p.id == problem_id)
    named = {d.id for c in wrong.checks for d in c.diagnoses}
    by_outcome = {c.outcome for c in wrong.checks} & {Finding.CHANGES_INPUTS, Finding.UNSTABLE}
    assert len(named) == 1 or (not named and by_outcome)


def test_there_are_enough_single_mistakes():
    assert len(WRONG) >= 8


def test_no_right_function_ever_gets_a_diagnosis(report):
    for submission in report.submissions:
        for problem in submission.problems:
            if problem.score == problem.max_score:
                assert not [c.id for c in problem.checks if c.diagnoses]


def test_the_same_files_and_seed_give_the_same_bytes_whatever_the_jobs(report):
    again = run([ROOT / "submissions"], jobs=1)
    assert to_json(without_timings(again)) == to_json(without_timings(report))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_verdicts_do_not_depend_on_the_seed(by_student, seed):
    names = ["right_einsum", "seed_transcribed"]
    other = run([ROOT / "submissions" / f"{name}.py" for name in names], seed=seed)
    for submission in other.submissions:
        assert points(submission) == points(by_student[submission.student])
