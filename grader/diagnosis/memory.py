"""What a search for a mistake has ruled out on some cases, so that it is not tried again on these and one more."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

from grader.diagnosis.observation import Candidate, Observation, Unmeasured, account

T = TypeVar("T")
Split: TypeAlias = Callable[[Observation, int], Observation]
"""From what was observed to the same with all but one of the returned values right."""


class _Found(Generic[T]):
    """What an iterator has yielded so far."""

    def __init__(self, further: Iterator[T]) -> None:
        self._further = further
        self.so_far: list[T] = []

    def go_on(self) -> bool:
        """Take one more; return whether there was one."""
        before = len(self.so_far)
        self.so_far += islice(self._further, 1)
        return len(self.so_far) > before


class Memory:
    """What is known of one answer's mistakes from what it did on certain cases.

    A smaller case is shown only if the search, with that case as a further one, ends as it did without: what the first
    cases contradict, they contradict then, too.

    Parameters
    ----------
    observations : sequence of Observation
        With these every search that shares the memory begins.
    """

    def __init__(self, observations: Sequence[Observation]) -> None:
        self._first = tuple(observations)
        self._contradicted: set[Hashable] = set()
        self._parts: dict[int, Memory] = {}
        self._found: dict[Hashable, _Found[Any]] = {}

    def reproduces(
        self, key: Hashable, observations: Sequence[Observation], candidates: Iterable[Candidate | Unmeasured]
    ) -> bool:
        """Return whether an explanation accounts for everything that was observed, see `observation.account`.

        Parameters
        ----------
        key : hashable
            The same one only for explanations that would have done the same on the first cases.
        observations : sequence of Observation
            The first ones, or these and more.
        candidates : iterable of Candidate or Unmeasured
            Not asked for where it is known that one of the first cases contradicts.

        Returns
        -------
        bool
        """
        if key in self._contradicted:
            return False
        found = account(observations, candidates)
        if found.contradicted_at is not None and found.contradicted_at < len(self._first):
            self._contradicted.add(key)
        return found.confirmed

    def found(self, key: Hashable, look: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Yield what was found on the first cases, and go on looking only where nobody has looked yet.

        Parameters
        ----------
        key : hashable
            The same one only for what finds the same.
        look : callable
            Begins to look.

        Yields
        ------
        T
        """
        if key not in self._found:
            self._found[key] = _Found(look())
        found: _Found[T] = self._found[key]
        place = 0
        while place < len(found.so_far) or found.go_on():
            yield found.so_far[place]
            place += 1

    def require(self, observations: Sequence[Observation]) -> None:
        """Refuse other observations than the first ones, or these and more.

        Parameters
        ----------
        observations : sequence of Observation
            What a search is to be made on.

        Raises
        ------
        ValueError
            They do not begin with the first ones: what is remembered says nothing of them.
        """
        begin = observations[: len(self._first)]
        if len(begin) < len(self._first) or any(o is not first for o, first in zip(begin, self._first, strict=True)):
            msg = "these observations do not begin with those that are remembered"
            raise ValueError(msg)

    def of_part(
        self, i: int, observations: Sequence[Observation], split: Split
    ) -> tuple["Memory", tuple[Observation, ...]]:
        """Return the memory of one returned value by itself, and what was observed of it.

        Parameters
        ----------
        i : int
            Which value.
        observations : sequence of Observation
            The first ones, or these and more.
        split : callable
            Makes the others right.

        Returns
        -------
        Memory
        tuple of Observation
        """
        if i not in self._parts:
            self._parts[i] = Memory([split(o, i) for o in self._first])
        part = self._parts[i]
        return part, (*part._first, *(split(o, i) for o in observations[len(self._first) :]))
