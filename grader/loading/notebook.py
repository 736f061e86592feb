"""Bytes of a notebook to the source of its code cells."""

import json
from dataclasses import dataclass
from typing import Any

from grader.loading.magics import plain_source
from grader.loading.shown_name import shown
from grader.model.submission import Chunk
from grader.words import say

# A line of a note, and how many notes are worth reading.
MAX_SHOWN_LINE = 60
MAX_NOTES = 20
# More than a person writes; what is scanned and sent on must stay small however large the outputs are.
MAX_CODE_CHARACTERS = 2 << 20
MAX_CODE_CELLS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The code of a notebook, or why there is none.

    Parameters
    ----------
    chunks : tuple of Chunk
        One for each code cell that has code.
    skipped : tuple of str
        What was left out, in words for the student.
    problem : str
        Completes "hw1.ipynb …"; empty if there is code to run.
    """

    chunks: tuple[Chunk, ...] = ()
    skipped: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """The source of a code cell; ``problem`` where it has none that can be run."""

    source: str = ""
    problem: str = ""


def read_notebook(data: bytes, name: str) -> Notebook:
    """Return the code of a notebook of format 4, or of formats 2 and 3 with worksheets.

    Code cells are counted from 1 in the order of the file, those that are empty or skipped too; text cells are not
    counted. (The number that Jupyter shows in brackets is the order in which cells were last run.)

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in labels.

    Returns
    -------
    Notebook
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Notebook(problem=say("notebook.not_utf_8", byte=f"0x{data[error.start]:02x}"))
    except json.JSONDecodeError as error:
        return Notebook(problem=say("notebook.broken_json", line=error.lineno))
    except (RecursionError, ValueError):
        # Nested too deeply, or a number with more digits than Python converts: no notebook has either.
        return Notebook(problem=say("notebook.other_json"))
    cells = _code_cells(content)
    if cells is None:
        return Notebook(problem=say("notebook.no_list_of_cells"))
    language = _language(content)
    if language not in ("", "python", "ipython", "python3"):
        return Notebook(problem=say("notebook.other_language", language=shown(language, 20)))
    if not cells:
        return Notebook(problem=say("notebook.no_code_cells"))
    if len(cells) > MAX_CODE_CELLS or sum(len(cell.source) for cell in cells) > MAX_CODE_CHARACTERS:
        return Notebook(problem=say("notebook.too_much_code"))
    return _read_cells(cells, name)


def _code_cells(content: Any) -> list[_Cell] | None:
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("cells"), list):
        return [_cell(cell, "source") for cell in content["cells"] if _is_code(cell)]
    if isinstance(content.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in content["worksheets"] if isinstance(sheet, dict)]
        return [_cell(c, "input") for cells in sheets if isinstance(cells, list) for c in cells if _is_code(c)]
    return None


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _language(content: dict[str, Any]) -> str:
    metadata = content.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name.casefold() if isinstance(name, str) else ""


def _cell(cell: dict[str, Any], key: str) -> _Cell:
    source = cell.get(key)
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return _Cell(problem=say("notebook.source_not_text"))
    if "\0" in source:
        return _Cell(problem=say("notebook.source_nul"))
    if any("\ud800" <= character <= "\udfff" for character in source):
        return _Cell(problem=say("notebook.source_surrogate"))
    return _Cell(source=source.replace("\r\n", "\n").replace("\r", "\n"))


def _read_cells(cells: list[_Cell], name: str) -> Notebook:
    chunks: list[Chunk] = []
    skipped: list[str] = []
    for number, cell in enumerate(cells, start=1):
        if cell.problem:
            skipped.append(say("notebook.cell_skipped", number=number, why=cell.problem))
            continue
        plain = plain_source(cell.source)
        lines = [f"`{shown(line, MAX_SHOWN_LINE)}`" for line in plain.skipped]
        if plain.whole:
            skipped.append(say("notebook.cell_skipped_from", number=number, line=lines[-1]))
        else:
            skipped.extend(say("notebook.line_skipped", number=number, line=line) for line in lines)
        if plain.text.strip():
            chunks.append(Chunk(label=f"{name} cell {number}", source=plain.text))
    left_out = len(skipped) - MAX_NOTES
    if left_out > 0:
        skipped[MAX_NOTES:] = [say("notebook.more_skipped", n=left_out)]
    return Notebook(chunks=tuple(chunks), skipped=tuple(skipped))
