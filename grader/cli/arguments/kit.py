"""The words of ``grader kit``."""

import argparse

from grader.cli.arguments.values import seed

DESCRIPTION = """\
Make what students get of an assignment: the checks that need no answer and that they may see,
cases, the forward models, the starter and a README. No trusted answer, no misconception and
no hidden check is inside. With it, `grader check` works on a student's own computer."""

EPILOG = """\
examples:
  grader kit rubrics/cs280_hw1.toml --out cs280_hw1_kit.zip
  grader kit rubrics/cs280_hw1.toml --out kit.zip --starter submissions/starter.py --seed 7

exit status:
  0  the kit was made
  2  a bad argument or rubric, or a forward model that cannot be handed out without an answer"""


def add(kit: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    kit : ArgumentParser
        The command's.
    """
    kit.add_argument("rubric", metavar="RUBRIC", help="the assignment's rubric, a TOML file")
    kit.add_argument("--out", required=True, metavar="FILE", help="the .zip archive to write")
    kit.add_argument(
        "--starter", metavar="FILE", help="what students begin with, .py or .ipynb (default: the rubric's `starter`)"
    )
    kit.add_argument(
        "--seed",
        type=seed,
        metavar="N",
        help="draw the cases from this seed, not the rubric's (default: one of its own)",
    )
