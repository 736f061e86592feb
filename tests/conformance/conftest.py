"""A sandbox at each level that this machine reaches; the same laws are tested at all of them."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox, SandboxUnavailableError, open_sandbox

LIMITS = Limits(
    call_wall_s=1.0,
    call_cpu_s=30.0,
    load_wall_s=1.0,
    submission_wall_s=60.0,
    memory_bytes=1 << 30,
    printed_bytes=4096,
    result_bytes=1 << 20,
)
LEVELS = ("A", "B", "C", "none") if sys.platform == "linux" else ("none",)


@pytest.fixture(scope="session", params=LEVELS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    try:
        box = open_sandbox(isolation=request.param, packages=("numpy",), limits=LIMITS)
    except SandboxUnavailableError as error:
        pytest.skip(f"{error.reason}: {'; '.join(error.missing)}")
    with box:
        yield box


@pytest.fixture
def limits() -> Limits:
    return LIMITS


@pytest.fixture
def submission() -> Callable[..., Submission]:
    def make(*sources: str, modules: dict[str, str] | None = None) -> Submission:
        labels = ["answer.py"] if len(sources) == 1 else [f"hw.ipynb cell {i + 1}" for i in range(len(sources))]
        return Submission(
            path="answer.py",
            student="answer",
            sha256="",
            chunks=tuple(Chunk(label=label, source=source) for label, source in zip(labels, sources, strict=True)),
            modules=tuple((name, Chunk(label=f"{name}.py", source=s)) for name, s in (modules or {}).items()),
            notebook=len(sources) > 1,
        )

    return make


@pytest.fixture
def call() -> Callable[..., Call]:
    def make(function: str, *arguments: object, returns: int = 1, seed: int = 0, want_inputs: bool = False) -> Call:
        arrays = tuple(np.asarray(argument) for argument in arguments)
        return Call(function=function, arguments=arrays, returns=returns, seed=seed, want_inputs=want_inputs)

    return make
