"""The assignments for courses besides the homework, graded: example submissions, and one for each named mistake."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from textwrap import indent

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import Rubric, load_rubric
from grader.loading.submissions import load_submissions
from grader.model.inputs import CaseGroup, InputSet
from grader.model.report import SubmissionReport
from grader.model.submission import Chunk, Submission

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "logistic_regression": "logistic",
    "batch_norm": "batch_norm",
    "attention": "attention",
    "two_layer_network": "network",
}
"""For each assignment, the package of the trusted folder that holds it."""


@cache
def rubric(name: str) -> Rubric:
    return load_rubric(ROOT / "rubrics" / f"{name}.toml", shown=f"rubrics/{name}.toml")


def with_cases(name: str, keep: Callable[[InputSet], tuple[CaseGroup, ...]]) -> Rubric:
    """The rubric with some groups of cases, a single case of each, which is a part of the work."""
    whole = rubric(name)
    inputs = {
        key: drawn.model_copy(update={"case": tuple(group.model_copy(update={"count": 1}) for group in keep(drawn))})
        for key, drawn in whole.assignment.inputs.items()
    }
    return replace(whole, assignment=whole.assignment.model_copy(update={"inputs": inputs}))


def every_group(inputs: InputSet) -> tuple[CaseGroup, ...]:
    return inputs.case


def one_of_each_family(inputs: InputSet) -> tuple[CaseGroup, ...]:
    first = {group.family: group for group in reversed(inputs.case)}
    # One generic case more, since a single one may leave two mistakes alike.
    return (inputs.case[1], *first.values())


def mistaken_modules(name: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "reference" / PACKAGES[name]).glob("*misconceptions.py"))


def mistaken(name: str, mistakes: dict[str, str]) -> str:
    """The source of a submission: the trusted answers and mistakes, with some mistakes in the place of the answers."""
    folder = ROOT / "reference"
    package = folder / PACKAGES[name]
    files = [folder / "tap.py", folder / "precision.py", package / "forward.py", package / "answers.py"]
    files += [package / f"{module}.py" for module in mistaken_modules(name)]
    lines = []
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        kept = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.level)]
        lines += [ast.unparse(node) for node in kept]
    # Mistakes call the answers by the names that are asked for: within a function, those names stay the answers'.
    within = indent("\n".join([*lines, "return locals()"]), "    ")
    right = {problem.function: problem.reference.partition(":")[2] for problem in rubric(name).assignment.problem}
    asked = [f"{function} = found[{(right | mistakes)[function]!r}]" for function in right]
    return "\n".join(["def trusted():", within, "found = trusted()", *asked])


def examples(name: str, pattern: str = "*") -> list[str]:
    return sorted(path.stem for path in (ROOT / "examples" / name).glob(f"{pattern}.py"))


def graded_examples(name: str) -> dict[str, SubmissionReport]:
    """What became of each example, by its name; tried on a case of each group."""
    whole = with_cases(name, every_group)
    functions = tuple(problem.function for problem in whole.assignment.problem)
    return _graded(whole, load_submissions([str(ROOT / "examples" / name)], functions=functions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistaken:
    """What became of a submission with one mistake in some of its functions."""

    mistakes: dict[str, str]
    """The ids of problems, and of the misconception in each."""
    report: SubmissionReport


def graded_mistakes(name: str) -> list[Mistaken]:
    """Submissions that make every named mistake, one in each function at a time."""
    some = with_cases(name, one_of_each_family)
    problems = some.assignment.problem
    made = []
    for turn in range(max(len(problem.misconception) for problem in problems)):
        mistakes = [(p, p.misconception[turn]) for p in problems if turn < len(p.misconception)]
        source = mistaken(name, {p.function: m.function.partition(":")[2] for p, m in mistakes})
        student = f"mistake_{turn:02d}"
        chunks = (Chunk(label=student, source=source),)
        submission = Submission(path=f"{student}.py", student=student, sha256="0" * 64, chunks=chunks)
        made.append((submission, {p.id: m.id for p, m in mistakes}))
    reports = _graded(some, tuple(submission for submission, _ in made))
    return [Mistaken(mistakes=mistakes, report=reports[submission.student]) for submission, mistakes in made]


def _graded(some: Rubric, submissions: tuple[Submission, ...]) -> dict[str, SubmissionReport]:
    seed = some.assignment.seed
    report = grade(GradeRequest(rubric=some, submissions=submissions, seed=seed, isolation="none"))
    return {submission.student: submission for submission in report.submissions}
