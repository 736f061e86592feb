"""What a Dask worker needs to grade: a sandbox, the trusted folder as bytes, plan and truth. Needs `distributed`."""

import contextlib
import platform
import queue
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from distributed import Worker, WorkerPlugin, get_worker

from grader import __version__
from grader.batch.entry import Entry
from grader.batch.work import Opening, Setup, Task, graded_entry
from grader.batch.worker import Ready, Refused
from grader.grading.basis import Grading
from grader.sandbox import Sandbox, SandboxFaultError, SandboxUnavailableError
from grader.truth.modules import TrustedModules


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What has to be the same everywhere for a grade to be the same.

    Parameters
    ----------
    grader, python, numpy : str
        Versions; of Python, without the patch level.
    """

    grader: str
    python: str
    numpy: str


def versions() -> Versions:
    """Return what runs here.

    Returns
    -------
    Versions
    """
    major, minor, _ = platform.python_version_tuple()
    return Versions(grader=__version__, python=f"{major}.{minor}", numpy=np.__version__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSources:
    """A trusted folder on its way to another machine.

    Parameters
    ----------
    name : str
        The folder's own.
    files : tuple of (str, bytes)
        Its Python files, by their path in it.
    sha256 : str
        From `TrustedModules.sha256`.
    """

    name: str
    files: tuple[tuple[str, bytes], ...]
    sha256: str

    @classmethod
    def of(cls, modules: TrustedModules) -> "TrustedSources":
        """Read a trusted folder."""
        paths = sorted(modules.folder.rglob("*.py"))
        files = tuple((path.relative_to(modules.folder).as_posix(), path.read_bytes()) for path in paths)
        return cls(name=modules.folder.name, files=files, sha256=modules.sha256())

    def write(self, place: Path) -> Path:
        """Write the folder into a place of its own; raises ValueError if it is not the one that was sent."""
        folder = place / self.name
        for name, data in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        folder.mkdir(exist_ok=True)
        if TrustedModules(folder).sha256() != self.sha256:
            msg = "the trusted modules that arrived are not those that were sent"
            raise ValueError(msg)
        return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Everything that is the same for all hand-ins, as it is sent to each worker once.

    Parameters
    ----------
    versions : Versions
        Of whoever sends it.
    opening : Opening
        What the sandbox needs.
    setup : Setup
        What grading needs.
    sources : TrustedSources
        The trusted folder.
    level : str
        The isolation level that every worker has to prove.
    """

    versions: Versions
    opening: Opening
    setup: Setup
    sources: TrustedSources
    level: str


class Desk(WorkerPlugin):
    """Grades in a Dask worker; each that joins gets one, also one that joins in the middle of a run.

    Parameters
    ----------
    name : str
        Of this run.
    parcel : Parcel
        What it needs.
    """

    def __init__(self, name: str, parcel: Parcel) -> None:
        self.name = name
        self._parcel = parcel

    def setup(self, worker: Worker) -> None:
        """Begin, in a worker."""
        # Within the worker's own folder, which Dask removes, whatever becomes of the worker.
        self._place = Path(tempfile.mkdtemp(prefix="grader-", dir=worker.local_directory))
        self._grading: queue.SimpleQueue[Grading | None] = queue.SimpleQueue()
        self._grading.put(None)
        # A sandbox belongs to one thread at a time, and a worker may have several.
        self._free: queue.SimpleQueue[Sandbox] = queue.SimpleQueue()
        self._all: queue.SimpleQueue[Sandbox] = queue.SimpleQueue()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - as Dask calls it
        """End, in a worker."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._all.get_nowait().close()
        shutil.rmtree(self._place, ignore_errors=True)

    def grade(self, task: Task) -> Entry | Refused:
        """Grade a hand-in, or say why this worker must not.

        Parameters
        ----------
        task : Task
            Which.

        Returns
        -------
        Entry or Refused
        """
        if versions() != self._parcel.versions:
            return _other_versions(self._parcel.versions)
        try:
            grading = self._prepared()
            with self._sandbox() as sandbox:
                if sandbox.report.level != self._parcel.level:
                    reason = f"it reaches isolation level {sandbox.report.level}, the others {self._parcel.level}"
                    return Refused(reason=reason, help="type the level that all of them reach after `--isolation`")
                return graded_entry(task, grading, self._parcel.setup.manner, sandbox, time.perf_counter)
        except SandboxUnavailableError as error:
            return Refused(reason=error.reason, missing=error.missing, help=error.help)
        except SandboxFaultError as error:
            return Refused(reason=error.reason)

    def _prepared(self) -> Grading:
        grading = self._grading.get()
        try:
            if grading is None:
                folder = self._parcel.sources.write(self._place)
                grading = replace(self._parcel.setup, trusted=folder).grading()
        finally:
            self._grading.put(grading)
        return grading

    @contextlib.contextmanager
    def _sandbox(self) -> Iterator[Sandbox]:
        try:
            sandbox = self._free.get_nowait()
        except queue.Empty:
            opening = self._parcel.opening
            sandbox = replace(opening, forbidden=(*opening.forbidden, self._place)).open()
            self._all.put(sandbox)
        try:
            yield sandbox
        finally:
            self._free.put(sandbox)


def grade_here(name: str, task: Task) -> Entry | Refused:
    """Grade a hand-in at the desk of the worker that this runs in; what is sent as a Dask task.

    Parameters
    ----------
    name : str
        The desk's.
    task : Task
        Which hand-in.

    Returns
    -------
    Entry or Refused
    """
    desk = get_worker().plugins[name]
    if not isinstance(desk, Desk):
        msg = f"{name} is not a desk"
        raise TypeError(msg)
    return desk.grade(task)


def prove_here(opening: Opening, theirs: Versions) -> Ready | Refused:
    """Open a sandbox in the worker that this runs in, and close it again.

    Parameters
    ----------
    opening : Opening
        What it needs.
    theirs : Versions
        Of whoever asks.

    Returns
    -------
    Ready or Refused
    """
    if versions() != theirs:
        return _other_versions(theirs)
    try:
        with opening.open() as sandbox:
            return Ready(isolation=sandbox.report)
    except SandboxUnavailableError as error:
        return Refused(reason=error.reason, missing=error.missing, help=error.help)
    except SandboxFaultError as error:
        return Refused(reason=error.reason)


def _other_versions(theirs: Versions) -> Refused:
    ours = versions()
    said = ", ".join(
        f"{name} {here} instead of {there}"
        for name, here, there in (
            ("grader", ours.grader, theirs.grader),
            ("Python", ours.python, theirs.python),
            ("numpy", ours.numpy, theirs.numpy),
        )
        if here != there
    )
    return Refused(reason=f"it has {said}", help="install the same versions everywhere")
