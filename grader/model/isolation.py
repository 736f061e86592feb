"""How well student code was confined, as it stands in every report."""

from typing import Literal

from grader.model.base import Value

Level = Literal["A", "B", "C", "N"]


class IsolationReport(Value):
    """The level reached and what it rests on.

    ``A``: namespaces, Landlock, seccomp and resource limits; ``B``: the same without namespaces; ``C``: sealed seccomp,
    no file can be opened; ``N``: a plain process, for one's own code only.
    """

    level: Level
    says: str
    """One plain line for a person."""
    layers: tuple[str, ...] = ()
    landlock_abi: int = 0
    kernel: str = ""
    uid: int | None = None
