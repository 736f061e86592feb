"""``grader similar``: a class in, the pairs that are alike out, for a person to look at."""

import argparse
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from rich.console import Console

from grader.batch.anonymous import anonymise
from grader.batch.collect import Collected, collect
from grader.batch.similar import Handed, compare, defined_functions
from grader.cli.exit_code import ExitCode
from grader.cli.whole_file import write_whole_pieces
from grader.loading.shown_name import shown
from grader.loading.submissions import load_submissions
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.similar_page import similar_page
from grader.reporting.similar_view import print_similarity


def similar_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader similar``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
        ``FULL_MARKS`` (0) where the class was compared, whatever was found.
    """
    errors = Console(stderr=True, highlight=False)
    try:
        starter, collected = _read(arguments)
        errors.print(collected.collection.says, markup=False, soft_wrap=True)
        with errors.status("reading") as status:
            similarity = compare(
                _handed(collected, defined_functions(starter)),
                starter=starter,
                top=arguments.top,
                common=arguments.common,
                told=lambda done: status.update(f"{done} of {len(collected.collection.hand_ins)} read"),
            )
        if arguments.output is not None:
            _write(arguments.output, similar_page(similarity, title=shown(arguments.path)))
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    console = Console(highlight=False)
    print_similarity(similarity, console)
    if arguments.output is not None:
        console.print(f"\nside by side: {arguments.output}", markup=False, soft_wrap=True)
    return ExitCode.FULL_MARKS


def _read(arguments: argparse.Namespace) -> tuple[tuple[Submission, ...], Collected]:
    """Read everything that was named but the hand-ins; report every fault at once."""
    faults: list[Diagnostic] = []
    starter: tuple[Submission, ...] = ()
    collected: Collected | None = None
    try:
        starter = load_submissions(arguments.starter, functions=()) if arguments.starter else ()
        faults += [
            Diagnostic(code="G012", says=f"the starter cannot be read: {one.problem}", path=one.path)
            for one in starter
            if one.problem
        ]
    except DiagnosedError as error:
        faults += error.diagnostics
    try:
        collected = collect(
            Path(arguments.path), shown=arguments.path, source=arguments.source, pattern=arguments.pattern
        )
        if arguments.anonymous is not None:
            collected = anonymise(collected, Path(arguments.anonymous))
    except DiagnosedError as error:
        faults += error.diagnostics
    if collected is None or faults:
        raise DiagnosedError(tuple(faults))
    return starter, collected


def _handed(collected: Collected, functions: tuple[str, ...]) -> Iterator[Handed]:
    collection = collected.collection
    names = {student.id: student.shown for student in collection.students}
    for hand_in in collection.hand_ins:
        yield Handed(
            id=hand_in.id,
            students=hand_in.students,
            shown=" and ".join(names.get(student, student) for student in hand_in.students),
            path=hand_in.path,
            read=partial(collected.read, hand_in, functions),
        )


def _write(path: str, pieces: Iterable[str]) -> None:
    try:
        write_whole_pieces(Path(path), (piece.encode() for piece in pieces))
    except (OSError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        says = f"the page cannot be written: {getattr(error, 'strerror', None) or error}"
        help_ = "name a file in a folder that exists and that you may write to"
        raise DiagnosedError((Diagnostic(code="G002", says=says, path=path, help=help_),)) from error
