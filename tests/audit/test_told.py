"""What an audit looks like: on a terminal, as a page, as JSON; and what the command's exit status says."""

import io
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from grader.cli.main import main
from grader.model.audit import (
    AnswerReport,
    AuditReport,
    CertifiedReport,
    CheckAudit,
    MutantReport,
    ProblemAudit,
    StabilityReport,
)
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport
from grader.reporting.audit_page import audit_page
from grader.reporting.audit_schema import audit_schema
from grader.reporting.audit_view import print_audit
from grader.reporting.json_report import model_text

SCHEMA = Path(__file__).parents[2] / "docs" / "audit.schema.json"
DIFF = "-     return a * b\n+     return a <b>\x1b[1m"


def mutant(standing, **changes):
    given = {
        "key": "0123456789ab",
        "problem": "p",
        "operator": "dropped_factor",
        "says": "the factor `b` is missing",
        "where": "answers.py:5",
        "diff": DIFF,
        "standing": standing,
        "score": 4,
        "max_score": 4,
        "evidence": f"evidence of {standing}",
    }
    return MutantReport(**{**given, **changes})


def report(*standings, holds):
    answer = AnswerReport(
        kind="right", problem="p", name="loops.py", says="by loops", due="full", holds=holds, tried=3, detail="3 of 4"
    )
    check = CheckAudit(
        id="p.reference", kind="reference", points=4, cases=12, caught=2, first=2, alone=1, call_s=0.0125
    )
    problem = ProblemAudit(
        id="p",
        title="A product",
        points=4,
        answers=(answer,),
        mutants=tuple(map(mutant, standings)),
        checks=(check,),
        certified=CertifiedReport(problem="p", cases=3, worst=0.5, holds=True),
        remarks=("`purity` disagrees with nothing",),
    )
    return AuditReport(
        grader_version="1",
        assignment=AssignmentReport(id="a", title="An assignment", path="a.toml", sha256="0", max_score=4),
        seed=1,
        seeds=(2, 3),
        isolation=IsolationReport(level="A", says="confined"),
        problems=(problem,),
        stability=(StabilityReport(what="seeds", says="as at the rubric's", holds=True),),
        holds=holds,
        seconds=2.0,
    )


def text(audited, **options):
    file = io.StringIO()
    console = Console(file=file, width=100, color_system=None, force_terminal=False, highlight=False, _environ={})
    print_audit(audited, console, **options)
    return file.getvalue()


def test_the_screen_shows_survivors_with_their_diff_and_the_rest_only_when_asked():
    audited = report("caught", "equivalent", "accepted", "survived", holds=False)
    short = text(audited)
    assert "evidence of survived" in short
    assert "-     return a * b" in short
    assert "\x1b" not in short
    assert "evidence of equivalent" not in short
    assert "should get every point" in short
    assert "purity" in short
    whole = " ".join(short.split())
    assert "4 mutants: 1 lose points, 1 are right in exact arithmetic, 1 are accepted by the rubric, 1 keep" in whole
    long = text(audited, verbose=True)
    assert "evidence of equivalent" in long
    assert "evidence of accepted" in long


def test_the_page_shows_everything_and_nothing_of_it_is_markup():
    page = "".join(audit_page(report("caught", "equivalent", "survived", holds=False)))
    for standing in ("equivalent", "survived"):
        assert f"evidence of {standing}" in page
    assert "a &lt;b&gt;" in page
    assert "<b>" not in page
    assert "\x1b" not in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "To be mended" in page
    assert "To be mended" not in "".join(audit_page(report("caught", holds=True)))


def test_what_is_written_satisfies_the_published_schema():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema == audit_schema()
    Draft202012Validator.check_schema(schema)
    written = json.loads(model_text(report("caught", "survived", holds=False)))
    Draft202012Validator(schema).validate(written)
    assert AuditReport.model_validate_json(json.dumps(written)) == report("caught", "survived", holds=False)
    assert not Draft202012Validator(schema).is_valid({**written, "schema": "grader-audit/2"})


@pytest.mark.parametrize(("loose", "status"), [(False, 0), (True, 1)])
def test_the_exit_status_says_whether_it_holds(course, monkeypatch, capsys, loose, status):
    monkeypatch.setenv("XDG_CACHE_HOME", str(course.folder / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(course.folder / "cache"))
    if loose:
        course.loosen()
    page = course.folder / "audit.html"
    given = ["audit", str(course.rubric), "--seeds", "1", "--jobs", "1", "--mutants", "4", "--html", str(page)]
    assert main(given) == status
    assert page.read_text().startswith("<!doctype html>")
    first = capsys.readouterr().out
    assert "unexplained" in first
    # What is known is told again, to the last figure: nothing was worked out.
    assert main(given) == status
    assert capsys.readouterr().out == first


def test_a_rubric_that_is_not_there_is_a_wrong_argument(tmp_path, capsys):
    assert main(["audit", str(tmp_path / "none.toml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
