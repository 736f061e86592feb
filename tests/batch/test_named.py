"""The way back from pseudonyms: grades find their students again, and nothing else of them changes."""

from dataclasses import replace
from fractions import Fraction

from grader.batch.collect.key_file import KeyRow, read_key, written_key
from grader.batch.named import named
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()


def row(pseudonym, of):
    keys = "; ".join(f"{key}={value}" for key, value in sorted(of.keys.items()))
    return KeyRow(kind="student", pseudonym=pseudonym, id=of.id, name=of.name, email=of.email, keys=keys)


def hidden(book, names):
    """Undo `named`: what an anonymous run holds."""
    bare = [replace(each, id=names[each.id], name="", email="", section="", keys={}) for each in book.students]
    marks = [
        replace(
            mark,
            student=names[mark.student],
            adjustments=tuple(a.model_copy(update={"student": names[a.student]}) for a in mark.adjustments),
        )
        for mark in book.marks
    ]
    hand_ins = [replace(h, students=tuple(names[s] for s in h.students)) for h in book.hand_ins]
    return book.model_copy(update={"students": tuple(bare), "marks": tuple(marks), "hand_ins": tuple(hand_ins)})


NAMES = {student.id: f"pseudonym{number}" for number, student in enumerate(BOOK.students)}


def test_a_key_file_leads_back_to_every_student(tmp_path):
    key = tmp_path / "key.csv"
    key.write_bytes(written_key(row(NAMES[student.id], student) for student in BOOK.students))
    back = named(hidden(BOOK, NAMES), read_key(key))
    # A key file holds no sections.
    sections = tuple(replace(student, section="") for student in BOOK.students)
    assert back == BOOK.model_copy(update={"students": sections})
    assert back.marks[2].adjustments[0].points == Fraction(4)


def test_who_is_not_in_the_key_keeps_the_pseudonym():
    back = named(hidden(BOOK, NAMES), [row(NAMES["ada"], sample.ADA)])
    assert [student.id for student in back.students[:2]] == ["ada", NAMES["bob"]]
    assert back.marks[1].student == NAMES["bob"]


def test_rows_that_are_no_students_name_nobody():
    group = KeyRow(kind="group", pseudonym=NAMES["ada"], id="h1", name="x")
    assert named(hidden(BOOK, NAMES), [group]) == hidden(BOOK, NAMES)
