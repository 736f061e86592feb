"""Of each assignment for courses: right answers get full marks, every named mistake loses points and is named."""

import importlib
import inspect

import pytest

from grader.grading.engine import trusted_modules
from grader.kit.making import Starter, make_kit
from grader.model.report import Verdict
from tests.reference import course

EACH = pytest.mark.parametrize("name", course.PACKAGES)


@pytest.fixture(scope="module", params=course.PACKAGES)
def examples(request):
    return request.param, course.graded_examples(request.param)


@pytest.fixture(scope="module", params=course.PACKAGES)
def mistakes(request):
    return request.param, course.graded_mistakes(request.param)


def test_right_answers_get_full_marks_whatever_their_algebra(examples):
    name, by_student = examples
    right = course.examples(name, "right_*")
    assert len(right) >= 2
    for student in right:
        submission = by_student[student]
        assert not [c.id for p in submission.problems for c in p.checks if c.verdict is not Verdict.AGREES], student
        assert submission.score == 100


def test_the_starter_gets_nothing(examples):
    _, by_student = examples
    assert by_student["starter"].score == 0
    assert by_student["starter"].status == "graded"


def test_a_wrong_example_loses_only_what_ordinary_inputs_do_not_show(examples):
    name, by_student = examples
    wrong = course.examples(name, "wrong_*")
    assert wrong
    for student in wrong:
        lost = {c.kind for p in by_student[student].problems for c in p.checks if c.score < c.max_score}
        assert lost in ({"stability"}, {"purity"}), student


def test_every_mistake_loses_half_of_the_points_and_is_named(mistakes):
    name, graded = mistakes
    made = [(one.mistakes[p.id], p) for one in graded for p in one.report.problems if p.id in one.mistakes]
    assert len(made) == sum(len(p.misconception) for p in course.rubric(name).assignment.problem)
    for mistake, problem in made:
        assert {d.id for c in problem.checks for d in c.diagnoses} == {mistake}, (problem.id, mistake)
        assert problem.score <= problem.max_score / 2, (problem.id, mistake)


def test_a_function_without_a_mistake_keeps_its_points_beside_one_with(mistakes):
    _, graded = mistakes
    for one in graded:
        for problem in one.report.problems:
            assert (problem.score == problem.max_score) == (problem.id not in one.mistakes), problem.id


@EACH
def test_a_kit_can_be_made_and_holds_no_answer(name):
    rubric = course.with_cases(name, course.one_of_each_family)
    path = course.ROOT / "rubrics" / f"{name}.toml"
    starter = course.ROOT / "examples" / name / "starter.py"
    assert (path.parent / rubric.assignment.starter).resolve() == starter.resolve()
    given = Starter(name=starter.name, data=starter.read_bytes())
    modules = trusted_modules(path, rubric.assignment)
    kit = make_kit(rubric.assignment, modules, given, rubric=str(path), words=rubric.words)
    handed = {file.rpartition("/")[2] for file in kit.files if file.startswith("forward/")}
    assert handed == {"__init__.py", "forward.py", "precision.py", "tap.py"}


@EACH
def test_a_rubric_s_points_add_up_and_its_deciding_checks_come_first(name):
    assignment = course.rubric(name).assignment
    assert sum(p.points for p in assignment.problem) == assignment.points == 100
    for problem in assignment.problem:
        decides = [check.decides for check in problem.check]
        assert decides == sorted(decides, reverse=True)


@EACH
def test_every_mistake_of_the_modules_is_named_by_the_rubric_once_with_a_clause_and_a_hint(name):
    package = f"reference.{course.PACKAGES[name]}"
    modules = [importlib.import_module(f"{package}.{module}") for module in course.mistaken_modules(name)]
    mistakes = [m for p in course.rubric(name).assignment.problem for m in p.misconception]
    named = [m.function.partition(":")[2] for m in mistakes]
    public = {
        function
        for module in modules
        for function, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not function.startswith("_")
    }
    assert len(named) == len(set(named))
    assert set(named) == public
    for mistake in mistakes:
        assert not mistake.says.endswith(".")
        assert mistake.hint is not None
        assert mistake.hint[-1] in ".?"
        assert 0 < mistake.share <= 0.5


@EACH
def test_the_document_lists_each_function_its_points_and_its_named_mistakes(name):
    text = (course.ROOT / "docs" / "assignments.md").read_text("utf-8")
    for problem in course.rubric(name).assignment.problem:
        signature = f"{problem.function}({', '.join(problem.arguments)})"
        _, found, own = text.partition(f"**`{signature}`**, {problem.points} points. Named mistakes:")
        assert found
        section = own.partition("\n**")[0].partition("\n## ")[0]
        listed = [line for line in section.splitlines() if line.startswith("- `")]
        assert listed == [f"- `{mistake.id}`: {mistake.says}" for mistake in problem.misconception]
