"""What is put aside before texts are compared, and what is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.similar.lexer import Kind, lexemes
from grader.batch.similar.normal import units
from tests.batch.similar.classes import disguised, recommented, reformatted, renamed, reordered, text

PIECES = st.sampled_from(
    [*"()[]{}:;,.=@#\\'\"\n\r\t ~", "def ", "class ", '"""', "'''", "\\\n", "f'", "x", "1e", "0x", "é", "\ud800"]
)


def normal(*sources):
    return [(unit.name, [token.text for token in unit.tokens]) for unit in units(sources)]


def tokens(*sources):
    return sorted(words for _, words in normal(*sources))


@pytest.mark.parametrize("change", [renamed, recommented, reordered, reformatted, disguised])
@pytest.mark.parametrize("name", ["right_loops"])
def test_names_comments_order_and_layout_change_nothing(name, change):
    source = text(name)
    assert change(source) != source
    assert tokens(change(source)) == tokens(source)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = b + c", "total=first + second  # sum"),
        ("f(x, y)", "g(\n  u,\n  v,\n)"),
        ("a = 1; b = 2", "a = 1\nb = 2"),
        ("x = 'it'", 'x = ("it")'.replace("(", "").replace(")", "")),
        ("x = 'a' 'b'", "x = 'ab'"),
        ("x = 1.0", "x = 1."),
        ("x = 1_000", "x = 1e3"),
        ("import numpy as np\nx = 1", "from numpy import *\nx = 1"),
        ("def f(n):\n    'doc'\n    return n", "def g(k):\n    return k"),
        ("def f(n, eps=1):\n    return f(n, eps=2)", "def g(k, h=1):\n    return g(k, h=2)"),
        ("np.f(lambda a, b=1: a, k=2)", "np.f(lambda u, v=1: u, k=2)"),
        ("x = (1\nimport a", "x = (1"),
        ("from a \\\nimport b\nx = 1", "x = 1"),
        ("class A:\n    def go(self):\n        self.x = 1", "class B:\n    def run(me):\n        me.y = 1"),
        ("x = a \\\n + b", "x = a + b"),
        ("x = f'{a}'", 'x = f"{b}!"'),
    ],
)
def test_these_are_the_same(one, other):
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = np.sum(a)", "x = np.max(a)"),
        ("np.sum(a, axis=0)", "np.sum(a, keepdims=0)"),
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1j"),
        ("a + b", "a - b"),
        ("range(n)", "len(n)"),
        ("for a in b: c", "while a: c"),
        ("a[b]", "a(b)"),
    ],
)
def test_these_are_not_the_same(one, other):
    assert tokens(one) != tokens(other)


def test_a_unit_is_a_function_or_class_at_the_margin_with_its_decorators_or_the_rest():
    source = "x = 1\n@wraps\ndef f(a):\n    def inner():\n        pass\n    return a\ny = 2\n"
    source += "async def g(): pass\nclass A:\n  z = 3\n"
    assert [(name, len(words)) for name, words in normal(source)] == [("f", 16), ("g", 7), ("A", 6), ("", 6)]


def test_an_open_bracket_does_not_swallow_the_functions_after_it():
    assert [name for name, _ in normal("x = (1,\ndef f(a): return a\ndef g(b): return b")] == ["f", "g", ""]


def test_each_chunk_has_units_of_its_own():
    assert [(unit.name, unit.chunk) for unit in units(["x = 1", "def f(): pass"])] == [("", 0), ("f", 1)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'''a\nb''' + c", [("string", 1, 2), ("sign", 2, 2), ("name", 2, 2)]),
        ("a\r\nb\rc", [("name", 1, 1), ("newline", 1, 1), ("name", 2, 2), ("newline", 2, 2), ("name", 3, 3)]),
        ("a \\\n b", [("name", 1, 1), ("name", 2, 2)]),
        ('"""open\n', [("string", 1, 2)]),
        ("'open\nb", [("string", 1, 1), ("newline", 1, 1), ("name", 2, 2)]),
        (r"'it\'s'", [("string", 1, 1)]),
        ('rb"x" bar"x"', [("string", 1, 1), ("name", 1, 1), ("string", 1, 1)]),
    ],
)
def test_tokens_know_their_lines(source, expected):
    assert [(each.kind.value, each.line, each.last_line) for each in lexemes(source)] == expected


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_becomes_tokens_and_no_character_is_lost(source):
    kept = "".join(each.text for each in lexemes(source))
    assert len(kept) <= len(source)
    lines = len(source.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for unit in units([source]):
        assert unit.tokens
        assert all(1 <= token.line <= token.last_line <= lines for token in unit.tokens)
    assert sum(each.kind is Kind.NEWLINE for each in lexemes(source)) < lines


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(["a = np.exp(b)\n", "for i in range(n):\n    s += x[i]\n", "return 1\n", "f(x, k=2)\n"]))
)
def test_comments_blank_lines_and_spaces_change_nothing(lines):
    plain = "".join(lines)
    loose = "\n\n".join(line.replace(" = ", "   =  ").replace("\n", "  # why\n", 1) for line in lines)
    assert tokens(loose) == tokens(plain)


@pytest.mark.parametrize("piece", ["(", '"""\\', "'", "f'{", "\\", "0x", "1e", "a.", "@", "'''", "\r", '"" '])
def test_long_hostile_text_is_read_once(piece):
    # Quadratic time over a hundred thousand tokens would not end.
    assert sum(1 for _ in lexemes(piece * (100_000 // len(piece)))) > 0
    assert units([piece * 5_000]) is not None
