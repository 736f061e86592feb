"""What was named on a command line, in a setting or in a notebook: a rubric and submissions, read and found sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.grading.part import only
from grader.loading.named_language import named_language
from grader.loading.one_student import load_one
from grader.loading.rubric import Rubric, load_rubric
from grader.loading.submissions import load_submissions
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission
from grader.truth.modules import TrustedModules
from grader.words import in_language


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named:
    """What is to be graded, and by what.

    Parameters
    ----------
    rubric : Rubric
        With the parts and the limits that were asked for.
    submissions : tuple of Submission
        In the order of the paths.
    """

    rubric: Rubric
    submissions: tuple[Submission, ...]


def read_named(
    rubric: str,
    paths: Sequence[str],
    *,
    parts: Sequence[str] = (),
    limits: Mapping[str, float | int | None] | None = None,
    language: str | None = None,
    as_one: bool = False,
) -> Named:
    """Read everything that was named; report every fault of the rubric and of the paths at once.

    Parameters
    ----------
    rubric : str
        The rubric's file.
    paths : sequence of str
        Of submissions.
    parts : sequence of str
        ``problem`` or ``problem.check``; all of it if there are none.
    limits : mapping of str to float or int, optional
        Instead of the rubric's own, by the names of `grader.model.assignment.Limits`; None leaves one as it is.
    language : str, optional
        Of what students read, instead of the rubric's own: a tag, or a file of messages.
    as_one : bool
        Whether each path is the work of one student, a folder or archive too.

    Returns
    -------
    Named

    Raises
    ------
    DiagnosedError
        With everything that is wrong with the rubric, the names and the paths.
    """
    faults: list[Diagnostic] = []
    found: Rubric | None = None
    submissions: tuple[Submission, ...] = ()
    try:
        found = read_rubric(rubric, parts=parts, limits=limits, language=language)
    except DiagnosedError as error:
        faults += error.diagnostics
    try:
        functions = found.assignment.asked if found else ()
        with in_language(found.words if found else "en"):
            if as_one:
                submissions = tuple(load_one(path, functions=functions) for path in paths)
            else:
                submissions = load_submissions(paths, functions=functions)
    except DiagnosedError as error:
        faults += error.diagnostics
    if faults or found is None:
        raise DiagnosedError(tuple(faults))
    return Named(rubric=found, submissions=submissions)


def read_rubric(
    rubric: str,
    *,
    parts: Sequence[str] = (),
    limits: Mapping[str, float | int | None] | None = None,
    language: str | None = None,
) -> Rubric:
    """Read a rubric, and take the parts of it that are asked for.

    Parameters
    ----------
    rubric : str
        Its file.
    parts, limits, language
        As `read_named` takes them.

    Returns
    -------
    Rubric

    Raises
    ------
    DiagnosedError
        With everything that is wrong with it, or with the names of its parts.
    """
    found = load_rubric(Path(rubric), shown=rubric, lookup=lambda folder, ref: TrustedModules(folder).signature(ref))
    assignment = found.assignment
    if parts:
        try:
            assignment = only(assignment, parts)
        except ValueError as error:
            raise DiagnosedError((Diagnostic(code="G001", says=str(error), path=rubric),)) from error
    typed = {name: value for name, value in (limits or {}).items() if value is not None}
    if typed:
        assignment = assignment.model_copy(update={"limits": assignment.limits.model_copy(update=typed)})
    return in_words(replace(found, assignment=assignment), language)


def in_words(rubric: Rubric, language: str | None) -> Rubric:
    """Return a rubric with another language for what students read.

    Parameters
    ----------
    rubric : Rubric
        Any.
    language : str or None
        A tag, or a file of messages; None: the rubric's own.

    Returns
    -------
    Rubric

    Raises
    ------
    DiagnosedError
        There are no such words.
    """
    if language is None:
        return rubric
    return replace(rubric, assignment=rubric.assignment.model_copy(update={"language": named_language(language)}))
