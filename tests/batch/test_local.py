"""Worker processes of this machine: a death costs nobody's grade, and nothing outlives the run."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from grader.batch import local
from grader.batch.journal import Journal
from grader.batch.local import LocalExecutor
from grader.batch.run import run_batch
from grader.batch.work import WorkersError
from grader.sandbox import SandboxUnavailableError, probe
from tests.batch.in_process import InProcess, Sources, Watched, request, rubric_in, some_sources
from tests.batch.tiny_class import ANSWERS, ROOT

# What ends a worker, and no other process: a trusted function that wrong answers alone lead to.
DIE = "import multiprocessing, os; multiprocessing.parent_process() is None or os._exit(9)"


@pytest.fixture(scope="module")
def isolation():
    return "auto" if any(level.safe_for_batch for level in probe()) else "none"


def run(asked, sources, path, jobs=2, watch=None):
    """Return the report of each hand-in."""
    executor = LocalExecutor(jobs)
    try:
        with Journal(path) as journal:
            run_batch(asked, Sources(sources), journal, executor, watch or Watched())
            return {name: journal.report(name) for name in sources}
    finally:
        executor.close()


def test_worker_processes_write_the_reports_that_one_process_writes(tmp_path, isolation):
    rubric = rubric_in(tmp_path / "rubric")
    sources = some_sources(8)
    asked = request(rubric, isolation=isolation)
    found = run(asked, sources, tmp_path / "two.sqlite")
    alone = InProcess()
    with Journal(tmp_path / "one.sqlite") as journal:
        run_batch(asked, Sources(sources), journal, alone, Watched())
        assert found == {name: journal.report(name) for name in sources}
    alone.close()
    assert [found[name].score for name in sorted(found)] == [10, 4, 6, 0] * 2


def test_a_hand_in_that_its_worker_dies_of_twice_is_not_graded_and_the_others_are(tmp_path, isolation):
    rubric = rubric_in(tmp_path / "rubric", deadly=DIE)
    sources = {"a": ANSWERS[0], "b": ANSWERS[1], "c": ANSWERS[0] + "#", "d": ANSWERS[0] + "##"}
    found = run(request(rubric, isolation=isolation), sources, tmp_path / "journal.sqlite", jobs=1)
    assert {name: found[name].score for name in "acd"} == {"a": 10, "c": 10, "d": 10}
    assert found["b"].status == "not_graded"
    assert found["b"].reason == "the grader's worker process ended with exit code 9 on it, 2 times"


def test_a_hand_in_whose_worker_dies_once_is_graded(tmp_path, isolation):
    mark = tmp_path / "died"
    once = f"import pathlib; mark = pathlib.Path({str(mark)!r}); {DIE.replace('is None', 'is None or mark.exists()')}"
    once = once.replace("os._exit(9)", "mark.touch() or os._exit(9)")
    rubric = rubric_in(tmp_path / "rubric", deadly=once)
    found = run(request(rubric, isolation=isolation), {"b": ANSWERS[1]}, tmp_path / "journal.sqlite", jobs=1)
    assert mark.exists()
    assert found["b"].score == 4


def test_what_one_worker_has_found_out_of_a_mistake_the_others_do_not_work_out_again(tmp_path, isolation):
    seen = tmp_path / "seen"
    writes = f"import pathlib; pathlib.Path({str(seen)!r}).open('a').write(str(os.getpid()) + ' ')"
    rubric = rubric_in(tmp_path / "rubric", deadly=DIE.replace("os._exit(9)", f"exec({writes!r})"))
    # Slow ones in between, so that the first mistake is told before the others come.
    slow = {f"b{n}": f"import time; time.sleep(0.5)  # {n}\n{ANSWERS[0]}" for n in range(4)}
    wrong = {f"c{n}": f"{ANSWERS[1]}#{n}" for n in range(6)}
    found = run(request(rubric, isolation=isolation), {"a": ANSWERS[1]} | slow | wrong, tmp_path / "journal.sqlite")
    assert [found[name].score for name in ("a", *slow, *wrong)] == [4, *[10] * 4, *[4] * 6]
    assert len(set(seen.read_text().split())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals here")
def test_a_worker_that_is_killed_is_replaced(tmp_path, isolation):
    class Killing(Watched):
        def counted(self, counted):
            super().counted(counted)
            if len(self.counted_) == 2:
                os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)

    rubric = rubric_in(tmp_path / "rubric")
    sources = some_sources(10)
    found = run(request(rubric, isolation=isolation), sources, tmp_path / "journal.sqlite", watch=Killing())
    assert [found[name].score for name in sorted(found)] == ([10, 4, 6, 0] * 3)[:10]


def test_nothing_outlives_a_run_that_is_interrupted(tmp_path):
    class Interrupted(Watched):
        def counted(self, counted):
            raise KeyboardInterrupt

    rubric = rubric_in(tmp_path / "rubric")
    with pytest.raises(KeyboardInterrupt):
        run(request(rubric), some_sources(4), tmp_path / "journal.sqlite", watch=Interrupted())
    assert multiprocessing.active_children() == []


def test_a_level_that_cannot_be_had_ends_the_run(tmp_path):
    rubric = rubric_in(tmp_path / "rubric")
    # The download inside of a package that submissions may import: what a worker says of it comes back whole.
    hidden = (Path(np.__file__).parent / "linalg",)
    with pytest.raises(SandboxUnavailableError) as caught:
        run(request(rubric, forbidden=hidden), some_sources(2), tmp_path / "journal.sqlite", jobs=1)
    assert "submissions would be able to read" in caught.value.reason
    assert caught.value.help


def test_workers_that_do_not_come_up_end_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "work", ends_at_once)
    rubric = rubric_in(tmp_path / "rubric")
    with pytest.raises(WorkersError, match="ended with exit code 5 before it was ready"):
        run(request(rubric), some_sources(2), tmp_path / "journal.sqlite", jobs=1)


def ends_at_once(connection, opening):
    os._exit(5)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_reaches_no_worker_and_leaves_signals_as_submissions_know_them(tmp_path, isolation):
    """A worker takes Ctrl-C for the grader's; a submission finds SIGINT as it would in any Python."""
    code = """
        import sys
        from pathlib import Path
        import signal
        from grader.batch.journal import Journal
        from grader.batch.local import LocalExecutor
        from grader.batch.run import run_batch
        from tests.batch.in_process import *
        from tests.batch.test_local import SIGNALS
        if __name__ == "__main__":
            here = Path(sys.argv[1])
            executor = LocalExecutor(1)
            with Journal(here / "journal.sqlite") as journal:
                sources = Sources({"ann": SIGNALS})
                asked = request(rubric_in(here / "rubric"), isolation=sys.argv[2])
                run_batch(asked, sources, journal, executor, Watched())
                executor.close()
                print(journal.report("ann").printed.text)
    """
    words = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), isolation]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "default_int_handler, not blocked"


SIGNALS = """
import signal
blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
print(getattr(signal.getsignal(signal.SIGINT), "__name__", "ignored") + ",", "blocked" if blocked else "not blocked")
"""
