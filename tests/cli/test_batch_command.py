"""``grader batch`` as it is typed: what it writes, its exit status, and what it says of everything that is wrong."""

import argparse
import contextlib
import csv
import io
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys

import pytest

from grader.batch.journal import Journal
from grader.cli import batch as command
from grader.cli import feedback_files, results
from grader.cli.arguments import batch as words_of_batch
from tests.batch.tiny_class import ANSWERS, COMMAND, ROOT, files_of, write_class, write_rubric


def batch(*words):
    parser = argparse.ArgumentParser()
    words_of_batch.add(parser.add_subparsers().add_parser("batch"))
    return command.batch_command(parser.parse_args(["batch", *map(str, words)]))


def typed(room, *more, out="out"):
    """Type the command; isolation is none of what is tested here."""
    rubric = room / "rubric" / "rubric.toml"
    return batch(room / "class", "--rubric", rubric, "--out", room / out, "--isolation", "none", "--jobs", 1, *more)


@pytest.fixture(scope="module")
def graded_room(tmp_path_factory):
    room = tmp_path_factory.mktemp("graded")
    write_rubric(room / "rubric")
    write_class(room / "class", 3)
    assert typed(room) == 0
    return room


@pytest.fixture
def room(tmp_path):
    write_rubric(tmp_path / "rubric")
    write_class(tmp_path / "class", 1)
    return tmp_path


@pytest.fixture
def again(graded_room, tmp_path, capsys):
    """A class that was graded before, to be graded again."""
    room = tmp_path / "room"
    shutil.copytree(graded_room, room)
    return room


def rows(room):
    text = (room / "out" / "grades.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_class_gets_its_results_and_points_lost_are_no_failure(graded_room):
    names = set(files_of(graded_room / "out"))
    assert {"grades.csv", "report.html", "summary.json", "feedback/student000.html"} <= names
    assert (graded_room / "out" / "journal.sqlite").exists()
    summary = json.loads((graded_room / "out" / "summary.json").read_text())
    assert summary["counts"]["graded"] == 3
    assert [p["mean"] for p in summary["problems"]] == [4, pytest.approx(8 / 3)]


def test_worker_processes_write_the_feedback_that_one_process_writes(again, capsys, monkeypatch):
    assert typed(again) == 0
    before = files_of(again / "out")
    shutil.rmtree(again / "out" / "feedback")
    monkeypatch.setattr(results, "LEAST_SHARED", 1)
    written = []
    monkeypatch.setattr(feedback_files, "write_whole", lambda path, data: written.append(path))
    assert typed(again, "--jobs", 2) == 0
    assert written == [], "this process has others write"
    after = files_of(again / "out")
    assert [name for name in before if name.startswith("feedback/") and after.get(name) != before[name]] == []
    assert set(after) == set(before)
    assert multiprocessing.active_children() == []


def test_the_same_command_again_grades_what_is_new_and_writes_the_same_bytes(again, capsys, monkeypatch):
    monkeypatch.chdir(again)
    before = files_of(again / "out")
    relative = ["class", "--rubric", "rubric/rubric.toml", "--out", "out", "--isolation", "none", "--jobs", "1"]
    assert batch(*relative) == 0
    assert "known before" not in capsys.readouterr().err, "another path of the rubric is another report"
    assert batch(*relative) == 0
    captured = capsys.readouterr()
    assert "3 of 3, mean 6.7 of 10, 3 known before" in captured.err
    assert files_of(again / "out").keys() == before.keys()
    (again / "class" / "zoe.py").write_text(ANSWERS[0])
    (again / "class" / "student000.py").unlink()
    assert batch(*relative) == 0
    assert "2 known before" in capsys.readouterr().err
    students = {row[0] for row in rows(again)[1:]}
    assert "zoe" in students
    assert "student000" not in students
    assert not (again / "out" / "feedback" / "student000.html").exists()


def test_the_screen_ends_with_problems_mistakes_and_where_the_results_are(again, capsys):
    assert typed(again, "--regrade") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Two tiny problems")
    assert any(line.split()[:5] == ["double", "4", "/", "6", "66"] for line in lines)
    assert lines[-3:] == [
        f"results: {again}/out/report.html", f"         {again}/out/grades.csv", f"         {again}/out/feedback"
    ]  # fmt: skip


def test_a_second_run_on_the_same_folder_is_told_so(again, capsys):
    with Journal(again / "out" / "journal.sqlite"):
        before = files_of(again / "out")
        assert typed(again) == 2
        assert files_of(again / "out") == before
    error = capsys.readouterr().err
    assert "error[J001]: another run is grading into this folder" in error
    assert "another folder with `--out`" in error


def test_a_journal_that_is_none_is_said_and_kept(room, capsys):
    (room / "out").mkdir()
    (room / "out" / "journal.sqlite").write_text("my diary\n" * 100)
    assert typed(room) == 2
    assert "error[J003]" in capsys.readouterr().err
    assert (room / "out" / "journal.sqlite").read_text() == "my diary\n" * 100


def test_results_are_never_written_among_the_hand_ins(room, capsys):
    for out in ("class", "class/results"):
        assert typed(room, out=out) == 2
        assert "error[G010]: the results would lie among the hand-ins" in capsys.readouterr().err
    assert [path.name for path in (room / "class").iterdir()] == ["student000.py"]


def test_a_folder_that_cannot_be_made_is_said_to_be_one(room, capsys):
    (room / "file").write_text("")
    assert typed(room, out="file/out") == 2
    assert "error[G010]: the folder cannot be used" in capsys.readouterr().err
    assert typed(room, out="a\0b") == 2


def test_every_fault_of_what_was_named_is_said_at_once_and_no_folder_is_made(room, capsys):
    words = ["--rubric", room / "no.toml", "--out", room / "out", "--late-policy", "due=tomorrow"]
    assert batch(room / "nowhere", *words) == 2
    error = capsys.readouterr().err
    assert "R001" in error
    assert "L005" in error
    assert "B001" in error
    assert not (room / "out").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--executor", "dask"], "a Dask cluster needs a scheduler"),
        (["--scheduler", "tcp://head:8786"], "only a Dask cluster has a scheduler"),
    ],
)
def test_a_scheduler_goes_with_a_cluster(room, capsys, more, says):
    assert typed(room, *more) == 2
    assert f"error[G011]: {says}" in capsys.readouterr().err


def test_dask_that_is_not_installed_is_named_with_its_extra(room, capsys, monkeypatch):
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    assert typed(room, "--executor", "dask", "--scheduler", "tcp://head:8786") == 2
    assert "grader[cluster]" in capsys.readouterr().err


def test_a_scheduler_that_does_not_answer_ends_with_3(room, capsys, monkeypatch):
    cluster = pytest.importorskip("grader.batch.cluster", reason="the extra `cluster` is not installed")
    real = cluster.DaskExecutor
    monkeypatch.setattr(cluster, "DaskExecutor", lambda address: real(address, connect_s=0.2))
    assert typed(room, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9") == 3
    assert "stopped: no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_person_is_asked_where_two_files_could_be_the_answer(again, capsys):
    (again / "class" / "ann").mkdir()
    for name in ("one.py", "two.py"):
        (again / "class" / "ann" / name).write_text(ANSWERS[0])
    assert typed(again) == 3
    captured = capsys.readouterr()
    assert "ann: not graded" in captured.err
    tail = captured.out[captured.out.index("not graded, through no fault of the submission") :]
    assert "ann" in tail
    assert "results:" in tail
    mark = next(row for row in rows(again) if row[0] == "ann")
    assert "0" not in mark, "what was not graded is not 0 points"


def test_adjustments_and_lateness_reach_the_grades(again, capsys):
    (again / "out" / "adjustments.toml").write_text(
        '[[adjustment]]\nstudent = "student001"\nproblem = "double"\npoints = 2\nreason = "the sign was right"\n'
    )
    assert typed(again) == 0
    assert "the sign was right" in (again / "out" / "feedback" / "student001.md").read_text()
    (again / "out" / "adjustments.toml").write_text(
        '[[adjustment]]\nstudent = "nobody"\npoints = 2\nreason = "because"\n'
    )
    capsys.readouterr()
    assert typed(again) == 2
    assert "A007" in capsys.readouterr().err


def test_without_names_only_the_key_file_names_anybody(room, capsys):
    (room / "class" / "student000.py").rename(room / "class" / "Grace Hopper.py")
    assert typed(room, "--anonymous") == 0
    captured = capsys.readouterr()
    assert "Hopper" in (room / "out" / "key.csv").read_text()
    # The download's own folder may be named in what is printed; what is in the folder of results names nobody.
    for path in (room / "out").rglob("*"):
        if path.is_file() and path.name != "key.csv":
            assert b"Hopper" not in path.read_bytes(), path
    assert "Hopper" not in captured.out + captured.err
    assert f"--key {room}/out/key.csv" in captured.err


def test_results_that_cannot_be_written_leave_the_grades_in_the_journal(room, capsys):
    (room / "out").mkdir()
    (room / "out" / "feedback").write_text("not a folder")
    assert typed(room) == 2
    error = capsys.readouterr().err
    assert "error[G002]: the results cannot be written" in error
    assert "the grades are kept" in error
    (room / "out" / "feedback").unlink()
    assert typed(room) == 0
    assert "1 known before" in capsys.readouterr().err


def test_a_rubric_whose_trusted_function_fails_is_the_rubrics_fault(room, capsys):
    answers = room / "rubric" / "trusted" / "answers.py"
    answers.write_text(answers.read_text().replace("return 2 * np", "raise ValueError('oh')\n    return 2 * np"))
    assert typed(room) == 2
    err = capsys.readouterr().err
    assert "error[R056]: the trusted function `answers:double` failed on generic[0]" in err
    assert 'reference = "answers:double"' in err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal here")
def test_ctrl_c_stops_at_once_keeps_what_was_counted_and_says_how_to_go_on(room):
    shutil.rmtree(room / "class")
    write_class(room / "class", 30)
    rubric = room / "rubric" / "rubric.toml"
    words = [*COMMAND, room / "class", "--rubric", rubric, "--out", room / "out", "--isolation", "none", "--jobs", "1"]
    # A group of its own, as a terminal gives it: all of it gets the signal, workers included.
    process = subprocess.Popen(
        list(map(str, words)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    for line in process.stderr:
        if line.startswith("2 of 30"):
            break
    os.killpg(process.pid, signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    last = error.strip().splitlines()[-2:]
    assert last[1] == "run the same command again to go on"
    count = int(last[0].removeprefix("interrupted; ").split()[0])
    assert "Traceback" not in error
    assert out == ""
    assert not (room / "out" / "grades.csv").exists()
    with Journal(room / "out" / "journal.sqlite") as journal:
        kept = [i for i in range(30) if journal.standing(f"student{i:03d}") is not None]
    assert len(kept) == count >= 2


def test_ctrl_c_that_a_library_has_swallowed_stops_the_batch_all_the_same(room, monkeypatch, capsys):
    shutil.rmtree(room / "class")
    write_class(room / "class", 5)
    add = command.BatchDisplay.add
    seen = []

    def swallowing(self, *given, **more):
        add(self, *given, **more)
        seen.append(given)
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(command.BatchDisplay, "add", swallowing)
    assert typed(room) == 130
    assert len(seen) == 1
    assert "interrupted; 1 of 5 hand-ins are graded and kept" in capsys.readouterr().err.replace("\n", " ")
    assert signal.getsignal(signal.SIGINT) is before


def test_the_default_is_every_core_that_may_be_used(monkeypatch):
    monkeypatch.setattr(command.os, "sched_getaffinity", lambda pid: {0, 5, 7}, raising=False)
    assert command._cores() == 3
    monkeypatch.delattr(command.os, "sched_getaffinity")
    assert command._cores() == (os.cpu_count() or 1)


def test_a_folder_that_names_people_is_not_made_anonymous(again, capsys):
    before = files_of(again / "out")
    assert typed(again, "--anonymous") == 2
    assert "the folder holds results with names: 3 hand-ins in its journal" in capsys.readouterr().err
    assert files_of(again / "out") == before
    assert typed(again, "--anonymous", out="other") == 0
    assert typed(again, "--anonymous", out="other") == 0
