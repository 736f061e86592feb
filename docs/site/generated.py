"""Pages of the reference that are written from the code: the command line, and the keys of a rubric."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from schema_keys import key_tables

from grader.cli.main import _parser
from grader.loading.rubric_schema import rubric_schema


def command_line() -> str:
    """Return every command with its arguments, its examples and its exit statuses, as Markdown.

    Returns
    -------
    str
    """
    return "\n".join(line for name, parser in commands(_parser()) for line in _command(name, parser))


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command below a parser, and those below it.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the program or of a command.

    Yields
    ------
    tuple of str and argparse.ArgumentParser
        What is typed, ``grader seed new``, and its parser.
    """
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield f"{parser.prog} {name}".strip(), below
                yield from commands(below)


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    depth = len(name.split())
    yield f"\n{'#' * depth} `{name}`\n"
    if parser.description:
        yield f"{' '.join(parser.description.split())}\n" if "\n\n" not in parser.description else parser.description
    yield f"\n```text\n{_usage(name, parser)}\n```\n"
    rows = [row for action in parser._actions if (row := _row(action, parser)) is not None]
    if rows:
        yield from ("| argument | means |", "|---|---|", *rows, "")
    if parser.epilog:
        yield f"```text\n{parser.epilog}\n```\n"


def _usage(name: str, parser: argparse.ArgumentParser) -> str:
    """Return one line, as every Python writes it: argparse's own differs between versions, in brackets and in folds."""
    positional = [_positional(action) for action in parser._actions if not action.option_strings]
    options = [action for action in parser._actions if action.option_strings and action.dest != "help"]
    required = [_option(action) for action in options if action.required]
    more = ["[OPTION ...]"] if len(required) < len(options) else []
    return " ".join([name, *positional, *required, *more])


def _positional(action: argparse.Action) -> str:
    shown = str(action.metavar or action.dest)
    match action.nargs:
        case "+":
            return f"{shown} [{shown} ...]"
        case "*":
            return f"[{shown} ...]"
        case "?":
            return f"[{shown}]"
        case _:
            return shown


def _option(action: argparse.Action) -> str:
    return " ".join([action.option_strings[-1], *([] if action.nargs == 0 else [_metavar(action)])])


def _metavar(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _row(action: argparse.Action, parser: argparse.ArgumentParser) -> str | None:
    if action.dest == "help" or action.help == argparse.SUPPRESS:
        return None
    shown = _option(action) if action.option_strings else _positional(action)
    # A help text may hold %(default)s and the like, as argparse knows them.
    says = argparse.HelpFormatter(parser.prog)._expand_help(action) if action.help else ""
    names = [f"`{choice}`" for choice in action.choices or ()]
    cells = (f"`{shown}`", says.replace("<", "&lt;"), f"{_metavar(action)}: {', '.join(names)}" if names else "")
    argument, *means = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {argument} | {'; '.join(filter(None, means))} |"


def rubric_keys() -> str:
    """Return every key of a rubric, as Markdown.

    Returns
    -------
    str
    """
    return "\n".join(key_tables(rubric_schema()))


GENERATED: Mapping[str, Callable[[], str]] = MappingProxyType({"cli": command_line, "rubric": rubric_keys})
"""What is appended to a page, by the page's name."""
