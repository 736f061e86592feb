"""A regular expression of the user's own, with named groups, over the paths of a download."""

import json
import re
import subprocess
import sys
from dataclasses import replace

from grader.batch.collect.codes import CollectCode, fault
from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.names import tidy
from grader.batch.collect.times import time_of
from grader.batch.collect.tree import Base, Parts
from grader.loading.shown_name import shown
from grader.model.handin import Stray

GROUPS = ("student", "name", "email", "login", "group", "section", "time", "late", "file")
_WHO = ("student", "login", "email", "name", "group")
_MAX_PATTERN = 1000
# A sensible pattern takes microseconds a path: 100,000 of them take a second or two. A catastrophic one takes years.
_WALL_S = 60.0
_NOT_LATE = frozenset({"", "0", "no", "false", "on time", "ontime"})
# Python's `re` cannot be interrupted from within, so that it runs in a process that can be ended.
_MATCHER = """
import json, re, sys
asked = json.load(sys.stdin)
pattern = re.compile(asked["pattern"])
found = (pattern.fullmatch(path) for path in asked["paths"])
json.dump([None if match is None else match.groupdict() for match in found], sys.stdout)
"""


def read_pattern(base: Base, pattern: str, path: str) -> Recognised:
    """Return a download as a pattern reads it.

    Parameters
    ----------
    base : Base
        What is collected.
    pattern : str
        Matched against each whole path, with ``/``. It has at least one of the groups ``student``, ``login``,
        ``email``, ``name`` and ``group``.
    path : str
        What is collected, as the user named it.

    Returns
    -------
    Recognised

    Raises
    ------
    DiagnosedError
        The pattern is none, lacks a group, has an unknown one, takes too long, takes no file, or takes a time that is
        none.
    """
    check_pattern(pattern)
    matches = _matches(pattern, ["/".join(parts) for parts in base.files])
    students: dict[tuple[str, ...], dict[str, Version]] = {}
    people: dict[tuple[str, ...], dict[str, str]] = {}
    strays: list[Stray] = []
    for parts, match in zip(base.files, matches, strict=True):
        groups = {key: tidy(value or "") for key, value in match.items()} if match is not None else {}
        owner = tuple(groups.get(key, "") for key in _WHO)
        if not any(owner):
            says = "the pattern does not take it" if match is None else "the pattern finds nobody in it"
            strays.append(Stray(path=shown("/".join(parts)), says=says))
            continue
        # The surest of what is said is whose it is; a name may be written in two ways.
        person = next((key, said) for key, said in zip(_WHO, owner, strict=True) if said)
        people.setdefault(person, groups)
        versions = students.setdefault(person, {})
        version = _version(base, parts, groups, (match or {}).get("file"), pattern)
        key = groups.get("time", "")
        before = versions.get(key)
        versions[key] = version if before is None else replace(before, items=before.items + version.items)
    fits = len(base.files) - len(strays)
    if not fits:
        says = "the pattern takes none of the paths"
        help_ = f"the first path is `{shown('/'.join(base.files[0]))}`" if base.files else "there are no files"
        raise fault(CollectCode.PATTERN_TAKES_NOTHING, says, path, help_)
    return Recognised(
        source="pattern",
        says=f"by the pattern: {fits} of {len(base.files)} files are taken",
        found=tuple(_found(person, people[person], versions) for person, versions in students.items()),
        strays=tuple(strays),
        fits=fits,
        of=len(base.files),
    )


def check_pattern(pattern: str) -> None:
    """Refuse what is no pattern for this, before anything is read.

    Raises
    ------
    DiagnosedError
        With the reason, and the groups that there are.
    """
    help_ = rf"for example: --pattern '(?P<student>[a-z]+[0-9]+)_(?P<file>.+\.py)'; the groups are {', '.join(GROUPS)}"
    says = ""
    if len(pattern) > _MAX_PATTERN:
        says = f"the pattern is longer than {_MAX_PATTERN} characters"
    else:
        try:
            groups = set(re.compile(pattern).groupindex)
        except (re.error, RecursionError, OverflowError) as error:
            says = f"the pattern is no regular expression: {error}"
        else:
            unknown = sorted(groups - set(GROUPS))
            if unknown:
                says = f"the pattern has a group `{shown(unknown[0])}`, which means nothing here"
            elif not groups & set(_WHO):
                says = "the pattern does not say who the student is: it needs a group `student`, `name` or `email`"
    if says:
        raise fault(CollectCode.BAD_PATTERN, says, shown(pattern), help_)


def _matches(pattern: str, paths: list[str]) -> list[dict[str, str | None] | None]:
    asked = json.dumps({"pattern": pattern, "paths": paths})
    try:
        done = subprocess.run(  # noqa: S603 - our own code; the pattern and the paths are its input
            [sys.executable, "-I", "-c", _MATCHER],
            input=asked,
            capture_output=True,
            text=True,
            timeout=_WALL_S,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        says = f"the pattern has not been through {len(paths)} paths after {_WALL_S:.0f} s"
        help_ = "one repetition inside another, as in (a+)+, takes longer than anyone can wait"
        raise fault(CollectCode.PATTERN_TOO_SLOW, says, shown(pattern), help_) from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise fault(CollectCode.BAD_PATTERN, "the pattern cannot be used on these paths", shown(pattern)) from error
    matches: list[dict[str, str | None] | None] = json.loads(done.stdout)
    return matches


def _version(base: Base, parts: Parts, groups: dict[str, str], file: str | None, pattern: str) -> Version:
    said = groups.get("time", "")
    time = time_of(said) if said else None
    if said and time is None:
        says = f"the pattern takes `{shown(said)}` of `{shown('/'.join(parts))}` for a time"
        help_ = "times are such as 2023-09-21T14:03:22Z or 2023-09-21_14-03-22; without a zone they are UTC"
        raise fault(CollectCode.BAD_TIME, says, shown(pattern), help_)
    name = tuple(part for part in (file or parts[-1]).split("/") if part) or parts[-1:]
    late = None if "late" not in groups else groups["late"].casefold() not in _NOT_LATE
    whole = base.whole(parts)
    return Version(at=whole, items=(Item(at=whole, name=name),), submitted_at=time, late=late)


def _found(person: tuple[str, ...], groups: dict[str, str], versions: dict[str, Version]) -> Found:
    kind, said = person
    who = Who(
        id=said,
        name=groups.get("name", ""),
        email=groups.get("email", ""),
        login=groups.get("login", "") or (said if kind == "student" else ""),
        section=groups.get("section", ""),
        unsure=True,
    )
    team = groups.get("group", "")
    return Found(
        identity=f"pattern {kind} {said}",
        label=said,
        who=() if kind == "group" else (who,),
        team=team,
        versions=tuple(versions.values()),
    )
