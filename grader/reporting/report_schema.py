"""The published JSON Schema of the report: the model's own, with a description of every key for readers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from grader.model.report import Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "Report": "One run of the grader over one or more submissions.",
        "AssignmentReport": "Which rubric was used.",
        "IsolationReport": "How well student code was confined.",
        "SubmissionReport": "One submission.",
        "PrintedReport": "What the submission printed.",
        "ProblemReport": "One problem: its points, its checks, and one line on why points are missing.",
        "CheckReport": "What one check found.",
        "DiagnosisReport": "A named reason for a disagreement.",
        "LineReport": "One line of a derivation, and the `=` left of it.",
        "FailureReport": "The smallest case that fails, in a form to paste and to act on.",
        "Verdict": "What a check says of a function.",
        "Finding": "Why a check says so. Later versions may add values.",
        "Report.schema": "The version of this format.",
        "Report.grader_version": "The version of the program that wrote the report.",
        "Report.assignment": "Which rubric was used.",
        "Report.seed": "The root of every random draw; the same seed and files give the same report.",
        "Report.isolation": "How well student code was confined.",
        "Report.plan": "What was drawn and what was rejected, a line a problem.",
        "Report.language": "The language of what it says to students, a BCP 47 tag; no key or code depends on it.",
        "Report.submissions": "One item a submission, in the order of the run, never of completion.",
        "Report.timings": (
            "Seconds, by name; `total_s` is the whole run. The only part that differs between two runs of the same "
            "files and seed."
        ),
        "AssignmentReport.id": "The rubric's identifier.",
        "AssignmentReport.title": "The rubric's title.",
        "AssignmentReport.path": "The rubric's file, as the user named it.",
        "AssignmentReport.sha256": "Of the rubric's bytes and of every trusted file it names, hexadecimal.",
        "AssignmentReport.max_score": "The points that can be had.",
        "IsolationReport.level": (
            "A: namespaces, Landlock, seccomp and limits; B: the same without namespaces; C: sealed seccomp, no file "
            "can be opened; N: a plain process, for one's own code only."
        ),
        "IsolationReport.says": "One plain line for a person.",
        "IsolationReport.layers": "The layers that were in force.",
        "IsolationReport.landlock_abi": "The kernel's Landlock ABI; 0 where there is none.",
        "IsolationReport.kernel": "The kernel's release; empty where unknown.",
        "IsolationReport.uid": "The user id that student code ran as; null where unknown.",
        "SubmissionReport.path": "As the user named it; within an archive `archive.zip/inner/path.py`.",
        "SubmissionReport.student": "The name shown: the file's stem or the folder's name.",
        "SubmissionReport.sha256": "Of the bytes that were read, hexadecimal.",
        "SubmissionReport.status": (
            "`graded`, or `not_graded` where grading failed through the grader's own fault; never the student's."
        ),
        "SubmissionReport.score": "Points earned; null exactly where the status is `not_graded`.",
        "SubmissionReport.max_score": "The points that can be had.",
        "SubmissionReport.undecided": "Points that nobody has decided on; not part of the score.",
        "SubmissionReport.reason": "Why it was not graded; empty where it was.",
        "SubmissionReport.notes": (
            "What a student should know besides: a syntax error, cells that failed, lines that were skipped."
        ),
        "SubmissionReport.printed": "What the submission printed; null where nothing was kept.",
        "SubmissionReport.problems": "One item a problem, in the rubric's order.",
        "PrintedReport.text": "Capped, and cleaned of control characters.",
        "PrintedReport.truncated": "Whether more was printed than was kept.",
        "ProblemReport.id": "The problem's identifier.",
        "ProblemReport.title": "The problem's title.",
        "ProblemReport.function": "The function that a student writes.",
        "ProblemReport.score": "Points earned.",
        "ProblemReport.max_score": "The points that can be had.",
        "ProblemReport.undecided": "Points of checks that are inconclusive; not part of the score.",
        "ProblemReport.reason": "One line on why points are missing; empty where none are.",
        "ProblemReport.checks": "One item a check, in the rubric's order.",
        "CheckReport.id": "`problem.check`.",
        "CheckReport.kind": (
            "How the function was judged: `reference`, `finite_difference`, `property`, `stability`, `purity`, "
            "`derivation`, `vectorised`, `source`; more kinds may come."
        ),
        "CheckReport.verdict": "What the check says of the function.",
        "CheckReport.outcome": "Why it says so.",
        "CheckReport.score": "Points earned.",
        "CheckReport.max_score": "The points that can be had.",
        "CheckReport.message": "One sentence: what was found; never empty.",
        "CheckReport.tried": "What was tried, in words.",
        "CheckReport.cases_tried": "How many cases were judged.",
        "CheckReport.cases_failed": "How many of them disagree.",
        "CheckReport.resolution": (
            "The smallest relative error that would have been caught on some informative case; null where none was."
        ),
        "CheckReport.diagnoses": "Named reasons for a disagreement; empty where none is certain.",
        "CheckReport.failure": "The smallest case that fails; null where none does.",
        "CheckReport.lines": "One item a line of a derivation, in order; empty for every other kind.",
        "CheckReport.again": "The command that replays the check; empty where there is none.",
        "DiagnosisReport.id": "The mistake's identifier: of the rubric's misconception, or of a general pattern.",
        "DiagnosisReport.says": "The mistake in a sentence for the student.",
        "DiagnosisReport.hint": "What the lecturer adds to it; may be empty.",
        "FailureReport.case": "The case's identifier, such as `generic[0]`.",
        "FailureReport.says": "What is special about the case; may be empty.",
        "FailureReport.inputs": "Assignments of the arguments, as Python that can be pasted.",
        "FailureReport.call": "The call, as Python that can be pasted.",
        "FailureReport.got": "What the submission returned, or what it raised.",
        "FailureReport.expected": "What was expected.",
        "FailureReport.where": "The worst entry, such as `grad[1, 0]`; may be empty.",
        "FailureReport.off_by": "How far the worst entry is off, such as `75 %`; may be empty.",
        "FailureReport.allowed": "How far it may be off; may be empty.",
        "FailureReport.differing": "How many entries differ, such as `2 of 6 entries`; may be empty.",
        "FailureReport.source": "The student's line that raised; empty where none did.",
        "FailureReport.against": (
            "What `expected` is, where it is not the right answer, in words: the line before, in a derivation."
        ),
        "LineReport.number": "Which line, from 1.",
        "LineReport.before": (
            "The line that it is compared with: the nearest one above it that returned numbers; 0 is the answer itself."
        ),
        "LineReport.verdict": (
            "What is said of the `=` between the two; `not_graded` where a student's kit does not know the left side."
        ),
        "LineReport.outcome": "Why it says so; `equality_broken` where the two are not equal.",
        "LineReport.right": "Whether the line is the answer; null where that cannot be told.",
        "LineReport.says": "What is said of the line, in words that follow its number.",
        "LineReport.factor": (
            "By which factor the line is off from the one before, a formula such as `pi` or `-1/N`; empty if by none."
        ),
        "LineReport.cases_failed": "On how many cases the `=` does not hold.",
        "LineReport.diagnosis": "The mistake that explains it, where the line before is right; null where none does.",
        "LineReport.failure": "The smallest case on which the `=` does not hold; null where there is none.",
    }
)
"""What each object and each key means, by ``Model`` and ``Model.key``; not taken from docstrings, which speak to
programmers.
"""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what ``to_json`` writes.

    Returns
    -------
    dict
        Every key that this version writes is required. Unknown keys are allowed, because later versions of
        ``grader-report/1`` may add some.
    """
    whole = Report.model_json_schema(by_alias=True, mode="serialization")
    definitions = whole.pop("$defs")
    shown = {"Report": whole, **definitions}
    for name, model in shown.items():
        model["description"] = DESCRIPTIONS[name]
        if model["type"] == "object":
            _describe(name, model)
    graded = {"properties": {"status": {"const": "graded"}}}
    shown["SubmissionReport"] |= {
        "if": graded,
        "then": {"properties": {"score": {"type": "number"}}},
        "else": {"properties": {"score": {"type": "null"}}},
    }
    return {"$schema": DIALECT, **whole, "title": "grader report", "$defs": dict(sorted(definitions.items()))}


def _describe(name: str, model: dict[str, Any]) -> None:
    """Complete the schema of one object: no key without a description, and each one required."""
    del model["additionalProperties"]
    for key, value in model["properties"].items():
        value.pop("default", None)
        value["description"] = DESCRIPTIONS[f"{name}.{key}"]
        value["title"] = key.replace("_", " ")
    model["required"] = list(model["properties"])
