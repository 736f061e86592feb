"""One case run again says what the run said, and keeps every number behind it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import GradeRequest, grade, trusted_modules
from grader.grading.plan import draw_plan
from grader.grading.replay import ReplayRequest, replay
from grader.grading.replay_case import Chosen, ReportedCase, chosen_case
from grader.loading.rubric import load_rubric
from grader.model.checks import PropertyCheck, PurityCheck, ReferenceCheck
from grader.model.diagnostic import DiagnosedError
from grader.model.outcome import Raised, Returned
from grader.model.report import Finding, Verdict
from grader.model.seed import open_seed
from grader.model.submission import Chunk, Submission
from grader.numerics.compare import compare
from grader.numerics.rounding import python_literal
from grader.reporting.replay_file import replay_arrays
from grader.reporting.replay_script import replay_script
from grader.truth.book import Truth

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"
RUBRIC = load_rubric(SMALL)


def with_checks(*checks, **problem):
    """The small rubric whose first problem has other checks."""
    first = RUBRIC.assignment.problem[0].model_copy(update={"check": checks, **problem})
    rest = RUBRIC.assignment.problem[1:]
    return replace(RUBRIC, assignment=RUBRIC.assignment.model_copy(update={"problem": (first, *rest)}))


REFERENCE = ReferenceCheck(kind="reference", points=Fraction(12))


def submission(source):
    return Submission(path="ada.py", student="ada", sha256="1" * 64, chunks=(Chunk(label="ada.py", source=source),))


def replayed(source, rubric=RUBRIC, check="gradient.reference", **more):
    one = submission(source)
    values = {"seed": 1, "assignment_sha256": "", "submission_sha256": one.sha256, "isolation": "none"}
    values |= more
    values["seed"] = open_seed(values["seed"])
    return replay(ReplayRequest(rubric=rubric, submission=one, check=check, **values))


def drawn(rubric=RUBRIC, seed=1):
    assignment = rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, seed)
    return draw_plan(assignment, modules, truth, seed), truth


WRONG = "def gradient(x):\n    return 2 * x + 1e-9\n"
RIGHT = "def gradient(x):\n    return 2 * x\n"


@pytest.mark.parametrize("case", ["generic[0]", "generic[1]", "generic[2]"])
def test_inputs_and_expected_values_are_those_of_the_run(case):
    plan, truth = drawn()
    problem = RUBRIC.assignment.problem[0]
    own = next(c for c in plan.cases["gradient"] if c.id == case)
    (expected,) = truth.expected(problem, own)
    again = replayed(WRONG, case=case)
    assert again.case.draw == own.draw
    assert again.case.values[0].tobytes() == own.values[0].tobytes()
    assert again.due[0].expected.tobytes() == expected.value.tobytes()
    assert again.due[0].unit.tobytes() == expected.unit.tobytes()
    assert np.array_equal(again.received[0], 2 * own.values[0] + 1e-9)


def test_the_verdict_is_the_one_of_the_run():
    source = "def gradient(x):\n    return 3 * x\ndef column_sums(A):\n    return A.sum(axis=0)\n"
    one = submission(source)
    report = grade(GradeRequest(rubric=RUBRIC, submissions=(one,), seed=1, isolation="none"))
    for problem in report.submissions[0].problems:
        for check in problem.checks:
            if check.failure is not None and check.kind != "purity":
                reported = ReportedCase(name=check.failure.case, inputs=check.failure.inputs)
                again = replayed(source, check=check.id, reported=reported)
                assert (again.verdict, again.finding) == (check.verdict, check.outcome)
                assert again.warnings == ("the rubric or its trusted modules have changed since the report",)


def test_random_numbers_are_those_of_the_run():
    source = "import numpy as np\ndef gradient(x):\n    return 2 * x + np.random.rand(*x.shape)\n"
    one, two = replayed(source), replayed(source)
    assert one.received[0].tobytes() == two.received[0].tobytes()
    rng = np.random.RandomState(one.call_seed)
    x = one.case.values[0]
    assert np.array_equal(one.received[0], 2 * x + rng.rand(*x.shape))


def test_another_seed_is_another_case():
    assert replayed(RIGHT, seed=2).case.values[0].tobytes() != replayed(RIGHT).case.values[0].tobytes()


def test_a_rubric_that_widens_widens_the_unit():
    wide = with_checks(REFERENCE.model_copy(update={"widen": 4.0}))
    narrow, widened = replayed(RIGHT), replayed(RIGHT, rubric=wide)
    assert np.array_equal(widened.due[0].unit, 4 * narrow.due[0].unit)


# Finite differences --------------------------------------------------------------------------------------------------


def test_each_direction_is_judged_as_the_check_judges_them_together():
    right, wrong = replayed(RIGHT), replayed(WRONG)
    (view,) = right.slopes
    assert (view.check, view.wrt, view.value, view.says) == ("finite_difference", "x", "g", "")
    assert all(slope.verdict is Verdict.AGREES for slope in view.slopes)
    assert any(slope.verdict is Verdict.DISAGREES for slope in wrong.slopes[0].slopes)
    for slope in (*view.slopes, *wrong.slopes[0].slopes):
        assert slope.error_abs == abs(slope.actual - slope.quotient)
        assert (slope.error_abs > slope.allowed_abs) == (slope.verdict is Verdict.DISAGREES)
    x = right.case.values[0]
    for slope in view.slopes:
        assert slope.actual == pytest.approx(float(np.sum(slope.direction * 2 * x)), rel=1e-14)
        assert slope.quotient == pytest.approx(slope.actual, rel=1e-9)


def test_there_are_no_slopes_where_there_are_no_numbers():
    assert replayed("def gradient(x):\n    raise ValueError('no')\n").slopes == ()
    assert replayed("def gradient(x):\n    return x[:1]\n").slopes == ()


def test_slopes_are_looked_at_in_the_families_of_their_check_only():
    checks = RUBRIC.assignment.problem[0].check
    elsewhere = tuple(
        c.model_copy(update={"families": ("other",)}) if c.kind == "finite_difference" else c for c in checks
    )
    group = RUBRIC.assignment.inputs["vector"].case[0].model_copy(update={"family": "other"})
    rubric = with_checks(*elsewhere)
    vector = rubric.assignment.inputs["vector"]
    inputs = {**rubric.assignment.inputs, "vector": vector.model_copy(update={"case": (*vector.case, group)})}
    rubric = replace(rubric, assignment=rubric.assignment.model_copy(update={"inputs": inputs}))
    assert replayed(RIGHT, rubric=rubric).slopes == ()
    assert replayed(RIGHT, rubric=rubric, check="gradient.finite_difference").slopes


def test_a_forward_function_that_fails_at_a_reported_input_costs_the_view_only():
    checks = RUBRIC.assignment.problem[0].check
    broken = tuple(
        c.model_copy(update={"forward": "answers:gone"}) if c.kind == "finite_difference" else c for c in checks
    )
    again = replayed(RIGHT, rubric=with_checks(*broken))
    assert again.verdict is Verdict.AGREES
    assert again.slopes[0].slopes == ()
    assert "none can be taken here" in again.slopes[0].says


# Other kinds ---------------------------------------------------------------------------------------------------------


def test_a_property_shows_both_sides_and_the_other_calls():
    linear = PropertyCheck(kind="property", property="linear", argument="x", points=Fraction(1))
    rubric = with_checks(REFERENCE, linear)
    again = replayed("def gradient(x):\n    return 2 * x + 1\n", rubric=rubric, check="gradient.property")
    assert again.finding is Finding.PROPERTY_BROKEN
    assert again.sides is not None
    assert again.sides.left.shape == again.sides.right.shape
    assert np.allclose(np.abs(again.sides.left - again.sides.right), 1)
    assert [call.says for call in again.others] == ["other x", "sum in x"]
    x, other, total = again.case.values[0], again.others[0].arguments[0][1], again.others[1].arguments[0][1]
    assert np.array_equal(total, x + other)
    assert all(isinstance(call.outcome, Returned) for call in again.others)
    script = replay_script(again, file="")
    assert "print('sum in x', call(inputs | others))" in script


def test_a_purity_check_shows_the_second_call_and_what_was_changed():
    rubric = with_checks(REFERENCE, PurityCheck(kind="purity", points=Fraction(1)))
    again = replayed("def gradient(x):\n    x *= 2\n    return x\n", rubric=rubric, check="gradient.purity")
    assert (again.finding, again.detail) == (Finding.CHANGES_INPUTS, "x")
    assert [call.says for call in again.others] == ["again"]


def test_an_answer_that_differs_from_itself_shows_both():
    source = "n = 0\ndef gradient(x):\n    global n\n    n += 1\n    return 2 * x + n\n"
    again = replayed(source)
    assert again.finding is Finding.NONDETERMINISTIC
    (second,) = again.others
    assert isinstance(second.outcome, Returned)
    assert np.allclose(second.outcome.values[0] - again.received[0], 1)


def test_an_exception_keeps_its_line_and_what_was_printed_is_kept():
    again = replayed("print('hello')\ndef gradient(x):\n    print('there')\n    return 1 / 0\n")
    assert isinstance(again.outcome, Raised)
    assert (again.outcome.where, again.outcome.line) == ("ada.py line 4", "return 1 / 0")
    assert again.printed.split() == ["hello", "there", "there"]
    assert again.received == ()


def test_what_an_exception_says_stays_within_its_line():
    again = replayed("def gradient(x):\n    raise ValueError('no\\n  PASSED')\n")
    assert again.detail == "ValueError: no PASSED"


def test_a_file_that_stops_early_says_so_in_the_words_of_the_report():
    again = replayed("import os\n1 / 0\ndef gradient(x):\n    return 2 * x\n")
    assert again.finding is Finding.NOT_LOADED
    assert again.detail == again.notes[0]
    assert "ZeroDivisionError" in again.detail


def test_a_function_that_is_never_back_is_ended():
    rubric = replace(
        RUBRIC,
        assignment=RUBRIC.assignment.model_copy(
            update={"limits": RUBRIC.assignment.limits.model_copy(update={"call_wall_s": 0.2})}
        ),
    )
    again = replayed("def gradient(x):\n    while True: pass\n", rubric=rubric)
    assert again.finding is Finding.TIMED_OUT


# Which case ----------------------------------------------------------------------------------------------------------


def inputs(x):
    return f"x = {python_literal(np.asarray(x))}"


def test_what_the_report_shows_is_run_as_the_report_shows_it():
    again = replayed(WRONG, reported=ReportedCase(name="generic[1], made smaller", inputs=inputs([0.5])))
    assert again.case.id == "generic[1]"
    assert again.case.values[0].tolist() == [0.5]
    assert dict(again.case.sizes)["n"] == 1
    assert again.due[0].expected.tolist() == [1.0]
    assert len(again.warnings) == 1
    assert compare(again.received[0], replay_truth(again)).differing == 1


def replay_truth(again):
    _, truth = drawn()
    return truth.expected(RUBRIC.assignment.problem[0], again.case)[0]


def test_what_is_typed_is_run_as_it_was_drawn():
    typed = replayed(WRONG, case="generic[1]", reported=ReportedCase(name="generic[1]", inputs=inputs([0.5])))
    assert typed.case.values[0].tolist() != [0.5]


@pytest.mark.parametrize(
    "source",
    ["x = np.array([[0.5]])", "x = np.array([0.5], dtype=np.float32)", "y = np.array([0.5])", "x = open('f')", "x = 3"],
)
def test_inputs_that_are_none_of_the_problem_are_not_run(source):
    again = replayed(RIGHT, reported=ReportedCase(name="generic[1]", inputs=source))
    assert again.case.id == "generic[1]"
    assert again.case.values[0].size > 1
    assert "the inputs in the report do not fit this problem any more" in again.warnings[-1]


def test_reported_inputs_whose_sizes_contradict_each_other_are_not_run():
    vector = RUBRIC.assignment.inputs["vector"]
    two = vector.model_copy(update={"values": {"x": vector.values["x"], "y": vector.values["x"]}})
    problem = RUBRIC.assignment.problem[0].model_copy(update={"arguments": ("x", "y")})
    plan, _ = drawn()
    own = plan.cases["gradient"][0]
    case = replace(own, arguments=(("x", own.values[0]), ("y", own.values[0])))
    for y, fits in (("[0.5, 1.0]", False), ("[2.0]", True)):
        reported = ReportedCase(name=case.id, inputs=f"x = np.array([0.5])\ny = np.array({y})")
        chosen = chosen_case([case], "", reported, problem, two)
        assert isinstance(chosen, Chosen)
        assert (chosen.warnings == ()) is fits
        assert (chosen.case is case) is not fits


def test_a_case_that_is_not_drawn_any_more_is_replaced_by_the_first_and_told():
    again = replayed(RIGHT, reported=ReportedCase(name="edge[0]", inputs=inputs([0.5])))
    assert again.case.id == "generic[0]"
    assert again.warnings[-1] == "the case edge[0] that the report shows is not drawn any more; this is generic[0]"


@pytest.mark.parametrize("case", ["3", "-1", "generic", "edge[0]", "²"])
def test_a_case_that_is_none_is_told_with_those_that_are(case):
    with pytest.raises(DiagnosedError) as caught:
        replayed(RIGHT, case=case)
    (fault,) = caught.value.diagnostics
    assert fault.code == "G007"
    assert "generic[0] to generic[2]" in fault.help


# Files ---------------------------------------------------------------------------------------------------------------


def test_an_argument_whose_name_is_taken_gets_another_in_the_file():
    again = replayed(RIGHT)
    case = replace(again.case, arguments=(("got_g", again.case.values[0]), ("input_got_g", again.case.values[0])))
    names = list(replay_arrays(replace(again, case=case)))
    assert names == ["input_input_got_g", "input_got_g", "got_g", "expected_g", "unit_g"]


def test_no_name_or_source_of_a_student_is_read_as_code_of_the_script():
    hostile = 'x = """\n"""; y = \'\\\'{0}{zz}\n# naïve \u2028\n'
    again = replayed(RIGHT)
    chunk = Chunk(label='a"""\n import os', source=hostile)
    for file in ("", '/tmp/a"""\n\\N{x}.py'):
        script = replay_script(
            replace(again, submission=replace(again.submission, chunks=(chunk,), path=chunk.label)), file=file
        )
        assert script.isascii()
        compile(script, "script", "exec")
        assert "import os\n" not in script
