"""Which case a replay runs: the one that was typed, the one that the report shows, or the check's first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.inputs import InputSet
from grader.numerics.literals import LiteralError, assigned_arrays
from grader.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCase:
    """The failing case that a report shows.

    Parameters
    ----------
    name : str
        Such as ``generic[3]``, or ``generic[3], made smaller``.
    inputs : str
        Assignments of the arguments, as Python; they may be smaller than the case was drawn.
    """

    name: str
    inputs: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """The case to run, and what a person should know about it.

    Parameters
    ----------
    case : Case
        The inputs.
    warnings : tuple of str
        Why it is not the one that the report shows; empty where it is.
    """

    case: Case
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchCase:
    """The check has no case of the name that was typed.

    Parameters
    ----------
    says : str
        Which there are.
    """

    says: str


def chosen_case(
    cases: Sequence[Case], typed: str, reported: ReportedCase | None, problem: Problem, inputs: InputSet
) -> Chosen | NoSuchCase:
    """Return the case to run.

    Parameters
    ----------
    cases : sequence of Case
        The check's, as they are drawn; at least one.
    typed : str
        A name or a number from 0; empty if nothing was typed.
    reported : ReportedCase or None
        What the report shows.
    problem : Problem
        Whose cases.
    inputs : InputSet
        How they are drawn.

    Returns
    -------
    Chosen or NoSuchCase
        What was typed is taken as it is drawn; what the report shows, as the report shows it.
    """
    by_name = {case.id: case for case in cases}
    if typed.isascii() and typed.isdecimal() and int(typed) < len(cases):
        return Chosen(case=cases[int(typed)])
    if typed:
        if typed in by_name:
            return Chosen(case=by_name[typed])
        return NoSuchCase(says=f"it has {_listed(cases)}, or by number 0 to {len(cases) - 1}")
    if reported is None:
        return Chosen(case=cases[0])
    # What follows a comma says how the case came from the one that was drawn.
    drawn = by_name.get(reported.name.partition(",")[0])
    if drawn is None:
        says = say("replay.not_drawn", case=reported.name, this=cases[0].id)
        return Chosen(case=cases[0], warnings=(says,))
    shown = _as_shown(drawn, reported.inputs, problem, inputs)
    if shown is None:
        says = say("replay.do_not_fit", this=drawn.id)
        return Chosen(case=drawn, warnings=(says,))
    return Chosen(case=shown)


def _listed(cases: Sequence[Case]) -> str:
    counts = Counter(case.family for case in cases)
    return ", ".join(f"{f}[0] to {f}[{n - 1}]" if n > 1 else f"{f}[0]" for f, n in counts.items())


def _as_shown(drawn: Case, source: str, problem: Problem, inputs: InputSet) -> Case | None:
    """Return the case with the inputs of a report; None where they are not inputs of the problem."""
    try:
        arguments = assigned_arrays(source)
    except LiteralError:
        return None
    if [name for name, _ in arguments] != list(problem.arguments):
        return None
    pairs = [(value, own) for (_, value), own in zip(arguments, drawn.values, strict=True)]
    if all(value.shape == own.shape and value.tobytes() == own.tobytes() for value, own in pairs):
        return drawn
    if any(value.dtype != own.dtype for value, own in pairs):
        return None
    sizes = _sizes(arguments, inputs)
    if sizes is None:
        return None
    return replace(
        drawn,
        arguments=arguments,
        sizes=tuple(sorted((dict(drawn.sizes) | sizes).items())),
        draw=f"{drawn.draw}/as reported",
        says=say("replay.as_reported"),
    )


def _sizes(arguments: Sequence[tuple[str, Array]], inputs: InputSet) -> dict[str, int] | None:
    """Return what the symbols of the shapes stand for; None where they contradict each other."""
    sizes: dict[str, int] = {}
    for name, value in arguments:
        shape = inputs.values[name].shape
        if len(shape) != value.ndim:
            return None
        for dimension, n in zip(shape, value.shape, strict=True):
            due = sizes.setdefault(dimension, n) if isinstance(dimension, str) else dimension
            if n != due:
                return None
    return sizes
