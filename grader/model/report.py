"""The report: everything that is said of a run, JSON round-trippable; every renderer reads only this."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from grader.model.base import Points, Value
from grader.model.isolation import IsolationReport
from grader.model.schema import Field, model_validator
from grader.model.seed import Seed


class Verdict(StrEnum):
    """What a check says of a function."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    INCONCLUSIVE = "inconclusive"
    NOT_GRADED = "not_graded"


class Finding(StrEnum):
    """Why a check says so; the contract of the report's ``outcome`` key."""

    RIGHT = "right"
    WRONG_VALUES = "wrong_values"
    WRONG_SHAPE = "wrong_shape"
    WRONG_STRUCTURE = "wrong_structure"
    NON_FINITE = "non_finite"
    COMPLEX = "complex"
    NOT_NUMERIC = "not_numeric"
    FLOAT32_PRECISION = "float32_precision"
    NUMERICAL_DERIVATIVE = "numerical_derivative"
    UNSTABLE = "unstable"
    CHANGES_INPUTS = "changes_inputs"
    NONDETERMINISTIC = "nondeterministic"
    PROPERTY_BROKEN = "property_broken"
    EQUALITY_BROKEN = "equality_broken"
    TOO_FEW_LINES = "too_few_lines"
    TOO_MANY_LINES = "too_many_lines"
    TOO_SLOW = "too_slow"
    GROWS_TOO_FAST = "grows_too_fast"
    FORBIDDEN_SOURCE = "forbidden_source"
    NEEDS_RIGHTNESS = "needs_rightness"
    """Passed, but earns nothing because the answer itself is not right."""
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    MALFORMED = "malformed"
    MISSING = "missing"
    NOT_CALLABLE = "not_callable"
    NOT_LOADED = "not_loaded"
    SKIPPED = "skipped"
    TOO_CLOSE_TO_TELL = "too_close_to_tell"
    UNINFORMATIVE = "uninformative"
    TIMES_UNCLEAR = "times_unclear"
    SOURCE_UNCLEAR = "source_unclear"
    GRADER_FAULT = "grader_fault"


class DiagnosisReport(Value):
    """A named reason for a disagreement."""

    id: str
    says: str
    hint: str = ""


class FailureReport(Value):
    """The smallest case that fails, in a form to paste and to act on."""

    case: str
    """Such as ``generic[0]``."""
    says: str = ""
    """What is special about the case."""
    inputs: str
    """Assignments of the arguments, as Python."""
    call: str
    """The call, as Python."""
    got: str
    expected: str
    where: str = ""
    """The worst entry: ``grad[1, 0]``."""
    off_by: str = ""
    """How far: ``75 %``, ``3.1e-09``."""
    allowed: str = ""
    differing: str = ""
    """How many entries differ: ``2 of 6 entries``."""
    source: str = ""
    """The student's line that raised, if one did."""
    against: str = ""
    """What ``expected`` is, where it is not the right answer: the line before, in a derivation."""


class LineReport(Value):
    """One line of a derivation, and the "=" left of it."""

    number: int
    """From 1."""
    before: int
    """The line that it is compared with: the nearest one above it that returned numbers; 0 is the answer itself."""
    verdict: Verdict
    """Of the "="; ``not_graded`` where a student's kit does not know the left side."""
    outcome: Finding
    right: bool | None
    """Whether the line is the answer; None where that cannot be told."""
    says: str
    """What is said of it, in words that follow its number."""
    factor: str = ""
    """By which factor it is off from the line before, as a formula such as ``pi`` or ``-1/N``; empty if by none."""
    cases_failed: int = 0
    """On how many cases the "=" does not hold."""
    diagnosis: DiagnosisReport | None = None
    """The mistake that explains it, where the line before is right."""
    failure: FailureReport | None = None
    """The smallest case on which the "=" does not hold."""


class CheckReport(Value):
    """What one check found."""

    id: str
    """``problem.check``."""
    kind: str
    verdict: Verdict
    outcome: Finding
    score: Points
    max_score: Points
    message: str
    """One sentence: what was found; never empty."""
    tried: str
    """What was tried, in words: ``8 generic cases at float64, 4 at float32``."""
    cases_tried: int = 0
    cases_failed: int = 0
    resolution: float | None = None
    """Smallest relative error that would have been caught on some informative case."""
    diagnoses: tuple[DiagnosisReport, ...] = ()
    failure: FailureReport | None = None
    lines: tuple[LineReport, ...] = ()
    """Of a derivation: one a line."""
    again: str = ""
    """The command that replays it."""


class ProblemReport(Value):
    """One problem: its points, its checks, and one line on why points are missing."""

    id: str
    title: str
    function: str
    score: Points
    max_score: Points
    undecided: Points
    """Points that nobody has decided on: checks that are inconclusive."""
    reason: str = ""
    checks: tuple[CheckReport, ...]


class PrintedReport(Value):
    """What the submission printed, capped and cleaned of control characters."""

    text: str
    truncated: bool


class SubmissionReport(Value):
    """One submission."""

    path: str
    student: str
    sha256: str
    status: Literal["graded", "not_graded"]
    score: Points | None
    """None where the submission could not be graded through our own fault."""
    max_score: Points
    undecided: Points
    reason: str = ""
    """Why it was not graded; empty where it was."""
    notes: tuple[str, ...] = ()
    """What a student should know besides: a syntax error, cells that failed, lines that were skipped."""
    printed: PrintedReport | None = None
    problems: tuple[ProblemReport, ...]

    @model_validator(mode="after")
    def _scored_exactly_when_graded(self) -> Self:
        if (self.status == "graded") != (self.score is not None):
            msg = "a submission has a score exactly when it is graded"
            raise ValueError(msg)
        return self


class AssignmentReport(Value):
    """Which rubric was used."""

    id: str
    title: str
    path: str
    sha256: str
    """Of the rubric's bytes and of every trusted file it names, hexadecimal."""
    max_score: Points


class Report(Value):
    """One run of the grader over one or more submissions."""

    schema_: Literal["grader-report/1"] = Field(default="grader-report/1", alias="schema")
    grader_version: str
    assignment: AssignmentReport
    seed: Seed
    """A secret one is told by its commitment."""
    isolation: IsolationReport
    plan: tuple[str, ...] = ()
    """What was drawn and what was rejected, a line a problem."""
    language: str = "en"
    """Of what it says to students; a BCP 47 tag."""
    submissions: tuple[SubmissionReport, ...]
    timings: dict[str, Annotated[Any, Field()]] = {}
    """Seconds; the only part that differs between two runs of the same files and seed."""
