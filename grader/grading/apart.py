"""Judges the checks that are not tried case by case: how long a function takes, and what stands in its source."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.checks.efficiency import Measured, beyond_doubt, clear, measured
from grader.checks.finding import CaseFinding
from grader.checks.source import Seen, Sort, seen
from grader.grading.judge import Judged
from grader.grading.plan import Plan
from grader.grading.timing import Race
from grader.grading.words import in_line, sentence, sizes_words
from grader.model.assignment import Problem
from grader.model.checks import ApartCheck, SourceCheck, VectorisedCheck
from grader.model.report import Finding, Verdict
from grader.model.submission import Submission
from grader.sandbox import Sandbox
from grader.sandbox.running import Runner
from grader.truth.book import Truth
from grader.truth.handout import Handout
from grader.words import say, say_count


class Apart(Protocol):
    """Judges checks that are not tried case by case."""

    def judged(self, problem: Problem, check: ApartCheck, before: Sequence[Judged]) -> Judged:
        """Return what a check says, once the checks listed before it have been judged."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The numbers behind a verdict on times; they differ from run to run.

    Parameters
    ----------
    check : str
        ``problem.check``.
    measured : Measured
        Ratio and growth.
    clock : str
        ``"cpu"`` or ``"wall"``.
    repetitions : int
        How often each was called.
    """

    check: str
    measured: Measured
    clock: str
    repetitions: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeSubmission:
    """One submission, as a whole.

    Parameters
    ----------
    plan : Plan
        The cases to time it on.
    truth : Truth or Handout
        The trusted functions to time beside it.
    runner : Runner
        Runs it.
    submission : Submission
        What was handed in.
    """

    plan: Plan
    truth: Truth | Handout
    runner: Runner
    submission: Submission
    timings: list[Timing] = field(default_factory=list)
    """Of the checks judged so far."""

    def judged(self, problem: Problem, check: ApartCheck, before: Sequence[Judged]) -> Judged:
        """Return what a check says; see `Apart`."""
        match check:
            case SourceCheck():
                return _of_source(check, seen(check, problem.function, self.submission))
            case VectorisedCheck():
                return self._of_times(problem, check, before)

    def _of_times(self, problem: Problem, check: VectorisedCheck, before: Sequence[Judged]) -> Judged:
        if any(one.check.decides and one.verdict is Verdict.DISAGREES for one in before):
            # What it does is not what is asked for; how fast it does it says nothing.
            return _told(check, Verdict.DISAGREES, Finding.SKIPPED, say("efficiency.not_right"))
        if not isinstance(self.runner, Sandbox) or not isinstance(self.truth, Truth):
            return _told(check, Verdict.INCONCLUSIVE, Finding.TIMES_UNCLEAR, say("efficiency.not_here"))
        with (
            self.runner.session(self.submission) as student,
            self.runner.session(self.truth.yardstick(problem)) as ours,
        ):
            race = Race(student=student, ours=ours, truth=self.truth, problem=problem, check=check, seed=self.plan.seed)
            race.run(self.plan.of(problem, check.families))
            if race.unfit is None and not _decided(check, race):
                # Twice as many, before points are lost or a person is asked.
                race.run(self.plan.drawer.further(problem, check.families))
        if race.unfit is not None:
            return _unfit(problem, check, race.unfit)
        if not race.laps:
            return _told(check, Verdict.INCONCLUSIVE, Finding.TIMES_UNCLEAR, say("efficiency.unclear"))
        found = measured(check, race.laps, cpu=race.cpu)
        clock = "cpu" if race.cpu else "wall"
        name = f"{problem.id}.{check.name}"
        self.timings.append(Timing(check=name, measured=found, clock=clock, repetitions=len(race.laps)))
        return _told(check, found.verdict, found.finding, _times_words(check, found, cpu=race.cpu))


def _told(check: ApartCheck, verdict: Verdict, finding: Finding, says: str) -> Judged:
    return Judged(check=check, verdict=verdict, finding=finding, findings=(), shown=None, says=says)


def _decided(check: VectorisedCheck, race: Race) -> bool:
    laps, cpu = race.laps, race.cpu
    if not laps or beyond_doubt(check, laps, cpu=cpu):
        return bool(laps)
    return measured(check, laps, cpu=cpu).verdict is Verdict.AGREES


# Times ----------------------------------------------------------------------------------------------------------------


def _unfit(problem: Problem, check: VectorisedCheck, found: CaseFinding) -> Judged:
    on_case = Judged(check=check, verdict=found.verdict, finding=found.finding, findings=(found,), shown=found)
    at = {symbol: size for symbol, size in found.case.sizes if symbol in check.sizes[0]}
    says = say("efficiency.unfit", size=sizes_words(at), says=sentence(on_case, problem.function))
    return _told(check, Verdict.DISAGREES, found.finding, says)


def _times_words(check: VectorisedCheck, found: Measured, *, cpu: bool) -> str:
    """Return what times say, by the rubric's own bounds: what was measured is another number each time."""
    large = sizes_words(check.sizes[1])
    match found.finding:
        case Finding.TOO_SLOW:
            return say("efficiency.too_slow", times=f"{clear(cpu=cpu) * check.at_most:g}", size=large)
        case Finding.GROWS_TOO_FAST:
            return say("efficiency.grows_too_fast", symbol=check.grows, power=f"{check.growth:g}")
        case Finding.RIGHT:
            return say("efficiency.right", times=f"{check.at_most:g}", size=large, symbol=check.grows)
        case _:
            return say("efficiency.unclear")


# Source ---------------------------------------------------------------------------------------------------------------


def _of_source(check: SourceCheck, found: Sequence[Seen]) -> Judged:
    if not found:
        return _told(check, Verdict.AGREES, Finding.RIGHT, say("static.right"))
    first = found[0]
    says = _source_words(first)
    more = sum(one.sort.certain == first.sort.certain for one in found) - 1
    if more:
        says = say_count("static.more", more, says=says)
    if first.sort.certain:
        return _told(check, Verdict.DISAGREES, Finding.FORBIDDEN_SOURCE, says)
    return _told(check, Verdict.INCONCLUSIVE, Finding.SOURCE_UNCLEAR, say("static.for_a_person", says=says))


def _source_words(one: Seen) -> str:
    where = say("place.line", where=one.label, line=one.line) if one.line else one.label
    if one.function:
        where = say("static.within", where=where, function=one.function)
    place = {"where": where, "line": in_line(one.text)}
    match one.sort:
        case Sort.FORBIDDEN:
            return say("static.forbidden", name=one.name, **place)
        case Sort.LOOP:
            return say("static.loop", **place)
        case Sort.RECURSION:
            return say("static.recursion", function=one.name, **place)
        case Sort.HIDDEN:
            return say("static.hidden", name=in_line(one.name), **place)
        case Sort.UNREADABLE:
            return say("static.unreadable", where=where)
        case Sort.NOT_FOUND:
            return say("static.not_found", function=one.name)
