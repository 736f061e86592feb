"""``grader similar`` as it is typed: what it says, its page, its exit status, and every fault of a name."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.cli import main
from grader.reporting.similar_page import MOST_LINES
from tests.batch.similar.classes import disguised, independent, text

HOSTILE = "</pre><script>alert(1)</script>"


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder with a class and a starter, in which commands are typed."""
    (tmp_path / "class").mkdir()
    for name, source in {**independent(), "zoe": disguised(text("right_loops"))}.items():
        (tmp_path / "class" / f"{name}.py").write_text(source, encoding="utf-8")
    (tmp_path / "starter.py").write_text(text("starter"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def similar(*words):
    return main(["similar", *words])


def said(capsys):
    captured = capsys.readouterr()
    return tuple(re.sub(r"\s+", " ", each) for each in captured)


class Page(HTMLParser):
    """The elements, ids, links and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.links, self.words, self.policy = [], [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if tag == "a" else []
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_data(self, data):
        self.words.append(data)


def page(*words):
    assert similar(*words, "--output", "alike.html") == 0
    html = Path("alike.html").read_bytes().decode()
    return html, Page(html)


def test_a_pair_that_stands_out_is_listed_with_its_functions_and_no_judgement(room, capsys):
    assert similar("class", "--starter", "starter.py") == 0
    out, err = said(capsys)
    assert "4 of 4 hand-ins compared. Left out of account: the text of starter.py." in out
    assert "1 pair stands out in this class." in out
    assert re.search(r"100 % loops: \d+ of 68 lines", out)
    assert "log_gauss = lg" in out
    assert "worth a look by a person" in out
    assert "4 files" in err
    assert not re.search("plagiar|cheat|copied|suspic|guilt|dishonest", out + err, re.IGNORECASE)


def test_where_nothing_stands_out_the_status_is_the_same(room, capsys):
    (room / "class" / "zoe.py").unlink()
    assert similar("class", "--starter", "starter.py") == 0
    assert "No pair stands out in this class." in said(capsys)[0]


def test_a_class_that_is_alike_is_asked_for_a_starter_only_if_none_was_named(room, capsys):
    for number in range(4):
        source = text("right_loops").replace("0.5", f"0.{number}")
        (room / "class" / f"s{number}.py").write_text(source, encoding="utf-8")
    assert similar("class", "--common", "20") == 0
    assert "name it with --starter" in said(capsys)[0]
    assert similar("class", "--common", "20", "--starter", "starter.py") == 0
    out = said(capsys)[0]
    assert "half of the hand-ins are much like another one. The most alike pairs are worth a look." in out
    assert "--starter" not in out


def test_the_same_file_is_said_to_be(room, capsys):
    (room / "class" / "max.py").write_bytes((room / "class" / "zoe.py").read_bytes())
    assert similar("class") == 0
    assert "The same file, byte for byte: max, zoe" in said(capsys)[0]


def test_notebooks_and_what_cannot_be_read_are_dealt_with(room, capsys):
    functions = [{"cell_type": "code", "source": f"def {part}"} for part in text("right_loops").split("\ndef ")[1:]]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**c, "metadata": {}} for c in functions]}
    (room / "class" / "nb.ipynb").write_text(json.dumps(book))
    (room / "class" / "bad.py").write_bytes(b"\xff\xfe\x00")
    assert similar("class", "--top", "5") == 0
    out, _ = said(capsys)
    assert "3 pairs stand out" in out
    assert "1 hand-in not compared: bad:" in out


def test_the_page_holds_everything_and_nothing_runs_in_it(room):
    (room / "class" / "zoe.py").write_text(f"# {HOSTILE}\n" + disguised(text("right_loops")) + f"\nx = '{HOSTILE}'\n")
    (room / "class" / "loops.py").rename(room / "class" / "<img src=x onerror=alert(2)>.py")
    html, seen = page("class", "--starter", "starter.py")
    assert not {"script", "img", "link", "iframe", "form"} & set(seen.tags)
    assert HOSTILE not in html
    assert any(HOSTILE in words for words in seen.words)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert seen.policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "style=" not in html
    assert "http:" not in html
    assert "https:" not in html


def test_each_passage_leads_to_its_other_side(room):
    _, seen = page("class", "--starter", "starter.py")
    assert len(set(seen.ids)) == len(seen.ids)
    assert {link.removeprefix("#") for link in seen.links} <= set(seen.ids)
    there = {each for each in seen.ids if re.fullmatch(r"p1[ab]\d+", each)}
    assert len(there) > 10
    assert {each.replace("p1a", "p1b") for each in there} == {each for each in there if each[2] == "b"}


def test_the_same_class_gives_the_same_page(room):
    assert page("class")[0] == page("class")[0]


def test_controls_and_long_files_are_shown_safely(room):
    odd = disguised(text("right_loops")) + "x = '\x1b[31m\u202e'\n" + "y = " + "1 + " * 2000 + "1\n" + "\n" * MOST_LINES
    (room / "class" / "zoe.py").write_text(odd, encoding="utf-8", newline="")
    html, seen = page("class")
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "1 + " * 300 not in html
    assert re.search(r"and \d+ lines more|and \d+ lines? more", " ".join(seen.words))


def test_names_can_be_left_out(room, capsys):
    assert similar("class", "--anonymous", "key.csv", "--output", "alike.html") == 0
    out, err = said(capsys)
    everything = out + err + (room / "alike.html").read_text()
    assert "1 pair stands out" in out
    assert not re.search(r"\b(zoe|cholesky\.py|einsum\.py)\b", everything)
    assert "zoe" in (room / "key.csv").read_text()


def test_common_and_top_are_taken(room, capsys):
    assert similar("class", "--common", "7", "--top", "1") == 0
    assert "more than 7 different files" in said(capsys)[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no_such"], "error[B001]"),
        (["class", "--starter", "no_such.py"], "error[S001]"),
        (["class", "--starter", "broken.py"], "error[G012]: the starter cannot be read"),
        (["class", "--output", "no/such/alike.html"], "error[G002]: the page cannot be written"),
        (["class", "--output", "a\0b.html"], "error[G002]"),
        (["class", "--from", "moodle"], "error[B006]"),
        (["class", "--pattern", "("], "error[B007]"),
        (["class", "--from", "nowhere"], "invalid choice: 'nowhere'"),
        (["class", "--top", "0"], "'0' is not a whole number from 1 to 1000"),
        (["class", "--common", "1"], "'1' is not a whole number from 2 to 100"),
        ([], "required: DIR"),
    ],
)
def test_a_fault_is_named_and_ends_with_status_2(room, capsys, words, says):
    (room / "broken.py").write_bytes(b"\xff\xfe\x00")
    assert similar(*words) == 2
    out, err = said(capsys)
    assert says in err
    assert out == ""


def test_every_fault_is_named_at_once(room, capsys):
    assert similar("no_such", "--starter", "neither.py") == 2
    assert "2 errors" in said(capsys)[1]
