"""From a frame that a submission's process sent to an outcome, and its text to text that is safe to show."""

import os
import re
import sysconfig
import unicodedata
from dataclasses import dataclass
from functools import cache

from grader.model.case import Call, frozen_array
from grader.model.outcome import (
    Absence,
    Malformed,
    NotNumeric,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    Unavailable,
)
from grader.model.submission import Submission
from grader.sandbox.described import unfit_words, what_it_is
from grader.sandbox.inside import wire
from grader.words import say

MAX_TEXT = 2000
"""Characters of a text that a submission can put into a report."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Unicode's directional formatting characters (UAX 9, table 1): they can make a line read other than it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkFailure:
    """A chunk of the submission that did not run to its end.

    Parameters
    ----------
    label : str
        Of the chunk: the file's name, or the notebook's cell.
    type, text : str
        The exception's class name and its message.
    where, line : str
        The innermost line of the student's own source, and its text; empty if none.
    """

    label: str
    type: str
    text: str
    where: str
    line: str


@cache
def _library_folders() -> tuple[str, ...]:
    """Return the folders of installed packages and of the standard library, each ending in a separator, inner first."""
    paths = sysconfig.get_paths()
    names = {paths[name] for name in ("purelib", "platlib", "stdlib", "platstdlib") if name in paths}
    return tuple(sorted((name + os.sep for name in names), key=len, reverse=True))


def clean_text(text: str, *, max_characters: int = MAX_TEXT) -> str:
    """Return text without what could steer a terminal or differ from run to run.

    Parameters
    ----------
    text : str
        From a submission.
    max_characters : int
        The head that is kept.

    Returns
    -------
    str
        Control and directional characters removed (newlines and tabs stay), memory addresses blanked, folders of
        installed libraries cut off their files' names.
    """
    if not text.isascii() or not text.isprintable():
        text = text.replace("\r\n", "\n")
        text = "".join(
            c
            for c in text
            if c in "\n\t" or (unicodedata.category(c) not in _UNSAFE_CATEGORIES and c not in _BIDI_CONTROLS)
        )
    text = _ADDRESS.sub(" at 0x…", text)
    for folder in _library_folders():
        # A warning names the file of the library that gives it: where that lies is the grader's machine's matter.
        text = text.replace(folder, "")
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"


class Reader:
    """Reads the answers of one submission's process.

    Parameters
    ----------
    submission : Submission
        Its source gives the lines that failures name: the process is not asked for them.
    memory_bytes : int
        The limit that an outcome states.
    """

    def __init__(self, submission: Submission, *, memory_bytes: int) -> None:
        self._labels = [chunk.label for chunk in submission.chunks]
        chunks = [*submission.chunks, *(chunk for _, chunk in submission.modules)]
        self._lines = {chunk.label: chunk.source.splitlines() for chunk in chunks}
        self._memory_bytes = memory_bytes

    def _place(self, label: str, line: int) -> tuple[str, str]:
        lines = self._lines.get(label)
        if lines is None or not 1 <= line <= len(lines) + 1:
            return "", ""
        text = lines[line - 1] if line <= len(lines) else ""
        return say("place.line", where=label, line=line), clean_text(text.strip(), max_characters=200)

    def _raised(self, fields: wire.Fields) -> Raised:
        name, text, label = fields.text(), fields.text(), fields.text()
        where, line = self._place(label, fields.u32())
        return Raised(type=clean_text(name, max_characters=200), text=clean_text(text), where=where, line=line)

    def failures(self, body: bytes | bytearray) -> tuple[ChunkFailure, ...]:
        """Return the chunks that failed.

        Parameters
        ----------
        body : bytes
            Of a LOADED frame.

        Returns
        -------
        tuple of ChunkFailure
            In the order of the chunks.

        Raises
        ------
        WireError
            If the body is not what it should be.
        """
        fields = wire.Fields(body)
        failures = []
        at_least = 0
        for _ in range(fields.count()):
            number = fields.u32()
            if not at_least <= number < len(self._labels):
                msg = f"chunk {number} cannot have failed"
                raise wire.WireError(msg)
            at_least = number + 1
            raised = self._raised(fields)
            failures.append(
                ChunkFailure(
                    label=self._labels[number],
                    type=raised.type,
                    text=raised.text,
                    where=raised.where,
                    line=raised.line,
                )
            )
        fields.end()
        return tuple(failures)

    def outcome(self, header: wire.Header, body: bytearray, call: Call, untouched: bytes = b"") -> Outcome:
        """Return what an answer to a call says.

        Parameters
        ----------
        header : Header
            The answer's head; index and nonce have been checked.
        body : bytearray
            Its body.
        call : Call
            What was asked.
        untouched : bytes
            How the arguments come back if the call leaves them as they are: then they need not be read.

        Returns
        -------
        Outcome
            Arrays are read-only copies.

        Raises
        ------
        WireError
            If the answer is not one that this call can have.
        """
        fields = wire.Fields(body)
        outcome: Outcome
        match header.kind:
            case wire.Kind.RETURNED:
                return _returned(body, call, untouched)
            case wire.Kind.RAISED:
                outcome = self._raised(fields)
            case wire.Kind.NOT_NUMERIC:
                outcome = NotNumeric(says=clean_text(unfit_words(fields.texts()), max_characters=300))
            case wire.Kind.TOO_LARGE:
                what = clean_text(unfit_words(fields.texts()), max_characters=300)
                outcome = Malformed(says=say("returned.returned", what=what))
            case wire.Kind.OUT_OF_MEMORY:
                outcome = OutOfMemory(limit_bytes=self._memory_bytes)
            case wire.Kind.MISSING:
                fields.texts()
                outcome = Unavailable(absence=Absence.MISSING, says=say("absent.missing", function=call.function))
            case wire.Kind.NOT_CALLABLE:
                what = clean_text(what_it_is(fields.texts()), max_characters=300)
                says = say("absent.not_callable", function=call.function, what=what)
                outcome = Unavailable(absence=Absence.NOT_CALLABLE, says=says)
            case wire.Kind.JOB | wire.Kind.CALL | wire.Kind.READY | wire.Kind.LOADED:
                msg = f"a call was answered with {header.kind.name}"
                raise wire.WireError(msg)
        fields.end()
        return outcome


def _returned(body: bytearray, call: Call, untouched: bytes) -> Returned:
    as_they_were = untouched != b"" and body.endswith(untouched)
    fields = wire.Fields(memoryview(body)[: len(body) - len(untouched)] if as_they_were else body)
    values = fields.arrays()
    inputs = call.arguments if as_they_were else tuple(frozen_array(value) for value in fields.arrays())
    fields.end()
    due = len(call.arguments) if call.want_inputs else 0
    if len(values) != call.returns or len(inputs) != due:
        msg = f"{len(values)} values and {len(inputs)} inputs came; {call.returns} and {due} are due"
        raise wire.WireError(msg)
    return Returned(values=tuple([frozen_array(value) for value in values]), inputs_after=inputs)
