"""The words of ``grader replay``."""

import argparse

from grader.cli.arguments.sandboxed import add_isolation, add_language

DESCRIPTION = """\
Run one case of a report again, in the sandbox, and show what the report has no room for: the inputs, the
call, got, expected, a map of the errors, the entries that are worst, and what finite differences see.

REPORT.json is what `grader grade --format json --output REPORT.json` has written. The cases are drawn
again from its seed; a rubric or a submission that has changed since is said to have."""

EPILOG = """\
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


def add(replay: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    replay : ArgumentParser
        The command's.
    """
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
    replay.add_argument("--secret-seed", metavar="FILE", help="the secret that the report's cases were drawn from")
    add_isolation(replay)
    add_language(replay)
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
