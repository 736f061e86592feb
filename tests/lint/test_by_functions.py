"""Each fault that only trying a rubric finds is found at its line and column, and mended by what its help says."""

from pathlib import Path
from typing import Any

import pytest
import tomli

import grader.lint.lint
from grader.lint.fix import fixed
from grader.lint.lint import lint
from grader.loading.codes import RubricCode
from grader.model.linted import Linted
from grader.model.outcome import Absence, Unavailable
from grader.sandbox.account import Usage
from grader.sandbox.here import HereSession
from grader.truth.modules import TrustedModules
from tests.lint.in_this_process import InThisProcess

BROKEN = tomli.loads(Path(__file__).with_name("broken_by_functions.toml").read_text(encoding="utf-8"))


def places(linted: Linted) -> list[str]:
    return [f"{d.code} {d.place.line}:{d.place.column}" for d in linted.diagnostics if d.place is not None]


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_found_at_its_place_and_mended_by_its_help(request: Any, name: str) -> None:
    case = BROKEN[name]
    homework = request.getfixturevalue("homework" if case.get("in_a_sandbox") else "homework_here")
    text = homework.replace(case["old"], case["new"])
    linted = homework.lint(text)
    assert places(linted) == case["at"]
    assert len(linted.diagnostics) == len(case["at"])
    assert all(each.help for each in linted.diagnostics)
    if "mend" in case:
        homework, text = homework.mended(text, *case["mend"])
    else:
        text = fixed(text.encode(), linted.diagnostics, uncertain=True)[0].decode()
    # That the good rubric has no fault is a test of its own.
    assert homework.is_good(text) or homework.lint(text).diagnostics == ()


def test_every_code_of_trying_has_a_case() -> None:
    due = {code.code for code in RubricCode if code.code >= "R050"}
    assert due == {place.partition(" ")[0] for case in BROKEN.values() for place in case["at"]}


def test_a_check_that_zeros_pass_too_tells_nothing_apart(homework_here: Any, good: str) -> None:
    # Along directions within the simplex, no sum of its entries changes: an answer that is constant has no slope there.
    text = good
    for old, new in (
        ("answers:grad_pi", "answers:constant"),
        ("answers:log_likelihood", "answers:mass"),
        ('property = "sums_to_zero"', 'property = "permutation_equivariant"\nsymbol = "N"'),
        ("[[problem.misconception]]\n", "[[problem.misconception]]\nhint = 'zeros'\n"),
        ("mistakes:no_weight", "answers:zero"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    linted = homework_here.lint(text)
    assert places(linted) == ["R058 49:8"]
    assert linted.diagnostics[0].label == "zeros and the misconception pass it"


def test_an_answer_that_needs_too_much_memory_exceeds_a_limit(homework: Any, good: str) -> None:
    text = good.replace("answers:grad_pi", "answers:hungry")
    linted = homework.lint(text.replace("call_wall_s = 5", "call_wall_s = 5\nmemory_bytes = 268_435_456"))
    assert places(linted) == ["R060 11:16"]
    assert "memory" in linted.diagnostics[0].says


@pytest.mark.parametrize("limit", ["load_wall_s", "submission_wall_s"])
def test_modules_that_take_too_long_to_import_exceed_a_limit(homework: Any, good: str, limit: str) -> None:
    linted = homework.lint(good.replace("call_wall_s = 5", f"{limit} = 1e-9"))
    assert places(linted) == [f"R060 10:{len(limit) + 4}"]


@pytest.mark.parametrize(("wall_s", "column"), [(121.0, "submission_wall_s"), (1.0, "submission_cpu_s")])
def test_calls_that_together_take_too_long_exceed_a_limit(
    homework_here: Any, good: str, monkeypatch: pytest.MonkeyPatch, wall_s: float, column: str
) -> None:
    # Each call is made, and when all are asked for at once the limit of the whole is reached.
    skipped = Unavailable(absence=Absence.SKIPPED, says="it has used up its time")
    used = Usage(wall_s=wall_s, cpu_s=0.0, peak_bytes=0, processes=1)
    monkeypatch.setattr(HereSession, "ask", lambda self, questions: tuple(skipped for _ in questions))
    monkeypatch.setattr(HereSession, "usage", property(lambda self: used))
    linted = homework_here.lint(good.replace("call_wall_s = 5", f"{column} = 120"))
    assert places(linted) == [f"R060 10:{len(column) + 4}"]
    assert "together" in linted.diagnostics[0].says


def test_derivations_are_tried_with_lines_that_say_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    rubric = root / "rubrics" / "cs280_hw1_derivations.toml"
    modules = TrustedModules(root / "reference")
    monkeypatch.setattr(grader.lint.lint, "open_sandbox", lambda **asked: InThisProcess(modules, **asked))
    assert lint(rubric, shown="hw.toml").diagnostics == ()
