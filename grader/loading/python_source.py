"""Bytes of a Python file to text, as Python itself would decode it; nothing is parsed."""

import codecs
import re
from dataclasses import dataclass

from grader.words import say

# PEP 263: a comment on the first line, or on the second if the first holds no code.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_NO_CODE = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Encodings of written text whose decoders take time in proportion to the text; punycode and idna, for instance, do not.
_ENCODINGS = re.compile(
    r"utf-8|utf-8-sig|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb2312|gbk|gb18030|big5|big5hkscs|"
    r"shift_jis\w*|euc_\w+|johab|tis-620|kz1048|ptcp154"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonSource:
    r"""The text of a Python file, or why there is none.

    Parameters
    ----------
    text : str
        With ``\\n`` for every line end.
    problem : str
        Completes "answer.py …"; empty if the text can be run.
    """

    text: str
    problem: str = ""


def decode_python(data: bytes) -> PythonSource:
    """Return the text of a Python file.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    PythonSource
    """
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data[len(codecs.BOM_UTF8) :], "utf-8", "UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return PythonSource(text="", problem=say("source.utf_16"))
    named = _cookie(data)
    if not named:
        return _decoded(data, "utf-8", "UTF-8")
    try:
        encoding = codecs.lookup(named).name
    except LookupError:
        encoding = ""
    if not _ENCODINGS.fullmatch(encoding):
        return PythonSource(text="", problem=say("source.unknown_encoding", encoding=named))
    return _decoded(data, encoding, "UTF-8" if encoding == "utf-8" else f"`{named}`")


def _cookie(data: bytes) -> str:
    for line in data.replace(b"\r", b"\n").split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            return match.group(1).decode("ascii")
        if not _NO_CODE.match(line):
            return ""
    return ""


def _decoded(data: bytes, encoding: str, name: str) -> PythonSource:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        byte = f"0x{data[error.start]:02x}"
        return PythonSource(text="", problem=say("source.not_in_encoding", encoding=name, byte=byte, line=line))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        return PythonSource(text="", problem=say("source.nul", line=line))
    return PythonSource(text=text)
