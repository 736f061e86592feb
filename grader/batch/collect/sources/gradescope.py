"""Gradescope: "Export Submissions" of an assignment. A file beside the folders says whose each folder is."""

from datetime import datetime

from grader.batch.collect.codes import CollectCode, fault
from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.names import tidy
from grader.batch.collect.sources.metadata import MetadataError, Plain, entries_of
from grader.batch.collect.times import time_of
from grader.batch.collect.tree import Base, Parts, Tree
from grader.loading.shown_name import shown
from grader.model.handin import Stray

# Gradescope does not document the file; keys as third-party readers find them: `submission_ID` (a folder; a PDF for
# uploads of scans) with `:submitters` (`:name`, `:sid`, `:email`), `:created_at`, `:results`, and `:history` (`:id`,
# `:created_at`) of what was handed in before.
METADATA = "submission_metadata.yml"
_WANTED = frozenset({"submitters", "created_at", "history"})
# Outputs of autograders stand in it too.
_MAX_METADATA = 512 << 20


def read_gradescope(base: Base, tree: Tree, path: str) -> Recognised:
    """Return an export of Gradescope.

    Parameters
    ----------
    base : Base
        The folder with `METADATA`.
    tree : Tree
        Reads it.
    path : str
        What is collected, as the user named it.

    Returns
    -------
    Recognised

    Raises
    ------
    DiagnosedError
        `METADATA` is missing or cannot be read.
    """
    if (METADATA,) not in base.files:
        raise fault(CollectCode.DOES_NOT_FIT, f"there is no {METADATA} in it", path, "export the submissions again")
    file = tree.read(base.whole((METADATA,)), limit=_MAX_METADATA)
    if file.fault:
        raise fault(CollectCode.BAD_METADATA, f"{METADATA} {file.fault}", path)
    tops = base.tops
    del tops[METADATA]
    people: dict[str, list[Version]] = {}
    owners: dict[str, tuple[Who, ...]] = {}
    strays: list[Stray] = []
    fits = 0
    try:
        for name, entry in entries_of(file.data, _WANTED):
            files = tops.pop(name, None)
            who = _submitters(entry.get("submitters", ""))
            if files is None or not who:
                says = (
                    "its folder is not in the download"
                    if files is None
                    else f"{METADATA} names nobody who handed it in"
                )
                strays.append(Stray(path=shown("/".join(base.whole((name,)))), says=says))
                continue
            fits += 1
            # No id holds a line's end, so that Jo and Ann are never taken for one who is called "Ann Jo".
            identity = "gradescope " + "\n".join(sorted(one.id for one in who))
            owners.setdefault(identity, who)
            people.setdefault(identity, []).extend(_versions(name, entry, files, base))
    except MetadataError as error:
        raise fault(
            CollectCode.BAD_METADATA, f"{METADATA} {error.says}", path, "export the submissions again"
        ) from error
    unnamed = (shown("/".join(base.whole((top,)))) for top in tops)
    strays.extend(Stray(path=name, says=f"{METADATA} does not name it") for name in unnamed)
    found = tuple(_found(identity, owners[identity], versions) for identity, versions in people.items())
    return Recognised(
        source="gradescope",
        says=f"Gradescope export: {METADATA} names {fits} of {fits + len(strays)} submissions",
        found=found,
        strays=tuple(strays),
        fits=fits,
        of=fits + len(strays),
    )


def _submitters(listed: Plain) -> tuple[Who, ...]:
    people: list[Who] = []
    for one in listed if isinstance(listed, list) else ():
        said = one if isinstance(one, dict) else {}
        name, sid, email = (tidy(_text(said.get(key, ""))) for key in ("name", "sid", "email"))
        if sid or email or name:
            keys = {"sis_id": sid} if sid else {}
            people.append(Who(id=sid or email or name, name=name, email=email, keys=keys))
    return tuple({one.id: one for one in people}.values())


def _versions(name: str, entry: dict[str, Plain], files: list[Parts], base: Base) -> list[Version]:
    at = base.whole((name,))
    items = tuple(Item(at=base.whole(parts), name=parts[1:] or parts) for parts in files)
    history = entry.get("history", "")
    before = [
        Version(
            at=base.whole((f"submission_{shown(_text(past.get('id', '')))}",)),
            items=(),
            submitted_at=_time(past.get("created_at", "")),
            here=False,
        )
        for past in (history if isinstance(history, list) else ())
        if isinstance(past, dict)
    ]
    return [Version(at=at, items=items, submitted_at=_time(entry.get("created_at", ""))), *before]


def _text(said: Plain) -> str:
    # Written out, a table of aliases of tables may be larger than any memory.
    return said if isinstance(said, str) else ""


def _time(said: Plain) -> datetime | None:
    # Ruby on Rails writes its own kind of time as a table.
    text = said.get("utc", "") if isinstance(said, dict) else said
    return time_of(text) if isinstance(text, str) else None


def _found(identity: str, who: tuple[Who, ...], versions: list[Version]) -> Found:
    first = min(who, key=lambda one: one.id)
    others = f" and {len(who) - 1}" if len(who) > 1 else ""
    mark = first.keys.get("sis_id", "") or first.email
    label = first.name or mark
    # Groups change: what a group hands in is told apart by a digest of all members, which the space brings about.
    return Found(
        identity=identity, label=label + others, mark="" if others else mark, who=who, versions=tuple(versions)
    )
