"""A student's repository that tries everything to be graded otherwise gains nothing: real processes, run inside it."""

import base64
import json
import os
import subprocess
import sys
import textwrap

import pytest

from tests.ci.small import AS_INSTALLED, ROOT, WRONG, small
from tests.ci.test_github import obeyed

# What each planted module does when it is imported: leaves a mark, forges commands, and has every run end well.
PLANTED = """\
import os, sys
open({mark!r}, "a").write({name!r} + "\\n")
print("::error title=forged::planted")
sys.exit = os._exit = lambda *_: None
os._exit(0)
"""
MODULES = (
    "conftest.py",
    "sitecustomize.py",
    "usercustomize.py",
    "numpy.py",
    "json.py",
    "pydantic.py",
    "tomli.py",
    "argparse.py",
    "rich/__init__.py",
    "grader/__init__.py",
    "grader/__main__.py",
    "grader/cli/__init__.py",
    "answers.py",
    "trusted/answers.py",
    "reference/__init__.py",
)
SETTINGS = {
    "pytest.ini": "[pytest]\naddopts = --grader-rubric other.toml\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p planted\n",
    "pyproject.toml": "[tool.grader]\nrubric = 'other.toml'\n[tool.pytest.ini_options]\naddopts = '-p planted'\n",
    "grader.toml": "schema = 'grader-kit/1'\n",
    "rubric.toml": "schema = 'grader-rubric/1'\npoints = 20\n",
    ".env": "PYTHONPATH=.\nGRADER_SECRET_SEED=0000000000000000000000\nPYTHONSTARTUP=conftest.py\n",
    "planted.pth": "import conftest\n",
    "results.json": '{"score": 20}\n',
    "grader-junit.xml": "<testsuites/>\n",
}
PRINTS = """\
import os, sys
FORGED = (
    "::error title=forged::a\\n::set-output name=score::20\\n::stop-commands::x\\n##[set-output name=score;]20\\n"
    "::add-mask::e\\n\\r::notice::b\\n"
)
print(FORGED)
sys.stderr.write(FORGED)
os.write(1, FORGED.encode())
os.write(2, FORGED.encode())
for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"):
    try:
        open(os.environ[name], "a").write("score=20\\n")
    except (KeyError, OSError):
        pass
"""
ATTEMPTS = {
    "prints commands": PRINTS + WRONG,
    "raises commands": WRONG.replace(
        "return 3 * x", "raise ValueError('x\\n::error title=forged::a\\n##[set-output name=score;]20')"
    ),
    "ends the interpreter well": WRONG.replace("return 3 * x", "import os; os._exit(0)"),
    "exits": WRONG.replace("return 3 * x", "raise SystemExit(0)"),
    "exits while it is read": WRONG + "\nimport sys\nsys.exit(0)\n",
    "rewrites the results at the end": WRONG
    + "\nimport atexit\natexit.register(lambda: open('results.json', 'w').write('{\"score\": 20}'))\n",
    "imports what it planted": "import conftest, trusted.answers\n" + WRONG,
}


@pytest.fixture
def repository(tmp_path):
    """A checked-out repository with everything planted, and beside it, out of reach, the rubric."""
    work = tmp_path / "repository"
    work.mkdir()
    mark = tmp_path / "imported.txt"
    for name in MODULES:
        path = work / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(PLANTED.format(mark=str(mark), name=name))
    for name, text in SETTINGS.items():
        (work / name).write_text(text)
    return work


def installed(tmp_path, manner):
    """Return the words that start the grader as an installed one is: by its console script, or as a module."""
    if manner == "console script":
        # As pip writes it; the folder of the grader stands for site-packages.
        script = tmp_path / "bin" / "grader"
        script.parent.mkdir(exist_ok=True)
        script.write_text("import sys\nfrom grader.cli import main\nsys.exit(main())\n")
        return [sys.executable, str(script)], {"PYTHONPATH": str(ROOT)}
    return [sys.executable, "-I", "-c", AS_INSTALLED, "-I", "-m", "grader"], {}


def run(tmp_path, folder, manner, form, submission, *more):
    words, environment = installed(tmp_path, manner)
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"):
        path = tmp_path / name
        path.write_text("")
        environment[name] = str(path)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GRADER", "GITHUB"))}
    rubric = tmp_path / "rubric" / "rubric.toml"
    if not rubric.exists():
        small(rubric.parent)
    return subprocess.run(
        [*words, "grade", submission, "--rubric", str(rubric), "--format", form, *more],
        cwd=folder,
        env={**clean, **environment, "GITHUB_WORKSPACE": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def outputs(tmp_path):
    lines = dict(line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text().splitlines())
    return lines, json.loads(base64.b64decode(lines["result"]))


CONFINED = ["--accept-c"] if sys.platform == "linux" else ["--isolation", "none"]


@pytest.mark.parametrize("manner", ["console script", "isolated module"])
@pytest.mark.parametrize("submission", [".", "hw1.py"])
def test_nothing_that_lies_in_the_repository_is_imported_or_obeyed(tmp_path, repository, manner, submission):
    (repository / "hw1.py").write_text(WRONG)
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "hw1.py").write_text(WRONG)
    honest = run(tmp_path, clean, manner, "github", "hw1.py", *CONFINED)
    expected = outputs(tmp_path)
    done = run(tmp_path, repository, manner, "github", submission, *CONFINED)
    assert (done.returncode, honest.returncode) == (1, 1), done.stderr
    assert not (tmp_path / "imported.txt").exists(), (tmp_path / "imported.txt").read_text()
    assert outputs(tmp_path) == expected
    assert expected[0]["score"] == "8"
    assert [one.name for one in obeyed(done.stdout)] == ["error", "notice"]
    assert obeyed(done.stderr) == []
    assert "forged" not in done.stdout


def test_the_traps_work_where_a_module_is_looked_for_in_the_working_folder(tmp_path, repository):
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--version"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert "forged" in done.stdout
    assert (tmp_path / "imported.txt").exists()


@pytest.mark.parametrize("attempt", sorted(ATTEMPTS))
def test_what_an_answer_does_forges_no_command_no_output_and_no_status(tmp_path, repository, attempt):
    (repository / "hw1.py").write_text(ATTEMPTS[attempt])
    done = run(tmp_path, repository, "console script", "github", ".", *CONFINED)
    assert done.returncode == 1, done.stderr
    lines, result = outputs(tmp_path)
    # What comes of an answer that ends itself is less than the 8 points of the honest one, never more.
    assert float(lines["score"]) <= 8
    assert result["status"] == "fail"
    assert sum(test["score"] for test in result["tests"]) == float(lines["score"])
    commands = obeyed(done.stdout)
    assert {one.name for one in commands} <= {"error", "notice"}
    assert not any(one.properties.get("title") == "forged" for one in commands)
    assert obeyed(done.stderr) == []
    assert (tmp_path / "GITHUB_ENV").read_text() == (tmp_path / "GITHUB_PATH").read_text() == ""
    assert (repository / "results.json").read_text() == SETTINGS["results.json"]


@pytest.mark.parametrize("name", ["::error title=forged::a.py", "##[set-output name=score;]20.py", "%0A::notice::.py"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
def test_a_file_name_is_no_command(tmp_path, name):
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / name).write_text(textwrap.dedent(WRONG))
    done = run(tmp_path, folder, "console script", "github", ".", *CONFINED)
    assert done.returncode == 1
    commands = obeyed(done.stdout)
    assert [one.name for one in commands] == ["error", "notice"]
    assert commands[0].properties["file"].endswith(".py")
    assert outputs(tmp_path)[0]["score"] == "8"


@pytest.mark.parametrize("form", ["junit", "gradescope", "prairielearn", "markdown"])
def test_a_file_of_results_in_the_repository_is_replaced(tmp_path, repository, form):
    (repository / "hw1.py").write_text(ATTEMPTS["rewrites the results at the end"])
    target = repository / "results.json"
    done = run(tmp_path, repository, "isolated module", form, ".", "--as-one", "--output", str(target), *CONFINED)
    assert done.returncode == 1, done.stderr
    assert target.read_text() != SETTINGS["results.json"]
    assert '"score": 20}' not in target.read_text()
