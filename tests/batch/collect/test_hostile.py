"""Laws of bad downloads: nothing leads out, nothing floods, and every refusal says what and where."""

import os
import pickle
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.batch.collect import CollectCode, collect
from grader.batch.collect import tree as tree_room
from grader.batch.collect.sources import pattern as pattern_room
from grader.loading import files as files_room
from grader.loading.archive import ListedArchive, RefusedArchiveError
from grader.model.diagnostic import DiagnosedError
from grader.words import catalogue_of
from tests.batch.collect.downloads import BOTH, CANVAS, FUNCTIONS, PLAIN, answer, fill, zipped


def of(path, **options):
    return collect(path, shown=str(path), **options)


def refused(path, **options):
    with pytest.raises(DiagnosedError) as caught:
        of(path, **options)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.says
    return diagnostic


def archive(path, entries):
    path.write_bytes(zipped(entries))
    return path


def test_codes_are_unique():
    assert len({code.code for code in CollectCode}) == len({code.title for code in CollectCode}) == len(CollectCode)


def test_what_is_no_class_is_said(tmp_path):
    assert refused(tmp_path / "none").code == "B001"
    assert refused(tmp_path / "nul\0").code == "B001"
    assert refused(fill(tmp_path, {"a.py": BOTH}) / "a.py").code == "B002"


def test_a_folder_without_hand_ins_is_said(tmp_path):
    assert refused(tmp_path).code == "B005"
    assert refused(fill(tmp_path, {"notes.txt": b"", ".hidden/a.py": BOTH})).code == "B005"
    assert refused(archive(tmp_path / "a.zip", {"notes.txt": b""})).code == "B005"
    assert refused(archive(tmp_path / "b.zip", {})).code == "B005"


@pytest.mark.parametrize("name", ["../out.py", "/etc/passwd.py", "a/../../b.py", "C:/x.py", "a\\b.py", "a//b.py"])
def test_an_archive_that_leads_out_is_refused(tmp_path, name):
    diagnostic = refused(archive(tmp_path / "class.zip", PLAIN | {name: BOTH}))
    assert diagnostic.code == "B004"
    assert name in diagnostic.says


def test_an_archive_with_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("jane.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as opened:
        opened.writestr(link, "/etc/passwd")
    assert refused(tmp_path / "class.zip").code == "B004"


def test_an_archive_of_too_many_entries_and_one_that_is_none_are_refused(tmp_path, monkeypatch):
    (tmp_path / "class.zip").write_bytes(b"PK no archive")
    assert refused(tmp_path / "class.zip").code == "B004"
    monkeypatch.setattr(tree_room, "MAX_CLASS_ENTRIES", 3)
    assert refused(archive(tmp_path / "many.zip", CANVAS)).code == "B004"
    assert refused(fill(tmp_path / "many", CANVAS)).code == "B018"


def test_a_bomb_of_one_student_is_that_students_matter(tmp_path):
    bomb = {"hw.py": b"#" * (files_room.MAX_BYTES[".py"] + 1)}
    collected = of(
        archive(tmp_path / "class.zip", {"jane.zip": zipped(bomb), "pat/hw.py": bomb["hw.py"], "kim.py": BOTH})
    )
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert "is larger than 2 MiB" in read["jane"].problem
    assert "is larger than 2 MiB" in read["pat"].problem
    assert not read["kim"].problem


@pytest.mark.parametrize("inner", [{"../x.py": BOTH}, {"/x.py": BOTH}])
def test_a_bad_archive_of_one_student_is_that_students_matter(tmp_path, inner):
    collected = of(fill(tmp_path, {"jane.zip": zipped(inner), "pat.py": BOTH, "kim.zip": b"PK"}))
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert "is refused: its entry" in read["jane"].problem
    assert "is not a zip archive" in read["kim"].problem
    assert not read["pat"].problem


def test_what_is_read_of_one_student_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.batch.collect.reading.MAX_TOTAL_BYTES", 300)
    world = {f"jane/part{n}.py": answer(f"{n}" * 100) for n in range(9)} | {"pat.py": BOTH}
    collected = of(fill(tmp_path, world))
    jane = next(h for h in collected.collection.hand_ins if h.students == ("jane",))
    submission = collected.read(jane, FUNCTIONS)
    assert any("the folder holds too much" in says for says in submission.skipped)


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need a right on Windows")
def test_links_are_not_followed(tmp_path):
    fill(tmp_path, {"secret/answer.py": BOTH, "class/pat.py": BOTH, "class/jane/notes.txt": b""})
    (tmp_path / "class/jane/hw.py").symlink_to(tmp_path / "secret/answer.py")
    (tmp_path / "class/kim").symlink_to(tmp_path / "secret")
    collected = of(tmp_path / "class")
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert "symbolic link, which is not followed" in read["jane"].problem
    assert not read["jane"].unreadable
    assert set(read) == {"jane", "pat"}
    assert [s.path for s in collected.collection.strays] == ["kim"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    fill(tmp_path, {"pat.py": BOTH})
    os.mkfifo(tmp_path / "jane.py")
    collected = of(tmp_path)
    jane = next(h for h in collected.collection.hand_ins if h.students == ("jane",))
    assert "is not a plain file" in collected.read(jane, FUNCTIONS).problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_place_of_a_time_is_not_waited_for(tmp_path):
    fill(tmp_path, {"submitted/jane/ps1/ps1.py": BOTH, "submitted/pat/ps1/ps1.py": BOTH})
    os.mkfifo(tmp_path / "submitted/jane/ps1/timestamp.txt")
    jane, _ = of(tmp_path, source="nbgrader").collection.hand_ins
    assert jane.submitted_at is None


def test_of_the_exchange_the_folders_name_tells_the_time_and_no_file_in_it(tmp_path):
    place = "jane+ps1+2026-02-03 10:00:00 UTC"
    fill(tmp_path, {f"{place}/ps1.py": BOTH, f"{place}/timestamp.txt": b"2026-02-01 10:00:00 UTC"})
    (jane,) = of(tmp_path, source="nbgrader").collection.hand_ins
    assert jane.submitted_at.day == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_place_of_metadata_is_not_waited_for(tmp_path):
    fill(tmp_path, {"submission_1/hw1.py": BOTH})
    os.mkfifo(tmp_path / "submission_metadata.yml")
    assert refused(tmp_path).code == "B011"


def closed_to_us(monkeypatch, name):
    scan = os.scandir

    def scandir(path):
        return denied() if Path(path).name == name else scan(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_folder_that_may_not_be_read_is_no_reason_to_stop(tmp_path, monkeypatch):
    world = {"jane/closed/hw.py": BOTH, "kim/hw.py": BOTH, "kim/closed/helpers.py": b"x = 1\n", "pat/hw.py": BOTH}
    fill(tmp_path, world)
    closed_to_us(monkeypatch, "closed")
    collected = of(tmp_path)
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert read["jane"].unreadable
    assert read["jane"].problem.startswith("closed could not be read by the grader")
    assert any("closed could not be read by the grader" in says for says in read["kim"].skipped)
    assert not read["pat"].problem


def test_a_students_own_folder_that_may_not_be_read_is_our_matter(tmp_path, monkeypatch):
    fill(tmp_path, {"jane/hw.py": BOTH, "pat/hw.py": BOTH})
    closed_to_us(monkeypatch, "jane")
    collected = of(tmp_path)
    jane, pat = (collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins)
    assert jane.unreadable
    assert not pat.problem


def test_a_file_that_is_gone_since_is_our_matter(tmp_path):
    collected = of(fill(tmp_path, PLAIN))
    jane = next(h for h in collected.collection.hand_ins if h.students == ("jane",))
    (tmp_path / "jane.py").unlink()
    submission = collected.read(jane, FUNCTIONS)
    assert submission.unreadable
    assert submission.problem


def test_an_entry_that_is_damaged_is_our_matter(tmp_path):
    path = tmp_path / "class.zip"
    data = zipped({"jane.py": answer("jane"), "pat.py": BOTH}, zipfile.ZIP_STORED)
    path.write_bytes(data.replace(b"# jane", b"# JANE"))
    collected = of(path)
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert read["jane"].unreadable
    assert not read["pat"].problem


def test_an_unusual_compression_spares_the_others(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("jane.py", BOTH, zipfile.ZIP_BZIP2)
        opened.writestr("pat.py", BOTH)
    collected = of(path)
    read = {h.students[0]: collected.read(h, FUNCTIONS) for h in collected.collection.hand_ins}
    assert "compressed in an unusual way" in read["jane"].problem
    assert not read["pat"].problem


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_process_reads_an_archive_beside_its_parent(tmp_path):
    # Larger than what is read ahead, so that reading it moves the position in the file.
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(PLAIN | {"last.py": b"#" * 300_000}, zipfile.ZIP_STORED))
    listed = ListedArchive(path, max_entries=100)
    inside, outside = os.pipe()
    place = os.lseek(listed._opened.fp.fileno(), 0, os.SEEK_CUR)
    child = os.fork()
    if child == 0:
        same = listed.read(("jane.py",)).data == PLAIN["jane.py"]
        os.write(outside, b"1" if same else b"0")
        os._exit(0)
    assert os.read(inside, 1) == b"1"
    os.waitpid(child, 0)
    assert os.lseek(listed._opened.fp.fileno(), 0, os.SEEK_CUR) == place, "the child has moved where its parent reads"
    os.close(inside)
    os.close(outside)
    assert listed.read(("jane.py",)).data == PLAIN["jane.py"]
    listed.close()


def test_a_listed_archive_that_is_none_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"")
    with pytest.raises(RefusedArchiveError):
        ListedArchive(tmp_path / "a.zip", max_entries=1)


def test_listing_a_class_reads_no_submission_and_reading_one_keeps_none(tmp_path):
    notebook = b'{"cells": [], "x": "' + b"x" * (1 << 20) + b'"}'
    path = archive(tmp_path / "class.zip", {f"student{n}.ipynb": notebook for n in range(24)})
    collected = of(path)
    collected.read(collected.collection.hand_ins[0], FUNCTIONS)
    tracemalloc.start()
    collected = of(path)
    listed = tracemalloc.get_traced_memory()[1]
    for hand_in in collected.collection.hand_ins:
        collected.read(hand_in, FUNCTIONS)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert listed < 4 << 20
    assert kept < 4 << 20
    assert peak < 12 << 20


PATTERN = r"(?P<student>[a-z]+)@(?P<time>[^_]+)(?P<late>_late)?_(?P<file>.+)"


def test_a_pattern_says_who_when_and_which_file(tmp_path):
    world = {
        "jane@2026-02-01 10.00_hw.py": answer("old"),
        "jane@2026-02-02 10.00_late_hw.py": BOTH + b"import helpers\n",
        "jane@2026-02-02 10.00_late_helpers.py": b"x = 1\n",
        "pat@2026-02-01 11.00_hw.py": BOTH,
        "README.md": b"",
    }
    collected = of(fill(tmp_path, world), pattern=PATTERN)
    assert collected.collection.source == "pattern"
    assert collected.collection.says == "by the pattern: 4 of 5 files are taken"
    jane, pat = collected.collection.hand_ins
    assert (jane.students, jane.late, jane.submitted_at.day, len(jane.earlier)) == (("jane",), True, 2, 1)
    assert (pat.late, pat.submitted_at.hour) == (False, 11)
    assert [name for name, _ in collected.read(jane, FUNCTIONS).modules] == ["helpers"]
    assert [s.path for s in collected.collection.strays] == ["README.md"]


def test_the_example_of_the_documentation_takes_what_it_says(tmp_path):
    text = (Path(__file__).parents[3] / "docs" / "downloads.md").read_text(encoding="utf-8")
    pattern = text.partition("--pattern '")[2].partition("'")[0]
    path = text.partition("takes `")[2].partition("`")[0]
    (hand_in,) = of(fill(tmp_path, {path: BOTH}), pattern=pattern).collection.hand_ins
    assert (hand_in.students, hand_in.late, hand_in.submitted_at.month) == (("jd42",), True, 2)


def test_a_pattern_may_name_a_group_alone(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,team\n1,Red\n2,Red\n")
    folder = fill(tmp_path / "class", {"red/hw.py": BOTH})
    collected = of(folder, pattern=r"(?P<group>[^/]+)/(?P<file>.+)", roster=roster)
    assert [h.students for h in collected.collection.hand_ins] == [("1", "2")]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(", "B007"),
        ("(?P<student>.*)" + "x" * 1000, "B007"),
        ("(?P<file>.*)", "B007"),
        ("(?P<student>.*)(?P<colour>x?)", "B007"),
        ("(?P<student>never)", "B008"),
        (r"(?P<student>j)(?P<time>.*)", "B016"),
        ("(?P<student>" * 1, "B007"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_said(tmp_path, pattern, code):
    diagnostic = refused(fill(tmp_path, {"jane.py": BOTH}), pattern=pattern)
    assert diagnostic.code == code
    assert diagnostic.help


def test_a_pattern_that_takes_for_ever_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(pattern_room, "_WALL_S", 1.0)
    fill(tmp_path, {"a" * 60 + ".py": BOTH})
    assert refused(tmp_path, pattern="(?P<student>(?:a+)+)b").code == "B009"


def test_a_pattern_and_a_source_do_not_go_together(tmp_path):
    fill(tmp_path, PLAIN)
    assert refused(tmp_path, pattern="(?P<student>.*)", source="canvas").code == "B017"
    assert refused(tmp_path, source="pattern").code == "B007"
    assert of(tmp_path, pattern=r"(?P<student>[^/.]+).*", source="pattern").collection.source == "pattern"


def test_control_characters_in_names_reach_no_report(tmp_path):
    world = {"jane\x1b[31m\u202e.py": BOTH, "pat\n.py": BOTH, "a\x1b.txt": b""}
    collection = of(fill(tmp_path, world)).collection
    said = collection.model_dump_json() + collection.says
    assert "\\u001b" not in said
    assert "\u202e" not in said
    assert "\\n" not in said


def test_a_class_is_the_same_in_another_process(tmp_path):
    collection = of(fill(tmp_path, PLAIN)).collection
    assert pickle.loads(pickle.dumps(collection)) == collection


def denied(*_args, **_options):
    raise PermissionError(13, "Permission denied")


def test_what_may_not_be_read_is_said_and_is_nobodys_fault(tmp_path, monkeypatch):
    folder = fill(tmp_path / "class", PLAIN)
    packed = archive(tmp_path / "class.zip", PLAIN)
    # Words are read when the first are needed: not here, where nothing can be opened.
    catalogue_of("en")
    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", denied)
        assert refused(folder).code == "B003"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", denied)
        assert refused(packed).code == "B003"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", denied)
        assert refused(packed).code == "B003"


def test_metadata_that_is_too_large_or_may_not_be_read_is_said(tmp_path, monkeypatch):
    fill(tmp_path, {"submission_metadata.yml": b"submission_1: {}\n", "submission_1/hw1.py": BOTH})
    with monkeypatch.context() as patched:
        patched.setattr("grader.batch.collect.sources.gradescope._MAX_METADATA", 3)
        assert refused(tmp_path).code == "B011"
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", denied)
        assert refused(tmp_path).code == "B011"


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (b"", "B005"),
        (b"# nothing\n---\n", "B011"),
        (b"submission_1:\n  :submitters: " + b"[" * 99 + b"]" * 99, "B011"),
        (b"submission_1: none\n[a, b]: {}\nsubmission_2: {}\n", "B005"),
        (
            b"submission_1:\n  :submitters:\n  - Jane\n  - :name: ~\n  :history: [x]\n  :created_at:\n    zone: Z\n",
            "B005",
        ),
    ],
)
def test_metadata_of_another_shape_names_nobody(tmp_path, metadata, code):
    fill(tmp_path, {"submission_metadata.yml": metadata, "submission_1/hw1.py": BOTH})
    assert refused(tmp_path).code == code


def test_metadata_may_repeat_what_it_has_said_by_an_alias(tmp_path):
    text = (
        "submission_1: &first\n  :submitters: &jane\n  - &one\n    :name: Jane\n    :sid: &sid '1'\n"
        "  :results: &skipped\n    a: [1]\n"
        "submission_2:\n  :submitters:\n  - :name: Pat\n    :sid: '2'\n  - *one\n  :created_at: *skipped\n"
        "&key submission_3:\n  :submitters: *jane\n  :created_at: 2026-02-01 10:00:00 Z\n"
    )
    world = {f"submission_{n}/hw1.py": answer(f"{n}") for n in (1, 2, 3)}
    collected = of(fill(tmp_path, world | {"submission_metadata.yml": text.encode()}))
    assert {s.id for s in collected.collection.students} == {"1", "2"}


def test_metadata_whose_aliases_are_larger_than_any_memory_names_nobody(tmp_path):
    rows = [f"   :a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 25)]
    # All of it is kept: it stands in a table that is asked for.
    text = (
        "submission_1:\n :submitters:\n - :a0: &a0 [x]\n"
        + "\n".join(rows)
        + "\n   :name: *a24\n :history:\n - :id: *a24\n"
    )
    fill(tmp_path, {"submission_metadata.yml": text.encode(), "submission_1/hw1.py": BOTH})
    assert refused(tmp_path).code == "B005"


def test_a_name_with_a_space_is_not_a_group_of_two(tmp_path):
    people = (("Ann Jo",), ("Ann", "Jo"))
    text = "".join(
        f"submission_{n}:\n  :submitters:\n" + "".join(f"  - :name: {name}\n" for name in names)
        for n, names in enumerate(people)
    )
    world = {f"submission_{n}/hw1.py": answer(str(n)) for n in range(2)}
    collected = of(fill(tmp_path, world | {"submission_metadata.yml": text.encode()}))
    assert sorted(h.students for h in collected.collection.hand_ins) == sorted(people)


def test_a_folder_that_is_too_deep_is_not_looked_into(tmp_path):
    deep = "/".join("abcdefghijklmnopqrstu")
    collected = of(fill(tmp_path, {"jane/hw.py": BOTH, f"jane/{deep}/more.py": BOTH, "pat.py": BOTH}))
    jane = next(h for h in collected.collection.hand_ins if h.students == ("jane",))
    submission = collected.read(jane, FUNCTIONS)
    assert submission.modules == ()
    assert any("lies too deep to be looked into" in says for says in submission.skipped)


def test_who_hands_in_nothing_but_a_folder_that_is_too_deep_is_told(tmp_path):
    deep = "/".join("abcdefghijklmnopqrstu")
    collected = of(fill(tmp_path, {f"jane/{deep}/hw.py": BOTH, "pat.py": BOTH}))
    jane = next(h for h in collected.collection.hand_ins if h.students == ("jane",))
    assert "lies too deep to be looked into" in collected.read(jane, FUNCTIONS).problem


def test_a_pattern_that_fails_on_the_paths_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(pattern_room, "_MATCHER", "import sys; sys.exit(1)")
    assert refused(fill(tmp_path, PLAIN), pattern="(?P<student>.*)").code == "B007"


def test_a_roster_that_is_too_large_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.batch.collect.roster_text._MAX_BYTES", 3)
    folder = fill(tmp_path / "class", PLAIN | {"roster.csv": b"id\n1\n2\n"})
    assert refused(folder, roster=folder / "roster.csv").code == "B012"
