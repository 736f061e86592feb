"""Whatever students read comes from the catalogue: in a language of other letters no English word is left.

The language is made here: every message keeps its fields, and its own letters become Cyrillic ones, as those of the
lecturer's titles and hints do. What is then still written in Latin letters is a name, or was asked for by no key.
"""

import ast
import contextlib
import html
import io
import json
import re
import shutil
import string
import tokenize
import tomllib
import zipfile
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import tomli_w

import grader
from grader import pytest_plugin
from grader.batch.late import late_mark
from grader.cli import main
from grader.model.gradebook import LatePolicy
from grader.reporting.feedback import Feedback
from grader.reporting.feedback_html import FeedbackPage
from grader.reporting.json_report import from_json
from grader.words import catalogue_of, in_language

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SUBMISSIONS = ROOT / "submissions"
CYRILLIC = str.maketrans(
    string.ascii_letters, "".join(chr(start + i) for start in (0x430, 0x410) for i in range(26)), ""
)
TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAMES = frozenset(
    TOKEN.findall(
        # Files and commands; values, types and functions; what Python says.
        """grader check kit replay grade watch only explain toml rubric rubrics seed cases bin README words forward py
        ipynb json pip install python my_answer answer starter own_code cs280_hw1 cell numpy array float64 int nan inf
        exp log sum axis Y_bar2 y_bar2 None True False def return AttributeError module has attribute
        NotImplementedError ZeroDivisionError division zero
        SyntaxError invalid syntax"""
    )
)
OWN = """\
import numpy as np
def grad_mu(X, pi, mu, Sigma):
    return 1 / 0
def grad_pi(X, pi, mu, Sigma):
    return None
def grad_pi_constrained(X, pi, mu, Sigma):
    return np.zeros((2, 2))
softmax_backward = 3
np.q
"""
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
CELLS = [{**CELL, "source": "%%q\nx"}, {**CELL, "source": "%q\n" + OWN}]
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS}


def other_letters(text):
    """Return a message in other letters, with its fields."""
    pieces = []
    for literal, field, *_ in string.Formatter().parse(text):
        pieces.append(literal.translate(CYRILLIC).replace("{", "{{").replace("}", "}}"))
        pieces.append("" if field is None else f"{{{field}}}")
    return "".join(pieces)


def language():
    lines = ['language = "en-XA"', 'name = "other letters"']
    for key, text in catalogue_of("en").texts.items():
        forms = {"other": text.other, **({} if text.one is None else {"one": text.one})}
        said = ", ".join(f"{form} = {json.dumps(other_letters(words))}" for form, words in forms.items())
        lines.append(f"{key} = {{ {said} }}")
    return "\n".join(lines) + "\n"


def of_lecturer(value, key=""):
    """Return a rubric whose sentences are in other letters, too."""
    match value:
        case dict():
            return {name: of_lecturer(one, name) for name, one in value.items()}
        case list():
            return [of_lecturer(one, key) for one in value]
        case str() if key in {"title", "says", "hint", "name"} and " " in value:
            return value.translate(CYRILLIC)
        case _:
            return value


def names_in(value):
    match value:
        case dict():
            return {name for one in value.values() for name in names_in(one)}
        case list():
            return {name for one in value for name in names_in(one)}
        case str():
            return set(TOKEN.findall(value))
        case _:
            return set()


class Course:
    """The homework, whose rubric speaks the language of other letters."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))
        rubric = of_lecturer(tomllib.loads((ROOT / "rubrics" / "cs280_hw1.toml").read_text(encoding="utf-8")))
        rubric |= {"language": "other.toml", "starter": "starter.py"}
        rubric["problem"][1]["check"][0]["visibility"] = "after_due"
        self.names = names_in(rubric) | {name for inputs in rubric["inputs"].values() for name in inputs["values"]}
        self.rubric = folder / "rubrics" / "hw.toml"
        self.rubric.parent.mkdir()
        self.rubric.write_text(tomli_w.dumps(rubric), encoding="utf-8")
        self.words = self.rubric.with_name("other.toml")
        self.words.write_text(language(), encoding="utf-8")
        shutil.copy(SUBMISSIONS / "starter.py", folder / "rubrics" / "starter.py")
        main(["kit", str(self.rubric), "--out", str(folder / "kit.zip")])
        zipfile.ZipFile(folder / "kit.zip").extractall(folder)
        self.kit = folder / "cs280_hw1"

    def english_in(self, text, *besides):
        """Return the words that no message said and that are no names."""
        known = self.names | NAMES | {name for each in besides for name in TOKEN.findall(each)}
        found = {name for name in TOKEN.findall(text) if len(re.sub("[^A-Za-z]", "", name)) > 2}
        return " ".join(sorted(found - known))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def said(capsys, monkeypatch, course):
    """Return what a command says, on a wide page."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(course.kit)

    def run(*words):
        capsys.readouterr()
        main(list(map(str, words)))
        return "".join(capsys.readouterr())

    return run


@pytest.fixture
def answers(tmp_path):
    (tmp_path / "answer.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "broken.py").write_text("def x(:", encoding="utf-8")
    (tmp_path / "answer.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    (tmp_path / "wrong.py").write_bytes((SUBMISSIONS / "wrong_softmax_VJP_plain_mean.py").read_bytes())
    return tmp_path


def test_the_language_is_heard_and_english_is_found(course):
    with in_language(str(course.words)):
        assert course.english_in(catalogue_of("en").texts["next.all_pass"].other) == "all checks pass"
    assert course.english_in(other_letters("wrong {times}")) == "times"


def test_a_kit(course):
    assert course.english_in((course.kit / "README.md").read_text(encoding="utf-8")) == ""
    assert course.english_in((course.kit / "grader.toml").read_text(encoding="utf-8").splitlines()[0]) == ""


def test_checking(course, said, answers):
    for words in (
        [],
        ["--verbose", SUBMISSIONS / "right_loops.py", "--only", "softmax_VJP"],
        ["--verbose", SUBMISSIONS / "wrong_grad_pi_missing_1_over_pi.py"],
        *([answers / name] for name in ("answer.py", "broken.py", "answer.ipynb", "wrong.py")),
        [answers / "no.py"],
        ["--only", "q"],
        ["--explain", "q"],
        *(["--explain", name] for name in ("grad_mu", "grad_pi", "grad_pi_constrained", "softmax_VJP")),
        ["--explain", "softmax_backward"],
    ):
        assert course.english_in(said("check", *words), *map(str, words)) == "", words


def test_what_is_wrong_with_a_kit(course, said, answers, monkeypatch):
    shutil.copytree(course.kit, answers / "kit")
    monkeypatch.chdir(answers / "kit")
    for name, text in (("rubric.toml", ""), ("cases.bin", ""), ("grader.toml", 'language = "words.toml"\n')):
        Path(name).write_text(text, encoding="utf-8")
        assert course.english_in(said("check")) == "", name
    monkeypatch.chdir(answers)
    for text in (None, "x", "rubric = 3\n", 'grader = "99"\n'):
        with contextlib.nullcontext() if text is None else (answers / "grader.toml").open("w") as file:
            file and file.write(text)
        out = said("check", "--language", course.words)
        assert course.english_in(out, str(answers), "Expected after a key value pair in document at end of") == "", text


def test_watching(course, said, answers, monkeypatch):
    def looks(path):
        for name in ("answer.py", "wrong.py"):
            path.write_bytes((answers / name).read_bytes())
            yield
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.cli.check_answer.saves", looks)
    path = answers / "own_code.py"
    path.write_bytes((SUBMISSIONS / "right_loops.py").read_bytes())
    assert course.english_in(said("check", path, "--watch"), str(path)) == ""


def test_checking_from_python(course, said, answers):
    results = [grader.check(answers / "answer.py"), grader.check(grad_mu=lambda X, pi, mu, Sigma: mu)]
    results += [grader.check(answers / "wrong.py", rubric=course.rubric, only="softmax_VJP", isolation="none")]
    for result in results:
        page = re.sub(r"<style>.*?</style>|<[^>]*>", " ", result._repr_html_(), flags=re.DOTALL)
        assert (
            course.english_in(
                html.unescape(page) + repr(result), result.report.path, str(course.rubric), "isolation none"
            )
            == ""
        )
    words = {"language": str(course.words)}
    calls = (lambda: grader.check("no.py"), lambda: grader.check(q=len), lambda: grader.check("no.py", q=len, **words))
    for call in calls:
        with pytest.raises(grader.CheckError) as caught:
            call()
        assert course.english_in(str(caught.value)) == ""


def test_grading_in_each_form_that_students_read(course, said, answers):
    asked = ["--rubric", course.rubric, "--isolation", "none", "--only", "grad_pi"]
    forms = ("markdown", "junit", "github", "gradescope", "prairielearn")
    for name, asked_forms in (("answer.ipynb", forms), ("broken.py", ())):
        report = from_json(said("grade", answers / name, *asked, "--format", "json"))
        # The id of a check that is not shown, and the mark by which a page of feedback is known.
        names = f"submission isolation none hidden check feedback {name}"
        besides = (report.isolation.says, str(answers), str(course.rubric), names)
        assert course.english_in(said("grade", answers / name, *asked), *besides) == ""
        head = report.model_dump(include={"grader_version", "assignment", "seed", "isolation", "language"})
        own = {"counts": Fraction(0), "undecided": Fraction(1), "submission": report.submissions[0]}
        page = Feedback(**head, hand_in="q", students=("q",), **own)
        with in_language(str(course.words)):
            text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", FeedbackPage()(page), flags=re.DOTALL)
        assert course.english_in(html.unescape(text), *besides) == ""
        out = answers / "out"
        for form in asked_forms:
            log = said("grade", answers / name, *asked, "--format", form, "--output", out)
            found = course.english_in(read(form, out.read_text(encoding="utf-8")), *besides)
            assert found == "", (form, log)


def read(form, text):
    """Return what a person reads of a file."""
    match form:
        case "junit":
            nodes = list(ET.fromstring(text).iter())
            return "\n".join(each for node in nodes for each in (*node.attrib.values(), node.text or ""))
        case "gradescope" | "prairielearn":
            return "\n".join(texts(json.loads(text)))
        case "github":
            # Commands of the runner, with the token that ends its silence, and its escapes.
            command = r"^::(?:stop-commands)?::.*|^::[0-9a-f]+::|^::(?:error|warning|notice) (?:[a-z]+=[^,:]*,?)*::"
            title = r"(?<=title=)[^:]*"
            shown = [*re.findall(title, text), re.sub(command, "", text, flags=re.MULTILINE)]
            return unquote("\n".join(shown))
        case _:
            return text


def texts(value, key=""):
    match value:
        case dict():
            for name, one in value.items():
                yield from texts(one, name)
        case list():
            for one in value:
                yield from texts(one, key)
        case str() if key in {"output", "message", "name", "description", "format_errors"}:
            yield value


def test_running_a_case_again(course, said, answers):
    asked = ["--rubric", course.rubric, "--isolation", "none", "--only", "grad_mu", "--only", "softmax_VJP"]
    handed_in = (answers / "wrong.py").read_bytes()
    said("grade", answers / "wrong.py", *asked, "--format", "json", "--output", answers / "r.json")
    (answers / "wrong.py").write_bytes((SUBMISSIONS / "wrong_softmax_VJP_diagonal_jacobian.py").read_bytes())
    for check in ("grad_mu.reference", "softmax_VJP.linear", "softmax_VJP.finite_difference"):
        words = ["replay", answers / "r.json", "--check", check, "--isolation", "none"]
        assert course.english_in(said(*words), str(answers / "wrong.py"), "isolation shifted permuted") == ""
    (answers / "wrong.py").write_bytes(handed_in)
    script = said(*words, "--print-python")
    strings = [node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
    tokens = tokenize.generate_tokens(io.StringIO(script).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    code = "this_script submission utf iuf dtype due name shape units verdict"
    said_there = "\n".join(map(str, [*strings, *comments]))
    assert course.english_in(said_there, str(answers / "wrong.py"), code) == ""


def test_tests_of_pytest(course, pytester, answers, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    words = [f"--grader-rubric={course.rubric}", "--grader-isolation=none", "--grader-only=grad_pi", "--junitxml=j.xml"]
    done = pytester.runpytest_inprocess(
        *words, "--grader-submission", str(answers / "answer.py"), str(answers / "wrong.py"), plugins=[pytest_plugin]
    )
    failures = [node.text or "" for node in ET.parse(pytester.path / "j.xml").iter("failure")]
    scores = [line for line in done.stdout.str().splitlines() if line.startswith(("answer  ", "wrong  ", "  grad"))]
    assert len(failures) == 7
    assert len(scores) == 3
    assert (
        course.english_in("\n".join([*failures, *scores]), str(course.rubric), str(answers), "wrong isolation none")
        == ""
    )


def test_lateness(course):
    due = datetime(2026, 10, 1, tzinfo=UTC)
    policy = LatePolicy(
        due=due, grace_s=60, per_day=Fraction(1, 4), most=Fraction(1, 2), closes=due + timedelta(days=9)
    )
    with in_language(str(course.words)):
        late = [timedelta(seconds=s) for s in (0, 30, 3600, 86401 * 4, 86400 * 10)]
        assert course.english_in("\n".join(late_mark(policy, due + one, Fraction(9)).says for one in late)) == ""
