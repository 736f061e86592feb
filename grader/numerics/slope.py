"""Derivatives along a direction, each with the bound on its own error: by differences, or by a trusted forward rule."""

from dataclasses import dataclass

from grader.numerics.perturbing import Real
from grader.numerics.tangent import Direction

ERROR_MARGIN = 2.0
"""An estimate of an error by extrapolation is at worst a little too small (docs/numerics.md has the measured coverage),
so a difference is held against a student only beyond so many estimates."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """A directional derivative.

    Parameters
    ----------
    direction : Direction
        Along which; ``direction.tangent`` has the shape of the argument.
    value, error : float
        The derivative, and the estimate of its error, see `grader.numerics.finite_difference.derivative`.
    """

    direction: Direction
    value: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairing:
    """One right-hand side of the adjoint identity <V, VJP(cotangent)> = <JVP(V), cotangent>.

    Parameters
    ----------
    tangent : ndarray, float64
        V, in the shape of the argument.
    value : float
        <JVP(V), cotangent>.
    unit : float
        What one rounding is worth in it, see `grader.numerics.expected`.
    """

    tangent: Real
    value: float
    unit: float
