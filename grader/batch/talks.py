"""What one worker has worked out, and the others need not: a mistake of a class is judged once, whoever meets it first.

Students make the same mistakes. What is said of an answer rests on the answer alone (`grader.grading.dialogue`), so
that a worker may take another's word for it; it still asks every submission itself whether that is its answer.
"""

from collections import deque
from dataclasses import dataclass

from grader.grading.basis import Grading
from grader.grading.dialogue import Talk
from grader.truth.snapshot import Snapshot, freeze, thaw

MOST_TOLD = 256
"""Dialogues that a worker tells of: the mistakes that many make come early, and of a class in which everybody is wrong
in a way of his own there is nothing to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Dialogues on their way from a worker to the others.

    Parameters
    ----------
    talks : Snapshot
        Bytes, so that whoever passes them on need not read them.
    """

    talks: Snapshot

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return len(self.talks.pickled) + sum(map(len, self.talks.buffers))


class Talks:
    """The dialogues of a worker, as far as others have to do with them.

    Parameters
    ----------
    gradings : sequence of Grading
        What it grades by; the same in every worker, in the same order.
    """

    def __init__(self, *gradings: Grading) -> None:
        self._gradings = gradings
        self._left = MOST_TOLD
        for grading in gradings:
            grading.dialogues.talks = deque()

    def told(self) -> Told | None:
        """Return what was worked out since this was last asked; None for nothing."""
        found: list[tuple[int, Talk]] = []
        for place, grading in enumerate(self._gradings):
            talks = grading.dialogues.talks
            while talks:
                found.append((place, talks.popleft()))
        found = found[: self._left]
        self._left -= len(found)
        if not self._left:
            for grading in self._gradings:
                grading.dialogues.talks = None
        return Told(talks=freeze(found)) if found else None

    def hear(self, told: Told) -> None:
        """Take in what another worker has worked out.

        Parameters
        ----------
        told : Told
            From `told`.
        """
        talks: list[tuple[int, Talk]] = thaw(told.talks)
        for place, talk in talks:
            grading = self._gradings[place]
            grading.dialogues.learn(talk, grading.script.questions(talk.problem))
