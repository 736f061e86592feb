"""What each check of a problem does: how many wrong answers it sees, how many only it sees, and what it costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.audit.trials import Bench, Marks, Plan
from grader.grading.basis import Grading
from grader.grading.submission import score_problems
from grader.grading.told import caller_of
from grader.model.assignment import Problem
from grader.model.audit import CheckAudit
from grader.model.submission import Submission

_TIMES = 3
"""How often a check is timed; the least is what it costs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CostOf:
    """A question for a worker.

    Parameters
    ----------
    plan : Plan
        Which problem's checks.
    submission : Submission
        The trusted answer.
    """

    plan: Plan
    submission: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCost:
    """What one check costs.

    Parameters
    ----------
    cases : int
        Those that it looks at.
    call_s : float
        To grade the trusted answer by it alone, on the clock.
    """

    cases: int
    call_s: float


def check_costs(bench: Bench, question: CostOf) -> tuple[CheckCost, ...]:
    """Measure what each check of a problem costs.

    Parameters
    ----------
    bench : Bench
        A worker's.
    question : CostOf
        Of which problem.

    Returns
    -------
    tuple of CheckCost
        In the order of the rubric.
    """
    grading = bench.grading(question.plan)
    (problem,) = grading.plan.assignment.problem
    costs = []
    for check in problem.check:
        alone = problem.model_copy(update={"check": (check,), "points": check.points})
        assignment = grading.plan.assignment.model_copy(update={"problem": (alone,), "points": check.points})
        narrowed = Grading(plan=replace(grading.plan, assignment=assignment), truth=grading.truth)
        seconds = min(_seconds(bench, narrowed, question.submission) for _ in range(_TIMES))
        costs.append(CheckCost(cases=len(grading.plan.of(problem, check.families)), call_s=round(seconds, 5)))
    return tuple(costs)


def _seconds(bench: Bench, grading: Grading, submission: Submission) -> float:
    with bench.sandbox.session(submission) as session:
        caller = caller_of(session, submission, session.load())
        begun = time.perf_counter()
        score_problems(grading, caller)
        return time.perf_counter() - begun


def checks_of(problem: Problem, wrong: Sequence[Marks], costs: Sequence[CheckCost]) -> tuple[CheckAudit, ...]:
    """Return what each check does to wrong answers.

    Parameters
    ----------
    problem : Problem
        Whose checks.
    wrong : sequence of Marks
        Of mutants and misconceptions, on the rubric's own cases.
    costs : sequence of CheckCost
        In the order of the rubric.

    Returns
    -------
    tuple of CheckAudit
        In the order of the rubric.
    """
    found = []
    for check, cost in zip(problem.check, costs, strict=True):
        against = [marks.against for marks in wrong if check.name in marks.against]
        found.append(
            CheckAudit(
                id=f"{problem.id}.{check.name}",
                kind=check.kind,
                points=check.points,
                cases=cost.cases,
                caught=len(against),
                first=sum(names[0] == check.name for names in against),
                alone=sum(len(names) == 1 for names in against),
                call_s=cost.call_s,
            )
        )
    return tuple(found)
