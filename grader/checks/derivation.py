"""``derivation``: the lines of a derivation, each a function of the same inputs; judged is each "=" between them.

The answer itself is line 0. A line whose two sides are both wrong, and equal, follows: the mistake was made before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.finding import CaseFinding, Evidence, LineFinding
from grader.checks.kind import Facts, Request
from grader.checks.purity import same_bits
from grader.checks.receive import Unfit, came_back, real_numbers, returned_part
from grader.model.assignment import Problem
from grader.model.case import Array, Case
from grader.model.checks import DerivationCheck
from grader.model.outcome import Absence, Outcome, Returned, Unavailable
from grader.model.report import Finding, Verdict
from grader.numerics.compare import Closeness
from grader.numerics.equality import COARSENESS, equality, same_to, within
from grader.numerics.expected import Expected
from grader.words import say

_AFTER_ALL_LINES = 1_000
"""Of a case in which no line is wrong: what is wrong with a line, on whichever case, is told first."""
_NOT_THERE = frozenset({Absence.MISSING, Absence.NOT_LOADED, Absence.SKIPPED})


def line_name(number: int) -> str:
    """Return what a line is called.

    Parameters
    ----------
    number : int
        From 1; 0 is the answer itself.

    Returns
    -------
    str
    """
    return say("derivation.line", line=number) if number else say("derivation.answer")


def answer_as_lines(problem: Problem) -> Iterator[tuple[str, int, int | None]]:
    """Yield what it takes for an answer to stand as each of a problem's derivations: every line says the answer.

    Parameters
    ----------
    problem : Problem
        Whose.

    Yields
    ------
    tuple of (str, int, int or None)
        The list's name, the least number of lines, and which of several returned values each line returns.
    """
    for check in problem.check:
        if isinstance(check, DerivationCheck):
            part = returned_part(problem, check.returns) if len(problem.returns) > 1 else None
            yield problem.steps_of(check), check.least, part


def answer_as_lines_source(problem: Problem) -> str:
    """Return the same as Python, to follow a definition of the problem's function.

    Parameters
    ----------
    problem : Problem
        Whose.

    Returns
    -------
    str
        A line a derivation; empty where none is asked for.
    """
    function = problem.function
    return "".join(
        f"{steps} = [{function if part is None else f'lambda *given: {function}(*given)[{part}]'}] * {least}\n"
        for steps, least, part in answer_as_lines(problem)
    )


class Derivation:
    """The kind ``derivation``."""

    def requests(self, check: DerivationCheck, problem: Problem, case: Case) -> tuple[Request, ...]:
        """Return the call of each line that there may be, and of one more, which there may not be."""
        steps = problem.steps_of(check)
        return tuple(
            Request(label=_element(steps, i), arguments=case.values, want_inputs=True, step=_element(steps, i))
            for i in range(check.most + 1)
        )

    def judge(
        self, check: DerivationCheck, problem: Problem, case: Case, outcomes: Mapping[str, Outcome], facts: Facts
    ) -> CaseFinding:
        """Return which "=" does not hold on a case."""
        expected = facts.expected(problem, case)[returned_part(problem, check.returns)]
        steps = problem.steps_of(check)
        returned = [outcomes[_element(steps, i)] for i in range(check.most + 1)]
        # How many lines there are is known by facts alone: the first call that finds none ends the list.
        end = next((i for i, outcome in enumerate(returned) if _is_absent(outcome)), len(returned))
        lines = tuple(_lines(case, returned[: min(end, check.most)], expected))
        broken = next((line for line in lines if line.verdict is Verdict.DISAGREES), None)
        if broken is not None:
            return replace(_broken(case, steps, lines, broken), too_many=end > check.most)
        last = returned[min(end, check.most)]
        if end == 0 and isinstance(last, Unavailable):
            finding = {Absence.NOT_LOADED: Finding.NOT_LOADED, Absence.SKIPPED: Finding.SKIPPED}
            return _incomplete(case, lines, last, finding.get(last.absence, Finding.MISSING), last.says)
        if end > check.most:
            return replace(_incomplete(case, lines, last, Finding.TOO_MANY_LINES, str(check.most)), too_many=True)
        if end < check.least:
            return _incomplete(case, lines, last, Finding.TOO_FEW_LINES, str(check.least))
        open_ = any(line.verdict is Verdict.INCONCLUSIVE for line in lines)
        return CaseFinding(
            case=case,
            verdict=Verdict.INCONCLUSIVE if open_ else Verdict.AGREES,
            finding=Finding.TOO_CLOSE_TO_TELL if open_ else Finding.RIGHT,
            informative=expected.informative,
            outcome=lines[-1].outcome,
            resolution=max(expected.resolution, COARSENESS * same_to(expected)),
            lines=lines,
        )


def _element(steps: str, i: int) -> str:
    return f"{steps}[{i}]"


def _is_absent(outcome: Outcome) -> bool:
    return isinstance(outcome, Unavailable) and outcome.absence in _NOT_THERE


def _broken(case: Case, steps: str, lines: tuple[LineFinding, ...], broken: LineFinding) -> CaseFinding:
    return CaseFinding(
        case=case,
        verdict=Verdict.DISAGREES,
        finding=broken.finding,
        informative=True,
        outcome=broken.outcome,
        detail=_told(broken),
        evidence=broken.evidence,
        lines=lines,
        called=_element(steps, broken.number - 1),
        rank=broken.number,
    )


def _told(broken: LineFinding) -> str:
    """Return words for a single case that name the line as well, where its values are what is wrong."""
    says = broken.detail
    if broken.finding is Finding.EQUALITY_BROKEN:
        says = say("derivation.not_equal", before=line_name(broken.before))
    elif broken.finding is not Finding.WRONG_SHAPE:
        return says
    return say("derivation.of_line", line=line_name(broken.number), says=says)


def _incomplete(
    case: Case, lines: tuple[LineFinding, ...], outcome: Outcome, finding: Finding, detail: str
) -> CaseFinding:
    return CaseFinding(
        case=case,
        verdict=Verdict.DISAGREES,
        finding=finding,
        informative=True,
        outcome=outcome,
        detail=detail,
        lines=lines,
        rank=_AFTER_ALL_LINES,
    )


# Line by line ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Left:
    """What stands left of the next "=": a line's number and value, and whether that is the answer."""

    number: int
    value: Array | None
    right: bool | None


def _lines(case: Case, outcomes: list[Outcome], expected: Expected) -> Iterator[LineFinding]:
    left = _Left(number=0, value=None if expected.withheld else expected.value, right=True)
    for number, outcome in enumerate(outcomes, start=1):
        value = _value(number, outcome)
        if isinstance(value, Unfit):
            line = _without_numbers(number, left, outcome, value, expected)
        else:
            line = _line(number, left, outcome, value, expected)
            left = _Left(number=number, value=value, right=line.right)
        yield line if not isinstance(outcome, Returned) else _with_changes(line, case, outcome)


def _value(number: int, outcome: Outcome) -> Array | Unfit:
    values = came_back(outcome)
    if isinstance(values, Unfit):
        return values
    value = real_numbers(values[0], line_name(number))
    if isinstance(value, Unfit) or bool(np.isfinite(value).all()):
        return value
    return Unfit(finding=Finding.NON_FINITE, detail="")


def _without_numbers(number: int, left: _Left, outcome: Outcome, why: Unfit, expected: Expected) -> LineFinding:
    # Where inputs a few roundings away have no answer, nothing follows from nan.
    excused = why.finding is Finding.NON_FINITE and not bool(np.isfinite(expected.unit).all())
    return LineFinding(
        number=number,
        before=left.number,
        verdict=Verdict.INCONCLUSIVE if excused else Verdict.DISAGREES,
        finding=why.finding,
        right=None if excused else False,
        outcome=outcome,
        value=None,
        left=left.value,
        detail=why.detail,
    )


def _line(number: int, left: _Left, outcome: Outcome, value: Array, expected: Expected) -> LineFinding:
    right = _is_answer(value, expected)
    verdict, finding, detail = _holds(left, value, right=right, expected=expected)
    broken = verdict is Verdict.DISAGREES
    return LineFinding(
        number=number,
        before=left.number,
        verdict=verdict,
        finding=finding,
        right=right,
        outcome=outcome,
        value=value,
        left=left.value,
        detail=detail,
        evidence=_evidence(number, left.value, value, expected) if broken else None,
    )


def _is_answer(value: Array, expected: Expected) -> bool | None:
    if value.shape != expected.value.shape:
        return False
    if expected.withheld:
        return None
    match equality(expected.value, value, expected):
        case Closeness.AGREES:
            return True
        case Closeness.DISAGREES:
            return False
        case Closeness.INCONCLUSIVE:
            return None


def _holds(left: _Left, value: Array, *, right: bool | None, expected: Expected) -> tuple[Verdict, Finding, str]:
    """Return whether a line is equal to what stands left of it."""
    if left.value is None:
        # Only the shape of the answer is known here.
        if value.shape == expected.value.shape:
            return Verdict.NOT_GRADED, Finding.UNINFORMATIVE, ""
        return Verdict.DISAGREES, Finding.WRONG_SHAPE, _shapes(value, left.number, expected.value)
    if value.shape != left.value.shape:
        return Verdict.DISAGREES, Finding.WRONG_SHAPE, _shapes(value, left.number, left.value)
    if left.right and right:
        return Verdict.AGREES, Finding.RIGHT, ""
    # Where each of them may be right, none of them is to be failed.
    both_may_be = left.right is not False and right is not False and not expected.withheld
    match equality(left.value, value, expected):
        case Closeness.AGREES:
            return Verdict.AGREES, Finding.RIGHT, ""
        case Closeness.DISAGREES if not both_may_be:
            return Verdict.DISAGREES, Finding.EQUALITY_BROKEN, ""
        case Closeness.DISAGREES | Closeness.INCONCLUSIVE:
            return Verdict.INCONCLUSIVE, Finding.TOO_CLOSE_TO_TELL, ""


def _shapes(value: Array, before: int, left: Array) -> str:
    return say("derivation.shapes", shape=value.shape, before=line_name(before), due=left.shape)


def _evidence(number: int, left: Array | None, value: Array, expected: Expected) -> Evidence | None:
    if left is None or left.shape != value.shape:
        return None
    with np.errstate(over="ignore"):
        error = np.abs(value - left)
    allowed = within(left, value, expected)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(error / allowed)), error.shape))
    return Evidence(
        actual=value,
        expected=left,
        name=line_name(number),
        where=worst,
        error_abs=float(error[worst]),
        allowed_abs=float(allowed[worst]),
        differing=int((error > allowed).sum()),
        total=error.size,
    )


def _with_changes(line: LineFinding, case: Case, outcome: Returned) -> LineFinding:
    changed = [
        name
        for (name, before), after in zip(case.arguments, outcome.inputs_after, strict=True)
        if not same_bits(before, after)
    ]
    return replace(line, changes=", ".join(changed)) if changed else line
