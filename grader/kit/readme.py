"""The page that a student reads first: what to write, what is checked, how to run it, what stays hidden."""

from collections.abc import Mapping
from fractions import Fraction

from grader.kit.layout import CASES, FORWARD, README, RUBRIC, SETTINGS
from grader.kit.words import one_line, points_words, shape_words
from grader.model.assignment import Assignment, Problem
from grader.model.handout import Withheld


def readme(
    assignment: Assignment,
    part: Assignment,
    withheld: tuple[Withheld, ...],
    *,
    submission: str,
    forward: Mapping[str, bytes],
) -> str:
    """Return the README of a kit.

    Parameters
    ----------
    assignment : Assignment
        The whole: every function that is to be written, and its points.
    part : Assignment
        What students are given.
    withheld : tuple of Withheld
        What they are not.
    submission : str
        The file to write in.
    forward : mapping of str to bytes
        The forward models' files.

    Returns
    -------
    str
        Markdown.
    """
    hidden = {one.problem: one for one in withheld}
    kept = {problem.id: problem for problem in part.problem}
    lines = [f"# {assignment.title}", "", *_opening(assignment, submission), "", "## What to write", ""]
    for problem in assignment.problem:
        lines += _problem(assignment, problem, kept.get(problem.id), hidden.get(problem.id))
    lines += ["## What stays hidden", "", *_hidden(assignment, withheld), ""]
    lines += ["## What is here", "", *_files(submission, forward), ""]
    return "\n".join(lines)


def _opening(assignment: Assignment, submission: str) -> list[str]:
    packages = ", ".join(f"`{name}`" for name in assignment.packages)
    return [
        f"Write your answers in `{submission}`, then ask as often as you like how they do:",
        "",
        "```sh",
        "python -m pip install grader      # once; Python 3.11 or newer",
        "grader check                      # in this folder",
        "grader check --watch              # again at each save",
        f"grader check --only {assignment.problem[0].id}",
        "```",
        "",
        "Nothing leaves your computer. A file of another name, or a notebook, is as good: "
        "`grader check my_answer.ipynb`.",
        f"You may import {packages} and Python's standard library.",
    ]


def _problem(assignment: Assignment, problem: Problem, kept: Problem | None, hidden: Withheld | None) -> list[str]:
    samplers = assignment.inputs[problem.inputs].values
    lines = [f"### {problem.title} · {points_words(problem.points)}", "", "```python"]
    lines += [f"{problem.function}({', '.join(problem.arguments)})", "```", "", "| | shape |", "|---|---|"]
    lines += [f"| `{name}` | {shape_words(samplers[name].shape)} |" for name in problem.arguments]
    lines += [f"| returns `{due.name}` | {shape_words(due.shape)} |" for due in problem.returns]
    if len(problem.returns) > 1:
        lines += ["", f"Return a tuple: `({', '.join(due.name for due in problem.returns)})`."]
    checks = kept.check if kept is not None else ()
    if checks:
        lines += ["", "You can check:", ""]
        lines += [f"- `{check.name}` ({points_words(check.points)}): {one_line(check)}" for check in checks]
    if hidden is not None:
        more = "more are" if checks else "are"
        lines += ["", f"{_count(hidden.checks)} {more} run by your course, for {points_words(hidden.points)}."]
        if not hidden.decides:
            lines += ["What you can check here does not decide whether this answer is right."]
    return [*lines, ""]


def _count(checks: int) -> str:
    return f"{checks} check{'' if checks == 1 else 's'}"


def _hidden(assignment: Assignment, withheld: tuple[Withheld, ...]) -> list[str]:
    points = sum((one.points for one in withheld), Fraction(0))
    if not withheld:
        return ["Nothing: these are all the checks there are."]
    return [
        f"Your course runs more checks than these, on other inputs, for {points_words(points)} of "
        f"{points_words(assignment.points)}. A right answer is right on every input: if all checks here pass, and not "
        "by chance, you have little to fear. `grader check` says each time how many points are decided elsewhere.",
    ]


def _files(submission: str, forward: Mapping[str, bytes]) -> list[str]:
    rows = [
        "| file | what it is |",
        "|---|---|",
        f"| `{submission}` | where you write |",
        f"| `{SETTINGS}` | which file is checked |",
        f"| `{RUBRIC}`, `{CASES}` | the checks, and the inputs they try; leave them as they are |",
        f"| `{README}` | this page |",
    ]
    if forward:
        rows.insert(3, f"| `{FORWARD}/` | the functions whose derivatives you work out; read them, and try them |")
    return rows
