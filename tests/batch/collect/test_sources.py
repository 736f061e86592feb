"""Laws of downloads: each system's is recognised as it comes, and each hand-in is its student's, once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.collect import Collected, collect
from grader.model.diagnostic import DiagnosedError
from grader.model.handin import HandIn
from tests.batch.collect.downloads import (
    BOTH,
    CANVAS,
    CLASSROOM,
    FUNCTIONS,
    GRADESCOPE,
    MOODLE_FLAT,
    MOODLE_FOLDERS,
    NBGRADER,
    PLAIN,
    answer,
    fill,
    zipped,
)

WORLDS = {
    "canvas": CANVAS,
    "moodle": MOODLE_FOLDERS,
    "gradescope": GRADESCOPE,
    "nbgrader": NBGRADER,
    "classroom": CLASSROOM,
    "plain": PLAIN,
}


def of(path: Path, **options) -> Collected:
    return collect(path, shown=str(path), **options)


def by_student(collected: Collected) -> dict[str, HandIn]:
    return {student: hand_in for hand_in in collected.collection.hand_ins for student in hand_in.students}


def sources_read(collected: Collected) -> dict[str, str]:
    """The answer of every student."""
    read = {s: collected.read(h, FUNCTIONS) for s, h in by_student(collected).items()}
    return {student: "".join(chunk.source for chunk in submission.chunks) for student, submission in read.items()}


def code_of(action) -> str:
    with pytest.raises(DiagnosedError) as caught:
        action()
    assert all(d.says for d in caught.value.diagnostics)
    return caught.value.diagnostics[0].code


@pytest.mark.parametrize("source", WORLDS)
def test_a_download_is_recognised_as_it_comes(tmp_path, source):
    folder = fill(tmp_path / "class", WORLDS[source])
    collection = of(folder).collection
    assert collection.source == source
    assert collection.hand_ins
    assert "\n" not in collection.says
    assert collection.says


@pytest.mark.parametrize("source", sorted(set(WORLDS)))
def test_an_archive_of_a_download_is_the_class_that_its_folder_is(tmp_path, source):
    world = {("one/" if source == "plain" else "") + name: data for name, data in WORLDS[source].items()}
    folder = of(fill(tmp_path / "class", world))
    (tmp_path / "packed.zip").write_bytes(zipped(world))
    archive = of(tmp_path / "packed.zip")
    assert archive.collection.source == folder.collection.source == source
    assert archive.collection.hand_ins == folder.collection.hand_ins
    assert archive.collection.students == folder.collection.students
    assert sources_read(archive) == sources_read(folder)


def test_names_of_canvas_are_anchored_on_their_ids(tmp_path):
    collected = of(fill(tmp_path, CANVAS))
    assert collected.collection.says == "Canvas download: 4 of 4 files are named NAME_USERID_FILEID_…"
    found = by_student(collected)
    assert set(found) == {"123", "124", "125", "126"}
    assert [found[s].late for s in ("123", "124")] == [False, True]
    assert found["126"].id == "o_brienpat-126"
    assert found["125"].id == "王芳-125"
    assert {s.id: s.name for s in collected.collection.students}["126"] == "o_brienpat"
    assert collected.collection.students[0].keys == {"canvas_id": "123"}
    assert "# pat" in sources_read(collected)["126"]


def test_an_anonymous_download_of_canvas_names_nobody(tmp_path):
    world = {"anon_a1B2c_456_hw1.py": BOTH, "LATE_anon_Zz9_457_hw1.py": BOTH}
    collected = of(fill(tmp_path, world))
    found = by_student(collected)
    assert set(found) == {"a1B2c", "Zz9"}
    assert found["Zz9"].late is True
    assert {s.name for s in collected.collection.students} == {""}


def test_several_files_of_one_student_of_canvas_are_one_hand_in(tmp_path):
    world = {"doejane_1_10_hw1.py": BOTH + b"import helpers\n", "doejane_1_11_helpers-1.py": b"x = 1\n"}
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    submission = collected.read(hand_in, FUNCTIONS)
    assert [name for name, _ in submission.modules] == ["helpers"]
    assert submission.path == hand_in.path == "doejane_1_10_hw1.py"
    assert submission.student == hand_in.id
    assert hand_in.earlier == ()


def test_of_files_that_were_handed_in_again_the_newest_counts_and_the_others_are_listed(tmp_path):
    world = {
        "doejane_1_10_hw1.py": answer("first"),
        "doejane_LATE_1_20_hw1-1.py": answer("second"),
        "doejane_1_15_hw1-2.py": answer("between"),
        "doejane_LATE_1_30_hw1.py": answer("last"),
    }
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    assert hand_in.path == "doejane_LATE_1_30_hw1.py"
    assert hand_in.late is True
    assert [e.path for e in hand_in.earlier] == [
        "doejane_LATE_1_20_hw1-1.py",
        "doejane_1_15_hw1-2.py",
        "doejane_1_10_hw1.py",
    ]
    assert "# last" in sources_read(collected)["1"]


def test_a_number_of_the_students_own_is_no_new_version(tmp_path):
    world = {"doejane_1_10_part-1.py": answer("one"), "doejane_1_11_part-2.py": answer("two")}
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    assert hand_in.earlier == ()
    submission = collected.read(hand_in, FUNCTIONS)
    assert submission.undecided
    assert submission.problem.startswith("`part-1.py` and `part-2.py` could each be the answer")


def test_the_answer_is_never_another_file_of_the_same_name(tmp_path):
    world = {"doejane_1_10_part-1.py": BOTH, "doejane_1_11_part-2.py": b"x = 1\n"}
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    assert collected.read(hand_in, FUNCTIONS).chunks[0].source == BOTH.decode()


def test_moodle_in_folders_keeps_folders_of_the_student_and_leaves_typed_text(tmp_path):
    collected = of(fill(tmp_path, MOODLE_FOLDERS))
    found = by_student(collected)
    assert {s.id: s.name for s in collected.collection.students} == {
        "1001": "Jane Doe",
        "1002": "Gabriel García Márquez",
        "1003": "王芳",
    }
    assert found["1001"].path == "Jane Doe_1001_assignsubmission_file"
    submission = collected.read(found["1002"], FUNCTIONS)
    assert [name for name, _ in submission.modules] == ["helpers"]
    assert found["1002"].submitted_at is None


def test_moodle_flat_and_blind_is_told_apart_by_numbers(tmp_path):
    collected = of(fill(tmp_path, MOODLE_FLAT))
    assert set(by_student(collected)) == {"1001", "1002"}
    submission = collected.read(by_student(collected)["1001"], FUNCTIONS)
    assert [name for name, _ in submission.modules] == ["helpers"]


def test_who_only_typed_into_moodle_has_handed_in_no_file(tmp_path):
    world = MOODLE_FLAT | {"Kim Lee_1009_assignsubmission_onlinetext_onlinetext.html": b"<p>sorry</p>"}
    collected = of(fill(tmp_path, world))
    submission = collected.read(by_student(collected)["1009"], FUNCTIONS)
    assert submission.problem.startswith("there is no .py or .ipynb file in it")


def test_a_team_of_moodle_is_a_team(tmp_path):
    world = {f"Team {n}_{n}_assignsubmission_file/hw1.py": answer(f"{n}") for n in (7, 8)}
    world["Default group_assignsubmission_file/hw1.py"] = BOTH
    roster = tmp_path / "roster.csv"
    # A participant has the number of a team.
    roster.write_text(
        "identifier,full name,grade,team\nParticipant 7,Jane Doe,,Team 8\nParticipant 9,Kim Lee,,Team 7\n"
    )
    collected = of(fill(tmp_path / "class", world), roster=roster)
    assert {h.path: h.students for h in collected.collection.hand_ins} == {
        "Team 7_7_assignsubmission_file": ("9",),
        "Team 8_8_assignsubmission_file": ("7",),
        "Default group_assignsubmission_file": ("Default group",),
    }
    assert [s.path for s in collected.collection.strays] == ["Default group_assignsubmission_file"]


def test_gradescope_knows_students_groups_times_and_what_came_before(tmp_path):
    collected = of(fill(tmp_path, GRADESCOPE))
    found = by_student(collected)
    assert set(found) == {"0123", "0200", "0201"}
    assert found["0200"] is found["0201"]
    assert found["0200"].submitted_at == datetime(2026, 4, 26, 18, tzinfo=UTC)
    assert found["0123"].submitted_at == datetime(2026, 4, 26, 17, 34, 0, 861687, tzinfo=UTC)
    assert [(e.path.rpartition("/")[2], e.submitted_at) for e in found["0123"].earlier] == [
        ("submission_409100000", datetime(2026, 4, 25, 10, tzinfo=UTC))
    ]
    assert {s.id: s.email for s in collected.collection.students}["0201"] == "fang@example.edu"
    (stray,) = collected.collection.strays
    assert stray.path.endswith("submission_409194025")
    assert "names nobody" in stray.says


def test_of_two_submissions_of_gradescope_the_newer_counts_and_a_later_download_keeps_the_id(tmp_path):
    before = of(fill(tmp_path / "before", GRADESCOPE))
    metadata = GRADESCOPE["assignment_77_export/submission_metadata.yml"].decode() + (
        "submission_5:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '0123'\n    :email: jane@example.edu\n"
        "  :created_at: 2026-05-01 08:00:00 -0700\n"
    )
    world = GRADESCOPE | {
        "assignment_77_export/submission_metadata.yml": metadata.encode(),
        "assignment_77_export/submission_5/hw1.py": answer("newer"),
    }
    after = of(fill(tmp_path / "after", world))
    hand_in = by_student(after)["0123"]
    assert hand_in.path == "assignment_77_export/submission_5"
    assert hand_in.submitted_at == datetime(2026, 5, 1, 15, tzinfo=UTC)
    assert "assignment_77_export/submission_409194023" in [e.path for e in hand_in.earlier]
    assert hand_in.id == by_student(before)["0123"].id


def test_who_leaves_a_group_for_a_newer_hand_in_leaves_the_group_its_own(tmp_path):
    metadata = GRADESCOPE["assignment_77_export/submission_metadata.yml"].decode() + (
        "submission_6:\n  :submitters:\n  - :name: Pat\n    :sid: '0200'\n  :created_at: 2026-05-01 08:00:00 Z\n"
    )
    world = GRADESCOPE | {
        "assignment_77_export/submission_metadata.yml": metadata.encode(),
        "assignment_77_export/submission_6/hw1.py": answer("alone"),
    }
    collected = of(fill(tmp_path, world))
    assert {h.path.rpartition("_")[2]: h.students for h in collected.collection.hand_ins} == {
        "409194023": ("0123",),
        "409194024": ("0201",),
        "6": ("0200",),
    }


@pytest.mark.parametrize(
    "metadata",
    [
        "- a list",
        "just text",
        "a: [unclosed",
        "a: &x {}\nb: {submitters: [" + "[" * 100,
        "\x00",
        "!!python/object:os.system {",
    ],
)
def test_metadata_that_is_broken_is_said(tmp_path, metadata):
    fill(tmp_path, {"submission_metadata.yml": metadata.encode(), "submission_1/hw1.py": BOTH})
    assert code_of(lambda: of(tmp_path)) == "B011"


def test_metadata_makes_no_objects_and_multiplies_no_aliases(tmp_path):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{'abcdefghijkl'[n + 1]}: &{'abcdefghijkl'[n + 1]} [{','.join(['*' + 'abcdefghijkl'[n]] * 9)}]\n"
        for n in range(10)
    )
    text = (
        bomb
        + "submission_1:\n  :submitters: !ruby/object:Kernel\n  - :name: Jane\n    :sid: !!python/name:os.system 7\n"
    )
    fill(tmp_path, {"submission_metadata.yml": text.encode(), "submission_1/hw1.py": BOTH})
    assert set(by_student(of(tmp_path))) == {"7"}


def test_nbgrader_takes_the_times_of_its_files(tmp_path):
    collected = of(fill(tmp_path, NBGRADER) / "course")
    found = by_student(collected)
    assert (
        found["jane"].submitted_at == found["fang"].submitted_at == datetime(2026, 2, 2, 15, 58, 23, 948203, tzinfo=UTC)
    )
    assert found["jane"].path == "submitted/jane/ps1"
    assert of(tmp_path / "course/submitted").collection.source == "nbgrader"


def test_of_inbound_folders_of_nbgrader_the_newest_counts(tmp_path):
    world = {f"inbound/jane+ps1+2026-02-0{n} 10:00:00.000000 UTC+abc{n}/ps1.py": answer(f"day {n}") for n in (1, 3, 2)}
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    assert hand_in.submitted_at == datetime(2026, 2, 3, 10, tzinfo=UTC)
    assert [e.submitted_at.day for e in hand_in.earlier] == [2, 1]
    assert "# day 3" in sources_read(collected)["jane"]


def test_of_inbound_folders_with_unknown_zones_none_is_chosen(tmp_path):
    world = {f"inbound/jane+ps1+2026-02-0{n} 10:00:00.0 CEST+abc{n}/ps1.py": answer(f"day {n}") for n in (1, 3)}
    collected = of(fill(tmp_path, world))
    (hand_in,) = collected.collection.hand_ins
    assert hand_in.submitted_at is None
    assert collected.read(hand_in, FUNCTIONS).undecided
    assert len(collected.collection.strays) == 1


def test_several_assignments_of_nbgrader_are_not_mixed(tmp_path):
    fill(tmp_path, NBGRADER | {"course/submitted/jane/ps2/ps2.ipynb": b"{}"})
    with pytest.raises(DiagnosedError) as caught:
        of(tmp_path / "course")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "B010"
    pattern = diagnostic.help.partition("'")[2].rpartition("'")[0]
    collected = of(tmp_path / "course", pattern=pattern)
    assert set(by_student(collected)) == {"jane", "fang"}


def test_classroom_is_known_by_its_folder_or_by_its_clones(tmp_path):
    fill(tmp_path, CLASSROOM)
    named = of(tmp_path / "hw1-submissions")
    assert set(by_student(named)) == {"janedoe", "o-brien"}
    (tmp_path / "hw1-submissions").rename(tmp_path / "anything")
    cloned = of(tmp_path / "anything")
    assert set(by_student(cloned)) == {"janedoe", "o-brien"}
    assert [s.keys for s in cloned.collection.students] == [
        {"github": "janedoe", "login": "janedoe"},
        {"github": "o-brien", "login": "o-brien"},
    ]


def test_a_team_repository_belongs_to_the_team_of_the_roster(tmp_path):
    fill(tmp_path, {"hw1-submissions/hw1-the-a-team/hw1.py": BOTH, "hw1-submissions/hw1-janedoe/hw1.py": BOTH})
    roster = tmp_path / "roster.csv"
    roster.write_text("id,github_username,group_name\n1,JaneDoe,\n2,hannibal,The A-Team!\n3,face,The A-Team!\n")
    found = by_student(of(tmp_path / "hw1-submissions", roster=roster))
    assert found["2"].students == ("2", "3")
    assert found["1"].students == ("1",)


def test_a_plain_folder_has_one_file_folder_or_archive_a_student(tmp_path):
    collected = of(fill(tmp_path, PLAIN))
    found = by_student(collected)
    assert set(found) == {"jane", "Gabriel García Márquez", "王芳", "pat"}
    assert "# pat" in sources_read(collected)["pat"]
    assert [s.path for s in collected.collection.strays] == ["README.txt"]
    assert found["jane"].path == "jane.py"
    assert found["王芳"].path == "王芳"


def test_two_files_of_a_name_are_one_student_and_a_person_chooses(tmp_path):
    collected = of(
        fill(tmp_path, {"jane.py": answer("a"), "jane.zip": zipped({"x/jane.py": answer("b")}), "pat.py": BOTH})
    )
    assert len(collected.collection.hand_ins) == 2
    assert collected.read(by_student(collected)["jane"], FUNCTIONS).undecided


def test_an_archive_that_holds_a_copy_of_the_answer_leaves_nothing_to_choose(tmp_path):
    collected = of(fill(tmp_path, {"jane/hw.py": BOTH, "jane/all.zip": zipped({"hw.py": BOTH}), "pat.py": BOTH}))
    submission = collected.read(by_student(collected)["jane"], FUNCTIONS)
    assert not submission.undecided
    assert not submission.problem


def test_an_archive_of_one_folder_is_the_class_in_it(tmp_path):
    (tmp_path / "hw1.zip").write_bytes(zipped({"hw1/jane.py": BOTH, "hw1/pat.py": BOTH, "__MACOSX/hw1/._jane.py": b""}))
    assert set(by_student(of(tmp_path / "hw1.zip"))) == {"jane", "pat"}


def test_what_is_named_as_no_hand_in_is_listed_and_not_graded(tmp_path):
    collected = of(fill(tmp_path, CANVAS | {"notes.txt": b"", "mine.py": BOTH}))
    assert [s.path for s in collected.collection.strays] == ["mine.py", "notes.txt"]
    assert collected.collection.says == "Canvas download: 4 of 6 files are named NAME_USERID_FILEID_…"


def test_a_source_that_is_named_is_used_and_says_what_does_not_fit(tmp_path):
    fill(tmp_path, {"doejane_1_10_hw1.py": BOTH, "a.py": BOTH, "b.py": BOTH})
    assert of(tmp_path).collection.source == "plain"
    collected = of(tmp_path, source="canvas")
    assert set(by_student(collected)) == {"1"}
    assert [s.path for s in collected.collection.strays] == ["a.py", "b.py"]


@pytest.mark.parametrize("source", ["canvas", "moodle", "gradescope", "nbgrader", "classroom"])
def test_a_source_that_does_not_fit_is_said(tmp_path, source):
    assert code_of(lambda: of(fill(tmp_path, {"a.py": BOTH, "b.py": BOTH}), source=source)) == "B006"


def test_reading_a_hand_in_that_is_not_of_the_class_is_an_error_of_the_caller(tmp_path):
    collected = of(fill(tmp_path, PLAIN))
    stranger = HandIn(id="nobody", students=("x",), path="x.py")
    with pytest.raises(ValueError, match="nobody"):
        collected.read(stranger, FUNCTIONS)
