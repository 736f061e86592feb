"""What a hidden check was tried on reaches no student: not by feedback, not by an export; the lecturer sees it all."""

import argparse
import json

import pytest

from grader.batch.journal import Journal
from grader.cli import batch as command
from grader.cli import export as export_command
from grader.cli.arguments import batch as words_of_batch
from grader.cli.arguments import export as words_of_export
from tests.batch.tiny_class import RUBRIC, write_rubric

HIDDEN = """
[[problem.check]]
id = "secret"
kind = "reference"
points = 3
families = ["hidden"]
visibility = "{visibility}"
"""
CASE = ', { family = "hidden", sizes = { n = 7 }, count = 1 }]'
# Right on 2 and 3 numbers, which is all that the visible checks try; tells whatever else it is asked.
SMUGGLER = """\
SEEN = []
def double(x):
    if len(x) > 3:
        SEEN.append(list(x))
        print("smuggled", list(x))
        raise ValueError(f"smuggled {list(x)}")
    return 2 * x if not SEEN else 2 * x + SEEN[0][0]
def square(x):
    if SEEN:
        raise ValueError(f"smuggled {SEEN}")
    return x * x
"""


def room_with(tmp_path, visibility):
    write_rubric(tmp_path / "rubric")
    text = RUBRIC.replace("count = 2 }]", "count = 2 }" + CASE, 1)
    head, middle, tail = text.partition('reference = "answers:double"\n\n[[problem.check]]\nkind = "reference"\n')
    own = HIDDEN.format(visibility=visibility)
    text = head + middle + tail.replace("points = 6\n", "points = 3\n" + own, 1)
    (tmp_path / "rubric" / "rubric.toml").write_text(text)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "eve.py").write_text(SMUGGLER)
    parser = argparse.ArgumentParser()
    words_of_batch.add(parser.add_subparsers().add_parser("batch"))
    rubric = str(tmp_path / "rubric" / "rubric.toml")
    words = ["batch", str(tmp_path / "class"), "--rubric", rubric, "--out", str(tmp_path / "out")]
    assert command.batch_command(parser.parse_args([*words, "--isolation", "none", "--jobs", "1"])) == 0
    return tmp_path


def exported(room, target):
    parser = argparse.ArgumentParser()
    words_of_export.add(parser.add_subparsers().add_parser("export"))
    out = room / f"to_{target}"
    words = ["export", str(room / "out"), "--to", target, "--output", str(out)]
    assert export_command.export_command(parser.parse_args(words)) == 0
    files = [out] if out.is_file() else sorted(path for path in out.rglob("*") if path.is_file())
    assert files
    return b"".join(path.read_bytes() for path in files).decode()


def hidden_input(room):
    """Return the first number that only the hidden check asks for, as the lecturer's report has it."""
    with Journal(room / "out" / "journal.sqlite") as journal:
        report = journal.report("eve")
    (check,) = [c for c in report.problems[0].checks if c.id == "double.secret"]
    assert "smuggled" in check.message
    assert report.printed is not None
    return report.printed.text.split("[")[1].split(",")[0].removeprefix("np.float64(").rstrip(")]")


def test_feedback_and_exports_tell_nothing_of_a_hidden_check(tmp_path, capsys):
    room = room_with(tmp_path, "hidden")
    number = hidden_input(room)
    texts = [path.read_text(encoding="utf-8") for path in (room / "out" / "feedback").iterdir()]
    texts += [exported(room, target) for target in ("gradescope", "prairielearn", "junit")]
    for text in texts:
        assert "smuggled" not in text
        assert number not in text
        assert "secret" not in text
    told = json.loads((room / "out" / "feedback" / "eve.json").read_text())["submission"]
    # Points are those of the whole run, in which it has undone itself.
    assert told["score"] == 3
    assert [check["max_score"] for check in told["problems"][0]["checks"]] == [3, 3]
    assert told["problems"][0]["checks"][1]["message"]


@pytest.mark.parametrize("visibility", ["visible", "after_due", "after_published"])
def test_what_may_be_seen_with_the_grades_is_seen(tmp_path, capsys, visibility):
    room = room_with(tmp_path, visibility)
    told = json.loads((room / "out" / "feedback" / "eve.json").read_text())["submission"]
    assert [check["id"] for check in told["problems"][0]["checks"]] == ["double.reference", "double.secret"]
    with Journal(room / "out" / "journal.sqlite") as journal:
        assert journal.shown("eve") == journal.report("eve")
