"""Each fault that only trying a rubric finds is found at its line and column, and mended by what its help says."""

from pathlib import Path
from typing import Any

import pytest
import tomli

from grader.lint.fix import fixed
from grader.loading.codes import RubricCode
from grader.model.linted import Linted

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
