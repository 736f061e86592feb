"""Reads a rubric: TOML to an `Assignment`, or every diagnostic at once."""

import hashlib
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import tomli

from grader.loading.check_functions import Lookup, check_functions, trusted_folder
from grader.loading.check_language import check_language, words_of
from grader.loading.check_names import check_names
from grader.loading.check_points import check_points
from grader.loading.check_sizes import check_sizes
from grader.loading.codes import RubricCode
from grader.loading.faults import Faults, Table
from grader.loading.schema_faults import validate
from grader.loading.toml_faults import syntax_fault
from grader.loading.toml_places import Document, Key, place_at
from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError, Diagnostic, Fix, Place

# A rubric is typed by a person; the largest that is meant is far below this.
MAX_RUBRIC_BYTES = 4 << 20
# The largest of the repository has less than a twentieth; what is refused of each table is told with its place.
MAX_TABLES = 5_000
MAX_VALUES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rubric:
    """A rubric file that holds a valid assignment.

    Parameters
    ----------
    assignment : Assignment
        What it says.
    path : Path
        The file.
    shown : str
        The file as the user named it.
    source : bytes
        What was read.
    sha256 : str
        Of ``source``, hexadecimal.
    document : Document
        Its text, and where each key stands.
    """

    assignment: Assignment
    path: Path
    shown: str
    source: bytes
    sha256: str
    document: Document

    @property
    def trusted(self) -> Path:
        """The folder of the trusted modules, resolved."""
        return trusted_folder(self.path, self.assignment.trusted)

    @property
    def words(self) -> str:
        """The language of what students read, as `grader.words.in_language` takes it."""
        return words_of(self.path, self.assignment.language)

    def locate(self, *keys: Key) -> Place:
        """Return where a value stands in the file.

        Parameters
        ----------
        *keys : str or int
            The way to it, such as ``"problem", 0, "reference"``.

        Returns
        -------
        Place
            Of a table, its header; of a value that is not stated, that of the table that would have it.
        """
        return self.document.place(self.document.nearest(keys).value)


def load_rubric(path: Path, *, shown: str | None = None, lookup: Lookup | None = None) -> Rubric:
    """Read a rubric.

    Parameters
    ----------
    path : Path
        The file.
    shown : str, optional
        The file as the user named it; ``path`` itself if not given.
    lookup : callable, optional
        Gives the signature of a trusted function, from the trusted folder and ``module:function``, or None where there
        is none. Without it the trusted modules' files are looked for, but not their functions.

    Returns
    -------
    Rubric

    Raises
    ------
    DiagnosedError
        With everything that is wrong with it.
    """
    name = str(path) if shown is None else shown
    source = _read(path, name)
    text = _decoded(source, name)
    data, document = _parsed(text, name)
    faults = Faults(document, name)
    assignment, unusable = validate(data, document, faults)
    whole = Table(data=data, path=(), unusable=unusable)
    check_points(whole, faults)
    check_names(whole, faults)
    check_sizes(whole, faults)
    check_functions(whole, path, lookup, faults)
    check_language(whole, path, faults)
    found = faults.in_order()
    if assignment is None or found:
        raise DiagnosedError(found)
    digest = hashlib.sha256(source).hexdigest()
    return Rubric(assignment=assignment, path=path, shown=name, source=source, sha256=digest, document=document)


def _refuse(
    code: RubricCode,
    says: str,
    shown: str,
    *,
    place: Place | None = None,
    label: str = "",
    help_: str = "",
    fix: Fix | None = None,
) -> NoReturn:
    fault = Diagnostic(code=code.code, says=says, path=shown, place=place, label=label, help=help_, fix=fix)
    raise DiagnosedError((fault,))


def _read(path: Path, shown: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            _refuse(RubricCode.UNREADABLE, "the rubric is a folder", shown, help_="name the `.toml` file in it")
        if not stat.S_ISREG(mode):
            _refuse(RubricCode.UNREADABLE, "the rubric is not a file", shown, help_="name the `.toml` file itself")
        with path.open("rb") as file:
            source = file.read(MAX_RUBRIC_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        # ValueError: a NUL character, which no path has.
        help_ = "name a rubric, such as `rubrics/cs280_hw1.toml`"
        _refuse(RubricCode.UNREADABLE, "there is no such file", shown, help_=help_)
    except OSError as error:
        _refuse(RubricCode.UNREADABLE, f"the rubric cannot be read: {error.strerror}", shown)
    if len(source) > MAX_RUBRIC_BYTES:
        _refuse(RubricCode.UNREADABLE, f"the rubric is larger than {MAX_RUBRIC_BYTES >> 20} MiB", shown)
    return source


def _decoded(source: bytes, shown: str) -> str:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", errors="replace")
        rest = error.object[error.start :].split(b"\n", 1)[0].decode("utf-8", errors="replace")
        says = f"the rubric is not UTF-8 text: byte 0x{error.object[error.start]:02x}"
        place = place_at(before + rest, len(before))
        _refuse(RubricCode.NOT_UTF8, says, shown, place=place, help_="save the file as UTF-8")
    return text.replace("\r\n", "\n")


def _parsed(text: str, shown: str) -> tuple[dict[str, Any], Document]:
    try:
        data = tomli.loads(text)
        frozen = {key: _frozen(value) for key, value in data.items()}
        _refuse_too_much(frozen, shown)
        document = Document(text)
    except tomli.TOMLDecodeError as error:
        says = f"the rubric is not TOML: {error.msg[:1].lower()}{error.msg[1:]}"
        fault = syntax_fault(text, min(error.pos, len(text)))
        place = place_at(text, fault.start, fault.length)
        _refuse(RubricCode.NOT_TOML, says, shown, place=place, label=fault.label, help_=fault.help, fix=fault.fix)
    except RecursionError:
        help_ = "a rubric needs no more than five levels of brackets"
        _refuse(RubricCode.NOT_TOML, "the rubric nests arrays or tables too deeply", shown, help_=help_)
    except ValueError as error:
        # Python's own limit on the digits of an integer; tomli lets it through, without a position.
        says = f"the rubric has a number that is too long: {error}"
        _refuse(RubricCode.NOT_TOML, says, shown, help_="write it with fewer digits, such as `1e300`")
    return frozen, document


def _refuse_too_much(frozen: dict[str, Any], shown: str) -> None:
    counts = Counter(_kinds(frozen))
    for kind, what, most in ((dict, "tables", MAX_TABLES), (object, "values", MAX_VALUES)):
        if counts[kind] > most:
            says = f"the rubric has {counts[kind]:,} {what}; more than {most:,} are not read"
            _refuse(RubricCode.TOO_MUCH, says, shown, help_="split the assignment into several rubrics")


def _kinds(value: Any) -> Iterator[type]:
    """Yield ``object`` for each value within a value, itself among them, and ``dict`` for each table besides."""
    yield object
    if isinstance(value, dict):
        yield dict
        value = tuple(value.values())
    for inner in value if isinstance(value, tuple) else ():
        yield from _kinds(inner)


def _frozen(value: Any) -> Any:
    """Return a value with tuples for lists, as the schema has them."""
    match value:
        case dict():
            return {key: _frozen(element) for key, element in value.items()}
        case list():
            return tuple(_frozen(element) for element in value)
        case _:
            return value
