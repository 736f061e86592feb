"""The language that a person named for what students read."""

from pathlib import Path

from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.words import CatalogueError, catalogue_of, languages


def named_language(language: str, path: str = "--language") -> str:
    """Return a language that a person named, as `grader.words.in_language` takes it.

    Parameters
    ----------
    language : str
        A tag, or a file of messages.
    path : str
        Where it was named, for diagnostics.

    Returns
    -------
    str
        A file with its whole path.

    Raises
    ------
    DiagnosedError
        There are no such words.
    """
    try:
        catalogue_of(language)
    except CatalogueError as error:
        help_ = f"there are {', '.join(languages())}; a file of messages ends in `.toml`"
        raise DiagnosedError((Diagnostic(code="G032", says=error.says, path=path, help=help_),)) from error
    return str(Path(language).absolute()) if language.endswith(".toml") else language
