"""The words of ``grader check``."""

import argparse

from grader.cli.arguments.sandboxed import add_language

DESCRIPTION = """\
Check your own answer with the kit that your course gave you, on your own computer.

Run it in the kit's folder. Without FILE it looks at the file that `grader.toml` names, or at the
only .py or .ipynb file there that defines the functions. It runs the checks that you may see, and
says what is decided elsewhere."""

EPILOG = """\
examples:
  grader check
  grader check my_answer.ipynb --only grad_pi
  grader check --watch
  grader check --explain grad_pi.finite_difference

exit status:
  0  all checks that you can see pass
  1  there is something to do
  2  a bad argument, or not a kit
  3  the grader failed; your answer is not to blame"""


def add(check: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    check : ArgumentParser
        The command's.
    """
    check.add_argument("file", nargs="?", metavar="FILE", help="your answer, a .py file or an .ipynb notebook")
    check.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PROBLEM[.CHECK]",
        help="only this problem, or this check and what it needs; may be given several times",
    )
    check.add_argument("--watch", action="store_true", help="check again at each save, and say what changed")
    check.add_argument("--explain", metavar="CHECK", help="explain the mathematics behind a check, and run nothing")
    add_language(check)
    check.add_argument("--verbose", action="store_true", help="show the checks that pass, too")
    check.add_argument(
        "--isolation",
        choices=("none", "auto", "A", "B", "C"),
        default="none",
        help="how your code is kept from the rest of your computer: not at all, as when you run it yourself (none, the "
        "default), or as `grader grade` does",
    )
