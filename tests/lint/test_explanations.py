"""Each code is explained, by an example that has just this fault, and whose mending has none."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.lint.explain import UnknownCodeError, codes_page, explanation, explanations
from grader.loading.codes import RubricCode

EXAMPLES = {code: each for code, each in explanations().items() if each.right}
PAGE = Path(__file__).parents[2] / "docs" / "rubric_codes.md"


def test_every_code_is_explained() -> None:
    assert set(explanations()) == {code.code for code in RubricCode}
    assert all(each.says for each in explanations().values())


def test_what_no_excerpt_can_show_is_little() -> None:
    # No file, another encoding, a fault that pydantic alone words, thousands of tables.
    assert set(explanations()) - set(EXAMPLES) == {"R001", "R011", "R013", "R014"}


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_wrong_excerpt_has_the_fault_and_the_right_one_has_not(request: Any, code: str) -> None:
    each = EXAMPLES[code]
    # Limits, and what cannot be run under them, are found by a process of its own.
    homework = request.getfixturevalue("homework" if code in ("R060", "R074") else "homework_here")
    found = homework.lint(homework.replace(each.right, each.wrong), functions=code >= "R050").diagnostics
    assert code in {one.code for one in found}, found
    assert {one.severity for one in found if one.code == code} == {each.severity}


def test_the_rubric_of_the_right_excerpts_has_no_fault(homework: Any, good: str) -> None:
    assert homework.lint(good).diagnostics == ()


def test_a_code_is_found_in_lower_case_and_an_unknown_one_is_refused() -> None:
    assert explanation("r003") == explanation("R003")
    with pytest.raises(UnknownCodeError, match="there is no code `R999`"):
        explanation("R999")


def test_the_page_of_the_codes_is_current() -> None:
    if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
        PAGE.write_text(codes_page(), encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == codes_page()
