"""Many submissions against one assignment: the plan once, a sandbox a worker, a report in the order of the paths."""

import hashlib
import shlex
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from grader import __version__
from grader.grading.plan import draw_plan
from grader.grading.submission import Again, Basis, Grading, grade_problems
from grader.grading.told import caller_of, line_notes, notes
from grader.model.assignment import ApartCheck, Assignment
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport, PrintedReport, Report, SubmissionReport
from grader.model.seed import Seed
from grader.model.submission import Submission
from grader.sandbox import Isolation, Sandbox, Usage, open_sandbox
from grader.sandbox.running import Runner, Running
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from grader.words import catalogue_of, in_language, say

if TYPE_CHECKING:
    # Reading rubrics brings pydantic, which a student's check does without.
    from grader.grading.apart import Timing, WholeSubmission
    from grader.loading.rubric import Rubric

Done = Callable[[SubmissionReport], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradeRequest:
    """What to grade, and how.

    Parameters
    ----------
    rubric : Rubric
        The assignment and where it was read.
    submissions : tuple of Submission
        In the order of the report.
    seed : int
        The root seed.
    told : int or str, optional
        What a report tells of the seed, if not the seed itself: the commitment to a secret.
    isolation : str
        ``"auto"``, ``"A"``, ``"B"``, ``"C"`` or ``"none"``.
    jobs : int
        Workers, each with a sandbox of its own.
    """

    rubric: "Rubric"
    submissions: tuple[Submission, ...]
    seed: int
    told: Seed | None = None
    isolation: Isolation = "auto"
    jobs: int = 1


@dataclass(slots=True)
class _Clock:
    """Seconds by the name of what took them."""

    started: float = field(default_factory=time.perf_counter)
    plan_s: float = 0.0
    submissions_s: list[float] = field(default_factory=list)
    functions: list[tuple["Timing", ...]] = field(default_factory=list)


def trusted_modules(rubric_path: Path, assignment: Assignment) -> TrustedModules:
    """Return the trusted folder that an assignment names, relative to its rubric.

    Parameters
    ----------
    rubric_path : Path
        The rubric file.
    assignment : Assignment
        What it states.

    Returns
    -------
    TrustedModules
    """
    return TrustedModules(rubric_path.parent / assignment.trusted)


def grade(request: GradeRequest, done: Done | None = None) -> Report:
    """Grade submissions.

    Parameters
    ----------
    request : GradeRequest
        What and how.
    done : callable, optional
        Called with each submission's report when it is finished, in any order, from any worker's thread.

    Returns
    -------
    Report
        Submissions in the order of the request, whatever the order in which they finished.

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    SandboxUnavailableError
        Student code cannot be confined as asked on this machine.
    """
    n = len(request.submissions)
    clock = _Clock(submissions_s=[0.0] * n, functions=[()] * n)
    ready = made_ready(request)
    clock.plan_s = time.perf_counter() - clock.started
    with ExitStack() as stack:
        sandboxes: SimpleQueue[Sandbox] = SimpleQueue()
        workers = max(1, min(request.jobs, len(request.submissions)))
        for _ in range(workers):
            sandboxes.put(stack.enter_context(ready.open_sandbox()))
        first = sandboxes.get()
        isolation = first.report
        sandboxes.put(first)

        def work(i: int) -> SubmissionReport:
            sandbox = sandboxes.get()
            begun = time.perf_counter()
            try:
                graded = ready.graded_in_full(request.submissions[i], sandbox)
            finally:
                sandboxes.put(sandbox)
            clock.submissions_s[i] = time.perf_counter() - begun
            clock.functions[i] = graded.timings
            if done is not None:
                done(graded.report)
            return graded.report

        reports = _run_all(work, n, workers, stop=stack.close)
    return ready.report(isolation, reports, _timings(clock))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ready:
    """A request whose plan is drawn: what is the same for all of its submissions.

    Parameters
    ----------
    request : GradeRequest
        What and how.
    modules : TrustedModules
        Its trusted folder.
    grading : Grading
        Plan and truth.
    """

    request: GradeRequest
    modules: TrustedModules
    grading: Grading

    def open_sandbox(self) -> Sandbox:
        """Open a sandbox that keeps the request's own files from student code.

        Returns
        -------
        Sandbox
            To be closed.

        Raises
        ------
        SandboxUnavailableError, SandboxFaultError
            See `open_sandbox`.
        """
        assignment = self.request.rubric.assignment
        submissions = (Path(s.path) for s in self.request.submissions)
        return open_sandbox(
            isolation=self.request.isolation,
            packages=assignment.packages,
            limits=assignment.limits,
            forbidden_paths=(self.request.rubric.path, self.modules.folder, *submissions),
        )

    def graded(self, submission: Submission, sandbox: Sandbox) -> SubmissionReport:
        """Grade one submission.

        Parameters
        ----------
        submission : Submission
            One of the request's.
        sandbox : Sandbox
            From `open_sandbox`.

        Returns
        -------
        SubmissionReport
            See `grade_submission`.
        """
        return self.graded_in_full(submission, sandbox).report

    def graded_in_full(self, submission: Submission, sandbox: Sandbox) -> "Graded":
        """Grade one submission and say what it took, too; see `graded`."""
        request = self.request
        manner = Manner(
            rubric=request.rubric.shown,
            isolation=request.isolation,
            secret=request.told is not None,
            language=request.rubric.words,
        )
        return grade_submission(self.grading, manner, sandbox, submission)

    def report(
        self,
        isolation: IsolationReport,
        submissions: Sequence[SubmissionReport],
        timings: dict[str, object],
    ) -> Report:
        """Return the report of the run.

        Parameters
        ----------
        isolation : IsolationReport
            Of the sandbox.
        submissions : sequence of SubmissionReport
            In the order of the request.
        timings : dict
            Seconds, by the name of what took them.

        Returns
        -------
        Report
        """
        rubric, told = self.request.rubric, self.request.told
        return Report(
            grader_version=__version__,
            assignment=AssignmentReport(
                id=rubric.assignment.id,
                title=rubric.assignment.title,
                path=rubric.shown,
                sha256=assignment_sha256(rubric.source, self.modules),
                max_score=rubric.assignment.points,
            ),
            seed=self.request.seed if told is None else told,
            isolation=isolation,
            plan=self.grading.plan.notes,
            language=catalogue_of(rubric.words).language,
            submissions=tuple(submissions),
            timings=timings,
        )


def made_ready(request: GradeRequest) -> Ready:
    """Draw the plan of a request.

    Parameters
    ----------
    request : GradeRequest
        What and how.

    Returns
    -------
    Ready

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    """
    assignment = request.rubric.assignment
    modules = trusted_modules(request.rubric.path, assignment)
    truth = Truth(assignment, modules, request.seed)
    plan = draw_plan(assignment, modules, truth, request.seed)
    return Ready(request=request, modules=modules, grading=Grading(plan=plan, truth=truth))


def _run_all(
    work: Callable[[int], SubmissionReport], n: int, workers: int, *, stop: Callable[[], None]
) -> list[SubmissionReport]:
    # Brings logging, which one student's own check does without.
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait  # noqa: PLC0415

    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="grader")
    try:
        futures = [pool.submit(work, i) for i in range(n)]
        wait(futures, return_when=FIRST_EXCEPTION)
        return [future.result() for future in futures]
    except BaseException:
        # After an error or Ctrl-C nothing new is begun, and what runs is ended by closing its sandbox.
        pool.shutdown(wait=False, cancel_futures=True)
        stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a report says of how it came about, besides its plan.

    Parameters
    ----------
    rubric : str
        The rubric as the user named it.
    isolation : str
        What was asked for, see `GradeRequest`.
    secret : bool
        Whether the seed is secret, so that no command may name it.
    kit : bool
        Whether a student checks with a kit, which has a command of its own.
    again : Again or None
        Writes the command that runs a check again, where it is none of the command line.
    language : str or None
        Of what the report says, as `grader.words.in_language` takes it; None: the one that is in force.
    """

    rubric: str
    isolation: Isolation = "auto"
    secret: bool = False
    kit: bool = False
    again: Again | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One submission's report, and what it took.

    Parameters
    ----------
    report : SubmissionReport
        The same whenever it is made.
    usage : Usage or None
        Seconds and bytes, which differ from run to run; None where the submission was not run.
    timings : tuple of Timing
        What was measured of functions, which differs from run to run as well.
    """

    report: SubmissionReport
    usage: Usage | None = None
    timings: tuple["Timing", ...] = ()


def grade_submission(grading: Basis, manner: Manner, sandbox: Runner, submission: Submission) -> Graded:
    """Grade one submission.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    manner : Manner
        What the report names.
    sandbox : Runner
        Runs it.
    submission : Submission
        What was handed in.

    Returns
    -------
    Graded
        Whatever goes wrong with us, too: then its report says that it was not graded, and why.
    """
    with nullcontext() if manner.language is None else in_language(manner.language):
        return _graded(grading, manner, sandbox, submission)


def _graded(grading: Basis, manner: Manner, sandbox: Runner, submission: Submission) -> Graded:
    if submission.unreadable or submission.undecided:
        return Graded(report=not_graded(grading.plan.assignment, submission, submission.problem))
    try:
        with sandbox.session(submission) as session:
            loaded = session.load()
            caller = caller_of(session, submission, loaded)
            seed = grading.plan.seed
            apart = _whole(grading, sandbox, submission)
            problems = grade_problems(grading, caller, partial(_again, manner, seed, submission), apart)
            report = SubmissionReport(
                path=submission.path,
                student=submission.student,
                sha256=submission.sha256,
                status="graded",
                score=sum((p.score for p in problems), Fraction(0)),
                max_score=grading.plan.assignment.points,
                undecided=sum((p.undecided for p in problems), Fraction(0)),
                notes=notes(submission, loaded) + line_notes(grading.plan.assignment, submission),
                printed=_printed(session),
                problems=problems,
            )
        return Graded(report=report, usage=session.usage, timings=tuple(apart.timings) if apart else ())
    except Exception as error:  # noqa: BLE001 - one submission's trouble with us must not lose the others' grades
        # Whatever went wrong here is not the student's doing: no score, and a person looks at it.
        says = say("run.grader_failed", error=_said(error))
        return Graded(report=not_graded(grading.plan.assignment, submission, says))


def _whole(grading: Basis, sandbox: Runner, submission: Submission) -> "WholeSubmission | None":
    """Return what judges the checks that are not tried case by case; None where there are none."""
    checks = (check for problem in grading.plan.assignment.problem for check in problem.check)
    if not any(isinstance(check, ApartCheck) for check in checks):
        return None
    from grader.grading.apart import WholeSubmission  # noqa: PLC0415 - few assignments need it

    return WholeSubmission(plan=grading.plan, truth=grading.truth, runner=sandbox, submission=submission)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def not_graded(assignment: Assignment, submission: Submission, reason: str) -> SubmissionReport:
    """Return the report of a submission that was not graded through no fault of its own.

    Parameters
    ----------
    assignment : Assignment
        What it would have been graded by.
    submission : Submission
        What was handed in.
    reason : str
        Why, for a person who has to look at it.

    Returns
    -------
    SubmissionReport
    """
    return SubmissionReport(
        path=submission.path,
        student=submission.student,
        sha256=submission.sha256,
        status="not_graded",
        score=None,
        max_score=assignment.points,
        undecided=assignment.points,
        reason=reason,
        problems=(),
    )


def _printed(session: Running) -> PrintedReport | None:
    printed = session.printed
    return PrintedReport(text=printed.text, truncated=printed.truncated) if printed.text else None


def _again(manner: Manner, seed: int, submission: Submission, check_id: str) -> str:
    if manner.again is not None:
        return manner.again(check_id)
    if manner.kit:
        return shlex.join(["grader", "check", submission.path, "--only", check_id])
    words = ["grader", "grade", submission.path, "--rubric", manner.rubric]
    words += ["--secret-seed", "FILE"] if manner.secret else ["--seed", str(seed)]
    words += ["--only", check_id]
    if manner.isolation != "auto":
        words += ["--isolation", manner.isolation]
    return shlex.join(words)


def assignment_sha256(source: bytes, modules: TrustedModules) -> str:
    """Return the digest of a rubric and of its trusted folder, as it stands in a report.

    Parameters
    ----------
    source : bytes
        The rubric's.
    modules : TrustedModules
        Its trusted folder.

    Returns
    -------
    str
        Hexadecimal.
    """
    return hashlib.sha256(source + b"\0" + modules.sha256().encode()).hexdigest()


def _timings(clock: _Clock) -> dict[str, object]:
    timings: dict[str, object] = {
        "total_s": round(time.perf_counter() - clock.started, 4),
        "plan_s": round(clock.plan_s, 4),
        "submissions_s": [round(s, 4) for s in clock.submissions_s],
    }
    if any(clock.functions):
        timings["functions"] = [[_function_timing(one) for one in timed] for timed in clock.functions]
    return timings


def _function_timing(timing: "Timing") -> dict[str, object]:
    found = timing.measured
    return {
        "check": timing.check,
        "clock": timing.clock,
        "repetitions": timing.repetitions,
        "ratio": round(found.ratio, 2),
        "power": round(found.power, 2),
        "our_power": round(found.our_power, 2),
    }
