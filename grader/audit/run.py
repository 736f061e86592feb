"""One audit: everything that is tried on a rubric, in stages, and what is concluded from it."""

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from grader import __version__
from grader.audit.certify import Enclosed, PairOf, enclose_reference
from grader.audit.crew import Crew
from grader.audit.deciding import CheckCost, CostOf, check_costs, checks_of
from grader.audit.kept import Kept, digest, program
from grader.audit.known import KnownAnswer
from grader.audit.load import busy
from grader.audit.stages import Stage
from grader.audit.subjects import Given, Subject, given, subjects
from grader.audit.survivors import Conclusion, conclusions
from grader.audit.trials import Marks, Opening, Plan, Trial
from grader.grading.engine import assignment_sha256, trusted_modules
from grader.grading.part import case_by_case
from grader.loading.rubric import Rubric
from grader.model.audit import AnswerReport, AuditReport, CertifiedReport, MutantReport, ProblemAudit, StabilityReport
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport, Finding
from grader.sandbox import Isolation
from grader.truth.modules import TrustedModules

COUNTS = (Fraction(1, 2), Fraction(2))
"""The case counts that are tried besides the rubric's own, as multiples of it."""
_AGREES = 8.0
"""Units by which a right answer may be off."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditRequest:
    """What to audit, and how.

    Parameters
    ----------
    rubric : Rubric
        The assignment and where it was read.
    seeds : int
        How many other seeds are tried.
    isolation : str
        See `grader.sandbox.open_sandbox`.
    jobs : int
        Worker processes.
    cache : Path or None
        Where what is found is kept; None: nowhere.
    most : int or None
        How many mutants of each problem's code are tried, from all over it; all of them if None.
    """

    rubric: Rubric
    seeds: int
    isolation: Isolation = "auto"
    jobs: int = 1
    cache: Path | None = None
    most: int | None = None


def audit(request: AuditRequest, stage: Stage) -> AuditReport:
    """Audit a rubric.

    Parameters
    ----------
    request : AuditRequest
        What, and how.
    stage : callable
        Shows how far it has come.

    Returns
    -------
    AuditReport

    Raises
    ------
    DiagnosedError
        The starter, or an answer that the rubric calls right, cannot be read.
    PlanError, TrustedFunctionError
        The rubric's fault otherwise.
    SandboxUnavailableError
        Submissions cannot be confined as asked.
    TrialError
        Something could not be graded, through no fault of the rubric.
    """
    begun = time.perf_counter()
    # A mutant's time and source say nothing of whether its numbers are told from right ones.
    rubric = replace(request.rubric, assignment=case_by_case(request.rubric.assignment))
    request = replace(request, rubric=rubric)
    modules = trusted_modules(rubric.path, rubric.assignment)
    named = given(rubric)
    kept = Kept(request.cache)
    key = _key(request, modules, named)
    known = kept.get(key)
    if known is not None:
        return AuditReport.model_validate_json(str(known))
    kept.sweep()
    tried = subjects(rubric, modules, named, request.most)
    opening = _opening(request, modules, tried)
    with opening.sandbox() as sandbox:
        isolation = sandbox.report
    with Crew(opening, jobs=request.jobs, kept=kept, level=isolation.level) as crew:
        report = _audited(request, tried, modules, crew, isolation, stage)
    report = report.model_copy(update={"seconds": round(time.perf_counter() - begun, 3)})
    kept.put(key, report.model_dump_json(by_alias=True))
    return report


def _key(request: AuditRequest, modules: TrustedModules, named: Given) -> str:
    """Return the name of a whole audit, which rests on everything that it looks at."""
    answers = [one.sha256 for one in (named.starter, *(one for _, one in named.right)) if one is not None]
    options = [str(option) for option in (request.seeds, request.most, request.isolation)]
    rubric = [request.rubric.assignment.model_dump_json(), request.rubric.shown, request.rubric.sha256]
    return digest([program(), platform.release(), modules.sha256(), *rubric, *options, *answers])


def _opening(request: AuditRequest, modules: TrustedModules, tried: Sequence[Subject]) -> Opening:
    rubric = request.rubric
    # The trusted answer may need more than students may import.
    packages = dict.fromkeys((*rubric.assignment.packages, *(name for one in tried for name in one.code.packages)))
    return Opening(
        key=digest([rubric.assignment.model_dump_json(), str(modules.folder), request.isolation]),
        assignment=rubric.assignment,
        packages=tuple(packages),
        rubric=rubric.path,
        folder=modules.folder,
        isolation=request.isolation,
    )


def _audited(
    request: AuditRequest,
    tried: Sequence[Subject],
    modules: TrustedModules,
    crew: Crew,
    isolation: IsolationReport,
    stage: Stage,
) -> AuditReport:
    rubric, assignment = request.rubric, request.rubric.assignment
    seed = assignment.seed
    seeds = tuple((seed + i) % (1 << 63) for i in range(1, request.seeds + 1))
    marks = _graded(tried, seed, seeds, crew, stage)
    loaded = _under_load(tried, seed, marks, crew, stage)
    accepted = {one.mutant: one.reason for one in assignment.audit.accept}
    concluded = conclusions(
        [(one, found.mutants) for one, found in zip(tried, marks, strict=True)], accepted, (seed, seeds), crew, stage
    )
    with stage("timing the checks", len(tried)) as done:
        costs = crew.each(check_costs, [_cost_of(one, seed) for one in tried], done)
    with stage("enclosing the trusted answers", len(tried)) as done:
        enclosed = crew.each(enclose_reference, [_pair_of(one, seed, seeds) for one in tried], done)
    problems = tuple(
        _problem(one, found, of_mutants, cost, truth)
        for one, found, of_mutants, cost, truth in zip(tried, marks, concluded, costs, enclosed, strict=True)
    )
    stability = (*_stability(tried, marks, seeds), loaded)
    return AuditReport(
        grader_version=__version__,
        assignment=AssignmentReport(
            id=assignment.id,
            title=assignment.title,
            path=rubric.shown,
            sha256=assignment_sha256(rubric.source, modules),
            max_score=assignment.points,
        ),
        seed=seed,
        seeds=seeds,
        isolation=isolation,
        problems=problems,
        stability=stability,
        holds=all(map(_holds, problems)) and all(one.holds for one in stability),
    )


def _cost_of(one: Subject, seed: int) -> CostOf:
    return CostOf(plan=Plan(problem=one.problem.id, seed=seed), submission=one.reference)


def _pair_of(one: Subject, seed: int, seeds: Sequence[int]) -> PairOf:
    plans = tuple(Plan(problem=one.problem.id, seed=each) for each in (seed, *seeds[:2]))
    return PairOf(plans=plans, reference=one.reference, other=one.reference)


# What is graded ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Marked:
    """What the answers and the mutants of a subject came to, in their order."""

    answers: tuple[tuple[tuple[Plan, Marks], ...], ...]
    mutants: tuple[Marks, ...]


def _graded(tried: Sequence[Subject], seed: int, seeds: Sequence[int], crew: Crew, stage: Stage) -> tuple[_Marked, ...]:
    """Grade everything: the mutants by the rubric's own cases, known answers by others as well."""
    trials: list[Trial] = []
    for one in tried:
        for answer in one.answers:
            trials += _trials(one, answer, seed, seeds)
        plan = Plan(problem=one.problem.id, seed=seed)
        trials += [Trial(plan=plan, submission=one.submission(mutant)) for mutant in one.mutants]
    with stage("grading right and wrong answers", len(trials)) as done:
        graded = iter(list(zip(trials, crew.grade(trials, done), strict=True)))
    found = []
    for one in tried:
        answers = []
        for answer in one.answers:
            own = islice(graded, len(_trials(one, answer, seed, seeds)))
            answers.append(tuple((trial.plan, marks) for trial, marks in own))
        mutants = tuple(marks for _, marks in islice(graded, len(one.mutants)))
        found.append(_Marked(answers=tuple(answers), mutants=mutants))
    return tuple(found)


def _trials(one: Subject, answer: KnownAnswer, seed: int, seeds: Sequence[int]) -> list[Trial]:
    own = Plan(problem=one.problem.id, seed=seed)
    trials = [Trial(plan=own, submission=answer.submission, named=answer.kind == "misconception")]
    if answer.lasting:
        plans = [Plan(problem=one.problem.id, seed=other) for other in seeds]
        plans += [Plan(problem=one.problem.id, seed=seed, times=times) for times in COUNTS]
        trials += [Trial(plan=plan, submission=answer.submission) for plan in plans]
    return trials


def _under_load(
    tried: Sequence[Subject], seed: int, marks: Sequence[_Marked], crew: Crew, stage: Stage
) -> StabilityReport:
    """Grade right and wrong answers again while every core is kept busy."""
    trials, before = [], []
    for one, found in zip(tried, marks, strict=True):
        for answer, own in zip(one.answers, found.answers, strict=True):
            if answer.kind in {"reference", "misconception"}:
                trials.append(_trials(one, answer, seed, ())[0])
                before.append(own[0][1])
    with stage("grading again under load", len(trials)) as done, busy():
        after = crew.grade(trials, done, anew=True)
    others = [trial for trial, was, now in zip(trials, before, after, strict=True) if was != now]
    if others:
        where = ", ".join(sorted({trial.plan.problem for trial in others}))
        return StabilityReport(what="load", says=f"{len(others)} of {len(trials)} answers: {where}", holds=False)
    says = f"{len(trials)} answers graded again with every core busy: the same verdicts and points"
    return StabilityReport(what="load", says=says, holds=True)


# What is said of it --------------------------------------------------------------------------------------------------


def _problem(
    one: Subject,
    found: _Marked,
    concluded: Sequence[Conclusion],
    costs: Sequence[CheckCost],
    enclosed: Enclosed,
) -> ProblemAudit:
    answers = [_answer(one, answer, own) for answer, own in zip(one.answers, found.answers, strict=True)]
    wrong = [
        own[0][1] for answer, own in zip(one.answers, found.answers, strict=True) if answer.kind == "misconception"
    ]
    right = {mutant.key for mutant, what in zip(one.mutants, concluded, strict=True) if what.standing == "equivalent"}
    wrong += [marks for mutant, marks in zip(one.mutants, found.mutants, strict=True) if mutant.key not in right]
    checks = checks_of(one.problem, wrong, costs)
    idle = [check.id.partition(".")[2] for check in checks if not check.caught]
    remarks = [f"`{name}` disagrees with no mutant and with no misconception" for name in idle]
    return ProblemAudit(
        id=one.problem.id,
        title=one.problem.title,
        points=one.problem.points,
        answers=tuple(answer for answer in answers if answer is not None),
        mutants=tuple(
            MutantReport(
                key=mutant.key,
                problem=one.problem.id,
                operator=mutant.operator,
                says=mutant.says,
                where=mutant.where,
                diff=mutant.diff,
                standing=what.standing,
                score=marks.score,
                max_score=marks.most,
                checks=marks.against,
                evidence=what.evidence,
            )
            for mutant, marks, what in zip(one.mutants, found.mutants, concluded, strict=True)
        ),
        checks=checks,
        certified=CertifiedReport(
            problem=one.problem.id,
            cases=enclosed.cases,
            worst=None if enclosed.worst is None else float(f"{enclosed.worst:.3g}"),
            holds=enclosed.worst is None or enclosed.worst <= _AGREES,
            detail=enclosed.says,
        ),
        remarks=tuple(remarks),
    )


def _answer(one: Subject, answer: KnownAnswer, own: Sequence[tuple[Plan, Marks]]) -> AnswerReport | None:
    """Return what is said of an answer; None where a right answer leaves the problem out."""
    first = own[0][1]
    if answer.kind == "right" and all(check.finding is Finding.MISSING for check in first.checks):
        return None
    faults = [f"{_where(plan)}: {fault}" for plan, marks in own if (fault := answer.fault(marks))]
    named = ""
    if answer.kind == "misconception" and first.named != answer.name:
        named = f"it is named {first.named!r}" if first.named else "it is not named"
    return AnswerReport(
        kind=answer.kind,
        problem=one.problem.id,
        name=answer.name,
        says=answer.says,
        due=answer.due,
        holds=not faults,
        tried=len(own),
        detail="; ".join(filter(None, (*faults[:3], named))),
    )


def _where(plan: Plan) -> str:
    return f"seed {plan.seed}" + (f", {float(plan.times):g} times the cases" if plan.times != 1 else "")


def _stability(
    tried: Sequence[Subject], marks: Sequence[_Marked], seeds: Sequence[int]
) -> tuple[StabilityReport, StabilityReport]:
    other: dict[bool, list[str]] = {True: [], False: []}
    n = 0
    for one, found in zip(tried, marks, strict=True):
        for answer, own in zip(one.answers, found.answers, strict=True):
            n += len(own) > 1
            for plan, now in own[1:]:
                if bool(answer.fault(now)) != bool(answer.fault(own[0][1])):
                    other[plan.times == 1].append(f"{one.problem.id} {answer.name} ({_where(plan)})")
    by_seed, by_count = other[True], other[False]
    named = "seed" if len(seeds) == 1 else "seeds"
    return (
        StabilityReport(
            what="seeds",
            says="; ".join(by_seed[:5])
            or f"{n} right and wrong answers at {len(seeds)} other {named}: as at the rubric's",
            holds=not by_seed,
        ),
        StabilityReport(
            what="counts",
            says="; ".join(by_count[:5]) or f"{n} right and wrong answers with half and twice the cases: as with all",
            holds=not by_count,
        ),
    )


def _holds(problem: ProblemAudit) -> bool:
    return (
        all(answer.holds for answer in problem.answers)
        and all(mutant.standing != "survived" for mutant in problem.mutants)
        and problem.certified.holds
    )
