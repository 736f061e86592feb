"""A kit is found from where the student stands, and what is wrong with it is said kindly, with what to do."""

import pytest

from grader.kit.answer_file import answer_path
from grader.kit.reading import read_facts
from grader.kit.settings import find_kit
from grader.model.diagnostic import DiagnosedError


@pytest.fixture
def kit(course):
    return course.unpacked()


def fault_of(act):
    with pytest.raises(DiagnosedError) as caught:
        act()
    (fault,) = caught.value.diagnostics
    return fault


def test_a_kit_is_found_from_a_folder_inside_it(kit):
    inner = kit / "a" / "b"
    inner.mkdir(parents=True)
    assert find_kit(inner).folder == kit


def test_a_kit_is_found_from_the_answers_folder(kit, tmp_path):
    elsewhere = tmp_path / "home"
    elsewhere.mkdir()
    assert find_kit(elsewhere, kit).folder == kit
    fault = fault_of(lambda: find_kit(elsewhere))
    assert fault.code == "K010"
    assert "unzip the kit" in fault.help


@pytest.mark.parametrize(
    ("text", "code"),
    [("submission = 3\n", "K011"), ("submission =\n", "K011"), ('grader = "99.1"\n', "K013"), ("\0", "K011")],
)
def test_settings_that_cannot_be_used_are_refused(kit, text, code):
    (kit / "grader.toml").write_text(text)
    assert fault_of(lambda: find_kit(kit)).code == code


@pytest.mark.parametrize("version", ["0", "0.0.9", "0.1.0", "0.1.0.dev3", "local"])
def test_a_kit_of_this_version_or_an_older_one_is_read(kit, version):
    (kit / "grader.toml").write_text(f'grader = "{version}"\n')
    assert find_kit(kit).grader == version


def test_a_changed_rubric_is_noticed_but_not_other_line_ends(kit):
    settings = find_kit(kit)
    text = (kit / "rubric.toml").read_bytes()
    (kit / "rubric.toml").write_bytes(text.replace(b"\n", b"\r\n"))
    assert read_facts(settings).assignment.id == "tiny"
    (kit / "rubric.toml").write_bytes(text.replace(b"points = 4", b"points = 9"))
    fault = fault_of(lambda: read_facts(settings))
    assert fault.code == "K012"
    assert fault.help == "unzip the kit again, and keep your answer"


@pytest.mark.parametrize("name", ["rubric.toml", "cases.bin"])
def test_a_missing_file_is_named(kit, name):
    (kit / name).unlink()
    fault = fault_of(lambda: read_facts(find_kit(kit)))
    assert (fault.code, name in fault.says) == ("K012", True)


def test_a_damaged_file_of_cases_is_refused(kit):
    data = (kit / "cases.bin").read_bytes()
    (kit / "cases.bin").write_bytes(data.replace(b'"=":"Assignment"', b'"=":"Limits"', 1))
    assert fault_of(lambda: read_facts(find_kit(kit))).code == "K012"


def test_the_file_that_the_settings_name_is_the_answer(kit):
    (kit / "other.py").write_text("def slope(x): pass\n")
    assert answer_path(find_kit(kit), None, ("slope",)).name == "starter.py"


def test_else_the_only_file_that_defines_a_function_is_the_answer(kit):
    settings = find_kit(kit)
    (kit / "starter.py").unlink()
    assert "names, is not there" in fault_of(lambda: answer_path(settings, None, ("slope",))).says
    (kit / "notes.py").write_text("x = 1\n")
    (kit / "mine.py").write_text("def slope(x): pass\n")
    assert answer_path(settings, None, ("slope",)).name == "mine.py"
    (kit / "yours.py").write_text("def slope(x): pass\n")
    fault = fault_of(lambda: answer_path(settings, None, ("slope",)))
    assert "mine.py and yours.py each define" in fault.says


def test_without_a_named_file_nothing_is_guessed(kit):
    (kit / "grader.toml").write_text("")
    (kit / "starter.py").unlink()
    assert "names no file" in fault_of(lambda: answer_path(find_kit(kit), None, ("slope",))).says


@pytest.mark.parametrize(
    ("named", "says"), [("gone.py", "no such file"), ("forward", "a folder"), ("README.md", "a .py file")]
)
def test_what_is_typed_is_looked_at_and_nothing_else(kit, monkeypatch, named, says):
    monkeypatch.chdir(kit)
    assert says in fault_of(lambda: answer_path(find_kit(kit), named, ("slope",))).says
