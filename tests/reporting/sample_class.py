"""A small class with everything that can happen to a grade: figures and people are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from grader.batch.marks import RunHead, make_gradebook
from grader.batch.stored import packed_report
from grader.model.gradebook import Adjustment, Gradebook, LatePolicy, ProblemHead
from grader.model.handin import Collection, HandIn, Student
from grader.model.report import Finding, SubmissionReport, Verdict
from grader.reporting.class_page import ClassTally, Tally
from tests.reporting import sample_reports as sample

DUE = datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
POLICY = LatePolicy(due=DUE, grace_s=900, per_day=Fraction("0.1"), most=Fraction("0.5"))
HEADS = tuple(
    ProblemHead(id=name, title=title, max_score=Fraction(sample.MAXIMA[name])) for name, title in sample.TITLES.items()
)
EVIL = '=HYPERLINK("http://x.example","a")<script>alert(1)</script>'

ADA = Student(
    id="ada", name="Ada Lovelace", email="ada@uni.example", section="A",
    keys={"canvas_id": "101", "sis_id": "s-1", "login": "ada1", "moodle_participant": "7"},
)  # fmt: skip
BOB = Student(id="bob", name="Bøb, Jr.", keys={"canvas_id": "102", "moodle_participant": "8"})
CAT = Student(id="cat", name="貓 小姐", email="cat@uni.example", keys={"login": "cat", "moodle_participant": "9"})
DAN = Student(id="dan", name=EVIL, keys={"canvas_id": "104"})
EVE = Student(id="eve", name="Eve")
FAY = Student(id="fay", name="Fay", keys={"canvas_id": "106", "moodle_participant": "12"})
STUDENTS = (ADA, BOB, CAT, DAN, EVE, FAY)


def at(hours: float) -> datetime:
    """So many hours after the due time."""
    return datetime.fromtimestamp(DUE.timestamp() + 3600 * hours, tz=UTC)


HAND_INS = (
    HandIn(id="h1", students=("ada",), path="ada.py", submitted_at=at(-2)),
    HandIn(id="h2", students=("bob", "cat"), path="team/answer.py", submitted_at=at(3)),
    HandIn(id="h3", students=("dan",), path="dan.py", late=True),
    HandIn(id="h4", students=("fay",), path="fay.py", submitted_at=at(-1)),
)
COLLECTION = Collection(
    source="plain", says="4 files", students=STUDENTS, hand_ins=HAND_INS, missing=("eve",)
)  # fmt: skip


def undecided() -> SubmissionReport:
    """All right, but for a check that the numbers cannot tell."""
    open_check = sample.check(
        "grad_mu", "reference", Finding.TOO_CLOSE_TO_TELL, verdict=Verdict.INCONCLUSIVE, points=20, score=0
    )
    rest = sample.full_marks("dan").problems[1:]
    return sample.submission("dan", sample.problem("grad_mu", open_check, undecided=20), *rest)


REPORTS = {
    "h1": sample.full_marks("ada"),
    "h2": sample.transcribed("team"),
    "h3": undecided(),
    "h4": sample.not_graded("fay", "the sandbox died three times on this submission"),
}
ADJUSTMENTS = (
    Adjustment(student="cat", problem="grad_pi", points=Fraction(4), reason="the sign is a matter of taste"),
)


def head() -> RunHead:
    """The run."""
    run = sample.report()
    return RunHead(
        grader_version=run.grader_version,
        assignment=run.assignment,
        problems=HEADS,
        seed=run.seed,
        isolation=run.isolation,
        plan=run.plan,
    )


@dataclass(frozen=True)
class Shown:
    """Reports as a journal has them."""

    reports: Mapping[str, SubmissionReport] = field(default_factory=lambda: REPORTS)
    path: Path = Path("journal.sqlite")

    def packed(self, hand_in: str) -> bytes:
        return packed_report(self.reports[hand_in])


def counted(book: Gradebook, reports: Mapping[str, SubmissionReport] = MappingProxyType(REPORTS)) -> Tally:
    """What the reports of a class hold."""
    tally = ClassTally(book.problems, book.hand_ins)
    for hand_in in book.hand_ins:
        if hand_in.id in reports:
            tally.add(hand_in.id, reports[hand_in.id])
    return tally.tally()


def gradebook(
    adjustments: tuple[Adjustment, ...] = ADJUSTMENTS,
    policy: LatePolicy | None = POLICY,
    collection: Collection = COLLECTION,
    reports: dict[str, SubmissionReport] | None = None,
) -> Gradebook:
    """The grades."""
    return make_gradebook(head(), collection, (REPORTS if reports is None else reports).items(), adjustments, policy)
