"""Moodle: "Download all submissions" of an assignment, in folders or flat, with names or blind."""

import re

from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.names import tidy
from grader.batch.collect.tree import Base, Parts
from grader.loading.shown_name import shown
from grader.model.handin import Stray

# `get_student_prefix` and `load_submissionplugin_filelist` of mod/assign/classes/downloader.php, and before Moodle 4.1
# download_submissions of mod/assign/locallib.php (github.com/moodle/moodle): the name, in which _ became a space, then
# _ID, then _assignsubmission_file, then / or, when flat and in folders before 4.1, _. A team's folder has the team's
# name and id, the default team's no id. Whoever marks blind gets "Participant" in the language of the site for a name.
_NAMED = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<original>.*))?", re.DOTALL
)
# The plugin of files; others are what is typed into the page.
_FILES = "file"


def read_moodle(base: Base) -> Recognised:
    """Return a download of Moodle.

    Parameters
    ----------
    base : Base
        Where it begins.

    Returns
    -------
    Recognised
    """
    students: dict[tuple[str, str], list[Item]] = {}
    places: dict[tuple[str, str], Parts] = {}
    typed: dict[tuple[str, str], Parts] = {}
    strays: list[Stray] = []
    fits = 0
    for top, files in base.tops.items():
        match = _NAMED.fullmatch(top)
        if match is None:
            path = shown("/".join(base.whole((top,))))
            strays.append(Stray(path=path, says="its name is not NAME_ID_assignsubmission_file_…, so it is nobody's"))
            continue
        fits += 1
        # Students of one id are one student, however the name was cut off.
        student = (match["id"], "") if match["id"] else ("", tidy(match["name"]))
        if match["kind"] != _FILES:
            typed.setdefault(student, base.whole((top,)))
            continue
        places.setdefault(student, base.whole((top,)))
        items = students.setdefault(student, [])
        for parts in files:
            own = parts[1:] if len(parts) > 1 else (match["original"] or top,)
            items.append(Item(at=base.whole(parts), name=own))
    names = {place: _NAMED.fullmatch(place[-1]) for place in (*places.values(), *typed.values())}
    found: list[Found] = []
    for student in dict.fromkeys((*students, *typed)):
        place = places.get(student) or typed[student]
        match = names[place]
        name = tidy(match["name"]) if match else ""
        version = Version(at=place, items=tuple(students.get(student, ())))
        found.append(_student(student[0], name, version))
    of = fits + len(strays)
    return Recognised(
        source="moodle",
        says=f"Moodle download: {fits} of {of} names are NAME_ID_assignsubmission_…",
        found=tuple(found),
        strays=tuple(strays),
        fits=fits,
        of=of,
    )


def _student(number: str, name: str, version: Version) -> Found:
    if not number:
        return Found(identity=f"moodle team {name}", label=name, team=name, versions=(version,))
    who = Who(id=number, name=name, keys={"moodle_participant": number})
    # A team's folder looks like a person's: the roster may say that it is one.
    return Found(identity=f"moodle {number}", label=name, mark=number, who=(who,), team=name, versions=(version,))
