"""Calls as they are sent: each encoded once, however many submissions are asked it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import InitVar, dataclass, field
from hashlib import blake2b
from itertools import islice

from grader.model.case import Call
from grader.model.outcome import Outcome, Returned
from grader.sandbox.inside import wire

GROUP_BYTES = 1 << 18
"""Of the calls in one frame, unless a single one has more: a submission's process holds them beside its own memory."""
GROUP_CALLS = 1024
KEPT_ANSWERS = 128
"""Of one question: students who compute in the same way answer alike, to the last bit."""
KEPT_BYTES = 1 << 20
"""Of all answers to one question that are kept."""
ROOM_BYTES = 1 << 26
"""Of all answers to all questions that share a room, so that no class can fill a grader's memory with its answers."""
ANSWER_OVERHEAD = 1 << 10
"""Of the objects of an answer, beside its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """An answer that was kept by a question, on its way to the same question of another process.

    Parameters
    ----------
    outcome : Outcome
        What came back.
    digest : bytes
        By which what returned numbers is recognised; empty for any other outcome, which says itself what it is.
    size : int
        Bytes of the frame.
    """

    outcome: Outcome
    digest: bytes = b""
    size: int = 0


@dataclass(slots=True)
class Room:
    """Bytes that may still be kept, by all that share it. Threads may: a few bytes more do no harm."""

    left: int = field(default_factory=lambda: ROOM_BYTES)

    def take(self, size: int) -> bool:
        """Take so many bytes; return whether there are as many."""
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(slots=True)
class _Came:
    """Answers to one question that are kept. Threads may share it: two equal answers are of the same worth."""

    room: Room
    returned: dict[bytes, tuple[Returned, int]] = field(default_factory=dict)
    size: int = 0

    def keep(self, digest: bytes, returned: Returned, size: int) -> Returned:
        if len(self.returned) >= KEPT_ANSWERS or self.size + size > KEPT_BYTES:
            return returned
        if not self.room.take(size + ANSWER_OVERHEAD):
            return returned
        self.size += size
        return self.returned.setdefault(digest, (returned, size))[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """A call and its bytes.

    Parameters
    ----------
    call : Call
        Which function, with which arguments.
    asked : bytes
        As it stands in a frame that goes down.
    untouched : bytes
        How the arguments come up if the call leaves them as they are; empty where they are not wanted.
    room : Room
        Where its answers are kept.
    """

    call: Call
    asked: bytes
    untouched: bytes
    room: InitVar[Room]
    _came: _Came = field(init=False, repr=False)

    def __post_init__(self, room: Room) -> None:
        object.__setattr__(self, "_came", _Came(room))

    def read(self, body: bytearray, read: Callable[[], Outcome]) -> Outcome:
        """Return what an answer says; what came before, to the last byte, is not read again but is the same object.

        Parameters
        ----------
        body : bytearray
            Of a frame that says that the call returned.
        read : callable
            Reads it; what that raises is raised.

        Returns
        -------
        Outcome
        """
        digest = blake2b(body, digest_size=32).digest()
        known = self._came.returned.get(digest)
        if known is not None:
            return known[0]
        outcome = read()
        return self._came.keep(digest, outcome, len(body)) if isinstance(outcome, Returned) else outcome

    def seen(self, outcome: Outcome) -> Seen | None:
        """Return an answer for the same question elsewhere.

        Parameters
        ----------
        outcome : Outcome
            From `read`, or one that returned nothing.

        Returns
        -------
        Seen or None
            None where it is not kept here, so that it would not be recognised there.
        """
        if not isinstance(outcome, Returned):
            return Seen(outcome=outcome)
        found = ((digest, size) for digest, (known, size) in self._came.returned.items() if known is outcome)
        digest, size = next(found, (b"", 0))
        return Seen(outcome=outcome, digest=digest, size=size) if digest else None

    def know(self, seen: Seen) -> Outcome | None:
        """Return what `read` will return of the same answer; None where there is no more room for it.

        Parameters
        ----------
        seen : Seen
            From the same question elsewhere.

        Returns
        -------
        Outcome or None
        """
        if not isinstance(seen.outcome, Returned):
            return seen.outcome
        kept = self._came.returned.get(seen.digest)
        if kept is not None:
            return kept[0]
        # Numbers that came from another process can be written to; nobody shall.
        for array in (*seen.outcome.values, *seen.outcome.inputs_after):
            array.flags.writeable = False
        self._came.keep(seen.digest, seen.outcome, seen.size)
        return seen.outcome if seen.digest in self._came.returned else None


def question(call: Call, room: Room | None = None) -> Question:
    """Return a call with its bytes.

    Parameters
    ----------
    call : Call
        Which function, with which arguments.
    room : Room or None
        Where its answers are kept; None: in one of its own.

    Returns
    -------
    Question

    Raises
    ------
    WireError
        If an argument is of a dtype that cannot be sent.
    """
    seed = call.seed % (1 << 64)
    head = wire.put_call(call.function, returns=call.returns, seed=seed, want_inputs=call.want_inputs)
    arguments = wire.put_arrays(call.arguments)
    untouched = arguments if call.want_inputs else b""
    return Question(call=call, asked=head + arguments, untouched=untouched, room=room or Room())


def group(questions: Iterable[Question]) -> Sequence[Question]:
    """Return the first questions, as many as one frame asks.

    Parameters
    ----------
    questions : iterable of Question
        Not empty.

    Returns
    -------
    sequence of Question
        At least one.
    """
    taken: list[Question] = []
    size = 0
    for one in islice(questions, GROUP_CALLS):
        size += len(one.asked)
        if taken and size > GROUP_BYTES:
            break
        taken.append(one)
    return taken
