"""The way back from pseudonyms: the grades of an anonymous class under the names that its key file holds."""

import re
from collections.abc import Iterable
from dataclasses import replace

from grader.batch.collect.key_file import KeyRow
from grader.model.gradebook import Gradebook
from grader.model.handin import Student

# As `grader.batch.anonymous` writes them: ``canvas_id=101; login=ada``.
_NEXT_KEY = re.compile(r"; (?=[a-z_]+=)")


def named(gradebook: Gradebook, rows: Iterable[KeyRow]) -> Gradebook:
    """Return the grades of an anonymous class with its students' own ids, names, emails and keys.

    Parameters
    ----------
    gradebook : Gradebook
        Of an anonymous class.
    rows : iterable of KeyRow
        Of its key file.

    Returns
    -------
    Gradebook
        In the same order, for hand-ins keep their pseudonyms, and files are named by those. A student without a row
        keeps the pseudonym. Sections are not in a key file, and stay empty.
    """
    people = {row.pseudonym: _student(row) for row in rows if row.kind == "student"}
    ids = {pseudonym: student.id for pseudonym, student in people.items()}
    return gradebook.model_copy(
        update={
            "students": tuple(people.get(student.id, student) for student in gradebook.students),
            "hand_ins": tuple(
                replace(each, students=tuple(ids.get(student, student) for student in each.students))
                for each in gradebook.hand_ins
            ),
            "marks": tuple(
                replace(
                    mark,
                    student=ids.get(mark.student, mark.student),
                    adjustments=tuple(
                        each.model_copy(update={"student": ids.get(each.student, each.student)})
                        for each in mark.adjustments
                    ),
                )
                for mark in gradebook.marks
            ),
        }
    )


def _student(row: KeyRow) -> Student:
    keys = dict(key.split("=", 1) for key in _NEXT_KEY.split(row.keys) if "=" in key)
    return Student(id=row.id, name=row.name, email=row.email, keys=keys)
