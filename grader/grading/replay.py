"""Runs one case of one check again, and keeps every number that came of it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from grader.checks.finding import CaseFinding
from grader.checks.finite_difference import FiniteDifference
from grader.checks.kind import PLAIN, Facts, plain
from grader.checks.purity import AGAIN
from grader.checks.receive import receive
from grader.grading.engine import assignment_sha256, trusted_modules
from grader.grading.part import only
from grader.grading.plan import draw_plan
from grader.grading.replay_case import NoSuchCase, ReportedCase, chosen_case
from grader.grading.replay_lines import ReplayedLine, replayed_line
from grader.grading.run import Answers
from grader.grading.script import call_seed, kind_for
from grader.grading.told import caller_of, load_notes
from grader.grading.words import in_line
from grader.loading.rubric import Rubric
from grader.model.assignment import Assignment, Problem
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import (
    AdjointCheck,
    ApartCheck,
    DerivationCheck,
    FiniteDifferenceCheck,
    PropertyCheck,
    ReferenceCheck,
    TriedCheck,
)
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.isolation import IsolationReport
from grader.model.outcome import NotNumeric, Outcome, Raised, Returned
from grader.model.replay import DueValue, Replayed, ReplayedCall, ReplayedSides, ReplayedSlope, ReplayedSlopes
from grader.model.report import Finding, Verdict
from grader.model.seed import RootSeed
from grader.model.submission import Submission
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS, Expected
from grader.numerics.slope import Pairing, Slope
from grader.sandbox import Isolation, open_sandbox
from grader.truth.book import Truth
from grader.truth.modules import TrustedFunctionError
from grader.words import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayRequest:
    """Which case to run again.

    Parameters
    ----------
    rubric : Rubric
        The assignment and where it was read.
    submission : Submission
        Whose answer.
    seed : RootSeed
        That of the report.
    check : str
        ``problem.check``.
    case : str
        A name such as ``generic[3]``, or a number among the check's cases, from 0; empty for the reported one.
    reported : ReportedCase or None
        The failing case that the report shows; None where it shows none.
    assignment_sha256, submission_sha256 : str
        As they stand in the report, to say what has changed since.
    isolation : str
        ``"auto"``, ``"A"``, ``"B"``, ``"C"`` or ``"none"``.
    """

    rubric: Rubric
    submission: Submission
    seed: RootSeed
    check: str
    case: str = ""
    reported: ReportedCase | None = None
    assignment_sha256: str
    submission_sha256: str
    isolation: Isolation = "auto"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """What the case is judged with."""

    assignment: Assignment
    problem: Problem
    check: TriedCheck
    case: Case
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """What the submission did."""

    found: CaseFinding
    outcome: Outcome
    others: tuple[ReplayedCall, ...]
    printed: str
    notes: tuple[str, ...]
    isolation: IsolationReport


def replay(request: ReplayRequest) -> Replayed:
    """Run one case of one check again.

    Parameters
    ----------
    request : ReplayRequest
        Which.

    Returns
    -------
    Replayed

    Raises
    ------
    DiagnosedError
        The rubric has no such check, or the check no such case.
    PlanError, TrustedFunctionError
        The rubric's fault.
    SandboxUnavailableError
        Student code cannot be confined as asked on this machine.
    SandboxFaultError
        The sandbox broke down: the grader's fault.
    """
    rubric = request.rubric
    problem, check = _named(rubric, request.check)
    assignment = only(rubric.assignment, [problem.id])
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, request.seed.number)
    plan = draw_plan(assignment, modules, truth, request.seed.number)
    warnings = []
    if assignment_sha256(rubric.source, modules) != request.assignment_sha256:
        warnings.append(say("replay.rubric_changed"))
    if request.submission.sha256 != request.submission_sha256:
        warnings.append(say("replay.submission_changed"))
    inputs = assignment.inputs[problem.inputs]
    chosen = chosen_case(plan.of(problem, check.families), request.case, request.reported, problem, inputs)
    if isinstance(chosen, NoSuchCase):
        says = f"{request.check} has no case `{request.case}`"
        raise DiagnosedError((Diagnostic(code="G007", says=says, path=rubric.shown, help=chosen.says),))
    case = chosen.case
    scene = _Scene(assignment=assignment, problem=problem, check=check, case=case, truth=truth)
    run = _run(request, scene, modules.folder)
    expected = truth.expected(problem, case)
    line = replayed_line(problem, check, run.found, expected) if isinstance(check, DerivationCheck) else None
    values = _Values.of_line(line) if line is not None else _values(scene, run, expected)
    return Replayed(
        title=rubric.assignment.title,
        check=request.check,
        kind=check.kind,
        function=values.function,
        submission=request.submission,
        seed=request.seed.told,
        call_seed=call_seed(request.seed.number, problem),
        isolation=run.isolation,
        case=case,
        verdict=run.found.verdict,
        finding=run.found.finding,
        detail=in_line(run.found.detail),
        outcome=values.outcome,
        due=values.due,
        received=values.received,
        agree_units=AGREE_UNITS,
        disagree_units=DISAGREE_UNITS,
        slopes=_slopes(scene, values.outcome) if values.received and line is None else (),
        sides=_sides(check, run.found),
        others=run.others if line is None else line.others,
        printed=run.printed,
        notes=run.notes,
        warnings=(*warnings, *chosen.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Values:
    """What was called, what came back and what is due."""

    function: str
    outcome: Outcome
    due: tuple[DueValue, ...]
    received: tuple[Array, ...]

    @classmethod
    def of_line(cls, line: ReplayedLine) -> Self:
        """Return those of a line of a derivation."""
        return cls(function=line.function, outcome=line.outcome, due=(line.due,), received=line.received)


def _values(scene: _Scene, run: _Run, expected: tuple[Expected, ...]) -> _Values:
    received = receive(scene.problem, scene.case, run.outcome, expected)
    widen = scene.check.widen if isinstance(scene.check, ReferenceCheck) else 1.0
    return _Values(
        function=scene.problem.function,
        outcome=run.outcome,
        due=tuple(
            DueValue(name=due.name, expected=e.value, unit=frozen_array(e.unit * widen))
            for due, e in zip(scene.problem.returns, expected, strict=True)
        ),
        received=() if isinstance(received, CaseFinding) else tuple(frozen_array(value) for value in received),
    )


def _named(rubric: Rubric, check_id: str) -> tuple[Problem, TriedCheck]:
    known = {f"{p.id}.{c.name}": (p, c) for p in rubric.assignment.problem for c in p.check}
    if check_id not in known:
        says = f"the rubric has no check `{check_id}`"
        raise DiagnosedError(
            (Diagnostic(code="G006", says=says, path=rubric.shown, help=f"it has {', '.join(known)}"),)
        )
    problem, check = known[check_id]
    if isinstance(check, ApartCheck):
        says = f"{check_id} is not tried case by case, so that there is no case to run again"
        help_ = f"`grader grade … --only {check_id}` judges it anew"
        raise DiagnosedError((Diagnostic(code="G007", says=says, path=rubric.shown, help=help_),))
    return problem, check


def _run(request: ReplayRequest, scene: _Scene, trusted: Path) -> _Run:
    submission = request.submission
    sandbox = open_sandbox(
        isolation=request.isolation,
        packages=scene.assignment.packages,
        limits=scene.assignment.limits,
        forbidden_paths=(request.rubric.path, trusted, Path(submission.path)),
    )
    with sandbox, sandbox.session(submission) as session:
        loaded = session.load()
        answers = Answers(scene.assignment, caller_of(session, submission, loaded), request.seed.number)
        found = _judged(scene, answers).in_full()
        derived = isinstance(scene.check, DerivationCheck)
        return _Run(
            found=found,
            outcome=found.outcome if derived else answers.outcome(scene.problem, scene.case, plain(scene.case)),
            others=() if derived else _others(scene, found, answers),
            printed=session.printed.text,
            notes=((submission.problem,) if submission.problem else ()) + load_notes(loaded),
            isolation=sandbox.report,
        )


def _judged(scene: _Scene, answers: Answers) -> CaseFinding:
    """Return what the case says; as in grading, a disagreement counts only if it can be reproduced."""
    found = answers.finding(scene.check, scene.problem, scene.case, scene.truth)
    repeatable = found.verdict is Verdict.DISAGREES and isinstance(found.outcome, Returned | Raised | NotNumeric)
    if repeatable and not answers.same_again(scene.check, scene.problem, scene.case):
        return replace(found, finding=Finding.NONDETERMINISTIC)
    return found


def _others(scene: _Scene, found: CaseFinding, answers: Answers) -> tuple[ReplayedCall, ...]:
    kind = kind_for(scene.assignment, scene.problem, scene.check)
    requests = {r.label: r for r in kind.requests(scene.check, scene.problem, scene.case)}
    del requests[PLAIN]
    if found.finding is Finding.NONDETERMINISTIC:
        requests[AGAIN] = replace(plain(scene.case), label=AGAIN)
    names = scene.problem.arguments
    return tuple(
        ReplayedCall(
            says=label.removeprefix(scene.case.draw).strip(),
            arguments=tuple(zip(names, request.arguments, strict=True)),
            outcome=answers.outcome(scene.problem, scene.case, request),
        )
        for label, request in requests.items()
    )


def _sides(check: TriedCheck, found: CaseFinding) -> ReplayedSides | None:
    evidence = found.evidence
    if evidence is None or not isinstance(check, PropertyCheck | AdjointCheck):
        return None
    return ReplayedSides(
        name=evidence.name,
        left=frozen_array(evidence.actual),
        right=frozen_array(evidence.expected),
        where=evidence.where,
        error_abs=evidence.error_abs,
        allowed_abs=evidence.allowed_abs,
        differing=evidence.differing,
        total=evidence.total,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _OneSlope:
    """The truth with a single direction, so that the check itself judges each direction on its own."""

    truth: Facts
    slope: Slope

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        """Return the expected values of a case and their units."""
        return self.truth.expected(problem, case)

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:  # noqa: ARG002 - as the protocol has it
        """Return the one direction."""
        return (self.slope,)

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        """Return the right-hand sides of the adjoint identity."""
        return self.truth.pairings(problem, check, case)


def _slopes(scene: _Scene, outcome: Outcome) -> tuple[ReplayedSlopes, ...]:
    """Return what the problem's finite-difference checks see, those that look at cases of this family."""
    seen = []
    for check in scene.problem.check:
        if isinstance(check, FiniteDifferenceCheck) and scene.case.family in check.families:
            says = ""
            slopes: tuple[Slope, ...] = ()
            try:
                slopes = scene.truth.slopes(scene.problem, check, scene.case)
            except TrustedFunctionError as error:
                # Inputs that a report made smaller for another check need not be any that this one can look at.
                says = say("replay.no_slopes", reason=error.says)
            seen.append(
                ReplayedSlopes(
                    check=check.name,
                    wrt=check.wrt,
                    value=check.returns or scene.problem.returns[0].name,
                    slopes=tuple(_slope(scene, check, slope, outcome) for slope in slopes),
                    says=says,
                )
            )
    return tuple(seen)


def _slope(scene: _Scene, check: FiniteDifferenceCheck, slope: Slope, outcome: Outcome) -> ReplayedSlope:
    facts = _OneSlope(truth=scene.truth, slope=slope)
    found = FiniteDifference().judge(check, scene.problem, scene.case, {PLAIN: outcome}, facts).in_full()
    if found.evidence is None:
        msg = f"{check.name} found no numbers in an answer that has some"
        raise AssertionError(msg)
    actual: Array = found.evidence.actual
    return ReplayedSlope(
        direction=frozen_array(slope.direction.tangent),
        actual=float(actual[0]),
        quotient=slope.value,
        quotient_error=slope.error,
        error_abs=found.evidence.error_abs,
        allowed_abs=found.evidence.allowed_abs,
        verdict=found.verdict,
    )
