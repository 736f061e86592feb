"""What the exit status says; scripts and CI rely on these numbers."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit status of every command."""

    FULL_MARKS = 0
    """Everything was graded and nothing lost a point."""
    POINTS_LOST = 1
    """Everything was graded; some points were lost or are undecided."""
    USAGE = 2
    """A bad argument, rubric or path."""
    NOT_GRADED = 3
    """Something could not be graded through the grader's own fault or this machine's."""
    INTERRUPTED = 130
    """Ctrl-C, as shells report it."""
