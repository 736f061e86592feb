"""Which mistakes a class made, how often, and one example of each that is nobody's."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from grader.model.report import CheckReport, DiagnosisReport, FailureReport, Finding, ProblemReport, Verdict
from grader.model.same import Same

MOST_DIFFERENT = 256
"""Answers of problems that are remembered: most students of a class answer as somebody else does."""
MOST_SHOWN = 10
"""Mistakes that are shown of each kind, named or not; the rarer ones are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A failing case: inputs that the grader drew, and numbers.

    Parameters
    ----------
    inputs, call : str
        Python to paste.
    got, expected : str
        What came back, and what is due.
    """

    inputs: str
    call: str
    got: str
    expected: str

    @property
    def size(self) -> tuple[int, str, str, str, str]:
        """Orders examples: the shortest first, and a fixed one among equals."""
        texts = (self.inputs, self.got, self.expected, self.call)
        return (sum(map(len, texts)), *texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake and who made it, in numbers.

    Parameters
    ----------
    problem : str
        The problem's id; empty where it concerns the submission as a whole.
    id : str
        The diagnosis' id, or the finding's where no single reason is certain.
    says : str
        In words.
    hint : str
        The lecturer's; empty for none.
    named : bool
        Whether it is a diagnosis.
    count : int
        Answers that have it.
    example : Example or None
        None where nothing can be shown that would not be a student's own text.
    """

    problem: str
    id: str
    says: str
    hint: str
    named: bool
    count: int
    example: Example | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A mistake as one check of an answer shows it.

    Parameters
    ----------
    key : tuple of (str, str, bool)
        `problem`, `id` and `named` of a `Mistake`.
    said : tuple of (str, str)
        Its `says` and `hint`.
    example : Example or None
        Likewise.
    """

    key: tuple[str, str, bool]
    said: tuple[str, str]
    example: Example | None


def mistakes_in(problem: ProblemReport) -> tuple[Noted, ...]:
    """Return the mistakes of one answer of a problem.

    Parameters
    ----------
    problem : ProblemReport
        Any.

    Returns
    -------
    tuple of Noted
        For each check that shows it.
    """
    wrong = [check for check in problem.checks if check.verdict is Verdict.DISAGREES]
    named = [(check, diagnosis) for check in wrong for diagnosis in check.diagnoses]
    if wrong and not named:
        first = wrong[0]
        # What stopped the whole submission is one mistake of it, not one a problem.
        where = "" if first.outcome is Finding.NOT_LOADED else problem.id
        words = DiagnosisReport(id=first.outcome.value, says=finding_words(first.outcome))
        return (_noted((where, words.id, False), first, words),)
    return tuple(_noted((problem.id, diagnosis.id, True), check, diagnosis) for check, diagnosis in named)


def _noted(key: tuple[str, str, bool], check: CheckReport, words: DiagnosisReport) -> Noted:
    return Noted(key=key, said=(words.says, words.hint), example=anonymous_example(check))


class MistakeTally:
    """Counts mistakes, one answer of a problem at a time, and keeps the smallest example of each."""

    __slots__ = ("_counts", "_examples", "_mistakes_in", "_words")

    def __init__(self) -> None:
        self._mistakes_in = lru_cache(maxsize=MOST_DIFFERENT)(lambda same: mistakes_in(same.it))
        self._counts: dict[tuple[str, str, bool], int] = {}
        self._words: dict[tuple[str, str, bool], tuple[str, str]] = {}
        self._examples: dict[tuple[str, str, bool], Example] = {}

    def add(self, problems: Iterable[ProblemReport]) -> None:
        """Count the mistakes of one submission, each once a problem.

        Parameters
        ----------
        problems : iterable of ProblemReport
            Its problems.
        """
        seen: set[tuple[str, str, bool]] = set()
        for problem in problems:
            for noted in self._mistakes_in(Same(problem)):
                if noted.key not in seen:
                    seen.add(noted.key)
                    self._counts[noted.key] = self._counts.get(noted.key, 0) + 1
                self._take(noted.key, noted.said, noted.example)

    def _take(self, key: tuple[str, str, bool], said: tuple[str, str], example: Example | None) -> None:
        # The least of the texts, so that the page does not depend on the order of the submissions.
        self._words[key] = min(self._words.get(key, said), said)
        before = self._examples.get(key)
        if example is not None and example is not before and (before is None or example.size < before.size):
            self._examples[key] = example

    def mistakes(self, problem_ids: Iterable[str]) -> tuple[Mistake, ...]:
        """Return all mistakes, the named ones first, each kind by falling count.

        Parameters
        ----------
        problem_ids : iterable of str
            In the order of the rubric, which orders equal counts.

        Returns
        -------
        tuple of Mistake
        """
        places = {each: place for place, each in enumerate(problem_ids)}
        keys = sorted(self._counts, key=lambda k: (not k[2], -self._counts[k], places.get(k[0], -1), k[1]))
        return tuple(
            Mistake(
                problem=key[0],
                id=key[1],
                says=self._words[key][0],
                hint=self._words[key][1],
                named=key[2],
                count=self._counts[key],
                example=self._examples.get(key),
            )
            for key in keys
        )


def anonymous_example(check: CheckReport) -> Example | None:
    """Return the failing case of a check if it holds nothing but the grader's own inputs and numbers.

    Parameters
    ----------
    check : CheckReport
        One that disagrees.

    Returns
    -------
    Example or None
        None without a failing case, and where what came back is text that the student's program chose: an exception,
        a string, an object.
    """
    failure = check.failure
    if failure is None or failure.source or not _of_numbers(check.outcome):
        return None
    return _example(failure)


def _example(failure: FailureReport) -> Example:
    return Example(inputs=failure.inputs, call=failure.call, got=failure.got, expected=failure.expected)


def _of_numbers(finding: Finding) -> bool:
    match finding:
        case (
            Finding.WRONG_VALUES
            | Finding.WRONG_SHAPE
            | Finding.WRONG_STRUCTURE
            | Finding.NON_FINITE
            | Finding.COMPLEX
            | Finding.FLOAT32_PRECISION
            | Finding.NUMERICAL_DERIVATIVE
            | Finding.UNSTABLE
            | Finding.CHANGES_INPUTS
            | Finding.NONDETERMINISTIC
            | Finding.PROPERTY_BROKEN
            | Finding.EQUALITY_BROKEN
        ):
            return True
        case (
            Finding.RIGHT
            | Finding.NEEDS_RIGHTNESS
            | Finding.NOT_NUMERIC
            | Finding.RAISED
            | Finding.TIMED_OUT
            | Finding.OUT_OF_MEMORY
            | Finding.CRASHED
            | Finding.MALFORMED
            | Finding.MISSING
            | Finding.NOT_CALLABLE
            | Finding.NOT_LOADED
            | Finding.SKIPPED
            | Finding.TOO_SLOW
            | Finding.GROWS_TOO_FAST
            | Finding.FORBIDDEN_SOURCE
            | Finding.TOO_CLOSE_TO_TELL
            | Finding.UNINFORMATIVE
            | Finding.TIMES_UNCLEAR
            | Finding.SOURCE_UNCLEAR
            | Finding.GRADER_FAULT
            | Finding.TOO_FEW_LINES
            | Finding.TOO_MANY_LINES
        ):
            return False


def finding_words(finding: Finding) -> str:  # noqa: C901 - one branch for each finding, none left out
    """Return what a finding is called where no single reason is certain.

    Parameters
    ----------
    finding : Finding
        Any.

    Returns
    -------
    str
        A few words, none of them a student's.
    """
    match finding:
        case Finding.WRONG_VALUES:
            return "wrong numbers"
        case Finding.WRONG_SHAPE:
            return "an array of another shape than is due"
        case Finding.WRONG_STRUCTURE:
            return "not symmetric, not triangular, or the like, where it is due"
        case Finding.NON_FINITE:
            return "nan or infinity where the right answer is finite"
        case Finding.COMPLEX:
            return "complex numbers where real ones are due"
        case Finding.NOT_NUMERIC:
            return "not an array of numbers"
        case Finding.FLOAT32_PRECISION:
            return "right, but only at float32 precision"
        case Finding.NUMERICAL_DERIVATIVE:
            return "a numerical derivative where the exact formula is asked for"
        case Finding.UNSTABLE:
            return "not finite where a stable formula stays finite"
        case Finding.CHANGES_INPUTS:
            return "changes its inputs"
        case Finding.NONDETERMINISTIC:
            return "gives different answers for the same input"
        case Finding.PROPERTY_BROKEN:
            return "a law that holds of every right answer does not hold"
        case Finding.EQUALITY_BROKEN:
            return "a line of the derivation is not equal to the line before it"
        case Finding.TOO_FEW_LINES:
            return "a derivation with fewer lines than are asked for"
        case Finding.TOO_MANY_LINES:
            return "a derivation with more lines than are allowed"
        case Finding.RAISED:
            return "raises an exception"
        case Finding.TIMED_OUT:
            return "does not come back within the limit"
        case Finding.OUT_OF_MEMORY:
            return "asks for more memory than is allowed"
        case Finding.CRASHED:
            return "ends its own interpreter"
        case Finding.MALFORMED:
            return "sends back what is not an answer"
        case Finding.MISSING:
            return "the function is not there"
        case Finding.NOT_CALLABLE:
            return "the name is there, but is not a function"
        case Finding.NOT_LOADED:
            return "the submission could not be run"
        case Finding.SKIPPED:
            return "not tried: what came before used up what is allowed"
        case Finding.TOO_SLOW:
            return "takes too many times as long as the trusted answer"
        case Finding.GROWS_TOO_FAST:
            return "takes ever longer beside the trusted answer as inputs grow"
        case Finding.FORBIDDEN_SOURCE:
            return "uses what the assignment forbids: a loop, a module"
        case Finding.TOO_CLOSE_TO_TELL | Finding.UNINFORMATIVE:
            return "the numbers cannot tell"
        case Finding.TIMES_UNCLEAR:
            return "the times cannot tell"
        case Finding.SOURCE_UNCLEAR:
            return "its source cannot tell"
        case Finding.GRADER_FAULT:
            return "the grader's own fault"
        case Finding.RIGHT | Finding.NEEDS_RIGHTNESS:
            return "right"
