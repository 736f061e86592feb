"""The words of ``grader new``."""

import argparse

_DESCRIPTION = """\
Begin an assignment: a folder with a rubric, the trusted answer and its forward model, mistakes that
have a name, a starter, examples of a right and of a wrong answer, and tests. It is small and works at
once; its comments say what to change."""

_EPILOG = """\
examples:
  grader new ridge
  grader new attention --function attention_vjp --out courses/cs280/attention

exit status:
  0  the folder is there
  2  a name that cannot be, or a folder that holds something already"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command.

    Parameters
    ----------
    commands : argparse subparsers
        To add it to.
    """
    new = commands.add_parser(
        "new",
        help="begin an assignment: a folder that works, to change",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    new.add_argument("name", metavar="NAME", help="what the assignment is called: letters, digits and _")
    new.add_argument(
        "--function",
        default="gradient",
        metavar="FUNCTION",
        help="what students are to write (default: gradient)",
    )
    new.add_argument("--out", metavar="DIR", help="the folder to make (default: NAME)")
