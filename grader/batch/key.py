"""What a grade rests on, as a digest: where it is the same, a hand-in need not be graded again."""

import hashlib
import json
import platform
from dataclasses import asdict, dataclass

import numpy as np

from grader import __version__
from grader.model.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the grades of a run rest on, besides the submissions.

    Parameters
    ----------
    assignment_sha256 : str
        Of the rubric and its trusted folder.
    rubric : str
        The rubric as the user named it, for reports say it.
    seed : int
        The root seed.
    secret : bool
        Whether the seed is secret, for reports then do not say it.
    isolation : str
        What was asked for, for reports say it.
    level : str
        What was reached: points that were given behind less protection are not passed on as if they were not.
    words : str
        Of what reports say to students: the language, or the digest of the file that has its messages.
    """

    assignment_sha256: str
    rubric: str
    seed: int
    secret: bool
    isolation: str
    level: str
    words: str = "en"

    def digest(self) -> str:
        """Return a digest of these, the grader's version, and what computes here.

        Returns
        -------
        str
            Hexadecimal.
        """
        computes = (__version__, platform.python_version(), np.__version__)
        return _digest([list(computes), asdict(self)])


def key_of(submission: Submission, grounds: str) -> str:
    """Return the key of a hand-in.

    Parameters
    ----------
    submission : Submission
        As it was read: its bytes, and what a report names of it.
    grounds : str
        From `Grounds.digest`.

    Returns
    -------
    str
        Hexadecimal; another one wherever the report could be another.
    """
    return _digest([grounds, asdict(submission)])


def _digest(value: object) -> str:
    # ASCII only: a name that is not well-formed Unicode has a digest as well.
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("ascii")).hexdigest()
