"""Grades numerical homework: the right verdict, the reason, and student code kept apart.

Nothing heavy is imported here, so that ``grader --help`` stays instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.api import CheckError, CheckResult, check

__version__ = "0.1.0"

__all__ = ["CheckError", "CheckResult", "__version__", "check"]


def __getattr__(name: str) -> Any:
    """Import what a notebook asks for when it asks."""
    if name in __all__:
        return getattr(import_module("grader.api"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
