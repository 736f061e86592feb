"""An audit of a rubric as one HTML file: offline, without scripts, for the dark, a phone and paper."""

from collections import Counter
from collections.abc import Iterator
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from grader.model.audit import AuditReport, MutantReport, ProblemAudit
from grader.reporting.audit_view import DUE, conclusion
from grader.reporting.content_policy import page_policy
from grader.reporting.page import visible_text


def audit_page(report: AuditReport) -> Iterator[str]:
    """Yield the page.

    Parameters
    ----------
    report : AuditReport
        What to show.

    Yields
    ------
    str
        Pieces, to be written one after the other as UTF-8.

    Notes
    -----
    Every text is escaped by the template engine, and the page forbids itself everything but its own style sheet.
    """
    folder = files("grader.reporting")
    style = folder.joinpath("audit.css").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_safe
    )
    environment.filters |= {"standings": _standings, "of_standing": _of_standing, "marked": _marked}
    template = environment.from_string(folder.joinpath("audit.html.jinja").read_text(encoding="utf-8"))
    yield from template.generate(
        policy=page_policy(style),
        style=style,
        report=report,
        conclusion=conclusion(report),
        faults=[problem for problem in report.problems if _faulty(problem)],
        due=DUE,
    )


def _safe(value: object) -> object:
    return visible_text(value) if type(value) is str else value


def _faulty(problem: ProblemAudit) -> bool:
    return not all(answer.holds for answer in problem.answers) or bool(_of_standing(problem, "survived"))


def _standings(problem: ProblemAudit) -> Counter[str]:
    return Counter(mutant.standing for mutant in problem.mutants)


def _of_standing(problem: ProblemAudit, *standings: str) -> list[MutantReport]:
    return [mutant for mutant in problem.mutants if mutant.standing in standings]


def _marked(diff: str) -> list[tuple[str, str]]:
    """Return the lines of a diff with what they are: taken out, put in, or neither."""
    kinds = {"-": "out", "+": "in"}
    return [(kinds.get(line[:1], "same"), line) for line in diff.splitlines()]
