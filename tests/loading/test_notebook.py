"""Laws of notebooks: only what is no Python is left out, lines keep their numbers, nothing raises."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.loading.magics import plain_source
from grader.loading.notebook import MAX_NOTES, read_notebook


def notebook(*sources: Any, **more: Any) -> bytes:
    cells = [{"cell_type": "code", "source": s} if not isinstance(s, dict) else s for s in sources]
    return json.dumps({"nbformat": 4, "cells": cells, **more}).encode()


@pytest.mark.parametrize(
    ("source", "text", "skipped"),
    [
        ("%matplotlib inline\nx = 1", "\nx = 1", ("%matplotlib inline",)),
        ("!pip install numpy\nx = 1", "\nx = 1", ("!pip install numpy",)),
        ("?len", "", ("?len",)),
        ("len?", "", ("len?",)),
        ("np.linalg.inv??  # what", "", ("np.linalg.inv??  # what",)),
        ("files = !ls\nx = 1", "\nx = 1", ("files = !ls",)),
        ("t = %timeit -o f()\nx = 1", "\nx = 1", ("t = %timeit -o f()",)),
        ("a['k'] = !ls", "", ("a['k'] = !ls",)),
        ("if x:\n    %time f()\ny = 1", "if x:\n    pass\ny = 1", ("%time f()",)),
        ("!a \\\n  b \\\n  c\nx = 1", "\n\n\nx = 1", ("!a \\",)),
        ("%%time\nx = 1", "\nx = 1", ("%%time",)),
        ("\n%%capture out\n%%timeit\nx = 1", "\n\n\nx = 1", ("%%capture out", "%%timeit")),
        ("  %time x", "  pass", ("%time x",)),
    ],
)
def test_what_only_a_notebook_understands_is_blanked(source: str, text: str, skipped: tuple[str, ...]) -> None:
    plain = plain_source(source)
    assert (plain.text, plain.skipped, plain.whole) == (text, skipped, False)


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile a.py", "%%javascript", "%%html", "%%python2", "%%"])
def test_a_cell_in_another_language_is_left_out_whole(magic: str) -> None:
    plain = plain_source(f"\n{magic}\ndef f(): ...")
    assert (plain.text, plain.skipped, plain.whole) == ("", (magic,), True)


@pytest.mark.parametrize(
    "source",
    [
        's = """\n%matplotlib\n!ls\nwhat?\n"""\n',
        "s = '''\n%%bash\n'''",
        "x = (a\n  % b\n  )",
        "x = [a,\n!= b]",
        "x = a \\\n% b",
        "s = 'a\\\n%b'",
        "x = y % z",
        "x %= 3",
        "print('x = %d' % 3)",
        "x = 'is it?'",
        "# is it?\n# %magic",
        "x = 1  # (\ny = 2",
        "f(a=1,\n  b=2)",
        "x != y",
        "x == y",
        "x: int = 3 % 2",
        "s = f\"{d['k']} ( \"\ny = 3",
        "s = r'\\'\ny = 1",
        "s = '\\\\'\ny = 1",
        "",
        "\n\n",
    ],
)
def test_python_is_left_alone(source: str) -> None:
    assert plain_source(source).text == source
    assert plain_source(source).skipped == ()


def test_a_magic_after_a_string_or_bracket_is_found_again() -> None:
    assert plain_source("x = '''a\n'''\n%m\ny = (1,\n2)\n!ls\n'\n%m").skipped == ("%m", "!ls", "%m")


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from([*"%!?=()[]{}\"'#\\ax. ", '"""', "'''", "\n", "%%", "\n    "]), max_size=40).map("".join)
)
def test_lines_keep_their_numbers_whatever_the_source(source: str) -> None:
    plain = plain_source(source)
    before, after = source.split("\n"), plain.text.split("\n")
    if plain.whole:
        assert plain.text == ""
        return
    assert len(after) == len(before)
    assert all(new in (old, "") or new.strip() == "pass" for new, old in zip(after, before, strict=True))
    assert bool(plain.skipped) == (plain.text != source)


def test_as_much_code_as_is_allowed_is_read() -> None:
    assert len(read_notebook(notebook("#" * (1 << 20), "#" * (1 << 20)), "n.ipynb").chunks) == 2
    assert len(read_notebook(notebook(*["x"] * 10_000), "n.ipynb").chunks) == 10_000


def test_a_bracket_too_many_does_not_hide_a_magic() -> None:
    assert plain_source("x = 1)\n%m").skipped == ("%m",)


def test_cells_are_counted_as_code_cells() -> None:
    data = notebook(
        {"cell_type": "markdown", "source": "# hi"},
        "x = 1",
        "",
        {"cell_type": "raw", "source": "no"},
        ["y = 2\n", "%time y"],
        "%%bash\nls",
        "z = 3",
    )
    read = read_notebook(data, "hw1.ipynb")
    assert [(c.label, c.source) for c in read.chunks] == [
        ("hw1.ipynb cell 1", "x = 1"),
        ("hw1.ipynb cell 3", "y = 2\n"),
        ("hw1.ipynb cell 5", "z = 3"),
    ]
    assert read.skipped == ("cell 3: `%time y` is skipped", "cell 4 is skipped: it begins with `%%bash`")
    assert read.problem == ""


def test_notebooks_of_format_3_are_read() -> None:
    cells = [{"cell_type": "heading", "source": "h"}, {"cell_type": "code", "input": ["a = 1\r\n", "b = 2"]}]
    read = read_notebook(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode(), "old.ipynb")
    assert [c.source for c in read.chunks] == ["a = 1\nb = 2"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xe9", "is not UTF-8 text: byte 0xe9"),
        (b'{"cells": [\n', "is not a notebook: its JSON breaks off or is malformed on line 2"),
        (b"[" * 100_000, "is not a notebook: its JSON is not what a notebook holds"),
        (b"9" * 5000, "is not a notebook: its JSON is not what a notebook holds"),
        (b"[]", "is not a notebook: it has no list of cells"),
        (b'{"cells": 3}', "is not a notebook: it has no list of cells"),
        (b'{"cells": []}', "has no code cells"),
        (notebook("#" * (1 << 20), "#" * ((1 << 20) + 1)), "has more code than can be graded"),
        (notebook(*[""] * 10_001), "has more code than can be graded"),
        (notebook("x", metadata={"language_info": {"name": "R"}}), "is a notebook in r, not in Python"),
    ],
)
def test_what_is_no_notebook_says_why(data: bytes, problem: str) -> None:
    read = read_notebook(data, "hw1.ipynb")
    assert (read.problem, read.chunks) == (problem, ())


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (3, "its source is not text"),
        (["a", 3], "its source is not text"),
        ("a\0", "its source has a NUL character"),
        ("\ud800", "its source has half of a surrogate pair, which is no character"),
    ],
)
def test_a_cell_that_is_no_text_loses_no_other(source: Any, why: str) -> None:
    read = read_notebook(notebook("x = 1", source, "y = 2"), "n.ipynb")
    assert [c.label for c in read.chunks] == ["n.ipynb cell 1", "n.ipynb cell 3"]
    assert read.skipped == (f"cell 2 is skipped: {why}",)


def test_notes_are_few_and_short() -> None:
    read = read_notebook(notebook(("%m " + "x" * 500 + "\n") * 50), "n.ipynb")
    assert len(read.skipped) == MAX_NOTES + 1
    assert read.skipped[-1] == "and 30 more"
    assert all(len(note) < 100 for note in read.skipped)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("code"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "cell_type", "source", "worksheets", "input", "metadata", "language_info", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["cells", "worksheets", "metadata"]), JSON) | JSON)
def test_any_json_is_a_notebook_or_a_problem(content: Any) -> None:
    read = read_notebook(json.dumps(content).encode(), "n.ipynb")
    assert not (read.problem and read.chunks)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_notebook_or_a_problem(data: bytes) -> None:
    assert isinstance(read_notebook(data, "n.ipynb").problem, str)
