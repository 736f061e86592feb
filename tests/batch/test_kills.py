"""kill -9 at random moments: nothing counted is lost or repeated, and the end is that of an undisturbed run."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import probe
from tests.batch.tiny_class import COMMAND, ROOT, files_of, write_class, write_rubric

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals here")

HAND_INS = 40
KILLS = 20
# A process that has imported everything, and becomes a batch by fork as often as it is asked to: what is tested begins
# after the imports. It says the pid of the batch, and after its end how it ended.
WARM = """
import argparse, json, os, sys
from grader.cli.arguments import batch
from grader.cli.batch import batch_command
parser = argparse.ArgumentParser()
batch.add(parser.add_subparsers().add_parser("batch"))
for line in sys.stdin:
    words = parser.parse_args(json.loads(line))
    pid = os.fork()
    if not pid:
        os.setsid()
        os._exit(batch_command(words))
    os.write(2, f"pid {pid}\\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(2, f"ended {os.waitstatus_to_exitcode(status)}\\n".encode())
"""


class WarmBatch:
    """Runs `grader batch` and tells what it writes, line by line."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WARM],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(self, words):
        self.process.stdin.write(json.dumps(["batch", *words]) + "\n")
        self.process.stdin.flush()
        # A worker process that was just starting when its parent was killed complains by Python's own traceback.
        while not (line := self.line()).startswith("pid "):
            pass
        return int(line.removeprefix("pid "))

    def line(self):
        line = self.process.stderr.readline()
        assert line, "the warm process is gone"
        return line.rstrip("\n")

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def isolation():
    return "auto" if any(level.safe_for_batch for level in probe()) else "none"


def words(room, out, isolation):
    return [str(room / "class"), "--rubric", str(room / "rubric" / "rubric.toml"), "--out", str(out),
            "--isolation", isolation]  # fmt: skip


def rows(out):
    """Return what the journal holds, with the time that each hand-in took: another one if it was graded again."""
    if not (out / "journal.sqlite").exists():
        return {}
    # A copy: whoever opens a journal after a kill sets it right, and that shall be the next run.
    copy = out.parent / "copy"
    copy.mkdir(exist_ok=True)
    for old in copy.iterdir():
        old.unlink()
    for file in out.glob("journal.sqlite*"):
        shutil.copy(file, copy)
    database = sqlite3.connect(copy / "journal.sqlite")
    try:
        return dict(database.execute("SELECT id, wall_s FROM hand_in"))
    except sqlite3.OperationalError:  # killed before there was a table
        return {}
    finally:
        database.close()


def descendants(pid):
    """Return the processes below one, by pid and the moment of their start, which no later process has."""
    found = set()
    # A thread, or the process itself, may end while it is looked at.
    with contextlib.suppress(OSError):
        for each in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in each.read_text().split():
                found |= {(int(child), began(int(child))), *descendants(int(child))}
    return found


def began(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def assert_they_end(processes):
    deadline = time.monotonic() + 30
    while alive := [pid for pid, start in processes if start is not None and began(pid) == start]:
        assert time.monotonic() < deadline, f"{alive} outlive the batch"
        time.sleep(0.005)


def killed_batch(warm, arguments, out, rng):
    """Start a batch and kill it after some hand-ins; return how many it has counted, and how it ended."""
    pid = warm.start(arguments)
    wanted = rng.choice((0, 0, 1, 1, 2, 3))
    seen, counted, ended = 0, 0, None
    while seen < wanted and ended is None:
        line = warm.line()
        if match := re.match(r"(\d+) of \d+", line):
            seen, counted = seen + 1, int(match[1])
        ended = int(line.removeprefix("ended ")) if line.startswith("ended ") else None
    if ended is None:
        # Any moment: within a start, a call, a commit, the writing of results.
        time.sleep(rng.uniform(0.0, 0.5 if wanted == 0 else 0.05))
        below = descendants(pid)
        if rng.random() < 0.5:
            os.kill(pid, signal.SIGKILL)
        else:
            os.killpg(pid, signal.SIGKILL)
        while ended is None:
            line = warm.line()
            if match := re.match(r"(\d+) of \d+", line):
                counted = int(match[1])
            ended = int(line.removeprefix("ended ")) if line.startswith("ended ") else None
        assert_they_end(below)
    return counted, ended


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="what is left over is looked for in /proc")
def test_a_batch_that_is_killed_again_and_again_ends_with_the_very_bytes_of_an_undisturbed_one(tmp_path, isolation):
    write_rubric(tmp_path / "rubric")
    write_class(tmp_path / "class", HAND_INS)
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    undisturbed = subprocess.run([*COMMAND, *words(tmp_path, calm, isolation)], cwd=ROOT, check=False, timeout=300)
    assert undisturbed.returncode == 0
    rng = random.Random(20)
    warm = WarmBatch()
    kills, runs, known = 0, 0, {}
    try:
        while kills < KILLS:
            runs += 1
            assert runs < 3 * KILLS, "the runs end before they are killed"
            counted, ended = killed_batch(
                warm, [*words(tmp_path, wild, isolation), "--jobs", str(1 + runs % 2)], wild, rng
            )
            assert ended in {0, -signal.SIGKILL}
            kills += ended == -signal.SIGKILL
            now = rows(wild)
            assert len(now) >= counted, "something that was counted is lost"
            assert {name: now.get(name) for name in known} == known, "something that was kept was graded again"
            known = now
        warm.start(words(tmp_path, wild, isolation))
        while not (line := warm.line()).startswith("ended "):
            pass
        assert line == "ended 0"
    finally:
        warm.close()
    assert {name: took for name, took in rows(wild).items() if name in known} == known
    assert len(rows(wild)) == HAND_INS
    assert files_of(wild) == files_of(calm)
    assert "grades.csv" in files_of(calm)
