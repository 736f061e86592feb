"""Reports as a journal keeps them, and read such that problems of which the same is said are the same object."""

import json
import re
import zlib
from functools import lru_cache

from grader.model.report import ProblemReport, SubmissionReport
from grader.model.shared_report import SharedReport

_MOST_PROBLEMS = 256
"""Problems that are kept to be found again: some 20 KiB each."""

# What we look for cannot stand within a text of a report, where every quotation mark has a backslash before it; and a
# problem is the only object in which an id is followed by a title.
_PROBLEMS = b',"problems":['
_END = b"]}"
_TITLE = b'","title":'
_BEGIN = b'{"id":"'
_COMMAND = b'"again":"'
_NO_COMMAND = b'"again":""'
_TEXT = re.compile(rb'(?:[^"\\]|\\.)*"')


def packed_report(report: SubmissionReport) -> bytes:
    """Return a report as a journal keeps it.

    Parameters
    ----------
    report : SubmissionReport
        Of one hand-in.

    Returns
    -------
    bytes
        Its JSON, compressed.
    """
    return zlib.compress(report.model_dump_json().encode())


class UnreadableReportError(ValueError):
    """What is kept of a report is no report."""


class ReportReader:
    """Reads reports one after the other; a problem that was read before is not read again."""

    def __init__(self) -> None:
        self._problem = lru_cache(maxsize=_MOST_PROBLEMS)(ProblemReport.model_validate_json)

    def read(self, packed: bytes) -> SharedReport:
        """Return a report.

        Parameters
        ----------
        packed : bytes
            From `packed_report`.

        Returns
        -------
        SharedReport

        Raises
        ------
        UnreadableReportError
            These bytes are no report.
        """
        try:
            return self._read(zlib.decompress(packed))
        except (zlib.error, ValueError) as error:
            raise UnreadableReportError from error

    def _read(self, text: bytes) -> SharedReport:
        head, problems, rest = text.partition(_PROBLEMS)
        if rest.endswith(_END):
            report = SubmissionReport.model_validate_json(b"%b%b%b" % (head, problems, _END))
            apart = [_without_commands(problem) for problem in _apart(rest.removesuffix(_END))]
            found = tuple(self._problem(told) for _, told in apart)
            commands = tuple(command for commands, _ in apart for command in commands)
            if len(commands) == sum(len(problem.checks) for problem in found):
                return SharedReport(report=report.model_copy(update={"problems": found}), commands=commands)
        # Not as we write them, but perhaps a report all the same: a key may be left out that has a default.
        return SharedReport.of(SubmissionReport.model_validate_json(text))


def _without_commands(text: bytes) -> tuple[tuple[str, ...], bytes]:
    """Return the commands of a problem, and its text without: it is the same for all who were told the same."""
    none = text.count(_NO_COMMAND)
    if none == text.count(_COMMAND):
        return ("",) * none, text
    first, *others = text.split(_COMMAND)
    commands, pieces = [], [first]
    for other in others:
        command, quote, after = other.partition(b'"')
        if b"\\" in command:
            end = _after_text(other)
            commands.append(str(json.loads(b'"' + other[:end])))
            pieces.append(other[end - 1 :])
        else:
            commands.append(command.decode())
            pieces.append(quote + after)
    return tuple(commands), _COMMAND.join(pieces)


def _after_text(text: bytes) -> int:
    found = _TEXT.match(text)
    if found is None:
        msg = "a text does not end"
        raise ValueError(msg)
    return found.end()


def _apart(text: bytes) -> list[bytes]:
    """Return the texts of problems that stand one after the other, each behind a comma."""
    begins: list[int] = []
    at = text.find(_TITLE)
    while at >= 0:
        begins.append(text.rfind(_BEGIN, 0, at))
        at = text.find(_TITLE, at + len(_TITLE))
    if not begins:
        return [text] if text else []
    ends = [begin - 1 for begin in begins[1:]] + [len(text)]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
