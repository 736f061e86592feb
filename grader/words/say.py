"""Says a message in the language that is in force here: in this thread, until the block ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from grader.words.catalogue import Text, catalogue_of, languages

# Which language is in force is a matter of who is being answered, not of what is computed: handed through every
# function that may say a word it would be an argument of nearly all of them. A context variable is each thread's own.
_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_AT_HAND: ContextVar[str] = ContextVar("at_hand", default="en")


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say everything in a language, within a block.

    Parameters
    ----------
    language : str
        As for `catalogue_of`.

    Raises
    ------
    CatalogueError
        There are no such words.
    """
    catalogue_of(language)
    before = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


@contextmanager
def at_hand(language: str) -> Iterator[None]:
    """Let `as_written` find the words of a run, within a block: they may stand in a file that no report names.

    Parameters
    ----------
    language : str
        As for `catalogue_of`.

    Raises
    ------
    CatalogueError
        There are no such words.
    """
    catalogue_of(language)
    before = _AT_HAND.set(language)
    try:
        yield
    finally:
        _AT_HAND.reset(before)


@contextmanager
def as_written(tag: str) -> Iterator[None]:
    """Say everything in the language of a report, within a block.

    Parameters
    ----------
    tag : str
        As the report has it. What a report says was put into words when it was made; where the words around it are not
        at hand, for a language that is a file, these are English.
    """
    known = (_LANGUAGE.get(), _AT_HAND.get())
    own = next((each for each in known if catalogue_of(each).language == tag), None)
    with in_language(own or (tag if tag in languages() else "en")):
        yield


def language_in_force() -> str:
    """Return the tag of the language that is in force.

    Returns
    -------
    str
        BCP 47, such as ``"en"``.
    """
    return catalogue_of(_LANGUAGE.get()).language


def words_in_force() -> str:
    """Return which words are in force.

    Returns
    -------
    str
        As `in_language` takes it; two files of words may be of one language.
    """
    return _LANGUAGE.get()


def say(key: str, /, **fields: object) -> str:
    """Return a message.

    Parameters
    ----------
    key : str
        Which.
    **fields
        What stands in its fields; converted by ``str``.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        There is no such message, or a field of it is not given: a bug of ours, which a test finds.
    """
    return _text(key).other.format_map(fields)


def say_count(key: str, /, count: int, **fields: object) -> str:
    """Return a message about a number of things.

    Parameters
    ----------
    key : str
        Which.
    count : int
        How many; stands in the field ``count`` as well.
    **fields
        What stands in its other fields.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        As `say`.
    """
    text = _text(key)
    chosen = text.one if count == 1 and text.one is not None else text.other
    return chosen.format_map({**fields, "count": count})


def _text(key: str) -> Text:
    own = catalogue_of(_LANGUAGE.get()).texts
    return own[key] if key in own else catalogue_of("en").texts[key]
