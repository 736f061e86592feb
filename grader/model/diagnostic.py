"""A fault of a rubric, a path or a usage: a code, words, a place, help. Never a student's mistake."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
"""An error has to be mended before anything is graded; a warning is most likely not what was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file: 1-based line and column, and how many characters the caret underlines.

    Parameters
    ----------
    line, column : int
        1-based; the column counts characters.
    length : int
        Characters to underline, at least 1.
    source : str
        The line's text.
    """

    line: int
    column: int
    length: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    r"""One replacement of characters.

    Parameters
    ----------
    start, end : int
        Offsets into the file's text, decoded, with ``\n`` for every line end and without a byte order mark.
    text : str
        What stands there instead.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a diagnostic's help says, as edits.

    Parameters
    ----------
    edits : tuple of Edit
        They do not overlap.
    certain : bool
        Whether nothing else can have been meant; only then may it be applied without asking.
    """

    edits: tuple[Edit, ...]
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault, as it is told to the person who can mend it.

    Parameters
    ----------
    code : str
        ``R...`` for a rubric, ``S...`` for a path of submissions, ``G...`` for the command. Codes never change meaning.
    says : str
        What is wrong.
    path : str
        The file, as the user named it.
    place : Place or None
        Where in the file; None for the file as a whole.
    label : str
        What to write beside the caret; may be empty.
    help : str
        A sentence with a valid value; may be empty.
    severity : "error" or "warning"
        How grave it is.
    fix : Fix or None
        The help as edits, where it can be given as such.
    """

    code: str
    says: str
    path: str
    place: Place | None = None
    label: str = ""
    help: str = ""
    severity: Severity = "error"
    fix: Fix | None = None


class DiagnosedError(Exception):
    """Raised with every diagnostic that was found, at once.

    Parameters
    ----------
    diagnostics : tuple of Diagnostic
        At least one.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        if not diagnostics:
            msg = "a DiagnosedError needs a diagnostic"
            raise ValueError(msg)
        super().__init__("; ".join(d.says for d in diagnostics))
        self.diagnostics = diagnostics
