"""What every kind of check offers, and what it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from grader.checks.finding import CaseFinding
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import AdjointCheck, FiniteDifferenceCheck
from grader.model.outcome import Outcome
from grader.numerics.expected import Expected
from grader.numerics.slope import Pairing, Slope

C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """A call that a check needs; requests of one case with the same label are made once for all checks.

    Parameters
    ----------
    label : str
        ``"plain"`` for the case as it is.
    arguments : tuple of ndarray
        In the order of the signature.
    want_inputs : bool
        Whether the arguments after the call are needed.
    step : str
        What is called in the place of the problem's function: one of a list of steps, ``"grad_pi_steps[2]"``, which
        returns a single value. Empty: the function itself.
    """

    label: str
    arguments: tuple[Array, ...]
    want_inputs: bool = False
    step: str = ""


class Facts(Protocol):
    """What a check may ask of the truth."""

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        """Return the expected values of a case and their units."""
        ...

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:
        """Return directional derivatives of the forward function."""
        ...

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        """Return the right-hand sides of the adjoint identity."""
        ...


class Kind(Protocol[C_contra]):
    """One way of judging a function."""

    def requests(self, check: C_contra, problem: Problem, case: Case) -> tuple[Request, ...]:
        """Return the calls that are needed for one case."""
        ...

    def judge(
        self, check: C_contra, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return what the outcomes, by label, say of the check on one case."""
        ...


PLAIN = "plain"
KEPT = 512
"""Of so many cases a kind keeps what does not depend on the answer; more would be smaller failing cases, which come and
go. Cases, and what the truth says of them, are told apart by what they are, not by what they hold."""


def plain(case: Case) -> Request:
    """Return the request for a case as it is.

    Parameters
    ----------
    case : Case
        The inputs.

    Returns
    -------
    Request
        Arguments after the call come back too, so that purity needs no call of its own.
    """
    return Request(label=PLAIN, arguments=case.values, want_inputs=True)
