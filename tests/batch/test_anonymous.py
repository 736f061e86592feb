"""Laws of anonymity: nobody of the class is named outside the key file, and nobody ever changes their pseudonym."""

import json
import os
import stat

import pytest

from grader.batch.anonymous import anonymise
from grader.batch.collect import collect
from grader.batch.collect.key_file import KeyRow, read_key, written_key
from grader.model.diagnostic import DiagnosedError
from tests.batch.collect.downloads import (
    BOTH,
    CANVAS,
    CLASSROOM,
    FUNCTIONS,
    GRADESCOPE,
    MOODLE_FOLDERS,
    NBGRADER,
    PLAIN,
    fill,
    zipped,
)

WORLDS = {
    "canvas": CANVAS | {"doejane_123_400_hw1.py": BOTH, "stray of janedoe.txt": b""},
    "moodle": MOODLE_FOLDERS,
    "gradescope": GRADESCOPE,
    "nbgrader": NBGRADER,
    "classroom": CLASSROOM,
    "plain": PLAIN
    | {"Grace Hopper/grace_hopper.pdf": b"", "Weiß/weiß.zip": b"PK", "jane.zip": zipped({"jane_d.py": b"x"})},
}
NAMES = [
    "jane",
    "doejane",
    "garciamarquez",
    "gabriel",
    "garcía",
    "márquez",
    "王芳",
    "brien",
    "example.edu",
    "409194",
    "0123",
    "grace",
    "hopper",
    "weiß",
    "1001",
    "125_",
    "janedoe",
    "pat@",
    "fang",
]


def class_of(folder, **options):
    return collect(folder, shown=str(folder), **options)


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_of_the_class_is_named_outside_the_key_file(tmp_path, world):
    named = class_of(fill(tmp_path / "class", WORLDS[world]))
    hidden = anonymise(named, tmp_path / "key.csv")
    said = hidden.collection.model_dump_json()
    for hand_in in hidden.collection.hand_ins:
        submission = hidden.read(hand_in, FUNCTIONS)
        assert submission.path == hand_in.path
        assert submission.student == hand_in.id
        labels = [c.label for c in submission.chunks] + [chunk.label for _, chunk in submission.modules]
        said += " ".join((submission.path, submission.student, submission.problem, *submission.skipped, *labels))
    assert [name for name in NAMES if name.casefold() in said.casefold()] == []
    everything = [
        named.collection.students,
        named.collection.hand_ins,
        named.collection.missing,
        named.collection.strays,
    ]
    assert [len(part) for part in everything] == [
        len(part)
        for part in (
            hidden.collection.students,
            hidden.collection.hand_ins,
            hidden.collection.missing,
            hidden.collection.strays,
        )
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_an_anonymous_submission_is_the_one_that_was_handed_in(tmp_path, world):
    named = class_of(fill(tmp_path / "class", WORLDS[world]))
    hidden = anonymise(named, tmp_path / "key.csv")
    names = {row.pseudonym: row.id for row in read_key(tmp_path / "key.csv")}
    owners = {tuple(sorted(h.students)): h for h in named.collection.hand_ins}
    for hand_in in hidden.collection.hand_ins:
        before = owners[tuple(sorted(names[student] for student in hand_in.students))]
        assert hand_in.submitted_at == before.submitted_at
        assert hand_in.late == before.late
        read, theirs = hidden.read(hand_in, FUNCTIONS), named.read(before, FUNCTIONS)
        assert read.sha256 == theirs.sha256
        assert [chunk.source for chunk in read.chunks] == [chunk.source for chunk in theirs.chunks]
        assert [name for name, _ in read.modules] == [name for name, _ in theirs.modules]
        assert (read.notebook, read.undecided, bool(read.problem)) == (
            theirs.notebook,
            theirs.undecided,
            bool(theirs.problem),
        )


def test_a_later_run_with_more_students_changes_nobodys_pseudonym(tmp_path):
    folder = fill(tmp_path / "class", PLAIN)
    key = tmp_path / "key.csv"
    first = anonymise(class_of(folder), key)
    before = {row.id: row.pseudonym for row in read_key(key)}
    fill(folder, {"aaron.py": BOTH, "zoe.py": BOTH})
    second = anonymise(class_of(folder), key)
    after = {row.id: row.pseudonym for row in read_key(key)}
    assert {id_: after[id_] for id_ in before} == before
    assert {s.id for s in first.collection.students} < {s.id for s in second.collection.students}
    assert anonymise(class_of(folder), key).collection == second.collection


def test_pseudonyms_do_not_follow_from_the_class(tmp_path):
    folder = fill(tmp_path / "class", PLAIN)
    one, other = (anonymise(class_of(folder), tmp_path / name).collection for name in ("a.csv", "b.csv"))
    assert not {s.id for s in one.students} & {s.id for s in other.students}


def test_a_group_stays_a_group(tmp_path):
    hidden = anonymise(class_of(fill(tmp_path / "class", GRADESCOPE)), tmp_path / "key.csv")
    sizes = sorted(len(hand_in.students) for hand_in in hidden.collection.hand_ins)
    assert sizes == [1, 2]
    assert len({hand_in.id for hand_in in hidden.collection.hand_ins}) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_key_file_is_for_its_owner_alone(tmp_path):
    key = tmp_path / "key.csv"
    anonymise(class_of(fill(tmp_path / "class", PLAIN)), key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["key.csv"]


def test_a_key_file_that_cannot_be_written_is_said_and_the_old_one_stays(tmp_path):
    collected = class_of(fill(tmp_path / "class", PLAIN))
    with pytest.raises(DiagnosedError) as caught:
        anonymise(collected, tmp_path / "missing" / "key.csv")
    assert caught.value.diagnostics[0].code == "B019"


def test_a_key_file_is_never_left_half_written(tmp_path, monkeypatch):
    folder = fill(tmp_path / "class", PLAIN)
    key = tmp_path / "key.csv"
    anonymise(class_of(folder), key)
    before = key.read_bytes()
    fill(folder, {"zoe.py": BOTH})

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiagnosedError, match="No space left"):
        anonymise(class_of(folder), key)
    assert key.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["key.csv"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,name\n1,Jane\n",
        b"kind,pseudonym,id,name,email,keys,path\nstudent,abc\n",
        b"kind,pseudonym,id,name,email,keys,path\nstudent,,1,,,,\n",
        b"kind,pseudonym,id,name,email,keys,path\nteacher,abc,1,,,,\n",
        b"kind,pseudonym,id,name,email,keys,path\nstudent,abc,1,,,,\nstudent,abc,2,,,,\n",
        b"kind,pseudonym,id,name,email,keys,path\nstudent,abc,1,,,,\nstudent,abd,1,,,,\n",
        b'kind,pseudonym,id,name,email,keys,path\nstudent,"abc,1,,,,\n',
        b"\xff\xfe\x00",
    ],
)
def test_a_key_file_that_is_none_is_refused_and_kept(tmp_path, data):
    key = tmp_path / "key.csv"
    key.write_bytes(data)
    with pytest.raises(DiagnosedError) as caught:
        anonymise(class_of(fill(tmp_path / "class", PLAIN)), key)
    assert caught.value.diagnostics[0].code == "B019"
    assert key.read_bytes() == data


def test_a_key_file_runs_no_formula_and_gives_back_every_cell(tmp_path):
    texts = ["=1+1", "+1", "-1", "@x", "'=1", "'", "plain", 'a,"b"\nc', "\tx", ""]
    rows = tuple(
        KeyRow(kind="student", pseudonym=f"p{n}", id=text or "empty", name=text, path=text)
        for n, text in enumerate(texts)
    )
    path = tmp_path / "key.csv"
    path.write_bytes(written_key(rows))
    assert read_key(path) == rows
    assert not any(
        cell.startswith(("=", "+", "@")) for line in path.read_text().splitlines() for cell in line.split(",")
    )


def test_the_collection_of_a_large_class_holds_nothing_but_pseudonyms_and_times(tmp_path):
    hidden = anonymise(class_of(fill(tmp_path / "class", WORLDS["plain"])), tmp_path / "key.csv")
    known = {row.pseudonym for row in read_key(tmp_path / "key.csv")}
    for hand_in in json.loads(hidden.collection.model_dump_json())["hand_ins"]:
        assert hand_in["id"] in known
        assert set(hand_in["students"]) <= known
        assert hand_in["path"].partition(".")[0] in known
