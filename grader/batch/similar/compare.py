"""A class in, the pairs that are alike out: fingerprints of all first, then the text of the few that are shown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.batch.similar.count import Counted, count_pairs
from grader.batch.similar.fingerprints import Hashes, all_runs, fingerprints
from grader.batch.similar.normal import Unit, units
from grader.batch.similar.passages import Tile, tiles
from grader.batch.similar.stand_out import LEAST_SHARE, Bar, bar_for
from grader.model.similarity import AlikePair, Listing, NotCompared, Passage, Side, Similarity, Span
from grader.model.submission import Chunk, Submission

OTHERS = 3
"""Pairs that do not stand out, shown for comparison; as many as asked for where the class is too alike to say more."""
MOST_CHARACTERS = 300_000
"""What a person has written in a homework is far below; a file of megabytes would keep a whole class waiting."""
_COMMON_SHARE = 4
_COMMON_LEAST, _COMMON_MOST = 3, 20
# A function is alike where at least half of the shorter one's tokens are.
_FOR_THE_BETTER_PART = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One hand-in.

    Parameters
    ----------
    id : str
        Unique in the class.
    students : tuple of str
        Ids. Two hand-ins of one student, alone or in a group, are not compared.
    shown : str
        Whose it is, in words.
    path : str
        Where it is, in words.
    read : callable
        Reads it; called once for its fingerprints, and again if it is shown.
    """

    id: str
    students: tuple[str, ...]
    shown: str
    path: str
    read: Callable[[], Submission]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One text that was handed in, by one or by several."""

    hand_ins: tuple[Handed, ...]
    prints: Hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What passages are found with."""

    starter: Hashes
    everybody: Hashes


def common_for(files: int) -> int:
    """Return from how many files on a passage is taken for everybody's.

    Parameters
    ----------
    files : int
        Different files in the class.

    Returns
    -------
    int
        A passage of more files than this is. A quarter of the class, from 3 (else nothing in a handful of files would
        count) to 20 (else work that a large class found in one place would count hundreds of times).
    """
    return min(max(-(-files // _COMMON_SHARE), _COMMON_LEAST), _COMMON_MOST)


def compare(
    handed: Iterable[Handed],
    *,
    starter: Sequence[Submission] = (),
    top: int = 20,
    common: int | None = None,
    told: Callable[[int], None] = lambda _done: None,
) -> Similarity:
    """Compare each two hand-ins of a class.

    Parameters
    ----------
    handed : iterable of Handed
        In any order: the result does not depend on it.
    starter : sequence of Submission
        What was handed out.
    top : int
        Pairs that are shown, at most.
    common : int, optional
        What stands in more files than this is everybody's; `common_for` if None.
    told : callable
        Told after each hand-in how many have been read.

    Returns
    -------
    Similarity
    """
    everyone = sorted(handed, key=lambda one: one.id)
    runs = all_runs(unit for one in starter for unit in units(chunk.source for chunk in _chunks(one)))
    files, not_compared = _read(everyone, runs, told)
    most = common_for(len(files)) if common is None else common
    counted = count_pairs([file.prints for file in files], common=most, never=_same_people(files))
    ground = _Ground(starter=runs, everybody=counted.everybody)
    outstanding, usual = _judged(counted)
    others = [place for place in _worth_showing(counted) if place not in outstanding]
    middle = float(np.median(counted.nearest)) if len(files) > 1 else None
    too_alike = middle is not None and middle >= LEAST_SHARE and not outstanding
    # Where nothing can stand out, all that elsewhere might are worth a look; else a few show what is usual.
    others = [p for p in others[:top] if _could_stand_out(counted, p)] if too_alike else others[:OTHERS]
    return Similarity(
        hand_ins=len(everyone),
        compared=sum(len(file.hand_ins) for file in files),
        common=most,
        starter=tuple(one.path for one in starter),
        usual=middle,
        too_alike=too_alike,
        same_file=tuple(
            tuple(one.shown for one in file.hand_ins) for file in files if _of_different_people(file.hand_ins)
        ),
        standing_out=len(outstanding),
        pairs=tuple(_pair(files, counted, place, outstanding[place], ground) for place in list(outstanding)[:top]),
        others=tuple(_pair(files, counted, place, usual(place), ground) for place in others),
        not_compared=tuple(not_compared),
    )


def _could_stand_out(counted: Counted, place: int) -> bool:
    return bool(counted.matched[place] >= LEAST_SHARE * counted.of[place])


def _worth_showing(counted: Counted) -> list[int]:
    # Less than a percent is shown as none at all.
    places: list[int] = np.flatnonzero(counted.matched * 100 >= counted.of).tolist()
    return places


def defined_functions(starter: Iterable[Submission]) -> tuple[str, ...]:
    """Return the names of the functions that were handed out, which tell an answer from a file beside it.

    Parameters
    ----------
    starter : iterable of Submission
        What was handed out.

    Returns
    -------
    tuple of str
        Of functions and classes at the margin, sorted.
    """
    return tuple(sorted({unit.name for one in starter for unit in _parts(one) if unit.name}))


def _judged(counted: Counted) -> tuple[dict[int, Bar], Callable[[int], Bar]]:
    """Return the pairs that stand out, the most alike first, and a way to ask about the others."""

    def bar(place: int) -> Bar:
        return bar_for(counted.nearest, int(counted.first[place]), int(counted.second[place]))

    shares = counted.matched / counted.of
    outstanding: dict[int, Bar] = {}
    for place in np.flatnonzero(shares >= LEAST_SHARE).tolist():
        held_against = bar(place)
        if shares[place] >= held_against.needed:
            outstanding[place] = held_against
    return outstanding, bar


def _chunks(submission: Submission) -> tuple[Chunk, ...]:
    return (*submission.chunks, *(chunk for _, chunk in submission.modules))


def _parts(submission: Submission) -> tuple[Unit, ...]:
    return units(chunk.source for chunk in _chunks(submission))


def _read(
    everyone: Iterable[Handed], starter: Hashes, told: Callable[[int], None]
) -> tuple[list[_File], list[NotCompared]]:
    """Read everything once; of each text the fingerprints are kept."""
    files: dict[str, _File] = {}
    not_compared: list[NotCompared] = []
    for done, one in enumerate(everyone, 1):
        submission = one.read()
        key = submission.sha256
        if submission.problem:
            not_compared.append(NotCompared(shown=one.shown, says=submission.problem))
        elif sum(len(chunk.source) for chunk in _chunks(submission)) > MOST_CHARACTERS:
            says = f"it has more than {MOST_CHARACTERS:,} characters of code"
            not_compared.append(NotCompared(shown=one.shown, says=says))
        elif key in files:
            files[key] = _File(hand_ins=(*files[key].hand_ins, one), prints=files[key].prints)
        else:
            prints = np.setdiff1d(fingerprints(_parts(submission)), starter, assume_unique=True)
            if prints.size:
                files[key] = _File(hand_ins=(one,), prints=prints)
            else:
                beyond = " beyond the starter" if starter.size else ""
                not_compared.append(NotCompared(shown=one.shown, says=f"there is no code to compare in it{beyond}"))
        told(done)
    return list(files.values()), not_compared


def _of_different_people(hand_ins: Sequence[Handed]) -> bool:
    return any(set(one.students).isdisjoint(other.students) for one, other in combinations(hand_ins, 2))


def _same_people(files: Sequence[_File]) -> Iterator[tuple[int, int]]:
    """Yield each two files that only people have in common who handed in both, as members of a group do."""
    of_student: dict[str, set[int]] = defaultdict(set)
    for number, file in enumerate(files):
        for one in file.hand_ins:
            for student in one.students:
                of_student[student].add(number)
    pairs = {pair for numbers in of_student.values() for pair in combinations(sorted(numbers), 2)}
    for first, second in sorted(pairs):
        if not any(
            set(one.students).isdisjoint(other.students)
            for one in files[first].hand_ins
            for other in files[second].hand_ins
        ):
            yield first, second


def _pair(files: Sequence[_File], counted: Counted, place: int, bar: Bar, ground: _Ground) -> AlikePair:
    a, b = files[int(counted.first[place])], files[int(counted.second[place])]
    share = float(counted.matched[place] / counted.of[place])
    seeds = np.setdiff1d(np.intersect1d(a.prints, b.prints, assume_unique=True), ground.everybody, assume_unique=True)
    texts = a.hand_ins[0].read(), b.hand_ins[0].read()
    parts = _parts(texts[0]), _parts(texts[1])
    found = tiles(*parts, seeds=seeds, starter=ground.starter)
    passages = tuple(_passage(number, tile, parts) for number, tile in enumerate(found, 1))
    return AlikePair(
        a=_side(a, texts[0], parts[0], [(tile.unit_a, tile.start_a, tile.length) for tile in found]),
        b=_side(b, texts[1], parts[1], [(tile.unit_b, tile.start_b, tile.length) for tile in found]),
        share=share,
        matched=int(counted.matched[place]),
        of=int(counted.of[place]),
        usual=bar.usual,
        needed=bar.needed,
        stands_out=share >= bar.needed,
        functions=_functions(found, parts),
        passages=passages,
    )


def _passage(number: int, tile: Tile, parts: tuple[Sequence[Unit], Sequence[Unit]]) -> Passage:
    return Passage(
        number=number,
        a=_span(parts[0][tile.unit_a], tile.start_a, tile.length),
        b=_span(parts[1][tile.unit_b], tile.start_b, tile.length),
        tokens=tile.length,
    )


def _span(unit: Unit, start: int, length: int) -> Span:
    tokens = unit.tokens[start : start + length]
    return Span(chunk=unit.chunk, first=tokens[0].line, last=tokens[-1].last_line)


def _side(file: _File, text: Submission, parts: Sequence[Unit], runs: Iterable[tuple[int, int, int]]) -> Side:
    one = file.hand_ins[0]
    alike = {
        (parts[unit].chunk, token.line)
        for unit, start, length in runs
        for token in parts[unit].tokens[start : start + length]
    }
    return Side(
        hand_in=one.id,
        shown=one.shown,
        path=one.path,
        same_file=tuple(other.shown for other in file.hand_ins[1:]),
        listings=tuple(Listing(label=chunk.label, source=chunk.source) for chunk in _chunks(text)),
        alike_lines=len(alike),
        lines=len({(unit.chunk, token.line) for unit in parts for token in unit.tokens}),
    )


def _functions(found: Iterable[Tile], parts: tuple[Sequence[Unit], Sequence[Unit]]) -> tuple[tuple[str, str], ...]:
    alike: Counter[tuple[int, int]] = Counter()
    for tile in found:
        alike[tile.unit_a, tile.unit_b] += tile.length
    out: list[tuple[str, str]] = []
    for (unit_a, unit_b), length in sorted(alike.items()):
        a, b = parts[0][unit_a], parts[1][unit_b]
        if a.name and b.name and length * _FOR_THE_BETTER_PART >= min(len(a.tokens), len(b.tokens)):
            out.append((a.name, b.name))
    return tuple(out)
