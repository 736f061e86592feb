"""What a student sees of a check with a kit: what passes, what to mend and why, what is hidden, what is next."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from grader.model.handout import Checked, Withheld
from grader.model.report import CheckReport, FailureReport, Finding, ProblemReport, Verdict
from grader.reporting.check_words import case_title, check_name, labelled
from grader.reporting.failures import print_heading, print_labelled, print_lines
from grader.reporting.page import Page
from grader.reporting.paragraphs import FailedTogether, failed_together
from grader.reporting.points import points_count, points_text
from grader.reporting.python_lines import python_lines
from grader.reporting.submission_view import print_told
from grader.words import say, say_count

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
    for together in wrong_together(checked):
        _print_wrong(page, together)
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
        return say("next.run_again")
    left = [problem for problem in report.problems if not _passes(problem)]
    written = [problem for problem in left if problem.function not in checked.unwritten]
    if written and written[0].checks[0].outcome is Finding.NOT_LOADED and report.notes:
        return say("next.mend", what=report.notes[0])
    if written:
        return say("next.problem", problem=written[0].id, why=_reason(written[0]))
    if left:
        return say("next.write", function=left[0].function)
    hidden = _points(checked.withheld)
    if not hidden:
        return say("next.all_pass")
    return say_count("next.visible_pass", 1 if hidden == 1 else 2, points=points_count(hidden))


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
        says = say_count("check.all_pass", count)
        undecided = any(one.problem == problem.id and not one.decides for one in checked.withheld)
        # That lines are equal to each other says nothing of the first one.
        undecided = undecided or all(check.lines for check in problem.checks)
        return say("check.none_decides", says=says) if undecided else says
    return say("check.not_written") if problem.function in checked.unwritten else _reason(problem)


def _print_check(page: Page, check: CheckReport) -> None:
    mark, style = _mark(page, check.verdict)
    page.hang(Text.assemble("      ", (f"{mark} ", style)), page.text(labelled(check_name(check), check.message)))
    page.hang(Text("        "), page.text(labelled(say("label.tried"), check.tried), "dim"))


def _mark(page: Page, verdict: Verdict) -> tuple[str, str]:
    match verdict:
        case Verdict.AGREES:
            return page.marks.right, "green"
        case Verdict.DISAGREES:
            return page.marks.wrong, "red"
        case Verdict.INCONCLUSIVE | Verdict.NOT_GRADED:
            return page.marks.undecided, "yellow"


# What is wrong --------------------------------------------------------------------------------------------------------


def wrong_together(checked: Checked) -> tuple[FailedTogether, ...]:
    """Return what is wrong with what was written, each reason once.

    Parameters
    ----------
    checked : Checked
        The answer.

    Returns
    -------
    tuple of FailedTogether
        In order of first appearance.
    """
    return failed_together(each for each in checked.report.problems if each.function not in checked.unwritten)


def _print_wrong(page: Page, together: FailedTogether) -> None:
    first = together.checks[0]
    page.line()
    print_heading(page, page.marks.wrong, "red", list(together.names), first.message)
    print_lines(page, first.lines)
    _print_case(page, together)
    for diagnosis in first.diagnoses:
        print_labelled(page, say("label.likely"), page.text(diagnosis.says, "bold"))
        if diagnosis.hint:
            print_labelled(page, say("label.hint"), page.text(diagnosis.hint))


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
    facts = {say("label.got"): failure.got, say("label.your_line"): failure.source}
    if failure.expected and failure.where and not failure.off_by:
        # A derivative along a move: both sides of it in one sentence.
        facts[say("label.but")] = f"{failure.expected}; {failure.where}"
    else:
        facts[failure.against or say("label.expected")] = failure.expected
        distance = say("failure.off_by_at", off_by=failure.off_by, where=failure.where) if failure.off_by else ""
        facts[say("label.differ")] = distance
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
    listed = ", ".join(f"{one.problem} {points_text(one.points)}" for one in checked.withheld)
    return say_count("hidden.not_in_kit", checks, points=points_count(points), listed=listed)


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
        ``"fixed: …"``, ``"new: …"``, ``"same: …"``, those that there are. A problem of which all checks became the same
        is named in their place.
    """
    was, is_ = _state(before), _state(now)
    fixed = [name for name in is_ if is_[name] is None and was.get(name)]
    new = [name for name in is_ if is_[name] and not was.get(name)]
    other = [name for name in is_ if is_[name] and was.get(name) and is_[name] != was[name]]
    same = [name for name in is_ if is_[name] and is_[name] == was.get(name)]
    named = {"changes.fixed": fixed, "changes.new": new, "changes.changed": other, "changes.same": same}
    return tuple(labelled(say(label), ", ".join(_together(now, names))) for label, names in named.items() if names)


def _together(checked: Checked, names: Sequence[str]) -> list[str]:
    """Return the names of checks, and in place of all checks of a problem its own."""
    shown: list[str] = []
    for problem in checked.report.problems:
        found = [check.id for check in problem.checks if check.id in names]
        shown += [problem.id] if len(found) == len(problem.checks) > 1 else found
    return shown


def _state(checked: Checked) -> dict[str, str | None]:
    """Return for each check what is wrong with it, or None."""
    return {
        check.id: None if check.verdict is Verdict.AGREES else f"{check.outcome}: {check.message}"
        for problem in checked.report.problems
        for check in problem.checks
    }
