"""The catalogues are whole: every message that the code says is there, is said, and reads as its golden shows."""

import ast
import os
import re
from pathlib import Path

import pytest

from grader.words import catalogue_of, in_language, languages, say, say_count
from grader.words.catalogue import fields_of

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
BEGUN = re.compile(r"([a-z_]+\.)+[a-z0-9_]*")
FILE = re.compile(r".*\.(bin|css|html|jinja|json|md|py|sh|toml|txt)")
"""What reads like a key and is the name of a file."""
SAID_IN_TEMPLATE = re.compile(r"\bsay\(\"([a-z0-9_.]+)\"")


def keys_in_code():
    """Return the keys that are said, and the beginnings of those that are put together."""
    whole, begun = set(), set()
    for path in (ROOT / "grader").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        joined = [node.values for node in nodes if isinstance(node, ast.JoinedStr)]
        pieces = {id(value) for values in joined for value in values}
        begun |= {values[0].value for values in joined if values and isinstance(values[0], ast.Constant)}
        whole |= {
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
        }
    for path in (ROOT / "grader").rglob("*.jinja"):
        whole |= set(SAID_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")))
    whole = {key for key in whole if KEY.fullmatch(key) and not FILE.fullmatch(key)}
    return whole, {start for start in begun if BEGUN.fullmatch(start)}


def test_every_message_is_said_somewhere():
    whole, begun = keys_in_code()
    unused = {
        key
        for key in catalogue_of("en").texts
        if key not in whole and not any(key.startswith(start) for start in begun)
    }
    assert not unused


def test_every_key_that_is_said_is_in_the_catalogue():
    texts = catalogue_of("en").texts
    whole, begun = keys_in_code()
    rooms = {key.split(".")[0] for key in texts}
    asked = {text for text in whole if text.split(".")[0] in rooms}
    assert asked > {"finding.missing", "diagnosis.and_besides"}
    assert asked <= set(texts)
    for start in begun:
        if start.split(".")[0] in rooms:
            assert any(key.startswith(start) for key in texts), start


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_a_language_that_comes_with_the_grader_is_complete(language):
    assert set(catalogue_of(language).texts) == set(catalogue_of("en").texts)


def rendered(language):
    lines = []
    with in_language(language):
        for key, text in catalogue_of("en").texts.items():
            fields = {name: f"‹{name}›" for name in fields_of(text.other) - {"count"}}
            if text.one is None:
                lines.append(f"{key}\n    {say(key, **fields, count='‹count›')}")
            else:
                lines += [f"{key}, {n}\n    {say_count(key, n, **fields)}" for n in (1, 2)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", languages())
def test_every_message_reads_as_its_golden_shows(language):
    path = GOLDEN / f"{language}.txt"
    if os.environ.get("GRADER_UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rendered(language), encoding="utf-8")
    assert rendered(language) == path.read_text(encoding="utf-8")


def test_no_message_blames_or_alarms():
    """A student reads these at midnight."""
    for key, text in catalogue_of("en").texts.items():
        for word in ("staff", "instructor error", "illegal", "fatal", "abort", "stupid", "invalid", "cheat", "!"):
            assert word not in text.other.lower(), key
