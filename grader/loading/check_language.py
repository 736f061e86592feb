"""Faults of the language that a rubric asks for: not there, or a file that holds no messages."""

from pathlib import Path

from grader.loading.codes import RubricCode
from grader.loading.faults import Faults, Table
from grader.words import CatalogueError, catalogue_of, languages


def check_language(rubric: Table, rubric_file: Path, faults: Faults) -> None:
    """Note a language that there are no words for.

    Parameters
    ----------
    rubric : Table
        The whole rubric.
    rubric_file : Path
        Its file; a file of messages is relative to its folder.
    faults : Faults
        Where to note it.
    """
    named = rubric.text("language")
    if named is None:
        return
    words = words_of(rubric_file, named.text)
    try:
        catalogue_of(words)
    except CatalogueError as error:
        # A file is named as the rubric names it.
        first, *more = (line.replace(words, named.text, 1) for line in error.says.splitlines())
        says = f"{first}; and {len(more)} more" if more else first
        help_ = f"name one of {', '.join(languages())}, or a `.toml` file of messages, relative to the rubric"
        faults.add(RubricCode.NO_WORDS, says, named.path, help_=help_)


def words_of(rubric_file: Path, language: str) -> str:
    """Return a rubric's language as `grader.words.in_language` takes it.

    Parameters
    ----------
    rubric_file : Path
        The rubric.
    language : str
        A tag, or a file of messages, relative to the rubric.

    Returns
    -------
    str
        A file with its whole path, so that every process finds it.
    """
    return str((rubric_file.parent / language).absolute()) if language.endswith(".toml") else language
