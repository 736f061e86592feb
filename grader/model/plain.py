"""Values of an assignment as plain JSON data and back, each with the name of its class: so a kit brings its checks.

Unlike a rubric it needs no union to be resolved and no default to be filled in, so that it is read in no time.
"""

from fractions import Fraction
from typing import Any, Final

from grader.model import assignment, checks, inputs
from grader.model.base import Value

# No identifier, and so no key of a table, is one of these.
_CLASS: Final = "="
_FRACTION: Final = "/"


def to_plain(value: Any) -> Any:
    """Return a value of an assignment as JSON data.

    Parameters
    ----------
    value : Value, Fraction, dict, tuple, str, int, float, bool or None
        An `Assignment`, or what is in one.

    Returns
    -------
    dict, list, str, int, float, bool or None

    Raises
    ------
    TypeError
        It is of another type.
    """
    match value:
        case Value():
            fields = {name: to_plain(getattr(value, name)) for name in type(value).model_fields}
            return {_CLASS: type(value).__name__, **fields}
        case Fraction():
            return {_FRACTION: str(value)}
        case dict():
            return {key: to_plain(element) for key, element in value.items()}
        case tuple():
            return [to_plain(element) for element in value]
        case str() | int() | float() | None:
            return value
        case _:
            msg = f"a {type(value).__name__} is no part of an assignment"
            raise TypeError(msg)


def from_plain(data: Any) -> Any:
    """Return the value that `to_plain` wrote.

    Parameters
    ----------
    data : dict, list, str, int, float, bool or None
        As it came from JSON.

    Returns
    -------
    Value, Fraction, dict, tuple, str, int, float, bool or None

    Raises
    ------
    ValueError, KeyError, TypeError
        It is not such data.
    """
    match data:
        case dict() if _CLASS in data:
            fields = {name: from_plain(element) for name, element in data.items() if name != _CLASS}
            return _class(data[_CLASS])(**fields)
        case dict() if _FRACTION in data:
            return Fraction(data[_FRACTION])
        case dict():
            return {key: from_plain(element) for key, element in data.items()}
        case list():
            return tuple(from_plain(element) for element in data)
        case _:
            return data


def _class(name: str) -> type[Value]:
    for module in (assignment, checks, inputs):
        found = getattr(module, name, None)
        if isinstance(found, type) and issubclass(found, Value):
            return found
    msg = f"an assignment has no {name!r}"
    raise ValueError(msg)
