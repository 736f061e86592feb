"""What was found of rubrics: for a terminal, as JSON, and as annotations of GitHub."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

from rich.console import Console
from rich.text import Text

from grader.model.diagnostic import Diagnostic, Severity
from grader.model.linted import Explanation, Linted, Looked
from grader.reporting.diagnostics import print_each
from grader.reporting.export.github import command

SCHEMA = "grader-lint/1"


def print_lint(linted: Sequence[Linted], console: Console) -> None:
    """Write every fault, a line for each rubric without one, and how many there are.

    Parameters
    ----------
    linted : sequence of Linted
        One a file.
    console : rich.console.Console
        Where to.
    """
    for one in linted:
        print_each(one.diagnostics, console)
        if not one.diagnostics and one.looked is not None:
            console.print(Text(f"{one.path}: {looked_words(one.looked)}: no fault"), soft_wrap=True)
    found = [each for one in linted for each in one.diagnostics]
    if found:
        faulty = [one.path for one in linted if one.diagnostics]
        place = faulty[0] if len(faulty) == 1 else f"{len(faulty)} rubrics"
        of = f", of {len(linted)}" if len(linted) > len(faulty) else ""
        console.print(Text(f"{_counted(found)} in {place}{of}", style="bold"), soft_wrap=True)
        code = found[0].code
        console.print(Text(f"`grader lint --explain {code}` tells more of {code}", style="dim"), soft_wrap=True)


def _counted(found: Sequence[Diagnostic]) -> str:
    counts = Counter(each.severity for each in found)
    return " and ".join(_count(counts[severity], severity) for severity in get_args(Severity) if counts[severity])


def looked_words(looked: Looked) -> str:
    """Return how much was looked at, in words.

    Parameters
    ----------
    looked : Looked
        The numbers.

    Returns
    -------
    str
        Such as ``"5 problems, 39 checks on 166 cases, 52 misconceptions"``.
    """
    tried = f" on {_count(looked.cases, 'case')}" if looked.cases else ", functions not tried"
    parts = [_count(looked.problems, "problem"), _count(looked.checks, "check") + tried]
    if looked.misconceptions:
        parts.append(_count(looked.misconceptions, "misconception"))
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def lint_json(linted: Sequence[Linted]) -> str:
    """Return what was found as JSON.

    Parameters
    ----------
    linted : sequence of Linted
        One a file.

    Returns
    -------
    str
        Its keys are listed in ``docs/lint.md``.
    """
    return json.dumps({"schema": SCHEMA, "rubrics": [_rubric(one) for one in linted]}, indent=2) + "\n"


def _rubric(one: Linted) -> dict[str, Any]:
    looked = one.looked
    return {
        "path": one.path,
        "errors": one.errors,
        "warnings": one.warnings,
        "looked_at": None
        if looked is None
        else {
            "problems": looked.problems,
            "checks": looked.checks,
            "misconceptions": looked.misconceptions,
            "cases": looked.cases,
        },
        "diagnostics": [_diagnostic(each) for each in one.diagnostics],
    }


def _diagnostic(each: Diagnostic) -> dict[str, Any]:
    place, fix = each.place, each.fix
    return {
        "code": each.code,
        "severity": each.severity,
        "says": each.says,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "length": place.length if place else None,
        "label": each.label,
        "help": each.help,
        "fix": None
        if fix is None
        else {
            "certain": fix.certain,
            "edits": [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits],
        },
    }


def lint_github(linted: Sequence[Linted]) -> str:
    """Return what was found as workflow commands, which GitHub shows beside the lines.

    Parameters
    ----------
    linted : sequence of Linted
        One a file.

    Returns
    -------
    str
        A command a fault.
    """
    return "".join(_annotation(each) for one in linted for each in one.diagnostics)


def _annotation(each: Diagnostic) -> str:
    place = each.place
    at: dict[str, str] = {}
    if place is not None:
        at = {"line": str(place.line), "col": str(place.column), "endColumn": str(place.column + place.length)}
    lines = [each.says, *([each.label] if each.label else []), *([f"help: {each.help}"] if each.help else [])]
    return command(each.severity, "\n".join(lines), file=each.path, **at, title=each.code)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Write what a code means.

    Parameters
    ----------
    explanation : Explanation
        The paragraph, and an example of wrong and right.
    console : rich.console.Console
        Where to.
    """
    style = "bold red" if explanation.severity == "error" else "bold yellow"
    console.print(Text.assemble((f"{explanation.severity}[{explanation.code}]", style), f": {explanation.title}"))
    console.print()
    console.print(Text(explanation.says))
    if explanation.right:
        for title, excerpt in (("wrong", explanation.wrong), ("right", explanation.right)):
            console.print(Text(f"\n{title}:\n", style="bold"))
            for line in excerpt.split("\n"):
                console.print(Text(f"    {line}"), soft_wrap=True)
