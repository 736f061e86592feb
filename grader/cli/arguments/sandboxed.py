"""Options of every command that runs student code."""

import argparse

from grader.cli.arguments.values import kib, memory, seconds, seed


def add_isolation(command: argparse.ArgumentParser) -> None:
    """Add how student code is confined.

    Parameters
    ----------
    command : argparse.ArgumentParser
        To add it to.
    """
    command.add_argument(
        "--isolation",
        choices=("auto", "A", "B", "C", "none"),
        default="auto",
        help="how student code is confined: the best that this machine proves (auto), that level or nothing (A, B, C), "
        "or a plain process, for code that you trust (none)",
    )


def add_language(command: argparse.ArgumentParser) -> None:
    """Add the language of what students read.

    Parameters
    ----------
    command : argparse.ArgumentParser
        To add it to.
    """
    command.add_argument(
        "--language",
        metavar="LANGUAGE",
        help="of what students read: en, de, zh-Hans, or a .toml file of messages (default: what the rubric says)",
    )


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add the limits that override the rubric's.

    Parameters
    ----------
    command : argparse.ArgumentParser
        To add them to.
    """
    limits = command.add_argument_group("limits", "each overrides the rubric's own; seconds are on the clock")
    limits.add_argument("--call-seconds", type=seconds, metavar="S", help="for one call of a function")
    limits.add_argument("--call-cpu-seconds", type=seconds, metavar="S", help="of computing, for one call")
    limits.add_argument("--load-seconds", type=seconds, metavar="S", help="for running the file itself")
    limits.add_argument("--submission-seconds", type=seconds, metavar="S", help="for a submission as a whole")
    limits.add_argument("--submission-cpu-seconds", type=seconds, metavar="S", help="of computing, for a submission")
    limits.add_argument("--memory-mib", type=memory, metavar="MIB", help="of memory for a submission, 256 or more")
    limits.add_argument("--printed-kib", type=kib, metavar="KIB", help="of what a submission prints are kept")
    limits.add_argument("--result-kib", type=kib, metavar="KIB", help="for the arrays that one call returns")


def add_seed(command: argparse.ArgumentParser) -> None:
    """Add which seed the cases are drawn from.

    Parameters
    ----------
    command : argparse.ArgumentParser
        To add it to.
    """
    seeds = command.add_mutually_exclusive_group()
    seeds.add_argument(
        "--seed", type=seed, metavar="N", help="draw the cases from this seed (default: the rubric's own)"
    )
    seeds.add_argument(
        "--secret-seed",
        metavar="FILE",
        help="draw the cases from the secret in this file, see `grader seed`; the report tells its commitment only "
        "(default: $GRADER_SECRET_SEED, if it is set)",
    )
