"""Laws of the places of keys and values in TOML."""

from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.loading.toml_places import Document, Node, place_at

KEYS = st.sampled_from(["a", "b", "c-d", "1", "x_y", '"q r"', "'l.m'", '"e\\u0041"', '""', "'#'", '"]"', '"="'])
GAPS = st.sampled_from(["", " ", "\t", "  "])
LINES = st.sampled_from(["", " ", "\n", '\n# a ] comment [ = "\n', " # '''\n\t"])
STRINGS = st.sampled_from(
    [
        '"plain"', '""', '"esc \\" \\\\"', '"# no"', '"\\\\"', "'lit \\'", "''", "'\"'",
        '"""multi\n"quoted" \\""" end"""', '""""two""""', '"""\\\\"""', '"""a\\\n  b"""', '"""x"""""',
        "'''lit\n'' \\'''", "'''''two'''''", '""""""', "''''''", '"""]\n[x]\n"""', "'''\n# = \n'''",
    ]
)  # fmt: skip
SCALARS = STRINGS | st.sampled_from(
    ["0", "-17", "1_000", "0xff", "1.5", "-2e-3", "inf", "true", "false", "1979-05-27", "07:32:00",
     "1979-05-27 07:32:00", "1979-05-27T00:32:00.5-07:00"]
)  # fmt: skip


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    elements = [draw(LINES) + draw(inner) + draw(LINES) for _ in range(draw(st.integers(0, 3)))]
    trailing = "," if elements and draw(st.booleans()) else ""
    return "[" + ",".join(elements) + trailing + draw(LINES) + "]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    gap = draw(GAPS)
    return "{" + ",".join(f"{gap}{key}{gap}={gap}{draw(inner)}{gap}" for key in keys) + "}"


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)


@st.composite
def statements(draw: st.DrawFn) -> str:
    gap = draw(GAPS)
    name = f"{gap}.{gap}".join(draw(st.lists(KEYS, min_size=1, max_size=3)))
    comment = draw(st.sampled_from(["", " # [not.a.table]", "#"]))
    form = draw(st.sampled_from(["pair", "pair", "table", "tables"]))
    if form == "pair":
        return f"{gap}{name}{gap}={gap}{draw(VALUES)}{gap}{comment}\n"
    if form == "table":
        return f"{gap}[{gap}{name}{gap}]{comment}\n"
    return f"{gap}[[{name}]]{gap}{comment}\n"


def valid(text: str) -> bool:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return False
    return True


def assert_same_tree(text: str, node: Node, value: Any) -> None:
    if isinstance(value, dict):
        assert set(node.children) == set(value)
    elif isinstance(value, list):
        assert list(node.children) == list(range(len(value)))
    else:
        assert not node.children
    written = text[node.value.start : node.value.end]
    if not isinstance(value, dict | list) or written.startswith("{"):
        # repr() sees what == does not: nan, -0.0 and the kinds of numbers.
        assert repr(tomli.loads(f"v = {written}")["v"]) == repr(value)
    elif written.startswith("[") and isinstance(value, list) and not node.tables:
        assert repr(tomli.loads(f"v = {written}")["v"]) == repr(value)
    for key, child in node.children.items():
        if isinstance(key, str):
            name = text[child.key.start : child.key.end]
            assert list(tomli.loads(f"{name} = 0")) == [key]
        assert_same_tree(text, child, value[key])


@settings(max_examples=400, deadline=None)
@given(st.lists(statements(), max_size=10))
def test_every_key_and_value_stands_where_it_is_found(drawn: list[str]) -> None:
    text = ""
    for statement in drawn:
        if valid(text + statement):
            text += statement
    assert_same_tree(text, Document(text).root, tomli.loads(text))


@pytest.mark.parametrize(
    ("text", "keys", "key", "value"),
    [
        ("a.b = 1", ("a",), "a", "a.b"),
        ("a . b = 1", ("a", "b"), "b", "1"),
        ("[x.y]\nz = 1\n[x]\nw = 2", ("x",), "x", "[x]"),
        ("[x.y]\n", ("x",), "x", "[x.y]"),
        ("[[t]]\n[[t]]\nk = 'v'", ("t", 1), "t", "[[t]]"),
        ("[[t]]\n[[t]]\nk = 'v'", ("t", 1, "k"), "k", "'v'"),
        ("[[t]]\n[t.u]\nk = [1, [2, {z = 3}]]", ("t", 0, "u", "k", 1, 1, "z"), "z", "3"),
        ("s = [\n  1,\n  2, # two\n]", ("s", 1), "s", "2"),
    ],
)
def test_a_place_is_that_of_the_definition(text: str, keys: tuple[str | int, ...], key: str, value: str) -> None:
    node = Document(text).find(keys)
    assert node is not None
    assert text[node.key.start : node.key.end] == key
    assert text[node.value.start : node.value.end] == value


def test_what_is_not_there_has_the_place_of_what_would_hold_it() -> None:
    document = Document("[a]\nb = 1\n")
    assert document.find(("a", "c")) is None
    assert document.place(document.nearest(("a", "c", "d")).value).source == "[a]"


def test_a_value_of_several_lines_is_underlined_on_its_first() -> None:
    document = Document("a = [  \n 1,\n]")
    place = document.place(document.nearest(("a",)).value)
    assert (place.line, place.column, place.length, place.source) == (1, 5, 1, "a = [  ")


def test_a_place_keeps_its_columns_where_control_characters_are_hidden() -> None:
    place = place_at("ok\n\x1b[31mx\u202e = 1", 8)
    assert (place.line, place.column, place.source) == (2, 6, "\ufffd[31mx\ufffd = 1")


def test_a_place_past_the_end_has_a_caret() -> None:
    assert place_at("a =", 3).length == 1
