"""What is replayed of a derivation: the first line whose "=" does not hold, or the last one; the others beside it."""

from dataclasses import dataclass

import numpy as np

from grader.checks.derivation import line_name
from grader.checks.finding import CaseFinding, LineFinding
from grader.checks.receive import returned_part
from grader.model.assignment import Problem
from grader.model.case import Array, frozen_array
from grader.model.checks import DerivationCheck
from grader.model.outcome import Outcome
from grader.model.replay import DueValue, ReplayedCall
from grader.numerics.equality import within
from grader.numerics.expected import AGREE_UNITS, Expected


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayedLine:
    """One line of a derivation as a replay shows it.

    Parameters
    ----------
    function : str
        What was called: ``"grad_pi_steps[2]"``.
    outcome : Outcome
        What came back.
    due : DueValue
        What stands left of its "=".
    received : tuple of ndarray
        What came back, where it can be compared with that.
    others : tuple of ReplayedCall
        The other lines.
    """

    function: str
    outcome: Outcome
    due: DueValue
    received: tuple[Array, ...]
    others: tuple[ReplayedCall, ...]


def replayed_line(
    problem: Problem, check: DerivationCheck, found: CaseFinding, expected: tuple[Expected, ...]
) -> ReplayedLine:
    """Return what a replay shows of a derivation.

    Parameters
    ----------
    problem : Problem
        Whose.
    check : DerivationCheck
        Which derivation.
    found : CaseFinding
        What the case says of it.
    expected : tuple of Expected
        The trusted answer on the case.

    Returns
    -------
    ReplayedLine
    """
    part = returned_part(problem, check.returns)
    steps, name, truth = problem.steps_of(check), problem.returns[part].name, expected[part]
    # Where there is no line, the first one is what was asked for.
    shown = next((line for line in found.lines if line.number == found.rank), found.lines[-1] if found.lines else None)
    others = tuple(
        ReplayedCall(
            says=line_name(line.number),
            arguments=found.case.arguments,
            outcome=line.outcome,
            function=f"{steps}[{line.number - 1}]",
        )
        for line in found.lines
        if line is not shown
    )
    return ReplayedLine(
        function=f"{steps}[{shown.number - 1 if shown is not None else 0}]",
        outcome=found.outcome if shown is None else shown.outcome,
        due=_due(name, shown, truth),
        received=() if shown is None else _received(shown),
        others=others,
    )


def _due(name: str, line: LineFinding | None, truth: Expected) -> DueValue:
    if line is None or line.left is None:
        return DueValue(name=name, expected=truth.value, unit=truth.unit)
    left = line.left
    other = line.value if line.value is not None and line.value.shape == left.shape else left
    return DueValue(name=name, expected=frozen_array(left), unit=frozen_array(within(left, other, truth) / AGREE_UNITS))


def _received(line: LineFinding) -> tuple[Array, ...]:
    if line.value is None or line.left is None or line.value.shape != line.left.shape:
        return ()
    return (frozen_array(np.asarray(line.value, dtype=np.float64)),)
