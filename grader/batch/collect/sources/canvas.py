"""Canvas: "Download Submissions" of an assignment. Every file lies flat and bears its student's name and ids."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.names import tidy
from grader.batch.collect.tree import Base, Parts
from grader.loading.shown_name import shown
from grader.model.handin import Stray

# `get_filename` and `add_upload_submission` of lib/content_zipper.rb (github.com/instructure/canvas-lms): the student's
# sortable name, LATE if late, the user's id, the attachment's id, the attachment's own name. `sanitize_user_name` takes
# _digits_ out of names, so that the first two numbers are the ids.
_NAMED = re.compile(
    r"(?P<name>.+?)(?:_(?P<late>LATE|late))?_(?P<user>[0-9]+)_(?:(?P<file>[0-9]+)_(?P<original>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE|late)_)?(?P<name>anon)_(?P<user>[A-Za-z0-9]+)_"
    r"(?:(?P<file>[0-9]+)_(?P<original>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
# `Attachment.make_unique_filename` of app/models/attachment.rb puts -1, -2 … before the suffix of a file whose name the
# student has used before, which is how a file handed in again is called.
_AGAIN = re.compile(r"(?P<stem>.*?)(?:-(?P<again>[1-9][0-9]?))?(?P<suffix>(?:\.[A-Za-z][A-Za-z0-9]*)*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attachment:
    """One file, by what its name says."""

    parts: Parts
    name: str
    user: str
    anonymous: bool
    late: bool
    file: int
    original: str


def read_canvas(base: Base) -> Recognised:
    """Return a download of Canvas.

    Parameters
    ----------
    base : Base
        Where it begins.

    Returns
    -------
    Recognised
    """
    students: dict[str, list[_Attachment]] = {}
    strays: list[Stray] = []
    fits = 0
    for top, files in base.tops.items():
        attachment = _attachment(base.whole(files[0]), top) if len(files[0]) == 1 else None
        if attachment is None:
            path = shown("/".join(base.whole((top,))))
            strays.append(Stray(path=path, says="its name is not NAME_USERID_FILEID_…, so it is nobody's"))
        else:
            fits += 1
            students.setdefault(attachment.user, []).append(attachment)
    of = fits + len(strays)
    return Recognised(
        source="canvas",
        says=f"Canvas download: {fits} of {of} files are named NAME_USERID_FILEID_…",
        found=tuple(_student(user, files) for user, files in students.items()),
        strays=tuple(strays),
        fits=fits,
        of=of,
    )


def _attachment(parts: Parts, name: str) -> _Attachment | None:
    anonymous = _ANONYMOUS.fullmatch(name)
    match = anonymous or _NAMED.fullmatch(name)
    if match is None:
        return None
    return _Attachment(
        parts=parts,
        name=match["name"],
        user=match["user"],
        anonymous=anonymous is not None,
        late=match["late"] is not None,
        # What was typed into a box on the page has no id of its own.
        file=int((match["file"] or "0")[:18]),
        original=match["original"] or f"{match['typed']}.html",
    )


def _student(user: str, files: list[_Attachment]) -> Found:
    first = files[0]
    name = "" if first.anonymous else tidy(first.name)
    key = "canvas_anonymous_id" if first.anonymous else "canvas_id"
    return Found(
        identity=f"canvas {user}",
        label=name or "anon",
        mark=user,
        who=(Who(id=user, name=name, keys={key: user}),),
        versions=_versions(files),
        newest_first=True,
    )


def _versions(files: list[_Attachment]) -> tuple[Version, ...]:
    """Return what counts, and before it what was handed in again since."""
    newest: list[_Attachment] = []
    older: list[_Attachment] = []
    for same in _same_name(files):
        ordered = sorted(same, key=lambda file: file.file, reverse=True)
        newest.append(ordered[0])
        older.extend(ordered[1:])
    newest.sort(key=lambda file: file.file)
    # A name that two of them would get is neither's.
    taken = Counter(name for file in newest for name in {file.original, _first_name(file.original)})
    items = tuple(Item(at=file.parts, name=(_own_name(file.original, taken),)) for file in newest)
    counts = Version(at=newest[0].parts, items=items, late=any(file.late for file in newest))
    before = [Version(at=file.parts, items=(), late=file.late) for file in sorted(older, key=lambda f: -f.file)]
    return (counts, *before)


def _same_name(files: Iterable[_Attachment]) -> list[list[_Attachment]]:
    """Return the files in groups that are one file handed in again.

    ``hw-1.py`` alone may be what a student called it: it is ``hw.py`` again only beside a ``hw.py`` that is older.
    """
    named: dict[str, list[_Attachment]] = {}
    for file in files:
        named.setdefault(file.original, []).append(file)
    groups: dict[str, list[_Attachment]] = {}
    for original, same in sorted(named.items(), key=lambda pair: (min(f.file for f in pair[1]), pair[0])):
        first = _first_name(original)
        again = first != original and first in groups and min(f.file for f in groups[first]) < same[0].file
        groups.setdefault(first if again else original, []).extend(same)
    return list(groups.values())


def _first_name(original: str) -> str:
    match = _AGAIN.fullmatch(original)
    return original if match is None or not match["again"] else match["stem"] + match["suffix"]


def _own_name(original: str, taken: Counter[str]) -> str:
    """Return the name by which a student's other files import this one: Canvas made ``helpers-1.py`` of it."""
    first = _first_name(original)
    return first if taken[first] == 1 and first.removesuffix(".py").isidentifier() else original
