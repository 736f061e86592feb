"""A small rubric without faults, and trusted modules that work, broken in one place at a time."""

import shutil
from pathlib import Path

import pytest

import grader.lint.lint
from grader.lint.lint import lint
from grader.model.linted import Linted
from grader.truth.modules import TrustedModules
from tests.lint.in_this_process import InThisProcess

HERE = Path(__file__).parent
# The one that the tests of loading break, with packages that every machine has, and a check on edge cases alone.
_EDGE = """
[[problem.check]]
id = "edge_cases"
kind = "reference"
points = 0
families = ["edge"]
"""
_PURE = 'kind = "purity"\npoints = 1\n'
GOOD = (
    (HERE.parent / "loading" / "good_rubric.toml")
    .read_text(encoding="utf-8")
    .replace(', "scipy"]', "]")
    .replace(_PURE, _PURE + _EDGE)
)


class Homework:
    """A rubric and its trusted folder, on disk."""

    def __init__(self, folder: Path, course: Path = HERE / "course") -> None:
        self.rubric = folder / "hw.toml"
        self.trusted = folder / "course"
        shutil.copytree(course, self.trusted, ignore=shutil.ignore_patterns("__pycache__"))

    def lint(self, text: str | bytes, *, functions: bool = True, isolation: str = "none") -> Linted:
        self.rubric.write_bytes(text.encode() if isinstance(text, str) else text)
        return lint(self.rubric, shown="hw.toml", functions=functions, isolation=isolation)

    def replace(self, old: str, new: str) -> str:
        """Break the rubric or a trusted module, whichever has the text; return the rubric."""
        for path in self.trusted.rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if old in source:
                path.write_text(source.replace(old, new, 1), encoding="utf-8")
                return GOOD
        assert old in GOOD
        return GOOD.replace(old, new, 1)

    def mended(self, text: str, old: str, new: str) -> tuple["Homework", str]:
        """Replace once more, in the broken rubric or module, as a later process would find them."""
        # Trusted modules are kept by the path of their folder, as long as the process lives.
        later = Homework(self.rubric.parent / "later", course=self.trusted)
        if old in text:
            return later, text.replace(old, new, 1)
        later.replace(old, new)
        return later, text

    def is_good(self, text: str) -> bool:
        """Return whether nothing differs from the rubric and the modules that have no fault."""
        kept = HERE / "course"
        return text == GOOD and all(
            path.read_bytes() == (kept / path.relative_to(self.trusted)).read_bytes()
            for path in self.trusted.rglob("*.py")
        )


@pytest.fixture
def homework_here(homework: Homework, monkeypatch: pytest.MonkeyPatch) -> Homework:
    """The same, without a sandbox: no limit of time or memory is kept."""
    monkeypatch.setattr(
        grader.lint.lint, "open_sandbox", lambda **asked: InThisProcess(TrustedModules(homework.trusted), **asked)
    )
    return homework


@pytest.fixture
def homework(tmp_path: Path) -> Homework:
    return Homework(tmp_path)


@pytest.fixture
def good() -> str:
    return GOOD
