"""Who handed in what, and when: a class as it was found in a download, before anything is graded."""

from dataclasses import field
from datetime import datetime

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from grader.model.base import Value

ROW = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, ser_json_inf_nan="strings")
"""As `Value` is, for what there is a row of for each student: with slots, it takes a quarter of a model's memory."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ROW)
class Student:
    """A person of a class."""

    id: str
    """Unique in the class: what the roster or the download calls the person."""
    name: str = ""
    """As people write it; empty where nobody said it."""
    email: str = ""
    section: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    """How other systems call the person: ``canvas_id``, ``sis_id``, ``login``, ``moodle_participant``, ``github``, …"""

    @property
    def shown(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id


class EarlierHandIn(Value):
    """A hand-in that a newer one replaces."""

    path: str
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ROW)
class HandIn:
    """What one student, or one group, handed in and is graded on."""

    id: str
    """Unique in the class, the same in every run over the same download; safe as a file's name on every system."""
    students: tuple[str, ...]
    """Ids; several for a group."""
    path: str
    """Relative to what was collected, with ``/``; inside an archive ``archive.zip/inner/path.py``."""
    submitted_at: datetime | None = None
    """With a time zone; None where the download does not say."""
    late: bool | None = None
    """What the course system says of lateness; None where it says nothing."""
    earlier: tuple[EarlierHandIn, ...] = ()
    """Hand-ins that this one replaces, newest first."""

    def __post_init__(self) -> None:
        if not self.students:
            msg = "a hand-in belongs to a student"
            raise ValueError(msg)
        if self.submitted_at is not None and self.submitted_at.tzinfo is None:
            msg = "a time needs a time zone"
            raise ValueError(msg)


class Stray(Value):
    """Something in the download that is nobody's hand-in, or that could be two things."""

    path: str
    says: str
    """Why, in words for the lecturer."""


class Collection(Value):
    """A class as it was found."""

    source: str
    """``canvas``, ``moodle``, ``gradescope``, ``nbgrader``, ``classroom``, ``plain`` or ``pattern``."""
    says: str
    """What was recognised, and by what; one line."""
    students: tuple[Student, ...]
    """Everybody who handed in, and everybody on the roster."""
    hand_ins: tuple[HandIn, ...]
    """In the order of their ids."""
    missing: tuple[str, ...] = ()
    """Ids of students on the roster who handed in nothing."""
    strays: tuple[Stray, ...] = ()
