"""The command line's words and where they lead."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from grader import __version__
from grader.cli.arguments import COMMANDS
from grader.cli.exit_code import ExitCode
from grader.cli.one_thread import one_thread

if TYPE_CHECKING:
    import argparse

_DESCRIPTION = """\
Grade numerical and machine-learning homework: the right verdict, the reason for it,
and student code kept apart from the answers."""
_EPILOG = "`grader COMMAND --help` explains a command, with examples."


def _help() -> str:
    """Return what the parser would print: importing argparse takes longer than all the rest of `grader --help`."""
    commands = "\n".join(f"    {name:8}  {does}" for name, does in COMMANDS.items())
    return f"""\
usage: grader [-h] [--version] COMMAND ...

{_DESCRIPTION}

options:
  -h, --help  show this help message and exit
  --version   show program's version number and exit

commands:
  COMMAND
{commands}

{_EPILOG}
"""


def _parser(words: Sequence[str] = ()) -> "argparse.ArgumentParser":
    """Return the parser: of the one command that comes first, or of all commands where none does."""
    import argparse  # noqa: PLC0415 - see `_help`

    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="grader", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=form, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS:
        arguments = import_module(f"grader.cli.arguments.{name}")
        command = commands.add_parser(
            name,
            help=COMMANDS[name],
            description=arguments.DESCRIPTION,
            epilog=arguments.EPILOG,
            formatter_class=form,
            allow_abbrev=False,
        )
        arguments.add(command)
    return parser


def _run(arguments: "argparse.Namespace") -> int:
    """Run `grader.cli.NAME.NAME_command`, which alone imports what is heavy."""
    name: str = arguments.command
    command: Callable[[argparse.Namespace], int] = getattr(import_module(f"grader.cli.{name}"), f"{name}_command")
    return command(arguments)


def _end(status: int) -> NoReturn:
    """End this process at once: to take numpy and all the rest apart would be a tenth of its time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; those of the process if none are given.

    Returns
    -------
    int
        The exit status, see `ExitCode`.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if words in (["-h"], ["--help"]):
        sys.stdout.write(_help())
        return ExitCode.FULL_MARKS
    parser = _parser(words)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as end:  # argparse has printed its message; 0 is --help and --version
        return ExitCode.FULL_MARKS if not end.code else ExitCode.USAGE
    if arguments.command is None:
        parser.print_help()
        return ExitCode.USAGE
    # A process that is all ours, for which a student waits.
    ours = argv is None and arguments.command == "check"
    if ours:
        # It holds only what was validated elsewhere: pydantic would be a third of its time.
        import_module("grader.model.unchecked")
    one_thread()
    try:
        status = _run(arguments)
        if ours:
            _end(status)
        return status
    except BrokenPipeError:
        # The reader went away (`grader ... | head`) and has what it wanted. Keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; nothing was written\n")
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - Python would end with status 1, which says that a student lost points
        import_module("traceback").print_exc()
        sys.stderr.write("\nthe grader failed; nothing was graded, and no submission is to blame\n")
        return ExitCode.NOT_GRADED
