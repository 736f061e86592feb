"""Puts into words what a submission's process says of a value that is not an answer; its facts are claims."""

from collections.abc import Sequence

from grader.sandbox.inside.wire import WireError
from grader.words import say, say_count

_VOWELS = frozenset("aeiou")


def unfit_words(facts: Sequence[str]) -> str:
    """Return why a value was not handed on, in words that complete "returns …".

    Parameters
    ----------
    facts : sequence of str
        Of a `NotNumericError` or `TooLargeError`: which value of how many, what is wrong, and of what.

    Returns
    -------
    str

    Raises
    ------
    WireError
        They are no such facts.
    """
    match facts:
        case [part, of, *rest] if part and of:
            return say("returned.one_of_several", part=part, of=of, says=_unfit(rest))
        case [_, _, *rest]:
            return _unfit(rest)
        case _:
            raise _no_fact(facts)


def _unfit(facts: Sequence[str]) -> str:
    match facts:
        case ["is", *what]:
            return what_it_is(what)
        case ["values_due", due, *what]:
            return say("returned.values_due", what=what_it_is(what), due=due)
        case ["no_array", *what]:
            return say("returned.no_array", what=what_it_is(what))
        case ["of_dtype", dtype, *what]:
            return say("returned.of_dtype", what=what_it_is(what), dtype=dtype)
        case ["dimensions", dimensions]:
            return say("returned.dimensions", n=dimensions)
        case ["too_large", size, allowed, *what]:
            return say("returned.too_large", what=what_it_is(what), size=size, allowed=allowed)
        case _:
            raise _no_fact(facts)


def what_it_is(facts: Sequence[str]) -> str:
    """Return what a value is, in words that complete "returns …".

    Parameters
    ----------
    facts : sequence of str
        As `grader.sandbox.inside.convert.described` gives them.

    Returns
    -------
    str
        Such as ``"None"``, ``"a str"``, ``"a tuple of 3 values"``, ``"an array of shape (2, 3) and dtype object"``.

    Raises
    ------
    WireError
        They are no such facts.
    """
    match facts:
        case ["none"]:
            return say("returned.none")
        case ["array", shape, dtype]:
            return say("returned.array", shape=shape, dtype=dtype)
        case ["tuple" | "list" as kind, length] if length.isascii() and length.isdigit():
            return say_count(f"returned.{kind}", int(length))
        case ["object", name]:
            return say("returned.object_an" if name[:1].lower() in _VOWELS else "returned.object_a", type=name)
        case _:
            raise _no_fact(facts)


def _no_fact(facts: Sequence[str]) -> WireError:
    return WireError(f"{len(facts)} texts came that describe no value")
