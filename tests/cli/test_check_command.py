"""``grader kit`` and ``grader check`` as they are typed, also where neither answers nor the trusted folder exist."""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.cli import main
from grader.cli.check_answer import saves

ROOT = Path(__file__).parents[2]
HW1 = ROOT / "rubrics" / "cs280_hw1.toml"
SUBMISSIONS = ROOT / "submissions"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "kit.zip"
    assert main(["kit", str(HW1), "--out", str(path)]) == 0
    return path.read_bytes()


@pytest.fixture
def kit(archive, tmp_path, monkeypatch):
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    monkeypatch.chdir(tmp_path / "cs280_hw1")
    return tmp_path / "cs280_hw1"


@pytest.fixture
def check(kit, capsys):
    def run(*words):
        capsys.readouterr()
        status = main(["check", *map(str, words)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def last_line(out):
    return out.rstrip().splitlines()[-1]


def flat(text):
    return " ".join(text.split())


def test_a_kit_works_where_neither_the_answers_nor_the_trusted_folder_exist(kit, tmp_path):
    away = tmp_path / "installed"
    shutil.copytree(ROOT / "grader", away / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    expected = {
        "starter.py": (1, "next: write grad_mu"),
        "wrong_grad_mu_wrong_sign.py": (1, "next: grad_mu - your answer has the wrong sign"),
        "right_loops.py": (0, "all visible checks pass; 57 points are decided by your course's own run"),
    }
    code = "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    for name, (status, says) in expected.items():
        shutil.copy(SUBMISSIONS / name, kit / "starter.py")
        run = subprocess.run(
            [sys.executable, "-P", "-c", code, "check"],
            cwd=kit,
            env={"PYTHONPATH": str(away), "PATH": "", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (run.returncode, run.stderr) == (status, ""), name
        assert says in flat(last_two(run.stdout)), name


def last_two(out):
    return "\n".join(out.rstrip().splitlines()[-2:])


@pytest.mark.parametrize("name", sorted(path.name for path in SUBMISSIONS.glob("right_*.py")))
def test_a_right_answer_passes_all_that_students_have(check, name):
    status, out, _ = check(SUBMISSIONS / name)
    assert status == 0
    assert last_line(out) == "all visible checks pass; 57 points are decided by your course's own run"
    assert "hidden: 15 checks that are not in your kit, worth 57 points" in out


@pytest.mark.parametrize("path", sorted(SUBMISSIONS.glob("wrong_*.py")), ids=lambda path: path.stem)
def test_every_wrong_answer_is_told_from_a_right_one_without_the_answer(check, path):
    status, out, _ = check(path)
    assert status == 1
    assert last_line(out).startswith("next: ") or "next: " in last_two(out)


def test_a_wrong_derivative_is_shown_by_what_one_entry_does(check):
    status, out, _ = check(SUBMISSIONS / "wrong_grad_pi_missing_1_over_pi.py", "--only", "grad_pi")
    assert status == 1
    words = flat(out)
    found = re.search(
        r"moving pi\[\d\] by \+h changes log_likelihood by ([\d.]+) h; your gradient says ([\d.]+) h", words
    )
    assert found, words
    assert float(found[1]) > float(found[2])
    assert "your answer is the right one times pi" in words
    assert "nan" not in words


def test_only_what_is_named_is_checked_and_counted(check):
    status, out, _ = check(SUBMISSIONS / "seed_transcribed.py", "--only", "grad_mu")
    assert status == 0
    assert "grad_pi" not in out
    assert last_line(out) == "all visible checks pass; 12 points are decided by your course's own run"


def test_what_is_not_written_yet_is_no_mistake(check):
    status, out, _ = check()
    assert status == 1
    assert out.count("not written yet") == 5
    assert "NotImplementedError" not in out
    assert last_line(out) == "next: write grad_mu"


def test_nothing_scary_is_said_of_isolation(check):
    _, out, err = check(SUBMISSIONS / "right_loops.py")
    assert "isolation" not in out + err
    assert "protection" not in out + err


def test_verbose_shows_what_passed(check):
    _, out, _ = check(SUBMISSIONS / "right_loops.py", "--verbose")
    assert "is the derivative that finite differences find on all 12 cases" in flat(out)
    assert "tried: 8 generic cases at float64, 4 at float32" in flat(out)


def test_a_syntax_error_is_what_is_next(check, kit):
    (kit / "starter.py").write_text("def grad_mu(:\n    pass\n")
    status, out, _ = check()
    assert status == 1
    assert "next: mend starter.py line 1: SyntaxError" in flat(out)
    told = "✗ grad_mu, grad_pi, grad_pi_constrained, softmax_backward, softmax_VJP · not there, because"
    assert flat(out).count("because the submission stopped before it") == flat(out).count(told) == 1


def test_a_line_that_raises_is_shown(check, kit):
    text = (kit / "starter.py").read_text().replace('raise NotImplementedError("grad_mu")', "return 1 / 0")
    (kit / "starter.py").write_text(text)
    status, out, _ = check("--only", "grad_mu")
    assert status == 1
    assert "raises ZeroDivisionError: division by zero" in flat(out)
    assert "your line" in out


@pytest.mark.parametrize(
    "name",
    [
        "grad_mu.finite_difference",
        "grad_pi_constrained.finite_difference",
        "softmax_backward.finite_difference_r_bar",
        "softmax_VJP.adjoint",
        "softmax_VJP.sums_to_zero",
        "softmax_VJP.linear",
        "softmax_VJP.shift_invariant",
        "grad_mu.permutation_equivariant",
        "grad_mu.stability",
        "grad_mu.purity",
    ],
)
def test_each_kind_of_check_is_explained_with_the_students_function(check, name):
    status, out, _ = check("--explain", name)
    assert status == 0
    assert out.startswith(name)
    assert name.partition(".")[0] in out.partition("\n")[2]
    assert "{" not in out
    assert "None" not in out


def test_a_forward_model_is_named_where_its_derivative_is_asked_for(check):
    _, out, _ = check("--explain", "grad_mu.finite_difference")
    assert "`forward/gmm/forward.py`" in out
    assert "f(mu + h V) - f(mu)" in out


def test_explaining_a_problem_explains_all_its_checks(check):
    _, out, _ = check("--explain", "softmax_VJP")
    assert out.count("softmax_VJP.") >= 7


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "grad_x"], "there is no check `grad_x`"),
        (["--explain", "grad_x"], "there is no check `grad_x` in this kit"),
        (["--only", "grad_pi.reference"], "in this kit; there are grad_pi.finite_difference, grad_pi.permutation_"),
        (
            ["--only", "grad_p.purity"],
            "there are grad_mu, grad_pi, grad_pi_constrained, softmax_backward, softmax_VJP",
        ),
        (["gone.py"], "there is no such file"),
        (["--isolation", "Z"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(check, words, says):
    status, _, err = check(*words)
    assert status == 2
    assert says in flat(err)


def test_a_kit_speaks_its_language_also_of_what_is_wrong_with_it(check, kit):
    settings = kit / "grader.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "de"'))
    _, _, err = check("--only", "grad_x")
    assert flat(err).startswith("Fehler[K015]: eine Prüfung `grad_x` gibt es in diesem Kit nicht")
    _, out, _ = check("--explain", "grad_mu.purity")
    assert out.startswith("grad_mu.purity (1 Punkt): die Funktion lässt ihre Argumente, wie sie sind")
    (kit / "rubric.toml").unlink()
    _, _, err = check()
    assert "Hilfe: das Kit noch einmal entpacken" in flat(err)


def test_outside_of_a_kit_the_language_that_is_named_is_spoken(check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = check("--language", "zh-Hans")
    assert (status, flat(err).startswith("错误[K010]：")) == (2, True)
    status, _, err = check("--language", "xx")
    assert (status, "error[G032]" in err) == (2, True)


def test_outside_of_a_kit_it_says_what_to_do(check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = check()
    assert status == 2
    assert "this is not the folder of a kit" in flat(err)


def test_a_kit_is_found_by_the_file_that_is_named(check, kit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = check(kit / "starter.py")
    assert status == 1
    assert last_line(out) == "next: write grad_mu"


# As it is typed, but told what is imported when a process is started, and at the end.
WATCHED = """
import os, subprocess, sys
start, leave = subprocess.Popen.__init__, os._exit

def started(self, *words, **settings):
    sys.stderr.write(" ".join(sys.modules) + "\\n")
    start(self, *words, **settings)

def left(status):
    sys.stderr.write(" ".join(sys.modules) + "\\n")
    sys.stderr.flush()
    leave(status)

subprocess.Popen.__init__, os._exit = started, left
from grader.cli import main
main()
"""
NEVER = {
    "pydantic", "jinja2", "yaml", "concurrent.futures", "importlib.metadata", "logging", "tomllib", "rich.markdown",
    "rich.progress", "rich.syntax", "rich.traceback", "grader.diagnosis.explain", "grader.grading.shrink",
    "grader.loading.notebook", "grader.loading.rubric", "grader.sandbox.canary", "grader.sandbox.confined",
}  # fmt: skip


def test_the_answers_process_starts_before_numpy_is_imported_and_what_is_not_needed_never_is(kit):
    shutil.copy(SUBMISSIONS / "right_loops.py", kit / "starter.py")
    run = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, "check"],
        cwd=kit,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "all visible checks pass" in run.stdout
    at_start, at_end = (set(line.split()) for line in run.stderr.splitlines())
    assert not at_start & {"numpy", "rich"}
    assert {"numpy", "rich"} <= at_end
    assert not at_end & NEVER


class Stop(BaseException):
    """Ends a watch."""


def test_watching_says_what_was_fixed_and_what_is_new(check, kit, monkeypatch):
    right, wrong = (
        (SUBMISSIONS / "right_loops.py").read_text(),
        (SUBMISSIONS / "wrong_grad_mu_wrong_sign.py").read_text(),
    )
    answer = kit / "starter.py"
    answer.write_text(wrong)
    versions = iter([right, right.replace("def softmax_VJP", "def softmax_VPJ")])

    def sleep(seconds):
        # Between two looks somebody saves, once the version before was looked at.
        sleep.looks += 1
        if sleep.looks % 3 == 0:
            text = next(versions, None)
            if text is None:
                raise KeyboardInterrupt
            answer.write_text(text)

    sleep.looks = 0
    monkeypatch.setattr("grader.cli.check_answer.saves", lambda path: saves(path, sleep=sleep))
    status, out, _ = check("--watch")
    assert status == 1
    assert "fixed: grad_mu.finite_difference" in out
    assert "new: softmax_VJP\n" in out  # and not each of its seven checks
    assert "next: softmax_VJP" in flat(out)


def test_a_file_is_read_only_once_it_has_stayed_the_same(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("1")
    steps = iter(["12", "123", None, None, "gone", None, "1234", None, None])

    def sleep(seconds):
        step = next(steps, Stop)
        if step is Stop:
            raise Stop
        if step == "gone":
            path.unlink()
        elif step is not None:
            path.write_text(step)

    looks = saves(path, sleep=sleep)
    assert [next(looks) or path.read_text() for _ in range(2)] == ["123", "1234"]
    with pytest.raises(Stop):
        next(looks)


# grader kit -----------------------------------------------------------------------------------------------------------


def run_kit(capsys, *words):
    status = main(["kit", *map(str, words)])
    out, err = capsys.readouterr()
    return status, flat(out), flat(err)


SMALL = ROOT / "tests" / "integration" / "small" / "rubric.toml"


def test_a_rubric_without_a_starter_needs_one_named(tmp_path, capsys):
    status, _, err = run_kit(capsys, SMALL, "--out", tmp_path / "k.zip")
    assert status == 2
    assert "the rubric names no starter" in err
    assert not (tmp_path / "k.zip").exists()


@pytest.mark.parametrize(
    ("starter", "says"), [("gone.py", "there is no such starter"), ("rubric.toml", "neither a .py file nor")]
)
def test_a_starter_that_cannot_be_used_is_refused(tmp_path, capsys, starter, says):
    status, _, err = run_kit(capsys, SMALL, "--out", tmp_path / "k.zip", "--starter", SMALL.parent / starter)
    assert status == 2
    assert says in err


def test_a_forward_model_beside_the_answers_is_refused(tmp_path, capsys):
    starter = SUBMISSIONS / "starter.py"
    status, _, err = run_kit(capsys, SMALL, "--out", tmp_path / "k.zip", "--starter", starter)
    assert status == 2
    assert "`answers` holds the reference of gradient" in err


@pytest.fixture
def small(tmp_path):
    """Return the rubric of a small course whose forward model stands apart from the answers."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL.parent, folder)
    model = "import numpy as np\n\n\ndef square_sum(x):\n    return np.sum(x**2)\n"
    (folder / "trusted" / "models.py").write_text(model)
    text = (folder / "rubric.toml").read_text().replace("answers:square_sum", "models:square_sum")
    (folder / "rubric.toml").write_text(text)
    (folder / "s.py").write_text("def gradient(x): ...\n")
    return folder / "rubric.toml"


def test_a_kit_that_cannot_be_written_is_said(small, tmp_path, capsys):
    out = tmp_path / "gone" / "k.zip"
    status, _, err = run_kit(capsys, small, "--out", out, "--starter", small.parent / "s.py")
    assert status == 2
    assert "the kit cannot be written" in err


def test_problems_that_no_visible_check_decides_and_functions_that_a_starter_lacks_are_said(small, tmp_path, capsys):
    status, out, _ = run_kit(capsys, small, "--out", tmp_path / "k.zip", "--starter", small.parent / "s.py")
    assert status == 0
    assert "students can check 4 of 20 points" in out
    assert "whether column_sums is right, no check that students have can tell" in out
    assert "s.py does not define column_sums" in out
