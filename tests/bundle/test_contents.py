"""What a bundle holds: scripts that the platforms start, the assignment as it is, the grader, and nothing by chance."""

import base64
import csv
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import grader
from grader.bundle.budget import WHOLE_SECONDS, budget
from grader.bundle.requirements import own_requirements, pinned
from grader.bundle.wheel import own_wheel
from grader.cli import main
from grader.grading.named import read_rubric
from grader.model.diagnostic import DiagnosedError
from grader.words import in_language, say
from tests.ci.small import ROOT, small, with_hidden

HW1 = ROOT / "rubrics" / "cs280_hw1.toml"


def bundle(platform, rubric, out, *more):
    return main(["bundle", platform, "--rubric", str(rubric), "--out", str(out), *more])


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: (entry, archive.read(entry)) for entry in archive.infolist()}


def test_gradescope_finds_its_two_scripts_at_the_root_and_can_run_them(tmp_path, capsys):
    assert bundle("gradescope", HW1, tmp_path / "g.zip") == 0
    found = entries(tmp_path / "g.zip")
    for name in ("setup.sh", "run_autograder"):
        entry, data = found[name]
        assert entry.create_system == 3
        assert stat.S_IMODE(entry.external_attr >> 16) == 0o755
        assert data.startswith(b"#!/usr/bin/env bash\n")
        assert b"@" not in data.replace(b"${options[@]", b"")
        assert b"\r" not in data
        if bash := shutil.which("bash"):
            subprocess.run([bash, "-n"], input=data, check=True)
    assert found["assignment/rubrics/cs280_hw1.toml"][1] == HW1.read_bytes()
    assert "assignment/reference/gmm/answers.py" in found
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in found)
    out = capsys.readouterr().out
    assert "the archive holds the answers" in out
    assert "512 MiB of memory" in out


def test_the_same_files_give_the_same_bytes(tmp_path):
    for name in ("a.zip", "b.zip"):
        bundle("gradescope", HW1, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_the_wheel_has_every_file_of_the_package_and_says_so_itself():
    wheel = own_wheel()
    assert wheel.name == f"grader-{grader.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    info = f"grader-{grader.__version__}.dist-info"
    package = Path(grader.__file__).parent
    for path in package.rglob("*"):
        inner = path.relative_to(package)
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in inner.parts):
            assert files[f"grader/{inner.as_posix()}"] == path.read_bytes()
    record = list(csv.reader(io.StringIO(files[f"{info}/RECORD"].decode())))
    assert {row[0] for row in record} == set(files)
    for name, digest, size in record[:-1]:
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
        assert (digest, size) == (f"sha256={expected}", str(len(files[name])))
    metadata = files[f"{info}/METADATA"].decode()
    assert all(f"Requires-Dist: {each}\n" in metadata for each in own_requirements())


def test_what_is_pinned_is_whole_and_never_the_grader_by_its_name():
    names = [each.partition("==")[0] for each in pinned(["numpy"])]
    assert {"numpy", "pydantic", "pydantic-core", "rich", "markdown-it-py", "typing-extensions"} <= set(names)
    assert "grader" not in names
    assert all("==" in each for each in pinned([]))


def test_a_package_that_is_not_installed_cannot_be_pinned(tmp_path, capsys):
    rubric = small(tmp_path / "r")
    rubric.write_text('packages = ["numpy", "no_such_package"]\n' + rubric.read_text())
    assert bundle("gradescope", rubric, tmp_path / "g.zip") == 2
    assert "error[B005]: the package `no_such_package`" in capsys.readouterr().err
    assert not (tmp_path / "g.zip").exists()


def test_limits_fit_half_a_processor_and_ten_minutes(tmp_path):
    assignment = read_rubric(str(HW1)).assignment
    words = budget(assignment).options
    given = dict(zip(words[::2], words[1::2], strict=True))
    # Five seconds of computing take ten on the clock there; computing itself is limited as the rubric has it.
    assert float(given["--call-seconds"]) == 15
    assert float(given["--submission-seconds"]) == 180
    assert int(given["--memory-mib"]) <= 512
    assert not any("cpu" in word for word in words)
    hidden = read_rubric(str(with_hidden(tmp_path / "r"))).assignment
    long = hidden.model_copy(update={"limits": hidden.limits.model_copy(update={"submission_wall_s": 36000.0})})
    tight = budget(long)
    # Twice, as some checks are hidden, and time to start and to compare.
    assert 2 * float(tight.options[1]) < WHOLE_SECONDS < 600
    assert any("36000" in line for line in tight.says)


def test_prairielearn_gets_a_question_and_an_image(tmp_path):
    assert bundle("prairielearn", HW1, tmp_path / "p.zip", "--image", "course/hw1:3", "--python", "3.12") == 0
    found = entries(tmp_path / "p.zip")
    info = json.loads(found["question/cs280_hw1/info.json"][1])
    options = info["externalGradingOptions"]
    assert (info["gradingMethod"], options["image"]) == ("External", "course/hw1:3")
    assert options["entrypoint"] == "/grade/tests/run.sh"
    assert WHOLE_SECONDS < options["timeout"] <= 600
    assert len(info["uuid"]) == 36
    assert b"FROM python:3.12-slim\n" in found["image/Dockerfile"][1]
    assert f"image/grader-{grader.__version__}-py3-none-any.whl" in found
    assert b"grad_pi(X, pi, mu, Sigma)" in found["question/cs280_hw1/question.html"][1]
    # What an image has need not come with every submission.
    assert not any(name.startswith("question/") and name.endswith(".whl") for name in found)


def test_prairielearn_without_an_image_or_wheels_is_refused(tmp_path, capsys):
    assert bundle("prairielearn", HW1, tmp_path / "p.zip") == 2
    assert "error[B002]" in capsys.readouterr().err


def test_a_title_is_no_markup(tmp_path):
    rubric = small(tmp_path / "r")
    rubric.write_text(rubric.read_text().replace("Two tiny problems", "<script>alert(1)</script>"))
    bundle("prairielearn", rubric, tmp_path / "p.zip", "--image", "i")
    page = entries(tmp_path / "p.zip")["question/small/question.html"][1].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def tiny_wheel(folder, requirement):
    name, version = requirement.split("==")
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder in the place of the index, with a wheel of each package."""
    folder = tmp_path / "index"
    folder.mkdir()
    # -I keeps PYTHON* variables out, not pip's; what this machine's say would come first.
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_wheels_of_everything_that_is_installed_come_along(tmp_path, index):
    requirements = pinned(["numpy"])
    for each in requirements:
        tiny_wheel(index, each)
    assert bundle("gradescope", HW1, tmp_path / "g.zip", "--wheels", "--python", "3.12") == 0
    found = entries(tmp_path / "g.zip")
    assert len([name for name in found if name.startswith("wheels/")]) == len(requirements)
    # Wheels are for one Python.
    assert b'minors="12"' in found["setup.sh"][1]


def test_wheels_that_cannot_be_fetched_are_an_error_and_leave_no_archive(tmp_path, index, capsys):
    assert bundle("prairielearn", HW1, tmp_path / "p.zip", "--wheels") == 2
    assert "error[B003]: the packages could not be fetched: ERROR" in capsys.readouterr().err
    assert not (tmp_path / "p.zip").exists()


def test_without_pip_the_help_is_to_install_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("grader.bundle.wheels.find_spec", lambda name: None)
    assert bundle("prairielearn", HW1, tmp_path / "p.zip", "--wheels") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "error[B003]: the packages could not be fetched: pip, which fetches them, is not installed here" in said
    assert "python -m ensurepip" in said
    assert not (tmp_path / "p.zip").exists()


def test_without_wheels_any_python_will_do_and_the_one_of_the_pins_comes_first(tmp_path):
    bundle("gradescope", HW1, tmp_path / "g.zip", "--python", "3.12")
    assert b'minors="12 14 13 11"' in entries(tmp_path / "g.zip")["setup.sh"][1]


def test_a_secret_seed_comes_along_and_is_named_in_no_command(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_bytes(b"0123456789abcdef0123\n")
    bundle("gradescope", HW1, tmp_path / "g.zip", "--secret-seed", str(secret), "--isolation", "B")
    found = entries(tmp_path / "g.zip")
    assert found["secret_seed"][1] == secret.read_bytes()
    script = found["run_autograder"][1].decode()
    assert "--isolation B --secret-seed secret_seed" in script
    assert "0123456789" not in script
    monkeypatch.setenv("GRADER_SECRET_SEED", "fedcba9876543210fedc")
    bundle("gradescope", HW1, tmp_path / "e.zip")
    assert entries(tmp_path / "e.zip")["secret_seed"][1] == b"fedcba9876543210fedc"
    bundle("gradescope", HW1, tmp_path / "n.zip", "--seed", "7")
    assert "secret_seed" not in entries(tmp_path / "n.zip")


@pytest.mark.parametrize("words", [["--secret-seed", "no_such_file"], ["--python", "2.7"], ["--python", "3.10"]])
def test_bad_arguments_are_refused(tmp_path, words):
    assert bundle("gradescope", HW1, tmp_path / "g.zip", *words) == 2


def test_an_archive_that_cannot_be_written_is_an_error(tmp_path, capsys):
    assert bundle("gradescope", HW1, tmp_path / "no" / "g.zip") == 2
    assert "error[G002]: the bundle cannot be written" in capsys.readouterr().err


def test_hidden_checks_are_said_to_hide_the_total(tmp_path, capsys):
    rubric = with_hidden(tmp_path / "r")
    bundle("gradescope", rubric, tmp_path / "g.zip")
    assert "Gradescope hides the total, too" in capsys.readouterr().out
    bundle("prairielearn", rubric, tmp_path / "p.zip", "--image", "i")
    assert "told the points only" in capsys.readouterr().out


@pytest.mark.parametrize("platform", ["gradescope", "prairielearn"])
def test_a_file_of_messages_comes_along_and_is_found_there(tmp_path, platform):
    rubric = small(tmp_path / "course" / "hw")
    text = rubric.read_text()
    rubric.write_text(text.replace("\ntrusted =", '\nlanguage = "../words/fr.toml"\ntrusted =', 1))
    own = tmp_path / "course" / "words" / "fr.toml"
    own.parent.mkdir()
    own.write_text('language = "fr"\nname = "français"\n[finding]\nwrong_values = "faux {times}"\n', encoding="utf-8")
    assert bundle(platform, rubric, tmp_path / "b.zip", *(["--image", "i"] if platform == "prairielearn" else [])) == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path / "platform")
    shutil.rmtree(tmp_path / "course")
    (packed,) = (tmp_path / "platform").rglob("rubric.toml")
    with in_language(read_rubric(str(packed)).words):
        assert say("finding.wrong_values", times="deux fois") == "faux deux fois"


def test_a_trusted_folder_that_is_too_large_is_refused(tmp_path, capsys, monkeypatch):
    rubric = small(tmp_path / "r")
    monkeypatch.setattr("grader.bundle.contents._MOST_TRUSTED_BYTES", 10)
    assert bundle("gradescope", rubric, tmp_path / "g.zip") == 2
    assert "error[B004]" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_file_of_the_trusted_folder_that_cannot_be_read_is_named(tmp_path, capsys):
    rubric = small(tmp_path / "r")
    (rubric.parent / "trusted" / "data.npy").symlink_to(tmp_path / "nowhere")
    assert bundle("gradescope", rubric, tmp_path / "g.zip") == 2
    error = capsys.readouterr().err
    assert "error[B007]" in error
    assert "data.npy" in error


def test_what_a_grader_needs_is_not_guessed(monkeypatch, tmp_path):
    monkeypatch.setattr(grader, "__version__", "0.0.0.dev1")
    monkeypatch.setattr(grader, "__file__", str(tmp_path / "grader" / "__init__.py"))
    with pytest.raises(DiagnosedError) as raised:
        own_requirements()
    assert raised.value.diagnostics[0].code == "B001"
