"""What an audit says of a rubric: which wrong answers keep their points, which right ones lose some, what checks do."""

from typing import Literal, TypeAlias

from grader.model.base import Points, Value
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport
from grader.model.schema import Field

Standing: TypeAlias = Literal["caught", "equivalent", "accepted", "survived"]
"""Of a mutant: it lost points; it is right; the rubric says why it keeps them; it keeps them and nobody knows why."""


class MutantReport(Value):
    """One wrong answer, made from the trusted one by a single mistake."""

    key: str
    """Names it in ``[[audit.accept]]``; the same as long as the line that it changes is."""
    problem: str
    operator: str
    says: str
    where: str
    """File and line within the trusted folder."""
    diff: str
    standing: Standing
    score: Points
    max_score: Points
    checks: tuple[str, ...] = ()
    """Those that disagreed, in the order of the rubric."""
    evidence: str = ""
    """Why it may keep its points; or what was tried to find out."""


class AnswerReport(Value):
    """One answer whose marks are known beforehand, over all cases that it was tried on."""

    kind: Literal["reference", "starter", "misconception", "variant", "right"]
    problem: str
    name: str
    says: str
    due: Literal["full", "none", "less"]
    holds: bool
    tried: int
    """On how many draws of cases."""
    detail: str = ""
    """Where it did not hold, and what else should be known."""


class CheckAudit(Value):
    """What one check does."""

    id: str
    """``problem.check``."""
    kind: str
    points: Points
    cases: int
    caught: int
    """Mutants and misconceptions with which it disagrees."""
    first: int
    """Of those, how many the checks before it agree with."""
    alone: int
    """Of those, how many no other check disagrees with."""
    call_s: float = 0.0
    """To grade the trusted answer by it alone."""


class CertifiedReport(Value):
    """How far the trusted answer is from an enclosure of the truth."""

    problem: str
    cases: int
    worst: float | None = None
    """The largest error, in units; a right answer may be off by 8. None where nothing could be enclosed."""
    holds: bool
    detail: str = ""


class StabilityReport(Value):
    """What should make no difference, and whether it made one."""

    what: Literal["seeds", "counts", "load"]
    says: str
    holds: bool


class ProblemAudit(Value):
    """One problem."""

    id: str
    title: str
    points: Points
    answers: tuple[AnswerReport, ...]
    mutants: tuple[MutantReport, ...]
    checks: tuple[CheckAudit, ...]
    certified: CertifiedReport
    remarks: tuple[str, ...] = ()
    """What the author should know, though nothing of it is wrong."""


class AuditReport(Value):
    """One audit of one rubric."""

    schema_: Literal["grader-audit/1"] = Field(default="grader-audit/1", alias="schema")
    grader_version: str
    assignment: AssignmentReport
    seed: int
    seeds: tuple[int, ...]
    """The seeds that were tried besides."""
    isolation: IsolationReport
    problems: tuple[ProblemAudit, ...]
    stability: tuple[StabilityReport, ...]
    holds: bool
    """Nothing is wrong: what the exit status says."""
    seconds: float = 0.0
    """On the clock; it differs from run to run, as ``call_s`` does."""
