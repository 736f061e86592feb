"""The assignments for courses besides the homework, graded: example submissions, and one for each named mistake."""

import ast
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from textwrap import indent

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import Rubric, load_rubric
from grader.loading.submissions import load_submissions
from grader.model.report import ProblemReport, Report, SubmissionReport
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


def one_case_of_each(name: str) -> Rubric:
    """The rubric with a single case of each group, which is half the work."""
    whole = rubric(name)
    inputs = {
        key: drawn.model_copy(update={"case": tuple(group.model_copy(update={"count": 1}) for group in drawn.case)})
        for key, drawn in whole.assignment.inputs.items()
    }
    return replace(whole, assignment=whole.assignment.model_copy(update={"inputs": inputs}))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A run over the examples of an assignment and submissions with one mistake in each function."""

    report: Report
    mistakes: dict[str, dict[str, str]]
    """For each made submission, which mistake each problem makes: ids of problems, ids of misconceptions."""

    def of(self, student: str) -> SubmissionReport:
        return next(s for s in self.report.submissions if s.student == student)

    def made(self) -> list[tuple[str, ProblemReport]]:
        """Each mistake with what became of it."""
        return [
            (mistakes[problem.id], problem)
            for student, mistakes in self.mistakes.items()
            for problem in self.of(student).problems
            if problem.id in mistakes
        ]


def examples(name: str, pattern: str = "*") -> list[str]:
    return sorted(path.stem for path in (ROOT / "examples" / name).glob(f"{pattern}.py"))


def graded(name: str) -> Graded:
    assignment = rubric(name).assignment
    submissions, mistakes = [], {}
    for turn in range(max(len(problem.misconception) for problem in assignment.problem)):
        made = [(p, p.misconception[turn]) for p in assignment.problem if turn < len(p.misconception)]
        source = mistaken(name, {p.function: m.function.partition(":")[2] for p, m in made})
        student = f"mistake_{turn:02d}"
        chunks = (Chunk(label=student, source=source),)
        submissions.append(Submission(path=f"{student}.py", student=student, sha256="0" * 64, chunks=chunks))
        mistakes[student] = {p.id: m.id for p, m in made}
    functions = tuple(p.function for p in assignment.problem)
    files = load_submissions([str(ROOT / "examples" / name)], functions=functions)
    request = GradeRequest(
        rubric=one_case_of_each(name),
        submissions=(*files, *submissions),
        seed=assignment.seed,
        isolation="none",
        jobs=1,
    )
    return Graded(report=grade(request), mistakes=mistakes)
