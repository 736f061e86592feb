"""What students may have of the truth: cases, derivatives along directions, and how far rounding reaches; no answer.

An answer's values, the functions that compute it and the mistakes that have a name stay behind. What is here everybody
can work out with the forward model alone.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from grader.model.assignment import Assignment, Misconception, Problem, Term
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import AdjointCheck, FiniteDifferenceCheck
from grader.model.handout import Withheld
from grader.model.naming import Dimension, DtypeName
from grader.model.plain import from_plain, to_plain
from grader.numerics.expected import Expected, withheld
from grader.numerics.perturbing import Tap
from grader.numerics.slope import Pairing, Slope
from grader.numerics.tangent import Direction

FORMAT = "grader-cases/1"
_UNIT_BITS = 3
"""Mantissa bits of a unit: rounded up by a quarter at most, so that its last digits say nothing of the answer."""


class HandoutError(Exception):
    """The file of cases is not one, or not whole; whoever made or copied the kit has to look."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """What a handout holds of one assignment.

    Parameters
    ----------
    assignment : Assignment
        The students' part.
    withheld : tuple of Withheld
        What is not part of it.
    assignment_sha256 : str
        Of the rubric that students have, so that the two cannot be mixed up.
    seed : int
        The root seed of the cases.
    notes : tuple of str
        What was drawn, a line a problem.
    cases : mapping of str to tuple of Case
        By the problem's id.
    expected : mapping of (str, str) to tuple of Expected
        By problem and draw: shapes and units, values withheld.
    slopes : mapping of (str, str, str) to tuple of Slope
        By problem, check and draw.
    pairings : mapping of (str, str, str) to tuple of Pairing
        By problem, check and draw.
    """

    assignment: Assignment
    withheld: tuple[Withheld, ...]
    assignment_sha256: str
    seed: int
    notes: tuple[str, ...]
    cases: Mapping[str, tuple[Case, ...]]
    expected: Mapping[tuple[str, str], tuple[Expected, ...]]
    slopes: Mapping[tuple[str, str, str], tuple[Slope, ...]]
    pairings: Mapping[tuple[str, str, str], tuple[Pairing, ...]]


class Handout:
    """A truth that knows no answer. Safe to share between threads.

    Parameters
    ----------
    facts : Facts
        What was handed out.
    shapes : callable
        The symbolic shape of each argument of a problem.
    """

    def __init__(self, facts: Facts, shapes: Callable[[Problem], Mapping[str, tuple[Dimension, ...]]]) -> None:
        self._facts = facts
        self._shapes = shapes

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        """Return shapes and units of what is due; the values are withheld (nan)."""
        return self._facts.expected[problem.id, case.draw]

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:
        """Return directional derivatives of a check's forward function at a case."""
        return self._facts.slopes[problem.id, check.name, case.draw]

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        """Return the right-hand sides of the adjoint identity at a case."""
        return self._facts.pairings[problem.id, check.name, case.draw]

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        """Return None: no mistake that has a name is handed out."""
        del problem, misconception, case
        return None

    def mistaken_at_least(
        self, problem: Problem, misconception: Misconception, case: Case
    ) -> tuple[Expected, ...] | None:
        """Return None, likewise."""
        del problem, misconception, case
        return None

    def term(self, problem: Problem, term: Term, case: Case) -> tuple[Expected, ...]:
        """Never asked: no problem of a handout names terms."""
        msg = f"the term {term.id} of {problem.id} is not handed out, on {case.id} either"
        raise LookupError(msg)

    def shapes(self, problem: Problem) -> Mapping[str, tuple[Dimension, ...]]:
        """Return the symbolic shape of each argument."""
        return self._shapes(problem)

    def intermediates(self, problem: Problem, case: Case) -> Mapping[str, Array]:
        """Return nothing: intermediate values of the answer are not handed out."""
        del problem, case
        return {}

    def glimpse(
        self,
        problem: Problem,
        case: Case,
        change: str,
        arguments: tuple[Array, ...],
        meddle: Callable[[], Tap] | None,
    ) -> tuple[Array, ...] | None:
        """Return None: the answer elsewhere is no more handed out than here."""
        del problem, case, change, arguments, meddle
        return None


# Writing --------------------------------------------------------------------------------------------------------------


class _Pile:
    """Arrays in a row of bytes, each known by its place."""

    def __init__(self) -> None:
        self.data = bytearray()

    def put(self, array: Array) -> list[Any]:
        """Return what finds the array again."""
        whole = np.ascontiguousarray(array)
        # Little-endian on every machine, and at a multiple of 8 so that it can be read where it lies.
        raw = whole.astype(whole.dtype.newbyteorder("<"), copy=False).tobytes()
        self.data += bytes(-len(self.data) % 8)
        place = len(self.data)
        self.data += raw
        return [whole.dtype.newbyteorder("<").str, list(np.shape(array)), place]


def to_bytes(facts: Facts) -> bytes:
    """Return a handout as the bytes of a file.

    Parameters
    ----------
    facts : Facts
        Units and resolutions are rounded up here, to what students may know of them.

    Returns
    -------
    bytes
        One line of JSON, which says where each array lies, and then the arrays.
    """
    pile = _Pile()
    index = {
        "format": FORMAT,
        "assignment_sha256": facts.assignment_sha256,
        "assignment": to_plain(facts.assignment),
        "withheld": [[w.problem, w.function, w.checks, str(w.points), w.decides] for w in facts.withheld],
        "seed": facts.seed,
        "notes": list(facts.notes),
        "cases": {problem: [_case(case, pile) for case in cases] for problem, cases in facts.cases.items()},
        "expected": [[*key, [_due(one, pile) for one in due]] for key, due in facts.expected.items()],
        "slopes": [
            [*key, [[pile.put(s.direction.tangent), s.value, s.error] for s in slopes]]
            for key, slopes in facts.slopes.items()
        ],
        "pairings": [
            [*key, [[pile.put(p.tangent), p.value, p.unit] for p in pairings]]
            for key, pairings in facts.pairings.items()
        ],
    }
    line = json.dumps(index, ensure_ascii=True, allow_nan=True, separators=(",", ":")).encode() + b"\n"
    return line + bytes(-len(line) % 8) + bytes(pile.data)


def _case(case: Case, pile: _Pile) -> dict[str, Any]:
    return {
        "problem": case.problem,
        "family": case.family,
        "index": case.index,
        "draw": case.draw,
        "dtype": case.dtype,
        "sizes": [list(size) for size in case.sizes],
        "arguments": [[name, pile.put(value)] for name, value in case.arguments],
        "says": case.says,
    }


def _due(expected: Expected, pile: _Pile) -> list[Any]:
    unit = _rounded_up(expected.unit)
    resolution = float(_rounded_up(np.asarray(expected.resolution)))
    return [pile.put(unit), expected.informative, resolution, expected.dtype]


def _rounded_up(size: Array) -> Array:
    mantissa, exponent = np.frexp(size)
    with np.errstate(over="ignore"):
        return np.asarray(np.ldexp(np.ceil(np.ldexp(mantissa, _UNIT_BITS)), exponent - _UNIT_BITS))


# Reading --------------------------------------------------------------------------------------------------------------


def from_bytes(data: bytes) -> Facts:
    """Return the handout that a file holds.

    Parameters
    ----------
    data : bytes
        As `to_bytes` makes them.

    Returns
    -------
    Facts

    Raises
    ------
    HandoutError
        If it is anything else, or cut short.
    """
    try:
        end = data.index(b"\n") + 1
        index = json.loads(data[:end])
        if index["format"] != FORMAT:
            msg = f"it is of the format {index['format']!r}; this grader reads {FORMAT!r}"
            raise HandoutError(msg)
        take = _taker(memoryview(data)[end + -end % 8 :])
        return Facts(
            assignment=_read_assignment(index["assignment"]),
            withheld=tuple(_read_withheld(row) for row in index["withheld"]),
            assignment_sha256=index["assignment_sha256"],
            seed=index["seed"],
            notes=tuple(index["notes"]),
            cases={problem: tuple(_read_case(c, take) for c in cases) for problem, cases in index["cases"].items()},
            expected={(p, draw): tuple(_read_due(one, take) for one in due) for p, draw, due in index["expected"]},
            slopes={key: tuple(_read_slopes(rows, take)) for key, rows in _keyed(index["slopes"])},
            pairings={
                key: tuple(Pairing(tangent=take(place), value=value, unit=unit) for place, value, unit in rows)
                for key, rows in _keyed(index["pairings"])
            },
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        msg = f"it is damaged or cut short ({type(error).__name__})"
        raise HandoutError(msg) from error


def _read_assignment(data: Any) -> Assignment:
    assignment = from_plain(data)
    if not isinstance(assignment, Assignment):
        msg = "another value stands where the assignment should"
        raise TypeError(msg)
    return assignment


def _read_withheld(row: Sequence[Any]) -> Withheld:
    problem, function, checks, points, decides = row
    return Withheld(problem=problem, function=function, checks=checks, points=Fraction(points), decides=decides)


def _taker(pile: memoryview) -> Callable[[Sequence[Any]], Array]:
    def take(found: Sequence[Any]) -> Array:
        dtype, shape, place = found
        array: Array = np.frombuffer(pile, dtype=np.dtype(dtype), count=math.prod(shape), offset=place).reshape(shape)
        return array if array.dtype.isnative else frozen_array(array.astype(array.dtype.newbyteorder("=")))

    return take


def _keyed(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[tuple[str, str, str], Sequence[Any]]]:
    for problem, check, draw, found in rows:
        yield (problem, check, draw), found


def _read_case(row: Mapping[str, Any], take: Callable[[Sequence[Any]], Array]) -> Case:
    return Case(
        problem=row["problem"],
        family=row["family"],
        index=row["index"],
        draw=row["draw"],
        dtype=row["dtype"],
        sizes=tuple((name, size) for name, size in row["sizes"]),
        arguments=tuple((name, take(found)) for name, found in row["arguments"]),
        says=row["says"],
    )


def _read_due(row: Sequence[Any], take: Callable[[Sequence[Any]], Array]) -> Expected:
    found, informative, resolution, dtype = row
    name: DtypeName = dtype
    return withheld(take(found), informative=informative, resolution=resolution, dtype=name)


def _read_slopes(rows: Sequence[Sequence[Any]], take: Callable[[Sequence[Any]], Array]) -> Iterator[Slope]:
    for place, value, error in rows:
        yield Slope(direction=Direction(tangent=take(place), curve=_not_handed_out), value=value, error=error)


def _not_handed_out(t: float) -> Array:
    msg = f"the curve of a slope is not handed out, at {t:g} neither"
    raise LookupError(msg)
