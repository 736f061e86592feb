"""nbgrader: a course's ``submitted`` folder, or an exchange's ``inbound``."""

import re

from grader.batch.collect.codes import CollectCode, fault
from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.times import time_of
from grader.batch.collect.tree import Base, Parts, Tree
from grader.loading.shown_name import shown
from grader.model.handin import Stray

# CourseDirectory.directory_structure of nbgrader/coursedir.py (github.com/jupyter/nbgrader):
# {nbgrader_step}/{student_id}/{assignment_id}, with timestamp.txt in it, a time that parse_utc of nbgrader/utils.py
# reads as UTC where it names no zone. Submissions that are not collected yet lie in the exchange's inbound folder as
# STUDENT+ASSIGNMENT+TIME or STUDENT+ASSIGNMENT+TIME+RANDOM (nbgrader/exchange/default/submit.py).
_TIMESTAMP = "timestamp.txt"
_INBOUND = re.compile(
    r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+"
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[A-Z]{1,5}|[+-]\d{4}))(?:\+[^+]+)?",
    re.ASCII,
)
_MAX_TIMESTAMP = 1 << 10


def read_nbgrader(base: Base, tree: Tree, path: str) -> Recognised:
    """Return a course of nbgrader.

    Parameters
    ----------
    base : Base
        Where it begins: ``submitted`` or the folder around it.
    tree : Tree
        Reads the files with times.
    path : str
        What is collected, as the user named it.

    Returns
    -------
    Recognised

    Raises
    ------
    DiagnosedError
        It holds several assignments.
    """
    submitted = "submitted" in base.tops
    course = [parts[1:] for parts in base.files if parts[0] == "submitted"] if submitted else list(base.files)
    prefix = ("submitted",) if submitted else ()
    versions: dict[tuple[str, str], dict[str, list[Item]]] = {}
    strays: list[Stray] = []
    fits = 0
    for parts in course:
        folder = _folder(parts)
        whole = base.whole((*prefix, *parts))
        if folder is None:
            strays.append(Stray(path=shown("/".join(whole)), says="it is not in a folder STUDENT/ASSIGNMENT"))
            continue
        student, assignment, place, inside = folder
        fits += 1
        at = "/".join(place)
        items = versions.setdefault((student, assignment), {}).setdefault(at, [])
        items.append(Item(at=whole, name=inside))
    assignments = sorted({assignment for _, assignment in versions})
    recognised = Recognised(
        source="nbgrader",
        says=f"nbgrader course: {len(versions)} folders STUDENT/{assignments[0] if assignments else 'ASSIGNMENT'}",
        found=() if len(assignments) > 1 else tuple(_student(s, v, tree) for (s, _), v in versions.items()),
        strays=tuple(strays),
        fits=fits,
        of=len(course),
    )
    if len(assignments) > 1 and _is_certain(base, course, prefix):
        listed = ", ".join(shown(assignment) for assignment in assignments[:8])
        says = f"it holds {len(assignments)} assignments: {listed}{' …' if len(assignments) > 8 else ''}"
        begin = re.escape("".join(f"{part}/" for part in base.whole(prefix)))
        pattern = f"{begin}(?P<student>[^/]+)/{re.escape(assignments[0])}/(?P<file>.+)"
        raise fault(CollectCode.SEVERAL_ASSIGNMENTS, says, path, f"choose one: --pattern '{pattern}'")
    return recognised


def is_nbgrader(base: Base) -> bool:
    """Return whether a folder is a course of nbgrader: by its name, its times or the names of its inbound folders."""
    submitted = "submitted" in base.tops
    course = [parts[1:] for parts in base.files if parts[0] == "submitted"] if submitted else list(base.files)
    return _is_certain(base, course, ("submitted",) if submitted else ())


def _is_certain(base: Base, course: list[Parts], prefix: Parts) -> bool:
    fitting = [parts for parts in course if _folder(parts) is not None]
    if not fitting or 2 * len(fitting) < len(course):
        return False
    named = bool(prefix) or base.names[-1] == "submitted"
    times = any(parts[-1] == _TIMESTAMP or _INBOUND.fullmatch(parts[0]) for parts in fitting)
    return times or (named and any(parts[-1].lower().endswith(".ipynb") for parts in fitting))


def _folder(parts: Parts) -> tuple[str, str, Parts, Parts] | None:
    """Return the student, the assignment, the folder and the path in it."""
    inbound = _INBOUND.fullmatch(parts[0])
    if inbound is not None and len(parts) > 1:
        return inbound["student"], inbound["assignment"], parts[:1], parts[1:]
    if len(parts) < 3:
        return None
    return parts[0], parts[1], parts[:2], parts[2:]


def _student(student: str, folders: dict[str, list[Item]], tree: Tree) -> Found:
    versions = [_version(items, tree) for items in folders.values()]
    who = Who(id=student, login=student, keys={})
    return Found(identity=f"nbgrader {student}", label=student, who=(who,), versions=tuple(versions))


def _version(items: list[Item], tree: Tree) -> Version:
    depth = len(items[0].name)
    place = items[0].at[:-depth]
    inbound = _INBOUND.fullmatch(place[-1])
    # In the exchange the folder's name counts, as for nbgrader itself; the file in it lies in the student's own folder.
    said = inbound["time"] if inbound is not None else ""
    for item in items:
        if inbound is None and item.name == (_TIMESTAMP,):
            said = tree.read(item.at, limit=_MAX_TIMESTAMP).data.decode("utf-8", errors="replace")
    kept = tuple(item for item in items if item.name != (_TIMESTAMP,))
    return Version(at=place, items=kept, submitted_at=time_of(said) if said else None)
