"""A mistake named from derivatives alone: a factor that, taken back, makes an answer agree along every direction.

For who has the forward model and no trusted answer. Rounded answers cannot be told apart as finely as by values, so
only factors are looked for, and values that are no answer at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.diagnosis.factors import entrywise_factors, placeholder_patterns
from grader.diagnosis.memory import Memory
from grader.diagnosis.mistakes import Mistakes
from grader.diagnosis.observation import Explanation, Observation
from grader.diagnosis.pattern import Pattern, Subject
from grader.model.assignment import Problem
from grader.model.case import Array, frozen_array
from grader.numerics.expected import DISAGREE_UNITS, Expected
from grader.numerics.slope import ERROR_MARGIN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Along:
    """What is known of a returned value on a case: its products with some tangents.

    Parameters
    ----------
    observation : int
        Which observation it belongs to.
    part : int
        Which returned value.
    tangents : ndarray, shape (n, ...)
        The last axes are the value's own.
    values, errors : ndarray, shape (n,)
        The products, and how far they may be off; nan or infinite where not known.
    """

    observation: int
    part: int
    tangents: Array
    values: Array
    errors: Array


def explain_along(
    problem: Problem, observations: Sequence[Observation], known: Sequence[Along], mistakes: Mistakes
) -> Explanation | None:
    """Return the one factor that explains a wrong answer, or None.

    Parameters
    ----------
    problem : Problem
        Whose function.
    observations : sequence of Observation
        What it did on each case of the deciding checks; what was due is withheld.
    known : sequence of Along
        Products of the right values with tangents.
    mistakes : Mistakes
        Of the problem.

    Returns
    -------
    Explanation or None
        None where nothing fits, several factors do, or too little is known to tell.
    """
    if any(o.values is None or len(o.values) != len(o.expected) for o in observations):
        return None
    if any(v.shape != e.unit.shape or v.dtype.kind not in "iuf" for o in observations for v, e in _pairs(o)):
        return None
    wrong = tuple(sorted({k.part for k in known if not _fits(observations, k, 1.0)}))
    if len(wrong) != 1:
        return None
    ones = tuple(map(_of_ones, observations))
    subject = Subject(problem=problem, observations=ones, parts=wrong, mistakes=mistakes, memory=Memory(ones))
    own = [k for k in known if k.part == wrong[0]]
    found = [p for p in placeholder_patterns(subject) if _is_placeholder(p, subject, observations)]
    found = found or [p for p in entrywise_factors(subject) if _undone(p, subject, observations, own)]
    return Explanation(id=found[0].id, says=found[0].says()) if len(found) == 1 else None


def _pairs(o: Observation) -> tuple[tuple[Array, Expected], ...]:
    return tuple(zip(o.values or (), o.expected, strict=True))


def _of_ones(o: Observation) -> Observation:
    """Return an observation in which 1 is due in every entry, so that what a pattern makes of it is its factor."""
    ones = tuple(replace(e, value=frozen_array(np.ones_like(e.unit))) for e in o.expected)
    return replace(o, expected=ones)


def _fits(observations: Sequence[Observation], known: Along, factor: Array | float) -> bool:
    """Return whether an answer divided by a factor has the products that are due."""
    o = observations[known.observation]
    value, expected = _pairs(o)[known.part]
    tangents = known.tangents.reshape(len(known.values), -1)
    with np.errstate(all="ignore"):
        answer = np.asarray(value / factor, dtype=np.float64).reshape(-1)
        unit = np.broadcast_to(expected.unit, value.shape).reshape(-1)
        allowed = ERROR_MARGIN * known.errors + DISAGREE_UNITS * (np.abs(tangents) @ unit)
        usable = np.isfinite(known.values) & np.isfinite(allowed)
        return bool((np.abs(tangents @ answer - known.values)[usable] <= allowed[usable]).all())


def _is_placeholder(pattern: Pattern, subject: Subject, observations: Sequence[Observation]) -> bool:
    for ones, o in zip(subject.observations, observations, strict=True):
        made = pattern.made(ones, subject.parts[0])
        value, _ = _pairs(o)[subject.parts[0]]
        if made is None or not bool((np.abs(value - made.value) <= DISAGREE_UNITS * made.unit).all()):
            return False
    return True


def _undone(pattern: Pattern, subject: Subject, observations: Sequence[Observation], known: Sequence[Along]) -> bool:
    for k in known:
        made = pattern.made(subject.observations[k.observation], k.part)
        if made is None or not _fits(observations, k, made.value):
            return False
    return bool(known)
