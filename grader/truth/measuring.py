"""Measures what trusted functions say on a case: values with their units, slopes, pairings. Remembers nothing."""

from collections.abc import Sequence

import numpy as np

from grader.model.assignment import Assignment, Problem
from grader.model.case import Array, Case, frozen_array
from grader.model.checks import AdjointCheck, FiniteDifferenceCheck
from grader.model.inputs import LowerTriangular, PositiveDefinite
from grader.numerics.expected import Expected, evaluate_once, measure_expected
from grader.numerics.finite_difference import derivative
from grader.numerics.slope import Pairing, Slope
from grader.numerics.tangent import directions
from grader.truth.forward import ForwardPoint
from grader.truth.modules import TRUSTED_FAULTS, TrustedFunctionError, TrustedModules
from grader.truth.seeds import seed_sequence


class Measuring:
    """What the trusted modules of one assignment say of a case, for one seed.

    Parameters
    ----------
    assignment : Assignment
        Whose problems.
    modules : TrustedModules
        Its trusted folder.
    seed : int
        The root seed.
    """

    def __init__(self, assignment: Assignment, modules: TrustedModules, seed: int) -> None:
        self._assignment = assignment
        self._modules = modules
        self._seed = seed

    def answer(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        """Return the trusted answer, whose shapes must be those that the rubric promises to students.

        Parameters
        ----------
        problem : Problem
            Whose reference.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Expected
            One value per ``problem.returns``.

        Raises
        ------
        TrustedFunctionError
            It failed on the case, or returned other shapes or another number of values than the rubric says.
        """
        values = self.values(problem, problem.reference, case)
        sizes = dict(case.sizes)
        for due, value in zip(problem.returns, values, strict=True):
            shape = tuple(sizes[n] if isinstance(n, str) else n for n in due.shape)
            if value.value.shape != shape:
                says = f"returned shape {value.value.shape} on {case.id}; `{due.name}` should have {shape}"
                raise TrustedFunctionError(problem.reference, says, returned=True)
        return values

    def values(self, problem: Problem, ref: str, case: Case, *, any_count: bool = False) -> tuple[Expected, ...]:
        """Return what a trusted function returns on a case, with the unit of each entry.

        Parameters
        ----------
        problem : Problem
            Whose arguments it takes.
        ref : str
            ``package.module:function``.
        case : Case
            The inputs.
        any_count : bool
            Whether it may return any number of values, as a mistake may.

        Returns
        -------
        tuple of Expected

        Raises
        ------
        TrustedFunctionError
            It failed on the case, or returned another number of values than is due.
        """
        matrices = self._matrices(problem, problem.arguments)
        rng = np.random.default_rng(seed_sequence(self._seed, problem.id, ref, case.draw, "unit"))
        function = self._modules.function(ref)
        try:
            with np.errstate(all="ignore"):
                values = measure_expected(
                    function,
                    case.values,
                    dtype=case.dtype,
                    matrix_arguments=matrices,
                    blocks=tuple(r.block_axes for r in problem.returns),
                    rng=rng,
                )
        except TRUSTED_FAULTS as error:
            found = self._count(ref, case)
            if not any_count and found not in (None, len(problem.returns)):
                raise _other_count(problem, ref, case, found) from error
            raise TrustedFunctionError(ref, f"failed on {case.id}: {type(error).__name__}: {error}") from error
        if not any_count and len(values) != len(problem.returns):
            raise _other_count(problem, ref, case, len(values))
        return values

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:
        """Return directional derivatives of a check's forward function at a case, see `Truth.slopes`."""
        forward = ForwardPoint(self._modules, problem, check, case)
        rng = np.random.default_rng(seed_sequence(self._seed, problem.id, check.name, case.draw, "directions"))
        try:
            with np.errstate(all="ignore"):
                slopes = []
                for direction in directions(forward.point, check.domain, check.directions, rng):
                    found = derivative(forward.along(direction))
                    slopes.append(Slope(direction=direction, value=found.value, error=found.error))
        except TRUSTED_FAULTS as error:
            says = f"failed on {case.id}: {type(error).__name__}: {error}"
            raise TrustedFunctionError(check.forward, says) from error
        return tuple(slopes)

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        """Return the right-hand sides of the adjoint identity at a case, see `Truth.pairings`."""
        jvp = self._modules.function(check.jvp)
        values = dict(case.arguments)
        names = check.arguments or tuple(name for name in problem.arguments if name != check.cotangent)
        arguments = tuple(values[name] for name in names)
        rng = np.random.default_rng(seed_sequence(self._seed, problem.id, check.name, case.draw, "tangents"))

        def paired(*given: Array) -> Array:
            *primal, V, cotangent = given
            return np.asarray(np.sum(np.asarray(jvp(*primal, V)) * cotangent))

        pairings = []
        for _ in range(check.directions):
            V = frozen_array(rng.normal(size=values[check.wrt].shape))
            try:
                with np.errstate(all="ignore"):
                    (found,) = measure_expected(
                        paired,
                        (*arguments, V, values[check.cotangent]),
                        dtype=case.dtype,
                        matrix_arguments=(*self._matrices(problem, names), False, False),
                        blocks=(0,),
                        rng=rng,
                    )
            except TRUSTED_FAULTS as error:
                raise TrustedFunctionError(
                    check.jvp, f"failed on {case.id}: {type(error).__name__}: {error}"
                ) from error
            pairings.append(Pairing(tangent=V, value=float(found.value), unit=float(found.unit)))
        return tuple(pairings)

    def _matrices(self, problem: Problem, names: Sequence[str]) -> tuple[bool, ...]:
        samplers = self._assignment.inputs[problem.inputs].values
        return tuple(isinstance(samplers[name], PositiveDefinite | LowerTriangular) for name in names)

    def _count(self, ref: str, case: Case) -> int | None:
        """Return how many values a function returns; None where it fails."""
        try:
            with np.errstate(all="ignore"):
                return len(evaluate_once(self._modules.function(ref), case.values))
        except TRUSTED_FAULTS:
            return None


def _other_count(problem: Problem, ref: str, case: Case, found: int | None) -> TrustedFunctionError:
    says = f"returned {found} value(s) on {case.id}; `returns` of {problem.id} names {len(problem.returns)}"
    return TrustedFunctionError(ref, says, returned=True)
