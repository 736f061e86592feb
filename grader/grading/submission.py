"""Grades one submission: every check of every problem, the diagnosis, the points, the report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from grader.checks.finding import CaseFinding
from grader.diagnosis.observation import Explanation
from grader.grading.assessed import Assessed, assess, explains, judged_checks, still_explained
from grader.grading.basis import Basis
from grader.grading.judge import Judged
from grader.grading.run import Answers, Caller, asks_at_once
from grader.grading.score import Score, score
from grader.grading.show import failure
from grader.grading.words import reason, sentence, tried
from grader.model.assignment import Problem
from grader.model.checks import ApartCheck, DerivationCheck
from grader.model.report import CheckReport, DiagnosisReport, FailureReport, Finding, ProblemReport, Verdict
from grader.truth.book import Truth
from grader.words import say

if TYPE_CHECKING:
    from grader.grading.apart import Apart
    from grader.grading.derivation import ToldLines
    from grader.grading.shrink import Shrinker


class Again(Protocol):
    """Writes the command that replays a check."""

    def __call__(self, check_id: str) -> str:
        """Return the command for ``problem.check``."""
        ...


def grade_problems(
    grading: Basis, caller: Caller, again: Again, apart: "Apart | None" = None
) -> tuple[ProblemReport, ...]:
    """Grade every problem of the assignment.

    Parameters
    ----------
    grading : Grading
        Plan and truth.
    caller : Caller
        Runs the student's functions.
    again : Again
        Writes the command that replays a check.
    apart : Apart or None
        Judges the checks that are not tried case by case; None where there are none.

    Returns
    -------
    tuple of ProblemReport
        In the order of the rubric.
    """
    plan = grading.plan
    answers = Answers(plan.assignment, caller, plan.seed, grading.script)
    answers.ask_all()
    talks = [_Talk(grading, problem, answers, caller, apart) for problem in plan.assignment.problem]
    for talk in talks:
        talk.assess()
    # Only now: a call that makes a case smaller must not cost another problem its time, nor change what it finds.
    return tuple([talk.report(again, shrinks=not any(other.killed for other in talks)) for talk in talks])


class _Talk:
    """One problem of one submission, from answers to report; from memory as far as the same was answered before.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    problem : Problem
        Which.
    answers : Answers
        What came back so far.
    caller : Caller
        Runs the student's functions.
    apart : Apart or None
        Judges the checks that are not tried case by case.
    """

    def __init__(
        self, grading: Basis, problem: Problem, answers: Answers, caller: Caller, apart: "Apart | None"
    ) -> None:
        self._grading = grading
        self._problem = problem
        self._apart = apart
        # Times and sources differ where answers are the same.
        whole = any(isinstance(check, ApartCheck) for check in problem.check)
        self._dialogue = (
            grading.dialogues.begin(problem, answers.of_script(problem), caller)
            if asks_at_once(caller) and not whole
            else None
        )
        self._caller = caller if self._dialogue is None else self._dialogue
        self._answers = answers.through(self._caller)
        self._assessed: Assessed | None = None
        self.killed = False
        """Whether a call that was to make a case smaller had to be killed."""

    def assess(self) -> None:
        """Come to the verdicts."""
        if self._dialogue is None or self._dialogue.repeat() is None:
            self._work_out()
            if self._dialogue is not None:
                self._dialogue.pause()

    def report(self, again: Again, *, shrinks: bool) -> ProblemReport:
        """Return the report, with a smaller case than those of the plan if that is wanted and can be had."""
        if self._dialogue is None or not shrinks:
            return self._written(again, shrinks=shrinks)
        known = self._dialogue.repeat()
        if isinstance(known, ProblemReport):
            return _with_commands(known, again)
        written = self._written(again, shrinks=shrinks)
        if not self.killed:
            self._dialogue.close(written, self._grading.script.questions(self._problem.id))
        return written

    def _work_out(self) -> "Assessed":
        if self._assessed is None:
            self._assessed = assess(self._grading, self._problem, self._answers, self._apart)
        return self._assessed

    def _written(self, again: Again, *, shrinks: bool) -> ProblemReport:
        grading = self._grading
        assessed = self._work_out()
        shrinker = _shrinker(grading, self._caller) if shrinks and grading.without is None else None
        report = _problem_report(grading, assessed, shrinker, again)
        self.killed = shrinker is not None and shrinker.killed
        return report


def _with_commands(report: ProblemReport, again: Again) -> ProblemReport:
    """Return a report that was written for the same answers of another submission, with this one's own commands."""
    checks = [check.model_copy(update={"again": again(check.id)}) if check.again else check for check in report.checks]
    return report.model_copy(update={"checks": tuple(checks)})


def _shrinker(grading: Basis, caller: Caller) -> "Shrinker":
    from grader.grading.shrink import Shrinker  # noqa: PLC0415 - `grader check`, for which a student waits, has no use

    plan = grading.plan
    return Shrinker(plan.assignment, grading.truth, caller, plan.seed, grading.script)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """The points of one problem, without a word on why.

    Parameters
    ----------
    problem : Problem
        Which.
    judged : tuple of Judged
        Its checks, in the order of the rubric.
    scores : tuple of Score
        Of each check. No mistake was looked for, so none has earned its share.
    """

    problem: Problem
    judged: tuple[Judged, ...]
    scores: tuple[Score, ...]


def score_problems(grading: Basis, caller: Caller) -> tuple[Scored, ...]:
    """Judge and score every problem as `grade_problems` does, and explain nothing: a tenth of the time.

    Its checks are all tried case by case, see `grader.grading.part.case_by_case`.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    caller : Caller
        Runs the functions.

    Returns
    -------
    tuple of Scored
        In the order of the rubric.
    """
    plan = grading.plan
    answers = Answers(plan.assignment, caller, plan.seed, grading.script)
    answers.ask_all()
    scored = []
    for problem in plan.assignment.problem:
        judged = judged_checks(grading, problem, answers, None)
        scored.append(Scored(problem=problem, judged=judged, scores=score(problem, judged, None)))
    return tuple(scored)


def _problem_report(grading: Basis, assessed: Assessed, shrinker: "Shrinker | None", again: Again) -> ProblemReport:
    problem, judged, explanation = assessed.problem, assessed.judged, assessed.explanation
    share = next((m.share for m in problem.misconception if explanation and m.id == explanation.id), None)
    scores = score(problem, judged, share)
    told = tuple(_told_lines(grading, problem, one) for one in judged)
    checks = tuple(
        _check_report(problem, one, points, explanation, shown, lines, again)
        for one, points, shown, lines in zip(judged, scores, _failures(grading, assessed, shrinker), told, strict=True)
    )
    return ProblemReport(
        id=problem.id,
        title=problem.title,
        function=problem.function,
        score=sum((s.earned for s in scores), Fraction(0)),
        max_score=problem.points,
        undecided=sum((s.undecided for s in scores), Fraction(0)),
        reason=_reason(problem, judged, explanation, told),
        checks=checks,
    )


def _check_report(
    problem: Problem,
    judged: Judged,
    points: Score,
    explanation: Explanation | None,
    shown: FailureReport | None,
    lines: "ToldLines | None",
    again: Again,
) -> CheckReport:
    check_id = f"{problem.id}.{judged.check.name}"
    finding = Finding.NEEDS_RIGHTNESS if points.withheld else judged.finding
    message = sentence(replace(judged, finding=finding, says="" if points.withheld else judged.says), problem.function)
    diagnoses: tuple[DiagnosisReport, ...] = ()
    if lines is not None:
        message, diagnoses, shown = lines.message, lines.diagnoses, lines.failure
    elif explanation is not None and explains(judged):
        diagnoses = (DiagnosisReport(id=explanation.id, says=explanation.says, hint=explanation.hint),)
    agrees = judged.verdict is Verdict.AGREES
    return CheckReport(
        id=check_id,
        kind=judged.check.kind,
        verdict=judged.verdict,
        outcome=finding,
        score=points.earned,
        max_score=judged.check.points,
        message=message,
        tried=tried(judged),
        cases_tried=len(judged.findings),
        cases_failed=judged.failed,
        resolution=judged.resolution,
        diagnoses=diagnoses,
        failure=None if agrees else shown,
        lines=() if lines is None else lines.lines,
        again="" if agrees else again(check_id),
    )


def _failures(grading: Basis, assessed: Assessed, shrinker: "Shrinker | None") -> tuple[FailureReport | None, ...]:
    problem, judged = assessed.problem, assessed.judged
    if grading.without is not None:
        return tuple(grading.without.failure(problem, one) for one in judged)
    smaller: Sequence[CaseFinding | None] = [None] * len(judged)
    if shrinker is not None:
        smaller = shrinker.smaller(problem, judged, lambda found: still_explained(grading, assessed, found))
    return tuple(_failure(problem, one, shown) for one, shown in zip(judged, smaller, strict=True))


def _failure(problem: Problem, judged: Judged, smaller: CaseFinding | None) -> FailureReport | None:
    if smaller is None:
        return failure(problem, judged)
    written = failure(problem, replace(judged, shown=smaller))
    return written and written.model_copy(update={"case": say("failure.made_smaller", case=written.case)})


def _reason(
    problem: Problem, judged: Sequence[Judged], explanation: Explanation | None, told: "Sequence[ToldLines | None]"
) -> str:
    if explanation is not None:
        return explanation.says
    for one, lines in zip(judged, told, strict=True):
        if one.verdict is not Verdict.AGREES:
            return reason(one, problem.function) if lines is None else lines.reason
    return ""


def _told_lines(grading: Basis, problem: Problem, judged: Judged) -> "ToldLines | None":
    """Return what is said of a derivation; None for any other check."""
    if not isinstance(judged.check, DerivationCheck):
        return None
    from grader.grading.derivation import Derived, told_lines  # noqa: PLC0415 - few rubrics ask for derivations

    mistakes = grading.truth if isinstance(grading.truth, Truth) else None
    derived = Derived(problem=problem, check=judged.check, expected=grading.truth.expected, mistakes=mistakes)
    return told_lines(derived, judged)
