"""Grades one submission: every check of every problem, the diagnosis, the points, the report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from grader.checks.finding import CaseFinding
from grader.checks.kind import PLAIN
from grader.diagnosis.explain import explain
from grader.diagnosis.observation import Explanation, Observation
from grader.grading.judge import Judged, judge, one_cause
from grader.grading.plan import Plan
from grader.grading.run import Answers, Caller
from grader.grading.score import Score, score
from grader.grading.show import failure
from grader.grading.words import reason, sentence, tried
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.outcome import NotNumeric, Outcome, Raised, Returned
from grader.model.report import CheckReport, DiagnosisReport, Finding, ProblemReport, Verdict
from grader.truth.book import Truth

# Findings about the answer's values, which a mistake in the formula can explain.
_EXPLICABLE = frozenset(
    {Finding.WRONG_VALUES, Finding.WRONG_SHAPE, Finding.WRONG_STRUCTURE, Finding.NON_FINITE, Finding.RAISED}
)


class Again(Protocol):
    """Writes the command that replays a check."""

    def __call__(self, check_id: str) -> str:
        """Return the command for ``problem.check``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grading:
    """What is the same for every submission of a run.

    Parameters
    ----------
    plan : Plan
        The cases.
    truth : Truth
        The expected values.
    """

    plan: Plan
    truth: Truth


def grade_problems(grading: Grading, caller: Caller, again: Again) -> tuple[ProblemReport, ...]:
    """Grade every problem of the assignment.

    Parameters
    ----------
    grading : Grading
        Plan and truth.
    caller : Caller
        Runs the student's functions.
    again : Again
        Writes the command that replays a check.

    Returns
    -------
    tuple of ProblemReport
        In the order of the rubric.
    """
    answers = Answers(grading.plan.assignment, caller, grading.plan.seed)
    return tuple(_grade_problem(grading, problem, answers, again) for problem in grading.plan.assignment.problem)


def _grade_problem(grading: Grading, problem: Problem, answers: Answers, again: Again) -> ProblemReport:
    judged = one_cause([_judge_check(grading, problem, i, answers) for i in range(len(problem.check))])
    explanation = _explain(grading, problem, judged, answers)
    share = next((m.share for m in problem.misconception if explanation and m.id == explanation.id), None)
    scores = score(problem, judged, share)
    checks = tuple(
        _check_report(problem, one, points, explanation, again) for one, points in zip(judged, scores, strict=True)
    )
    return ProblemReport(
        id=problem.id,
        title=problem.title,
        function=problem.function,
        score=sum((s.earned for s in scores), Fraction(0)),
        max_score=problem.points,
        undecided=sum((s.undecided for s in scores), Fraction(0)),
        reason=_reason(problem, judged, explanation),
        checks=checks,
    )


def _judge_check(grading: Grading, problem: Problem, i: int, answers: Answers) -> Judged:
    check = problem.check[i]
    findings = []
    confirmed = False
    for case in grading.plan.of(problem, check.families):
        found = answers.finding(check, problem, case, grading.truth)
        if (
            not confirmed
            and found.verdict is Verdict.DISAGREES
            and isinstance(found.outcome, Returned | Raised | NotNumeric)
        ):
            # A disagreement counts only if it can be reproduced; once is enough, and only the first is repeated.
            confirmed = True
            found = _reproduced(problem, case, found, answers)
        findings.append(found)
    return judge(check, findings)


def _reproduced(problem: Problem, case: Case, found: CaseFinding, answers: Answers) -> CaseFinding:
    if answers.same_again(problem, case):
        return found
    return replace(found, finding=Finding.NONDETERMINISTIC)


def _explain(grading: Grading, problem: Problem, judged: Sequence[Judged], answers: Answers) -> Explanation | None:
    deciding = [one for one in judged if one.check.decides]
    wrong = [one for one in deciding if one.verdict is Verdict.DISAGREES]
    if not any(one.finding in _EXPLICABLE for one in wrong):
        return None
    families = tuple(dict.fromkeys(family for one in deciding for family in one.check.families))
    observations = []
    for case in grading.plan.of(problem, families):
        outcome = answers.known(problem, case, PLAIN)
        observation = _observation(grading, problem, case, outcome)
        if observation is None:
            return None
        observations.append(observation)
    return explain(problem, observations, grading.truth)


def _observation(grading: Grading, problem: Problem, case: Case, outcome: Outcome | None) -> Observation | None:
    expected = grading.truth.expected(problem, case)
    match outcome:
        case Returned(values=values):
            return Observation(case=case, values=values, expected=expected)
        case Raised() | NotNumeric():
            return Observation(case=case, values=None, expected=expected)
        case _:
            return None


def _explains(judged: Judged) -> bool:
    """Return whether the explanation of the deciding checks is this check's reason, too."""
    return judged.verdict is Verdict.DISAGREES and (judged.check.decides or judged.finding in _EXPLICABLE)


def _check_report(
    problem: Problem, judged: Judged, points: Score, explanation: Explanation | None, again: Again
) -> CheckReport:
    check_id = f"{problem.id}.{judged.check.name}"
    finding = Finding.NEEDS_RIGHTNESS if points.withheld else judged.finding
    message = sentence(replace(judged, finding=finding), problem.function)
    diagnoses: tuple[DiagnosisReport, ...] = ()
    if explanation is not None and _explains(judged):
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
        failure=None if agrees else failure(problem, judged),
        again="" if agrees else again(check_id),
    )


def _reason(problem: Problem, judged: Sequence[Judged], explanation: Explanation | None) -> str:
    if explanation is not None:
        return explanation.says
    first = next((one for one in judged if one.verdict is not Verdict.AGREES), None)
    return reason(first, problem.function) if first is not None else ""
