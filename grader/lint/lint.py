"""Finds everything that is wrong with a rubric: first by reading it, then, where that is clean, by trying it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.grading.engine import trusted_modules
from grader.grading.plan import Drawer, Plan, PlanError, mistakes_at_fault
from grader.grading.refused import diagnostic_of
from grader.grading.run import Answers
from grader.grading.script import Script
from grader.lint.limits import Untried, first_calls, note_limit, note_size, note_used_up, over
from grader.lint.placed import placed
from grader.lint.telling import Tried, note_telling, note_truth
from grader.lint.trusted_submission import defined, trusted_submission
from grader.lint.unused import is_installed, note_unused
from grader.loading.codes import RubricCode
from grader.loading.faults import Faults
from grader.loading.rubric import Rubric, load_rubric
from grader.model.assignment import Assignment, Problem
from grader.model.case import Case
from grader.model.checks import ApartCheck
from grader.model.diagnostic import DiagnosedError
from grader.model.linted import Linted, Looked
from grader.model.outcome import Absence, Unavailable
from grader.sandbox import Isolation, SandboxFaultError, SandboxUnavailableError, Session, open_sandbox
from grader.sandbox.here import HereSession
from grader.truth.book import Truth
from grader.truth.modules import TrustedFunctionError, TrustedModules

_DRAWN_FIRST = 8
"""Cases of a group of which the largest is tried first, under the limits: time and memory grow with size."""


def lint(path: Path, *, shown: str, isolation: Isolation = "auto", functions: bool = True) -> Linted:
    """Find everything that is wrong with a rubric.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        The file as the user named it.
    isolation : str
        How the trusted answers are run under the rubric's limits; ``"auto"``: the best level of this machine, a plain
        process if it has none.
    functions : bool
        Whether to try the trusted functions.

    Returns
    -------
    Linted
        Whatever is wrong with the file.
    """
    try:
        rubric = load_rubric(path, shown=shown, lookup=lambda folder, ref: TrustedModules(folder).signature(ref))
    except DiagnosedError as error:
        return Linted(path=shown, diagnostics=error.diagnostics, looked=None)
    faults = Faults(rubric.document, shown)
    note_unused(rubric, faults)
    cases = _note_tried(rubric, isolation, faults) if functions else 0
    problems = rubric.assignment.problem
    looked = Looked(
        problems=len(problems),
        checks=sum(len(problem.check) for problem in problems),
        misconceptions=sum(len(problem.misconception) for problem in problems),
        cases=cases,
    )
    return Linted(path=shown, diagnostics=faults.in_order(), looked=looked)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trial:
    """One rubric, and what it is tried with."""

    rubric: Rubric
    modules: TrustedModules
    truth: Truth
    drawer: Drawer
    faults: Faults

    def drawn_first(self, problem: Problem) -> Sequence[Case]:
        """Return a large case of each group, drawn without the trusted answer: it may not come to an end."""
        families = {family for check in problem.check for family in check.families}
        found = []
        for group in self.rubric.assignment.inputs[problem.inputs].case:
            if group.family in families:
                drawn = [self.drawer.untried(problem, group, k) for k in range(min(group.count, _DRAWN_FIRST))]
                sized = [case for case in drawn if case is not None]
                found += sorted(sized, key=lambda case: sum(v.size for v in case.values))[-1:]
        return found

    def drawn(self, problem: Problem) -> tuple[Case, ...] | None:
        """Return the cases of a problem, or None after noting why there are none."""
        families = sorted({family for check in problem.check for family in check.families})
        cases: list[Case] = []
        sound = True
        failing: set[str] = set()
        for family in families:
            try:
                cases += self.drawer.of_family(problem, family)
            except (PlanError, TrustedFunctionError) as error:
                # A function that fails on one family most likely fails on the next, in other words.
                if not isinstance(error, TrustedFunctionError) or error.ref not in failing:
                    self.faults.tell(diagnostic_of(error, self.rubric))
                failing |= {error.ref} if isinstance(error, TrustedFunctionError) else set()
                sound = False
        if not sound:
            return None
        for fault in mistakes_at_fault(problem, tuple(cases), self.truth):
            self.faults.tell(diagnostic_of(fault, self.rubric))
            sound = False
        return tuple(cases) if sound else None

    def note_sizes(self, problem: Problem, cases: Sequence[Case]) -> None:
        """Note an answer that is larger than a call may return."""
        sizes = [
            sum(e.value.size * np.dtype(case.dtype).itemsize for e in self.truth.expected(problem, case))
            for case in cases
        ]
        if max(sizes, default=0) > self.rubric.assignment.limits.result_bytes:
            note_size(self.rubric, problem, max(sizes), self.faults)


def _note_tried(rubric: Rubric, isolation: Isolation, faults: Faults) -> int:
    """Try everything that only functions can tell; return how many cases were drawn."""
    assignment = rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, assignment.seed)
    drawer = Drawer(assignment, modules, truth, assignment.seed)
    trial = _Trial(rubric=rubric, modules=modules, truth=truth, drawer=drawer, faults=faults)
    try:
        with (
            open_sandbox(
                isolation=isolation,
                packages=tuple(filter(is_installed, assignment.packages)),
                limits=assignment.limits,
                own_code=True,
            ) as sandbox,
            sandbox.session(trusted_submission(assignment, modules.folder)) as session,
        ):
            return _try_all(trial, session)
    except (SandboxUnavailableError, SandboxFaultError) as error:
        _note_untried(trial, {problem.id: Untried(says=error.reason) for problem in assignment.problem})
        return _try_all(trial, None)


def _try_all(trial: _Trial, session: Session | None) -> int:
    rubric, faults = trial.rubric, trial.faults
    untried: Mapping[str, Untried] = {}
    beyond: frozenset[str] = frozenset()
    if session is not None:
        try:
            first = {problem.id: trial.drawn_first(problem) for problem in rubric.assignment.problem}
        except TrustedFunctionError as error:
            faults.tell(diagnostic_of(error, rubric))
            return 0
        untried, beyond = first_calls(rubric, first, session, faults)
    cases: dict[str, tuple[Case, ...]] = {}
    for problem in rubric.assignment.problem:
        drawn = None if problem.id in beyond else trial.drawn(problem)
        if drawn is not None:
            trial.note_sizes(problem, drawn)
            cases[problem.id] = drawn
    if not faults.has_errors():
        # What does not run in the sandbox, and not here either, is an error of its own by now.
        _note_untried(trial, untried)
        plan = _plan(trial, rubric.assignment, cases)
        _try_checks(trial, plan, None if untried else session)
    return sum(map(len, cases.values()))


def _plan(trial: _Trial, assignment: Assignment, cases: dict[str, tuple[Case, ...]]) -> Plan:
    return Plan(assignment=assignment, seed=assignment.seed, cases=cases, notes=(), drawer=trial.drawer)


def _try_checks(trial: _Trial, plan: Plan, session: Session | None) -> None:
    rubric, faults = trial.rubric, trial.faults
    script = Script(plan.assignment, plan.seed)
    tried = Tried(rubric=rubric, plan=plan, truth=trial.truth, modules=trial.modules, script=script)
    try:
        if session is None:
            functions = {
                name: one
                for problem in plan.assignment.problem
                for name, one in defined(problem, trial.modules.function(problem.reference)).items()
            }
            caller = HereSession(functions=functions, limits=plan.assignment.limits)
            note_truth(tried, Answers(plan.assignment, caller, plan.seed, script), faults)
        else:
            _try_in_sandbox(tried, session, faults)
        if not faults.has_errors():
            note_telling(tried, faults)
    except TrustedFunctionError as error:
        faults.tell(diagnostic_of(error, rubric))


def _try_in_sandbox(tried: Tried, session: Session, faults: Faults) -> None:
    assignment = tried.plan.assignment
    tried.script.write(
        (problem, check, case)
        for problem in assignment.problem
        for check in problem.check
        if not isinstance(check, ApartCheck)
        for case in tried.cases(problem, check)
    )
    held = Faults(tried.rubric.document, tried.rubric.shown)
    answers = Answers(assignment, session, tried.plan.seed, tried.script)
    answers.ask_all()
    refused = note_truth(tried, answers, held)
    reached = [limit for outcome in refused if (limit := over(outcome)) is not None]
    if reached:
        note_limit(tried.rubric, reached[0], "a trusted answer", faults)
    elif any(isinstance(one, Unavailable) and one.absence is Absence.SKIPPED for one in refused):
        note_used_up(tried.rubric, session.usage.wall_s, faults)
    else:
        for one in held.in_order():
            faults.tell(one)


def _note_untried(trial: _Trial, untried: Mapping[str, Untried]) -> None:
    for problem in trial.rubric.assignment.problem:
        if problem.id in untried:
            trial.faults.add(
                RubricCode.LIMITS_NOT_TRIED,
                f"the limits were not tried: the trusted answer of `{problem.id}` does not run as a submission does",
                placed(trial.rubric, problem, "reference"),
                label=untried[problem.id].says,
                help_="import nothing there but numpy, the `packages`, and modules of the trusted folder",
            )
