"""What can be wrong with a journal, told so that a lecturer can act on it."""

from enum import Enum
from pathlib import Path
from typing import Self


class JournalFault(Enum):
    """What can be wrong with a journal: the stable code, and what it stands for."""

    BUSY = ("J001", "another run is working on the same folder")
    DAMAGED = ("J002", "the journal is damaged")
    OTHER = ("J003", "the file is not a journal, or one of another version")
    UNUSABLE = ("J004", "the journal cannot be read or written")

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title


class JournalError(Exception):
    """A journal that cannot be used; it is left as it is.

    Parameters
    ----------
    fault : JournalFault
        What is wrong.
    path : Path
        The file.
    says : str
        What is wrong, in words for the lecturer.
    help_ : str
        What to do.
    """

    def __init__(self, fault: JournalFault, path: Path, says: str, help_: str) -> None:
        super().__init__(f"{path}: {says}")
        self.fault = fault
        self.path = path
        self.says = says
        self.help_ = help_

    def __reduce__(self) -> tuple[type[Self], tuple[JournalFault, Path, str, str]]:
        # A process may tell another; by itself an exception is made again from its text alone.
        return type(self), (self.fault, self.path, self.says, self.help_)


def damaged(path: Path, says: str) -> JournalError:
    """Return what is raised where a journal is damaged, in words that say where.

    Parameters
    ----------
    path : Path
        The journal.
    says : str
        What is damaged.

    Returns
    -------
    JournalError
    """
    help_ = "move the file away to grade everything again, or put a copy of it back; nothing was changed"
    return JournalError(JournalFault.DAMAGED, path, says, help_)


def damaged_report(path: Path, hand_in: str) -> JournalError:
    """Return what is raised where the report of a hand-in cannot be read.

    Parameters
    ----------
    path : Path
        The journal.
    hand_in : str
        The id.

    Returns
    -------
    JournalError
    """
    return damaged(path, f"the report of {hand_in} cannot be read")
