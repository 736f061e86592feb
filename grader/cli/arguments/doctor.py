"""The words of ``grader doctor``."""

import argparse

_DESCRIPTION = """\
Try every level of isolation with a canary, a submission that attempts what no submission may do, and
say which levels hold on this machine and why the others do not."""

_EPILOG = """\
examples:
  grader doctor
  grader doctor --verbose

exit status:
  0  other people's code can be graded here: level A or B holds
  3  it cannot"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command.

    Parameters
    ----------
    commands : argparse subparsers
        To add it to.
    """
    doctor = commands.add_parser(
        "doctor",
        help="say how well this machine can confine student code",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    doctor.add_argument("--verbose", action="store_true", help="list what the canary tried at each level")
