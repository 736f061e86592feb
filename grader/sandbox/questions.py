"""Calls as they are sent: each encoded once, however many submissions are asked it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.model.case import Call
from grader.sandbox.inside import wire

GROUP_BYTES = 1 << 18
"""Of the calls in one frame, unless a single one has more: a submission's process holds them beside its own memory."""
GROUP_CALLS = 1024


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
    """

    call: Call
    asked: bytes
    untouched: bytes


def question(call: Call) -> Question:
    """Return a call with its bytes.

    Parameters
    ----------
    call : Call
        Which function, with which arguments.

    Returns
    -------
    Question

    Raises
    ------
    WireError
        If an argument is of a dtype that cannot be sent.
    """
    head = wire.put_text(call.function) + wire.CALL.pack(call.returns, call.seed % (1 << 64), call.want_inputs)
    arguments = wire.put_arrays(call.arguments)
    return Question(call=call, asked=head + arguments, untouched=arguments if call.want_inputs else b"")


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
