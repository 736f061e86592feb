"""Regression on the additive terms of the trusted answer: which is missing, negated, averaged, or off by a factor."""

from collections.abc import Iterator

import numpy as np

from grader.diagnosis.factors import Number, slips
from grader.diagnosis.observation import Observation
from grader.diagnosis.pattern import Pattern, Says, Subject, remade
from grader.model.assignment import Term
from grader.numerics.expected import DISAGREE_UNITS, Expected
from grader.words import say


def term_patterns(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes in which a single term of the answer has another coefficient than 1, and this one is known.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
        The term missing, or times a slip.
    """
    for term in _among_others(subject):
        missing = _says(subject, term, "diagnosis.term.missing")
        yield _pattern(subject, term, f"without_{term.id}", missing, lambda _: 0.0)
        for slip in slips(subject.symbols):
            says = _says(subject, term, f"diagnosis.term.{slip.kind}", **slip.fields)
            yield _pattern(subject, term, f"{term.id}+{slip.id}", says, slip.factor)


def fitted_terms(subject: Subject) -> Iterator[Pattern]:
    """Yield the mistakes in which a single term has another coefficient than 1, by least squares over all cases.

    Parameters
    ----------
    subject : Subject
        The wrong answer.

    Yields
    ------
    Pattern
    """
    for term in _among_others(subject):
        fit = _coefficient(subject, term)
        if fit is not None:
            says = _says(subject, term, "diagnosis.term.coefficient", factor=f"{fit:.6g}")
            yield _pattern(subject, term, f"{term.id}+coefficient", says, lambda _, c=fit: c)  # type: ignore[misc]  # a default binds the loop


def _among_others(subject: Subject) -> Iterator[Term]:
    """Yield the terms that are not the whole of a wrong value; of those that are, more is said by other patterns."""
    first = subject.observations[0]
    for term in subject.problem.terms:
        found = subject.mistakes.term(subject.problem, term, first.case)
        for i in subject.parts:
            rest = first.expected[i].value - found[i].value
            if (np.abs(rest) > DISAGREE_UNITS * (first.expected[i].unit + found[i].unit)).any():
                yield term
                break


def _says(subject: Subject, term: Term, key: str, **fields: str) -> Says:
    def says() -> str:
        told = say(key, term=term.says, **fields)
        return told if len(subject.problem.returns) == 1 else say("diagnosis.in_value", says=told, value=subject.name)

    return says


def _pattern(subject: Subject, term: Term, id_: str, says: Says, coefficient: Number) -> Pattern:
    def made(o: Observation, i: int) -> Expected:
        right, part = o.expected[i], subject.mistakes.term(subject.problem, term, o.case)[i]
        change = coefficient(o.case) - 1.0
        with np.errstate(all="ignore"):
            return remade(right, right.value + change * part.value, right.unit + abs(change) * part.unit)

    return Pattern(id=id_, says=says, made=made)


def _coefficient(subject: Subject, term: Term) -> float | None:
    """Return what the term is multiplied by if the other terms are right: least squares, each entry by its unit."""
    above = below = 0.0
    for o in subject.observations:
        for i in subject.parts:
            right, part = o.expected[i], subject.mistakes.term(subject.problem, term, o.case)[i]
            if o.values is None or o.values[i].shape != right.value.shape or not np.isfinite(o.values[i]).all():
                return None
            with np.errstate(all="ignore"):
                # In the term's own units: a large term that cancels in the answer is rounded by its own size.
                unit = right.unit + part.unit
                off = (o.values[i].astype(np.float64) - right.value) / unit
                base = part.value / unit
                above += float(np.sum(off * base))
                below += float(np.sum(base * base))
    fit = 1.0 + above / below if below > 0 and np.isfinite(below) else 1.0
    return fit if np.isfinite(fit) and fit != 1.0 else None
