"""Other graders on the same assignment: the same six tests, the same calls, each tool used as its manual says.

None of them works out expected values; they are handed over, so that nobody is charged for them.
"""

import csv
import json
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.six_tests import TESTS
from benchmarks.spent import Spent, spent

HERE = Path(__file__).parent
PYTEST_ONE = """\
import answer
import pytest
import six_tests

@pytest.mark.parametrize("name", six_tests.TESTS)
def test_answer(name):
    six_tests.check(name, lambda function: getattr(answer, function))
"""
PYTEST_ALL = """\
import importlib.util
from functools import cache
from pathlib import Path
import pytest
import six_tests

@cache
def imported(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

@pytest.mark.parametrize("name", six_tests.TESTS)
@pytest.mark.parametrize("path", sorted(Path("answers").iterdir()), ids=lambda path: path.stem)
def test_answer(path, name):
    six_tests.check(name, lambda function: getattr(imported(path), function))
"""
GRADESCOPE = """\
import unittest
from gradescope_utils.autograder_utils.decorators import weight
import answer
import six_tests

class TestAnswer(unittest.TestCase):
    pass

def add(name):
    @weight(1)
    def test(self):
        six_tests.check(name, lambda function: getattr(answer, function))
    test.__name__ = f"test_{name}"
    setattr(TestAnswer, test.__name__, test)

for name in six_tests.TESTS:
    add(name)
"""
GRADESCOPE_RUN = """\
import unittest
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
with open("results.json", "w") as file:
    JSONTestRunner(visibility="visible", stream=file).run(unittest.defaultTestLoader.discover("tests"))
"""
CHECK50_HEAD = """\
import sys
from pathlib import Path
import check50
import check50.py
sys.path.append(str(Path(__file__).parent))
import six_tests

@check50.check()
def exists():
    \"\"\"answer.py exists\"\"\"
    check50.exists("answer.py")
"""
CHECK50_TEST = """
@check50.check(exists)
def {name}():
    \"\"\"{name} is right\"\"\"
    answer = check50.py.import_("answer.py")
    try:
        six_tests.check("{name}", lambda function: getattr(answer, function))
    except AssertionError as error:
        raise check50.Failure(str(error) or "wrong")
"""
OTTER_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1

@test_case(points=1, hidden=False)
def test_answer(env):
    import six_tests
    six_tests.check("{name}", env.__getitem__)
"""
NBGRADER_TEST = "import six_tests\nsix_tests.check({name!r}, globals().__getitem__)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What another grader is given.

    Parameters
    ----------
    folder : Path
        An empty folder of its own.
    answers : sequence of Path
        A file a student.
    calls : Path
        What `six_tests` reads.
    jobs : int
        Processes, where it has them.
    """

    folder: Path
    answers: Sequence[Path]
    calls: Path
    jobs: int

    def put_tests(self, folder: Path) -> None:
        """Put the six tests and their calls into a folder, made where it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "six_tests.py", folder)
        shutil.copy(self.calls, folder / "calls.pickle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What another grader has taken.

    Parameters
    ----------
    wall_s, cpu_s : float
        For all answers, one after the other unless it works on several by itself.
    passed : tuple of int
        How many of the six tests each answer passes.
    """

    wall_s: float
    cpu_s: float
    passed: tuple[int, ...]


def pytest_alone(work: Work) -> Took:
    """Run pytest once for each answer."""
    (test := work.folder / "test_answer.py").write_text(PYTEST_ONE, encoding="utf-8")
    work.put_tests(work.folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=results.xml", test.name]

    def run(answer: Path) -> tuple[Spent, int]:
        shutil.copy(answer, work.folder / "answer.py")
        took = spent(command, cwd=work.folder, environment=_NO_BYTECODE | _NO_PLUGINS, codes=(0, 1))
        return took, _passed_by_pytest(work.folder / "results.xml")

    return _one_by_one(work, run)


def pytest_together(work: Work) -> Took:
    """Run pytest once for all answers, imported into the same processes: an answer can do to another what it likes."""
    work.put_tests(work.folder)
    (work.folder / "test_answers.py").write_text(PYTEST_ALL, encoding="utf-8")
    (work.folder / "answers").mkdir()
    for answer in work.answers:
        shutil.copy(answer, work.folder / "answers")
    options = [
        "-q",
        "-p",
        "xdist",
        "-n",
        str(work.jobs),
        "-p",
        "no:cacheprovider",
        "--junitxml=results.xml",
        "test_answers.py",
    ]
    took = spent([sys.executable, "-m", "pytest", *options], cwd=work.folder, environment=_NO_PLUGINS, codes=(0, 1))
    text = (work.folder / "results.xml").read_text(encoding="utf-8")
    cases = text.split("<testcase ")[1:]
    passed = tuple(
        sum(f"[{answer.stem}-" in case and "<failure" not in case for case in cases) for answer in work.answers
    )
    return Took(wall_s=took.wall_s, cpu_s=took.cpu_s, passed=passed)


def gradescope(work: Work) -> Took:
    """Run the test runner of gradescope-utils once for each answer, as Gradescope's containers do."""
    work.put_tests(work.folder)
    (work.folder / "tests").mkdir()
    (work.folder / "tests" / "test_answer.py").write_text(GRADESCOPE, encoding="utf-8")
    (work.folder / "run_tests.py").write_text(GRADESCOPE_RUN, encoding="utf-8")

    def run(answer: Path) -> tuple[Spent, int]:
        shutil.copy(answer, work.folder / "answer.py")
        took = spent([sys.executable, "run_tests.py"], cwd=work.folder, environment=_NO_BYTECODE)
        results = json.loads((work.folder / "results.json").read_text(encoding="utf-8"))
        return took, round(results["score"])

    return _one_by_one(work, run)


def check50(work: Work) -> Took:
    """Run check50 once for each answer, with local checks."""
    checks = work.folder / "checks"
    work.put_tests(checks)
    (checks / ".cs50.yml").write_text("check50: true\n", encoding="utf-8")
    source = CHECK50_HEAD + "".join(CHECK50_TEST.format(name=name) for name in TESTS)
    (checks / "__init__.py").write_text(source, encoding="utf-8")
    student = work.folder / "student"
    student.mkdir()
    results = work.folder / "results.json"
    command = [str(Path(sys.executable).with_name("check50")), "--dev", str(checks)]
    command += ["--output", "json", "--output-file", str(results)]

    def run(answer: Path) -> tuple[Spent, int]:
        shutil.copy(answer, student / "answer.py")
        took = spent(command, cwd=student, codes=(0, 1))
        found = json.loads(results.read_text(encoding="utf-8"))["results"]
        return took, sum(bool(one["passed"]) for one in found if one["name"] in TESTS)

    return _one_by_one(work, run)


def otter(work: Work) -> Took:
    """Run otter-grader once for each answer, a notebook; without a container, which would cost more."""
    archive = work.folder / "autograder.zip"
    support = work.folder / "support"
    work.put_tests(support)
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("otter_config.json", json.dumps({"lang": "python", "pdf": False}))
        for name in TESTS:
            zipped.writestr(f"tests/{name}.py", OTTER_TEST.format(name=name))
        for path in support.iterdir():
            if path.is_file():
                zipped.write(path, f"files/{path.name}")
    results = work.folder / "results"
    results.mkdir()
    command = [str(Path(sys.executable).with_name("otter")), "run", "-a", str(archive), "-o", str(results), "--no-logo"]

    def run(answer: Path) -> tuple[Spent, int]:
        notebook = work.folder / "answer.ipynb"
        notebook.write_text(_notebook([_cell("answer", answer.read_text(encoding="utf-8"))]), encoding="utf-8")
        took = spent([*command, str(notebook)], cwd=work.folder)
        found = json.loads((results / "results.json").read_text(encoding="utf-8"))["tests"]
        return took, sum(round(one["score"]) for one in found if one["name"] in TESTS)

    return _one_by_one(work, run)


def nbgrader(work: Work) -> Took:
    """Run nbgrader's autograder once for all answers, each a notebook with the tests in it."""
    source = work.folder / "source" / "hw1"
    work.put_tests(source)
    cells = [_cell("answer", "### BEGIN SOLUTION\nimport numpy as np\n### END SOLUTION", solution=True)]
    cells += [_cell(name, NBGRADER_TEST.format(name=name), points=1) for name in TESTS]
    (source / "answer.ipynb").write_text(_notebook(cells), encoding="utf-8")
    config = 'c = get_config()\nc.CourseDirectory.course_id = "c"\nc.IncludeHeaderFooter.header = ""\n'
    (work.folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("nbgrader"))]
    # Making the assignment is done once a course; it is not charged.
    spent([*command, "generate_assignment", "hw1", "--force"], cwd=work.folder)
    released = json.loads((work.folder / "release" / "hw1" / "answer.ipynb").read_text(encoding="utf-8"))
    for answer in work.answers:
        folder = work.folder / "submitted" / answer.stem / "hw1"
        work.put_tests(folder)
        released["cells"][0]["source"] = answer.read_text(encoding="utf-8")
        (folder / "answer.ipynb").write_text(json.dumps(released), encoding="utf-8")
    took = spent([*command, "autograde", "hw1", "--force"], cwd=work.folder)
    spent([*command, "export"], cwd=work.folder)
    with (work.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    passed = tuple(round(scores[answer.stem]) for answer in work.answers)
    return Took(wall_s=took.wall_s, cpu_s=took.cpu_s, passed=passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another grader.

    Parameters
    ----------
    name : str
        As people know it.
    needs : str
        The module that has to be there.
    run : callable
        Grades with it.
    goal : float
        How many times less grading here has to take.
    together : bool
        True where one run takes all answers, and its start is shared by them.
    """

    name: str
    needs: str
    run: Callable[[Work], Took]
    goal: float
    together: bool = False

    @property
    def missing(self) -> bool:
        """Whether it is not installed."""
        return find_spec(self.needs) is None


OTHERS = (
    Other(name="otter-grader", needs="otter", run=otter, goal=100),
    Other(name="nbgrader", needs="nbgrader", run=nbgrader, goal=100),
    Other(name="gradescope-utils", needs="gradescope_utils", run=gradescope, goal=15),
    Other(name="check50", needs="check50", run=check50, goal=15),
    Other(name="pytest, a process each", needs="pytest", run=pytest_alone, goal=1),
    Other(name="pytest-xdist, no isolation", needs="xdist", run=pytest_together, goal=1, together=True),
)
_NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""The next answer has the same name; within a second, its predecessor's bytecode would be taken for its own."""
_NO_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Those that happen to be installed do nothing here but take time."""


def _one_by_one(work: Work, run: Callable[[Path], tuple[Spent, int]]) -> Took:
    found = [run(answer) for answer in work.answers]
    return Took(
        wall_s=sum(took.wall_s for took, _ in found),
        cpu_s=sum(took.cpu_s for took, _ in found),
        passed=tuple(passed for _, passed in found),
    )


def _passed_by_pytest(path: Path) -> int:
    cases = path.read_text(encoding="utf-8").split("<testcase ")[1:]
    return sum("<failure" not in case and "<error" not in case for case in cases)


def _cell(name: str, source: str, *, points: int | None = None, solution: bool = False) -> dict[str, object]:
    marked = {
        "grade": points is not None,
        "grade_id": name,
        "locked": points is not None,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marked["points"] = points
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name.replace("_", "-"),
        "metadata": {"nbgrader": marked},
        "outputs": [],
        "source": source,
    }


def _notebook(cells: Sequence[dict[str, object]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book)
