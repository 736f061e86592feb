"""The root of every random draw: a number that everybody knows, or one that is kept secret until after the grades.

A secret one is told as a commitment, its hash, so that anyone can check afterwards that it was fixed before.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from grader.model.schema import Field
from grader.words import say

Commitment: TypeAlias = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""The hash of a secret, in hexadecimal."""

Seed: TypeAlias = int | Commitment
"""As a report tells it: the number itself, or the commitment to a secret."""

LEAST_SECRET_BYTES = 16
"""128 bits: a shorter secret could be guessed from its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSeed:
    """A seed, and what a report tells of it.

    Parameters
    ----------
    number : int
        From 0 to 2**63 - 1.
    told : int or str
        The number, or the commitment.
    """

    number: int
    told: Seed


def open_seed(number: int) -> RootSeed:
    """Return a seed that everybody may know.

    Parameters
    ----------
    number : int
        From 0 to 2**63 - 1.

    Returns
    -------
    RootSeed
    """
    return RootSeed(number=number, told=number)


def secret_seed(secret: bytes) -> RootSeed:
    """Return the seed that a secret stands for.

    Parameters
    ----------
    secret : bytes
        Random; white space around it, which an editor may have added, does not count.

    Returns
    -------
    RootSeed
        Number and commitment come from different hashes: the one tells nothing of the other.

    Raises
    ------
    ValueError
        If it is too short to be secret.
    """
    stripped = secret.strip()
    if len(stripped) < LEAST_SECRET_BYTES:
        msg = f"a secret needs at least {LEAST_SECRET_BYTES} characters; this one has {len(stripped)}"
        raise ValueError(msg)
    digest = hashlib.sha256(b"grader root seed\0" + stripped).digest()
    commitment = hashlib.sha256(b"grader seed commitment\0" + stripped).hexdigest()
    return RootSeed(number=int.from_bytes(digest[:8], "big") >> 1, told=f"sha256:{commitment}")


def seed_words(seed: Seed) -> str:
    """Return a seed for people to read.

    Parameters
    ----------
    seed : int or str
        As a report tells it.

    Returns
    -------
    str
        ``"seed 280"``, or ``"secret seed 3fa9c1d2e4b5"``: the first digits of the commitment.
    """
    if isinstance(seed, int):
        return say("report.seed", seed=seed)
    return say("report.secret_seed", digits=seed.removeprefix("sha256:")[:12])
