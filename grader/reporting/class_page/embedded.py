"""Data inside a page: JSON that no text can end, and text that any browser can take."""

import json
from fractions import Fraction

from markupsafe import Markup

from grader.reporting.points import points_text

# What could end or alter a script element (HTML standard, 4.12.1.3), or end a line for an old JavaScript parser.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def embedded_json(value: object) -> Markup:
    """Return a value as JSON that may stand inside a script element.

    Parameters
    ----------
    value : object
        Strings, numbers, None, lists and dicts of them.

    Returns
    -------
    markupsafe.Markup
        Without blanks; ``<``, ``>``, ``&`` and U+2028 are escaped, so that no text can end the element.

    Raises
    ------
    ValueError
        For nan and infinities, which JSON cannot say.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_IN_SCRIPT)
    return Markup(text)  # noqa: S704 - the characters that mean anything in HTML have just been escaped


def encodable(text: str) -> str:
    r"""Return text that UTF-8 can say.

    Parameters
    ----------
    text : str
        A lone surrogate in it stands for an undecodable byte of a file's name.

    Returns
    -------
    str
        With ``\udcXX`` for it, which is also what JSON calls it.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def number(points: Fraction, *, of: Fraction) -> int | float | str:
    """Return points for JSON, such that a browser shows what every other view shows.

    Parameters
    ----------
    points : Fraction
        Exact points.
    of : Fraction
        The points that could be had.

    Returns
    -------
    int, float or str
        A number where JavaScript writes it as ``points_text`` does, else that text.
    """
    text = points_text(points, of=of)
    if text.removeprefix("-").isdigit():
        return int(text)
    return float(text) if "/" not in text and str(float(text)) == text else text
