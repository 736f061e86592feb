"""What was found of one problem of a submission, before any of it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.checks.finding import CaseFinding
from grader.checks.kind import PLAIN
from grader.diagnosis.memory import Memory
from grader.diagnosis.observation import Explanation, Observation
from grader.grading.basis import Basis
from grader.grading.judge import Judged, judge, one_cause
from grader.grading.run import Answers
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.checks import ApartCheck, DerivationCheck, TriedCheck
from grader.model.outcome import NotNumeric, Outcome, Raised, Returned
from grader.model.report import Finding, Verdict

if TYPE_CHECKING:
    from grader.grading.apart import Apart


# Findings about the answer's values, which a mistake in the formula can explain.
_EXPLICABLE = frozenset(
    {Finding.WRONG_VALUES, Finding.WRONG_SHAPE, Finding.WRONG_STRUCTURE, Finding.NON_FINITE, Finding.RAISED}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessed:
    """What was found of one problem, before any of it is written down.

    Parameters
    ----------
    problem : Problem
        Which.
    judged : tuple of Judged
        What each check found, in the rubric's order.
    observations : tuple of Observation
        What the function did on every deciding case; nothing where no mistake in a formula could explain it.
    explanation : Explanation or None
        The one mistake that explains them all.
    ruled_out : Memory
        What the search for it has ruled out, for one that begins with the same observations.
    """

    problem: Problem
    judged: tuple[Judged, ...]
    observations: tuple[Observation, ...]
    explanation: Explanation | None
    ruled_out: Memory


def assess(grading: Basis, problem: Problem, answers: Answers, apart: "Apart | None") -> Assessed:
    """Judge every check of a problem, and look for the one mistake that explains what is wrong.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    problem : Problem
        Which.
    answers : Answers
        What came back so far; asked for what else is needed.
    apart : Apart or None
        Judges the checks that are not tried case by case.

    Returns
    -------
    Assessed
    """
    judged = judged_checks(grading, problem, answers, apart)
    observations = _observations(grading, problem, judged, answers)
    ruled_out = Memory(observations)
    explanation = _explained(grading, problem, observations, ruled_out)
    return Assessed(
        problem=problem, judged=judged, observations=observations, explanation=explanation, ruled_out=ruled_out
    )


def judged_checks(grading: Basis, problem: Problem, answers: Answers, apart: "Apart | None") -> tuple[Judged, ...]:
    """Judge every check of a problem.

    Parameters
    ----------
    grading, problem, answers, apart
        As of `assess`.

    Returns
    -------
    tuple of Judged
        In the rubric's order.

    Raises
    ------
    ValueError
        If a check is not tried case by case, and there is nobody to judge it.
    """
    each: list[Judged] = []
    for check in problem.check:
        if not isinstance(check, ApartCheck):
            each.append(_judge_check(grading, problem, check, answers))
        elif apart is not None:
            each.append(apart.judged(problem, check, each))
        else:
            msg = f"{problem.id}.{check.name} is not tried case by case, and there is nobody to judge it"
            raise ValueError(msg)
    return one_cause(each)


def _explained(
    grading: Basis, problem: Problem, observations: Sequence[Observation], ruled_out: Memory
) -> Explanation | None:
    if grading.without is not None:
        return grading.without.explain(problem, observations)
    return _explain(grading, problem, observations, ruled_out)


def _explain(
    grading: Basis, problem: Problem, observations: Sequence[Observation], ruled_out: Memory
) -> Explanation | None:
    from grader.diagnosis.explain import explain  # noqa: PLC0415 - `grader check` has no use for it

    return explain(problem, observations, grading.truth, ruled_out)


def _judge_check(grading: Basis, problem: Problem, check: TriedCheck, answers: Answers) -> Judged:
    plan = grading.plan
    findings = _findings(grading, problem, check, plan.of(problem, check.families), answers)
    judged = judge(check, findings)
    if judged.verdict is Verdict.INCONCLUSIVE:
        # As many cases again, drawn anew, before a person is asked.
        further = plan.drawer.further(problem, check.families)
        judged = judge(check, findings + _findings(grading, problem, check, further, answers))
    return judged


def _findings(
    grading: Basis, problem: Problem, check: TriedCheck, cases: Sequence[Case], answers: Answers
) -> list[CaseFinding]:
    findings = []
    confirmed = False
    for case in cases:
        found = answers.finding(check, problem, case, grading.truth)
        came_back = isinstance(found.outcome, Returned | Raised | NotNumeric)
        if not confirmed and found.verdict is Verdict.DISAGREES and came_back:
            # A disagreement counts only if it can be reproduced; once is enough, and only the first is repeated.
            confirmed = True
            found = _reproduced(check, problem, case, found, answers)
        findings.append(found)
    return findings


def _reproduced(check: TriedCheck, problem: Problem, case: Case, found: CaseFinding, answers: Answers) -> CaseFinding:
    if answers.same_again(check, problem, case):
        return found
    return replace(found, finding=Finding.NONDETERMINISTIC)


def _observations(
    grading: Basis, problem: Problem, judged: Sequence[Judged], answers: Answers
) -> tuple[Observation, ...]:
    """Return what the function did on every deciding case; nothing where no mistake in a formula could explain it."""
    deciding = [one for one in judged if _is_of_answer(one)]
    wrong = [one for one in deciding if one.verdict is Verdict.DISAGREES]
    if not any(one.finding in _EXPLICABLE for one in wrong):
        return ()
    families = tuple(dict.fromkeys(family for one in deciding for family in one.check.families))
    observations = []
    for case in grading.plan.of(problem, families):
        outcome = answers.known(problem, case, PLAIN)
        observation = _observation(grading, problem, case, outcome)
        if observation is None:
            return ()
        observations.append(observation)
    return tuple(observations)


def _is_of_answer(judged: Judged) -> bool:
    """Return whether a check decides about the function itself; a derivation is about lines of its own."""
    return judged.check.decides and not isinstance(judged.check, DerivationCheck)


def still_explained(grading: Basis, assessed: Assessed, found: CaseFinding) -> bool:
    """Return whether the explanation of all cases, if there is one, is that of one more case as well.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    assessed : Assessed
        What was found of all cases.
    found : CaseFinding
        What was found of one more.

    Returns
    -------
    bool
    """
    if assessed.explanation is None:
        return True
    more = _observation(grading, assessed.problem, found.case, found.outcome)
    if more is None:
        return False
    # With its memory the search asks of the first cases only what they left open.
    observations = (*assessed.observations, more)
    return _explain(grading, assessed.problem, observations, assessed.ruled_out) == assessed.explanation


def _observation(grading: Basis, problem: Problem, case: Case, outcome: Outcome | None) -> Observation | None:
    expected = grading.truth.expected(problem, case)
    match outcome:
        case Returned(values=values):
            return Observation(case=case, values=values, expected=expected)
        case Raised() | NotNumeric():
            return Observation(case=case, values=None, expected=expected)
        case _:
            return None


def explains(judged: Judged) -> bool:
    """Return whether the explanation of the deciding checks is this check's reason, too.

    Parameters
    ----------
    judged : Judged
        What the check found.

    Returns
    -------
    bool
    """
    if isinstance(judged.check, DerivationCheck):
        return False
    return judged.verdict is Verdict.DISAGREES and (judged.check.decides or judged.finding in _EXPLICABLE)
