"""The words of ``grader lint``."""

import argparse

from grader.cli.arguments.sandboxed import add_isolation

DESCRIPTION = """\
Find everything that is wrong with rubrics, all of it at once, each fault with its line, column and help.

A FILE is read first. If nothing is wrong with what it says, its trusted functions are tried: cases are
drawn, every check has to accept the trusted answer, every check that decides has to refuse something
wrong, and the trusted answers have to keep the rubric's own limits."""

EPILOG = """\
examples:
  grader lint rubrics/*.toml
  grader lint rubrics/cs280_hw1.toml --strict --format github
  grader lint rubrics/cs280_hw1.toml --fix
  grader lint --explain R003

exit status:
  0  nothing has to be mended
  1  something has: an error, or with --strict a warning
  2  a bad argument, or a file that cannot be read"""


def add(lint: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    lint : ArgumentParser
        The command's.
    """
    lint.add_argument("files", nargs="*", metavar="FILE", help="rubrics, TOML files")
    lint.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="what to write (default: text); github: annotations beside the lines",
    )
    lint.add_argument("--strict", action="store_true", help="exit with 1 for warnings, too")
    lint.add_argument(
        "--fix", action="store_true", help="first mend what is certain in the files themselves, such as misspelt keys"
    )
    lint.add_argument(
        "--no-functions", action="store_true", help="read the rubric only: draw no case and call no trusted function"
    )
    add_isolation(lint)
    lint.add_argument("--explain", metavar="CODE", help="say what a code means, with an example, and end")
