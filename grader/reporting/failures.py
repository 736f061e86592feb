"""What went wrong in a submission, each reason once, with its smallest failing input."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import CheckReport, FailureReport, Finding, ProblemReport, Verdict
from grader.reporting.page import Page
from grader.reporting.points import points_count, points_text
from grader.reporting.python_lines import python_lines

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
        return next((check.failure for check in self.checks if check.failure is not None), None)


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
    if check.failure is None:
        return (check.outcome, check.message)
    if check.outcome is Finding.PROPERTY_BROKEN:
        return (problem, check.outcome, check.id)
    return (problem, check.outcome, check.failure.source)


def print_failed(page: Page, failed: FailedTogether) -> None:
    """Write one paragraph: what failed, the input that shows it, the likely mistake, and how to see it again.

    Parameters
    ----------
    page : Page
        Where to write.
    failed : FailedTogether
        Checks with one reason.
    """
    messages = dict.fromkeys(check.message for check in failed.checks)
    if len(failed.problems) > 1:
        names = [", ".join(failed.problems)]
    else:
        names = [failed.problems[0], ", ".join(check_name(check) for check in failed.checks)]
    print_heading(page, page.marks.wrong, "red", names, next(iter(messages)) if len(messages) == 1 else "")
    if len(messages) > 1:
        for check in failed.checks:
            print_labelled(page, check_name(check), page.text(check.message))
    if failed.failure is not None:
        _print_failure(page, failed.failure)
    diagnoses = {each.id: each for check in failed.checks for each in check.diagnoses}
    for diagnosis in diagnoses.values():
        print_labelled(page, "likely", page.text(diagnosis.says, "yellow"))
        if diagnosis.hint:
            print_labelled(page, "hint", page.text(diagnosis.hint))
    again = next((check.again for check in failed.checks if check.again), "")
    if again:
        _print_command(page, "again", page.text(again, "dim"))


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
    body = page.text(names[0], "bold")
    for name in names[1:]:
        body.append_text(Text.assemble(dot, page.text(name)))
    if message:
        body.append_text(Text.assemble(dot, page.text(message)))
    page.hang(Text(f"{mark} ", style=style), body)


def print_labelled(page: Page, label: str, value: Text) -> None:
    """Write a value beside its label, or below it on a narrow page.

    Parameters
    ----------
    page : Page
        Where to write.
    label : str
        One or two words.
    value : rich.text.Text
        May have several lines.
    """
    shown = page.text(label, "dim")
    gap = max(_LABEL_CELLS - cell_len(shown.plain), 2)
    if page.width < _NARROW_CELLS and "\n" in value.plain:
        page.line(Text(_BODY), shown)
        page.hang(Text(_BODY + "  "), value, least=0)
    else:
        page.hang(Text.assemble(_BODY, shown, " " * gap), value)


def _print_command(page: Page, label: str, command: Text) -> None:
    # A command is pasted, so it is not broken: where it does not fit, the terminal folds it.
    if page.width < _NARROW_CELLS:
        page.line(Text.assemble(_BODY, (label, "dim")))
        page.line(Text(_BODY + "  "), command)
    else:
        page.line(Text.assemble(_BODY, (label.ljust(_LABEL_CELLS), "dim"), command))


def _print_failure(page: Page, failure: FailureReport) -> None:
    title = f"smallest failing input ({failure.case}" + (f": {failure.says})" if failure.says else ")")
    page.hang(Text(_BODY), page.text(title, "dim"))
    indent = _BODY * 2 if page.width >= _NARROW_CELLS else _BODY + "  "
    for source in (failure.inputs, failure.call):
        for line in python_lines(page.safe(source), page.width - len(indent)):
            page.line(Text(indent), page.text(line))
    print_labelled(page, "got", page.text(failure.got, "red"))
    print_labelled(page, "expected", page.text(failure.expected, "green"))
    distance = _distance(failure)
    if distance:
        print_labelled(page, "off by" if failure.off_by else "where", page.text(distance))
    if failure.source:
        print_labelled(page, "your line", page.text(failure.source))


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


def print_open(page: Page, problem: ProblemReport) -> None:
    """Write what is neither right nor wrong: checks without a verdict, and passed checks that earn nothing yet.

    Parameters
    ----------
    page : Page
        Where to write.
    problem : ProblemReport
        All its checks.
    """
    for check in problem.checks:
        names = [problem.id, check_name(check)]
        if check.verdict is Verdict.INCONCLUSIVE:
            print_heading(page, page.marks.undecided, "yellow", names, check.message)
            held = f"{points_count(check.max_score - check.score)}, neither given nor lost: a person decides"
            print_labelled(page, "undecided", page.text(held, "yellow"))
            if check.failure is not None:
                _print_failure(page, check.failure)
            if check.again:
                _print_command(page, "again", page.text(check.again, "dim"))
        elif check.verdict is Verdict.NOT_GRADED:
            print_heading(page, page.marks.fault, "yellow", names, check.message)
            print_labelled(page, "fault", page.text("ours, the grader's; it says nothing of the answer"))
    waiting = [c for c in problem.checks if c.verdict is Verdict.AGREES and c.score < c.max_score]
    for message in dict.fromkeys(check.message for check in waiting):
        checks = [check for check in waiting if check.message == message]
        lost = sum(((check.max_score - check.score) for check in checks), start=checks[0].score * 0)
        names = [problem.id, ", ".join(check_name(check) for check in checks)]
        print_heading(page, page.marks.dot, "dim", [*names, f"{points_text(lost)} withheld"], message)
