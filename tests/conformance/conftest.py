"""A sandbox at each level that this machine reaches; the same laws are tested at all of them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox, SandboxUnavailableError, open_sandbox

# What has to come to its end gets all the time that a busy machine may take for it.
PATIENT = Limits(
    call_wall_s=60.0,
    call_cpu_s=30.0,
    load_wall_s=60.0,
    submission_wall_s=120.0,
    memory_bytes=1 << 30,
    printed_bytes=4096,
    result_bytes=1 << 20,
)
# What has to be ended need not be waited for as long.
HASTY = PATIENT.model_copy(update={"call_wall_s": 1.0})
LEVELS = ("A", "B", "C", "none") if sys.platform == "linux" else ("none",)


def opened(level: str, limits: Limits) -> Sandbox:
    try:
        return open_sandbox(isolation=level, packages=("numpy",), limits=limits)
    except SandboxUnavailableError as error:
        pytest.skip(f"{error.reason}: {'; '.join(error.missing)}")


@pytest.fixture(scope="session", params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def sandbox(level: str) -> Iterator[Sandbox]:
    with opened(level, PATIENT) as box:
        yield box


@pytest.fixture(scope="session")
def hasty(level: str) -> Iterator[Sandbox]:
    with opened(level, HASTY) as box:
        yield box


@pytest.fixture
def limited(level: str) -> Iterator[Callable[[Limits], Sandbox]]:
    """Open a sandbox with limits of a test's own."""
    with ExitStack() as open_ones:
        yield lambda limits: open_ones.enter_context(opened(level, limits))


@pytest.fixture
def limits() -> Limits:
    return PATIENT


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
