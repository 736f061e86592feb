"""The gradebook as JSON, piece by piece: a hundred thousand students never stand in memory as one text."""

from collections.abc import Iterator

from grader.model.gradebook import Gradebook
from grader.reporting.json_report import is_model, json_text, model_text

_ROWS_A_PIECE = 500


def gradebook_json(gradebook: Gradebook) -> Iterator[str]:
    """Yield a gradebook as JSON text.

    Parameters
    ----------
    gradebook : Gradebook
        A class.

    Yields
    ------
    str
        Pieces of the text: keys in the order of the model, and of lists of objects one object a line, so that two
        gradebooks can be compared line by line.
    """
    lead = "{"
    for name, info in Gradebook.model_fields.items():
        value = getattr(gradebook, name)
        yield f'{lead}\n  "{info.alias or name}": '
        lead = ","
        if isinstance(value, tuple) and value and is_model(value[0]):
            yield from _lines(value)
        else:
            yield model_text(value) if is_model(value) else json_text(value)
    yield "\n}\n"


def _lines(values: tuple[object, ...]) -> Iterator[str]:
    yield "["
    for start in range(0, len(values), _ROWS_A_PIECE):
        rows = [f"\n    {model_text(value)}" for value in values[start : start + _ROWS_A_PIECE]]
        yield ("," if start else "") + ",".join(rows)
    yield "\n  ]"


def gradebook_from_json(text: str | bytes) -> Gradebook:
    """Return the gradebook that a JSON text states.

    Parameters
    ----------
    text : str or bytes
        As `gradebook_json` writes it; bytes are UTF-8.

    Returns
    -------
    Gradebook
        Points that no decimal names, such as a third, come back as their nearest double.

    Raises
    ------
    pydantic.ValidationError
        A ValueError: not JSON, not a ``grader-gradebook/1``, a key missing or unknown, a value of the wrong type.
    """
    return Gradebook.model_validate_json(text)
