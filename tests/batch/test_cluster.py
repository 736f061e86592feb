"""A class on real Dask workers, started as a lecturer starts them: one of them is killed, none of it is lost."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from grader.batch.entry import Entry
from grader.batch.journal import Journal

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are killed by signals here")

from distributed import Client  # noqa: E402 - see above

from grader.batch.cluster import DaskExecutor  # noqa: E402
from grader.batch.desk import Desk, Parcel, TrustedSources, versions  # noqa: E402
from grader.batch.run import run_batch  # noqa: E402
from grader.batch.work import Opening, Setup, Task, WorkersError  # noqa: E402
from grader.batch.worker import Refused  # noqa: E402
from grader.grading.graded import Manner  # noqa: E402
from grader.grading.prepare import packed, prepare  # noqa: E402
from grader.sandbox import SandboxUnavailableError, probe  # noqa: E402
from grader.truth.modules import TrustedModules  # noqa: E402
from tests.batch.in_process import InProcess, Sources, Watched, request, rubric_in, some_sources, submission  # noqa: E402
from tests.batch.tiny_class import ANSWERS, ROOT  # noqa: E402


class Cluster:
    """A scheduler and two workers, as `dask scheduler` and `dask worker` start them."""

    def __init__(self, folder):
        file = folder / "scheduler.json"
        common = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        self.processes = [
            subprocess.Popen([sys.executable, "-m", *words], **common)
            for words in (
                ["distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard",
                 "--scheduler-file", str(file)],
                ["distributed.cli.dask_worker", "--scheduler-file", str(file), "--nworkers", "2", "--nthreads", "1",
                 "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder / "workers")],
            )
        ]  # fmt: skip
        deadline = time.monotonic() + 60
        while not file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            self.address = client.scheduler.address

    def worker_pids(self):
        with Client(self.address, set_as_default=False) as client:
            return list(client.run(os.getpid).values())

    def close(self):
        # What a cluster does as it ends is none of what is tested here: whole groups go at once, nannies and all.
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def isolation():
    return "auto" if any(level.safe_for_batch for level in probe()) else "none"


@pytest.fixture
def rubric(tmp_path):
    return rubric_in(tmp_path / "rubric")


def reports(journal, sources):
    return [journal.report(name).model_dump_json() for name in sorted(sources)]


def test_a_worker_that_is_killed_in_mid_batch_loses_nothing_and_the_reports_are_those_of_one_machine(
    cluster, tmp_path, rubric, isolation
):
    sources = some_sources(24)
    asked = request(rubric, isolation=isolation)
    with Journal(tmp_path / "here.sqlite") as journal:
        here = InProcess()
        run_batch(asked, Sources(sources), journal, here, Watched())
        here.close()
        expected = reports(journal, sources)
    victim = cluster.worker_pids()[0]

    class Killing(Watched):
        def counted(self, counted):
            super().counted(counted)
            if len(self.counted_) == 6:
                os.kill(victim, signal.SIGKILL)

    watch, executor = Killing(), DaskExecutor(cluster.address)
    try:
        with Journal(tmp_path / "there.sqlite") as journal:
            head = run_batch(asked, Sources(sources), journal, executor, watch)
            assert reports(journal, sources) == expected
    finally:
        executor.close()
    assert sorted(watch.new) == sorted(sources)
    assert victim not in cluster.worker_pids()
    assert (head.isolation.level == "N") == (isolation == "none")


def test_a_hand_in_that_its_workers_die_of_is_given_up_and_the_others_are_graded(cluster, tmp_path):
    # A trusted function that ends its process stands for whatever a worker may die of: it is called for wrong answers
    # only, and only where Dask runs.
    deadly = "import os, sys; 'pytest' in sys.modules or os._exit(1)"
    rubric = rubric_in(tmp_path / "rubric", deadly=deadly)
    sources = {"a": ANSWERS[0], "b": ANSWERS[1], "c": ANSWERS[0] + "#"}
    executor = DaskExecutor(cluster.address)
    try:
        with Journal(tmp_path / "journal.sqlite") as journal:
            run_batch(request(rubric), Sources(sources), journal, executor, Watched())
            found = {name: journal.report(name) for name in sources}
    finally:
        executor.close()
    assert [found[name].score for name in ("a", "c")] == [10, 10]
    assert found["b"].status == "not_graded"
    assert "Dask workers died while they worked on it" in found["b"].reason


def test_a_worker_with_other_versions_is_refused(cluster, tmp_path, rubric, monkeypatch):
    import grader.batch.cluster as module

    ours = module.versions()
    monkeypatch.setattr(module, "versions", lambda: type(ours)(grader="0", python=ours.python, numpy=ours.numpy))
    executor = DaskExecutor(cluster.address)
    try:
        with Journal(tmp_path / "journal.sqlite") as journal, pytest.raises(SandboxUnavailableError) as caught:
            run_batch(request(rubric), Sources(some_sources(1)), journal, executor, Watched())
    finally:
        executor.close()
    assert "instead of 0" in caught.value.reason
    assert caught.value.help == "install the same versions everywhere"


def test_a_worker_that_reaches_another_level_refuses_to_grade(tmp_path, rubric):
    opening = Opening(assignment=rubric.assignment, isolation="none", forbidden=())
    modules = TrustedModules(rubric.trusted)
    setup = Setup(
        assignment=rubric.assignment,
        trusted=modules.folder,
        seed=3,
        manner=Manner(rubric="rubric.toml", isolation="none"),
        snapshot=packed(prepare(rubric.assignment, modules, 3)),
    )
    for level, expected in (("A", Refused), ("N", Entry)):
        sources = TrustedSources.of(modules)
        desk = Desk("desk", Parcel(versions=versions(), opening=opening, setup=setup, sources=sources, level=level))
        worker = SimpleNamespace(local_directory=str(tmp_path))
        desk.setup(worker)
        said = desk.grade(Task(hand_in="a", key="", submission=submission("a", ANSWERS[0])))
        assert isinstance(said, expected), said
        desk.teardown(worker)
        assert not list(tmp_path.glob("grader-*")), "the trusted modules stay behind"


def test_a_scheduler_that_is_not_there_is_said_to_be_so():
    with pytest.raises(WorkersError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        DaskExecutor("tcp://127.0.0.1:9", connect_s=0.2)


def test_trusted_modules_that_arrive_changed_are_refused(tmp_path, rubric):
    sources = TrustedSources.of(TrustedModules(tmp_path / "rubric" / "trusted"))
    (tmp_path / "good").mkdir()
    assert (sources.write(tmp_path / "good") / "answers.py").exists()
    forged = TrustedSources(name=sources.name, files=(("answers.py", b"# another"),), sha256=sources.sha256)
    (tmp_path / "bad").mkdir()
    with pytest.raises(ValueError, match="not those that were sent"):
        forged.write(tmp_path / "bad")
