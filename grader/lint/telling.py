"""Whether checks tell: the truth passes each, and something wrong fails each that decides; and whether mistakes do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from grader.grading.judge import judge
from grader.grading.plan import Plan
from grader.grading.run import Answers, Caller
from grader.grading.script import Script
from grader.grading.words import sentence
from grader.lint.placed import placed
from grader.lint.trusted_submission import defined
from grader.loading.codes import RubricCode
from grader.loading.faults import Faults, listed
from grader.loading.rubric import Rubric
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import ApartCheck, Check
from grader.model.outcome import Outcome
from grader.model.report import Verdict
from grader.numerics.compare import Closeness, compare
from grader.sandbox.here import HereSession
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules

_TERM_CASES = 4
"""Of each problem, on which its terms are added up: a term that is wrong is wrong nearly everywhere."""
_ALIKE_REL = 1e-9
"""Two mistakes that differ by no more are the same one: roundings are far smaller, other formulas far further apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """What checks are tried with.

    Parameters
    ----------
    rubric : Rubric
        The rubric.
    plan : Plan
        Its cases.
    truth : Truth
        The expected values.
    modules : TrustedModules
        The trusted functions.
    """

    rubric: Rubric
    plan: Plan
    truth: Truth
    modules: TrustedModules
    script: Script

    def cases(self, problem: Problem, check: Check) -> tuple[Case, ...]:
        """Return the cases of a check."""
        return self.plan.of(problem, check.families)


def note_truth(tried: Tried, answers: Answers, faults: Faults) -> tuple[Outcome, ...]:
    """Note checks that do not accept the trusted answer.

    Parameters
    ----------
    tried : Tried
        What to try.
    answers : Answers
        Of the trusted functions.
    faults : Faults
        Where to note them.

    Returns
    -------
    tuple of Outcome
        What came back where a check was not passed.
    """
    refused: list[Outcome] = []
    for problem in tried.plan.assignment.problem:
        for check in problem.check:
            if isinstance(check, ApartCheck):
                continue
            findings = [answers.finding(check, problem, case, tried.truth) for case in tried.cases(problem, check)]
            judged = judge(check, findings)
            # A check that only supports may leave open what it cannot measure here and now.
            if judged.verdict is Verdict.AGREES or (judged.verdict is Verdict.INCONCLUSIVE and not check.decides):
                continue
            refused += [one.outcome for one in findings if one.verdict is not Verdict.AGREES]
            if judged.verdict is Verdict.INCONCLUSIVE:
                _note_silent(tried, problem, check, sentence(judged, problem.function), faults)
                continue
            faults.add(
                RubricCode.TRUTH_REFUSED,
                f"the trusted answer of `{problem.id}` does not pass the check `{check.name}`",
                placed(tried.rubric, problem, "check", check.name, "kind"),
                label=sentence(judged, problem.function),
                help_="mend the trusted answer or the functions that this check names; they contradict each other",
            )
    return tuple(refused)


def note_telling(tried: Tried, faults: Faults) -> None:
    """Note deciding checks that nothing wrong fails, terms that do not add up, and mistakes that are one and the same.

    Parameters
    ----------
    tried : Tried
        What to try.
    faults : Faults
        Where to note them.
    """
    for problem in tried.plan.assignment.problem:
        wrong = [
            Answers(tried.plan.assignment, caller, tried.plan.seed, tried.script) for caller in _wrong(tried, problem)
        ]
        for check in problem.check:
            if check.decides and not any(_fails(tried, problem, check, answers) for answers in wrong):
                mistakes = len(problem.misconception)
                others = (
                    f" and each of {mistakes} misconceptions" if mistakes > 1 else " and the misconception" * mistakes
                )
                _note_silent(tried, problem, check, f"zeros{others} pass it", faults)
        _note_terms(tried, problem, faults)
        _note_alike(tried, problem, faults)


def _wrong(tried: Tried, problem: Problem) -> Iterator[Caller]:
    """Yield what is wrong: zeros, and each named mistake."""
    reference = tried.modules.function(problem.reference)
    yield _caller(tried, problem, lambda *arguments: _zeros(reference(*arguments)))
    for misconception in problem.misconception:
        yield _caller(tried, problem, tried.modules.function(misconception.function))


def _caller(tried: Tried, problem: Problem, function: Callable[..., Any]) -> Caller:
    return HereSession(functions=defined(problem, function), limits=tried.rubric.assignment.limits)


def _zeros(values: Any) -> Any:
    if isinstance(values, tuple | list):
        return tuple(np.zeros_like(value) for value in values)
    return np.zeros_like(values)


def _fails(tried: Tried, problem: Problem, check: Check, answers: Answers) -> bool:
    return any(
        answers.finding(check, problem, case, tried.truth).verdict is Verdict.DISAGREES
        for case in tried.cases(problem, check)
    )


def _note_silent(tried: Tried, problem: Problem, check: Check, why: str, faults: Faults) -> None:
    faults.add(
        RubricCode.TELLS_NOTHING_APART,
        f"no case of the check `{check.name}` tells the trusted answer of `{problem.id}` from a wrong one",
        placed(tried.rubric, problem, "check", check.name, "kind"),
        label=why,
        help_="draw cases on which the answer is not zero and mistakes show, or name other `families`",
    )


def _note_terms(tried: Tried, problem: Problem, faults: Faults) -> None:
    if not problem.terms:
        return
    for case in tried.plan.cases[problem.id][:_TERM_CASES]:
        parts = [tried.truth.term(problem, term, case) for term in problem.terms]
        for i, whole in enumerate(tried.truth.expected(problem, case)):
            total = np.sum([part[i].value for part in parts], axis=0)
            unit = whole.unit + np.sum([part[i].unit for part in parts], axis=0)
            if compare(total, replace(whole, unit=unit)).closeness is Closeness.DISAGREES:
                faults.add(
                    RubricCode.TERMS_DO_NOT_SUM,
                    f"the terms of `{problem.id}` do not add up to its answer",
                    placed(tried.rubric, problem, "terms", problem.terms[0].id),
                    label=f"`{problem.returns[i].name}` differs on {case.id}",
                    help_=f"mend {listed(term.function for term in problem.terms)}: their sum is `{problem.reference}`",
                )
                return


def _note_alike(tried: Tried, problem: Problem, faults: Faults) -> None:
    cases = tried.plan.cases[problem.id]
    for first, second in combinations(problem.misconception, 2):
        values = ([tried.truth.mistaken_values(problem, one, case) for one in (first, second)] for case in cases)
        if all(_same(*pair) for pair in values):
            faults.add(
                RubricCode.MISTAKES_ALIKE,
                f"the misconceptions `{first.id}` and `{second.id}` give the same values on every case, "
                "so that neither is ever named",
                placed(tried.rubric, problem, "misconception", second.id, "function"),
                help_="remove one, or add cases on which they differ",
            )


def _same(first: tuple[Array, ...] | None, second: tuple[Array, ...] | None) -> bool:
    if first is None or second is None:
        return first is second
    return len(first) == len(second) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=_ALIKE_REL, atol=0.0, equal_nan=True)
        for a, b in zip(first, second, strict=True)
    )
