"""The words of ``grader new``."""

import argparse

DESCRIPTION = """\
Begin an assignment: a folder with a rubric, the trusted answer and its forward model, mistakes that
have a name, a starter, examples of a right and of a wrong answer, and tests. It is small and works at
once; its comments say what to change."""

EPILOG = """\
examples:
  grader new ridge
  grader new attention --function attention_vjp --out courses/cs280/attention

exit status:
  0  the folder is there
  2  a name that cannot be, or a folder that holds something already"""


def add(new: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    new : ArgumentParser
        The command's.
    """
    new.add_argument("name", metavar="NAME", help="what the assignment is called: letters, digits and _")
    new.add_argument(
        "--function",
        default="gradient",
        metavar="FUNCTION",
        help="what students are to write (default: gradient)",
    )
    new.add_argument("--out", metavar="DIR", help="the folder to make (default: NAME)")
