"""A directional derivative of a forward function, with the bound on its own error."""

from dataclasses import dataclass

from grader.numerics.tangent import Direction


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
