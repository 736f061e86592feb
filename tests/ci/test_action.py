"""The composite action: its steps are run as GitHub runs them, with the environment that it sets."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader import __version__
from tests.ci.small import AS_INSTALLED, RIGHT, ROOT, WRONG, small

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
BASH = shutil.which("bash")
CONFINED = "auto" if sys.platform == "linux" else "none"

pytestmark = pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="needs bash")


def git(*words, cwd):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


class Runner:
    """Runs steps in a scratch machine."""

    def __init__(self, folder: Path) -> None:
        self.temp, self.workspace = folder / "temp", folder / "work space"
        for each in (self.temp, self.workspace):
            each.mkdir()
        self.folder = folder
        self.steps: dict[str, dict[str, str]] = {"python": {"python-path": str(folder / "stub-python")}}
        self.inputs = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()}
        self.inputs |= {"isolation": CONFINED}
        self.github = {"action_path": str(ROOT), "action_repository": "someone/grader"}

    def grader(self) -> None:
        """Stand in for the installation: what it leaves, with the grader of this source tree."""
        python = self.temp / "grader-venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\n[ "$1" = -I ] || exit 9\nexec "{sys.executable}" -I -c "{AS_INSTALLED}" "$@"\n')
        python.chmod(0o755)

    def value(self, text: str) -> str:
        def put(found: re.Match[str]) -> str:
            place, _, name = found[1].partition(".")
            if place == "steps":
                step, _, output = name.partition(".outputs.")
                return self.steps[step].get(output, "")
            return {"inputs": self.inputs, "github": self.github}[place][name]

        return re.sub(r"\$\{\{ ([^}]+) \}\}", put, text)

    def run(self, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        step = STEPS[name]
        files = {key: self.folder / f"{step['id']}-{key}" for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_ACTIONS": "true",
            **{key: str(path) for key, path in files.items()},
            **{key: self.value(text) for key, text in step["env"].items()},
            **more,
        }
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        # As GitHub starts `shell: bash`.
        words = [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(words, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False)
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        self.steps[step["id"]] = dict(line.split("=", 1) for line in lines)
        return done


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


def test_every_step_is_sound_shell_and_takes_its_values_from_the_environment():
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS.values():
        if "run" in step:
            subprocess.run([BASH, "-n", "-c", step["run"]], check=True)
            assert step["shell"] == "bash"
            # An expression within a script is pasted into it, and could end a word and begin a command.
            assert "${{" not in step["run"]
        else:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


def test_every_input_is_used_and_every_output_is_written(runner):
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in ACTION["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in text
    assert {value["value"] for value in ACTION["outputs"].values()} == {
        f"${{{{ steps.grade.outputs.{name} }}}}" for name in ("score", "max-score", "result")
    }
    assert ACTION["inputs"]["version"]["default"] == __version__


def stub_python(runner):
    """A python that notes its words, and makes a virtual environment whose python does, too."""
    said = runner.folder / "said.txt"
    stub = runner.folder / "stub-python"
    stub.write_text(
        f'#!/bin/sh\necho "$@" >>"{said}"\n[ "$3" != venv ] || {{ mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; }}\n'
    )
    stub.chmod(0o755)
    return said


def test_its_own_version_is_installed_from_its_own_files(runner):
    said = stub_python(runner)
    assert runner.run("Install the grader").returncode == 0
    venv, pip = said.read_text().splitlines()
    assert venv == f"-I -m venv {runner.temp}/grader-venv"
    assert pip.startswith("-I -m pip install ")
    assert pip.endswith(f" {ROOT}")


def test_another_version_is_installed_from_its_tag_and_never_by_a_name(runner):
    said = stub_python(runner)
    runner.inputs["version"] = "9.8.7rc1"
    assert runner.run("Install the grader").returncode == 0
    assert said.read_text().split()[-1] == "git+https://git.example.org/someone/grader@v9.8.7rc1"


@pytest.mark.parametrize("version", ["", "main", "1.0 --index-url=x", "-r", "1.0\n2", "../x"])
def test_what_is_no_version_is_refused(runner, version):
    said = stub_python(runner)
    runner.inputs["version"] = version
    assert runner.run("Install the grader").returncode == 2
    assert not said.exists()


@pytest.fixture
def rubrics(tmp_path):
    """A repository with the rubric, at two versions."""
    folder = tmp_path / "rubrics"
    small(folder)
    git("init", "--quiet", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "a", cwd=folder)
    git("tag", "v1", cwd=folder)
    (folder / "rubric.toml").write_text("broken")
    git("commit", "--quiet", "-am", "b", cwd=folder)
    return folder


def test_a_rubric_from_elsewhere_is_fetched_at_its_ref_and_lies_outside_of_the_workspace(runner, rubrics):
    runner.inputs |= {"rubric": "rubric.toml", "rubric-repository": rubrics.as_uri(), "rubric-ref": "v1"}
    done = runner.run("Fetch the rubric")
    assert done.returncode == 0, done.stderr
    path = Path(runner.steps["rubric"]["path"])
    assert path.read_bytes() == (ROOT / "tests/integration/small/rubric.toml").read_bytes()
    assert path.is_relative_to(runner.temp)
    assert not (path.parent / ".git").exists()
    assert list(runner.workspace.iterdir()) == []


def test_a_token_is_masked_and_stands_on_no_command_line_and_in_no_file(runner, rubrics):
    runner.inputs |= {"rubric": "rubric.toml", "rubric-repository": rubrics.as_uri(), "rubric-token": "s3cr3t"}
    done = runner.run("Fetch the rubric")
    assert done.returncode == 0, done.stderr
    encoded = base64.b64encode(b"x-access-token:s3cr3t").decode()
    assert done.stdout.splitlines()[0] == f"::add-mask::{encoded}"
    left = [path for path in runner.temp.rglob("*") if path.is_file() and encoded in path.read_text(errors="replace")]
    assert left == []


def test_a_rubric_that_the_submission_holds_is_refused(runner):
    small(runner.workspace / "mine")
    git("init", "--quiet", cwd=runner.workspace)
    git("add", ".", cwd=runner.workspace)
    for path in ("mine/rubric.toml", str(runner.workspace / "mine" / "rubric.toml")):
        runner.inputs["rubric"] = path
        done = runner.run("Fetch the rubric")
        assert done.returncode == 2
        assert "whose owner could change it" in done.stdout
        assert "path" not in runner.steps["rubric"]


@pytest.mark.parametrize(("source", "status", "score"), [(RIGHT, 0, "20"), (WRONG, 1, "8")])
def test_the_steps_together_grade_and_hand_on_the_outputs(runner, rubrics, source, status, score):
    (runner.workspace / "hw1.py").write_text(source)
    runner.inputs |= {"rubric": "rubric.toml", "rubric-repository": rubrics.as_uri(), "rubric-ref": "v1"}
    runner.grader()
    assert runner.run("Fetch the rubric").returncode == 0
    done = runner.run("Grade")
    assert done.returncode == status, done.stdout
    outputs = {name: runner.value(spec["value"]) for name, spec in ACTION["outputs"].items()}
    assert (outputs["score"], outputs["max-score"]) == (score, "20")
    assert json.loads(base64.b64decode(outputs["result"]))["status"] == ("fail" if status else "pass")
    assert f"{score} / 20" in (runner.folder / "grade-GITHUB_STEP_SUMMARY").read_text()
    runner.inputs["fail-on-lost-points"] = "false"
    assert runner.run("Grade").returncode == 0


def test_what_is_wrong_with_the_rubric_is_told_only_where_the_course_asks_for_it(runner, rubrics):
    (runner.workspace / "hw1.py").write_text(RIGHT)
    runner.inputs |= {"rubric": "rubric.toml", "rubric-repository": rubrics.as_uri()}
    runner.grader()
    assert runner.run("Fetch the rubric").returncode == 0
    done = runner.run("Grade")
    assert done.returncode == 2
    assert "broken" not in done.stdout + done.stderr
    assert json.loads(base64.b64decode(runner.steps["grade"]["result"]))["status"] == "error"
    runner.inputs["diagnostics"] = "true"
    assert "error[R002]" in runner.run("Grade").stdout
