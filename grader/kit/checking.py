"""An answer against a kit: what a lecturer's run does, with what students may know."""

import ast
import time
from collections.abc import Sequence

from grader.grading.basis import Basis
from grader.grading.graded import Manner, grade_submission
from grader.grading.part import instead, only
from grader.grading.plan import Plan
from grader.kit.layout import FORWARD, KitCode
from grader.kit.settings import Settings
from grader.kit.without import WithForwardModel
from grader.model.assignment import Assignment, Problem
from grader.model.case import Case
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.handout import Checked
from grader.model.submission import Submission
from grader.sandbox.running import Runner
from grader.truth.handout import Facts, Handout
from grader.truth.modules import TrustedModules
from grader.words import say


class _NoFurther:
    """What a handout draws: nothing, for there is nothing to compute the truth with."""

    def further(self, problem: Problem, families: tuple[str, ...]) -> tuple[Case, ...]:
        """Return no cases."""
        del problem, families
        return ()


def part_of(facts: Facts, names: Sequence[str]) -> Assignment:
    """Return what of a kit is to be checked.

    Parameters
    ----------
    facts : Facts
        The kit's.
    names : sequence of str
        ``problem`` or ``problem.check``; none: everything.

    Returns
    -------
    Assignment

    Raises
    ------
    DiagnosedError
        A name is not one of the kit's.
    """
    if not names:
        return facts.assignment
    known = check_ids(facts.assignment)
    problems = {problem.id for problem in facts.assignment.problem}
    for name in names:
        if name not in problems and name not in known:
            raise no_such_check(name, facts.assignment, "--only")
    return only(facts.assignment, names)


def check_ids(assignment: Assignment) -> tuple[str, ...]:
    """Return the ids of all checks, ``problem.check``, in the rubric's order."""
    return tuple(f"{problem.id}.{check.name}" for problem in assignment.problem for check in problem.check)


def no_such_check(name: str, assignment: Assignment, option: str) -> DiagnosedError:
    """Return the fault of a name that is none of a kit's.

    Parameters
    ----------
    name : str
        What was typed.
    assignment : Assignment
        The kit's.
    option : str
        Behind which word of the command line.

    Returns
    -------
    DiagnosedError
    """
    says = say("kit.no_such_check", name=name, known=", ".join(instead(assignment, name)))
    return DiagnosedError((Diagnostic(code=KitCode.NO_SUCH_CHECK.value, says=says, path=option),))


def basis_of(settings: Settings, facts: Facts, assignment: Assignment) -> Basis:
    """Return what an answer is judged on.

    Parameters
    ----------
    settings : Settings
        Where the kit is.
    facts : Facts
        What it holds.
    assignment : Assignment
        From `part_of`.

    Returns
    -------
    Basis
    """

    def shapes(problem: Problem) -> dict[str, tuple[int | str, ...]]:
        samplers = assignment.inputs[problem.inputs].values
        return {name: samplers[name].shape for name in problem.arguments}

    handout = Handout(facts, shapes)
    plan = Plan(
        assignment=assignment,
        seed=facts.seed,
        cases=dict(facts.cases),
        notes=facts.notes,
        drawer=_NoFurther(),
    )
    modules = TrustedModules(settings.folder / FORWARD)
    return Basis(plan=plan, truth=handout, without=WithForwardModel(handout, modules))


def check_answer(basis: Basis, settings: Settings, facts: Facts, sandbox: Runner, submission: Submission) -> Checked:
    """Check an answer.

    Parameters
    ----------
    basis : Basis
        From `basis_of`.
    settings : Settings
        The kit.
    facts : Facts
        What it holds.
    sandbox : Runner
        Runs the answer.
    submission : Submission
        The answer.

    Returns
    -------
    Checked
    """
    begun = time.perf_counter()
    report = grade_submission(basis, Manner(rubric=settings.rubric, kit=True), sandbox, submission).report
    assignment = basis.plan.assignment
    problems = {problem.id for problem in assignment.problem}
    return Checked(
        title=assignment.title,
        report=report,
        withheld=tuple(w for w in facts.withheld if w.problem in problems or assignment is facts.assignment),
        unwritten=unwritten(submission),
        seconds=time.perf_counter() - begun,
    )


def unwritten(submission: Submission) -> frozenset[str]:
    """Return which functions of an answer are placeholders.

    Parameters
    ----------
    submission : Submission
        The answer; nothing of it is run.

    Returns
    -------
    frozenset of str
        Those of which, besides a docstring, nothing is there but ``raise NotImplementedError``, ``pass`` or ``...``.
    """
    found: set[str] = set()
    for chunk in submission.chunks:
        try:
            statements = ast.parse(chunk.source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Whatever is wrong with it is said when it is run.
            continue
        for one in statements:
            if isinstance(one, ast.FunctionDef):
                # The last definition counts, in whichever cell it stands.
                found = found | {one.name} if _is_placeholder(one) else found - {one.name}
    return frozenset(found)


def _is_placeholder(function: ast.FunctionDef) -> bool:
    body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    match body:
        case [] | [ast.Pass()]:
            return True
        case [ast.Raise(exc=ast.Name(id="NotImplementedError"))]:
            return True
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")))]:
            return True
        case _:
            return False
