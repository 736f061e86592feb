"""argv in, exit code out. Only argparse is imported before a command is chosen, so that ``--help`` is instant."""

from grader.cli.main import main

__all__ = ["main"]
