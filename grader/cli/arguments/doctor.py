"""The words of ``grader doctor``."""

import argparse

DESCRIPTION = """\
Try every level of isolation with a canary, a submission that attempts what no submission may do, and
say which levels hold on this machine and why the others do not."""

EPILOG = """\
examples:
  grader doctor
  grader doctor --verbose

exit status:
  0  other people's code can be graded here: level A or B holds
  3  it cannot"""


def add(doctor: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    doctor : ArgumentParser
        The command's.
    """
    doctor.add_argument("--verbose", action="store_true", help="list what the canary tried at each level")
