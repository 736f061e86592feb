"""``adjoint``: the identity <V, answer> = <jvp(V), cotangent>, exact up to rounding and independent of the answer."""

from collections.abc import Mapping

import numpy as np

from grader.checks.along import Derivatives, judge_along
from grader.checks.finding import CaseFinding
from grader.checks.kind import PLAIN, Facts, Request, plain
from grader.checks.receive import receive, returned_part
from grader.model.assignment import AdjointCheck, Problem
from grader.model.case import Case
from grader.model.outcome import Outcome
from grader.numerics.expected import informative_limit


class Adjoint:
    """The kind ``adjoint``."""

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
        pairings = facts.pairings(problem, check, case)
        due = Derivatives(
            tangents=np.stack([p.tangent for p in pairings]),
            values=np.array([p.value for p in pairings]),
            errors=np.zeros(len(pairings)),
            units=np.array([p.unit for p in pairings]),
            informative=informative_limit(case.dtype),
            name=f"<{problem.returns[part].name}, tangent>",
        )
        return judge_along(case, outcome, values[part], expected[part].unit, due)
