"""What came of answers that were the same to the last bit: the report of a problem rests on nothing else.

Theory of operation: of each problem, what the grader says next depends only on what came back so far. So all dialogues
about a problem form a tree: from the answers to the script over each further call to the report. A dialogue that was
had before is had again, call by call, so that every submission is asked just what it would be asked without a memory.

Where only one thing ever came back of a call, the next one is asked along with it, for each exchange costs more than
most calls do. If something else comes back then, the submission has been asked what it would not have been asked: these
calls are taken back, and it is asked one after the other.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from grader.grading.run import Asker, TakingBack, takes_back
from grader.model.assignment import Problem
from grader.model.case import Call
from grader.model.outcome import (
    Absence,
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
from grader.model.report import ProblemReport
from grader.sandbox.questions import Question, Room, Seen, question
from grader.words import words_in_force

MOST_TURNS = 20_000
"""Of all dialogues that are kept: some hundred bytes each, beside what came back."""
MOST_REPORTS = 1_000
"""What a class finds after that is worked out each time."""
MOST_BYTES = 1 << 26
"""Of what was asked, of what came back and of the reports: a class may answer with as much as it likes."""
MOST_AHEAD = 64
"""Calls that are made at once because the ones before them went as they always went."""
_CHARACTER_BYTES = 4
"""Of a text in memory, at most."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The verdicts of the problem are final; what is asked further only makes the shown case smaller."""


Said: TypeAlias = Question | Pause | ProblemReport


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A further call, and what came back.

    Parameters
    ----------
    call : Call
        Which.
    seen : Seen
        What.
    """

    call: Call
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Talk:
    """A whole dialogue, for another process that grades by the same plan.

    Parameters
    ----------
    words : str
        The language it was held in.
    problem : str
        The problem's id.
    script : tuple of Seen
        What came back of the script's calls.
    further : tuple of (Asked or Pause)
        What was asked after that, in order, and where the verdicts were final.
    report : ProblemReport
        What was said in the end.
    """

    words: str
    problem: str
    script: tuple[Seen, ...]
    further: tuple[Asked | Pause, ...]
    report: ProblemReport


@dataclass(slots=True, eq=False)
class _Turn:
    """What the grader says at some point of a dialogue, and where that leads."""

    said: Said | None = None
    then: "dict[Outcome | None, _Turn]" = field(default_factory=dict)


_Begun: TypeAlias = tuple[str, str, tuple[Outcome, ...]]


class Dialogues:
    """What was said about every problem of an assignment so far.

    Notes
    -----
    Threads may share it: whatever two of them write at the same place is of the same worth.
    """

    def __init__(self) -> None:
        self._begun: dict[_Begun, _Turn] = {}
        self._turns = 0
        self._reports = 0
        self._kept = Room(MOST_BYTES)
        self.room = Room(MOST_BYTES // 2)
        """Of the answers to what is asked beyond the script."""
        self.talks: deque[Talk] | None = None
        """Where dialogues that were worked out here are put for others, the newest last; None: nobody wants them."""

    def begin(self, problem: Problem, outcomes: Sequence[Outcome], caller: Asker) -> "Dialogue":
        """Return the dialogue with a submission about a problem.

        Parameters
        ----------
        problem : Problem
            Which.
        outcomes : sequence of Outcome
            Of all calls of the script that are made for it.
        caller : Asker
            Makes further calls.

        Returns
        -------
        Dialogue
            Without a memory where a call had to be killed: what then comes back depends on the machine's load, too.
        """
        if not all(isinstance(outcome, Returned) or _repeatable(outcome) for outcome in outcomes):
            return Dialogue(caller, self, None)
        key = (words_in_force(), problem.id, tuple(outcomes))
        turn = self._begun.get(key) or self.new_turn(outcomes)
        if turn is not None:
            self._begun.setdefault(key, turn)
        return Dialogue(caller, self, turn, key)

    def learn(self, talk: Talk, questions: Sequence[Question]) -> None:
        """Take in a dialogue that was held elsewhere, as far as there is room.

        Parameters
        ----------
        talk : Talk
            What was said.
        questions : sequence of Question
            The script's, about that problem.
        """
        outcomes = tuple(one.know(seen) for one, seen in zip(questions, talk.script, strict=True))
        if None in outcomes:
            return
        key = (talk.words, talk.problem, tuple(outcome for outcome in outcomes if outcome is not None))
        turn = self._begun.get(key) or self.new_turn(key[2])
        if turn is not None:
            self._begun.setdefault(key, turn)
        for step in talk.further:
            turn = self._learned(turn, step)
        if turn is not None and turn.said is None and self.keeps_report(talk.report):
            turn.said = talk.report

    def _learned(self, turn: _Turn | None, step: Asked | Pause) -> _Turn | None:
        """Return where a step leads that was taken elsewhere; None where something else is said here."""
        if turn is None:
            return None
        if isinstance(step, Pause):
            turn.said = turn.said or step
            return self.after(turn, None) if isinstance(turn.said, Pause) else None
        for array in step.call.arguments:
            array.flags.writeable = False
        asked = question(step.call, self.room)
        if turn.said is None:
            if not self.keeps(2 * len(asked.asked)):
                return None
            turn.said = asked
        if not isinstance(turn.said, Question) or turn.said.asked != asked.asked:
            return None
        outcome = turn.said.know(step.seen)
        return None if outcome is None else self.after(turn, outcome)

    def after(self, turn: _Turn, outcome: Outcome | None) -> _Turn | None:
        """Return where an outcome, or a pause, leads from a turn; None where no more is kept."""
        then = turn.then.get(outcome) or self.new_turn([outcome] if outcome is not None else [])
        return None if then is None else turn.then.setdefault(outcome, then)

    def expected(self, turn: _Turn) -> list[Question]:
        """Return what is asked at a turn, and what was always asked after it."""
        questions: list[Question] = []
        here: _Turn | None = turn
        while here is not None and isinstance(here.said, Question) and len(questions) < MOST_AHEAD:
            questions.append(here.said)
            # A copy: another thread may add to it.
            then = [*here.then.values()]
            here = then[0] if len(then) == 1 else None
        return questions

    def new_turn(self, outcomes: Iterable[Outcome]) -> _Turn | None:
        """Return a turn for what was never said before, after certain outcomes; None where enough is kept."""
        if self._turns >= MOST_TURNS or self._reports >= MOST_REPORTS:
            return None
        if not self.keeps(sum(map(_size, outcomes))):
            return None
        self._turns += 1
        return _Turn()

    def keeps(self, size: int) -> bool:
        """Return whether so many bytes may be kept, and count them."""
        return self._kept.take(size)

    def keeps_report(self, report: ProblemReport) -> bool:
        """Return whether a report may be kept, and count it."""
        self._reports += 1
        return self.keeps(_CHARACTER_BYTES * len(repr(report)))


class Dialogue:
    """One submission and one problem; a caller that remembers what it asked, of this submission or of others.

    Parameters
    ----------
    caller : Asker
        Makes the calls.
    dialogues : Dialogues
        Keeps what is said.
    turn : _Turn or None
        Where the dialogue begins; None: nothing of it is kept.
    begun : tuple of (str, str, tuple of Outcome) or None
        The language, the problem, what came back of the script.
    """

    def __init__(self, caller: Asker, dialogues: Dialogues, turn: _Turn | None, begun: _Begun | None = None) -> None:
        self._caller = caller
        self._dialogues = dialogues
        self._turn = turn
        self._begun = begun
        self._further: list[tuple[Question, Outcome] | Pause] = []
        self._came: deque[tuple[Question, Outcome]] = deque()

    def repeat(self) -> Pause | ProblemReport | None:
        """Make the calls that were made before at this point, as long as the same comes back.

        Returns
        -------
        Pause, ProblemReport or None
            What the grader said after them; None where that is not known: then it has to be worked out, and what came
            back meanwhile is handed out again by `call`.
        """
        while self._turn is not None and isinstance(self._turn.said, Question):
            if takes_back(self._caller):
                self._repeat_ahead(self._turn, self._caller)
            else:
                self._took(self._turn.said, *self._caller.ask([self._turn.said]))
        said = None if self._turn is None else self._turn.said
        if isinstance(said, Pause):
            self._pass(said)
        return said if isinstance(said, Pause | ProblemReport) else None

    def _repeat_ahead(self, turn: _Turn, caller: TakingBack) -> None:
        """Make the next calls that were always made, and take those back that are not made this time."""
        asked = self._dialogues.expected(turn)
        outcomes = caller.ask(asked)
        for place, (one, outcome) in enumerate(zip(asked, outcomes, strict=False), 1):
            self._took(one, outcome)
            too_many = len(outcomes) - place
            if too_many and (self._turn is None or self._turn.said is not asked[place]):
                caller.take_back(too_many)
                break

    def _took(self, asked: Question, outcome: Outcome) -> None:
        self._came.append((asked, outcome))
        self._note(asked, outcome)

    def call(self, call: Call) -> Outcome:
        """Return what came back of a call, which is made unless `repeat` has made it."""
        asked = question(call, self._dialogues.room)
        if not self._came:
            return self._asked(asked)
        before, outcome = self._came.popleft()
        self._same(asked, before)
        return outcome

    def pause(self) -> None:
        """Keep that the verdicts were final here."""
        if self._turn is not None:
            self._turn.said = Pause()
            self._pass(self._turn.said)

    def close(self, report: ProblemReport, script: Sequence[Question] = ()) -> None:
        """Keep the report that ended the dialogue, and tell others of it if they want to know.

        Parameters
        ----------
        report : ProblemReport
            What was said in the end.
        script : sequence of Question
            What was asked in the beginning.
        """
        if self._turn is not None and self._turn.said is None and self._dialogues.keeps_report(report):
            self._turn.said = report
            talks = self._dialogues.talks
            talk = None if talks is None else self._talk(report, script)
            if talks is not None and talk is not None:
                talks.append(talk)

    def _talk(self, report: ProblemReport, script: Sequence[Question]) -> Talk | None:
        if self._begun is None:
            return None
        words, problem, outcomes = self._begun
        came = [one.seen(outcome) for one, outcome in zip(script, outcomes, strict=True)]
        further: list[Asked | Pause | None] = []
        for step in self._further:
            if isinstance(step, Pause):
                further.append(step)
            else:
                seen = step[0].seen(step[1])
                further.append(None if seen is None else Asked(call=step[0].call, seen=seen))
        if None in came or None in further:
            # Something in it was too much to keep, so that nobody would recognise it.
            return None
        return Talk(
            words=words,
            problem=problem,
            script=tuple(seen for seen in came if seen is not None),
            further=tuple(step for step in further if step is not None),
            report=report,
        )

    def _pass(self, pause: Pause) -> None:
        self._further.append(pause)
        self._go(None)

    def _asked(self, asked: Question) -> Outcome:
        if self._turn is not None and self._turn.said is None:
            # Its arguments are kept twice: as arrays and as they are sent.
            self._turn = self._turn if self._dialogues.keeps(2 * len(asked.asked)) else None
        if self._turn is not None:
            if self._turn.said is None:
                self._turn.said = asked
            # The very question that was asked before: what came back of it is recognised by it.
            asked = self._same(asked, self._turn.said)
        (outcome,) = self._caller.ask((asked,))
        self._note(asked, outcome)
        return outcome

    def _note(self, asked: Question, outcome: Outcome) -> None:
        if _repeatable(outcome):
            self._further.append((asked, outcome))
            self._go(outcome)
        else:
            self._turn = None

    @staticmethod
    def _same(asked: Question, before: Said) -> Question:
        if not isinstance(before, Question) or before.asked != asked.asked:
            msg = f"{asked.call.function} is asked something else than before, although the same came back"
            raise AssertionError(msg)
        return before

    def _go(self, outcome: Outcome | None) -> None:
        if self._turn is not None:
            self._turn = self._dialogues.after(self._turn, outcome)


def _repeatable(outcome: Outcome) -> bool:
    """Return whether an outcome is the submission's alone, not the machine's as well."""
    if isinstance(outcome, Unavailable):
        return outcome.absence in {Absence.MISSING, Absence.NOT_CALLABLE}
    return isinstance(outcome, Returned | Raised | NotNumeric)


def _size(outcome: Outcome) -> int:
    """Return how many bytes an outcome holds, about; other submissions may have the same ones."""
    match outcome:
        case Returned(values=values, inputs_after=inputs):
            return sum(array.nbytes for array in (*values, *inputs))
        case Raised(type=name, text=text, where=where, line=line):
            return _CHARACTER_BYTES * sum(map(len, (name, text, where, line)))
        case NotNumeric(says=says) | Unavailable(says=says) | Crashed(says=says) | Malformed(says=says):
            return _CHARACTER_BYTES * len(says)
        case TimedOut() | OutOfMemory():
            return 0
