"""The words of ``grader bundle``."""

import argparse
import re

from grader.cli.arguments.sandboxed import add_isolation, add_seed

DESCRIPTION = """\
Make what a course system takes to grade an assignment by itself: the rubric, its trusted folder, this very
grader, and the scripts that the system starts. The archive holds the answers: upload it, never hand it out."""

EPILOG = """\
platforms:
  gradescope    a .zip to upload under Configure Autograder
  prairielearn  a .zip with a question for a course's repository, and an image to build for it

examples:
  grader bundle gradescope --rubric rubrics/cs280_hw1.toml --out autograder.zip
  grader bundle prairielearn --rubric rubrics/cs280_hw1.toml --out hw1.zip --image course/grader-hw1
  grader bundle prairielearn --rubric rubrics/cs280_hw1.toml --out hw1.zip --wheels

exit status:
  0  the archive was made
  2  a bad argument or rubric, or packages that could not be fetched"""

PLATFORMS = ("gradescope", "prairielearn")


def python_version(text: str) -> str:
    """Return a version of Python as it was typed.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    str
        ``"3.12"``.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none, or too old.
    """
    found = re.fullmatch(r"3\.([1-9][0-9])", text)
    if found is None or int(found[1]) < 11:
        msg = f"{text!r} is not a Python from 3.11 on; write it as 3.12"
        raise argparse.ArgumentTypeError(msg)
    return text


def add(bundle: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    bundle : ArgumentParser
        The command's.
    """
    bundle.add_argument("platform", choices=PLATFORMS, help="which system")
    bundle.add_argument("--rubric", required=True, metavar="FILE", help="the assignment's rubric, a TOML file")
    bundle.add_argument("--out", required=True, metavar="FILE", help="the .zip archive to write")
    bundle.add_argument(
        "--wheels", action="store_true", help="put everything that is installed into the archive (needs pip)"
    )
    bundle.add_argument(
        "--python", type=python_version, metavar="3.N", help="the platform's Python (default: the one that runs this)"
    )
    bundle.add_argument(
        "--image", metavar="NAME", help="for prairielearn: the image that you build from the archive's folder `image`"
    )
    add_seed(bundle)
    add_isolation(bundle)
