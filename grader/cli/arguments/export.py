"""The words of ``grader export``."""

import argparse

FORMATS = ("canvas", "moodle", "moodle-worksheet", "gradescope", "prairielearn", "csv", "junit", "parquet")

DESCRIPTION = """\
Turn the grades of a class into a file that another system takes.

DIR is the folder that `grader batch --out DIR` has written. What a person has to decide, undecided points
or a submission that could not be graded, stays blank and is listed; it never becomes a number by itself."""

EPILOG = """\
formats:
  canvas            a gradebook CSV; --into fills in one that Canvas exported, which is safer
  moodle            a CSV for Grades, Import; the teacher maps its columns
  moodle-worksheet  fills in the grading worksheet of an assignment, given with --into
  gradescope        a folder with a results.json for each submission
  prairielearn      a folder with a results.json for each submission
  csv               one row a submission, a column a problem
  junit             one XML file, a test case a check
  parquet           a folder with students.parquet and checks.parquet

examples:
  grader export hw1_out --to canvas --into gradebook.csv --title "HW1" --output upload.csv
  grader export hw1_out --to moodle-worksheet --into worksheet.csv
  grader export hw1_out --to canvas --title "HW1" --title "grad_pi=HW1, weights"
  grader export hw1_out --to canvas --into gradebook.csv --title "HW1" --key hw1_out/key.csv

exit status: 0 where the file was written, 2 for a bad argument or file"""


def add(export: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    export : ArgumentParser
        The command's.
    """
    export.add_argument("directory", metavar="DIR", help="the folder that `grader batch` has written")
    export.add_argument("--to", required=True, choices=FORMATS, help="what to write")
    export.add_argument("--into", metavar="FILE", help="a file of the other system's, to fill in; it is not changed")
    export.add_argument(
        "--output", metavar="FILE", help="where to write, a folder for some formats (default: in DIR/export)"
    )
    export.add_argument(
        "--key",
        metavar="KEY.csv",
        help="the key file of a class that was graded with --anonymous: puts the students' own names and ids in "
        "place of the pseudonyms",
    )
    export.add_argument(
        "--title",
        action="append",
        default=[],
        metavar="T",
        help="the column in the other gradebook for what counts, or PROBLEM=T for one problem; may be repeated "
        "(default: the assignment's title)",
    )
    export.add_argument(
        "--missing-as",
        choices=("blank", "zero"),
        default="blank",
        help="what students who handed in nothing get (default: blank)",
    )
