"""``adjoint``: the identity <V, answer> = <jvp(V), cotangent>, exact up to rounding and independent of the answer."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from grader.checks.along import Derivatives, Weighed, judge_along, weighed
from grader.checks.finding import CaseFinding
from grader.checks.kind import KEPT, PLAIN, Facts, Request, plain
from grader.checks.receive import receive, returned_part
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.checks import AdjointCheck
from grader.model.outcome import Outcome
from grader.numerics.expected import Expected, informative_limit
from grader.numerics.slope import Pairing


class Adjoint:
    """The kind ``adjoint``."""

    def __init__(self) -> None:
        self._along = lru_cache(maxsize=KEPT)(_weighed)

    def requests(self, check: AdjointCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self, check: AdjointCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the answer, contracted with each tangent, is the forward derivative along it."""
        outcome = outcomes[PLAIN]
        expected = facts.expected(problem, case)
        values = receive(problem, case, outcome, expected)
        if isinstance(values, CaseFinding):
            return values
        part = returned_part(problem, check.returns)
        along = self._along(facts.pairings(problem, check, case), expected[part], problem.returns[part].name)
        return judge_along(case, outcome, values[part], along)


def _weighed(pairings: tuple[Pairing, ...], expected: Expected, name: str) -> Weighed:
    due = Derivatives(
        tangents=np.stack([p.tangent for p in pairings]),
        values=np.array([p.value for p in pairings]),
        errors=np.zeros(len(pairings)),
        units=np.array([p.unit for p in pairings]),
        informative=informative_limit(expected.dtype),
        name=f"<{name}, tangent>",
    )
    return weighed(due, expected.unit)
