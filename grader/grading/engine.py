"""Many submissions against one assignment: the plan once, a sandbox a worker, a report in the order of the paths."""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from grader import __version__
from grader.grading.basis import Grading
from grader.grading.graded import Graded, Manner, grade_submission
from grader.grading.plan import draw_plan
from grader.model.assignment import Assignment
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport, Report, SubmissionReport
from grader.model.seed import Seed
from grader.model.submission import Submission
from grader.sandbox import Isolation, Sandbox, open_sandbox
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from grader.words import catalogue_of

if TYPE_CHECKING:
    # Reading rubrics brings pydantic, which a student's check does without.
    from grader.grading.apart import Timing
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
        with ExitStack() as unless_done:
            # After an error or Ctrl-C nothing new is begun, and then what runs is ended by closing its sandbox.
            unless_done.callback(stop)
            unless_done.callback(pool.shutdown, wait=False, cancel_futures=True)
            futures = [pool.submit(work, i) for i in range(n)]
            wait(futures, return_when=FIRST_EXCEPTION)
            reports = [future.result() for future in futures]
            unless_done.pop_all()
            return reports
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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
