"""The report as JSON: the same report gives the same bytes, and reads back as the same report."""

import json
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic_core import PydanticSerializationError

from grader.model.report import Report
from grader.reporting.report_schema import schema

__all__ = [
    "from_json",
    "is_model",
    "json_text",
    "model_text",
    "plain_model_text",
    "schema",
    "to_json",
    "without_timings",
]


def to_json(report: Report) -> str:
    r"""Return a report as JSON text, ending in a line end.

    Parameters
    ----------
    report : Report
        Anything that was said of a run.

    Returns
    -------
    str
        Indented by 2, keys in the order of the model, points as an int or a shortest decimal. It can be encoded as
        UTF-8: a lone surrogate, which stands for an undecodable byte of a file's name, is written as ``\udcXX``.

    Raises
    ------
    ValueError
        If ``timings`` holds nan or an infinity, which JSON cannot say.
    """
    return json_text(_data(report), indent=2) + "\n"


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""Return a value as JSON that can be encoded as UTF-8.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        What JSON can say.
    indent : int, optional
        Spaces for each level; a single line if not given.

    Returns
    -------
    str
        A lone surrogate is written as ``\udcXX``.

    Raises
    ------
    ValueError
        If it holds nan or an infinity.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return text if _can_be_encoded(text) else json.dumps(_encodable(value), indent=indent, ensure_ascii=False)


def model_text(model: Any, *, indent: int | None = None) -> str:
    r"""Return a model as JSON that can be encoded as UTF-8, in the order of its fields and by their aliases.

    Parameters
    ----------
    model : pydantic.BaseModel or a dataclass of pydantic's
        Any of `grader.model`.
    indent : int, optional
        Spaces for each level; a single line if not given.

    Returns
    -------
    str
        A lone surrogate is written as ``\udcXX``.
    """
    try:
        return plain_model_text(model, indent=indent)
    except (PydanticSerializationError, UnicodeEncodeError):
        data = _adapter(cast("Hashable", type(model))).dump_python(model, mode="json", by_alias=True)
        return json_text(data, indent=indent)


def plain_model_text(model: Any, *, indent: int | None = None) -> str:
    """Return a model as `model_text` does, if no text of it has a lone surrogate.

    Parameters
    ----------
    model, indent
        As for `model_text`.

    Returns
    -------
    str

    Raises
    ------
    PydanticSerializationError, UnicodeEncodeError
        A text has one.
    """
    # pydantic writes JSON itself, some ten times as fast as json does; a class has a hundred thousand of these.
    return _adapter(cast("Hashable", type(model))).dump_json(model, by_alias=True, indent=indent).decode()


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # Making one takes longer than writing a mark.
    return TypeAdapter(kind)


def is_model(value: object) -> bool:
    """Return whether a value is a model, for `model_text`.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
    """
    return isinstance(value, BaseModel) or is_pydantic_dataclass(type(value))


def _can_be_encoded(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def from_json(text: str | bytes) -> Report:
    """Return the report that a JSON text states.

    Parameters
    ----------
    text : str or bytes
        As ``to_json`` writes it; bytes are UTF-8.

    Returns
    -------
    Report

    Raises
    ------
    pydantic.ValidationError
        A ValueError: not JSON, not a ``grader-report/1``, a key missing or unknown, a value of the wrong type.
    ValueError
        If ``timings`` holds nan or an infinity.
    """
    report = Report.model_validate_json(text)
    json.dumps(report.timings, allow_nan=False)
    return report


def without_timings(report: Report) -> Report:
    """Return the report without the part that differs between two runs of the same files and seed.

    Parameters
    ----------
    report : Report
        Unchanged.

    Returns
    -------
    Report
        With empty ``timings``.
    """
    return report.model_copy(update={"timings": {}})


def _data(report: Report) -> dict[str, Any]:
    return report.model_dump(mode="json", by_alias=True)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, list | tuple) else value
