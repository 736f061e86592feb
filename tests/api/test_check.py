"""``grader.check``: the engine and the words of the command line, for a file or for functions at hand."""

import asyncio
import io
import json
import os
import random
import shutil
import subprocess
import sys
import types
import warnings
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import grader
from grader.cli import main
from grader.loading.magics import plain_source
from grader.reporting.notebook import graded_html

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "integration" / "small" / "rubric.toml"
RIGHT = """\
def gradient(x):
    return 2 * x
def column_sums(A):
    return A.sum(axis=0, keepdims=True)
"""


def check_of(result, name):
    return next(c for p in result.report.problems for c in p.checks if c.id == name)


def small(**functions):
    return grader.check(rubric=SMALL, **functions)


def told(text):
    """Return what a text says of failures, up to the command that runs a check again."""
    return " ".join(text[text.index("✗") : text.index("again")].split())


class Tags(HTMLParser):
    """Every tag and attribute of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


# Functions at hand ----------------------------------------------------------------------------------------------------


def test_a_right_function_passes_and_a_wrong_one_is_told_as_on_the_command_line(tmp_path, capsys):
    assert small(gradient=lambda x: 2 * x).passed
    wrong = small(gradient=lambda x: x)
    assert not wrong.passed
    (tmp_path / "mine.py").write_text("def gradient(x):\n    return x\n")
    main(["grade", str(tmp_path / "mine.py"), "--rubric", str(SMALL), "--only", "gradient", "--isolation", "none"])
    typed = capsys.readouterr().out
    assert told(str(wrong)) == told(typed)
    assert "the factor 2 is missing" in str(wrong)


def test_only_the_problems_of_the_given_functions_are_checked_and_any_name_of_the_function_will_do():
    def anything(A):
        return A.sum(axis=0, keepdims=True)

    result = small(column_sums=anything)
    assert [problem.id for problem in result.report.problems] == ["column_sums"]
    assert result.passed


def test_an_exception_is_told_with_the_users_own_line_and_no_traceback_of_ours():
    def gradient(x):
        return {}["nothing"] + x

    check = check_of(small(gradient=gradient), "gradient.reference")
    assert check.outcome == "raised"
    assert "KeyError" in check.message
    line = gradient.__code__.co_firstlineno + 1
    assert f"test_check.py line {line}" in check.message
    assert 'return {}["nothing"] + x' in check.failure.source
    assert "Traceback" not in str(small(gradient=gradient))


def test_an_exception_within_a_library_names_the_line_that_called_it():
    def gradient(x):
        return np.linalg.inv(x)

    check = check_of(small(gradient=gradient), "gradient.reference")
    assert f"test_check.py line {gradient.__code__.co_firstlineno + 1}" in check.message


def test_a_cell_of_ipython_is_called_by_its_number(monkeypatch):
    class Compile:
        def format_code_name(self, name):
            return ("Cell", "In[7]") if name == "/tmp/ipykernel_1/2.py" else None

    shell = types.SimpleNamespace(compile=Compile())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    space = {}
    exec(compile("def gradient(x):\n    return 1 / 0\n", "/tmp/ipykernel_1/2.py", "exec"), space)
    assert "at cell In[7] line 2" in check_of(small(gradient=space["gradient"]), "gradient.reference").message


@pytest.mark.parametrize("error", [SystemExit(0), GeneratorExit(), MemoryError("much")])
def test_whatever_a_function_raises_is_its_own_fact(error):
    def gradient(x):
        raise error

    check = check_of(small(gradient=gradient), "gradient.reference")
    assert check.outcome == "raised"
    assert type(error).__name__ in check.message


def test_an_exception_that_cannot_say_anything_is_told_all_the_same():
    class MuteError(Exception):
        def __str__(self):
            raise ValueError

    def gradient(x):
        raise MuteError

    assert "MuteError" in check_of(small(gradient=gradient), "gradient.reference").message


def test_ctrl_c_ends_the_check():
    def gradient(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(gradient=gradient)


def test_a_function_that_changes_its_inputs_is_found_and_changes_nothing_of_ours():
    def gradient(x):
        x *= 2
        return x

    first, second = small(gradient=gradient), small(gradient=gradient)
    assert check_of(first, "gradient.purity").outcome == "changes_inputs"
    assert check_of(first, "gradient.reference").verdict == "agrees"
    assert first.report == second.report


def test_an_array_that_is_returned_again_and_again_is_read_each_time():
    kept = np.zeros(8)

    def gradient(x):
        kept[: x.size] = 2 * x
        return kept[: x.size]

    assert check_of(small(gradient=gradient), "gradient.reference").verdict == "agrees"


def test_what_a_function_prints_is_shown_with_the_check_and_nowhere_else(capsys):
    def gradient(x):
        sys.stdout.write(f"looking at {x.size}\n")
        sys.stderr.write("on the side\n")
        return x

    result = small(gradient=gradient)
    assert capsys.readouterr() == ("", "")
    assert "looking at 2" in result.report.printed.text
    assert "on the side" in str(result)
    assert "looking at" in result._repr_html_()


def test_endless_printing_keeps_its_head_only():
    def gradient(x):
        sys.stdout.write("x" * 100_000)
        return 2 * x

    printed = small(gradient=gradient).report.printed
    assert printed.truncated
    assert len(printed.text) <= 1 << 16


def test_random_numbers_of_the_notebook_go_on_as_if_nothing_had_been_checked():
    random.seed(3)
    np.random.seed(3)
    due = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    small(gradient=lambda x: 2 * x + 0 * np.random.random())
    assert (random.random(), np.random.random()) == due


def test_settings_of_the_notebook_for_warnings_and_floating_point_change_no_verdict(tmp_path):
    shutil.copytree(SMALL.parent, tmp_path / "small")
    answers = tmp_path / "small" / "trusted" / "answers.py"
    noisy = "    warnings.warn('old')\n    np.exp(np.float64(-1e4)), np.exp(np.float64(1e4))\n    return 2 *"
    answers.write_text("import warnings\n" + answers.read_text().replace("    return 2 *", noisy))

    def gradient(x):
        warnings.warn("mine", stacklevel=1)
        return 2 * x + 0 * np.exp(np.float64(-1e4))

    with np.errstate(all="raise"), warnings.catch_warnings(record=True):
        warnings.simplefilter("error")
        assert grader.check(rubric=tmp_path / "small" / "rubric.toml", gradient=gradient).passed


@pytest.mark.parametrize(
    ("given", "outcome"),
    [(lambda x: None, "not_numeric"), (lambda x: np.zeros(1 << 22), "malformed"), (3, "not_callable")],
)
def test_what_is_no_answer_is_told_as_in_the_sandbox(given, outcome):
    assert check_of(small(gradient=given), "gradient.reference").outcome == outcome


def test_a_check_runs_within_a_running_event_loop():
    async def cell():
        return small(gradient=lambda x: 2 * x)

    assert asyncio.run(cell()).passed


def test_the_command_that_runs_a_check_again_can_be_pasted():
    result = small(gradient=lambda x: x)
    again = check_of(result, "gradient.reference").again
    repeated = eval(again, {"grader": grader, "gradient": lambda x: x})
    assert check_of(repeated, "gradient.reference") == check_of(result, "gradient.reference")


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def notebook(tmp_path):
    sources = [
        "import grader\nimport numpy as np",
        RIGHT.replace("2 * x", "3 * x"),
        "grader.check(gradient=gradient)",
        "result = grader.check(\n    'hw1.ipynb',\n    only='gradient',\n)\nafter = True",
    ]
    cells = [{"cell_type": "code", "source": source, "outputs": [], "metadata": {}} for source in sources]
    path = tmp_path / "hw1.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    return path


def test_a_notebook_is_checked_though_it_checks_itself(notebook):
    result = grader.check(notebook, rubric=SMALL, isolation="none")
    assert check_of(result, "gradient.reference").outcome == "wrong_values"
    assert check_of(result, "column_sums.reference").verdict == "agrees"
    assert not any("Error" in note for note in result.report.notes)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("import grader  # to check\nx = 1", "\nx = 1"),
        ("import grader; grader.check(f=f)\nx = 1", "\nx = 1"),
        ("print(grader.check(f=(1,\n  2)))\nx = 1", "\n\nx = 1"),
        ("import grader; y = 2", "import grader; y = 2"),
        ("import graders", "import graders"),
        ("import grader, numpy", "import grader, numpy"),
        ('text = """\nimport grader\n"""', 'text = """\nimport grader\n"""'),
    ],
)
def test_a_cell_s_look_at_itself_is_left_out_and_nothing_else(source, left):
    assert plain_source(source).text == left


def test_a_file_is_told_as_by_grader_grade(tmp_path):
    (tmp_path / "mine.py").write_text(RIGHT.replace("2 * x", "x"))
    out = tmp_path / "out.json"
    path = str(tmp_path / "mine.py")
    main(["grade", path, "--rubric", str(SMALL), "--isolation", "none", "--format", "json", "--output", str(out)])
    result = grader.check(path, rubric=SMALL, isolation="none")
    assert json.loads(result.report.model_dump_json()) == json.loads(out.read_text())["submissions"][0]


# What it looks like ---------------------------------------------------------------------------------------------------


def test_html_is_self_contained_escaped_and_runs_nothing():
    def gradient(x):
        sys.stdout.write("<script>alert(1)</script>\x1b[31m")
        raise ValueError("<img src=x onerror=alert(1)> & {{ 7 * 7 }}")

    html = small(gradient=gradient)._repr_html_()
    page = Tags(html)
    assert {tag for tag, _ in page.tags} <= {
        "div", "style", "strong", "span", "table", "tr", "td", "p", "pre", "dl", "dt", "dd"
    }  # fmt: skip
    assert all(set(attributes) <= {"class", "lang"} for _, attributes in page.tags)
    assert page.open == []
    assert "<img src=x onerror=alert(1)> & {{ 7 * 7 }}" in page.text
    assert "\x1b" not in html
    assert "http" not in html
    assert "url(" not in html


def test_what_steers_a_reader_s_eye_is_made_visible():
    report = small(gradient=lambda x: x).report.model_copy(update={"notes": ("a\u202eb", "c\x1b[1m")})
    shown = Tags(graded_html("title", report)).text
    assert "a\\u202eb" in shown
    assert "c\\x1b[1m" in shown


def test_html_and_text_say_the_same():
    result = small(gradient=lambda x: x, column_sums=lambda A: A.sum())
    page = Tags(result._repr_html_())
    shown = " ".join(page.text.split())
    for problem in result.report.problems:
        assert problem.id in shown
        for check in problem.checks:
            if check.failure is not None and check.verdict == "disagrees" and not check.id.endswith("difference"):
                assert check.message in shown
                assert " ".join(check.failure.call.split()) in shown
    assert "3 / 20" in shown
    assert "the factor 2 is missing" in shown


def test_full_marks_and_points_that_wait_have_their_own_signs():
    right = Tags(small(gradient=lambda x: 2 * x)._repr_html_())
    assert ("td", {"class": "gc-good"}) in right.tags
    waits = Tags(small(gradient=lambda x: 2 * x + 48 * np.spacing(2 * x))._repr_html_())
    assert ("td", {"class": "gc-wait"}) in waits.tags
    assert "a person decides" in waits.text


# What cannot be checked -----------------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_said_in_words_and_ipython_shows_nothing_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "two" / name).write_text(RIGHT)
    faults = {
        "no `grader.toml` here": lambda: grader.check(),
        "no such file": lambda: grader.check("nobody.py", rubric=SMALL),
        "no problem here asks for a function `grad`": lambda: small(grad=len),
        "a file and functions were given": lambda: grader.check("two/a.py", rubric=SMALL, gradient=len),
        "there is nothing to check": lambda: grader.check(rubric=SMALL),
        "there are 2 submissions in two": lambda: grader.check("two", rubric=SMALL),
        "there is no check `gradient.nothing`": lambda: grader.check(
            rubric=SMALL, only="gradient.nothing", gradient=len
        ),
    }
    for words, call in faults.items():
        with pytest.raises(grader.CheckError) as caught:
            call()
        assert words in " ".join(str(caught.value).split())
        assert "\n".join(caught.value._render_traceback_()) == str(caught.value)
        assert caught.value.__context__ is None


def test_a_rubric_that_cannot_be_drawn_is_said_in_words(tmp_path):
    shutil.copytree(SMALL.parent, tmp_path / "small")
    rubric = tmp_path / "small" / "rubric.toml"
    rubric.write_text(rubric.read_text().replace('reference = "answers:gradient"', 'reference = "answers:fails"'))
    with pytest.raises(grader.CheckError, match="the rubric cannot be used"):
        grader.check(rubric=rubric, gradient=len)


# With a kit -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The small course as a kit: its forward model stands apart from its answers."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(SMALL.parent, course / "small")
    rubric, trusted = course / "small" / "rubric.toml", course / "small" / "trusted"
    rubric.write_text(rubric.read_text().replace('"answers:square_sum"', '"forward:square_sum"'))
    head, forward = (trusted / "answers.py").read_text().split("\n\n\n")[:2]
    (trusted / "forward.py").write_text(f"{head}\n\n\n{forward}\n")
    (course / "starter.py").write_text("def gradient(x):\n    raise NotImplementedError\n")
    made = ["kit", str(rubric), "--out", str(course / "kit.zip"), "--starter", str(course / "starter.py")]
    assert main(made) == 0
    return (course / "kit.zip").read_bytes()


@pytest.fixture
def kit(archive, tmp_path, monkeypatch):
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    monkeypatch.chdir(tmp_path / "small")
    return tmp_path / "small"


def test_in_a_kit_a_file_is_told_as_by_grader_check(kit):
    (kit / "my_answer.py").write_text("def gradient(x):\n    return -2 * x\n")
    typed = subprocess.run(
        [sys.executable, "-m", "grader", "check", "my_answer.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert typed.returncode == 1
    result = grader.check("my_answer.py")
    assert str(result).split() == typed.stdout.decode("utf-8").split()
    assert not result.passed
    shown = " ".join(Tags(result._repr_html_()).text.split())
    for words in ("hidden: ", "next: gradient", "your answer has the wrong sign"):
        assert words in shown


def test_in_a_kit_functions_are_checked_by_what_needs_no_answer(kit):
    right = grader.check(gradient=lambda x: 2 * x)
    assert right.passed
    assert [check.kind for check in right.report.problems[0].checks] == ["finite_difference", "purity"]
    assert ("td", {"class": "gc-good"}) in Tags(right._repr_html_()).tags
    assert "all visible checks pass" in str(right)
    wrong = grader.check(gradient=lambda x: 3 * x)
    assert not wrong.passed
    assert "expected" not in str(wrong)


def test_in_a_kit_a_function_that_is_not_written_yet_is_no_failure(kit):
    def mine(x):
        """Return the gradient."""
        raise NotImplementedError

    for result in (grader.check(gradient=mine), grader.check()):
        assert str(result).rstrip().endswith("next: write gradient")
        page = Tags(result._repr_html_())
        assert "not written yet" in page.text
        assert ("td", {"class": "gc-dim"}) in page.tags
        assert "gc-bad" not in {attributes.get("class") for _, attributes in page.tags}


def test_in_a_kit_one_part_can_be_checked(kit):
    result = grader.check("starter.py", only="gradient.finite_difference")
    assert [check.id for problem in result.report.problems for check in problem.checks] == [
        "gradient.finite_difference"
    ]
    with pytest.raises(grader.CheckError, match=r"there is no check `gradient\.reference`"):
        grader.check(only="gradient.reference")


# The package ----------------------------------------------------------------------------------------------------------


def test_importing_the_package_imports_nothing_heavy_until_something_is_checked():
    code = (
        "import sys, grader; heavy = {'numpy', 'pydantic', 'rich', 'grader.api'} & set(sys.modules); "
        "assert not heavy, heavy; assert callable(grader.check) and 'numpy' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True, timeout=120)


def test_the_package_offers_what_it_lists_and_nothing_else():
    assert sorted(grader.__all__) == ["CheckError", "CheckResult", "__version__", "check"]
    assert all(getattr(grader, name) is not None for name in grader.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'chek'"):
        grader.chek  # noqa: B018
