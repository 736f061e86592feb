"""The files of a graded class in its folder: each whole or not at all, and the same bytes for the same grades."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from grader.cli.whole_file import write_whole, write_whole_pieces
from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import HandIn
from grader.model.report import SubmissionReport
from grader.reporting.class_page import Cost, class_page
from grader.reporting.class_summary import summarise
from grader.reporting.feedback import make_feedback
from grader.reporting.feedback_html import feedback_page
from grader.reporting.feedback_markdown import feedback_markdown
from grader.reporting.gradebook_json import gradebook_json
from grader.reporting.grades_csv import grades_csv
from grader.reporting.json_report import model_text

FEEDBACK = "feedback"
GRADEBOOK = "gradebook.json"
_OURS = b"grader-feedback/1"
"""Stands in the first bytes of every feedback file."""
_SUFFIXES = (".json", ".md", ".html")


def write_results(
    directory: Path,
    gradebook: Gradebook,
    report_of: Callable[[str], SubmissionReport],
    costs: Mapping[str, Cost] | None = None,
    shown_of: Callable[[str], SubmissionReport] | None = None,
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
    report_of : callable
        From a hand-in's id to its report, called as often as needed; raises KeyError where there is none yet. One
        report is in memory at a time.
    costs : mapping of str to Cost, optional
        What hand-ins took, by id, for a section of ``report.html``: the only part of any file that differs between two
        runs over the same class.
    shown_of : callable, optional
        As `report_of`, of what students are shown; their feedback is made from it. All of the report if None.

    Raises
    ------
    OSError
        The folder may not be written to, or the disk is full. No file is half written.
    """
    folder = directory / FEEDBACK
    folder.mkdir(exist_ok=True)
    written = _write_feedback(folder, gradebook, shown_of or report_of)
    _remove_others(folder, written)
    _write(directory / "grades.csv", grades_csv(gradebook))
    _write(directory / "summary.json", [model_text(summarise(gradebook), indent=2), "\n"])
    _write(directory / "report.html", class_page(gradebook, _reports(gradebook, report_of), costs=costs))
    # Last, because `grader export` reads it: it stands there only when all else does.
    _write(directory / GRADEBOOK, gradebook_json(gradebook))


def _reports(
    gradebook: Gradebook, report_of: Callable[[str], SubmissionReport]
) -> Iterator[tuple[HandIn, SubmissionReport]]:
    for hand_in in gradebook.hand_ins:
        try:
            report = report_of(hand_in.id)
        except KeyError:
            continue
        yield hand_in, report


def _write_feedback(folder: Path, gradebook: Gradebook, report_of: Callable[[str], SubmissionReport]) -> frozenset[str]:
    """Write the feedback of every hand-in that has a report; return the ids of those, by which its files are called."""
    students = {student.id: student for student in gradebook.students}
    marks: dict[str, Mark] = {mark.hand_in: mark for mark in reversed(gradebook.marks) if mark.hand_in is not None}
    page = feedback_page()
    written: set[str] = set()
    for hand_in, report in _reports(gradebook, report_of):
        mark = marks.get(hand_in.id)
        if mark is None:
            # The student has several hand-ins, and this is not the one that the mark speaks of.
            continue
        feedback = make_feedback(gradebook, hand_in, [students[each] for each in hand_in.students], mark, report)
        texts = {
            ".json": model_text(feedback, indent=2) + "\n",
            ".md": feedback_markdown(feedback),
            ".html": page(feedback),
        }
        for suffix, text in texts.items():
            _write_changed(folder / f"{hand_in.id}{suffix}", text)
        written.add(hand_in.id)
    return frozenset(written)


def _remove_others(folder: Path, written: frozenset[str]) -> None:
    """Remove what earlier runs have written and this one has not, and what a killed run left half done."""
    for path in folder.iterdir():
        if (path.suffix in _SUFFIXES and path.stem in written) or not path.is_file() or path.is_symlink():
            continue
        half_written = path.name.startswith(".") and any(f"{suffix}." in path.name for suffix in _SUFFIXES)
        if half_written or (path.suffix in _SUFFIXES and _is_ours(path)):
            path.unlink()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return _OURS in file.read(64)


def _write(path: Path, pieces: Iterable[str]) -> None:
    write_whole_pieces(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))


def _write_changed(path: Path, text: str) -> None:
    """Write a small file unless it holds that text already: most of a class is as it was, and new files are slow."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        same = not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        same = False
    if not same:
        write_whole(path, data)
