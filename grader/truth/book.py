"""Expected values, their units, derivatives and named mistakes: each computed once per case, in this process only."""

import inspect
import math
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from grader.model.assignment import Assignment, Misconception, Problem, Term
from grader.model.case import Array, Case
from grader.model.checks import AdjointCheck, FiniteDifferenceCheck
from grader.model.naming import Dimension
from grader.model.submission import Submission
from grader.numerics.expected import Expected, evaluate_once, least_unit
from grader.numerics.perturbing import Tap
from grader.numerics.slope import Pairing, Slope
from grader.truth.measuring import Measuring
from grader.truth.modules import TRUSTED_FAULTS, TrustedFunctionError, TrustedModules
from grader.truth.snapshot import without_curves
from grader.truth.yardstick import yardstick

T = TypeVar("T")


class Truth:
    """What the trusted modules of one assignment say, for one seed. Safe to share between threads.

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
        self._measuring = Measuring(assignment, modules, seed)
        self._kept: dict[tuple[object, ...], Any] = {}
        self._brought: dict[tuple[object, ...], Any] = {}
        self._lock = threading.RLock()

    def yardstick(self, problem: Problem) -> Submission:
        """Return the trusted function as a submission of ours, see `grader.truth.yardstick`."""
        return yardstick(self._modules, problem.reference)

    def kept(self) -> dict[tuple[object, ...], Any]:
        """Return what has been worked out so far, to be pickled for a process of ours.

        Returns
        -------
        dict
            By what was asked.
        """
        with self._lock:
            return without_curves(self._kept)

    def bring(self, kept: Mapping[tuple[object, ...], Any]) -> None:
        """Take over what the truth of the same assignment and seed has worked out elsewhere.

        Parameters
        ----------
        kept : mapping
            From `kept`.
        """
        with self._lock:
            self._brought |= kept
            self._kept |= kept

    def forget(self, *, above: int) -> None:
        """Drop what was worked out here, not what was brought, once there is much of it.

        Every wrong answer is made smaller on cases of its own, so that without an end to it a run of thousands would
        fill the memory. What was dropped comes out the same when it is asked for again.

        Parameters
        ----------
        above : int
            How many values may be kept besides those that were brought.
        """
        with self._lock:
            if len(self._kept) - len(self._brought) > above:
                self._kept = dict(self._brought)

    def expected(self, problem: Problem, case: Case) -> tuple[Expected, ...]:
        """Return what the trusted answer is, one value per ``problem.returns``, with the unit of each entry.

        Parameters
        ----------
        problem : Problem
            Whose reference.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Expected

        Raises
        ------
        TrustedFunctionError
            The reference failed on the case, or returned another number of values than the rubric says.
        """
        return self._once(("expected", problem.id, case.draw), lambda: self._measuring.answer(problem, case))

    def mistaken(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Expected, ...] | None:
        """Return what a student with a named misconception would return, with its own units.

        Parameters
        ----------
        problem : Problem
            Whose misconception.
        misconception : Misconception
            Which.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Expected, or None
            None where the mistake makes the function fail on this case, as it would the student's.
        """

        def compute() -> tuple[Expected, ...] | None:
            try:
                return self._measuring.values(problem, misconception.function, case, any_count=True)
            except TrustedFunctionError:
                return None

        return self._once(("mistaken", problem.id, misconception.id, case.draw), compute)

    def mistaken_values(self, problem: Problem, misconception: Misconception, case: Case) -> tuple[Array, ...] | None:
        """Return what a named misconception gives, without units: one evaluation instead of dozens.

        Parameters
        ----------
        problem : Problem
            Whose misconception.
        misconception : Misconception
            Which.
        case : Case
            The inputs.

        Returns
        -------
        tuple of ndarray, or None
            None where the mistake makes the function fail on this case.
        """

        def compute() -> tuple[Array, ...] | None:
            try:
                with np.errstate(all="ignore"):
                    return evaluate_once(self._modules.function(misconception.function), case.values)
            except TRUSTED_FAULTS:
                return None

        return self._once(("mistaken values", problem.id, misconception.id, case.draw), compute)

    def mistaken_at_least(
        self, problem: Problem, misconception: Misconception, case: Case
    ) -> tuple[Expected, ...] | None:
        """Return what a named misconception gives, with the least units that measuring could find.

        Parameters
        ----------
        problem : Problem
            Whose misconception.
        misconception : Misconception
            Which.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Expected, or None
            None where it fails, does not give as many numbers as are due, or not finite ones.
        """

        def compute() -> tuple[Expected, ...] | None:
            values = self.mistaken_values(problem, misconception, case)
            if values is None or len(values) != len(problem.returns):
                return None
            if not all(np.isfinite(value).all() for value in values):
                return None
            return tuple(
                Expected(
                    value=value,
                    unit=least_unit(value, blocks=due.block_axes, dtype=case.dtype),
                    informative=False,
                    resolution=math.inf,
                    dtype=case.dtype,
                )
                for value, due in zip(values, problem.returns, strict=True)
            )

        return self._once(("mistaken at least", problem.id, misconception.id, case.draw), compute)

    def term(self, problem: Problem, term: Term, case: Case) -> tuple[Expected, ...]:
        """Return one of the terms that add up to the trusted answer, with its own units.

        Parameters
        ----------
        problem : Problem
            Whose term.
        term : Term
            Which.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Expected
            One value per ``problem.returns``.

        Raises
        ------
        TrustedFunctionError
            The term failed on the case, or returned other shapes than the answer has.
        """

        def compute() -> tuple[Expected, ...]:
            values = self._measuring.values(problem, term.function, case)
            for value, whole in zip(values, self.expected(problem, case), strict=True):
                if value.value.shape != whole.value.shape:
                    says = f"returned shape {value.value.shape} on {case.id}; the answer has {whole.value.shape}"
                    raise TrustedFunctionError(term.function, says, returned=True)
            return values

        return self._once(("term", problem.id, term.function, case.draw), compute)

    def shapes(self, problem: Problem) -> Mapping[str, tuple[Dimension, ...]]:
        """Return the shape of each argument as the rubric states it, with its symbols.

        Parameters
        ----------
        problem : Problem
            Whose arguments.

        Returns
        -------
        mapping of str to tuple of (str or int)
        """
        samplers = self._assignment.inputs[problem.inputs].values
        return {name: samplers[name].shape for name in problem.arguments}

    def glimpse(
        self,
        problem: Problem,
        case: Case,
        change: str,
        arguments: tuple[Array, ...],
        meddle: Callable[[], Tap] | None,
    ) -> tuple[Array, ...] | None:
        """Return the trusted function's values at other inputs, or with an intermediate value changed.

        Parameters
        ----------
        problem : Problem
            Whose reference.
        case : Case
            What the arguments are made from.
        change : str
            The change's name: for one problem and case, the same name stands for the same arguments and `meddle`.
        arguments : tuple of ndarray
            In the order of the signature.
        meddle : callable or None
            Makes a tap that changes intermediate values; not called where the reference takes no tap.

        Returns
        -------
        tuple of ndarray, or None
            Of one evaluation; None where the trusted function has no answer there.
        """

        def compute() -> tuple[Array, ...] | None:
            try:
                with np.errstate(all="ignore"):
                    found = self._tapped(problem, arguments, meddle)
                    values = found if isinstance(found, tuple) else (found,)
                    return tuple(np.asarray(value, dtype=np.float64) for value in values)
            except TRUSTED_FAULTS:
                return None

        return self._once(("glimpse", problem.id, change, case.draw), compute)

    def intermediates(self, problem: Problem, case: Case) -> Mapping[str, Array]:
        """Return the intermediate values that the trusted function hands to its tap on a case.

        Parameters
        ----------
        problem : Problem
            Whose reference.
        case : Case
            The inputs.

        Returns
        -------
        mapping of str to ndarray
            In the order of their computation; empty where the reference takes no tap.
        """

        def compute() -> Mapping[str, Array]:
            seen: dict[str, Array] = {}

            def record(name: str, value: Array) -> Array:
                seen[name] = np.asarray(value)
                return value

            with np.errstate(all="ignore"):
                self._tapped(problem, case.values, lambda: record)
            return seen

        return self._once(("intermediates", problem.id, case.draw), compute)

    def _tapped(self, problem: Problem, arguments: tuple[Array, ...], tap: Callable[[], Tap] | None) -> Any:
        function = self._modules.function(problem.reference)
        if tap is None or "tap" not in inspect.signature(function).parameters:
            return function(*arguments)
        return function(*arguments, tap=tap())

    def slopes(self, problem: Problem, check: FiniteDifferenceCheck, case: Case) -> tuple[Slope, ...]:
        """Return directional derivatives of a check's forward function at a case.

        Parameters
        ----------
        problem : Problem
            Whose check.
        check : FiniteDifferenceCheck
            Names the forward function, the argument and its domain.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Slope

        Raises
        ------
        TrustedFunctionError
            The forward function failed at the case itself.
        """
        return self._once(
            ("slopes", problem.id, check.name, case.draw), lambda: self._measuring.slopes(problem, check, case)
        )

    def pairings(self, problem: Problem, check: AdjointCheck, case: Case) -> tuple[Pairing, ...]:
        """Return the right-hand sides of the adjoint identity at a case, for drawn signed tangents.

        Parameters
        ----------
        problem : Problem
            Whose check.
        check : AdjointCheck
            Names the forward derivative.
        case : Case
            The inputs.

        Returns
        -------
        tuple of Pairing

        Raises
        ------
        TrustedFunctionError
            The forward derivative failed at the case.
        """
        return self._once(
            ("pairings", problem.id, check.name, case.draw), lambda: self._measuring.pairings(problem, check, case)
        )

    def _once(self, key: tuple[object, ...], compute: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = compute()
            value: T = self._kept[key]
            return value
