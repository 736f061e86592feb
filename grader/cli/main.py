"""The command line's words and where they lead."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from grader import __version__
from grader.cli.exit_code import ExitCode

_DESCRIPTION = """\
Grade numerical and machine-learning homework: the right verdict, the reason for it,
and student code kept apart from the answers."""

_GRADE_DESCRIPTION = """\
Grade one submission or many against a rubric.

A PATH is a .py file, a .ipynb notebook, a folder, or a .zip archive. In a folder or archive each
.py and .ipynb file is one submission, and so is each folder or archive inside it.
One submission prints its full report; several print a table."""

_GRADE_EPILOG = """\
examples:
  grader grade my_answer.py --rubric rubrics/cs280_hw1.toml
  grader grade submissions --rubric rubrics/cs280_hw1.toml --jobs 2
  grader grade hw1.ipynb --rubric rubrics/cs280_hw1.toml --only softmax_VJP --verbose
  grader grade submissions --rubric rubrics/cs280_hw1.toml --format json --output grades.json

exit status:
  0  everything was graded, with full marks
  1  everything was graded; points were lost
  2  a bad argument, rubric or path
  3  something could not be graded, through no fault of the submission"""

_REPLAY_DESCRIPTION = """\
Run one case of a report again, in the sandbox, and show what the report has no room for: the inputs, the
call, got, expected, a map of the errors, the entries that are worst, and what finite differences see.

REPORT.json is what `grader grade --format json --output REPORT.json` has written. The cases are drawn
again from its seed; a rubric or a submission that has changed since is said to have."""

_REPLAY_EPILOG = """\
examples:
  grader replay report.json --submission ada --check grad_pi.reference
  grader replay report.json --submission ada --check grad_pi.reference --case 3
  grader replay report.json --submission ada --check softmax_VJP.stability --case extreme[1]
  grader replay report.json --submission ada --check grad_pi.reference --export case.npz
  grader replay report.json --submission ada --check grad_pi.reference --print-python > again.py

exit status:
  0  the case agrees now
  1  the case disagrees, or the numbers cannot tell
  2  a bad argument, report, rubric or path
  3  the case could not be run, through no fault of the submission"""

_DOCTOR_DESCRIPTION = """\
Try every level of isolation with a canary, a submission that attempts what no submission may do, and
say which levels hold on this machine and why the others do not.

exit status: 0 where other people's code can be graded (level A or B), 3 where it cannot"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grader",
        description=_DESCRIPTION,
        epilog="`grader COMMAND --help` explains a command, with examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"grader {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_grade(commands)
    _add_replay(commands)
    _add_doctor(commands)
    return parser


def _add_grade(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    grade = commands.add_parser(
        "grade",
        help="grade one submission or many against a rubric",
        description=_GRADE_DESCRIPTION,
        epilog=_GRADE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    grade.add_argument("paths", nargs="+", metavar="PATH", help="a .py, .ipynb or .zip file, or a folder of them")
    grade.add_argument("--rubric", required=True, metavar="FILE", help="the assignment's rubric, a TOML file")
    grade.add_argument(
        "--seed", type=_seed, metavar="N", help="draw the cases from this seed (default: the rubric's own)"
    )
    grade.add_argument(
        "--format", choices=("terminal", "json"), default="terminal", help="what to write (default: terminal)"
    )
    grade.add_argument("--output", metavar="FILE", help="write to this file instead of the screen")
    _add_isolation(grade)
    grade.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="grade N submissions at a time (default: 1)")
    grade.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PROBLEM[.CHECK]",
        help="only this problem, or this check and what it needs; may be given several times",
    )
    grade.add_argument("--verbose", action="store_true", help="show the checks that passed, too")
    _add_limits(grade)


def _add_isolation(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--isolation",
        choices=("auto", "A", "B", "C", "none"),
        default="auto",
        help="how student code is confined: the best that this machine proves (auto), that level or nothing (A, B, C), "
        "or a plain process, for code that you trust (none)",
    )


def _add_limits(grade: argparse.ArgumentParser) -> None:
    limits = grade.add_argument_group("limits", "each overrides the rubric's own; seconds are on the clock")
    limits.add_argument("--call-seconds", type=_seconds, metavar="S", help="for one call of a function")
    limits.add_argument("--call-cpu-seconds", type=_seconds, metavar="S", help="of computing, for one call")
    limits.add_argument("--load-seconds", type=_seconds, metavar="S", help="for running the file itself")
    limits.add_argument("--submission-seconds", type=_seconds, metavar="S", help="for a submission as a whole")
    limits.add_argument("--submission-cpu-seconds", type=_seconds, metavar="S", help="of computing, for a submission")
    limits.add_argument("--memory-mib", type=_memory, metavar="MIB", help="of memory for a submission, 256 or more")
    limits.add_argument("--printed-kib", type=_kib, metavar="KIB", help="of what a submission prints are kept")
    limits.add_argument("--result-kib", type=_kib, metavar="KIB", help="for the arrays that one call returns")


def _add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = commands.add_parser(
        "replay",
        help="run one case of a report again and show everything about it",
        description=_REPLAY_DESCRIPTION,
        epilog=_REPLAY_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    replay.add_argument("report", metavar="REPORT.json", help="a report that was written with --format json")
    replay.add_argument(
        "--submission", metavar="NAME", help="the student or the path in the report; not needed where there is only one"
    )
    replay.add_argument("--check", required=True, metavar="PROBLEM.CHECK", help="which check")
    replay.add_argument(
        "--case",
        metavar="CASE",
        help="a name such as generic[3], or a number among the check's cases, from 0 (default: the failing case that "
        "the report shows, else the first)",
    )
    replay.add_argument("--rubric", metavar="FILE", help="the rubric (default: the one that the report names)")
    _add_isolation(replay)
    replay.add_argument(
        "--export",
        metavar="FILE.npz",
        help="write inputs, got_*, expected_* and unit_* (what one rounding is worth) for numpy.load, too",
    )
    replay.add_argument(
        "--print-python",
        action="store_true",
        help="print a script that makes the call without the grader, instead of the view",
    )


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser(
        "doctor",
        help="say how well this machine can confine student code",
        description=_DOCTOR_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    doctor.add_argument("--verbose", action="store_true", help="list what the canary tried at each level")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    # Written so that nan fails.
    if not 0 < value <= 3600:
        msg = f"{text!r} is not a number of seconds from 0 to 3600"
        raise argparse.ArgumentTypeError(msg)
    return value


def _memory(text: str) -> int:
    if not text.isdecimal() or not 256 <= int(text) <= 1 << 20:
        msg = f"{text!r} is not a whole number of MiB from 256 to 1048576"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _kib(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1 << 14:
        msg = f"{text!r} is not a whole number of KiB from 1 to 16384"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 1 << 63:
        msg = f"{text!r} is not a whole number from 0 to 2**63 - 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        msg = f"{text!r} is not a whole number from 1 to 1024"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    # Heavy imports only once a command needs them.
    if arguments.command == "doctor":
        from grader.cli.doctor import doctor_command  # noqa: PLC0415 - see above

        return doctor_command(arguments)
    if arguments.command == "replay":
        from grader.cli.replay import replay_command  # noqa: PLC0415 - see above

        return replay_command(arguments)
    from grader.cli.grade import grade_command  # noqa: PLC0415 - see above

    return grade_command(arguments)


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
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as end:  # argparse has printed its message; 0 is --help and --version
        return ExitCode.FULL_MARKS if not end.code else ExitCode.USAGE
    if arguments.command is None:
        parser.print_help()
        return ExitCode.USAGE
    # One thread a process is faster for the small matrices of homework; the sandbox's workers use the other cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        return _run(arguments)
    except BrokenPipeError:
        # The reader went away (`grader ... | head`) and has what it wanted. Keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; nothing was written\n")
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - Python would end with status 1, which says that a student lost points
        traceback.print_exc()
        sys.stderr.write("\nthe grader failed; nothing was graded, and no submission is to blame\n")
        return ExitCode.NOT_GRADED
