"""A class whose students try to take over the page of their lecturer."""

from dataclasses import replace

from grader.model.gradebook import Adjustment
from grader.model.handin import HandIn, Stray, Student
from grader.model.report import DiagnosisReport, Finding, Verdict
from tests.reporting.class_page.synthetic_class import (
    SyntheticClass,
    check,
    failing_case,
    gradebook_of,
    heads,
    mark_of,
    problem,
    submission,
)

SCRIPT = "<script>window.taken = 1; alert('taken')</script>"
BREAKOUT = f'</script></title></style></template><!--<script>{SCRIPT}<img src=x onerror="window.taken = 1; alert(1)">'
HANDLER = "\"'><svg onload=alert(1)><a href='javascript:alert(1)'>x</a>{{7*7}}{% raw %}"
LINES = "a\u2028alert(1)//\u2029 \u202egpj.exe \udc80 ]]>"
TEXTS = (SCRIPT, BREAKOUT, HANDLER, LINES)


class HostileClass(SyntheticClass):
    """Every text that a student can choose is hostile."""

    def reports(self):
        for number, hand_in in enumerate(self.gradebook.hand_ins):
            yield hand_in, hostile_report(TEXTS[number % len(TEXTS)])


def hostile_report(text: str):
    """A submission that is wrong, with the text wherever a text can be."""
    more = {"verdict": Verdict.DISAGREES, "message": text, "failure": failing_case(got=text, source=text, where=text)}
    named = more | {"diagnoses": (DiagnosisReport(id=text, says=text, hint=text),), "finding": Finding.WRONG_VALUES}
    problems = [
        problem("grad_mu", check(f"grad_mu.{text}", 20, finding=Finding.RAISED, **more), title=text),
        problem("grad_pi", check("grad_pi.reference", 20, **(named | {"failure": failing_case(got=text)}))),
    ]
    return submission(*problems, path=text, student=text, notes=(text,), printed=text)


def hostile_class() -> HostileClass:
    """Four students, a text each."""
    parts = heads(2)
    students = tuple(
        Student(id=f"{n}{text}", name=f"{text} {n}", section=text, email=text) for n, text in enumerate(TEXTS)
    )
    hand_ins = tuple(HandIn(id=f"hand-in {n} & 100 %'\"", students=(s.id,), path=s.id) for n, s in enumerate(students))
    marks = tuple(
        replace(
            mark_of(student.id, hand_in.id, hostile_report(text)),
            adjustments=(Adjustment(student=student.id, problem=text, points=1, reason=text),),
            reason=text,
        )
        for student, hand_in, text in zip(students, hand_ins, TEXTS, strict=True)
    )
    marks = (*marks[:-1], replace(marks[-1], status="not_graded", score=None, final=None))
    strays = tuple(Stray(path=text, says=text) for text in TEXTS)
    gradebook = gradebook_of(students, hand_ins, marks, parts, strays=strays)
    assignment = gradebook.assignment.model_copy(update={"title": SCRIPT, "id": HANDLER, "path": BREAKOUT})
    gradebook = gradebook.model_copy(update={"assignment": assignment, "source_says": BREAKOUT, "plan": TEXTS})
    return HostileClass(gradebook=gradebook, seed=1)
