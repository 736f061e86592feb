"""The five derivations of CS280 HW1 on real input: right ones, the scanned answer's lines, planted slips, attacks."""

import re
import runpy
from pathlib import Path

import pytest

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import load_rubric
from grader.loading.submissions import load_submissions
from grader.model.report import Finding, Verdict
from tests.reference.test_scan_lines import table

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "cs280_hw1_derivations"
RIGHT = (EXAMPLES / "right.py").read_text(encoding="utf-8")
LISTS = [name for name in runpy.run_path(str(EXAMPLES / "right.py")) if name.endswith("_steps")]
# Of the table these are no "=" between two values that a function could return: definitions and names, and what is not
# Python. c.3 is there as it was mended in the first transcription, with the name that is not defined.
NO_LINE = {"1.1", "1.2", "1.3", "2.4", "2.9", "b.2", "b.10", "b.12", "c.1", "c.2"}

PLANTED = """

def slipped(f, by):
    return lambda *arguments: by * f(*arguments)


for name in {names}:
    steps = globals()[name]
    at = {at} % len(steps)
    steps[at:] = [slipped(f, {by}) for f in steps[at:]]
"""
ATTACKS = """
import os

class Lying(list):
    def __len__(self):
        return 3
    def __getitem__(self, i):
        return grad_mu_steps_really[i]

grad_mu_steps_really, grad_mu_steps = grad_mu_steps, Lying(grad_mu_steps)
grad_pi_steps = [pi_by_responsibilities] * 1_000_000

def changing(X, pi, mu, Sigma, lam):
    value = lagrangian_by_responsibilities(X, pi, mu, Sigma, lam)
    X[:] = 0
    lam = 0
    return value

dL_dpi_steps = [changing, lagrangian_by_responsibilities]
multiplier_steps = [lambda *arguments: float(int.from_bytes(os.urandom(6), "little")), multiplier_by_responsibilities]

kept = []

def first(*arguments):
    kept.append(constrained_by_responsibilities(*arguments))
    return kept[-1]

grad_pi_constrained_steps = [first, lambda *a: kept[-1]]
r_bar_of_two_steps = (f for f in r_bar_of_two_steps)
z_bar_of_two_steps = [z_bar_of_two_paths, "z_bar_of_two_paths"]
r_bar_steps = {0: r_bar_written_out, 1: r_bar_written_out}
z_bar_steps.append(z_bar_steps.clear)
R_bar_steps = (R_bar_written_out, lambda Z, Y_bar: os._exit(0), R_bar_by_outputs)
Z_bar_steps = [Z_bar_two_paths, lambda Z, Y_bar: exit()]
"""


@pytest.fixture(scope="module")
def by_student(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for at in (0, 1, -1):
        by = {0: "2.0", 1: "-1.0", -1: "1 / 3"}[at]
        text = RIGHT + PLANTED.format(names=LISTS, at=at, by=by)
        (folder / f"planted_{at}.py").write_text(text, encoding="utf-8")
    (folder / "attacks.py").write_text(RIGHT + ATTACKS, encoding="utf-8")
    path = ROOT / "rubrics" / "cs280_hw1_derivations.toml"
    rubric = load_rubric(path, shown="rubrics/cs280_hw1_derivations.toml")
    paths = [str(EXAMPLES), str(folder)]
    submissions = load_submissions(paths, functions=rubric.assignment.asked)
    report = grade(GradeRequest(rubric=rubric, submissions=submissions, seed=280, isolation="none", jobs=1))
    return {submission.student: submission for submission in report.submissions}


def by_list(submission):
    """The checks by the names of their lists."""
    named = {
        problem.id if check.id == f"{problem.id}.derivation" else check.id.partition(".")[2]: check
        for problem in submission.problems
        for check in problem.checks
    }
    return {f"{name}_steps": check for name, check in named.items()}


def broken(check):
    return [line.number for line in check.lines if line.verdict is Verdict.DISAGREES]


def test_right_derivations_get_full_marks(by_student):
    right = by_student["right"]
    assert right.score == right.max_score == 100
    assert {line.right for check in by_list(right).values() for line in check.lines} == {True}
    assert set(by_list(right)) == set(LISTS)


def test_the_starter_gets_nothing_and_is_told_what_is_missing(by_student):
    starter = by_student["starter"]
    assert starter.score == 0
    assert {check.outcome for check in by_list(starter).values()} == {Finding.MISSING}
    assert "`grad_mu_steps`" in by_list(starter)["grad_mu_steps"].message


# The scanned answer ---------------------------------------------------------------------------------------------------


def lines_of_scan():
    """For each list of the scan, the ids of the table that each of its lines stands for."""
    found = runpy.run_path(str(EXAMPLES / "scan.py"))
    return {
        name: [[f"{a}.{b}" for a, b in re.findall(r"([12bc])_(\d+)", f.__name__)] for f in lines]
        for name, lines in found.items()
        if name.endswith("_steps")
    }


def test_every_equality_of_the_scan_that_a_function_can_state_is_judged():
    judged = [identifier for lines in lines_of_scan().values() for ids in lines for identifier in ids]
    assert len(judged) == len(set(judged))
    assert set(judged) == set(table()) - NO_LINE


def test_the_report_of_the_scan_names_the_wrong_lines_and_no_other(by_student):
    holds = table()
    found = {}
    for name, check in by_list(by_student["scan"]).items():
        ids = lines_of_scan()[name]
        assert len(check.lines) == len(ids)
        for line, of_line in zip(check.lines, ids, strict=True):
            found |= dict.fromkeys(of_line, line.verdict is Verdict.AGREES)
    assert found == {identifier: holds[identifier] for identifier in found}
    named = {identifier for identifier, right in found.items() if not right}
    assert named == {"2.3", "2.5", "2.6", "2.7", "2.10", "b.9", "b.13", "c.3"}


def test_the_wrong_lines_of_the_scan_are_explained(by_student):
    scan = by_list(by_student["scan"])
    assert scan["grad_mu_steps"].verdict is Verdict.AGREES
    pi = scan["grad_pi_steps"]
    assert (pi.lines[2].factor, pi.lines[2].diagnosis.id) == ("pi", "missing_1_over_pi")
    assert pi.failure is not None
    assert (pi.failure.against, pi.failure.call) == ("line 2", "grad_pi_steps[2](X, pi, mu, Sigma)")
    assert scan["multiplier_steps"].lines[0].diagnosis.id == "missing_1_over_pi"
    assert scan["multiplier_steps"].lines[1].says.startswith("equal to line 1, which is not right")
    assert scan["dL_dpi_steps"].lines[1].factor == "0"
    assert scan["r_bar_steps"].lines[0].diagnosis.id == "r_bar_not_summed"
    assert "NameError: name 'I_bar' is not defined at scan.py line" in scan["R_bar_steps"].lines[0].says


# Slips that are planted, and attacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "factor"), [(0, "2"), (1, "-1"), (-1, "0.333333")])
@pytest.mark.parametrize("name", LISTS)
def test_a_slip_is_named_in_the_line_in_which_it_is_made(by_student, name, at, factor):
    check = by_list(by_student[f"planted_{at}"])[name]
    line = check.lines[at]
    assert broken(check) == [line.number]
    assert line.factor == factor


def test_a_list_that_is_none_is_not_believed(by_student):
    found = by_list(by_student["attacks"])
    for name in ("grad_mu_steps", "r_bar_of_two_steps", "r_bar_steps"):
        assert (found[name].outcome, found[name].score) == (Finding.MISSING, 0)


def test_a_million_lines_earn_nothing_and_are_not_called(by_student):
    check = by_list(by_student["attacks"])["grad_pi_steps"]
    assert (check.outcome, check.score, len(check.lines)) == (Finding.TOO_MANY_LINES, 0, 12)


def test_a_line_cannot_change_what_the_next_one_is_given(by_student):
    check = by_list(by_student["attacks"])["dL_dpi_steps"]
    assert check.verdict is Verdict.AGREES
    assert "changes its input X" in check.lines[0].says


def test_a_line_that_answers_by_chance_is_called_so(by_student):
    check = by_list(by_student["attacks"])["multiplier_steps"]
    assert check.outcome is Finding.NONDETERMINISTIC
    assert "line 1: gives different answers" in check.message


def test_a_line_that_is_no_function_or_stops_python_is_at_fault_itself(by_student):
    found = by_list(by_student["attacks"])
    assert [line.outcome for line in found["z_bar_of_two_steps"].lines] == [Finding.RIGHT, Finding.NOT_CALLABLE]
    assert [line.outcome for line in found["Z_bar_steps"].lines] == [Finding.RIGHT, Finding.RAISED]
    assert broken(found["z_bar_steps"]) == [3]


def test_a_line_that_ends_the_interpreter_costs_its_own_derivation_only(by_student):
    found = by_list(by_student["attacks"])
    assert (found["R_bar_steps"].outcome, broken(found["R_bar_steps"])) == (Finding.CRASHED, [2])
    assert "line 2: stops Python itself" in found["R_bar_steps"].message
    assert len(found["Z_bar_steps"].lines) == 2


def test_what_values_cannot_tell_is_not_told(by_student):
    # A line that hands on what the line before it returned is equal to it: docs/derivations.md says so.
    assert by_list(by_student["attacks"])["grad_pi_constrained_steps"].verdict is Verdict.AGREES
