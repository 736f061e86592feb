"""The words of ``grader schema``."""

import argparse

DESCRIPTION = """\
Print the JSON Schema of rubrics, for editors that complete and check TOML files by one: Taplo, and
Even Better TOML in VS Code. A rubric names it in its first line:

  #:schema rubric.schema.json"""

EPILOG = """\
example:
  grader schema > rubrics/rubric.schema.json

exit status:
  0  always"""


def add(schema: argparse.ArgumentParser) -> None:
    """Add what the command takes: nothing.

    Parameters
    ----------
    schema : ArgumentParser
        The command's.
    """
    del schema
