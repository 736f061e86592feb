"""What an audit looks at: each problem with its trusted answer's code, answers whose marks are known, and mutants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.audit.handed_in import handed_in
from grader.audit.known import KnownAnswer, known_answers
from grader.audit.mutants import Mutant, mutants, mutants_around
from grader.audit.reached import Reached, reached
from grader.loading.one_student import load_one
from grader.loading.rubric import Rubric
from grader.model.assignment import Problem
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission
from grader.truth.modules import TrustedModules


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What is tried on one problem.

    Parameters
    ----------
    problem : Problem
        Which.
    code : Reached
        Of its trusted answer.
    answers : tuple of KnownAnswer
        Whose marks are known beforehand; the trusted answer first.
    mutants : tuple of Mutant
        Wrong answers made of the trusted one.
    """

    problem: Problem
    code: Reached
    answers: tuple[KnownAnswer, ...]
    mutants: tuple[Mutant, ...]

    @property
    def reference(self) -> Submission:
        """The trusted answer, as a submission."""
        return self.answers[0].submission

    def submission(self, mutant: Mutant) -> Submission:
        """Return a mutant as a submission.

        Parameters
        ----------
        mutant : Mutant
            One of them.

        Returns
        -------
        Submission
        """
        changed = {} if mutant.around else {mutant.module: mutant.source}
        return handed_in(self.problem, self.problem.reference, self.code.modules, changed=changed, around=mutant.around)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """Answers that the rubric names.

    Parameters
    ----------
    starter : Submission or None
        What students begin with.
    right : tuple of (str, Submission)
        Right answers, with their files' names.
    """

    starter: Submission | None
    right: tuple[tuple[str, Submission], ...]


def given(rubric: Rubric) -> Given:
    """Read the answers that a rubric names.

    Parameters
    ----------
    rubric : Rubric
        The assignment.

    Returns
    -------
    Given

    Raises
    ------
    DiagnosedError
        One of them cannot be read.
    """
    functions = rubric.assignment.asked
    return Given(starter=_starter(rubric, functions), right=tuple(_right(rubric, functions)))


def subjects(rubric: Rubric, modules: TrustedModules, named: Given, most: int | None) -> tuple[Subject, ...]:
    """Return what an audit looks at.

    Parameters
    ----------
    rubric : Rubric
        The assignment.
    modules : TrustedModules
        Its trusted folder.
    named : Given
        Answers that it names.
    most : int or None
        How many mutants of each problem's code, from all over it; all of them if None.

    Returns
    -------
    tuple of Subject
        In the order of the rubric.

    Raises
    ------
    TrustedFunctionError
        A trusted module cannot be read.
    """
    found = []
    for problem in rubric.assignment.problem:
        code = reached(modules.folder, problem.reference)
        found.append(
            Subject(
                problem=problem,
                code=code,
                answers=tuple(known_answers(problem, code, modules, named.starter, named.right)),
                mutants=(*mutants_around(problem), *_spread(mutants(code), most)),
            )
        )
    return tuple(found)


def _spread(made: Sequence[Mutant], most: int | None) -> tuple[Mutant, ...]:
    """Return so many mutants at most, from all over the code; the same ones every time."""
    if most is None or len(made) <= most:
        return tuple(made)
    return tuple(made[i * len(made) // most] for i in range(most))


def _starter(rubric: Rubric, functions: tuple[str, ...]) -> Submission | None:
    if rubric.assignment.starter is None:
        return None
    return load_one(str(rubric.path.parent / rubric.assignment.starter), functions=functions)


def _right(rubric: Rubric, functions: tuple[str, ...]) -> Iterator[tuple[str, Submission]]:
    for pattern in rubric.assignment.audit.right:
        base, _, name = pattern.rpartition("/")
        found = sorted((rubric.path.parent / base).glob(name)) if name else []
        if not found:
            says = f"`[audit] right`: there is no file `{pattern}`"
            help_ = "name files relative to the rubric, such as `../submissions/right_*.py`"
            raise DiagnosedError((Diagnostic(code="A001", says=says, path=rubric.shown, help=help_),))
        for path in found:
            yield path.name, load_one(str(path), functions=functions)
