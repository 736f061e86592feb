"""What submissions can read: the standard library and the listed packages, and nothing that must stay hidden."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import grader
from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Raised, Returned
from grader.model.submission import Chunk, Submission
from grader.sandbox import SandboxUnavailableError, open_sandbox
from grader.sandbox.readable import readable_files

LEVELS = ("A", "B", "C", "none") if sys.platform == "linux" else ("none",)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of the lecturer's, with a module that is imported late, and a stranger beside it."""
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    folder = tmp_path / "installed" / "course_package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("three = 3\n", encoding="utf-8")
    (folder / "late.py").write_text("four = 4\n", encoding="utf-8")
    stranger = folder.parent / "stranger.py"
    stranger.write_text("five = 5\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


@pytest.mark.parametrize("level", LEVELS)
def test_a_listed_package_can_be_imported_and_what_lies_beside_it_cannot(package, level):
    source = (
        "import course_package\ndef f(x):\n    import course_package.late\n    return course_package.late.four\n"
        "def g(x):\n    import stranger\n"
    )
    submission = Submission(path="a", student="a", sha256="", chunks=(Chunk(label="a.py", source=source),))
    try:
        box = open_sandbox(isolation=level, packages=("numpy", "course_package"), limits=Limits())
    except SandboxUnavailableError as error:
        pytest.skip(error.reason)
    with box, box.session(submission) as session:
        assert session.load().failures == ()
        call = Call(function="f", arguments=(np.zeros(()),), returns=1, seed=0)
        assert isinstance(session.call(call), Returned)
        outcome = session.call(Call(function="g", arguments=(np.zeros(()),), returns=1, seed=0))
        assert isinstance(outcome, Raised)
        assert outcome.text == (
            "`stranger` is not available here; "
            "this assignment allows numpy, course_package and Python's standard library"
        )


@pytest.mark.parametrize("where", ["course_package", "course_package/inner/rubric.toml"])
def test_a_package_that_contains_what_must_stay_hidden_is_refused(package, where):
    secret = package.parent / where
    with pytest.raises(SandboxUnavailableError, match="inside the allowed package") as caught:
        readable_files(("course_package",), forbidden=[secret])
    assert str(secret) in caught.value.reason
    assert caught.value.help


def test_a_package_behind_a_link_is_what_it_points_to(package, tmp_path):
    (tmp_path / "link").symlink_to(package)
    with pytest.raises(SandboxUnavailableError):
        readable_files(("course_package",), forbidden=[tmp_path / "link" / "rubric.toml"])


def test_something_hidden_beside_a_package_is_no_reason_to_refuse(package):
    readable = readable_files(("course_package",), forbidden=[package.parent / "rubric.toml", package.parent])
    assert package in readable.package_paths


def test_the_grader_itself_cannot_be_an_allowed_package():
    with pytest.raises(SandboxUnavailableError, match="inside the allowed package"):
        readable_files(("grader",), forbidden=[])


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(SandboxUnavailableError, match="`no_such_package`, which the rubric lists, is not installed"):
        readable_files(("numpy", "no_such_package"), forbidden=[])


def test_what_a_listed_package_requires_comes_along():
    readable = readable_files(("pytest",), forbidden=[])
    assert {"pytest", "_pytest", "pluggy", "numpy"} <= set(readable.places)
    assert "pydantic" not in readable.places


def test_nothing_that_may_be_read_holds_the_grader_or_other_packages():
    readable = readable_files(("numpy",), forbidden=[])
    everything = [*readable.library_entries, *readable.package_paths]
    for hidden in (Path(grader.__file__).parent, Path(pytest.__file__).parent):
        assert not any(path == hidden or path in hidden.resolve().parents for path in everything)
    assert all(path.is_absolute() for path in everything)
    assert not any(path.name == "site-packages" for path in everything)


def test_what_runs_beside_students_imports_nothing_of_the_grader():
    """In an interpreter of its own, with everything imported that it can be started with."""
    folder = Path(grader.__file__).parent / "sandbox"
    modules = sorted(path.stem for path in (folder / "inside").glob("[!_]*.py"))
    script = (
        "import sys; sys.path.append(sys.argv[1]); import importlib\n"
        f"for name in {modules}: importlib.import_module('inside.' + name)\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('grader', 'pydantic', 'rich', 'tomli')])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
