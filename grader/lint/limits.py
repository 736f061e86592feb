"""Limits that the trusted answer itself exceeds, found by running it as a submission is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.checks.kind import plain
from grader.grading.script import call_for
from grader.loading.codes import RubricCode
from grader.loading.edits import added, rewritten
from grader.loading.faults import Faults
from grader.loading.rubric import Rubric
from grader.model.assignment import Limits, Problem
from grader.model.case import Case
from grader.model.diagnostic import Fix
from grader.model.outcome import (
    Crashed,
    Malformed,
    NotNumeric,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
    Unavailable,
)
from grader.sandbox.session import Session

_ROOM = 10
"""A student's answer may well take ten times what the trusted one takes, by loops for instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untried:
    """Why the trusted answer of a problem could not be run as a submission is.

    Parameters
    ----------
    says : str
        Words for the author of the rubric.
    """

    says: str


def first_calls(
    rubric: Rubric, cases: Mapping[str, Sequence[Case]], session: Session, faults: Faults
) -> tuple[dict[str, Untried], frozenset[str]]:
    """Call each trusted answer on a few cases under the rubric's own limits.

    Parameters
    ----------
    rubric : Rubric
        Has the limits.
    cases : mapping of str to sequence of Case
        By problem.
    session : Session
        Runs the trusted submission.
    faults : Faults
        Where to note a limit that is exceeded.

    Returns
    -------
    dict of str to Untried
        Problems whose answer does not run there at all.
    frozenset of str
        Problems whose answer exceeds a limit.
    """
    untried: dict[str, Untried] = {}
    beyond: set[str] = set()
    loaded = session.load()
    if isinstance(loaded.outcome, TimedOut | OutOfMemory):
        note_limit(rubric, loaded.outcome, "importing the trusted modules", faults, loading=True)
        return {}, frozenset(cases)
    for problem in rubric.assignment.problem:
        for case in cases.get(problem.id, ()):
            outcome = session.call(call_for(problem, plain(case), rubric.assignment.seed))
            match outcome:
                case Returned():
                    continue
                case TimedOut() | OutOfMemory():
                    note_limit(rubric, outcome, f"the trusted answer of `{problem.id}`", faults)
                    beyond.add(problem.id)
                case Malformed() | NotNumeric():
                    # Too many bytes, or something else than numbers: measured, and said, where it is computed here.
                    continue
                case Raised() | Crashed() | Unavailable():
                    untried[problem.id] = Untried(says=_why(outcome))
            break
    return untried, frozenset(beyond)


def _why(outcome: Raised | Crashed | Unavailable) -> str:
    return f"{outcome.type}: {outcome.text}" if isinstance(outcome, Raised) else outcome.says


def note_limit(
    rubric: Rubric, outcome: TimedOut | OutOfMemory, what: str, faults: Faults, *, loading: bool = False
) -> None:
    """Note a limit that was reached.

    Parameters
    ----------
    rubric : Rubric
        Has the limits.
    outcome : TimedOut or OutOfMemory
        What came back.
    what : str
        What reached it.
    faults : Faults
        Where to note it.
    loading : bool
        Whether it was reached while the modules were imported.
    """
    limits = rubric.assignment.limits
    match outcome:
        case OutOfMemory():
            name, bound = "memory_bytes", limits.memory_bytes
            says = f"{what} needs more than {bound:,} bytes of memory"
            _note(rubric, name, min(4 * bound, 1 << 40), says, faults)
        case TimedOut(limit_s=limit_s):
            of_loading = loading and not outcome.cpu and limit_s == limits.load_wall_s
            name = "load_wall_s" if of_loading else _of_time(limits, limit_s, cpu=outcome.cpu)
            seconds = "CPU seconds" if outcome.cpu else "seconds"
            says = f"{what} takes more than {limit_s:g} {seconds}"
            most = 36000 if name.startswith("submission") else 3600
            _note(rubric, name, min(_ROOM * limit_s, most), says, faults)


def note_used_up(rubric: Rubric, wall_s: float, faults: Faults) -> None:
    """Note that the calls of all checks together exceed what a whole submission may use.

    Parameters
    ----------
    rubric : Rubric
        Has the limits.
    wall_s : float
        Seconds that were used.
    faults : Faults
        Where to note it.
    """
    limits = rubric.assignment.limits
    wall = wall_s >= limits.submission_wall_s
    name = "submission_wall_s" if wall else "submission_cpu_s"
    limit = limits.submission_wall_s if wall else limits.submission_cpu_s
    says = f"the trusted answers take more than {limit:g} {'seconds' if wall else 'CPU seconds'} together"
    _note(rubric, name, min(_ROOM * limit, 36000), says, faults)


def note_size(rubric: Rubric, problem: Problem, size_bytes: int, faults: Faults) -> None:
    """Note that a trusted answer is larger than what a call may return.

    Parameters
    ----------
    rubric : Rubric
        Has the limits.
    problem : Problem
        Whose answer.
    size_bytes : int
        Of all its values.
    faults : Faults
        Where to note it.
    """
    says = f"the trusted answer of `{problem.id}` has {size_bytes:,} bytes"
    _note(rubric, "result_bytes", 1 << (2 * size_bytes).bit_length(), says, faults)


def _of_time(limits: Limits, limit_s: float, *, cpu: bool) -> str:
    call, whole = ("call_cpu_s", "submission_cpu_s") if cpu else ("call_wall_s", "submission_wall_s")
    return call if limit_s == getattr(limits, call) else whole


def _note(rubric: Rubric, name: str, enough: float, says: str, faults: Faults) -> None:
    line = f"{name} = {enough:g}" if enough < 1e6 else f"{name} = {round(enough):_}"
    limit = getattr(rubric.assignment.limits, name)
    faults.add(
        RubricCode.LIMIT_EXCEEDED,
        says,
        ("limits", name),
        label=f"`{name}` is {limit:,}",
        help_=f"write `{line}`, for example, or make the trusted answer need less",
        fix=_fix(rubric, name, line),
    )


def _fix(rubric: Rubric, name: str, line: str) -> Fix | None:
    document = rubric.document
    if document.find(("limits", name)) is not None:
        return rewritten(document, ("limits", name), line.partition(" = ")[2])
    if document.find(("limits",)) is not None:
        return added(document, ("limits",), line)
    return added(document, (), f"limits = {{ {line} }}")


def over(outcome: Outcome) -> TimedOut | OutOfMemory | None:
    """Return an outcome that says that a limit was reached; None for any other."""
    return outcome if isinstance(outcome, TimedOut | OutOfMemory) else None
