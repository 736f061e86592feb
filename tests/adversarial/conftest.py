"""A world that an attack may try to reach, the sandboxes it is tried in, and what would show that it got through."""

import os
import resource
import socket
import stat
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import grader.sandbox
from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox, SandboxUnavailableError, open_sandbox

LIMITS = Limits(call_wall_s=1.0, load_wall_s=1.0, submission_wall_s=20.0, memory_bytes=1 << 28, result_bytes=1 << 16)
VARIABLE, IN_ENVIRONMENT = "GRADER_TEST_VARIABLE", "only the environment of the grader holds this"


@dataclass
class World:
    """Everything that an attack must not reach, and listeners that hear it if it does."""

    folder: Path
    mark: str
    key: int
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    abstract: socket.socket
    secrets: dict[str, Path] = field(default_factory=dict)

    def facts(self) -> dict[str, object]:
        """Return the constants of the module ``target``."""
        return {
            "FOLDER": str(self.folder),
            "MARK": self.mark,
            "KEY": self.key,
            "GRADER": os.getpid(),
            "ANSWER": f"{self.key:x}",
            "ENVIRONMENT_SECRET": IN_ENVIRONMENT,
            "TCP_PORT": self.tcp.getsockname()[1],
            "UDP_PORT": self.udp.getsockname()[1],
            "UNIX_PATH": str(self.folder / "socket"),
            "SITE": sysconfig.get_paths()["purelib"],
            "GRADER_SOURCE": grader.sandbox.__file__,
            **{name: str(path) for name, path in self.secrets.items()},
        }

    def state(self) -> dict[str, object]:
        """Return what must be the same before and after an attack."""
        shared = [Path(f"/proc/sysvipc/{kind}") for kind in ("shm", "sem", "msg")]
        return {
            "files": {str(path): _file_state(path) for path in sorted(self.folder.rglob("*"))},
            "left": [str(p) for place in ("/tmp", "/dev/shm", "/var/tmp") for p in Path(place).glob(f"*{self.mark}*")],
            "site": sorted(path.name for path in Path(sysconfig.get_paths()["purelib"]).iterdir()),
            "shared": [str(self.key) in path.read_text(encoding="ascii") for path in shared if path.exists()],
            "limits": [resource.getrlimit(number) for number in range(16)],
            "priority": (os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0))),
            "heard": [_heard(listener) for listener in (self.tcp, self.udp, self.unix, self.abstract)],
            "host": socket.gethostname(),
        }


def _file_state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
    return (status.st_mode, status.st_uid, status.st_nlink, status.st_mtime_ns, content, tuple(os.listxattr(path)))


def _heard(listener: socket.socket) -> str:
    """Return what a listener has heard; nothing is what it should be."""
    try:
        if listener.type == socket.SOCK_DGRAM:
            return f"{listener.recv(100)!r}"
        connection, _ = listener.accept()
        connection.close()
    except BlockingIOError:
        return ""
    return "a connection"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for parent in (tmp_path, *tmp_path.parents[:3]):
        # Nothing but the sandbox shall stand in the way.
        if parent.stat().st_uid == os.getuid() and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    folder = tmp_path / "class"
    folder.mkdir()
    key = int.from_bytes(os.urandom(3), "little") | 0x1000000
    mark = f"grader-test-{key:x}"
    unix = socket.socket(socket.AF_UNIX)
    # A path of a Unix socket has 107 bytes at most (unix(7)).
    here = os.open(folder, os.O_PATH)
    unix.bind(f"/proc/self/fd/{here}/socket")
    os.close(here)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{mark}")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    tcp = socket.create_server(("127.0.0.1", 0))
    made = World(folder=folder, mark=mark, key=key, tcp=tcp, udp=udp, unix=unix, abstract=abstract)
    for listener in (unix, abstract):
        listener.listen()
    for listener in (unix, abstract, tcp, udp):
        listener.setblocking(False)
    answer = "TRUSTED-" + f"{key:x}"
    for name, file in (("REFERENCE", "reference_answer.py"), ("OTHER", "other_student.py"), ("RUBRIC", "rubric.toml")):
        made.secrets[name] = folder / file
        made.secrets[name].write_text(f"answer = {answer!r}\n", encoding="utf-8")
        made.secrets[name].chmod(0o666)
    folder.chmod(0o777)
    monkeypatch.setenv(VARIABLE, IN_ENVIRONMENT)
    with unix, abstract, tcp, udp:
        yield made


@pytest.fixture(scope="session", params=["A", "B", "C"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, IN_ENVIRONMENT)
            box = open_sandbox(isolation=request.param, packages=("numpy",), limits=LIMITS)
    except SandboxUnavailableError as error:
        pytest.skip(f"{error.reason}: {'; '.join(error.missing)}")
    with box:
        yield box


@pytest.fixture(scope="session")
def neighbour() -> Submission:
    source = "import numpy as np\nprint('mine')\ndef f(x): return np.linalg.solve(x, np.ones(2))\n"
    return Submission(path="n.py", student="n", sha256="", chunks=(Chunk(label="n.py", source=source),))


@pytest.fixture(scope="session")
def neighbours_call() -> Call:
    return Call(function="f", arguments=(np.array([[2.0, 1.0], [1.0, 3.0]]),), returns=1, seed=5, want_inputs=True)
