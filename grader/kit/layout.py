"""What a kit's files are called, and the errors of making and of reading one."""

from enum import Enum
from typing import Final

SETTINGS: Final = "grader.toml"
RUBRIC: Final = "rubric.toml"
CASES: Final = "cases.bin"
README: Final = "README.md"
WORDS: Final = "words.toml"
"""The messages of a language that the grader does not bring."""
FORWARD: Final = "forward"
"""The folder of the forward models."""
SCHEMA: Final = "grader-kit/1"


class KitCode(Enum):
    """Codes of what can be wrong with a kit; they never change meaning."""

    FORWARD_HOLDS_ANSWERS = "K001"
    FORWARD_UNREADABLE = "K002"
    NO_STARTER = "K003"
    NOTHING_TO_CHECK = "K004"
    SEED_OF_THE_GRADES = "K005"
    NOT_A_KIT = "K010"
    BAD_SETTINGS = "K011"
    CHANGED = "K012"
    OTHER_VERSION = "K013"
    NO_ANSWER_FILE = "K014"
    NO_SUCH_CHECK = "K015"
