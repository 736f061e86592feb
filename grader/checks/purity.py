"""``purity``: inputs are left as they were, and the same input gives the same answer twice; measured by the parent."""

from collections.abc import Mapping

from grader.checks.finding import CaseFinding
from grader.checks.kind import PLAIN, Facts, Request, plain
from grader.checks.receive import disagrees, receive
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import PurityCheck
from grader.model.outcome import Outcome, Returned
from grader.model.report import Finding, Verdict

AGAIN = "again"


def same_bits(first: Array, second: Array) -> bool:
    """Return whether two arrays are the same to the last bit.

    Parameters
    ----------
    first, second : ndarray
        Any shapes and dtypes.

    Returns
    -------
    bool
        nan equals nan of the same bits.
    """
    return first.shape == second.shape and first.dtype == second.dtype and first.tobytes() == second.tobytes()


class Purity:
    """The kind ``purity``."""

    def requests(self, check: PurityCheck, problem: Problem, case: Case) -> tuple[Request, ...]:  # noqa: ARG002 - one signature for all kinds
        """Return the plain call, and the same call again."""
        return (plain(case), Request(label=AGAIN, arguments=case.values))

    def judge(
        self,
        check: PurityCheck,  # noqa: ARG002 - one signature for all kinds
        problem: Problem,
        case: Case,
        outcomes: Mapping[str, Outcome],
        facts: Facts,
    ) -> CaseFinding:
        """Return whether the inputs came back unchanged and both answers are the same."""
        first, second = outcomes[PLAIN], outcomes[AGAIN]
        expected = facts.expected(problem, case)
        for outcome in (first, second):
            values = receive(problem, case, outcome, expected)
            if isinstance(values, CaseFinding):
                return values
        changed = [
            name
            for (name, before), after in zip(case.arguments, _inputs_after(first), strict=True)
            if not same_bits(before, after)
        ]
        if changed:
            return disagrees(case, Finding.CHANGES_INPUTS, first, ", ".join(changed))
        if not all(same_bits(a, b) for a, b in zip(_values(first), _values(second), strict=True)):
            return disagrees(case, Finding.NONDETERMINISTIC, second)
        return CaseFinding(
            case=case, verdict=Verdict.AGREES, finding=Finding.RIGHT, informative=True, outcome=first, resolution=0.0
        )


def _values(outcome: Outcome) -> tuple[Array, ...]:
    return outcome.values if isinstance(outcome, Returned) else ()


def _inputs_after(outcome: Outcome) -> tuple[Array, ...]:
    return outcome.inputs_after if isinstance(outcome, Returned) else ()
