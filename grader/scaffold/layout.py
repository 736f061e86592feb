"""What the files of a new assignment are called, and what each is for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RUBRIC: Final = "rubric.toml"

FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        RUBRIC: "the problem, its inputs, its checks and points, and the mistakes that have a name",
        "trusted/__init__.py": "makes the folder a package",
        "trusted/forward.py": "the function whose gradient is asked for; students may have it",
        "trusted/answers.py": "the right answer; students never see it",
        "trusted/misconceptions.py": "a function for each mistake that has a name",
        "starter.py": "what students begin with",
        "examples/right.py": "an answer that earns all points",
        "examples/wrong.py": "an answer with a mistake that has a name",
        "tests/test_examples.py": "holds that the examples earn what they should",
        "pytest.ini": "makes each check of the rubric a test of examples/right.py, too",
        "README.md": "what to change, and in which order",
    }
)
"""By path within the assignment's folder, in the order in which they are told."""
