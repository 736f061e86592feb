"""The words of ``grader audit``."""

import argparse

from grader.cli.arguments.sandboxed import add_isolation
from grader.cli.arguments.values import jobs

DESCRIPTION = """\
Try a rubric before students do: the trusted answer and right ones written in other ways must get every
point, the starter none; wrong answers, made of the trusted one by a mistake each, and every named
misconception must lose points. docs/audit.md says how to read the report."""

EPILOG = """\
examples:
  grader audit rubrics/cs280_hw1.toml
  grader audit rubrics/cs280_hw1.toml --html audit.html
  grader audit hw1.toml --only grad_mu --mutants 40 --seeds 2

exit status:
  0    every answer is marked as it should be; every mutant that keeps its points is explained
  1    some answer is not, or a mutant keeps its points and nobody knows why
  2    a bad argument, rubric or path
  3    something could not be graded, through no fault of the rubric
  130  stopped by Ctrl-C; the same command goes on"""


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        msg = f"{text!r} is not a whole number from 1 to 100000"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def add(audit: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    audit : ArgumentParser
        The command's.
    """
    audit.add_argument("rubric", metavar="RUBRIC", help="the assignment's rubric, a TOML file")
    audit.add_argument(
        "--only", action="append", default=[], metavar="PROBLEM", help="audit this problem; repeat for more"
    )
    audit.add_argument(
        "--seeds", type=_count, default=8, metavar="N", help="how many other seeds are tried (default: 8)"
    )
    audit.add_argument(
        "--mutants",
        type=_count,
        metavar="N",
        help="try at most N mutants of each problem's code, from all over it (default: all)",
    )
    audit.add_argument(
        "--jobs", type=jobs, metavar="N", help="worker processes (default: the cores that this process may use)"
    )
    audit.add_argument("--no-cache", action="store_true", help="take nothing from earlier audits, and keep nothing")
    add_isolation(audit)
    audit.add_argument(
        "--html", metavar="FILE", help="also write a page with everything, one file that needs nothing else"
    )
    audit.add_argument("--format", choices=("text", "json"), default="text", help="what is written (default: text)")
    audit.add_argument("--output", metavar="FILE", help="write that to FILE, not to the screen")
    audit.add_argument("-v", "--verbose", action="store_true", help="also show why mutants may keep their points")
