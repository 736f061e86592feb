"""What goes into a kit, what does not, and what is refused."""

import ast
import io
import tomllib
import zipfile
from fractions import Fraction

import pytest

from grader.grading.handout import NOT_HANDED_OUT
from grader.kit.answer_file import answer_path
from grader.kit.closure import modules_needed
from grader.kit.making import seed_of, zipped
from grader.kit.settings import find_kit
from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError
from grader.truth.handout import from_bytes
from grader.truth.modules import TrustedFunctionError
from grader.words import in_language


def refused(course, **options):
    with pytest.raises(DiagnosedError) as caught:
        course.kit(**options)
    (fault,) = caught.value.diagnostics
    return fault


def test_a_kit_holds_what_the_forward_model_imports_and_nothing_else(course):
    kit = course.kit()
    assert list(kit.files) == [
        "README.md",
        "starter.py",
        "grader.toml",
        "rubric.toml",
        "cases.bin",
        "forward/__init__.py",
        "forward/models/__init__.py",
        "forward/models/curves.py",
        "forward/models/shapes.py",
        "forward/numbers_kept.py",
    ]
    assert kit.files["forward/models/curves.py"] == (course.folder / "course" / "models" / "curves.py").read_bytes()


def test_the_same_files_make_the_same_bytes(course):
    first, second = zipped(course.kit()), zipped(course.kit())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(entry.filename.startswith("tiny/") for entry in archive.infolist())


def test_the_students_rubric_says_the_same_as_the_cases(homework, course):
    for kit in (homework, course.kit()):
        data = tomllib.loads(kit.files["rubric.toml"].decode())
        assert data["schema"] == "grader-kit/1"
        data["schema"] = "grader-rubric/1"
        for problem in data["problem"]:
            assert "reference" not in problem
            problem["reference"] = NOT_HANDED_OUT
            for check in problem["check"]:
                if check["kind"] == "adjoint":
                    check["jvp"] = NOT_HANDED_OUT
        for inputs in data["inputs"].values():
            for group in (inputs, *inputs["case"]):
                for sampler in group.get("values", {}).values():
                    if sampler["sampler"] == "function":
                        sampler["function"] = NOT_HANDED_OUT
        again = Assignment.model_validate(frozen(data))
        assert again == kit.part == from_bytes(kit.files["cases.bin"]).assignment


def frozen(value):
    match value:
        case dict():
            return {key: frozen(element) for key, element in value.items()}
        case list():
            return tuple(map(frozen, value))
        case _:
            return value


def test_what_is_left_out_is_counted_and_points_add_up(course):
    kit = course.kit()
    assert [(w.problem, w.checks, w.points, w.decides) for w in kit.withheld] == [
        ("slope", 2, Fraction(6), True),
        ("total", 1, Fraction(7), False),
    ]
    assert kit.part.points + sum(w.points for w in kit.withheld) == 20


def test_a_family_that_only_hidden_checks_use_is_not_handed_out(course):
    kit = course.kit()
    assert {group.family for group in kit.part.inputs["vector"].case} == {"generic"}
    assert b"nobody may know" not in b"".join(kit.files.values())


def test_the_readme_names_each_function_its_shapes_its_checks_and_what_is_hidden(course):
    page = course.kit().files["README.md"].decode()
    for words in (
        "slope(x)",
        "| `x` | (n,) |",
        "| returns `g` | (n,) |",
        "`finite_difference` (4 points): your answer is the derivative of `quartic` in `x`",
        "2 more checks are run by your course, for 6 points.",
        "What you can check here does not decide whether this answer is right.",
        "for 13 points of 20 points",
        "`starter.py`",
        "`forward/`",
    ):
        assert words in page, words


def test_the_seed_follows_from_the_id_alone(course):
    assert course.kit().seed == seed_of("tiny")
    course.replace("seed = 5\n", "seed = 6\n")
    assert course.kit().seed == seed_of("tiny")
    assert course.kit(seed=7).seed == 7


def test_the_seed_of_the_grades_is_refused(course):
    fault = refused(course, seed=5)
    assert fault.code == "K005"
    assert "the very cases that grades rest on" in fault.says


def test_a_forward_model_beside_an_answer_is_refused(course):
    course.replace("models.curves:quartic", "secret.answers:the_total")
    fault = refused(course)
    assert fault.code == "K001"
    assert "`secret.answers` holds the reference of slope" in fault.says


def test_a_forward_model_that_imports_an_answer_is_refused_with_the_way_to_it(course):
    course.write("models/shapes.py", "def as_float(x):\n    from ..secret import mistakes\n    return x * 1.0\n")
    faults = {}
    with pytest.raises(DiagnosedError) as caught:
        course.kit()
    faults = {fault.says: fault.help for fault in caught.value.diagnostics}
    # What a mistake imports is needed as well, but it is no answer.
    (says,) = faults
    assert "`secret.mistakes` holds the misconception cube_for_square of slope" in says
    assert "`models.curves` imports `models.shapes` imports `secret.mistakes`" in faults[says]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("from . import nothing_here\nfrom .gone import x\n", "there is no such module"),
        ("from ... import x\n", "line 1 imports from outside the trusted folder"),
        ("def broken(:\n", "it cannot be read"),
    ],
)
def test_a_forward_model_that_cannot_be_followed_is_refused(course, source, says):
    course.write("models/shapes.py", source)
    with pytest.raises(DiagnosedError) as caught:
        modules_needed(course.folder / "course", ["models.curves"])
    (fault,) = caught.value.diagnostics
    assert fault.code == "K002"
    assert says in fault.says


def test_a_forward_model_that_needs_what_its_imports_do_not_say_is_refused(course):
    course.write(
        "numbers_kept.py", "from pathlib import Path\n(Path(__file__).parent / 'secret').stat()\nEXPONENT = 4\n"
    )
    with pytest.raises(TrustedFunctionError, match="needs something that its imports do not say"):
        course.kit()


def test_an_import_is_followed_from_a_package_as_from_a_module(course):
    course.write("models/__init__.py", "from .more import x\n")
    course.write("models/more/inner.py", "")
    course.write("models/more/__init__.py", "from . import inner\nfrom .. import shapes\nx = 1\n")
    needed = modules_needed(course.folder / "course", ["models"])
    assert set(needed) == {"", "models", "models.more", "models.more.inner", "models.shapes"}


def test_no_check_for_students_is_no_kit(course):
    course.replace('kind = "finite_difference"\n', 'kind = "finite_difference"\nvisibility = "hidden"\n')
    course.replace('kind = "purity"\n', 'kind = "purity"\nvisibility = "after_due"\n')
    assert refused(course).code == "K004"


def test_the_starter_of_the_homework_is_python_and_is_handed_out_as_it_is(homework):
    ast.parse(homework.files["starter.py"])
    assert b"NotImplementedError" in homework.files["starter.py"]


def test_the_words_of_a_file_are_handed_out_with_the_kit(course):
    own = 'language = "fr"\nname = "français"\n[kit]\nno_such_file = "ce fichier manque"\n[readme]\nshape = "forme"\n'
    (course.folder / "fr.toml").write_text(own, encoding="utf-8")
    course.replace('starter = "starter.py"\n', 'starter = "starter.py"\nlanguage = "fr.toml"\n')
    kit = course.unpacked()
    assert (kit / "words.toml").read_text(encoding="utf-8") == own
    page = (kit / "README.md").read_text(encoding="utf-8")
    assert "| | forme |" in page
    assert "| `words.toml` | the messages" in page
    settings = find_kit(kit)
    with in_language(settings.language), pytest.raises(DiagnosedError, match="ce fichier manque"):
        answer_path(settings, "gone.py", ("slope",))
