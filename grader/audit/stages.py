"""How whoever watches an audit is told how far it has come."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

Stage: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""``stage(name, total)`` says that so much is to be done; what it yields is told how much more is."""
