"""Laws of rosters: any spelling of a class is the same class, and nobody is matched by likeness or twice."""

from datetime import UTC, datetime

import pytest

from grader.batch.collect import collect
from grader.batch.collect.roster import read_roster
from grader.model.diagnostic import DiagnosedError
from tests.batch.collect.downloads import (
    BOTH,
    CANVAS,
    FUNCTIONS,
    GRADESCOPE,
    MOODLE_FLAT,
    MOODLE_FOLDERS,
    PLAIN,
    answer,
    fill,
)

PLAIN_ROSTER = "id,name,email\n7,Jane Doe,jane@example.edu\n8,Gabriel García Márquez,gabriel@example.edu\n9,王芳,\n"


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def class_of(folder, roster, **options):
    return collect(folder, shown=str(folder), roster=roster, **options)


def refused(path):
    with pytest.raises(DiagnosedError) as caught:
        read_roster(path)
    return caught.value.diagnostics


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_do_not_matter(tmp_path, encoding, delimiter, newline):
    text = PLAIN_ROSTER.replace(",", delimiter).replace("\n", newline)
    roster = read_roster(written(tmp_path, text, encoding))
    assert [(row.student.id, row.student.name, row.student.email) for row in roster.rows] == [
        ("7", "Jane Doe", "jane@example.edu"),
        ("8", "Gabriel García Márquez", "gabriel@example.edu"),
        ("9", "王芳", ""),
    ]
    assert roster.notes == ()


def test_a_guessed_encoding_is_said(tmp_path):
    path = written(tmp_path, "id;name\n8;Gabriel García Márquez\n", "cp1252")
    roster = read_roster(path)
    assert roster.rows[0].student.name == "Gabriel García Márquez"
    collection = class_of(fill(tmp_path / "class", {"8.py": BOTH}), path).collection
    assert [(s.path, "Windows-1252" in s.says) for s in collection.strays] == [(str(path), True)]
    path.write_bytes(b"id;name\n8;Ga\x81briel\n")
    assert "Latin-1" in read_roster(path).notes[0]


def test_the_line_of_excel_and_blank_rows_are_left_out(tmp_path):
    roster = read_roster(written(tmp_path, "sep=;\nid;name\n\n;;\n7;Jane\n"))
    assert [(row.student.id, row.line) for row in roster.rows] == [("7", 5)]


def test_the_gradebook_of_canvas_is_a_roster(tmp_path):
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,HW1 (99)\n"
        "    Points Possible,,,,,10\n"
        '"Doe, Jane",123,S1,jdoe,A,\n'
        '"García Márquez, Gabriel",124,S2,gabo,B,\n'
        '"王芳",125,S3,fang,A,\n'
        '"Lee, Kim",199,S9,klee,A,\n'
        '"Student, Test",990,,abcdef,A,\n'
    )
    collected = class_of(fill(tmp_path / "class", CANVAS), written(tmp_path, text))
    found = {h.path: h.students for h in collected.collection.hand_ins}
    assert found["doejane_123_456_hw1.py"] == ("S1",)
    assert found["o_brienpat_126_480_hw_1_2_final.py"] == ("126",)
    assert collected.collection.missing == ("S9",)
    assert [s.path for s in collected.collection.strays] == ["o_brienpat_126_480_hw_1_2_final.py"]
    jane = next(s for s in collected.collection.students if s.id == "S1")
    assert jane.keys == {"canvas_id": "123", "sis_id": "S1", "login": "jdoe"}
    assert (jane.name, jane.section) == ("Doe, Jane", "A")
    assert collected.collection.says.endswith("the roster has 4 students, 3 of whom handed in")


def test_names_of_canvas_match_sortable_names(tmp_path):
    roster = written(
        tmp_path, "last name,first name,netid\nDoe,Jane,jd1\nGarcia Marquez,Gabriel,gm1\nO_Brien,Pat,po1\n"
    )
    found = {h.path: h.students for h in class_of(fill(tmp_path / "class", CANVAS), roster).collection.hand_ins}
    assert found["doejane_123_456_hw1.py"] == ("jd1",)
    assert found["garciamarquezgabriel_LATE_124_460_hw1.ipynb"] == ("gm1",)
    assert found["o_brienpat_126_480_hw_1_2_final.py"] == ("po1",)


def test_the_worksheet_of_moodle_is_a_roster(tmp_path):
    text = (
        "Identifier,Full name,Email address,Status,Grade\n"
        "Participant 1001,Somebody Else,jane@example.edu,Submitted,\nTeilnehmer/in 1002,,g@example.edu,,\n"
    )
    collected = class_of(fill(tmp_path / "class", MOODLE_FLAT), written(tmp_path, text))
    assert sorted(h.students for h in collected.collection.hand_ins) == [("g@example.edu",), ("jane@example.edu",)]
    assert collected.collection.missing == ()


def test_participants_of_moodle_match_by_name(tmp_path):
    roster = written(
        tmp_path, 'First name;Surname;ID number;Email address\nJane;Doe;7;\n"GABRIEL";García  Márquez;8;\n;王芳;9;\n'
    )
    collected = class_of(fill(tmp_path / "class", MOODLE_FOLDERS), roster)
    assert sorted(h.students[0] for h in collected.collection.hand_ins) == ["7", "8", "9"]


def test_gradescope_matches_by_number_and_then_by_email(tmp_path):
    roster = written(tmp_path, "First Name,Last Name,SID,Email\nJ,D,0123,other@example.edu\nP,O,,PAT@example.edu\n")
    collected = class_of(fill(tmp_path / "class", GRADESCOPE), roster)
    owners = {student for h in collected.collection.hand_ins for student in h.students}
    assert owners == {"0123", "PAT@example.edu", "0201"}


def test_a_key_counts_before_an_email_and_an_email_before_a_name(tmp_path):
    folder = fill(tmp_path / "class", GRADESCOPE)
    text = "sid,name,email\n0123,A,a@example.edu\n5,Jane Doe,jane@example.edu\n"
    owners = {s for h in class_of(folder, written(tmp_path, text)).collection.hand_ins for s in h.students}
    assert "0123" in owners
    assert "5" not in owners
    text = "sid,name,email\n4,A,jane@example.edu\n5,Jane Doe,b@example.edu\n"
    owners = {s for h in class_of(folder, written(tmp_path, text)).collection.hand_ins for s in h.students}
    assert "4" in owners
    assert "5" not in owners


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("Jane Doe", "jane doe"),
        ("Jane  Doe", "JANE DOE"),
        ("Doe, Jane", "Jane Doe"),
        ("Jane Doe", "Doe,Jane"),
        ("Gabriel Garci\u0301a", "Gabriel García"),
        ("Ｊａｎｅ Doe", "Jane Doe"),
        ("\u200fדנה כהן", "דנה כהן"),
        ("Weiß", "WEISS"),
        ("jdoe", "JDoe"),
    ],
)
def test_spellings_of_one_name_are_one_name(tmp_path, said, listed):
    roster = written(tmp_path, f'id,name\n1,"{listed}"\n2,Other\n')
    collection = class_of(fill(tmp_path / "class", {f"{said}.py": BOTH, "2.py": BOTH}), roster).collection
    assert sorted(h.students for h in collection.hand_ins) == [("1",), ("2",)]


@pytest.mark.parametrize("said", ["Jane", "Jan Doe", "Jane A Doe", "janedoe", "Jane Do", "Jane\u0301 Doe"])
def test_a_name_that_is_only_alike_is_nobodys(tmp_path, said):
    roster = written(tmp_path, "id,name\n1,Jane Doe\n2,Other\n")
    collection = class_of(fill(tmp_path / "class", {f"{said}.py": BOTH, "2.py": BOTH}), roster).collection
    assert collection.missing == ("1",)
    assert len(collection.strays) == 1
    assert len(collection.hand_ins) == 2


def test_a_name_that_two_have_is_matched_to_neither(tmp_path):
    folder = fill(tmp_path / "class", {"Jane Doe.py": BOTH, "3.py": BOTH})
    twice_listed = class_of(folder, written(tmp_path, "id,name\n1,Jane Doe\n2,Jane Doe\n3,X\n")).collection
    assert twice_listed.missing == ("1", "2")
    world = {
        "Jane Doe_11_assignsubmission_file_a.py": answer("a"),
        "Jane Doe_12_assignsubmission_file_a.py": answer("b"),
    }
    twice_there = class_of(fill(tmp_path / "moodle", world), written(tmp_path, "id,name\n1,Jane Doe\n")).collection
    assert twice_there.missing == ("1",)
    assert [h.students for h in twice_there.hand_ins] == [("11",), ("12",)]


def test_two_hand_ins_of_one_student_are_left_to_a_person(tmp_path):
    roster = written(tmp_path, "id,name\n1,Jane Doe\n2,X\n")
    folder = fill(tmp_path / "class", {"Jane Doe.py": answer("a"), "1.py": answer("b"), "2.py": BOTH})
    collected = class_of(folder, roster)
    assert [h.students for h in collected.collection.hand_ins] == [("1",), ("2",)]
    (jane,) = (h for h in collected.collection.hand_ins if h.students == ("1",))
    assert collected.read(jane, FUNCTIONS).undecided
    assert [s.path for s in collected.collection.strays] == ["Jane Doe.py"]


def test_a_group_of_the_roster_has_one_hand_in(tmp_path):
    roster = written(tmp_path, "id,name,group\n1,Jane,red\n2,Pat,red\n3,Kim,\n4,Lee,blue\n")
    folder = fill(tmp_path / "class", {"1.py": BOTH, "3.py": BOTH, "Blue.py": BOTH})
    collection = class_of(folder, roster).collection
    assert sorted(h.students for h in collection.hand_ins) == [("1", "2"), ("3",), ("4",)]
    assert collection.missing == ()
    assert collection.says.endswith("of whom handed in, and 2 groups, each of which gets one grade")


def test_of_a_groups_hand_ins_the_newest_counts_where_times_tell(tmp_path):
    roster = written(tmp_path, "id,group\nalice,red\nbob,red\n")
    folder = fill(
        tmp_path / "class",
        {
            "inbound/alice+ps1+2026-02-01 10:00:00.0 UTC/ps1.py": answer("old"),
            "inbound/bob+ps1+2026-02-02 10:00:00.0 UTC/ps1.py": answer("new"),
        },
    )
    collected = class_of(folder, roster)
    (hand_in,) = collected.collection.hand_ins
    assert hand_in.students == ("alice", "bob")
    assert len(hand_in.earlier) == 1
    assert "# new" in collected.read(hand_in, FUNCTIONS).chunks[0].source


def test_a_time_of_the_roster_stands_where_the_download_has_none(tmp_path):
    roster = written(tmp_path, "id,submission time\njane,2026-02-01 10:00:00 -0700\n")
    collection = class_of(fill(tmp_path / "class", PLAIN), roster).collection
    times = {h.students[0]: h.submitted_at for h in collection.hand_ins}
    assert times["jane"] == datetime(2026, 2, 1, 17, tzinfo=UTC)
    assert times["pat"] is None


def test_what_is_twice_in_a_roster_is_refused_with_both_lines(tmp_path):
    text = 'id,name,email,login\n1,"Jane\nDoe",a@x,\n2,B,A@X,\n1,C,,\n3,D,,k\n4,E,,K\n'
    found = refused(written(tmp_path, text))
    assert [(d.code, d.place.line) for d in found] == [("B014", 4), ("B014", 5), ("B014", 7)]
    assert "line 2" in found[0].says
    assert "line 6" in found[2].says


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "B012"),
        (b"\n\n", "B012"),
        (b"colour,shape\nred,round\n", "B013"),
        (b"id,name,section\n1,A,x\n,,y\n", "B015"),
        (b"id,submitted_at\n1,yesterday\n", "B016"),
        (b"id,name\n1," + b"x" * 200_000 + b"\n", "B012"),
    ],
)
def test_a_roster_that_cannot_be_used_is_said(tmp_path, data, code):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    assert refused(path)[0].code == code


def test_a_roster_that_is_not_there_is_said(tmp_path):
    assert refused(tmp_path / "none.csv")[0].code == "B012"
    assert refused(tmp_path)[0].code == "B012"


def test_somebody_who_is_not_on_the_roster_never_takes_the_id_of_somebody_who_is(tmp_path):
    roster = written(tmp_path, "id,name\n11,Kim Lee\n")
    world = {"Jane Doe_11_assignsubmission_file_a.py": BOTH}
    collection = class_of(fill(tmp_path / "class", world), roster).collection
    assert collection.missing == ("11",)
    assert len({s.id for s in collection.students}) == 2


def test_a_number_that_means_two_people_is_nobodys(tmp_path):
    roster = written(tmp_path, "id,login,name\n5,6,Jane\n6,7,Pat\n8,9,Kim\n")
    collection = class_of(fill(tmp_path / "class", {"6.py": BOTH, "9.py": BOTH}), roster).collection
    assert collection.missing == ("5", "6")
    assert [s.path for s in collection.strays] == ["6.py"]


def test_a_name_proves_nothing_where_the_system_gives_another_id(tmp_path):
    # Two of one name, of whom the roster has the one who has not handed in.
    roster = written(tmp_path, 'Student,ID,Section\n"Doe, Jane",11,A\n"Doe, Pat",12,A\n')
    folder = fill(tmp_path / "class", {"doejane_99_1_hw.py": BOTH, "doepat_12_2_hw.py": BOTH})
    collection = class_of(folder, roster).collection
    assert [h.students for h in collection.hand_ins] == [("99",), ("12",)]
    assert collection.missing == ("11",)
    assert "nobody on the roster" in collection.strays[0].says
    assert collection.says.startswith("Canvas download: 2 of 2 files are named")
