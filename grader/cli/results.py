"""The files of a graded class in its folder: each whole or not at all, and the same bytes for the same grades."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Protocol, TypeAlias

from grader.batch.errand import Errand, here
from grader.cli.feedback_files import ForFeedback, WriteFeedback, remove_half_written, remove_others
from grader.cli.whole_file import write_whole_pieces
from grader.model.gradebook import Gradebook, Mark
from grader.reporting.class_page import Cost, Tally, class_page
from grader.reporting.class_summary import summarise
from grader.reporting.gradebook_json import gradebook_json
from grader.reporting.grades_csv import grades_csv
from grader.reporting.json_report import model_text

FEEDBACK = "feedback"
GRADEBOOK = "gradebook.json"
_A_PART = 32
"""Hand-ins whose feedback is handed out together."""
LEAST_SHARED = 500
"""Hand-ins from which on it pays that other processes learn to write feedback: each takes some 0.2 s for that."""

_Parts: TypeAlias = Sequence[ForFeedback]
Helping: TypeAlias = Callable[[Errand[_Parts]], AbstractContextManager[Callable[[_Parts], None]]]
"""Whoever does an errand, as `grader.batch.work.Executor.helping`."""


class Reports(Protocol):
    """What the students of a class are shown, as a journal has it."""

    @property
    def path(self) -> Path:
        """The file."""

    def packed(self, hand_in: str) -> bytes:
        """Return what is shown of a hand-in, for a `ReportReader`; raises KeyError where there is nothing yet."""


def write_results(
    directory: Path,
    gradebook: Gradebook,
    counted: Tally,
    shown: Reports,
    *,
    costs: Iterable[tuple[str, Cost]] = (),
    words: str = "en",
    helping: Helping = here,
) -> None:
    """Write everything that is made from the grades of a class.

    Parameters
    ----------
    directory : Path
        An existing folder. Gets ``grades.csv``, ``gradebook.json``, ``summary.json``, ``report.html`` and the folder
        ``feedback`` with a ``.json``, ``.md`` and ``.html`` for each hand-in. Feedback of students who left is removed;
        files that were not written here stay.
    gradebook : Gradebook
        The class.
    counted : Tally
        What the reports of its hand-ins hold.
    shown : Reports
        What students are shown of them. Asked once for each; those of a few hand-ins are in memory at a time.
    costs : iterable of (str, Cost)
        What hand-ins took, by id, for a section of ``report.html``: the only part of any file that differs between two
        runs over the same class.
    words : str
        In which words reports speak, as for `grader.words.at_hand`.
    helping : callable
        Who writes the feedback of a large class.

    Raises
    ------
    OSError
        The folder may not be written to, or the disk is full. No file is half written.
    JournalError
        A report cannot be read.
    WorkersError
        Whoever helps has died.
    """
    folder = directory / FEEDBACK
    folder.mkdir(exist_ok=True)
    bare = gradebook.model_copy(update={"students": (), "hand_ins": (), "marks": (), "strays": ()})
    errand = WriteFeedback(folder=folder, head=bare, words=words, journal=shown.path)
    with ExitStack() as unless_written:
        # Who helped has been killed then, perhaps while it wrote.
        unless_written.callback(remove_half_written, folder)
        with (helping if len(gradebook.hand_ins) >= LEAST_SHARED else here)(errand) as hand_out:
            written = _hand_out(gradebook, shown, hand_out)
            _write(directory / "grades.csv", grades_csv(gradebook))
            _write(directory / "summary.json", [model_text(summarise(gradebook), indent=2), "\n"])
            _write(directory / "report.html", class_page(gradebook, counted, costs=costs))
        unless_written.pop_all()
    remove_others(folder, written)
    # Last, because `grader export` reads it: it stands there only when all else does.
    _write(directory / GRADEBOOK, gradebook_json(gradebook))


def _hand_out(gradebook: Gradebook, shown: Reports, hand_out: Callable[[_Parts], None]) -> frozenset[str]:
    """Have the feedback of every hand-in written that has a report; return the ids of those, which name its files."""
    students = {student.id: student for student in gradebook.students}
    marks: dict[str, Mark] = {mark.hand_in: mark for mark in reversed(gradebook.marks) if mark.hand_in is not None}
    written: set[str] = set()
    part: list[ForFeedback] = []
    for hand_in in gradebook.hand_ins:
        mark = marks.get(hand_in.id)
        if mark is None:
            # The student has several hand-ins, and this is not the one that the mark speaks of.
            continue
        try:
            packed = shown.packed(hand_in.id)
        except KeyError:
            continue
        members = tuple(students[each] for each in hand_in.students)
        part.append(ForFeedback(hand_in=hand_in, students=members, mark=mark, packed=packed))
        written.add(hand_in.id)
        if len(part) == _A_PART:
            hand_out(part)
            part = []
    hand_out(part)
    return frozenset(written)


def _write(path: Path, pieces: Iterable[str]) -> None:
    write_whole_pieces(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))
