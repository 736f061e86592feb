"""Which class judges which kind of check."""

from collections.abc import Mapping
from typing import Any

from grader.checks.adjoint import Adjoint
from grader.checks.derivation import Derivation
from grader.checks.finite_difference import FiniteDifference
from grader.checks.kind import Kind
from grader.checks.property import Property
from grader.checks.purity import Purity
from grader.checks.reference import Reference, Stability
from grader.model.checks import (
    AdjointCheck,
    DerivationCheck,
    FiniteDifferenceCheck,
    PropertyCheck,
    PurityCheck,
    ReferenceCheck,
    StabilityCheck,
    TriedCheck,
)


def kind_of(check: TriedCheck, shapes: Mapping[str, tuple[int | str, ...]]) -> Kind[Any]:
    """Return what judges a check.

    Parameters
    ----------
    check : TriedCheck
        As the rubric states it.
    shapes : mapping of str to tuple
        The symbolic shape of each argument of its problem.

    Returns
    -------
    Kind
    """
    match check:
        case ReferenceCheck():
            return Reference()
        case FiniteDifferenceCheck():
            return FiniteDifference()
        case AdjointCheck():
            return Adjoint()
        case PropertyCheck():
            return Property(shapes)
        case StabilityCheck():
            return Stability()
        case PurityCheck():
            return Purity()
        case DerivationCheck():
            return Derivation()
