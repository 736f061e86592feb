"""What became of a submission's source, in the words of the report."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.grading.run import Caller, takes_back
from grader.grading.words import in_line
from grader.loading.same_lines import same_lines
from grader.model.assignment import Assignment
from grader.model.case import Call
from grader.model.checks import DerivationCheck
from grader.model.outcome import Absence, Crashed, Malformed, Outcome, OutOfMemory, TimedOut, Unavailable
from grader.model.submission import Submission
from grader.sandbox import Loaded
from grader.sandbox.questions import Question
from grader.sandbox.running import Running
from grader.words import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """A session whose words for "the source stopped before this function" are the same for every function."""

    session: Running
    stopped: str

    def call(self, call: Call) -> Outcome:
        """Return what came back."""
        return self._in_words(self.session.call(call))

    def ask(self, questions: Sequence[Question]) -> tuple[Outcome, ...]:
        """Return what came back of many calls."""
        outcomes = self.session.ask(questions)
        # One that says why it is none is the rare case, and words are for it alone.
        return tuple([self._in_words(o) if isinstance(o, Unavailable) else o for o in outcomes])

    @property
    def may_take_back(self) -> bool:
        """Whether `take_back` may be asked for."""
        return takes_back(self.session)

    def take_back(self, count: int) -> None:
        """Let so many of the calls that `ask` made last not have been made."""
        if not takes_back(self.session):
            msg = "these calls cannot be taken back"
            raise AssertionError(msg)
        self.session.take_back(count)

    def _in_words(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Unavailable) and outcome.absence is Absence.NOT_LOADED and self.stopped:
            return Unavailable(absence=Absence.NOT_LOADED, says=self.stopped)
        return outcome


def caller_of(session: Running, submission: Submission, loaded: Loaded) -> Caller:
    """Return what calls a submission's functions, and says why one is not there in the words of the report.

    Parameters
    ----------
    session : Running
        Where it runs.
    submission : Submission
        What runs.
    loaded : Loaded
        What became of running its source.

    Returns
    -------
    Caller
    """
    return _Told(session=session, stopped=_stopped(submission, loaded))


def _stopped(submission: Submission, loaded: Loaded) -> str:
    if submission.problem:
        return submission.problem
    return next(iter(load_notes(loaded)), "")


def notes(submission: Submission, loaded: Loaded) -> tuple[str, ...]:
    """Return what a student should know besides the checks: what could not be read or run, and what was skipped.

    Parameters
    ----------
    submission : Submission
        What was read.
    loaded : Loaded
        What became of running its source.

    Returns
    -------
    tuple of str
    """
    problem = (submission.problem,) if submission.problem else ()
    return (*problem, *load_notes(loaded), *submission.skipped)


def line_notes(assignment: Assignment, submission: Submission) -> tuple[str, ...]:
    """Return which lines of a derivation are written as the same code: equal by themselves, so nothing is derived.

    Parameters
    ----------
    assignment : Assignment
        Names the derivations.
    submission : Submission
        What was read.

    Returns
    -------
    tuple of str
        Empty where there are none.
    """
    notes = []
    for problem in assignment.problem:
        for check in problem.check:
            if isinstance(check, DerivationCheck):
                steps = problem.steps_of(check)
                alike = [", ".join(map(str, numbers)) for numbers in same_lines(submission, steps, check.most)]
                notes += [say("derivation.same_code", steps=steps, lines=lines) for lines in alike]
    return tuple(notes)


def load_notes(loaded: Loaded) -> tuple[str, ...]:
    """Return what went wrong while a submission's source was run, in words.

    Parameters
    ----------
    loaded : Loaded
        What became of it.

    Returns
    -------
    tuple of str
        Empty where nothing did.
    """
    notes = []
    for failure in loaded.failures:
        where = failure.where or failure.label
        says = in_line(say("loading.stopped", where=where, type=failure.type, text=failure.text))
        notes.append(say("loading.in_line", says=says, line=failure.line) if failure.line else says)
    match loaded.outcome:
        case None:
            pass
        case TimedOut(limit_s=limit_s):
            notes.append(say("loading.timed_out", seconds=f"{limit_s:g}"))
        case OutOfMemory(limit_bytes=limit_bytes):
            notes.append(say("loading.out_of_memory", size=say("unit.gib", size=f"{limit_bytes / 2**30:.3g}")))
        case Crashed(says=says) | Malformed(says=says):
            notes.append(say("loading.crashed", says=says))
    return tuple(notes)
