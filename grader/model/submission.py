"""A submission as bytes and text: nothing of it has been run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of source that is executed as a whole: a file, or one cell of a notebook.

    Parameters
    ----------
    label : str
        What a traceback names: the file's name, or ``"hw1.ipynb cell 3"``.
    source : str
        Python source; lines that were skipped (magics, shell lines) are blank or ``pass``, so line numbers stay true.
    """

    label: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One student's answer.

    Parameters
    ----------
    path : str
        As the user named it, with ``/`` and, inside an archive, ``archive.zip/inner/path.py``.
    student : str
        The name shown: the file's stem or the folder's name.
    sha256 : str
        Of the bytes that were read, hexadecimal.
    chunks : tuple of Chunk
        What is executed, in order; a failing chunk of a notebook does not lose the earlier or later ones.
    modules : tuple of (str, Chunk)
        Other files of the same student, importable by module name.
    notebook : bool
        True where chunks are cells.
    problem : str
        Why nothing can be run (not UTF-8, not a notebook), in words for the student; empty if it can.
    unreadable : bool
        True where it is we who cannot read it: then `problem` says so, and nobody loses points.
    skipped : tuple of str
        What was left out, in words for the student ("cell 2: `%matplotlib inline` is skipped").
    undecided : bool
        True where two files could each be the answer, as `problem` says; a person chooses.
    """

    path: str
    student: str
    sha256: str
    chunks: tuple[Chunk, ...]
    modules: tuple[tuple[str, Chunk], ...] = ()
    notebook: bool = False
    problem: str = ""
    unreadable: bool = False
    skipped: tuple[str, ...] = ()
    undecided: bool = False
