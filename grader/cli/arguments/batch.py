"""The words of ``grader batch``."""

import argparse

from grader.cli.arguments.sandboxed import add_isolation, add_language, add_seed
from grader.cli.arguments.values import jobs

DESCRIPTION = """\
Grade a class: a bulk download of a course system, or a folder or archive with a file or folder a student.

What is graded is kept in DIR/journal.sqlite at once. The same command again grades only what is new or
changed, so that nothing is lost by Ctrl-C, a crash or a full disk."""

EPILOG = """\
examples:
  grader batch submissions.zip --rubric rubrics/cs280_hw1.toml --out hw1
  grader batch downloads/hw1 --rubric hw1.toml --out hw1 --roster roster.csv
  grader batch downloads/hw1 --rubric hw1.toml --out hw1 \\
      --late-policy "due=2026-10-01T23:59+02:00 grace=15m per_day=10% most=50%"
  grader batch downloads/hw1 --rubric hw1.toml --out hw1 --executor dask --scheduler tcp://head:8786

exit status:
  0    everything was graded
  2    a bad argument, rubric or path, or another run works on DIR
  3    something could not be graded, through no fault of the submission
  130  stopped by Ctrl-C; the same command goes on"""


def add(batch: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    batch : ArgumentParser
        The command's.
    """
    batch.add_argument("path", metavar="PATH", help="a bulk download: a folder or a .zip archive")
    batch.add_argument("--rubric", required=True, metavar="FILE", help="the assignment's rubric, a TOML file")
    batch.add_argument("--out", required=True, metavar="DIR", help="the folder of the journal and the results")
    batch.add_argument(
        "--jobs", type=jobs, metavar="N", help="worker processes (default: the cores that this process may use)"
    )
    add_seed(batch)
    add_isolation(batch)
    add_language(batch)
    batch.add_argument("--regrade", action="store_true", help="grade everything again")
    _add_class(batch)
    _add_cluster(batch)


def _add_class(batch: argparse.ArgumentParser) -> None:
    group = batch.add_argument_group("the class")
    group.add_argument("--roster", metavar="FILE", help="a CSV file of the students, to list who handed in nothing")
    group.add_argument(
        "--from",
        dest="source",
        choices=("canvas", "moodle", "gradescope", "nbgrader", "classroom", "plain"),
        help="the system that PATH comes from, if not detected",
    )
    group.add_argument(
        "--pattern", metavar="RE", help="a regular expression whose named groups tell whose file is whose"
    )
    group.add_argument(
        "--late-policy",
        metavar="POLICY",
        help="how points fall with lateness: due=, grace=, per_day=, most= and closes= in quotes, or a TOML file "
        "with these keys",
    )
    group.add_argument(
        "--anonymous",
        action="store_true",
        help="keep names out of everything but DIR/key.csv; `grader export --key` puts them back",
    )


def _add_cluster(batch: argparse.ArgumentParser) -> None:
    group = batch.add_argument_group("beyond one machine")
    group.add_argument(
        "--executor", choices=("local", "dask"), default="local", help="who does the work (default: local)"
    )
    group.add_argument("--scheduler", metavar="ADDRESS", help="the Dask scheduler, such as tcp://head:8786")
