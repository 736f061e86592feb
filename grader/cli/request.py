"""From what was named to what is graded, with the seed that holds for it."""

import argparse

from grader.cli.root_seed import root_seed
from grader.grading.engine import GradeRequest
from grader.grading.named import Named
from grader.sandbox import Isolation


def request_of(named: Named, *, isolation: Isolation, seed: int | None = None) -> GradeRequest:
    """Return a request for the engine.

    Parameters
    ----------
    named : Named
        Rubric and submissions.
    isolation : str
        How student code is confined.
    seed : int, optional
        By default the secret of the environment, if there is one, and else the rubric's own.

    Returns
    -------
    GradeRequest

    Raises
    ------
    DiagnosedError
        The environment holds a secret that is none.
    """
    root = root_seed(argparse.Namespace(seed=seed, secret_seed=None), named.rubric.assignment)
    return GradeRequest(
        rubric=named.rubric,
        submissions=named.submissions,
        seed=root.number,
        told=root.told if isinstance(root.told, str) else None,
        isolation=isolation,
    )
