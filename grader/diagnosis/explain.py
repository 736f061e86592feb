"""Looks for the one explanation of a wrong answer; silent unless exactly one survives on every case."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from grader.diagnosis.observation import Candidate, Explanation, Observation, reproduces
from grader.diagnosis.patterns import constant_factor, patterns, scaled, wrong_parts
from grader.model.assignment import Misconception, Problem
from grader.model.case import Case
from grader.numerics.compare import Closeness, compare
from grader.numerics.expected import Expected

# A second slip on top of a named one, as it is told.
_SLIPS: tuple[tuple[str, float, str], ...] = (
    ("sign", -1.0, "and the sign is wrong"),
    ("factor_2", 2.0, "and a factor 2 is too much"),
    ("factor_half", 0.5, "and a factor 2 is missing"),
)


class Mistakes(Protocol):
    """What the truth offers to the search."""

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        """Return what a named misconception would have returned; None where it would have raised."""
        ...


def explain(problem: Problem, observations: Sequence[Observation], mistakes: Mistakes) -> Explanation | None:
    """Return the one explanation of what a wrong function did, or None.

    Parameters
    ----------
    problem : Problem
        Whose function; names its misconceptions.
    observations : sequence of Observation
        What the function did on each case of the deciding checks.
    mistakes : Mistakes
        Evaluates misconceptions.

    Returns
    -------
    Explanation or None
        Named misconceptions come first, then one of them with a further slip, then general mistakes. At the first of
        these three stages where any explanation fits it is given if it is the only one there.
    """
    if not observations:
        return None
    for stage in (_named, _named_with_a_slip, _general):
        found = list(stage(problem, observations, mistakes))
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _candidates(
    problem: Problem, misconception: Misconception, observations: Sequence[Observation], mistakes: Mistakes
) -> Iterator[Candidate]:
    # One at a time: most explanations are contradicted by the first case, and measuring a mistake's unit costs.
    return (mistakes.mistaken(problem, misconception, o.case) for o in observations)


def _named(problem: Problem, observations: Sequence[Observation], mistakes: Mistakes) -> Iterator[Explanation]:
    for m in problem.misconception:
        if reproduces(observations, _candidates(problem, m, observations, mistakes)):
            yield Explanation(id=m.id, says=m.says, hint=m.hint or "")


def _named_with_a_slip(
    problem: Problem, observations: Sequence[Observation], mistakes: Mistakes
) -> Iterator[Explanation]:
    for m in problem.misconception:
        for slip, factor, says in _SLIPS:
            if reproduces(observations, _slipped(_candidates(problem, m, observations, mistakes), factor)):
                yield Explanation(id=f"{m.id}+{slip}", says=f"{m.says}, {says}", hint=m.hint or "")


def _slipped(candidates: Iterator[Candidate], factor: float) -> Iterator[Candidate]:
    return (None if c is None else tuple(scaled(e, factor) for e in c) for c in candidates)


def _general(problem: Problem, observations: Sequence[Observation], mistakes: Mistakes) -> Iterator[Explanation]:  # noqa: ARG001 - one signature for all stages
    close = []
    for o in observations:
        if o.values is None or len(o.values) != len(o.expected):
            return
        if any(
            v.shape != e.value.shape or v.dtype.kind not in "iuf" for v, e in zip(o.values, o.expected, strict=True)
        ):
            return
        close.append(
            [compare(v, e).closeness is not Closeness.DISAGREES for v, e in zip(o.values, o.expected, strict=True)]
        )
    wrong = wrong_parts(observations, close)
    if not wrong:
        return
    any_found = False
    for pattern in patterns(problem, observations, wrong):
        if reproduces(observations, pattern.candidates):
            any_found = True
            yield Explanation(id=pattern.id, says=pattern.says)
    if not any_found:
        fitted = constant_factor(problem, observations, wrong)
        if fitted is not None and reproduces(observations, fitted.candidates):
            yield Explanation(id=fitted.id, says=fitted.says)
