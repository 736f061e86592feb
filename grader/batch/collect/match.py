"""Who of the roster a download speaks of: by keys, then email, then login, then a name that only one person has."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from grader.batch.collect.found import Found, Who
from grader.batch.collect.names import canvas_form, compared, name_keys
from grader.batch.collect.roster import Roster, Row


class Match:
    """The roster, to be looked up in; never by likeness.

    Parameters
    ----------
    roster : Roster
        The class.
    found : tuple of Found
        Everybody in the download: a name that two of them have is nobody's.
    """

    def __init__(self, roster: Roster, found: tuple[Found, ...]) -> None:
        self._rows = {row.student.id: row for row in roster.rows}
        self._keys: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._teams: dict[str, list[str]] = defaultdict(list)
        for row in roster.rows:
            for key in _keys_of(row):
                self._keys[key].append(row.student.id)
            for name in _names_of(row):
                self._names[name].append(row.student.id)
            if row.group:
                self._teams[_slug(row.group)].append(row.student.id)
        people = {(one.id, *sorted(one.keys.items())): one for each in found for one in each.who}
        self._called = Counter(name for one in people.values() for name in set(_names_said(one)))

    def row(self, student: str) -> Row:
        """Return the row of a student by id."""
        return self._rows[student]

    def knows(self, student: str) -> bool:
        """Return whether an id is on the roster."""
        return student in self._rows

    def student(self, who: Who) -> str | None:
        """Return the id on the roster of a person of the download; None where nobody is, or two are."""
        for key in _keys_said(who):
            known = set(self._keys.get(key, ()))
            if len(known) == 1:
                return known.pop()
        for name in _names_said(who):
            named = self._names.get(name, [])
            if len(named) == 1 and self._called[name] == 1 and not self._is_another(named[0], who):
                return named[0]
        return None

    def _is_another(self, student: str, who: Who) -> bool:
        """Return whether a person of the roster has another id in the same system: then a name proves nothing."""
        keys = self._rows[student].student.keys
        return any(compared(value) != compared(keys.get(kind, value)) for kind, value in who.keys.items())

    def team(self, name: str) -> tuple[str, ...]:
        """Return the ids of a group's members by the group's name; none where there is no such group."""
        return tuple(self._teams.get(_slug(name), ())) if name else ()

    def fellows(self, student: str) -> tuple[str, ...]:
        """Return the ids of the members of a student's group, with the student's own."""
        return self.team(self._rows[student].group) or (student,)


def _slug(name: str) -> str:
    """Return a group's name as GitHub and Moodle write it: "Group 7!" becomes ``group-7``."""
    return "-".join("".join(c if c.isalnum() else " " for c in compared(name)).split())


def _keys_of(row: Row) -> Iterable[tuple[str, str]]:
    student = row.student
    for kind, value in student.keys.items():
        yield kind, compared(value)
    if student.email:
        yield "email", compared(student.email)
    # What an institution gives: rosters call it id, number or login as they like.
    for value in {
        compared(v) for v in (student.id, student.keys.get("sis_id", ""), student.keys.get("login", "")) if v
    }:
        yield "institution", value


def _keys_said(who: Who) -> Iterable[tuple[str, str]]:
    """Yield what a download says of a person, the surest first."""
    yield from ((kind, compared(value)) for kind, value in who.keys.items())
    if "sis_id" in who.keys:
        yield "institution", compared(who.keys["sis_id"])
    if who.email:
        yield "email", compared(who.email)
    if who.login:
        yield "institution", compared(who.login)
    if who.unsure:
        yield "institution", compared(who.id)


def _names_of(row: Row) -> set[str]:
    names = {f"name {key}" for text in (row.student.name, row.sortable) if text for key in name_keys(text)}
    if row.sortable:
        names.add(f"canvas {canvas_form(row.sortable)}")
    return names


def _names_said(who: Who) -> list[str]:
    if not who.name:
        return []
    if "canvas_id" in who.keys:
        return [f"canvas {compared(who.name)}"]
    return [f"name {key}" for key in name_keys(who.name)]
