"""The journal: what was recorded is there for good; what is wrong with the file is said, and the file is left alone."""

import sqlite3
import subprocess
import sys
import textwrap
from fractions import Fraction

import pytest

from grader.batch.entry import Entry, Standing, Took
from grader.batch.journal import Journal
from grader.batch.journal_error import JournalError, JournalFault
from grader.batch.stored import packed_report
from grader.model.report import SubmissionReport
from tests.batch.tiny_class import ROOT


def report(name, reason=""):
    return SubmissionReport(
        path=f"{name}.py",
        student=name,
        sha256="00",
        status="not_graded" if reason else "graded",
        score=None if reason else Fraction(1, 2),
        max_score=Fraction(1),
        undecided=Fraction(0),
        reason=reason,
        notes=("Größe \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),),
        problems=(),
    )


def entry(name, key="k", *, score=Fraction(1, 2), reason="", took=None):
    return Entry(
        standing=Standing(
            hand_in=name,
            key=key,
            status="not_graded" if reason else "graded",
            score=None if reason else score,
            undecided=Fraction(0),
            reason=reason,
        ),
        report=packed_report(report(name, reason)),
        took=took or Took(wall_s=0.5, cpu_s=0.25, peak_bytes=3),
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


def test_what_was_recorded_is_there_when_the_file_is_opened_again(path):
    with Journal(path) as journal:
        journal.record([entry("ann"), entry("bob", reason="our fault")])
    with Journal(path) as journal:
        assert journal.standing("ann") == entry("ann").standing
        assert journal.standing("bob").reason == "our fault"
        assert journal.standing("nobody") is None
        assert journal.report("ann") == report("ann")
        assert journal.took("ann") == Took(wall_s=0.5, cpu_s=0.25, peak_bytes=3)
        assert journal.took("nobody") is None
        with pytest.raises(KeyError, match="nobody"):
            journal.report("nobody")


def test_a_third_of_a_point_stays_exact(path):
    with Journal(path) as journal:
        journal.record([entry("ann", score=Fraction(1, 3))])
        assert journal.standing("ann").score == Fraction(1, 3)


def test_a_later_grade_replaces_an_earlier_one(path):
    with Journal(path) as journal:
        journal.record([entry("ann", "old")])
        journal.record([entry("ann", "new", took=Took(wall_s=1.0))])
        assert journal.standing("ann").key == "new"
        assert journal.took("ann") == Took(wall_s=1.0, cpu_s=None, peak_bytes=None)


def test_of_several_entries_all_are_kept_or_none(path):
    broken = entry("bob")
    object.__setattr__(broken, "report", None)
    with Journal(path) as journal:
        with pytest.raises(JournalError) as caught:
            journal.record([entry("ann"), broken])
        assert caught.value.fault is JournalFault.UNUSABLE
        assert journal.standing("ann") is None
        journal.record([entry("ann")])
        assert journal.standing("ann") is not None


def test_a_commit_outlives_a_process_that_is_killed_at_once(path):
    code = """
        import os, signal, sys
        from pathlib import Path
        from grader.batch.journal import Journal
        from tests.batch.test_journal import entry
        journal = Journal(Path(sys.argv[1]))
        journal.record([entry("ann")])
        os.write(1, b"recorded")
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    """
    words = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    killed = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, timeout=120)
    assert killed.stdout == b"recorded"
    assert killed.returncode != 0
    with Journal(path) as journal:
        assert journal.report("ann") == report("ann")


def test_a_commit_waits_until_the_disk_has_it(path):
    with Journal(path) as journal:
        (level,) = journal._database.execute("PRAGMA synchronous").fetchone()
        (mode,) = journal._database.execute("PRAGMA journal_mode").fetchone()
    assert (level, mode) == (2, "wal")  # 2 is FULL


def test_a_second_run_is_told_that_there_is_a_first_one(path):
    with Journal(path), pytest.raises(JournalError) as caught:
        Journal(path)
    assert caught.value.fault is JournalFault.BUSY
    assert "another run" in caught.value.says
    Journal(path).close()


def test_the_first_run_lets_go_when_it_dies(path):
    code = (
        "import os, sys; from pathlib import Path; from grader.batch.journal import Journal; "
        "Journal(Path(sys.argv[1])); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=True, timeout=120)
    Journal(path).close()


def assert_refused(path, fault):
    before = path.read_bytes()
    with pytest.raises(JournalError) as caught:
        Journal(path)
    assert caught.value.fault is fault
    assert caught.value.path == path
    assert caught.value.help_
    assert path.read_bytes() == before, "a journal that cannot be used was changed"


def test_a_file_that_is_no_database_is_left_alone(path):
    path.write_bytes(b"grades of 2024\n" * 400)
    assert_refused(path, JournalFault.OTHER)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_of_another_program_is_left_alone(path, mode):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE photos (id)")
    database.execute(f"PRAGMA journal_mode={mode}")
    database.commit()
    database.close()
    assert_refused(path, JournalFault.OTHER)


def test_a_journal_of_another_version_is_left_alone(path):
    Journal(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version=99")
    database.close()
    assert_refused(path, JournalFault.OTHER)


def test_a_damaged_journal_is_said_to_be_damaged_and_left_alone(path):
    with Journal(path) as journal:
        journal.record([entry(f"student{i}") for i in range(200)])
    data = bytearray(path.read_bytes())
    data[4096 : len(data) - 4096] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    assert_refused(path, JournalFault.DAMAGED)


def test_a_report_that_cannot_be_read_is_damage(path):
    with Journal(path) as journal:
        journal.record([entry("ann")])
        journal._database.execute("UPDATE hand_in SET report = x'00'")
        with pytest.raises(JournalError) as caught:
            journal.report("ann")
    assert caught.value.fault is JournalFault.DAMAGED
    assert "ann" in caught.value.says


@pytest.mark.parametrize(
    ("change", "ask"),
    [
        ("score = 'nan'", Journal.standing),
        ("score = '1/0'", Journal.standing),
        ("undecided = x'ff'", Journal.standing),
        ("report = 'text'", Journal.report),
        ("wall_s = 'long'", Journal.took),
        ("peak_bytes = 'much'", Journal.took),
    ],
)
def test_a_value_that_no_run_has_written_is_damage(path, change, ask):
    with Journal(path) as journal:
        journal.record([entry("ann")])
    database = sqlite3.connect(path)
    database.execute(f"UPDATE hand_in SET {change}")
    database.commit()
    database.close()
    with Journal(path) as journal, pytest.raises(JournalError) as caught:
        ask(journal, "ann")
    assert caught.value.fault is JournalFault.DAMAGED


def test_a_journal_tells_all_that_it_keeps(path):
    with Journal(path) as journal:
        journal.record([entry("ann"), entry("bob")])
        assert sorted(journal.hand_ins()) == ["ann", "bob"]


def test_a_folder_that_is_not_there_is_said_to_be_unusable(tmp_path):
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path / "no" / "journal.sqlite")
    assert caught.value.fault is JournalFault.UNUSABLE


def test_an_empty_file_becomes_a_journal(path):
    # What a run leaves that was killed before it had made the table.
    path.touch()
    with Journal(path) as journal:
        journal.record([entry("ann")])
    assert path.stat().st_size > 0
    assert list(path.parent.iterdir()) == [path]
