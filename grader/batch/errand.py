"""Work that is no grading: done in parts, here or in the worker processes that have graded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Part_contra = TypeVar("Part_contra", contravariant=True)


class Errand(Protocol[Part_contra]):
    """What is to be done; it is pickled where other processes do it, and so are its parts."""

    def begin(self) -> Callable[[Part_contra], None]:
        """Return what does a part.

        Parts come in any order, and one may come twice, after a process died of it. An OSError or a JournalError is
        told whoever has handed the part out.
        """


@contextmanager
def here(errand: Errand[Part_contra]) -> Iterator[Callable[[Part_contra], None]]:
    """Do an errand in this process, each part when it is handed out.

    Parameters
    ----------
    errand : Errand
        What is to be done.

    Yields
    ------
    callable
        Takes a part.
    """
    yield errand.begin()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Begin:
    """Sent to a worker: from now on, it gets parts of an errand.

    Parameters
    ----------
    errand : Errand
        What is to be done.
    """

    errand: Errand[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Sent to a worker: a part of the errand.

    Parameters
    ----------
    given : object
        The part.
    """

    given: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A worker has done a part."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Failed:
    """A worker could not do a part.

    Parameters
    ----------
    error : Exception
        Why not.
    """

    error: Exception
