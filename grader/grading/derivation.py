"""What is said of a derivation: of each line whether its "=" holds, and if not by which factor or mistake it is off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grader.checks.derivation import line_name
from grader.checks.finding import CaseFinding, LineFinding
from grader.checks.receive import returned_part
from grader.diagnosis.explain import explain
from grader.diagnosis.mistakes import Mistakes
from grader.diagnosis.observation import Explanation, Observation
from grader.diagnosis.one_value import OneValue
from grader.diagnosis.ratio import line_before, ratio
from grader.grading.judge import Judged
from grader.grading.lines import Line, lines_of
from grader.grading.show import failure
from grader.grading.words import reason, times
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.model.checks import DerivationCheck
from grader.model.report import DiagnosisReport, FailureReport, Finding, LineReport, Verdict
from grader.numerics.expected import Expected
from grader.words import say, say_count


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ToldLines:
    """What is said of a derivation.

    Parameters
    ----------
    message : str
        One sentence, without a full stop.
    reason : str
        The same for one line of a summary.
    diagnoses : tuple of DiagnosisReport
        Of the first line whose "=" does not hold.
    failure : FailureReport or None
        The smallest case on which that does not hold.
    lines : tuple of LineReport
        One a line.
    """

    message: str
    reason: str
    diagnoses: tuple[DiagnosisReport, ...]
    failure: FailureReport | None
    lines: tuple[LineReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """What lines of a derivation are told about.

    Parameters
    ----------
    problem : Problem
        Whose answer is derived.
    check : DerivationCheck
        Which derivation.
    expected : callable
        The answer on a case, or what may be known of it.
    mistakes : Mistakes or None
        Explains a wrong line that follows a right one; None where the answer is not known.
    """

    problem: Problem
    check: DerivationCheck
    expected: Callable[[Problem, Case], tuple[Expected, ...]]
    mistakes: Mistakes | None


def told_lines(derived: Derived, judged: Judged) -> ToldLines:
    """Put what was found of a derivation into words.

    Parameters
    ----------
    derived : Derived
        Whose.
    judged : Judged
        The check's verdict.

    Returns
    -------
    ToldLines
    """
    lines = lines_of(judged.findings)
    right = {line.number: line.right for line in lines} | {0: True}
    reports = tuple(_report(derived, line, right, judged) for line in lines)
    broken = [report for report in reports if report.verdict is Verdict.DISAGREES]
    if not broken:
        says = _whole(derived, judged, len(lines))
        return ToldLines(message=says, reason=says, diagnoses=(), failure=None, lines=reports)
    first = broken[0]
    why = first.diagnosis.says if first.diagnosis is not None else first.says
    return ToldLines(
        message=_message(lines, broken, judged),
        reason=say("derivation.of_line", line=line_name(first.number), says=why),
        diagnoses=(first.diagnosis,) if first.diagnosis is not None else (),
        failure=first.failure,
        lines=reports,
    )


# The derivation as a whole --------------------------------------------------------------------------------------------


def _whole(derived: Derived, judged: Judged, count: int) -> str:
    """Return what is said where no "=" fails."""
    match judged.finding:
        case Finding.RIGHT:
            cases = say_count("cases.right", len(judged.findings))
            known = derived.mistakes is not None
            return say_count("derivation.right" if known else "derivation.equal", count, cases=cases)
        case Finding.MISSING:
            return say("derivation.missing", steps=derived.problem.steps_of(derived.check))
        case Finding.TOO_FEW_LINES:
            return say_count("derivation.too_few", count, least=derived.check.least)
        case Finding.TOO_MANY_LINES:
            return say("derivation.too_many", most=derived.check.most)
        case _:
            return reason(judged, derived.problem.steps_of(derived.check))


def _message(lines: Sequence[Line], broken: Sequence[LineReport], judged: Judged) -> str:
    first = broken[0]
    says = say("derivation.of_line", line=line_name(first.number), says=first.says)
    if first.outcome is Finding.EQUALITY_BROKEN:
        line = next(line for line in lines if line.number == first.number)
        how_often = times(line.failed, len(line.cases))
        says = say("derivation.broken", line=line_name(first.number), before=line_name(first.before), times=how_often)
    if judged.finding is Finding.NONDETERMINISTIC:
        says = say("derivation.of_line", line=line_name(first.number), says=say("finding.nondeterministic"))
    if len(broken) == 1:
        return says
    others = ", ".join(str(report.number) for report in broken[1:])
    return say_count("derivation.others", len(broken) - 1, says=says, lines=others)


# Line by line ---------------------------------------------------------------------------------------------------------


def _report(derived: Derived, line: Line, right: dict[int, bool | None], judged: Judged) -> LineReport:
    factor, explanation = "", None
    if line.finding is Finding.EQUALITY_BROKEN or line.finding is Finding.WRONG_SHAPE:
        factor, explanation = _explained(derived, line, after_right=right[line.before] is True)
    says = _says(line, right, factor, judged)
    changes = next((found.changes for _, found in line.cases if found.changes), "")
    return LineReport(
        number=line.number,
        before=line.before,
        verdict=line.verdict,
        outcome=line.finding,
        right=line.right,
        says=say("derivation.changes", says=says, names=changes) if changes else says,
        factor=factor,
        cases_failed=line.failed,
        diagnosis=None
        if explanation is None
        else DiagnosisReport(id=explanation.id, says=explanation.says, hint=explanation.hint),
        failure=failure(derived.problem, _alone(line, derived, judged)) if line.failed else None,
    )


def _says(line: Line, right: dict[int, bool | None], factor: str, judged: Judged) -> str:
    before = line_name(line.before)
    match line.verdict:
        case Verdict.AGREES if right[line.before] is False:
            return say("derivation.follows", before=before)
        case Verdict.AGREES:
            return say("derivation.holds", before=before)
        case Verdict.NOT_GRADED:
            return say("derivation.not_compared", before=before)
        case Verdict.INCONCLUSIVE:
            return say("derivation.too_close", before=before)
        case Verdict.DISAGREES:
            return _broken(line, right, factor, judged)


def _broken(line: Line, right: dict[int, bool | None], factor: str, judged: Judged) -> str:
    before = line_name(line.before)
    if line.finding is Finding.WRONG_SHAPE:
        return line.shown[1].detail
    if line.finding is not Finding.EQUALITY_BROKEN:
        return reason(_alone(line, None, judged), "")
    if factor == "0":
        return say("derivation.zero", before=before)
    if factor:
        return say("derivation.by_factor", before=before, factor=factor)
    back = line.right is True and right[line.before] is False
    return say("derivation.back" if back else "derivation.not_equal", before=before)


def _alone(line: Line, derived: Derived | None, judged: Judged) -> Judged:
    """Return a line as if it were all there is, to be shown or put into words as any other wrong answer is."""
    found, shown = line.shown
    steps = derived.problem.steps_of(derived.check) if derived is not None else ""
    alone = replace(
        found,
        verdict=line.verdict,
        finding=line.finding,
        outcome=shown.outcome,
        detail=shown.detail,
        evidence=shown.evidence,
        due=() if shown.left is None else (shown.left,),
        called=f"{steps}[{line.number - 1}]",
        against=line_name(line.before) if line.before else "",
    )
    of_cases = tuple(replace(case, verdict=one.verdict) for case, one in line.cases)
    return replace(judged, verdict=line.verdict, finding=line.finding, findings=of_cases, shown=alone)


# Why ------------------------------------------------------------------------------------------------------------------


def _explained(derived: Derived, line: Line, *, after_right: bool) -> tuple[str, Explanation | None]:
    """Return by which factor a line is off from the one before it, and which mistake explains it."""
    part = returned_part(derived.problem, derived.check.returns)
    seen = [(case, found) for case, found in line.cases if found.value is not None and found.left is not None]
    observations = [_observed(case, found, derived, part) for case, found in seen]
    if not observations or len(observations) < len(line.cases):
        # On some case there is nothing to compare, so that nothing is said of all cases.
        return "", None
    factor = ratio(derived.problem, observations)
    if derived.mistakes is None or not after_right:
        return factor, None
    of_one = OneValue(derived.problem, part, derived.mistakes)
    found = explain(of_one.problem, observations, of_one)
    named = {misconception.id for misconception in derived.problem.misconception}
    # A general mistake says in words what the factor says as a formula.
    return factor, None if factor and found is not None and found.id not in named else found


def _observed(case: CaseFinding, found: LineFinding, derived: Derived, part: int) -> Observation:
    truth = derived.expected(derived.problem, case.case)[part]
    values = None if found.value is None else (found.value,)
    left = truth.value if found.left is None else found.left
    return Observation(case=case.case, values=values, expected=(line_before(left, truth),))
