"""Laws of shown names, their order, and of decoding Python."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.loading.python_source import decode_python
from grader.loading.shown_name import natural_key, shown, told_apart

UNREADABLE = "says that its encoding is `{}`, in which Python source cannot be read; save it as UTF-8"
NAMES = st.text(st.characters(), max_size=200)


@given(NAMES, st.integers(5, 100))
@example("\udce9", 10)
def test_a_shown_name_is_short_encodable_and_obeyed_by_no_terminal(name: str, longest: int) -> None:
    text = shown(name, longest)
    assert len(text) <= longest
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028\u2066" for c in text)
    text.encode("utf-8")


@given(NAMES.filter(lambda s: s.isprintable() and len(s) <= 120))
def test_a_harmless_name_is_shown_as_it_is(name: str) -> None:
    assert shown(name) == name


def test_a_long_name_keeps_its_suffix() -> None:
    assert shown("a" * 300 + ".py").endswith(".py")


@given(st.lists(st.sampled_from(["a", "b", "a (2)", "a (2) (2)"]), max_size=12))
def test_names_are_told_apart_in_order(names: list[str]) -> None:
    out = told_apart(names)
    assert len(set(out)) == len(out) == len(names)
    assert all(new.startswith(old) for new, old in zip(out, names, strict=True))


def test_numbers_in_names_sort_by_their_value() -> None:
    names = ["hw10", "hw9", "hw2b", "hw2", "HW1", "hw02", "é", "a", "10", "9"]
    key = sorted(names, key=lambda name: natural_key((name,)))
    assert key == ["9", "10", "a", "HW1", "hw02", "hw2", "hw2b", "hw9", "hw10", "é"]


@given(st.lists(st.text(max_size=6), min_size=2, max_size=2, unique=True))
@example(["²", "2"])
@example(["1" * 5000, "2"])
def test_the_order_of_names_is_total(pair: list[str]) -> None:
    first, second = (natural_key((name,)) for name in pair)
    assert (first < second) != (second < first)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"\xef\xbb\xbfx = '\xc3\xa9'", "x = 'é'"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = 'é'"),
        (b"#!/bin/py\n# vim: fileencoding=cp1252 :\nx = '\x80'", "#!/bin/py\n# vim: fileencoding=cp1252 :\nx = '€'"),
        (b"\n# coding: utf-8\n", "\n# coding: utf-8\n"),
        (b"x = 1\n# coding: no-such\n", "x = 1\n# coding: no-such\n"),
        (b"", ""),
    ],
)  # fmt: skip
def test_python_is_decoded_as_python_would(data: bytes, text: str) -> None:
    source = decode_python(data)
    assert (source.text, source.problem) == (text, "")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a\r\nb\r\nc = '\xe9'\n", "is not UTF-8 text: byte 0xe9 on line 3; save it as UTF-8"),
        (b"# coding: ascii\nx = '\xe9'", "is not `ascii` text: byte 0xe9 on line 2; save it as UTF-8"),
        (b"# coding: utf8\n\xff", "is not UTF-8 text: byte 0xff on line 2; save it as UTF-8"),
        (b"x\n\x00", "is not a text: it has a NUL character on line 2"),
        ("x".encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        (b"# coding: no-such\n", UNREADABLE.format("no-such")),
        (b"# coding: punycode\n", UNREADABLE.format("punycode")),
        (b"# coding: zlib_codec\n", UNREADABLE.format("zlib_codec")),
    ],
)  # fmt: skip
def test_what_is_no_text_says_why(data: bytes, problem: str) -> None:
    source = decode_python(data)
    assert (source.text, source.problem) == ("", problem)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"# coding: " + tail))
@example(b"# coding: rot13\nk")
@example(b"# coding: " + b"." * 40)
@example(b"# coding: cp65001\n\xff")
def test_any_bytes_are_a_text_or_a_problem(data: bytes) -> None:
    source = decode_python(data)
    assert not (source.text and source.problem)
    source.text.encode("utf-8")


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])).map(lambda s: "x = 1\n\n" + s))
def test_utf8_text_is_kept(text: str) -> None:
    assert decode_python(text.encode()).text == text
