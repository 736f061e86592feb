"""The files of feedback, a few hand-ins at a time: what a process does that helps to write them."""

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from grader.batch.journal_error import damaged_report
from grader.batch.stored import ReportReader, UnreadableReportError
from grader.cli.whole_file import write_whole
from grader.model.gradebook import Mark
from grader.model.handin import HandIn, Student
from grader.reporting.feedback import make_feedback
from grader.reporting.feedback_texts import FeedbackTexts
from grader.reporting.head import Head
from grader.words import at_hand

SUFFIXES = (".json", ".md", ".html")
OURS = b"grader-feedback/1"
"""Stands in the first bytes of every feedback file."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForFeedback:
    """A hand-in, and what its feedback is made from.

    Parameters
    ----------
    hand_in : HandIn
        It.
    students : tuple of Student
        Its members.
    mark : Mark
        Their grade.
    packed : bytes
        What they are shown, for a `ReportReader`.
    """

    hand_in: HandIn
    students: tuple[Student, ...]
    mark: Mark
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WriteFeedback:
    """Writes feedback, some hand-ins at a time; an `Errand`, whatever the process.

    Parameters
    ----------
    folder : Path
        An existing folder.
    head : Head
        The run.
    words : str
        In which words reports speak, as for `grader.words.at_hand`.
    journal : Path
        Named where a report cannot be read.
    """

    folder: Path
    head: Head
    words: str
    journal: Path

    def begin(self) -> Callable[[Iterable[ForFeedback]], None]:
        """Return what writes the files of some hand-ins.

        Returns
        -------
        callable
            Raises OSError where a file cannot be written, and JournalError where a report cannot be read. What is
            said of a problem is worked out once for all hand-ins that it is given.
        """
        reader, texts = ReportReader(), FeedbackTexts()

        def write(part: Iterable[ForFeedback]) -> None:
            with at_hand(self.words):
                for graded in part:
                    self._write(graded, reader, texts)

        return write

    def _write(self, graded: ForFeedback, reader: ReportReader, texts: FeedbackTexts) -> None:
        try:
            shared = reader.read(graded.packed)
        except UnreadableReportError as error:
            raise damaged_report(self.journal, graded.hand_in.id) from error
        feedback = make_feedback(self.head, graded.hand_in, graded.students, graded.mark, shared.report)
        for suffix, text in texts.of(feedback, shared).items():
            _write_changed(f"{self.folder}/{graded.hand_in.id}{suffix}", text)


def remove_others(folder: Path, written: frozenset[str]) -> None:
    """Remove feedback that earlier runs have written and this one has not, and what a killed run left half done.

    Parameters
    ----------
    folder : Path
        Of the feedback.
    written : frozenset of str
        Ids of the hand-ins whose feedback stays.

    Raises
    ------
    OSError
        The folder may not be written to.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - a Path lets Python keep each name for ever
            if (suffix in SUFFIXES and stem in written) or not entry.is_file(follow_symlinks=False):
                continue
            if _is_half_written(entry.name) or (suffix in SUFFIXES and _is_ours(entry.path)):
                Path(entry.path).unlink()


def remove_half_written(folder: Path) -> None:
    """Remove what a killed process left half done.

    Parameters
    ----------
    folder : Path
        Of the feedback.

    Raises
    ------
    OSError
        The folder may not be written to.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_half_written(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()


def _is_half_written(name: str) -> bool:
    return name.startswith(".") and any(f"{suffix}." in name for suffix in SUFFIXES)


def _is_ours(path: str) -> bool:
    with FileIO(path) as file:
        return OURS in file.read(64)


def _write_changed(path: str, text: str) -> None:
    """Write a small file unless it holds that text already: most of a class is as it was, and new files are slow."""
    data = text.encode("utf-8", "backslashreplace")
    if not _holds(path, data):
        write_whole(path, data)


def _holds(path: str, data: bytes) -> bool:
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(there.st_mode) or there.st_size != len(data):
        return False
    with FileIO(path) as file:
        return file.read() == data
