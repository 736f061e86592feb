"""The grades of a class: points after lateness and adjustments, and what they were made from."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from grader.model.base import Points, Share, Value
from grader.model.handin import ROW, HandIn, Stray, Student
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport
from grader.model.seed import Seed


class LatePolicy(Value):
    """How points fall with lateness, as a syllabus says it."""

    due: datetime
    """With a time zone."""
    grace_s: Annotated[int, Field(ge=0)] = 0
    """Seconds after `due` that cost nothing; a later hand-in is late from `due` on."""
    per_day: Share
    """The share of the assignment's points that each day begun costs."""
    most: Share = Fraction(1)
    """The most that lateness costs, as a share of the assignment's points."""
    closes: datetime | None = None
    """After this a hand-in earns nothing; None: never."""


class Adjustment(Value):
    """A change of points that a person decided on, after a regrade request for instance."""

    student: str
    """The student's id."""
    problem: str
    """The problem's id; empty for the assignment as a whole."""
    points: Points
    """Added to what was graded; negative to take away."""
    reason: str
    """For the student; never empty."""


class ProblemMark(Value):
    """One problem of one student."""

    id: str
    score: Points
    """As graded."""
    undecided: Points
    adjusted: Points
    """After adjustments; between 0 and `max_score` unless an adjustment says otherwise."""
    max_score: Points
    reason: str = ""
    """Why points are missing; one line."""
    diagnosis: str = ""
    """The id of the mistake that explains the answer; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ROW)
class LateMark:
    """What lateness cost."""

    late_s: int
    """Seconds after the due time; 0 for in time."""
    days: int
    """Days begun that are counted."""
    penalty: Points
    """Points taken away."""
    says: str
    """One line for the student."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ROW)
class Mark:
    """One student's grade."""

    student: str
    hand_in: str | None
    """The hand-in's id; None where there is none."""
    status: Literal["graded", "not_graded", "missing"]
    """``not_graded``: our fault or a person has to look; ``missing``: nothing was handed in."""
    score: Points | None
    """As graded, before adjustments and lateness; None unless graded."""
    final: Points | None
    """What counts; None unless graded. Never below 0."""
    undecided: Points = Fraction(0)
    """Points of `score` that nobody has decided on yet."""
    max_score: Points
    problems: tuple[ProblemMark, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    late: LateMark | None = None
    """None where no late policy was given or the time is unknown."""
    reason: str = ""
    """Why it was not graded."""
    nothing: Literal["", "not_run", "no_function"] = ""
    """Why nothing in a graded hand-in could be tried: it cannot be run (a syntax error, no program at all), or has none
    of the functions that are asked for. Worth a look: the wrong file may have been handed in."""


class ProblemHead(Value):
    """A problem as a column of a table."""

    id: str
    title: str
    max_score: Points


class Gradebook(Value):
    """A class, graded: every exporter and the class report read this, and the reports of the hand-ins."""

    schema_: Literal["grader-gradebook/1"] = Field(default="grader-gradebook/1", alias="schema")
    grader_version: str
    assignment: AssignmentReport
    problems: tuple[ProblemHead, ...]
    """In the order of the rubric."""
    seed: Seed
    isolation: IsolationReport
    plan: tuple[str, ...] = ()
    language: str = "en"
    """Of what the reports say to students; a BCP 47 tag."""
    source: str
    source_says: str
    late_policy: LatePolicy | None = None
    students: tuple[Student, ...]
    hand_ins: tuple[HandIn, ...]
    marks: tuple[Mark, ...]
    """One a student, in the order of `students`."""
    strays: tuple[Stray, ...] = ()
