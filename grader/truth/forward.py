"""A check's forward function at a case, as a number that moves with one argument."""

from collections.abc import Callable

import numpy as np

from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import FiniteDifferenceCheck
from grader.numerics.tangent import Direction
from grader.truth.modules import TRUSTED_FAULTS, TrustedFunctionError, TrustedModules


class ForwardPoint:
    """The number that a check differentiates, near a case.

    Parameters
    ----------
    modules : TrustedModules
        Where the forward model stands.
    problem : Problem
        Whose check.
    check : FiniteDifferenceCheck
        Names the forward function, the argument and what else it takes.
    case : Case
        The inputs.

    Raises
    ------
    TrustedFunctionError
        A function is not there, or an argument that is derived from others cannot be.
    """

    def __init__(self, modules: TrustedModules, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> None:
        self._forward = modules.function(check.forward)
        self._check = check
        self._names = check.arguments or problem.arguments
        self._values: dict[str, Array] = {
            name: value.astype(np.float64) if value.dtype.kind == "f" else value for name, value in case.arguments
        }
        own = tuple(self._values[name] for name in problem.arguments)
        for name, ref in check.derived.items():
            try:
                with np.errstate(all="ignore"):
                    self._values[name] = np.asarray(modules.function(ref)(*own), dtype=np.float64)
            except TRUSTED_FAULTS as error:
                raise TrustedFunctionError(ref, f"failed on {case.id}: {type(error).__name__}: {error}") from error

    @property
    def point(self) -> Array:
        """The value of the argument that moves."""
        return self._values[self._check.wrt]

    def along(self, direction: Direction) -> Callable[[float], float]:
        """Return the number as a function of a place on a curve.

        Parameters
        ----------
        direction : Direction
            The curve.

        Returns
        -------
        callable
            From t to the number; raises what the forward function raises.
        """
        cotangent = None if self._check.cotangent is None else self._values[self._check.cotangent]

        def at(t: float) -> float:
            moved = direction.at(t)
            arguments = (moved if name == self._check.wrt else self._values[name] for name in self._names)
            out = np.asarray(self._forward(*arguments), dtype=np.float64)
            return float(out) if cotangent is None else float(np.sum(cotangent * out))

        return at
