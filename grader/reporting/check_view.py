"""What a student sees of a check with a kit: what passes, what to mend and why, what is hidden, what is next."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from grader.model.handout import Checked, Withheld
from grader.model.report import CheckReport, FailureReport, Finding, ProblemReport, Verdict
from grader.reporting.failures import print_heading, print_labelled
from grader.reporting.page import Page
from grader.reporting.paragraphs import FailedTogether, case_title, check_name, failed_together
from grader.reporting.points import points_count
from grader.reporting.python_lines import python_lines
from grader.reporting.submission_view import print_told

_INDENT = " " * 8


def all_pass(checked: Checked) -> bool:
    """Return whether every check that the student has passes.

    Parameters
    ----------
    checked : Checked
        The answer.

    Returns
    -------
    bool
    """
    report = checked.report
    return report.status == "graded" and all(_passes(problem) for problem in report.problems)


def print_checked(page: Page, checked: Checked, *, verbose: bool = False) -> None:
    """Write what was found.

    Parameters
    ----------
    page : Page
        Where to write.
    checked : Checked
        The answer.
    verbose : bool
        Show the checks that pass, too.
    """
    page.between(page.text(checked.title, "bold"), page.text(checked.report.path, "dim"))
    page.line()
    if checked.report.status == "not_graded":
        page.hang(Text(f"{page.marks.fault} ", "yellow"), page.text(checked.report.reason))
    _print_problems(page, checked, verbose=verbose)
    for problem in checked.report.problems:
        if not _passes(problem) and problem.function not in checked.unwritten:
            _print_wrong(page, problem)
    print_told(page, checked.report)
    page.line()
    _print_hidden(page, checked)
    page.hang(Text(), page.text(next_step(checked), "bold"))


def next_step(checked: Checked) -> str:
    """Return what to do next, in one line.

    Parameters
    ----------
    checked : Checked
        The answer.

    Returns
    -------
    str
    """
    report = checked.report
    if report.status == "not_graded":
        return "next: run it again; if it stays so, tell your course what stands above"
    left = [problem for problem in report.problems if not _passes(problem)]
    written = [problem for problem in left if problem.function not in checked.unwritten]
    if written and written[0].checks[0].outcome is Finding.NOT_LOADED and report.notes:
        return f"next: mend {report.notes[0]}"
    if written:
        return f"next: {written[0].id} - {_reason(written[0])}"
    if left:
        return f"next: write {left[0].function}"
    hidden = _points(checked.withheld)
    if not hidden:
        return "all checks pass"
    verb = "is" if hidden == 1 else "are"
    return f"all visible checks pass; {points_count(hidden)} {verb} decided by your course's own run"


def _passes(problem: ProblemReport) -> bool:
    return all(check.verdict is Verdict.AGREES for check in problem.checks)


def _points(withheld: Sequence[Withheld]) -> Fraction:
    return sum((one.points for one in withheld), Fraction(0))


def _reason(problem: ProblemReport) -> str:
    return problem.reason or next(check.message for check in problem.checks if check.verdict is not Verdict.AGREES)


# One line a problem ---------------------------------------------------------------------------------------------------


def _print_problems(page: Page, checked: Checked, *, verbose: bool) -> None:
    problems = checked.report.problems
    names = max((cell_len(page.safe(problem.id)) for problem in problems), default=0)
    for problem in problems:
        mark, style, says = _status(page, checked, problem)
        first = Text.assemble("  ", (f"{mark} ", style), page.text(problem.id))
        first.pad_right(4 + names + 2 - cell_len(first.plain))
        page.hang(first, page.text(says))
        if verbose:
            for check in problem.checks:
                _print_check(page, check)


def _status(page: Page, checked: Checked, problem: ProblemReport) -> tuple[str, str, str]:
    says = problem_words(checked, problem)
    if _passes(problem):
        return page.marks.right, "green", says
    if problem.function in checked.unwritten:
        return page.marks.dot, "dim", says
    if any(check.verdict is Verdict.DISAGREES for check in problem.checks):
        return page.marks.wrong, "red", says
    return page.marks.undecided, "yellow", says


def problem_words(checked: Checked, problem: ProblemReport) -> str:
    """Return how a problem stands, in one line.

    Parameters
    ----------
    checked : Checked
        The answer.
    problem : ProblemReport
        One of its problems.

    Returns
    -------
    str
    """
    count = len(problem.checks)
    if _passes(problem):
        says = "its one check passes" if count == 1 else f"all {count} checks pass"
        undecided = any(one.problem == problem.id and not one.decides for one in checked.withheld)
        return says + ("; none of them can tell whether it is right" if undecided else "")
    return "not written yet" if problem.function in checked.unwritten else _reason(problem)


def _print_check(page: Page, check: CheckReport) -> None:
    mark, style = _mark(page, check.verdict)
    page.hang(Text.assemble("      ", (f"{mark} ", style)), page.text(f"{check_name(check)}: {check.message}"))
    page.hang(Text("        "), page.text(f"tried: {check.tried}", "dim"))


def _mark(page: Page, verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case Verdict.AGREES:
            return page.marks.right, "green"
        case Verdict.DISAGREES:
            return page.marks.wrong, "red"
        case Verdict.INCONCLUSIVE | Verdict.NOT_GRADED:
            return page.marks.undecided, "yellow"


# What is wrong --------------------------------------------------------------------------------------------------------


def _print_wrong(page: Page, problem: ProblemReport) -> None:
    for together in failed_together([problem]):
        first = together.checks[0]
        page.line()
        names = [problem.id, ", ".join(check_name(check) for check in together.checks)]
        print_heading(page, page.marks.wrong, "red", names, first.message)
        _print_case(page, together)
        for diagnosis in first.diagnoses:
            print_labelled(page, "likely", page.text(diagnosis.says, "bold"))
            if diagnosis.hint:
                print_labelled(page, "hint", page.text(diagnosis.hint))


def _print_case(page: Page, together: FailedTogether) -> None:
    failure = together.failure
    if failure is None:
        return
    page.hang(Text("    "), page.text(case_title(failure), "dim"))
    for source in (failure.inputs, failure.call):
        for line in python_lines(page.safe(source), page.width - len(_INDENT)):
            page.line(Text(_INDENT), page.text(line))
    for label, fact in kit_facts(failure).items():
        print_labelled(page, label, page.text(fact))


def kit_facts(failure: FailureReport) -> Mapping[str, str]:
    """Return what is known of a failing case where the right answer is not, by label, in the order to show.

    Parameters
    ----------
    failure : FailureReport
        The case.

    Returns
    -------
    mapping of str to str
        None of them empty.
    """
    facts = {"got": failure.got, "your line": failure.source}
    if failure.expected and failure.where and not failure.off_by:
        # A derivative along a move: both sides of it in one sentence.
        facts["but"] = f"{failure.expected}; {failure.where}"
    else:
        facts["expected"] = failure.expected
        facts["differ"] = f"{failure.off_by} at {failure.where}" if failure.off_by else ""
    return {label: fact for label, fact in facts.items() if fact}


# What is decided elsewhere --------------------------------------------------------------------------------------------


def _print_hidden(page: Page, checked: Checked) -> None:
    if checked.withheld:
        page.hang(Text(), page.text(hidden_words(checked), "dim"))


def hidden_words(checked: Checked) -> str:
    """Return what of the assignment is decided elsewhere, in one line; empty where nothing is.

    Parameters
    ----------
    checked : Checked
        The answer.

    Returns
    -------
    str
    """
    if not checked.withheld:
        return ""
    points, checks = _points(checked.withheld), sum(one.checks for one in checked.withheld)
    listed = ", ".join(f"{one.problem} {points_count(one.points).split()[0]}" for one in checked.withheld)
    noun = "check that is" if checks == 1 else "checks that are"
    return f"hidden: {checks} {noun} not in your kit, worth {points_count(points)} ({listed})"


# What changed ---------------------------------------------------------------------------------------------------------


def changes(before: Checked, now: Checked) -> tuple[str, ...]:
    """Return what became of each check since another run, in words.

    Parameters
    ----------
    before, now : Checked
        Two runs.

    Returns
    -------
    tuple of str
        ``"fixed: …"``, ``"new: …"``, ``"same: …"``, those that there are.
    """
    was, is_ = _state(before), _state(now)
    fixed = [name for name in is_ if is_[name] is None and was.get(name)]
    new = [name for name in is_ if is_[name] and not was.get(name)]
    other = [name for name in is_ if is_[name] and was.get(name) and is_[name] != was[name]]
    same = [name for name in is_ if is_[name] and is_[name] == was.get(name)]
    named = {"fixed": fixed, "new": new, "changed": other, "same": same}
    return tuple(f"{label}: {', '.join(names)}" for label, names in named.items() if names)


def _state(checked: Checked) -> dict[str, str | None]:
    """Return for each check what is wrong with it, or None."""
    return {
        check.id: None if check.verdict is Verdict.AGREES else f"{check.outcome}: {check.message}"
        for problem in checked.report.problems
        for check in problem.checks
    }
