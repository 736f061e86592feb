"""The words of ``grader grade``."""

import argparse

from grader.cli.arguments.sandboxed import add_isolation, add_language, add_limits, add_seed
from grader.cli.arguments.values import jobs

DESCRIPTION = """\
Grade one submission or many against a rubric.

A PATH is a .py file, a .ipynb notebook, a folder, or a .zip archive. In a folder or archive each
.py and .ipynb file is one submission, and so is each folder or archive inside it.
One submission prints its full report; several print a table."""

EPILOG = """\
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


def add(grade: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    grade : ArgumentParser
        The command's.
    """
    grade.add_argument("paths", nargs="+", metavar="PATH", help="a .py, .ipynb or .zip file, or a folder of them")
    grade.add_argument("--rubric", required=True, metavar="FILE", help="the assignment's rubric, a TOML file")
    add_seed(grade)
    grade.add_argument(
        "--format",
        choices=("terminal", "json", "markdown", "junit", "github", "gradescope", "prairielearn"),
        default="terminal",
        help="what to write (default: terminal); terminal and json are for the course, the others for students: "
        "of checks that are not visible they tell the points only",
    )
    grade.add_argument("--output", metavar="FILE", help="write to this file instead of the screen")
    grade.add_argument(
        "--as-one",
        action="store_true",
        help="each PATH is the work of one student, a folder too; always so for github, gradescope and prairielearn",
    )
    add_isolation(grade)
    add_language(grade)
    grade.add_argument(
        "--accept-c",
        action="store_true",
        help="take level C where neither A nor B can be had: for a container that holds nothing but one submission",
    )
    grade.add_argument("--jobs", type=jobs, default=1, metavar="N", help="grade N submissions at a time (default: 1)")
    grade.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PROBLEM[.CHECK]",
        help="only this problem, or this check and what it needs; may be given several times",
    )
    grade.add_argument("--verbose", action="store_true", help="show the checks that passed, too")
    add_limits(grade)
