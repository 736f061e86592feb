"""``summary.json``: a class in numbers, without names but where a person has to look."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from grader.model.base import Points, Share, Value
from grader.model.gradebook import Gradebook, ProblemMark
from grader.model.handin import Stray
from grader.model.report import AssignmentReport
from grader.model.same import Same
from grader.model.seed import Seed
from grader.reporting.needs import Need, counts, needs
from grader.reporting.report_schema import DIALECT


class Counts(Value):
    """How many students and hand-ins there are."""

    students: int
    hand_ins: int
    graded: int
    undecided: int
    not_graded: int
    missing: int
    late: int
    adjusted: int


class Distribution(Value):
    """What counts, over the students whose grade is decided."""

    students: int
    mean: Points
    median: Points
    lower_quartile: Points
    upper_quartile: Points
    least: Points
    most: Points
    full_marks: Share


class ProblemSummary(Value):
    """One problem, over the graded hand-ins in which nothing of it is undecided."""

    id: str
    title: str
    max_score: Points
    hand_ins: int
    mean: Points | None
    full_marks: Share | None


class MistakeSummary(Value):
    """One mistake of one problem."""

    problem: str
    id: str
    says: str
    """What the student is told."""
    hand_ins: int


class ClassSummary(Value):
    """A class in numbers."""

    schema_: Literal["grader-summary/1"] = Field(default="grader-summary/1", alias="schema")
    grader_version: str
    assignment: AssignmentReport
    seed: Seed
    counts: Counts
    points: Distribution | None
    problems: tuple[ProblemSummary, ...]
    mistakes: tuple[MistakeSummary, ...]
    needs_a_person: tuple[Need, ...]
    strays: tuple[Stray, ...]


DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ClassSummary": "A class in numbers. Later versions may add keys.",
        "AssignmentReport": "Which rubric was used.",
        "Counts": "How many students and hand-ins there are.",
        "Distribution": "What counts, over the students whose grade is decided: graded, and nothing undecided.",
        "ProblemSummary": "One problem as graded, over the graded hand-ins in which nothing of it is undecided.",
        "MistakeSummary": "One mistake of one problem.",
        "Need": "Something that a person has to look at.",
        "Stray": "Something in the download that is nobody's hand-in, or that could be two things.",
    }
)
"""What each object means."""


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return a quantile by linear interpolation between order statistics.

    Parameters
    ----------
    values : sequence of Fraction
        In ascending order, at least one.
    share : Fraction
        From 0 to 1; a half is the median.

    Returns
    -------
    Fraction
        Exact.

    References
    ----------
    R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
    definition 7: the default of numpy, R and Excel.
    """
    at = (len(values) - 1) * share
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


def summarise(gradebook: Gradebook) -> ClassSummary:
    """Return a class in numbers.

    Parameters
    ----------
    gradebook : Gradebook
        A class.

    Returns
    -------
    ClassSummary
        Problems and mistakes are counted by hand-in: a group's answer is one answer. Mistakes are sorted by how often
        they were made.
    """
    marks = gradebook.marks
    graded = [mark for mark in marks if mark.status == "graded"]
    return ClassSummary(
        grader_version=gradebook.grader_version,
        assignment=gradebook.assignment,
        seed=gradebook.seed,
        counts=Counts(
            students=len(gradebook.students),
            hand_ins=len(gradebook.hand_ins),
            graded=len(graded),
            undecided=sum(mark.undecided > 0 for mark in graded),
            not_graded=sum(mark.status == "not_graded" for mark in marks),
            missing=sum(mark.status == "missing" for mark in marks),
            late=sum(mark.late is not None and mark.late.days > 0 for mark in marks),
            adjusted=sum(bool(mark.adjustments) for mark in graded),
        ),
        points=_distribution(gradebook),
        problems=_problems(gradebook),
        mistakes=_mistakes(gradebook),
        needs_a_person=tuple(needs(gradebook)),
        strays=gradebook.strays,
    )


def _distribution(gradebook: Gradebook) -> Distribution | None:
    decided = sorted(points for mark in gradebook.marks if (points := counts(mark, "blank")) is not None)
    if not decided:
        return None
    full = sum(points >= gradebook.assignment.max_score for points in decided)
    return Distribution(
        students=len(decided),
        mean=sum(decided, start=Fraction(0)) / len(decided),
        median=quantile(decided, Fraction(1, 2)),
        lower_quartile=quantile(decided, Fraction(1, 4)),
        upper_quartile=quantile(decided, Fraction(3, 4)),
        least=decided[0],
        most=decided[-1],
        full_marks=Fraction(full, len(decided)),
    )


def _problems(gradebook: Gradebook) -> tuple[ProblemSummary, ...]:
    totals: dict[str, Fraction] = defaultdict(Fraction)
    decided: Counter[str] = Counter()
    full: Counter[str] = Counter()
    # Most students have the mark of somebody else, and fractions are slow.
    marks = Counter(Same(problem) for mark in _one_a_hand_in(gradebook) for problem in mark)
    for same, times in marks.items():
        problem = same.it
        if problem.undecided == 0:
            totals[problem.id] += times * problem.score
            decided[problem.id] += times
            full[problem.id] += times * (problem.score >= problem.max_score)
    return tuple(
        ProblemSummary(
            id=head.id,
            title=head.title,
            max_score=head.max_score,
            hand_ins=decided[head.id],
            mean=totals[head.id] / decided[head.id] if decided[head.id] else None,
            full_marks=Fraction(full[head.id], decided[head.id]) if decided[head.id] else None,
        )
        for head in gradebook.problems
    )


def _mistakes(gradebook: Gradebook) -> tuple[MistakeSummary, ...]:
    found = [problem for mark in _one_a_hand_in(gradebook) for problem in mark if problem.diagnosis]
    times = Counter((problem.id, problem.diagnosis) for problem in found)
    # A fitted number differs from student to student: the first one's words stand for all.
    says = {(problem.id, problem.diagnosis): problem.reason for problem in reversed(found)}
    order = {head.id: index for index, head in enumerate(gradebook.problems)}
    ranked = sorted(times.items(), key=lambda item: (-item[1], order.get(item[0][0], len(order)), item[0]))
    return tuple(MistakeSummary(problem=key[0], id=key[1], says=says[key], hand_ins=n) for key, n in ranked)


def _one_a_hand_in(gradebook: Gradebook) -> list[tuple[ProblemMark, ...]]:
    """Return the problems of each graded hand-in once."""
    return list({mark.hand_in: mark.problems for mark in gradebook.marks if mark.status == "graded"}.values())


def summary_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``summary.json``.

    Returns
    -------
    dict
        Every key that this version writes is required; unknown keys are allowed, because later versions may add some.
    """
    whole = ClassSummary.model_json_schema(by_alias=True, mode="serialization")
    definitions = whole.pop("$defs")
    for name, model in {"ClassSummary": whole, **definitions}.items():
        model["description"] = DESCRIPTIONS[name]
        del model["additionalProperties"]
        for value in model["properties"].values():
            value.pop("default", None)
        model["required"] = list(model["properties"])
    return {"$schema": DIALECT, **whole, "title": "grader summary", "$defs": dict(sorted(definitions.items()))}
