"""Applies what help texts say to the bytes of a rubric."""

from bisect import bisect_left
from collections.abc import Callable, Iterable

from grader.model.diagnostic import Diagnostic, Edit

_MARK = b"\xef\xbb\xbf"


def fixed(source: bytes, diagnostics: Iterable[Diagnostic], *, uncertain: bool = False) -> tuple[bytes, int]:
    r"""Return a rubric with its faults mended, where the help of a fault can be applied.

    Parameters
    ----------
    source : bytes
        The file as it was linted: UTF-8, with any line ends, with or without a byte order mark. Both stay.
    diagnostics : iterable of Diagnostic
        Its faults.
    uncertain : bool
        Whether to apply also what need not be what was meant.

    Returns
    -------
    bytes
        The mended file.
    int
        How many faults were mended. Of two fixes that meet at one place only the first is applied; the other one comes
        up again when the result is linted.
    """
    mark = _MARK if source.startswith(_MARK) else b""
    raw = source.removeprefix(_MARK).decode("utf-8")
    chosen: list[Edit] = []
    count = 0
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not (fix.certain or uncertain) or any(_meet(a, b) for a in fix.edits for b in chosen):
            continue
        chosen += fix.edits
        count += 1
    newline = "\r\n" if "\r\n" in raw else "\n"
    at = _in_raw(raw)
    for edit in sorted(chosen, key=lambda edit: edit.start, reverse=True):
        raw = raw[: at(edit.start)] + edit.text.replace("\n", newline) + raw[at(edit.end) :]
    return mark + raw.encode("utf-8"), count


def _meet(first: Edit, second: Edit) -> bool:
    return first.start <= second.end and second.start <= first.end


def _in_raw(raw: str) -> Callable[[int], int]:
    r"""Return what turns offsets into a text with ``\n`` for every line end into offsets into the text as it is."""
    # The k-th carriage return is k characters further on in the text as it is.
    returns = [place - k for k, place in enumerate(_places(raw))]
    return lambda offset: offset + bisect_left(returns, offset)


def _places(raw: str) -> Iterable[int]:
    at = raw.find("\r\n")
    while at >= 0:
        yield at
        at = raw.find("\r\n", at + 2)
