"""``grader schema``: the JSON Schema of rubrics."""

import argparse
import json
import sys

from grader.cli.exit_code import ExitCode
from grader.loading.rubric_schema import rubric_schema


def schema_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader schema``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
        ``FULL_MARKS``.
    """
    del arguments
    sys.stdout.write(json.dumps(rubric_schema(), indent=2, ensure_ascii=True) + "\n")
    return ExitCode.FULL_MARKS
