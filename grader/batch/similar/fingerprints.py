"""Fingerprints of a text: hashes of runs of tokens, thinned out by winnowing; arrays in, arrays out."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from grader.batch.similar.normal import Token, Unit

RUN = 12
"""Tokens in a run: a short line of numerical code (``y = x - x.max(axis=1)`` has 12). Shorter runs are idioms."""
WINDOW = 4
"""Of so many runs in a row one is kept at least, so that 15 equal tokens (`RUN` + `WINDOW` - 1) are always noticed."""

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

# Any odd number far from a small one will do as the base of a polynomial modulo 2**64; this is the golden ratio's.
_BASE = 0x9E3779B97F4A7C15


def run_hashes(tokens: Sequence[Token]) -> Hashes:
    """Return a hash of each run of tokens.

    Parameters
    ----------
    tokens : sequence of Token
        Of one unit, n of them.

    Returns
    -------
    ndarray, shape (max(n - RUN + 1, 0),), uint64
        The same on every machine. Two different runs have the same hash with a chance of about 2**-64.
    """
    if len(tokens) < RUN:
        return np.zeros(0, dtype=np.uint64)
    known: dict[str, int] = {}
    for token in tokens:
        if token.text not in known:
            digest = blake2b(token.text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            known[token.text] = int.from_bytes(digest, "big")
    values = np.array([known[token.text] for token in tokens], dtype=np.uint64)
    powers = np.array([pow(_BASE, power, 1 << 64) for power in range(RUN)], dtype=np.uint64)
    return _mixed((np.lib.stride_tricks.sliding_window_view(values, RUN) * powers).sum(axis=1, dtype=np.uint64))


def _mixed(values: Hashes) -> Hashes:
    # The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014): the least of several hashes is then any of them.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


def winnowed(hashes: Hashes) -> Places:
    """Return the places of the hashes that are kept.

    Parameters
    ----------
    hashes : ndarray, shape (n,), uint64
        Of the runs of one unit.

    Returns
    -------
    ndarray, shape (m,), intp
        Rising. Of each `WINDOW` hashes in a row the least is kept, the rightmost of equal ones (Schleimer, Wilkerson
        and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003); of fewer, the least.
    """
    if not hashes.size:
        return np.zeros(0, dtype=np.intp)
    width = min(WINDOW, hashes.size)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, width)
    last_least = width - 1 - windows[:, ::-1].argmin(axis=1)
    kept: Places = np.unique(np.arange(len(windows)) + last_least)
    return kept


def fingerprints(parts: Iterable[Unit]) -> Hashes:
    """Return the fingerprints of a submission.

    Parameters
    ----------
    parts : iterable of Unit
        Of one submission, in any order.

    Returns
    -------
    ndarray, shape (m,), uint64
        Rising, all different.
    """
    kept = [hashes[winnowed(hashes)] for hashes in (run_hashes(unit.tokens) for unit in parts)]
    return np.unique(np.concatenate(kept)) if kept else np.zeros(0, dtype=np.uint64)


def all_runs(parts: Iterable[Unit]) -> Hashes:
    """Return the hashes of all runs, as what is discounted needs them.

    Parameters
    ----------
    parts : iterable of Unit
        Of the starter's files.

    Returns
    -------
    ndarray, shape (m,), uint64
        Rising, all different.
    """
    hashes = [run_hashes(unit.tokens) for unit in parts]
    return np.unique(np.concatenate(hashes)) if hashes else np.zeros(0, dtype=np.uint64)
