"""Wrong answers that kept their points, and whether they are wrong at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.audit.certify import PairOf, compare_exactly, same_bits_everywhere
from grader.audit.crew import Crew
from grader.audit.kept import digest
from grader.audit.mutants import Mutant
from grader.audit.stages import Stage
from grader.audit.subjects import Subject
from grader.audit.trials import Bench, Marks, Plan, Trial
from grader.model.audit import Standing
from grader.model.checks import DerivationCheck

_OF_DIGITS = frozenset({"float32", "rounding"})
"""Operators that leave the formula as it is."""
_OTHER_SEEDS = 2
"""So many other draws of cases decide whether it is the draw that lets a mutant through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What is concluded of a mutant.

    Parameters
    ----------
    standing : str
        See `grader.model.audit.Standing`.
    evidence : str
        Why.
    """

    standing: Standing
    evidence: str = ""


CAUGHT = Conclusion(standing="caught")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Survivor:
    subject: Subject
    mutant: Mutant
    marks: Marks


def lost(marks: Marks) -> bool:
    """Return whether an answer lost points.

    Parameters
    ----------
    marks : Marks
        What it came to.

    Returns
    -------
    bool
        Points that wait for a person are not lost.
    """
    return marks.score + marks.undecided < marks.most


def conclusions(
    tried: Sequence[tuple[Subject, Sequence[Marks]]],
    accepted: Mapping[str, str],
    plans: tuple[int, Sequence[int]],
    crew: Crew,
    stage: Stage,
) -> tuple[tuple[Conclusion, ...], ...]:
    """Return what is concluded of every mutant.

    Parameters
    ----------
    tried : sequence of (Subject, sequence of Marks)
        What the mutants of each problem came to.
    accepted : mapping of str to str
        By a mutant's key, why the rubric's author lets it keep its points.
    plans : (int, sequence of int)
        The rubric's seed, and others.
    crew : Crew
        Does the work.
    stage : callable
        Shows how far it has come.

    Returns
    -------
    tuple of tuple of Conclusion
        In the order of the subjects and of their mutants.
    """
    seed, others = plans[0], plans[1][:_OTHER_SEEDS]
    alive = [
        _Survivor(subject=subject, mutant=mutant, marks=marks)
        for subject, of_mutants in tried
        for mutant, marks in zip(subject.mutants, of_mutants, strict=True)
        if not lost(marks)
    ]
    explained = {
        id(one.mutant): conclusion for one, conclusion in _explained(alive, accepted, seed, others, crew, stage)
    }
    return tuple(tuple(explained.get(id(mutant), CAUGHT) for mutant in subject.mutants) for subject, _ in tried)


def _explained(
    alive: Sequence[_Survivor],
    accepted: Mapping[str, str],
    seed: int,
    others: Sequence[int],
    crew: Crew,
    stage: Stage,
) -> list[tuple[_Survivor, Conclusion]]:
    found = []
    unexplained = []
    for one in alive:
        reason = accepted.get(one.mutant.key) or _let_through(one)
        if reason:
            found.append((one, Conclusion(standing="accepted", evidence=reason)))
        else:
            unexplained.append(one)
    by_draw = _of_the_draw(unexplained, others, crew, stage)
    questions = []
    for one, says in zip(unexplained, by_draw, strict=True):
        if says:
            found.append((one, Conclusion(standing="survived", evidence=says)))
        else:
            questions.append(one)
    with stage("comparing survivors exactly", len(questions)) as done:
        answers = _compared([_question(one, seed, others) for one in questions], crew, done)
    return found + list(zip(questions, answers, strict=True))


def _let_through(one: _Survivor) -> str:
    """Return why a mutant keeps its points by what its problem asks; empty where that is no reason."""
    derived = all(isinstance(check, DerivationCheck) for check in one.subject.problem.check)
    of_digits = one.mutant.operator in _OF_DIGITS
    return "a derivation is judged by its formulas, not by its digits" if derived and of_digits else ""


def _compared(asked: Sequence[PairOf], crew: Crew, done: Callable[[int], None]) -> list[Conclusion]:
    """Return what exact arithmetic says of survivors; from the cache, where it was asked before."""
    keys = [digest(["exactly", *(crew.key(Trial(plan=p, submission=one.other)) for p in one.plans)]) for one in asked]
    known = [crew.kept.get(key) for key in keys]
    due = [i for i, one in enumerate(known) if not isinstance(one, list)]
    done(len(asked) - len(due))
    fresh = dict(zip(due, crew.each(_concluded, [asked[i] for i in due], done), strict=True))
    for i, one in fresh.items():
        crew.kept.put(keys[i], [one.standing, one.evidence])
    return [
        fresh[i] if i in fresh else Conclusion(standing=one[0], evidence=one[1])  # type: ignore[index]  # kept above
        for i, one in enumerate(known)
    ]


def _of_the_draw(alive: Sequence[_Survivor], others: Sequence[int], crew: Crew, stage: Stage) -> list[str]:
    """Return for each survivor at which other seed it loses points; empty if it keeps them everywhere."""
    trials = [
        Trial(plan=Plan(problem=one.subject.problem.id, seed=seed), submission=one.subject.submission(one.mutant))
        for one in alive
        for seed in others
    ]
    with stage("trying survivors at other seeds", len(trials)) as done:
        marks = crew.grade(trials, done)
    says = []
    for i in range(len(alive)):
        own = marks[i * len(others) : (i + 1) * len(others)]
        seeds = [str(seed) for seed, one in zip(others, own, strict=True) if lost(one)]
        says.append(
            f"keeps its points by the draw of the cases: it loses some at seed {', '.join(seeds)}" if seeds else ""
        )
    return says


# In a worker ---------------------------------------------------------------------------------------------------------


def _question(one: _Survivor, seed: int, others: Sequence[int]) -> PairOf:
    problem = one.subject.problem.id
    plans = tuple(Plan(problem=problem, seed=each) for each in (seed, *others))
    return PairOf(plans=plans, reference=one.subject.reference, other=one.subject.submission(one.mutant))


def _concluded(bench: Bench, question: PairOf) -> Conclusion:
    same = same_bits_everywhere(bench, question)
    bits = f"the same floats to the last bit on {same} cases" if same else ""
    exactly = compare_exactly(bench, question)
    evidence = "; ".join(filter(None, (exactly.says, bits)))
    return Conclusion(standing="equivalent" if exactly.equal else "survived", evidence=evidence)
