"""What a notebook or a script imports: ``grader.check``, with the same engine and words as the command line."""

import hashlib
import inspect
import os
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.text import Text

from grader.cli.request import request_of
from grader.grading.engine import grade, made_ready
from grader.grading.graded import Manner, grade_submission
from grader.grading.named import Named, read_named, read_rubric
from grader.grading.plan import PlanError
from grader.kit.answer_file import answer_path, read_answer
from grader.kit.checking import basis_of, check_answer, part_of, unwritten
from grader.kit.layout import SETTINGS
from grader.kit.reading import read_facts
from grader.kit.settings import Settings, find_kit
from grader.loading.named_language import named_language
from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.handout import Checked
from grader.model.report import SubmissionReport
from grader.model.submission import Chunk, Submission
from grader.reporting.check_view import all_pass, print_checked
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.notebook import checked_html, graded_html
from grader.reporting.page import Page
from grader.reporting.plain_text import plain_text
from grader.reporting.submission_view import has_full_marks, print_submission
from grader.sandbox import Isolation, SandboxUnavailableError, open_sandbox
from grader.sandbox.here import Here
from grader.truth.modules import TrustedFunctionError
from grader.words import in_language, say

__all__ = ["CheckError", "CheckResult", "check"]


class CheckError(Exception):
    """Nothing was checked: what was named cannot be used, and why is the message."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: our words, and no lines of ours."""
        return str(self).splitlines()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckResult:
    """What a check found; a notebook shows it by itself, and ``print`` shows it as text.

    Parameters
    ----------
    title : str
        The assignment's.
    report : SubmissionReport
        Everything that was found.
    with_kit : Checked or None
        The same, and what is decided elsewhere; None where a whole rubric was named.
    words : str
        The language that it is said in, as `grader.words.in_language` takes it.
    """

    title: str
    report: SubmissionReport
    with_kit: Checked | None = None
    words: str = "en"

    @property
    def passed(self) -> bool:
        """Whether every check that was run passes; with a whole rubric, whether no point is missing."""
        return has_full_marks(self.report) if self.with_kit is None else all_pass(self.with_kit)

    def __repr__(self) -> str:
        with in_language(self.words):
            return plain_text(lambda console: self._print(Page(console=console))).rstrip("\n")

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        with in_language(self.words):
            return graded_html(self.title, self.report) if self.with_kit is None else checked_html(self.with_kit)

    def _print(self, page: Page) -> None:
        if self.with_kit is not None:
            print_checked(page, self.with_kit)
            return
        page.between(Text(page.safe(self.title)), Text(page.safe(self.report.path)))
        page.line()
        print_submission(page, self.report, verbose=False)


def check(
    path: str | os.PathLike[str] | None = None,
    *,
    rubric: str | os.PathLike[str] | None = None,
    only: str | Sequence[str] = (),
    isolation: Isolation | None = None,
    language: str | None = None,
    **functions: object,
) -> CheckResult:
    """Check an answer: a file, or functions at hand.

    Parameters
    ----------
    path : path-like, optional
        A ``.py`` file or a notebook, as it was saved. With neither a path nor functions: the file of the kit.
    rubric : path-like, optional
        A whole rubric, with its trusted folder. By default the kit of this folder, or of the file's.
    only : str or sequence of str
        ``problem`` or ``problem.check``. With functions, by default the problems that ask for them.
    isolation : str, optional
        How a file is run, see ``grader grade --help``. By default as on the command line: ``"none"`` with a kit, for
        one's own code, and ``"auto"`` with a rubric. Functions at hand are called where they are.
    language : str, optional
        ``"en"``, ``"de"``, ``"zh-Hans"``, or a ``.toml`` file of messages. By default that of the kit or the rubric.
    **functions
        Functions, by the names that the assignment gives them: ``check(grad_mu=my_function)``.

    Returns
    -------
    CheckResult

    Raises
    ------
    CheckError
        Nothing was checked: there is no kit, a name is unknown, a file cannot be read.
    KeyboardInterrupt
        Ctrl-C: no limit of time is kept for functions at hand.

    Examples
    --------
    ::

        import grader
        grader.check("hw1.ipynb")
        grader.check(grad_mu=my_function)
    """
    words = "en"
    try:
        # What this process was told of floating point and of warnings is about its own code, not about the grader's.
        with warnings.catch_warnings(), np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            warnings.simplefilter("ignore")
            asked = _Asked(
                path=None if path is None else os.fspath(path),
                names=(only,) if isinstance(only, str) else tuple(only),
                isolation=isolation,
                functions=functions,
                language=None if language is None else named_language(language, "language"),
            )
            words = asked.language or words
            with in_language(words):
                if asked.path is not None and functions:
                    raise _fault(say("from_python.both"), say("from_python.one_of_both"))
                if rubric is not None:
                    return _with_rubric(asked, os.fspath(rubric))
                settings = find_kit(Path.cwd(), *([] if asked.path is None else [Path(asked.path).absolute().parent]))
            words = asked.language or named_language(settings.language, SETTINGS)
            with in_language(words):
                checked = _with_kit(asked, settings)
            return CheckResult(title=checked.title, report=checked.report, with_kit=checked, words=words)
    except DiagnosedError as error:
        diagnostics = error.diagnostics
        with in_language(words):
            says = plain_text(lambda console: print_diagnostics(diagnostics, console)).rstrip()
    except (PlanError, TrustedFunctionError) as error:
        says = f"the rubric cannot be used: {error}"
    except SandboxUnavailableError as error:
        with in_language(words):
            missing = (f"  {say('check.missing', what=each)}" for each in error.missing)
            says = "\n".join([say("check.not_checked", reason=error.reason), *missing])
    # Outside of the handlers, so that no other exception is told beside it.
    raise CheckError(says)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What `check` was asked."""

    path: str | None
    names: tuple[str, ...]
    isolation: Isolation | None
    functions: Mapping[str, object]
    language: str | None


# With a kit -----------------------------------------------------------------------------------------------------------


def _with_kit(asked: _Asked, settings: Settings) -> Checked:
    facts = read_facts(settings)
    functions = asked.functions
    assignment = part_of(facts, asked.names or _asking(facts.assignment, functions))
    basis = basis_of(settings, facts, assignment)
    limits, packages = assignment.limits, assignment.packages
    if functions:
        here = Here(functions=functions, limits=limits)
        checked = check_answer(basis, settings, facts, here, _at_hand(functions))
        return replace(checked, unwritten=_unwritten(functions))
    answer = answer_path(settings, asked.path, facts.assignment.asked)
    submission = read_answer(answer, asked.path or os.path.relpath(answer))
    isolation = asked.isolation or "none"
    with open_sandbox(isolation=isolation, packages=packages, limits=limits, own_code=True) as sandbox:
        return check_answer(basis, settings, facts, sandbox, submission)


# With a whole rubric --------------------------------------------------------------------------------------------------


def _with_rubric(asked: _Asked, rubric: str) -> CheckResult:
    if asked.functions:
        return _functions_with_rubric(asked, rubric)
    if asked.path is None:
        raise _fault(say("from_python.nothing"), say("from_python.name_a_file"))
    named = read_named(rubric, [asked.path], parts=asked.names, language=asked.language)
    if len(named.submissions) != 1:
        says = say("from_python.several", n=len(named.submissions), path=asked.path)
        raise _fault(says, say("from_python.name_one"))
    report = grade(request_of(named, isolation=asked.isolation or "auto"))
    return CheckResult(title=report.assignment.title, report=report.submissions[0], words=named.rubric.words)


def _functions_with_rubric(asked: _Asked, rubric: str) -> CheckResult:
    functions = asked.functions
    whole = read_rubric(rubric, language=asked.language)
    parts = asked.names or _asking(whole.assignment, functions)
    part = read_rubric(rubric, parts=parts, language=asked.language)
    submission = _at_hand(functions)
    ready = made_ready(request_of(Named(rubric=part, submissions=(submission,)), isolation="none"))
    by_problem = {problem.id: problem.asked for problem in part.assignment.problem}

    def again(check_id: str) -> str:
        given = ", ".join(f"{name}={name}" for name in by_problem[check_id.partition(".")[0]] if name in functions)
        return f"grader.check({given}, rubric={rubric!r}, only={check_id!r})"

    here = Here(functions=functions, limits=part.assignment.limits)
    with in_language(part.words):
        report = grade_submission(ready.grading, Manner(rubric=rubric, again=again), here, submission).report
    return CheckResult(title=part.assignment.title, report=report, words=part.words)


# Functions at hand ----------------------------------------------------------------------------------------------------


def _asking(assignment: Assignment, functions: Mapping[str, object]) -> tuple[str, ...]:
    """Return the problems that ask for some of the functions; all problems where there are no functions."""
    for name in functions:
        if name not in assignment.asked:
            listed = ", ".join(sorted(assignment.asked))
            raise _fault(say("from_python.no_problem", name=name), say("from_python.there_are", known=listed))
    return tuple(problem.id for problem in assignment.problem if not functions.keys().isdisjoint(problem.asked))


def _at_hand(functions: Mapping[str, object]) -> Submission:
    """Return functions as a submission: their source, as far as it can be had, is what tells two versions apart."""
    names = ", ".join(functions)
    source = "\n".join(f"{name}\n{_source(function)}" for name, function in functions.items())
    return Submission(path=names, student=names, sha256=hashlib.sha256(source.encode()).hexdigest(), chunks=())


def _source(function: object) -> str:
    if isinstance(function, list | tuple):
        return "\n".join(map(_source, function))
    try:
        return textwrap.dedent(inspect.getsource(inspect.unwrap(function)))  # type: ignore[arg-type] # TypeError else
    except (OSError, TypeError, ValueError):
        # Typed into a prompt, made by a library, or no function at all.
        return ""


def _unwritten(functions: Mapping[str, object]) -> frozenset[str]:
    """Return the names of the functions that are as a starter has them, whatever they are called where they stand."""
    found = set()
    for name, function in functions.items():
        chunk = Chunk(label=name, source=_source(function))
        own = getattr(function, "__name__", name)
        if own in unwritten(Submission(path=name, student=name, sha256="", chunks=(chunk,))):
            found.add(name)
    return frozenset(found)


def _fault(says: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code="G040", says=says, path="grader.check", help=help_),))
