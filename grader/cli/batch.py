"""``grader batch``: a class in, grades out; what is graded is kept, so that the same command goes on."""

import argparse
import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from grader.batch.adjustments import load_adjustments
from grader.batch.anonymous import anonymise, is_pseudonym
from grader.batch.collect import Collected, collect
from grader.batch.journal import FILE_NAME, Journal
from grader.batch.journal_error import JournalError
from grader.batch.late import load_late_policy
from grader.batch.local import LocalExecutor
from grader.batch.marks import make_gradebook
from grader.batch.run import BatchRequest, Counted, run_batch
from grader.batch.work import Executor, WorkersError
from grader.cli.ctrl_c import CtrlC
from grader.cli.exit_code import ExitCode
from grader.cli.results import write_results
from grader.cli.root_seed import root_seed
from grader.grading.named import in_words
from grader.grading.refused import refusing
from grader.loading.rubric import Rubric, load_rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.gradebook import Gradebook, LatePolicy
from grader.model.handin import Collection
from grader.model.report import SubmissionReport
from grader.reporting.batch_display import BatchDisplay
from grader.reporting.batch_result import print_batch
from grader.reporting.class_page import ClassTally, Cost, Tally
from grader.reporting.class_summary import summarise
from grader.reporting.diagnostics import print_diagnostics
from grader.sandbox import SandboxUnavailableError
from grader.truth.modules import TrustedModules
from grader.words import at_hand, languages

T = TypeVar("T")
_KEY = "key.csv"
_ADJUSTMENTS = "adjustments.toml"
_GO_ON = "run the same command again to go on"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """Everything that was named on the command line, read and found to be valid."""

    rubric: Rubric
    collected: Collected
    policy: LatePolicy | None


def batch_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader batch``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
        ``FULL_MARKS`` (0) where everything was graded, whatever the points: a class loses some.
    """
    errors = Console(stderr=True, highlight=False)
    try:
        # What a trusted module prints is for the author of the rubric, and must not stand in the results.
        with contextlib.redirect_stdout(sys.stderr):
            gradebook = _graded(arguments, errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    except JournalError as error:
        fault = Diagnostic(code=error.fault.code, says=error.says, path=str(error.path), help=error.help_)
        print_diagnostics([fault], errors)
        return ExitCode.USAGE
    except SandboxUnavailableError as error:
        _say(errors, f"not graded: {error.reason}", *(f"  missing: {each}" for each in error.missing), error.help)
        return ExitCode.NOT_GRADED
    except WorkersError as error:
        _say(errors, f"stopped: {error.says}", error.help_)
        return ExitCode.NOT_GRADED
    if gradebook is None:
        return ExitCode.INTERRUPTED
    print_batch(summarise(gradebook), arguments.out, Console(highlight=False))
    if arguments.anonymous:
        key = f"{arguments.out}/{_KEY}"
        _say(errors, f"{key} alone says who is who; `grader export --key {key}` puts the names back")
    failed = any(mark.status == "not_graded" for mark in gradebook.marks)
    return ExitCode.NOT_GRADED if failed else ExitCode.FULL_MARKS


def _graded(arguments: argparse.Namespace, errors: Console) -> Gradebook | None:
    """Grade, and write the results; None after Ctrl-C, which is said."""
    _check_executor(arguments)
    read = _read(arguments)
    directory = _directory(arguments)
    # From here on nobody else works on the folder.
    with Journal(directory / FILE_NAME) as journal:
        if arguments.anonymous:
            _refuse_names(journal, arguments.out)
        collected = anonymise(read.collected, directory / _KEY) if arguments.anonymous else read.collected
        problems = [problem.id for problem in read.rubric.assignment.problem]
        adjustments = load_adjustments(directory / _ADJUSTMENTS, collected.collection.students, problems)
        _say(errors, collected.collection.says)
        request = _request(arguments, read.rubric, directory)
        display = _display(request, collected, errors)
        hand_ins = len(collected.collection.hand_ins)
        try:
            with _executor(arguments, hand_ins) as executor:
                with CtrlC() as ctrl_c, refusing(read.rubric), display:
                    head = run_batch(request, collected, journal, executor, _Shown(display, ctrl_c))
                words, policy, collection = read.rubric.words, read.policy, collected.collection
                # What leads to the files takes as much memory as the grades, and is not needed any more.
                del read, collected
                with at_hand(words):
                    counted = ClassTally(head.problems, collection.hand_ins)
                    reports = _counting(collection, journal, counted)
                    gradebook = make_gradebook(head, collection, reports, adjustments, policy)
                    _write(directory, gradebook, counted.tally(), journal, words, executor)
        except KeyboardInterrupt:
            of = f"{display.done} of {hand_ins} hand-ins"
            _say(errors, f"interrupted; {of} are graded and kept in {arguments.out}", _GO_ON)
            return None
    return gradebook


def _refuse_names(journal: Journal, out: str) -> None:
    """Refuse a folder in which an earlier run has named people: what it kept would still name them."""
    named = sum(not is_pseudonym(hand_in) for hand_in in journal.hand_ins())
    if named:
        says = f"the folder holds results with names: {named} hand-ins in its journal"
        help_ = "name a new folder with `--out`, so that nothing in it tells who is who but its key file"
        raise DiagnosedError((Diagnostic(code="G010", says=says, path=out, help=help_),))


def _check_executor(arguments: argparse.Namespace) -> None:
    if arguments.executor == "dask" and not arguments.scheduler:
        says, help_ = "a Dask cluster needs a scheduler", "name it, such as `--scheduler tcp://head:8786`"
    elif arguments.executor == "dask" and importlib.util.find_spec("distributed") is None:
        says, help_ = "Dask is not installed here", "install it with `python -m pip install 'grader[cluster]'`"
    elif arguments.executor == "local" and arguments.scheduler:
        says, help_ = "only a Dask cluster has a scheduler", "add `--executor dask`, or leave `--scheduler` out"
    else:
        return
    raise DiagnosedError((Diagnostic(code="G011", says=says, path=arguments.scheduler or "--executor", help=help_),))


def _read(arguments: argparse.Namespace) -> _Read:
    """Read everything that was named; report every fault at once."""
    faults: list[Diagnostic] = []
    rubric = _tried(faults, lambda: _rubric(arguments))
    policy = _tried(faults, lambda: _policy(arguments))
    collected = _tried(faults, lambda: _collected(arguments))
    if rubric is None or collected is None or faults:
        raise DiagnosedError(tuple(faults))
    return _Read(rubric=rubric, collected=collected, policy=policy)


def _tried(faults: list[Diagnostic], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except DiagnosedError as error:
        faults += error.diagnostics
        return None


def _rubric(arguments: argparse.Namespace) -> Rubric:
    rubric = in_words(
        load_rubric(
            Path(arguments.rubric),
            shown=arguments.rubric,
            lookup=lambda folder, ref: TrustedModules(folder).signature(ref),
        ),
        arguments.language,
    )
    if arguments.executor == "dask" and rubric.words.endswith(".toml"):
        says = "the workers of a Dask cluster may not see the file of messages"
        help_ = f"use one of the languages that every worker has: {', '.join(languages())}"
        raise DiagnosedError((Diagnostic(code="G011", says=says, path=rubric.assignment.language, help=help_),))
    return rubric


def _policy(arguments: argparse.Namespace) -> LatePolicy | None:
    return None if arguments.late_policy is None else load_late_policy(arguments.late_policy)


def _collected(arguments: argparse.Namespace) -> Collected:
    return collect(
        Path(arguments.path),
        shown=arguments.path,
        roster=None if arguments.roster is None else Path(arguments.roster),
        source=arguments.source,
        pattern=arguments.pattern,
    )


def _costs(journal: Journal, gradebook: Gradebook) -> Iterator[tuple[str, Cost]]:
    """Yield what each hand-in took that was run at all."""
    for hand_in in gradebook.hand_ins:
        took = journal.took(hand_in.id)
        if took is not None:
            yield hand_in.id, Cost(seconds=took.wall_s, peak_bytes=took.peak_bytes)


def _directory(arguments: argparse.Namespace) -> Path:
    """Return the folder of the results, made where it is not there."""
    directory = Path(arguments.out)
    help_ = "name a folder that you may write to, outside of the download"
    try:
        place, download = directory.resolve(), Path(arguments.path).resolve()
        if place == download or download in place.parents:
            says = "the results would lie among the hand-ins"
            raise DiagnosedError((Diagnostic(code="G010", says=says, path=arguments.out, help=help_),))
        directory.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        says = f"the folder cannot be used: {getattr(error, 'strerror', None) or error}"
        raise DiagnosedError((Diagnostic(code="G010", says=says, path=arguments.out, help=help_),)) from error
    return directory


def _request(arguments: argparse.Namespace, rubric: Rubric, directory: Path) -> BatchRequest:
    seed = root_seed(arguments, rubric.assignment)
    return BatchRequest(
        rubric=rubric,
        seed=seed.number,
        told=seed.told if isinstance(seed.told, str) else None,
        isolation=arguments.isolation,
        forbidden=(Path(arguments.path), directory),
        regrade=arguments.regrade,
        processes=arguments.jobs or _cores(),
    )


@contextlib.contextmanager
def _executor(arguments: argparse.Namespace, hand_ins: int) -> Iterator[Executor]:
    executor: Executor
    if arguments.executor == "dask":
        # Only who computes on a cluster has what it needs installed.
        from grader.batch.cluster import DaskExecutor  # noqa: PLC0415 - see above

        executor = DaskExecutor(arguments.scheduler)
    else:
        executor = LocalExecutor(max(1, min(arguments.jobs or _cores(), hand_ins)))
    try:
        yield executor
    finally:
        executor.close()


def _cores() -> int:
    """Return how many cores this process may use: fewer than there are, in a container or under a scheduler."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _display(request: BatchRequest, collected: Collected, errors: Console) -> BatchDisplay:
    assignment = request.rubric.assignment
    total = len(collected.collection.hand_ins)
    return BatchDisplay(errors, title=assignment.id, total=total, max_score=assignment.points)


class _Shown:
    """Hands what a run says to the display.

    Parameters
    ----------
    display : BatchDisplay
        Shows it.
    ctrl_c : CtrlC
        Heeded whenever something was shown.
    """

    def __init__(self, display: BatchDisplay, ctrl_c: CtrlC) -> None:
        self._display = display
        self._ctrl_c = ctrl_c

    def counted(self, counted: Counted) -> None:
        """Show one more hand-in."""
        standing = counted.standing
        self._display.add(
            counted.hand_in.id, standing.score, standing.undecided, reason=standing.reason, kept=counted.kept
        )
        self._ctrl_c.heed()

    def waiting(self) -> None:
        """Show the time that has passed."""
        self._display.redraw()
        self._ctrl_c.heed()


def _counting(collection: Collection, journal: Journal, counted: ClassTally) -> Iterator[tuple[str, SubmissionReport]]:
    """Yield the reports of a class, and count them for its page; each is read once."""
    for hand_in in collection.hand_ins:
        report = journal.shared(hand_in.id).report
        counted.add(hand_in.id, report)
        yield hand_in.id, report


def _write(
    directory: Path, gradebook: Gradebook, counted: Tally, journal: Journal, words: str, executor: Executor
) -> None:
    costs = _costs(journal, gradebook)
    try:
        write_results(directory, gradebook, counted, journal, costs=costs, words=words, helping=executor.helping)
    except OSError as error:
        says = f"the results cannot be written: {error.strerror or error}"
        help_ = "the grades are kept; see that the folder may be written to and its disk is not full, and run again"
        raise DiagnosedError((Diagnostic(code="G002", says=says, path=str(directory), help=help_),)) from error


def _say(errors: Console, *lines: str) -> None:
    for line in lines:
        if line:
            errors.print(line, markup=False, soft_wrap=True)
