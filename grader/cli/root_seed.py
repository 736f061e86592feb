"""Which seed a command draws from: the one typed, a secret, or the rubric's own."""

import argparse
import os
from pathlib import Path

from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.seed import RootSeed, open_seed, secret_seed

ENVIRONMENT = "GRADER_SECRET_SEED"
_HELP = "`grader seed new FILE` makes one"


def root_seed(arguments: argparse.Namespace, assignment: Assignment) -> RootSeed:
    """Return the seed that a command is to draw from.

    Parameters
    ----------
    arguments : argparse.Namespace
        With ``seed`` and ``secret_seed``; at most one of the two was typed.
    assignment : Assignment
        Has a seed of its own.

    Returns
    -------
    RootSeed
        The number typed; else the secret in the file typed; else the secret in the environment; else the rubric's.

    Raises
    ------
    DiagnosedError
        The file cannot be read, or what it or the environment holds is too short to be secret.
    """
    if arguments.seed is not None:
        return open_seed(arguments.seed)
    if arguments.secret_seed is not None:
        return secret_of_file(arguments.secret_seed)
    secret = os.environ.get(ENVIRONMENT)
    if secret is not None:
        return _checked(os.fsencode(secret), f"${ENVIRONMENT}")
    return open_seed(assignment.seed)


def secret_of_file(path: str) -> RootSeed:
    """Return the secret seed that a file holds.

    Parameters
    ----------
    path : str
        As a person named it.

    Returns
    -------
    RootSeed

    Raises
    ------
    DiagnosedError
        The file cannot be read, or what it holds is too short to be secret.
    """
    try:
        secret = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        says = f"the secret seed cannot be read: {getattr(error, 'strerror', None) or error}"
        raise DiagnosedError((Diagnostic(code="G020", says=says, path=path, help=_HELP),)) from error
    return _checked(secret, path)


def _checked(secret: bytes, where: str) -> RootSeed:
    try:
        return secret_seed(secret)
    except ValueError as error:
        raise DiagnosedError((Diagnostic(code="G021", says=str(error), path=where, help=_HELP),)) from error
