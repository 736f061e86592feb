"""Synthetic classes: gradebooks and reports of any size, the same for the same seed."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from grader.model.gradebook import Gradebook, LateMark, Mark, ProblemHead, ProblemMark
from grader.model.handin import HandIn, Stray, Student
from grader.model.isolation import IsolationReport
from grader.model.report import (
    AssignmentReport,
    CheckReport,
    DiagnosisReport,
    FailureReport,
    Finding,
    PrintedReport,
    ProblemReport,
    SubmissionReport,
    Verdict,
)
from grader.reporting.class_page import ClassTally, class_page

FIRST = (
    "Ada",
    "Björn",
    "Chiara",
    "Đorđe",
    "Eun-ji",
    "Fatima",
    "Goran",
    "Hana",
    "Íñigo",
    "Joao",
    "Keiko",
    "Lars",
    "Mei",
    "Nadia",
    "Olu",
    "Priya",
    "Quentin",
    "Rosa",
)
LAST = (
    "Abe",
    "Berg",
    "Costa",
    "Dlamini",
    "Eriksen",
    "Flores",
    "García",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Müller",
    "Nguyễn",
    "Okafor",
)
TITLES = (
    ("grad_mu", "Gradient in the means", 20),
    ("grad_pi", "Gradient in the weights", 20),
    ("grad_pi_constrained", "Gradient in the weights on the simplex", 15),
    ("softmax_backward", "Back-propagation through softmax", 20),
    ("softmax_VJP", "Vectorised vector-Jacobian product", 25),
)
SLIPS = (
    DiagnosisReport(
        id="missing_one_over_pi",
        says="your answer is the right one times pi: the factor 1/pi_k is missing",
        hint="d/dpi_k of sum_j pi_j N_j is N_k, not pi_k N_k.",
    ),
    DiagnosisReport(id="r_bar_without_sum", says="r_bar is not summed over the outputs", hint="r feeds every y_i."),
    DiagnosisReport(id="constant_factor", says="your answer is the right one times 2"),
    DiagnosisReport(id="sign", says="the sign is the wrong way round"),
)
ISOLATION = IsolationReport(level="A", says="each submission in namespaces of its own, without files or network")


def page_text(gradebook: Gradebook, reports: Iterable[tuple[HandIn, SubmissionReport]], **more) -> str:
    """The page of a class."""
    counted = ClassTally(gradebook.problems, gradebook.hand_ins)
    for hand_in, report in reports:
        counted.add(hand_in.id, report)
    return "".join(class_page(gradebook, counted.tally(), **more))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticClass:
    """A gradebook, and how to make its reports again and again."""

    gradebook: Gradebook
    seed: int

    def reports(self) -> Iterator[tuple[HandIn, SubmissionReport]]:
        for number, hand_in in enumerate(self.gradebook.hand_ins):
            yield hand_in, report(hand_in, self.gradebook.problems, random.Random(f"{self.seed}/{number}"))


def check(
    check_id: str,
    points: int,
    *,
    finding: Finding = Finding.RIGHT,
    verdict: Verdict = Verdict.AGREES,
    score: Fraction | int | None = None,
    diagnoses: tuple[DiagnosisReport, ...] = (),
    failure: FailureReport | None = None,
    message: str = "right in all 24 cases",
) -> CheckReport:
    """One check; right unless told otherwise."""
    return CheckReport(
        id=check_id,
        kind="reference",
        verdict=verdict,
        outcome=finding,
        score=(points if verdict is Verdict.AGREES else 0) if score is None else score,
        max_score=points,
        message=message,
        tried="24 generic cases",
        cases_tried=24,
        cases_failed=24 if verdict is Verdict.DISAGREES else 0,
        diagnoses=diagnoses,
        failure=failure,
    )


def failing_case(
    function: str = "grad_pi", *, size: int = 2, got: str = "[0.2731, 0.7269]", **more: str
) -> FailureReport:
    """A smallest failing case."""
    inputs = "X = np.array([[0.5]])\npi = np.array([" + ", ".join(["0.25"] * size) + "])"
    return FailureReport(
        case="generic[0]",
        inputs=inputs,
        call=f"{function}(X, pi)",
        got=got,
        expected="[1.0924, 0.9692]",
        off_by="75 %",
        allowed="3e-15",
        **more,
    )


def problem(problem_id: str, *checks: CheckReport, undecided: int = 0, title: str = "") -> ProblemReport:
    """One problem with the points of its checks."""
    return ProblemReport(
        id=problem_id,
        title=title or problem_id,
        function=problem_id,
        score=sum((c.score for c in checks), start=Fraction(0)),
        max_score=sum((c.max_score for c in checks), start=Fraction(0)),
        undecided=undecided,
        reason="",
        checks=checks,
    )


def submission(
    *problems: ProblemReport,
    path: str = "a.py",
    student: str = "a",
    graded: bool = True,
    notes: tuple[str, ...] = (),
    printed: str | None = None,
) -> SubmissionReport:
    """One submission with the points of its problems."""
    return SubmissionReport(
        path=path,
        student=student,
        sha256="5e" * 32,
        status="graded" if graded else "not_graded",
        score=sum((p.score for p in problems), start=Fraction(0)) if graded else None,
        max_score=sum((p.max_score for p in problems), start=Fraction(0)),
        undecided=sum((p.undecided for p in problems), start=Fraction(0)),
        reason="" if graded else "the sandbox could not be started",
        notes=notes,
        printed=None if printed is None else PrintedReport(text=printed, truncated=False),
        problems=problems,
    )


def report(hand_in: HandIn, heads: tuple[ProblemHead, ...], random_: random.Random) -> SubmissionReport:
    """A plausible report: one ability a student, harder problems further down."""
    if random_.random() < 0.01:
        return submission(path=hand_in.path, student=hand_in.students[0], graded=False)
    ability = random_.betavariate(4, 2)
    problems = []
    for place, head in enumerate(heads):
        points = int(head.max_score)
        reference, held = points * 3 // 4, 0
        luck = random_.random()
        if luck < ability * (1.15 - 0.12 * place):
            checks = [check(f"{head.id}.reference", reference), check(f"{head.id}.purity", points - reference)]
        elif luck > 0.985:
            unsure = {"finding": Finding.TOO_CLOSE_TO_TELL, "verdict": Verdict.INCONCLUSIVE}
            held = points
            checks = [
                check(f"{head.id}.reference", reference, message="the numbers cannot tell", **unsure),
                check(f"{head.id}.purity", points - reference, score=0, finding=Finding.NEEDS_RIGHTNESS),
            ]
        else:
            checks = _wrong(head.id, reference, points - reference, random_)
        problems.append(problem(head.id, *checks, undecided=held, title=head.title))
    return submission(*problems, path=hand_in.path, student=hand_in.students[0], printed="loading …\ndone\n")


def _wrong(problem_id: str, reference: int, purity: int, random_: random.Random) -> list[CheckReport]:
    kind = random_.choice(("named", "named", "plain", "raised", "shape"))
    more: dict[str, object] = {"finding": Finding.WRONG_VALUES, "message": "wrong in all 24 cases"}
    if kind == "named":
        slip = SLIPS[min(int(random_.expovariate(1.0)), 3)]
        more |= {"diagnoses": (slip,), "score": Fraction(reference, 3), "failure": failing_case(problem_id)}
    elif kind == "plain":
        more |= {"failure": failing_case(problem_id, size=random_.randint(2, 5))}
    elif kind == "raised":
        text = "ValueError: shapes (3,2) and (3,2) not aligned"
        more |= {
            "finding": Finding.RAISED,
            "message": f"raises {text}",
            "failure": failing_case(problem_id, got=text, source="line 12: return X @ mu"),
        }
    else:
        more |= {"finding": Finding.WRONG_SHAPE, "failure": failing_case(problem_id, got="shape (2,)")}
    return [
        check(f"{problem_id}.reference", reference, verdict=Verdict.DISAGREES, **more),
        check(f"{problem_id}.purity", purity, score=0, finding=Finding.NEEDS_RIGHTNESS),
    ]


def heads(count: int = 5) -> tuple[ProblemHead, ...]:
    """Problems of an assignment; more than five are numbered."""
    known = [ProblemHead(id=i, title=t, max_score=m) for i, t, m in TITLES[:count]]
    more = [ProblemHead(id=f"problem_{n}", title=f"Problem {n}", max_score=8) for n in range(6, count + 1)]
    return (*known, *more)


def gradebook_of(
    students: tuple[Student, ...],
    hand_ins: tuple[HandIn, ...],
    marks: tuple[Mark, ...],
    problems: tuple[ProblemHead, ...],
    **more: object,
) -> Gradebook:
    """A gradebook of the parts that a test is about."""
    return Gradebook(
        grader_version="0.1.0",
        assignment=AssignmentReport(
            id="cs280_hw1",
            title="CS280 HW1 · Gradients of mixtures and softmax",
            path="rubrics/cs280_hw1.toml",
            sha256="ab" * 32,
            max_score=sum((p.max_score for p in problems), start=Fraction(0)),
        ),
        problems=problems,
        seed=280,
        isolation=ISOLATION,
        plan=("grad_mu: 16 generic cases at float64, 8 at float32",),
        source="canvas",
        source_says="a Canvas download: 312 files named student_id_attempt_name",
        students=students,
        hand_ins=hand_ins,
        marks=marks,
        **more,
    )


def mark_of(student: str, hand_in: str, graded: SubmissionReport, late: LateMark | None = None) -> Mark:
    """The grade that a report gives, without adjustments."""
    penalty = late.penalty if late is not None else Fraction(0)
    return Mark(
        student=student,
        hand_in=hand_in,
        status=graded.status,
        score=graded.score,
        final=None if graded.score is None else max(graded.score - penalty, Fraction(0)),
        undecided=graded.undecided,
        max_score=graded.max_score if graded.problems else Fraction(100),
        problems=tuple(
            ProblemMark(id=p.id, score=p.score, undecided=p.undecided, adjusted=p.score, max_score=p.max_score)
            for p in graded.problems
        ),
        late=late,
        reason=graded.reason,
    )


def synthetic_class(count: int, *, seed: int = 1, problems: int = 5, sections: bool = False) -> SyntheticClass:
    """A class of `count` students, each with a hand-in but every fortieth."""
    parts = heads(problems)
    students, hand_ins, marks = [], [], []
    for number in range(count):
        luck = random.Random(f"{seed}/student/{number}")
        student = Student(
            id=f"s{number:06d}",
            name=f"{luck.choice(FIRST)} {luck.choice(LAST)}",
            section=luck.choice("AB") if sections else "",
        )
        students.append(student)
        if number % 40 == 7:
            marks.append(_missing(student.id, parts))
            continue
        hand_in = HandIn(
            id=f"{student.id}-{len(hand_ins)}",
            students=(student.id,),
            path=f"{student.id}/hw1.py",
            submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        graded = report(hand_in, parts, random.Random(f"{seed}/{len(hand_ins)}"))
        late = None
        if luck.random() < 0.05:
            late = LateMark(late_s=90_000, days=2, penalty=Fraction(10), says="1 day 1 hour late: 10 points off")
        hand_ins.append(hand_in)
        marks.append(mark_of(student.id, hand_in.id, graded, late))
    strays = (Stray(path="__MACOSX/._hw1.py", says="a companion file of macOS"),) if count >= 40 else ()
    gradebook = gradebook_of(tuple(students), tuple(hand_ins), tuple(marks), parts, strays=strays)
    return SyntheticClass(gradebook=gradebook, seed=seed)


def _missing(student: str, parts: tuple[ProblemHead, ...]) -> Mark:
    most = sum((p.max_score for p in parts), start=Fraction(0))
    return Mark(student=student, hand_in=None, status="missing", score=None, final=None, max_score=most)
