"""The GitLab template: its script is run with the variables that GitLab sets."""

import os
import shutil
import subprocess
import sys

import pytest
import yaml
from junitparser import JUnitXml

from grader import __version__
from tests.ci.small import AS_INSTALLED, RIGHT, ROOT, WRONG, small
from tests.ci.test_action import git

TEMPLATE = yaml.safe_load((ROOT / "docs" / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
JOB = TEMPLATE["grade"]
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="needs bash")


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    git("init", "--quiet", cwd=folder)
    return folder


def commit(project, **files):
    for name, text in files.items():
        path = project / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    git("add", "--force", ".", cwd=project)
    git("commit", "--quiet", "-m", "a", cwd=project)


def run(tmp_path, project):
    """Run the job as GitLab's shell does: all parts in one shell that ends at the first failure."""
    rubrics = tmp_path / "rubrics"
    if not rubrics.exists():
        small(rubrics)
        git("init", "--quiet", cwd=rubrics)
        git("add", ".", cwd=rubrics)
        git("commit", "--quiet", "-m", "a", cwd=rubrics)
    said, tools = tmp_path / "said.txt", tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    # Makes a virtual environment whose python is itself; installs nothing; grades with the grader of this source tree.
    (tools / "python").write_text(
        f'#!/bin/sh\necho "$@" >>"{said}"\n[ "$1" = -I ] || exit 9\ncase $3 in\n'
        'venv) mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;\npip) ;;\n'
        f'*) exec "{sys.executable}" -I -c "{AS_INSTALLED}" "$@" ;;\nesac\n'
    )
    (tools / "python").chmod(0o755)
    variables = {**TEMPLATE["variables"], **JOB["variables"]}
    environment = {
        **{name: value.replace("$CI_PROJECT_DIR", str(project)) for name, value in variables.items()},
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "CI_PROJECT_DIR": str(project),
        "CI_SERVER_URL": "https://gitlab.example.org",
        "CI_JOB_TOKEN": "s3cr3t",
        "GRADER_URL": "https://gitlab.example.org/tools/grader.git",
        "RUBRIC_URL": rubrics.as_uri(),
        "RUBRIC": "rubric.toml",
        "ISOLATION": "auto" if sys.platform == "linux" else "none",
    }
    script = "\n".join([*JOB["before_script"], *JOB["script"]])
    return subprocess.run(
        [BASH, "-eo", "pipefail", "-c", script],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_is_sound_shell():
    for part in (*JOB["before_script"], *JOB["script"]):
        subprocess.run([BASH, "-n", "-c", part], check=True)
    assert TEMPLATE["variables"]["GRADER_VERSION"] == __version__


@pytest.mark.parametrize(("source", "status", "failures"), [(RIGHT, 0, 0), (WRONG, 1, 2)])
def test_a_submission_is_graded_into_a_report_that_gitlab_reads(tmp_path, project, source, status, failures):
    commit(project, hw1_py=source, conftest_py="raise SystemExit(0)\n", grader____init___py="raise SystemExit(0)\n")
    done = run(tmp_path, project)
    assert done.returncode == status, done.stderr + done.stdout
    report = JUnitXml.fromstring((project / JOB["artifacts"]["reports"]["junit"]).read_bytes())
    assert sum(suite.failures for suite in report) == failures
    assert "s3cr3t" not in done.stdout + done.stderr
    install = (tmp_path / "said.txt").read_text().splitlines()[1]
    assert install.endswith(f"git+https://gitlab.example.org/tools/grader.git@v{__version__}")


@pytest.mark.parametrize("name", ["grader-junit_xml", "_grader-cache__wheels__numpy_whl"])
def test_a_repository_that_brings_its_own_result_or_packages_is_refused(tmp_path, project, name):
    commit(project, hw1_py=WRONG, **{name: "forged"})
    done = run(tmp_path, project)
    assert done.returncode == 2
    assert "may hold neither" in done.stdout


def test_without_a_rubric_there_is_no_report_and_no_word_of_why(tmp_path, project):
    commit(project, hw1_py=RIGHT)
    run(tmp_path, project)
    rubric = tmp_path / "rubrics" / "rubric.toml"
    rubric.write_text("secret words")
    git("commit", "--quiet", "-am", "b", cwd=rubric.parent)
    done = run(tmp_path, project)
    assert done.returncode == 2
    assert "through no fault of the submission" in done.stdout
    assert "secret words" not in done.stdout + done.stderr
    assert not (project / "grader-junit.xml").exists()
