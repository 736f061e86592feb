"""``finite_difference``: the answer is the derivative of a forward function along the domain's own directions.

Independent of the reference's values; only its measured units are used, as the rounding that a right answer may show.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from grader.checks.along import Derivatives, Weighed, judge_along, weighed
from grader.checks.finding import CaseFinding
from grader.checks.kind import KEPT, PLAIN, Facts, Request, plain
from grader.checks.receive import receive, returned_part
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.checks import FiniteDifferenceCheck
from grader.model.outcome import Outcome
from grader.numerics.expected import Expected
from grader.numerics.slope import Slope

# Below this relative resolution agreement with finite differences says something.
_INFORMATIVE = {"float64": 1e-5, "float32": 1e-2}


class FiniteDifference:
    """The kind ``finite_difference``."""

    def __init__(self) -> None:
        self._along = lru_cache(maxsize=KEPT)(_weighed)

    def requests(self, check: FiniteDifferenceCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call."""
        return (plain(case),)

    def judge(
        self, check: FiniteDifferenceCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return whether the answer, contracted with each direction, is the slope along it."""
        outcome = outcomes[PLAIN]
        expected = facts.expected(problem, case)
        values = receive(problem, case, outcome, expected)
        if isinstance(values, CaseFinding):
            return values
        part = returned_part(problem, check.returns)
        along = self._along(facts.slopes(problem, check, case), expected[part], problem.returns[part].name)
        return judge_along(case, outcome, values[part], along)


def _weighed(slopes: tuple[Slope, ...], expected: Expected, name: str) -> Weighed:
    due = Derivatives(
        tangents=np.stack([s.direction.tangent for s in slopes]),
        values=np.array([s.value for s in slopes]),
        errors=np.array([s.error for s in slopes]),
        units=np.zeros(len(slopes)),
        informative=_INFORMATIVE[expected.dtype],
        name=f"<{name}, direction>",
    )
    return weighed(due, expected.unit)
