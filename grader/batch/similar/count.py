"""How many distinctive fingerprints each two files share, by an inverted index; memory does not grow with the pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.batch.similar.fingerprints import Hashes

LEAST = 40
"""A file with fewer distinctive fingerprints is taken to have so many (about ten lines): a line or two are chance."""
MOST_KEPT = 10_000
"""Pairs, the most alike, that are remembered."""
_ROWS = 256

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is shared.

    Parameters
    ----------
    first, second : ndarray, shape (m,), int64
        Numbers of the files of each pair, first < second; the most alike pairs first, equal ones by number.
    matched, of : ndarray, shape (m,), int64
        Shared distinctive fingerprints, and those of the file that has fewer (at least `LEAST`).
    nearest : ndarray, shape (n,), float64
        Of each file, the share of the pair in which it is most alike another.
    everybody : ndarray, uint64
        Fingerprints that more than the common number of files have; rising.
    """

    first: Counts
    second: Counts
    matched: Counts
    of: Counts
    nearest: Shares
    everybody: Hashes


def count_pairs(prints: Sequence[Hashes], *, common: int, never: Iterable[tuple[int, int]] = ()) -> Counted:
    """Count what each two files share.

    Parameters
    ----------
    prints : sequence of n ndarrays of uint64
        Of each file: rising, all different.
    common : int
        A fingerprint of more files than this is everybody's, and not counted.
    never : iterable of (int, int)
        Pairs that are not compared, the smaller number first.

    Returns
    -------
    Counted
        Of pairs that share anything, at most `MOST_KEPT`.
    """
    number = len(prints)
    hashes = np.concatenate([*prints, np.zeros(0, dtype=np.uint64)])
    owners = np.repeat(np.arange(number), [each.size for each in prints])
    # Stable, so that the owners of one fingerprint rise.
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    distinct, group, files = np.unique(hashes, return_inverse=True, return_counts=True)
    rare = files[group] <= common
    sizes = np.bincount(owners[rare], minlength=number)
    shared = rare & (files[group] > 1)
    kept, nearest = _kept(owners[shared], group[shared], sizes, common, frozenset(never))
    return Counted(
        first=kept[0], second=kept[1], matched=kept[2], of=kept[3], nearest=nearest, everybody=distinct[files > common]
    )


def _kept(
    owners: Counts, group: Counts, sizes: Counts, common: int, never: frozenset[tuple[int, int]]
) -> tuple[Counts, Shares]:
    """Go over the pairs a band of rows at a time: a dense band is quick to count in and small to hold."""
    number = sizes.size
    nearest = np.zeros(number)
    kept = np.zeros((4, 0), dtype=np.int64)
    for low in range(0, number, _ROWS):
        high = min(low + _ROWS, number)
        counts = _band(owners, group, low, high, number, common)
        for a, b in never:
            if low <= a < high:
                counts[a - low, b] = 0
        of = np.maximum(np.minimum(sizes[low:high, None], sizes[None, :]), LEAST)
        shares = counts / of
        nearest[low:high] = np.maximum(nearest[low:high], shares.max(axis=1, initial=0.0))
        nearest = np.maximum(nearest, shares.max(axis=0, initial=0.0))
        rows, columns = np.nonzero(counts)
        found = np.stack([rows + low, columns, counts[rows, columns], of[rows, columns]])
        kept = _best(np.concatenate([kept, found], axis=1))
    return kept, nearest


def _band(owners: Counts, group: Counts, low: int, high: int, number: int, common: int) -> Counts:
    """Return how many fingerprints files low to high share with each file of a higher number."""
    own = np.flatnonzero((owners >= low) & (owners < high))
    cells = [np.zeros(0, dtype=np.int64)]
    # The other owners of a fingerprint stand right behind, at most common - 1 of them.
    for gap in range(1, common):
        own = own[own + gap < owners.size]
        own = own[group[own] == group[own + gap]]
        cells.append((owners[own] - low) * number + owners[own + gap])
    return np.bincount(np.concatenate(cells), minlength=(high - low) * number).reshape(high - low, number)


def _best(pairs: Counts) -> Counts:
    first, second, matched, of = pairs
    best: Counts = pairs[:, np.lexsort((second, first, -(matched / of)))[:MOST_KEPT]]
    return best
