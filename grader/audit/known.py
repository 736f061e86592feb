"""Answers whose marks are known beforehand: the trusted one, the starter, named mistakes, all sorts of right ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.audit.around import right_around
from grader.audit.handed_in import handed_in
from grader.audit.reached import Reached, modules_of
from grader.audit.rewritten import rewritten
from grader.audit.trials import Marks
from grader.model.assignment import Problem
from grader.model.report import Finding
from grader.model.submission import Submission
from grader.truth.modules import TrustedModules

Kind: TypeAlias = Literal["reference", "starter", "misconception", "variant", "right"]
Due: TypeAlias = Literal["full", "none", "less"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownAnswer:
    """An answer to one problem whose marks are known beforehand.

    Parameters
    ----------
    kind : str
        Where it comes from.
    name, says : str
        What it is called, and what it is.
    due : str
        ``"full"``, ``"none"`` or ``"less"``: the points that it should get.
    submission : Submission
        The answer.
    lasting : bool
        Whether it is tried at other seeds, too.
    """

    kind: Kind
    name: str
    says: str
    due: Due
    submission: Submission
    lasting: bool = True

    def fault(self, marks: Marks) -> str:
        """Return what is wrong with the marks that it got; empty if nothing is.

        Parameters
        ----------
        marks : Marks
            Of the answer.

        Returns
        -------
        str
        """
        got = f"{float(marks.score):g} of {float(marks.most):g} points"
        undecided = f", {float(marks.undecided):g} undecided" if marks.undecided else ""
        match self.due:
            case "full":
                against = ", ".join(
                    f"{c.name}: {c.finding.value}" for c in marks.checks if c.finding is not Finding.RIGHT
                )
                return "" if marks.full else f"{got}{undecided} ({against})"
            case "none":
                return "" if not marks.score and not marks.undecided else f"{got}{undecided}"
            case "less":
                return "" if marks.score + marks.undecided < marks.most else f"{got}{undecided}"


def known_answers(
    problem: Problem,
    code: Reached,
    modules: TrustedModules,
    starter: Submission | None,
    right: Sequence[tuple[str, Submission]],
) -> Iterator[KnownAnswer]:
    """Yield the answers to a problem whose marks are known beforehand.

    Parameters
    ----------
    problem : Problem
        Which.
    code : Reached
        Of its trusted answer.
    modules : TrustedModules
        The trusted folder.
    starter : Submission or None
        What students begin with.
    right : sequence of (str, Submission)
        Answers that the rubric calls right, with their files' names.

    Yields
    ------
    KnownAnswer

    Raises
    ------
    TrustedFunctionError
        A mistake's module cannot be read.
    """
    reference = handed_in(problem, problem.reference, code.modules)
    yield KnownAnswer(
        kind="reference", name=problem.reference, says="the trusted answer", due="full", submission=reference
    )
    if starter is not None:
        says = "what students begin with"
        yield KnownAnswer(kind="starter", name=starter.path, says=says, due="none", submission=starter)
    for mistake in problem.misconception:
        yield KnownAnswer(
            kind="misconception",
            name=mistake.id,
            says=mistake.says,
            due="less",
            submission=handed_in(problem, mistake.function, modules_of(modules.folder, mistake.function)),
        )
    for way in rewritten(code):
        submission = handed_in(problem, problem.reference, code.modules, changed=way.changed)
        yield KnownAnswer(
            kind="variant", name=way.operator, says=way.says, due="full", submission=submission, lasting=False
        )
    yield from _around(problem, code)
    for name, submission in right:
        yield KnownAnswer(kind="right", name=name, says="right, says the rubric", due="full", submission=submission)


def _around(problem: Problem, code: Reached) -> Iterator[KnownAnswer]:
    for around in right_around():
        text = around.source(problem.function)
        submission = handed_in(problem, problem.reference, code.modules, around=text)
        yield KnownAnswer(
            kind="variant", name=around.operator, says=around.says, due="full", submission=submission, lasting=False
        )
