"""The list of a class: a CSV file as Canvas, Moodle, Gradescope, GitHub Classroom or a spreadsheet writes it."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.batch.collect.codes import CollectCode
from grader.batch.collect.names import compared, tidy
from grader.batch.collect.roster_text import RosterText, read_text
from grader.batch.collect.times import time_of
from grader.loading.shown_name import MAX_PATH, shown
from grader.model.diagnostic import DiagnosedError, Diagnostic, Place
from grader.model.handin import Student

_NOT_A_LETTER = re.compile(r"[\W_]+")
# Header spellings, in small letters without signs and spaces: of Canvas (gradebook export), Moodle (participants,
# gradebook, offline worksheet), Gradescope and GitHub Classroom (roster, grades), and those of spreadsheets.
_SPELLINGS = {
    "id": "id studentid studentnumber matriculationnumber matrnr matrikelnummer identifier rosteridentifier uin uid",
    "name": "name fullname student studentname displayname",
    "first": "firstname givenname forename vorname preferredfirstname",
    "last": "lastname surname familyname nachname",
    "email": "email emailaddress mail emailaddresses",
    "login": "login loginid sisloginid username user netid uni kerberos onyen utorid cruzid eid",
    "sis_id": "sisid sisuserid sid idnumber sisstudentid integrationid",
    "section": "section sections sectionname",
    "group": "group groupname team teamname",
    "github": "githubusername github githublogin githubuser",
    "canvas_id": "canvasid canvasuserid",
    "submitted_at": "submittedat submissiontime submissiontimestamp timesubmitted",
}
# Rows that Canvas and spreadsheets add.
_NO_STUDENTS = frozenset({"points possible", "student, test", "test student"})
_PARTICIPANT = re.compile(r"\D*(\d+)")
_HELP = "name the columns id, name, email or login; sis_id, section, group and github are understood, too"
_TIME_HELP = "write it such as 2026-10-01 23:59+02:00; without a zone it is taken for UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A person of the roster.

    Parameters
    ----------
    student : Student
        As the class knows the person.
    sortable : str
        ``Last, First``, where the roster says it.
    group : str
        Compared without regard to case; empty for none.
    submitted_at : datetime or None
        When the roster says that the person handed in.
    line : int
        Where it stands in the file, from 1.
    """

    student: Student
    sortable: str
    group: str
    submitted_at: datetime | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A class.

    Parameters
    ----------
    rows : tuple of Row
        In the order of the file; ids, logins, emails and keys are unique.
    notes : tuple of str
        What a person should know of how it was read.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_roster(path: Path) -> Roster:
    """Return the class that a CSV file lists.

    Parameters
    ----------
    path : Path
        Comma, semicolon, tab or bar between columns; UTF-8, UTF-16 or Windows' Latin letters.

    Returns
    -------
    Roster

    Raises
    ------
    DiagnosedError
        With every row that names nobody or somebody twice; or the file cannot be read.
    """
    name = shown(str(path), MAX_PATH)
    text = read_text(path, name, lambda cells: len(set(_columns(cells)) - {None}))
    columns = _columns(text.header)
    if not {"id", "name", "email", "login", "last", "sis_id", "canvas_id", "github"} & set(columns):
        says = "no column of the roster says who a student is"
        place = Place(line=text.header_line, column=1, length=1, source=shown(text.source(text.header_line), MAX_PATH))
        raise DiagnosedError(
            (Diagnostic(code=_code(CollectCode.ROSTER_COLUMNS), says=says, path=name, place=place, help=_HELP),)
        )
    rows: list[Row] = []
    diagnostics: list[Diagnostic] = []
    for line, cells in text.rows:
        said = _said(columns, cells)
        if said.get("name", "").casefold() in _NO_STUDENTS or not any(said.values()):
            continue
        row, wrong = _row(said, line)
        if row is None:
            diagnostics.append(_at(CollectCode.ROSTER_NOBODY, wrong, name, text, line, _HELP))
        else:
            rows.append(row)
            if wrong:
                diagnostics.append(_at(CollectCode.BAD_TIME, wrong, name, text, line, _TIME_HELP))
    diagnostics.extend(_duplicates(rows, name, text))
    if diagnostics:
        raise DiagnosedError(tuple(diagnostics))
    return Roster(rows=tuple(rows), notes=text.notes)


def _code(code: CollectCode) -> str:
    return code.code


def _at(code: CollectCode, says: str, path: str, text: RosterText, line: int, help_: str) -> Diagnostic:
    source = shown(text.source(line), MAX_PATH)
    place = Place(line=line, column=1, length=max(1, len(source)), source=source)
    return Diagnostic(code=code.code, says=says, path=path, place=place, help=help_)


def _columns(header: list[str]) -> list[str | None]:
    """Return what each column is; None for one that is not needed."""
    plain = [_NOT_A_LETTER.sub("", compared(cell)) for cell in header]
    kinds: list[str | None] = []
    for cell in plain:
        kind = next((kind for kind, spellings in _SPELLINGS.items() if cell in spellings.split()), None)
        if kind == "id" and cell == "id" and ("sisloginid" in plain or ("student" in plain and "section" in plain)):
            kind = "canvas_id"  # the gradebook of Canvas calls its own number so
        if kind == "id" and cell == "identifier" and ("status" in plain or "grade" in plain):
            kind = "moodle_participant"  # the offline worksheet of Moodle: "Participant 123"
        # The first column of a kind counts: exports repeat some with other meanings.
        kinds.append(kind if kind not in kinds else None)
    return kinds


def _said(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    return {kind: tidy(cell) for kind, cell in zip(columns, cells, strict=False) if kind is not None}


def _row(said: dict[str, str], line: int) -> tuple[Row | None, str]:
    """Return a person, and what is wrong with the row; None where it names nobody."""
    first, last, name = said.get("first", ""), said.get("last", ""), said.get("name", "")
    sortable = f"{last}, {first}" if first and last else name if "," in name else ""
    participant = _PARTICIPANT.fullmatch(said.get("moodle_participant", ""))
    keys = {key: said[key] for key in ("canvas_id", "sis_id", "login", "github") if said.get(key)}
    if participant is not None:
        keys["moodle_participant"] = participant[1]
    name = name or " ".join(part for part in (first, last) if part)
    ids = (said.get("id"), keys.get("sis_id"), keys.get("login"), said.get("email"), keys.get("canvas_id"))
    known = next((one for one in (*ids, keys.get("moodle_participant"), keys.get("github"), name) if one), "")
    if not known:
        return None, "this row has neither an id nor a name"
    time = time_of(said["submitted_at"]) if said.get("submitted_at") else None
    wrong = f"`{said['submitted_at']}` is no time" if said.get("submitted_at") and time is None else ""
    section, email = said.get("section", ""), said.get("email", "")
    student = Student(id=known, name=name, email=email, section=section, keys=keys)
    group = said.get("group", "")
    return Row(student=student, sortable=sortable, group=group, submitted_at=time, line=line), wrong


def _duplicates(rows: list[Row], path: str, text: RosterText) -> list[Diagnostic]:
    """Return a diagnostic for each row that says what is another's."""
    seen: dict[tuple[str, str], int] = {}
    found: list[Diagnostic] = []
    for row in rows:
        student = row.student
        said = [("id", student.id), ("email", student.email), *student.keys.items()]
        for kind, value in said:
            if not value:
                continue
            line = seen.setdefault((kind, compared(value)), row.line)
            if line != row.line:
                says = f"the {kind.replace('_', ' ')} `{value}` is in line {line} already"
                help_ = "each student stands in one row, with ids of their own"
                found.append(_at(CollectCode.ROSTER_DUPLICATE, says, path, text, row.line, help_))
                break
    return found
