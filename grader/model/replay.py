"""One case run again: everything that a replay shows, exports or writes into a script; arrays included."""

from dataclasses import dataclass

from grader.model.case import Array, Case
from grader.model.isolation import IsolationReport
from grader.model.outcome import Outcome
from grader.model.report import Finding, Verdict
from grader.model.seed import Seed
from grader.model.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DueValue:
    """One value that the function should return.

    Parameters
    ----------
    name : str
        Such as ``"z_bar"``.
    expected : ndarray, float64
        The trusted answer.
    unit : ndarray, float64, same shape
        What one rounding is worth at each entry, times the factor by which the rubric widens it.
    """

    name: str
    expected: Array
    unit: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayedSlope:
    """The answer and the forward function along one direction.

    Parameters
    ----------
    direction : ndarray, float64
        The tangent D, in the shape of the argument.
    actual : float
        <answer, D>; may be nan or infinite.
    quotient, quotient_error : float
        The derivative by differences, and the estimate of its own error.
    error_abs, allowed_abs : float
        How far the two are apart, and beyond which distance they disagree.
    verdict : Verdict
        Agrees, disagrees or inconclusive.
    """

    direction: Array
    actual: float
    quotient: float
    quotient_error: float
    error_abs: float
    allowed_abs: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayedSlopes:
    """What one finite-difference check of the problem sees on the case.

    Parameters
    ----------
    check : str
        Its name within the problem.
    wrt : str
        The argument that is moved.
    value : str
        The returned value that should be the derivative.
    slopes : tuple of ReplayedSlope
        One a direction.
    says : str
        Why there are none; empty where there are.
    """

    check: str
    wrt: str
    value: str
    slopes: tuple[ReplayedSlope, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayedSides:
    """Both sides of the "=" of a property, or of the adjoint identity along each tangent.

    Parameters
    ----------
    name : str
        Such as ``"linear(z_bar)"``.
    left, right : ndarray, float64
        Of one shape.
    where : tuple of int
        The worst entry.
    error_abs, allowed_abs : float
        At that entry.
    differing, total : int
        Entries beyond what is allowed, and all entries.
    """

    name: str
    left: Array
    right: Array
    where: tuple[int, ...]
    error_abs: float
    allowed_abs: float
    differing: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayedCall:
    """A call besides the plain one that the check needs.

    Parameters
    ----------
    says : str
        What is different about it: ``"shifted Z"``, ``"again"``.
    arguments : tuple of (str, ndarray)
        All of them, in the order of the signature.
    outcome : Outcome
        What came back.
    function : str
        What was called, where it is not what the plain call calls.
    """

    says: str
    arguments: tuple[tuple[str, Array], ...]
    outcome: Outcome
    function: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replayed:
    """One case of one check, run again.

    Parameters
    ----------
    title : str
        The assignment's.
    check : str
        ``problem.check``.
    kind : str
        The check's kind.
    function : str
        The student's function.
    submission : Submission
        What was run.
    seed : int or str
        The root seed, or the commitment to a secret one.
    call_seed : int
        What ``random`` and ``numpy.random`` were seeded with before the call.
    isolation : IsolationReport
        How the submission was confined.
    case : Case
        The inputs.
    verdict : Verdict
        What this one case says: agrees, disagrees or inconclusive.
    finding : Finding
        Why.
    detail : str
        Words that only this case knows; may be empty.
    outcome : Outcome
        What the plain call brought back.
    due : tuple of DueValue
        What should have come back.
    received : tuple of ndarray, float64
        What came back, in the shapes that are due; empty where it cannot be compared.
    agree_units, disagree_units : float
        Up to which error, in units, an entry agrees, and beyond which it disagrees.
    slopes : tuple of ReplayedSlopes
        One a finite-difference check that looks at the case; empty where there are no numbers to look at.
    sides : ReplayedSides or None
        None but for a property or an adjoint identity whose values came back.
    others : tuple of ReplayedCall
        Calls besides the plain one.
    printed : str
        What the submission printed while it was loaded and called.
    notes : tuple of str
        What went wrong while the submission was loaded.
    warnings : tuple of str
        What is no longer as it was when the report was written.
    """

    title: str
    check: str
    kind: str
    function: str
    submission: Submission
    seed: Seed
    call_seed: int
    isolation: IsolationReport
    case: Case
    verdict: Verdict
    finding: Finding
    detail: str
    outcome: Outcome
    due: tuple[DueValue, ...]
    received: tuple[Array, ...]
    agree_units: float
    disagree_units: float
    slopes: tuple[ReplayedSlopes, ...]
    sides: ReplayedSides | None
    others: tuple[ReplayedCall, ...]
    printed: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def call(self) -> str:
        """The plain call, as Python."""
        return self.call_of(self.function)

    def call_of(self, function: str) -> str:
        """Return the call of a function with the case's arguments, as Python."""
        return f"{function}({', '.join(name for name, _ in self.case.arguments)})"
