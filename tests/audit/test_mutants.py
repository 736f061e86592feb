"""Each operator makes its mistake, and no other."""

import ast

import pytest

from grader.audit.mutants import mutants
from grader.audit.reached import reached


def made(tmp_path, body, *, more=""):
    text = f"import numpy as np\n\n{more}\n\ndef f(a, b):\n    {body}\n"
    (tmp_path / "answers.py").write_text(text)
    return mutants(reached(tmp_path, "answers:f"))


def written(found, operator):
    return {m.diff.splitlines()[-1].removeprefix("+").strip() for m in found if m.operator == operator}


@pytest.mark.parametrize(
    ("body", "operator", "due"),
    [
        ("return a * b", "dropped_factor", {"return b", "return a"}),
        ("return a * b", "inverted_factor", {"return a / b"}),
        ("return a / b", "dropped_factor", {"return a"}),
        ("return a / b", "swapped_operands", {"return b / a"}),
        ("return a + b", "dropped_term", {"return b", "return a"}),
        ("return a + b", "flipped_sign", {"return a - b"}),
        ("return a - b", "swapped_operands", {"return b - a"}),
        ("return -a", "flipped_sign", {"return a"}),
        ("return a @ b", "transposed_factor", {"return a.mT @ b", "return a @ b.mT"}),
        ("return a @ b", "swapped_operands", {"return b @ a"}),
        ("return a @ b", "entrywise_product", {"return a * b"}),
        ("return a.T", "transposed_factor", {"return a"}),
        ("return a ** 2", "wrong_power", {"return a", "return a ** (2 + 1)"}),
        ("return a * 3", "wrong_constant", {"return a * 4", "return a * 6", "return a * 0"}),
        ("return a > b", "comparison", {"return a >= b", "return a < b"}),
        ("return np.sum(a, axis=0)", "other_function", {"return np.mean(a, axis=0)"}),
        ("return np.sum(a, axis=-1)", "wrong_axis",
         {"return np.sum(a)", "return np.sum(a, axis=0)", "return np.sum(a, axis=-2)"}),
        ("return a / np.sum(a, keepdims=True)", "dropped_keepdims", {"return a / np.sum(a)"}),
        ("return np.exp(a)", "dropped_function", {"return a"}),
        ("return np.exp(a)", "float32", {"return np.float32(np.exp(a))"}),
        ("return a - np.max(a)", "dropped_shift", {"return a - np.zeros_like(np.max(a))"}),
        ("return np.max(a)", "other_function", {"return np.min(a)"}),
        ("return a[1:]", "off_by_one", {"return a[1 + 1:]"}),
        ("return a[:b]", "off_by_one", {"return a[:b + 1]", "return a[:b - 1]"}),
        ("return a[0]", "off_by_one", {"return a[1]"}),
        ("return a.shape[0]", "wrong_axis", {"return a.shape[1]", "return a.shape[-1]"}),
        ("return np.einsum('ij,j->i', a, b)", "transposed_factor", {"return np.einsum('ji,j->i', a, b)"}),
        ("return np.where(a, b, 0)", "condition",
         {"return np.where(a, 0, b)", "return b", "return 0"}),
        ("return np.linalg.solve(a, b)", "inverted_factor", {"return a @ b"}),
        ("return np.linalg.inv(a)", "dropped_function", {"return a"}),
        ("return a, b", "swapped_operands", {"return (b, a)"}),
        ("return a if b else 0", "condition", {"return a", "return 0"}),
    ],
)  # fmt: skip
def test_an_operator_makes_its_mistake(tmp_path, body, operator, due):
    assert written(made(tmp_path, body), operator) == due


def test_a_statement_that_adds_to_something_is_left_out_turned_round_or_done_once(tmp_path):
    found = made(tmp_path, "a += b\n    return a")
    assert written(found, "dropped_term") >= {"pass", "a = b"}
    assert "a -= b" in written(found, "flipped_sign")


def test_a_condition_is_negated(tmp_path):
    assert "if not a:" in written(made(tmp_path, "if a:\n        return a\n    return b"), "condition")


def test_a_factor_within_a_product_keeps_its_parentheses(tmp_path):
    assert "return a * (b - a)" in written(made(tmp_path, "return a * (a - b)"), "swapped_operands")
    assert "return (a + b) * 2" in written(made(tmp_path, "return (a - b) * 2"), "flipped_sign")


def test_every_mutant_is_python_and_differs_from_the_answer_and_from_the_others(tmp_path):
    body = "c = np.exp(a - np.max(a, axis=-1, keepdims=True))\n    return c / np.sum(c, axis=-1, keepdims=True) + b[0]"
    found = made(tmp_path, body)
    trees = {ast.dump(ast.parse(m.source)) for m in found}
    trees.add(ast.dump(ast.parse((tmp_path / "answers.py").read_text())))
    assert len(trees) == len(found) + 1
    assert len({m.key for m in found}) == len(found)


def test_what_the_answer_calls_is_changed_too_and_nothing_else(tmp_path):
    (tmp_path / "parts.py").write_text(
        "SCALE = 3.0\n\n\ndef g(a):\n    return a * 2\n\n\ndef unused(a):\n    return a * 5\n"
    )
    found = made(tmp_path, "return parts.g(a) + SCALE", more="from . import parts\nfrom .parts import SCALE\n")
    changed = {m.diff.splitlines()[0].removeprefix("-").strip() for m in found if m.module == "parts"}
    assert changed == {"return a * 2", "SCALE = 3.0"}


def test_a_tap_and_what_cancels_without_it_are_no_place_for_mistakes(tmp_path):
    tap = "def untapped(name, value):\n    return value\n"
    body = "tap = untapped\n    return a + (tap('room', b) - b)"
    found = made(tmp_path, body, more=tap)
    assert "return a" not in {line for m in found for line in (m.diff.splitlines()[-1].removeprefix("+").strip(),)}


def test_a_key_stays_when_lines_move(tmp_path):
    before = {m.key for m in made(tmp_path, "return a * b")}
    after = {m.key for m in made(tmp_path, "return a * b", more="# A comment.\n# Another.\n")}
    assert before == after
