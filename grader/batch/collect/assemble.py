"""From what a source found and who is on the roster to a class: who handed in what, who nothing, what is nobody's.

Nothing is chosen where the download does not say it: hand-ins of one student without times become one that a person
looks at, and the list of strays says so.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.match import Match
from grader.batch.collect.names import composed, digest, safe_id, tidy
from grader.batch.collect.roster import Roster
from grader.batch.collect.tree import Parts
from grader.loading.shown_name import MAX_PATH, natural_key, shown, told_apart
from grader.model.handin import Collection, EarlierHandIn, HandIn, Stray, Student

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A class, and which files each hand-in consists of.

    Parameters
    ----------
    collection : Collection
        The class.
    items : dict of str to tuple of Item
        By the id of the hand-in.
    """

    collection: Collection
    items: dict[str, tuple[Item, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """Something found, and the ids of the students whose it is."""

    found: Found
    owners: tuple[str, ...]


def assemble(recognised: Recognised, roster: Roster | None, roster_path: str) -> Assembled:
    """Return the class.

    Parameters
    ----------
    recognised : Recognised
        What the source says.
    roster : Roster or None
        Everybody; None where nobody gave one.
    roster_path : str
        As the user named it.

    Returns
    -------
    Assembled
    """
    students: dict[str, Student] = {row.student.id: row.student for row in roster.rows} if roster else {}
    source, says, strays = recognised.source, recognised.says, list(recognised.strays)
    match = Match(roster, recognised.found) if roster is not None else None
    # Backwards, so that what is done with can be taken off the end: of a large class, it would be held twice.
    left = list(reversed(recognised.found))
    del recognised
    owned: list[_Owned] = []
    while left:
        found = left.pop()
        owners = _owners(found, match)
        if match is not None and not any(owner in students for owner in owners):
            unknown = "nobody on the roster is called so; it is graded, and listed under its own name"
            strays.append(Stray(path=_path(found.versions[0].at), says=unknown))
        for owner, who in owners.items():
            students.setdefault(owner, who)
        owned.extend(_Owned(found=each, owners=tuple(owners)) for each in _apart(found))
    connected = _connected(owned)
    del owned
    flat = [one for together in connected for one in _one(together, strays)]
    del connected
    hand_ins, items = _hand_ins(flat, match)
    del flat
    hand_ins.sort(key=lambda hand_in: natural_key((hand_in.id,)))
    handed_in = {student for hand_in in hand_ins for student in hand_in.students}
    missing = tuple(row.student.id for row in roster.rows if row.student.id not in handed_in) if roster else ()
    strays.extend(Stray(path=roster_path, says=note) for note in (roster.notes if roster else ()))
    collection = Collection(
        source=source,
        says=says + _of_roster(roster, handed_in),
        students=tuple(sorted(students.values(), key=lambda student: natural_key((student.id,)))),
        hand_ins=tuple(hand_ins),
        missing=missing,
        strays=tuple(strays),
    )
    return Assembled(collection=collection, items=items)


def _of_roster(roster: Roster | None, handed_in: set[str]) -> str:
    if roster is None:
        return ""
    here = sum(row.student.id in handed_in for row in roster.rows)
    groups = len({row.group for row in roster.rows if row.group})
    some = "1 group, which gets one grade" if groups == 1 else f"{groups} groups, each of which gets one grade"
    in_groups = f", and {some}" if groups else ""
    return f"; the roster has {len(roster.rows)} students, {here} of whom handed in{in_groups}"


def _owners(found: Found, match: Match | None) -> dict[str, Student]:
    """Return whose it is, by id."""
    if match is not None:
        known = {match.student(who) for who in found.who}
        members = match.team(found.team)
        # Moodle numbers teams as it numbers participants: a number alone does not tell one from the other.
        numbered = any("moodle_participant" in who.keys for who in found.who)
        if members and (known <= {None} or (numbered and not _is_called(found, match, known))):
            return {student: match.row(student).student for student in members}
        if None not in known and known:
            fellows = [fellow for student in known if student is not None for fellow in match.fellows(student)]
            return {student: match.row(student).student for student in sorted(fellows, key=lambda s: natural_key((s,)))}
    owners: dict[str, Student] = {}
    for who in found.who or (Who(id=found.team, name=found.team),):
        student = match.student(who) if match is not None else None
        if student is not None and match is not None:
            owners[student] = match.row(student).student
        else:
            fresh = _student(who, match)
            owners[fresh.id] = fresh
    return owners


def _is_called(found: Found, match: Match, known: set[str | None]) -> bool:
    names = {match.row(student).student.name for student in known if student is not None}
    return found.team in names


def _student(who: Who, match: Match | None) -> Student:
    keys = dict(who.keys)
    if who.login and not who.unsure:
        keys.setdefault("login", who.login)
    id_ = tidy(who.id)
    if id_ != composed(who.id) or (match is not None and match.knows(id_)):
        # Somebody else may be called so once what cannot be shown is left out, or is so on the roster.
        id_ = f"{id_} ({digest(who.id)[:8]})"
    return Student(id=id_, name=tidy(who.name), email=tidy(who.email), section=tidy(who.section), keys=keys)


def _apart(found: Found) -> list[Found]:
    """Return hand-ins each alone where only times tell which counts; what is only told of stays with the first."""
    here = [version for version in found.versions if version.here]
    if found.newest_first or len(here) < 2:
        return [found]
    told = tuple(version for version in found.versions if not version.here)
    return [replace(found, versions=(version, *(() if n else told))) for n, version in enumerate(here)]


def _connected(owned: Iterable[_Owned]) -> list[list[_Owned]]:
    """Return what was found in groups that share a student, in the order of the download."""
    of_student: dict[str, int] = {}
    groups: dict[int, list[_Owned]] = {}
    for number, one in enumerate(owned):
        touched = sorted({of_student[student] for student in one.owners if student in of_student})
        home = touched[0] if touched else number
        joined = [each for group in touched for each in groups.pop(group)]
        groups[home] = [*joined, one]
        for each in groups[home] if len(touched) > 1 else (one,):
            of_student.update(dict.fromkeys(each.owners, home))
    return list(groups.values())


def _one(together: list[_Owned], strays: list[Stray]) -> list[_Owned]:
    """Return hand-ins that share no student: the newest where times tell, else all of them as one."""
    if len(together) == 1:
        one = together[0]
        if len(one.found.versions) == 1:
            return together
        return [_Owned(found=replace(one.found, versions=_newest_first(one.found.versions)), owners=one.owners)]
    times = [one.found.versions[0].submitted_at for one in together]
    if None not in times and len(set(times)) == len(times):
        ordered = sorted(together, key=lambda one: one.found.versions[0].submitted_at or _LONG_AGO, reverse=True)
        left: list[_Owned] = []
        for one in ordered:
            taken = {student for each in left for student in each.owners}
            owners = tuple(student for student in one.owners if student not in taken)
            if owners:
                left.append(_Owned(found=one.found, owners=owners))
            else:
                newer = next(n for n, each in enumerate(left) if set(each.owners) & set(one.owners))
                found = left[newer].found
                versions = (*found.versions, *one.found.versions)
                left[newer] = replace(left[newer], found=replace(found, versions=_newest_first(versions)))
        return left
    ordered = sorted(together, key=lambda one: (one.found.identity, one.found.versions[0].at))
    owners = tuple(dict.fromkeys(student for one in ordered for student in one.owners))
    items: list[Item] = []
    for one in ordered:
        version = one.found.versions[0]
        folder = shown(version.at[-1])
        items.extend(Item(at=item.at, name=(folder, *item.name)) for item in version.items)
    first = ordered[0].found
    for one in ordered[1:]:
        says = "another hand-in of the same student, and no time tells which counts: a person has to look at both"
        strays.append(Stray(path=_path(one.found.versions[0].at), says=says))
    late = [one.found.versions[0].late for one in ordered if one.found.versions[0].late is not None]
    version = Version(at=first.versions[0].at, items=tuple(items), late=any(late) if late else None)
    return [_Owned(found=replace(first, versions=(version,)), owners=owners)]


def _newest_first(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    if any(version.submitted_at is None for version in versions):
        # The source has put them in order.
        return versions
    ordered = sorted(versions, key=lambda version: version.submitted_at or _LONG_AGO, reverse=True)
    # What is not in the download cannot be graded, however new it is.
    return tuple(sorted(ordered, key=lambda version: not version.here))


def _path(parts: Parts) -> str:
    return shown("/".join(parts), MAX_PATH)


def _hand_ins(owned: list[_Owned], match: Match | None) -> tuple[list[HandIn], dict[str, tuple[Item, ...]]]:
    """Return hand-ins in the order of the download, and what each consists of."""
    ids = _ids([one.found for one in owned])
    paths = told_apart(_path(one.found.versions[0].at) for one in owned)
    hand_ins: list[HandIn] = []
    items: dict[str, tuple[Item, ...]] = {}
    for one, id_, path in zip(owned, ids, paths, strict=True):
        counts, *before = one.found.versions
        said = [match.row(s).submitted_at for s in one.owners if match.knows(s)] if match is not None else []
        known = [time for time in said if time is not None]
        hand_ins.append(
            HandIn(
                id=id_,
                students=one.owners,
                path=path,
                submitted_at=counts.submitted_at or (max(known) if known else None),
                late=counts.late,
                earlier=tuple(EarlierHandIn(path=_path(v.at), submitted_at=v.submitted_at) for v in before),
            )
        )
        items[id_] = counts.items
    return hand_ins, items


def _ids(found: list[Found]) -> list[str]:
    """Return a file's name for each hand-in, which no other student of this class or a larger one changes."""
    ids = [safe_id(one.label, one.mark, one.identity) for one in found]
    times = Counter(ids)
    # Two that are the same in 32 bits of their digests are told apart by all of them.
    return [f"{id_}-{digest(f.identity)}" if times[id_] > 1 else id_ for id_, f in zip(ids, found, strict=True)]
