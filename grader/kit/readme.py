"""The page that a student reads first: what to write, what is checked, how to run it, what stays hidden."""

from collections.abc import Collection
from fractions import Fraction

from grader.kit.layout import CASES, FORWARD, README, RUBRIC, SETTINGS, WORDS
from grader.kit.words import one_line, points_words, shape_words
from grader.model.assignment import Assignment, Problem
from grader.model.handout import Withheld
from grader.words import say, say_count


def readme(
    assignment: Assignment,
    part: Assignment,
    withheld: tuple[Withheld, ...],
    *,
    submission: str,
    besides: Collection[str],
) -> str:
    """Return the README of a kit, in the language that is in force.

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
    besides : collection of str
        What is in this kit and not in every one: the folder of the forward models, the file of messages.

    Returns
    -------
    str
        Markdown.
    """
    hidden = {one.problem: one for one in withheld}
    kept = {problem.id: problem for problem in part.problem}
    lines = [f"# {assignment.title}", "", *_opening(assignment, submission), "", *_heading("what_to_write")]
    for problem in assignment.problem:
        lines += _problem(assignment, problem, kept.get(problem.id), hidden.get(problem.id))
    lines += [*_heading("what_is_hidden"), _hidden(assignment, withheld), ""]
    lines += [*_heading("what_is_here"), *_files(submission, besides), ""]
    return "\n".join(lines)


def _heading(which: str) -> list[str]:
    return [f"## {say(f'readme.{which}')}", ""]


def _opening(assignment: Assignment, submission: str) -> list[str]:
    packages = ", ".join(f"`{name}`" for name in assignment.packages)
    return [
        say("readme.write", file=submission),
        "",
        "```sh",
        f"grader check                      # {say('readme.here')}",
        f"grader check --watch              # {say('readme.each_save')}",
        f"grader check --only {assignment.problem[0].id}",
        "```",
        "",
        say("readme.install"),
        say("readme.stays_here", command="grader check my_answer.ipynb"),
        say("readme.imports", packages=packages),
    ]


def _problem(assignment: Assignment, problem: Problem, kept: Problem | None, hidden: Withheld | None) -> list[str]:
    samplers = assignment.inputs[problem.inputs].values
    lines = [f"### {problem.title} · {points_words(problem.points)}", "", "```python"]
    lines += [*problem.written, "```", ""]
    lines += [f"| | {say('readme.shape')} |", "|---|---|"]
    lines += [f"| `{name}` | {shape_words(samplers[name].shape)} |" for name in problem.arguments]
    lines += [f"| {say('readme.returns', name=due.name)} | {shape_words(due.shape)} |" for due in problem.returns]
    if len(problem.returns) > 1 and problem.function in problem.asked:
        lines += ["", say("readme.tuple", values=f"({', '.join(due.name for due in problem.returns)})")]
    checks = kept.check if kept is not None else ()
    if checks:
        lines += ["", say("readme.you_can_check"), ""]
        for check in checks:
            points = points_words(check.points)
            lines.append(say("readme.check", check=check.name, points=points, looks_at=one_line(check)))
    if hidden is not None:
        which = "readme.more_by_course" if checks else "readme.by_course"
        lines += ["", say_count(which, hidden.checks, points=points_words(hidden.points))]
        if not hidden.decides:
            lines += [say("readme.does_not_decide")]
    return [*lines, ""]


def _hidden(assignment: Assignment, withheld: tuple[Withheld, ...]) -> str:
    if not withheld:
        return say("readme.nothing_hidden")
    points = sum((one.points for one in withheld), Fraction(0))
    return say("readme.hidden", points=points_words(points), of=points_words(assignment.points))


def _files(submission: str, besides: Collection[str]) -> list[str]:
    rows = [
        (f"`{submission}`", "where_you_write"),
        (f"`{SETTINGS}`", "of_settings"),
        (f"`{FORWARD}/`", "of_forward"),
        (f"`{RUBRIC}`, `{CASES}`", "of_checks"),
        (f"`{WORDS}`", "of_words"),
        (f"`{README}`", "of_readme"),
    ]
    there = [row for row in rows if row[0].strip("`/") in besides or row[1] not in {"of_forward", "of_words"}]
    head = [f"| {say('readme.file')} | {say('readme.what_it_is')} |", "|---|---|"]
    return [*head, *(f"| {name} | {say(f'readme.{what}')} |" for name, what in there)]
