"""The words of ``grader similar``."""

import argparse

DESCRIPTION = """\
List pairs of hand-ins whose text is alike beyond what is usual in the class, after names, comments,
docstrings, layout and the order of functions are put aside. Nothing is run.

What was handed out (--starter) and what many hand-ins share is left out of account. Alike means alike,
and nothing more: what it means, only a person can tell who reads both and knows the class."""

EPILOG = """\
examples:
  grader similar submissions.zip --starter starter.py
  grader similar downloads/hw1 --starter starter.ipynb --output alike.html
  grader similar downloads/hw1 --top 50 --common 10 --anonymous hw1/key.csv

exit status:
  0  the class was compared, whatever was found
  2  a bad argument or path"""


def add(similar: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    similar : ArgumentParser
        The command's.
    """
    similar.add_argument("path", metavar="DIR", help="a bulk download: a folder or a .zip archive")
    similar.add_argument(
        "--starter", nargs="+", action="extend", default=[], metavar="FILE", help="what was handed out: not counted"
    )
    similar.add_argument("--top", type=_pairs, default=20, metavar="N", help="show at most N pairs (default: 20)")
    similar.add_argument(
        "--common",
        type=_files,
        metavar="N",
        help="what stands in more than N different files is everybody's (default: a quarter of them, from 3 to 20)",
    )
    similar.add_argument("--output", metavar="FILE.html", help="write the pairs side by side, too")
    similar.add_argument(
        "--from",
        dest="source",
        choices=("canvas", "moodle", "gradescope", "nbgrader", "classroom", "plain"),
        help="the system that DIR comes from, if not detected",
    )
    similar.add_argument(
        "--pattern", metavar="RE", help="a regular expression whose named groups tell whose file is whose"
    )
    similar.add_argument(
        "--anonymous",
        metavar="KEY.csv",
        help="call students by the pseudonyms of this key file; it is written where it is not there. "
        "Names that students write into their own files stay",
    )


def _pairs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        msg = f"{text!r} is not a whole number from 1 to 1000"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _files(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= 100:
        msg = f"{text!r} is not a whole number from 2 to 100"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
