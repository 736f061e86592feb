"""What went wrong in a submission, each reason once, with its smallest failing input."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import CheckReport, FailureReport, Finding, ProblemReport, Verdict
from grader.reporting.page import Page
from grader.reporting.points import PART_STYLE, points_count
from grader.reporting.python_lines import python_lines

_NEVER_CALLED = frozenset({Finding.MISSING, Finding.NOT_CALLABLE, Finding.NOT_LOADED, Finding.SKIPPED})
"""Outcomes that no input shows."""
_BODY = " " * 4
_LABEL_CELLS = 11
_NARROW_CELLS = 60
"""Below this width labels stand above what they label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTogether:
    """Checks that failed for one reason.

    Parameters
    ----------
    problems : tuple of str
        Identifiers, in the rubric's order.
    checks : tuple of CheckReport
        At least one.
    """

    problems: tuple[str, ...]
    checks: tuple[CheckReport, ...]

    @property
    def failure(self) -> FailureReport | None:
        """The smallest failing case of the first check that has one: deciding checks are listed first."""
        return next((shown for check in self.checks if (shown := _shown_failure(check)) is not None), None)


def check_name(check: CheckReport) -> str:
    """Return a check's name within its problem.

    Parameters
    ----------
    check : CheckReport
        Its ``id`` is ``problem.check``.

    Returns
    -------
    str
    """
    return check.id.partition(".")[2] or check.id


def _shown_failure(check: CheckReport) -> FailureReport | None:
    return None if check.outcome in _NEVER_CALLED else check.failure


def failed_together(problems: Iterable[ProblemReport]) -> tuple[FailedTogether, ...]:
    """Gather the checks that disagree by their reason, so that each reason is told once.

    Parameters
    ----------
    problems : iterable of ProblemReport
        In the rubric's order.

    Returns
    -------
    tuple of FailedTogether
        In order of first appearance. Checks of one problem share a reason where outcome and diagnoses are the same;
        checks of several problems only where what is said of them is the same word for word.
    """
    groups: dict[tuple[object, ...], list[tuple[str, CheckReport]]] = {}
    for problem in problems:
        for check in problem.checks:
            if check.verdict is Verdict.DISAGREES:
                groups.setdefault(_reason(problem.id, check), []).append((problem.id, check))
    return tuple(
        FailedTogether(
            problems=tuple(dict.fromkeys(problem for problem, _ in members)),
            checks=tuple(check for _, check in members),
        )
        for members in groups.values()
    )


def _reason(problem: str, check: CheckReport) -> tuple[object, ...]:
    """Return what two checks have in common if one paragraph tells of both."""
    if check.diagnoses:
        return (problem, check.outcome, tuple(each.id for each in check.diagnoses))
    if _shown_failure(check) is None:
        return (check.outcome, check.message)
    if check.outcome is Finding.PROPERTY_BROKEN:
        return (problem, check.outcome, check.id)
    return (problem, check.outcome, check.failure.source if check.failure is not None else "")


def print_failures(page: Page, problems: Sequence[ProblemReport]) -> None:
    """Write a paragraph for each reason why points are missing, in the rubric's order.

    Parameters
    ----------
    page : Page
        Where to write.
    problems : sequence of ProblemReport
        All of a submission's problems.
    """
    groups = failed_together(problems)
    for problem in problems:
        own = [group for group in groups if group.problems[0] == problem.id]
        withheld = [check for check in problem.checks if check.outcome is Finding.NEEDS_RIGHTNESS]
        for group in own:
            page.line()
            _print_failed(page, group, withheld if group is own[-1] else ())
        if withheld and not own:
            page.line()
            print_heading(page, page.marks.dot, "dim", [problem.id], "")
            _print_withheld(page, withheld)
        _print_open(page, problem)


def _print_failed(page: Page, failed: FailedTogether, withheld: Sequence[CheckReport]) -> None:
    first, *others = failed.checks
    names = [", ".join(failed.problems)]
    if len(failed.problems) == 1:
        names.append(check_name(first))
    print_heading(page, page.marks.wrong, "red", names, first.message)
    if others and len(failed.problems) == 1:
        print_labelled(page, "also", page.text(", ".join(_counted(check) for check in others)))
    if failed.failure is not None:
        _print_failure(page, failed.failure)
    diagnoses = {each.id: each for check in failed.checks for each in check.diagnoses}
    for diagnosis in diagnoses.values():
        print_labelled(page, "likely", page.text(diagnosis.says, "bold"))
        if diagnosis.hint:
            print_labelled(page, "hint", page.text(diagnosis.hint))
    _print_withheld(page, withheld)
    _print_again(page, failed.checks)


def _counted(check: CheckReport) -> str:
    if check.cases_failed == 0:
        return check_name(check)
    return f"{check_name(check)} ({check.cases_failed} of {check.cases_tried})"


def _print_withheld(page: Page, withheld: Sequence[CheckReport]) -> None:
    for message in dict.fromkeys(check.message for check in withheld):
        checks = [check for check in withheld if check.message == message]
        missing = sum((check.max_score - check.score for check in checks), start=Fraction(0))
        names = ", ".join(check_name(check) for check in checks)
        print_labelled(page, "withheld", page.text(f"{points_count(missing)} of {names}: {message}"))


def print_heading(page: Page, mark: str, style: str, names: list[str], message: str) -> None:
    """Write the line that a paragraph begins with: mark, names, what was found.

    Parameters
    ----------
    page : Page
        Where to write.
    mark, style : str
        What stands first, and its colour.
    names : list of str
        Problem and checks; the first is emphasised.
    message : str
        One sentence; may be empty.
    """
    dot = (f" {page.marks.dot} ", "dim")
    body = Text.assemble(page.text(names[0], "bold"))
    for name in names[1:]:
        body.append_text(Text.assemble(dot, page.text(name)))
    if message:
        body.append_text(Text.assemble(dot, page.text(message)))
    page.hang(Text(f"{mark} ", style=style), body)


def print_labelled(page: Page, label: str, value: Text, *, cells: int = _LABEL_CELLS) -> None:
    """Write a value beside its label, or below it on a narrow page.

    Parameters
    ----------
    page : Page
        Where to write.
    label : str
        One or two words.
    value : rich.text.Text
        May have several lines.
    cells : int
        Of the column of labels.
    """
    shown = page.text(label, "dim")
    if page.width < _NARROW_CELLS and "\n" in value.plain:
        page.line(Text(_BODY), shown)
        page.hang(Text(_BODY + "  "), value, least=0)
    else:
        shown.pad_right(cells - cell_len(shown.plain))
        page.hang(Text.assemble(_BODY, shown), value)


def _print_again(page: Page, checks: Sequence[CheckReport]) -> None:
    again = next((check.again for check in checks if check.again), "")
    if not again:
        return
    # A command is pasted, so it is not broken: where it does not fit, the terminal folds it.
    command = page.text(again, "dim")
    beside = Text.assemble(_BODY, ("again".ljust(_LABEL_CELLS), "dim"), command)
    if cell_len(beside.plain) <= page.width:
        page.line(beside)
    else:
        page.line(Text.assemble(_BODY, ("again", "dim")))
        page.line(Text(_BODY + "  "), command)


def _print_failure(page: Page, failure: FailureReport) -> None:
    title = f"smallest failing input ({failure.case}" + (f": {failure.says})" if failure.says else ")")
    page.hang(Text(_BODY), page.text(title, "dim"))
    indent = _BODY * 2 if page.width >= _NARROW_CELLS else _BODY + "  "
    for source in (failure.inputs, failure.call):
        for line in python_lines(page.safe(source), page.width - len(indent)):
            page.line(Text(indent), page.text(line))
    facts = {
        "got": failure.got,
        "expected": failure.expected,
        "off by" if failure.off_by else "where": _distance(failure),
        "your line": failure.source,
    }
    for label, fact in facts.items():
        if fact:
            print_labelled(page, label, page.text(fact))


def _distance(failure: FailureReport) -> str:
    place = (
        f"{failure.off_by} at {failure.where}" if failure.off_by and failure.where else failure.off_by + failure.where
    )
    parts = [
        place,
        f"allowed {failure.allowed}" if failure.allowed else "",
        f"{failure.differing} differ" if failure.differing else "",
    ]
    return "; ".join(part for part in parts if part)


def _print_open(page: Page, problem: ProblemReport) -> None:
    """Write what is neither right nor wrong: checks without a verdict, and passed checks that wait for these."""
    for check in problem.checks:
        names = [problem.id, check_name(check)]
        if check.verdict is Verdict.INCONCLUSIVE:
            page.line()
            print_heading(page, page.marks.undecided, PART_STYLE, names, check.message)
            if check.failure is not None:
                _print_failure(page, check.failure)
            _print_again(page, [check])
        elif check.verdict is Verdict.NOT_GRADED:
            page.line()
            print_heading(page, page.marks.fault, PART_STYLE, names, check.message)
            print_labelled(page, "fault", page.text("ours, the grader's; it says nothing of the answer"))
    if problem.undecided > 0:
        held = f"{points_count(problem.undecided)} of {problem.id}, neither given nor lost: a person decides"
        print_labelled(page, "undecided", page.text(held, PART_STYLE))
