"""A small rubric without faults and its trusted folder; the tests break it in one place at a time."""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.loading.rubric import Rubric, load_rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic

GOOD = Path(__file__).with_name("good_rubric.toml").read_text(encoding="utf-8")

SIGNATURES = {
    "answers:grad_pi": "X, pi, Sigma, *, tap=None",
    "answers:log_likelihood": "X, pi, Sigma",
    "answers:backward": "u, X, *, tap",
    "answers:scaled": "u, total",
    "answers:total": "u, X",
    "answers:needs_more": "X, pi, Sigma, mu",
    "answers:other_order": "pi, X, Sigma",
    "answers:needs_keyword": "X, pi, Sigma, *, axis",
    "mistakes:no_weight": "X, pi, Sigma",
    "draws:labels": "generator, shape",
}


class Course:
    """A rubric and its trusted folder on disk; nothing of it is imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        trusted = folder / "course"
        trusted.mkdir()
        for ref, arguments in SIGNATURES.items():
            module, _, name = ref.partition(":")
            with (trusted / f"{module}.py").open("a") as file:
                file.write(f"def {name}({arguments}): ...\n")
        with (trusted / "answers.py").open("a") as file:
            file.write("def fails(X): ...\n")
        (trusted / "inner").mkdir()
        (trusted / "inner" / "__init__.py").touch()

    def load(self, text: str | bytes) -> Rubric:
        path = self.folder / "hw.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_rubric(path, shown="hw.toml", lookup=self.signature)

    def faults(self, text: str | bytes) -> tuple[Diagnostic, ...]:
        with pytest.raises(DiagnosedError) as caught:
            self.load(text)
        return caught.value.diagnostics

    def signature(self, folder: Path, ref: str) -> inspect.Signature | None:
        assert folder == (self.folder / "course").resolve()
        if ref not in SIGNATURES:
            return None
        made: dict[str, Callable[..., None]] = {}
        exec(f"def made({SIGNATURES[ref]}): ...", {}, made)
        return inspect.signature(made["made"])


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


@pytest.fixture
def good() -> str:
    return GOOD
