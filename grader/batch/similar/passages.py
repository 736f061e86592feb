"""Where two submissions are alike: runs of equal tokens around shared fingerprints, the longest first."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.batch.similar.fingerprints import RUN, Hashes, run_hashes
from grader.batch.similar.normal import Unit

_MOST_PLACES = 16
"""Of one fingerprint on one side: a table of numbers repeats itself, and its length squared is not wanted."""

Mask = npt.NDArray[np.bool_]
_Ordered = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A run of tokens that both submissions have.

    Parameters
    ----------
    unit_a, start_a, unit_b, start_b : int
        Numbers of the units, and of their tokens.
    length : int
        Tokens.
    """

    unit_a: int
    start_a: int
    unit_b: int
    start_b: int
    length: int


def tiles(a: Sequence[Unit], b: Sequence[Unit], *, seeds: Hashes, starter: Hashes) -> tuple[Tile, ...]:
    """Return what two submissions have in common.

    Parameters
    ----------
    a, b : sequence of Unit
    seeds : ndarray of uint64
        Fingerprints that both have and that count; rising.
    starter : ndarray of uint64
        Runs that were handed out; no tile grows into them. Rising.

    Returns
    -------
    tuple of Tile
        No token is in two; in the order of `a`. The longest are taken first, as in greedy string tiling
        (Wise, "YAP3", SIGCSE 1996).
    """
    covered_a, covered_b = [_covered(unit, starter) for unit in a], [_covered(unit, starter) for unit in b]
    queue = [_ordered(tile) for tile in _grown(a, b, seeds, (covered_a, covered_b))]
    heapq.heapify(queue)
    taken_a = [np.zeros(len(unit.tokens), dtype=np.bool_) for unit in a]
    taken_b = [np.zeros(len(unit.tokens), dtype=np.bool_) for unit in b]
    out: list[Tile] = []
    while queue:
        length, unit_a, start_a, unit_b, start_b = heapq.heappop(queue)
        own = taken_a[unit_a][start_a : start_a - length]
        other = taken_b[unit_b][start_b : start_b - length]
        start, free = _longest_free(own | other)
        tile = Tile(unit_a=unit_a, start_a=start_a + start, unit_b=unit_b, start_b=start_b + start, length=free)
        if free == -length:
            own[:] = other[:] = True
            out.append(tile)
        elif free >= RUN:
            heapq.heappush(queue, _ordered(tile))
    return tuple(sorted(out, key=lambda tile: (tile.unit_a, tile.start_a)))


def _ordered(tile: Tile) -> _Ordered:
    return -tile.length, tile.unit_a, tile.start_a, tile.unit_b, tile.start_b


def _covered(unit: Unit, starter: Hashes) -> Mask:
    covered = np.zeros(len(unit.tokens), dtype=np.bool_)
    for place in np.flatnonzero(np.isin(run_hashes(unit.tokens), starter)):
        covered[place : place + RUN] = True
    return covered


def _longest_free(taken: Mask) -> tuple[int, int]:
    """Return start and length of the longest run without a taken token, the first of equal ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], taken, [True]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not starts.size:
        return 0, 0
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best] - starts[best])


def _places(parts: Sequence[Unit], seeds: Hashes) -> dict[int, list[tuple[int, int]]]:
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, unit in enumerate(parts):
        hashes = run_hashes(unit.tokens)
        for place in np.flatnonzero(np.isin(hashes, seeds)):
            here = places[int(hashes[place])]
            if len(here) < _MOST_PLACES:
                here.append((number, int(place)))
    return places


def _grown(
    a: Sequence[Unit], b: Sequence[Unit], seeds: Hashes, covered: tuple[list[Mask], list[Mask]]
) -> Iterator[Tile]:
    """Yield each run of equal tokens around a seed, once."""
    there = _places(b, seeds)
    pairs = sorted(
        (unit_a, start_a, unit_b, start_b)
        for value, here in _places(a, seeds).items()
        for unit_a, start_a in here
        for unit_b, start_b in there.get(value, ())
    )
    # A handed-out token is equal to nothing: the marks of the two sides differ.
    left = [_texts(unit, mask, "<") for unit, mask in zip(a, covered[0], strict=True)]
    right = [_texts(unit, mask, ">") for unit, mask in zip(b, covered[1], strict=True)]
    reached: dict[tuple[int, int, int], int] = {}
    for unit_a, start_a, unit_b, start_b in pairs:
        diagonal = (unit_a, unit_b, start_a - start_b)
        if start_a + RUN <= reached.get(diagonal, 0):
            continue
        back = _equal(left[unit_a][:start_a][::-1], right[unit_b][:start_b][::-1])
        on = RUN + _equal(left[unit_a][start_a + RUN :], right[unit_b][start_b + RUN :])
        reached[diagonal] = start_a + on
        yield Tile(unit_a=unit_a, start_a=start_a - back, unit_b=unit_b, start_b=start_b - back, length=back + on)


def _texts(unit: Unit, covered: Mask, mark: str) -> list[str]:
    return [f"{mark} " if hidden else token.text for token, hidden in zip(unit.tokens, covered, strict=True)]


def _equal(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many elements are equal from the start on."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
