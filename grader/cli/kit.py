"""``grader kit``: a rubric in, an archive for students out."""

import argparse
import contextlib
import sys
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.whole_file import write_whole
from grader.grading.engine import trusted_modules
from grader.grading.refused import refusing
from grader.kit.layout import KitCode
from grader.kit.making import Kit, Starter, make_kit, zipped
from grader.kit.words import points_words
from grader.loading.answer import defined_in
from grader.loading.files import File, read_file, suffix_of
from grader.loading.rubric import Rubric, load_rubric
from grader.model.base import number_from_points
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.reporting.diagnostics import print_diagnostics
from grader.truth.modules import TrustedModules


def kit_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader kit``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    errors = Console(stderr=True, highlight=False)
    try:
        # What a trusted module prints is for the author of the rubric.
        with contextlib.redirect_stdout(sys.stderr):
            rubric = load_rubric(
                Path(arguments.rubric),
                shown=arguments.rubric,
                lookup=lambda folder, ref: TrustedModules(folder).signature(ref),
            )
            starter = _starter(rubric, arguments.starter)
            modules = trusted_modules(rubric.path, rubric.assignment)
            with refusing(rubric):
                kit = make_kit(
                    rubric.assignment, modules, starter, rubric=rubric.shown, words=rubric.words, seed=arguments.seed
                )
        data = zipped(kit)
        _write(Path(arguments.out), data)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    _say(kit, rubric, starter, arguments.out, len(data), Console(highlight=False))
    return ExitCode.FULL_MARKS


def _starter(rubric: Rubric, named: str | None) -> Starter:
    if named is None and rubric.assignment.starter is None:
        raise _refused(
            "the rubric names no starter, the file that students begin with",
            rubric.shown,
            'add `starter = "starter.py"` to the rubric, or name one by `--starter FILE`',
        )
    path = Path(named) if named is not None else rubric.path.parent / (rubric.assignment.starter or "")
    shown = named or rubric.assignment.starter or ""
    if suffix_of(path.name) not in {".py", ".ipynb"}:
        raise _refused("the starter is neither a .py file nor an .ipynb notebook", shown, "name one of these")
    file = read_file(path, (path.name,), follow=True)
    if file.fault:
        says = "there is no such starter" if not path.exists() else f"the starter {file.fault}"
        raise _refused(says, shown, "name a .py file or an .ipynb notebook")
    return Starter(name=path.name, data=file.data)


def _refused(says: str, path: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=KitCode.NO_STARTER.value, says=says, path=path, help=help_),))


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        says = f"the kit cannot be written: {error.strerror or error}"
        help_ = "name a file in a folder that exists and that you may write to"
        raise DiagnosedError((Diagnostic(code="G002", says=says, path=str(path), help=help_),)) from error


def _say(kit: Kit, rubric: Rubric, starter: Starter, out: str, size: int, console: Console) -> None:
    assignment = rubric.assignment
    lines = [
        f"{out}: {len(kit.files)} files, {size / 1024:.0f} KiB",
        f"  students can check {number_from_points(kit.part.points):g} of {points_words(assignment.points)}, "
        f"on cases of the seed {kit.seed}",
    ]
    undecided = [one.problem for one in kit.withheld if not one.decides]
    if undecided:
        verb = "is" if len(undecided) == 1 else "are"
        lines.append(
            f"  note: whether {' and '.join(undecided)} {verb} right, no check that students have can tell; "
            "a `finite_difference` or `adjoint` check that is visible would"
        )
    functions = assignment.asked
    defined = defined_in(File(parts=(starter.name,), data=starter.data), functions)
    missing = [name for name in functions if name not in defined]
    if missing:
        lines.append(f"  note: {starter.name} does not define {', '.join(missing)}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
