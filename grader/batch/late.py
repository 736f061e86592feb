"""Lateness as a syllabus says it: a due time, a grace, a share for each day begun, a cap, a closing time."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.batch.small_toml import did_you_mean, read_toml, refuse
from grader.loading.toml_places import Document, place_at
from grader.model.diagnostic import DiagnosedError, Diagnostic, Place
from grader.model.gradebook import LateMark, LatePolicy
from grader.words import say, say_count

_INLINE = "--late-policy"
_EXAMPLE = "such as `due=2026-10-01T23:59+02:00 grace=15m per_day=10% most=50%`"
_KEYS = ("due", "grace", "per_day", "most", "closes")
_DAY = timedelta(days=1)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PAIR = re.compile(r"([A-Za-z_]+)=")
_DURATION = re.compile(r"(?:\d+[smhd])+")
_PART = re.compile(r"(\d+)([smhd])")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class LateCode(Enum):
    """A fault of a late policy: the code that is printed, and what it is about."""

    UNREADABLE = ("L001", "the policy's file cannot be read")
    NOT_TOML = ("L002", "the policy's file is not TOML")
    UNKNOWN_KEY = ("L003", "a key that late policies do not have")
    MISSING_KEY = ("L004", "a key that is needed is missing")
    NOT_A_TIME = ("L005", "a time that cannot be read")
    NO_TIME_ZONE = ("L006", "a time without a time zone")
    NOT_A_DURATION = ("L007", "a length of time that cannot be read")
    NOT_A_SHARE = ("L008", "a share that is not between 0 and 100 %")
    CLOSES_TOO_EARLY = ("L009", "a closing time before the due time")
    TWICE = ("L010", "a key that is given twice")
    NOT_A_POLICY = ("L011", "words that are no policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One key and value, and where they stand."""

    key: str
    value: Any
    key_place: Place
    value_place: Place


class _FaultyValueError(Exception):
    """A value that cannot be used: its code, what is wrong, help."""

    def __init__(self, code: LateCode, says: str, help_: str) -> None:
        super().__init__(says)
        self.code, self.says, self.help = code, says, help_


def load_late_policy(text: str) -> LatePolicy:
    """Read a late policy from a file, or as it is written on the command line.

    Parameters
    ----------
    text : str
        The name of a TOML file; or the policy itself, such as
        ``due=2026-10-01T23:59+02:00 grace=15m per_day=10% most=50% closes=2026-10-08T23:59+02:00``.

    Returns
    -------
    LatePolicy

    Raises
    ------
    DiagnosedError
        With everything that is wrong with it.
    """
    path = Path(text)
    if _PAIR.match(text.lstrip()):
        shown, entries = _INLINE, _written(text)
        whole = place_at(text, 0, len(text))
    elif path.suffix == ".toml" or path.exists():
        shown = text
        values, faults = read_toml(path, unreadable=LateCode.UNREADABLE, not_toml=LateCode.NOT_TOML)
        entries = [_entry(faults.document, key, value) for key, value in values.items()]
        whole = faults.document.place(faults.document.root.value)
    else:
        help_ = f"name a TOML file, or write the policy itself, {_EXAMPLE}"
        raise refuse(LateCode.NOT_A_POLICY, "this is neither a file nor a late policy", text, help_=help_)
    return _policy(entries, shown, whole)


def _entry(document: Document, key: str, value: Any) -> _Entry:
    node = document.nearest((key,))
    return _Entry(key=key, value=value, key_place=document.place(node.key), value_place=document.place(node.value))


def _written(text: str) -> list[_Entry]:
    """Return the keys and values of a policy that is written on the command line."""
    pairs = [pair for pair in _PAIR.finditer(text) if pair.start() == 0 or text[pair.start() - 1].isspace()]
    ends = [pair.start() for pair in pairs[1:]] + [len(text)]
    entries = []
    for pair, end in zip(pairs, ends, strict=True):
        value = text[pair.end() : end].strip()
        start = pair.end() + (len(text[pair.end() : end]) - len(text[pair.end() : end].lstrip()))
        entries.append(
            _Entry(
                key=pair[1],
                value=value,
                key_place=place_at(text, pair.start(1), len(pair[1])),
                value_place=place_at(text, start if value else pair.start(), len(value) or len(pair[0])),
            )
        )
    return entries


def _policy(entries: Iterable[_Entry], shown: str, whole: Place) -> LatePolicy:
    readers: dict[str, Callable[[Any], Any]] = {
        "due": _time, "grace": _seconds, "per_day": _share, "most": _share, "closes": _time
    }  # fmt: skip
    found: list[Diagnostic] = []

    def note(code: LateCode, says: str, place: Place, help_: str) -> None:
        found.append(Diagnostic(code=code.value[0], says=says, path=shown, place=place, help=help_))

    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for entry in entries:
        if entry.key not in readers:
            help_ = did_you_mean(entry.key, _KEYS, "keys")
            note(LateCode.UNKNOWN_KEY, f"late policies have no key `{entry.key}`", entry.key_place, help_)
        elif entry.key in places:
            note(LateCode.TWICE, f"`{entry.key}` is given twice", entry.key_place, "keep one of the two")
        else:
            places[entry.key] = entry.value_place
            try:
                values[entry.key] = readers[entry.key](entry.value)
            except _FaultyValueError as error:
                note(error.code, f"`{entry.key}` {error.says}", entry.value_place, error.help)
    for key in ("due", "per_day"):
        if key not in places:
            note(LateCode.MISSING_KEY, f"the late policy does not say `{key}`", whole, f"a policy is {_EXAMPLE}")
    if "due" in values and "closes" in values and values["closes"] < values["due"]:
        note(LateCode.CLOSES_TOO_EARLY, "`closes` is before `due`", places["closes"], "close after the due time")
    if found:
        raise DiagnosedError(tuple(found))
    if "grace" in values:
        values["grace_s"] = values.pop("grace")
    return LatePolicy(**values)


def _time(value: Any) -> datetime:
    help_ = "write date, time and time zone, such as `2026-10-01T23:59+02:00`"
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _FaultyValueError(LateCode.NOT_A_TIME, "is not a time", help_) from error
    if not isinstance(value, datetime):
        raise _FaultyValueError(LateCode.NOT_A_TIME, "is not a time", help_)
    if not 1970 <= value.year <= 9000:
        raise _FaultyValueError(LateCode.NOT_A_TIME, "is not a time of this age", help_)
    if value.tzinfo is None:
        raise _FaultyValueError(LateCode.NO_TIME_ZONE, "has no time zone", help_)
    return value


def _seconds(value: Any) -> int:
    help_ = "write a number with s, m, h or d, such as `15m` or `1h30m`"
    if value == "0" or (isinstance(value, int) and not isinstance(value, bool) and value == 0):
        return 0
    if not isinstance(value, str) or not _DURATION.fullmatch(value) or len(value) > 20:
        raise _FaultyValueError(LateCode.NOT_A_DURATION, "is not a length of time", help_)
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(value))


def _share(value: Any) -> Fraction:
    help_ = "write a part of the assignment's points, such as `10%` or `0.1`"
    share = Fraction(-1)
    if isinstance(value, str) and len(value) > 20:
        pass
    elif isinstance(value, str) and (percent := _PERCENT.fullmatch(value)):
        share = Fraction(percent[1]) / 100
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        share = Fraction(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
        share = Fraction(repr(value))
    if not 0 <= share <= 1:
        raise _FaultyValueError(LateCode.NOT_A_SHARE, "is not a share from 0 to 100 %", help_)
    return share


# What lateness costs --------------------------------------------------------------------------------------------------


def late_mark(policy: LatePolicy, submitted_at: datetime, max_score: Fraction) -> LateMark:
    """Return what a policy takes away from a hand-in.

    Parameters
    ----------
    policy : LatePolicy
        The syllabus's.
    submitted_at : datetime
        With a time zone.
    max_score : Fraction
        The assignment's points, of which shares are taken: a weak answer loses as many points as a strong one.

    Returns
    -------
    LateMark
        In the language that is in force. A day is begun by its first instant after the due time, so 24 hours late are
        one day and a second more is two. A hand-in within the grace is not late; after it, days count from the due
        time.
    """
    # Between two times of one zone Python subtracts what clocks show, which is an hour off across a change of clocks.
    submitted = submitted_at.astimezone(UTC)
    late = submitted - policy.due.astimezone(UTC)
    # Never 0 for a fraction of a second: 0 says that it was in time.
    seconds = max(-(-late // timedelta(seconds=1)), 0)
    if policy.closes is not None and submitted > policy.closes.astimezone(UTC):
        says = say("late.closed", ago=_ago(seconds))
        return LateMark(late_s=seconds, days=-(-late // _DAY), penalty=max_score, says=says)
    if seconds == 0:
        return LateMark(late_s=0, days=0, penalty=Fraction(0), says=say("late.in_time"))
    if late <= timedelta(seconds=policy.grace_s):
        says = say("late.within_grace", ago=_ago(seconds), grace=_ago(policy.grace_s))
        return LateMark(late_s=seconds, days=0, penalty=Fraction(0), says=says)
    days = -(-late // _DAY)
    share = min(days * policy.per_day, policy.most)
    cost = "late.costs_the_most" if days * policy.per_day > policy.most else "late.costs"
    says = say_count(cost, days, ago=_ago(seconds), share=_percent(share))
    return LateMark(late_s=seconds, days=days, penalty=share * max_score, says=says)


def _ago(seconds: int) -> str:
    """Return a length of time in its two largest units."""
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    parts = []
    for name, length in units:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(say_count(f"duration.{name}", count))
        if len(parts) == 2 or (parts and not count):
            break
    return " ".join(parts) or say_count("duration.second", 0)


def _percent(share: Fraction) -> str:
    return say("failure.percent", n=f"{float(100 * share):g}")
