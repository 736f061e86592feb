"""Which level is reached where: in a container, on an old kernel, on another system; and what is said where none is."""

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model.assignment import Limits
from grader.sandbox import SandboxUnavailableError, open_sandbox, probe
from grader.sandbox.canary import ATTEMPTS, NEEDS, Proof

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the levels A to C are Linux's")
# Docker's default profile, as far as it matters here: what needs CAP_SYS_ADMIN is refused (moby, profiles/seccomp).
CONTAINER = {"unshare": "EPERM", "mount": "EPERM", "umount2": "EPERM", "pivot_root": "EPERM", "setns": "EPERM"}
OLD_KERNEL = dict.fromkeys(("landlock_create_ruleset", "landlock_add_rule"), "ENOSYS")
NUMBERS = {
    "x86_64": {"unshare": 272, "mount": 165, "umount2": 166, "setns": 308, "pivot_root": 155},
    "aarch64": {"unshare": 97, "mount": 40, "umount2": 39, "setns": 268, "pivot_root": 41},
}
PROBE = """
import errno, json, platform, sys
sys.path.insert(0, sys.argv[1])
from grader.sandbox.inside import kernel, seccomp
numbers = json.loads(sys.argv[2])
seccomp.TABLES[platform.machine()].update(numbers, landlock_create_ruleset=444, landlock_add_rule=445)
rules = {name: seccomp.refuse(getattr(errno, word)) for name, word in json.loads(sys.argv[3]).items()}
if "no seccomp" in sys.argv:
    # Filters cannot be refused by a filter on their content: refuse the call that sets them, by its first argument.
    rules["prctl"] = [seccomp._load_argument(0), seccomp.Instruction(seccomp.JUMP_EQUAL, 0, 1, 22)]
    rules["prctl"] += [*seccomp.refuse(errno.EINVAL), *seccomp.ALLOW]
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp.enforce(seccomp.assemble(rules, seccomp.ALLOW))
from grader.model.assignment import Limits
from grader.sandbox import SandboxUnavailableError, open_sandbox, probe
out = {"probe": {p.level: [p.reached, p.why_not, p.safe_for_batch] for p in probe()}}
for own in (False, True):
    try:
        with open_sandbox(isolation="auto", packages=("numpy",), limits=Limits(), own_code=own) as box:
            out[f"auto {own}"] = box.report.level
    except SandboxUnavailableError as error:
        out[f"auto {own}"] = [error.reason, list(error.missing), error.help]
print(json.dumps(out))
"""


def on_machine(rules, *more):
    numbers = NUMBERS[platform.machine()]
    arguments = [str(ROOT), json.dumps(numbers), json.dumps(rules), *more]
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@LINUX
def test_in_a_container_level_b_is_reached_and_safe():
    found = on_machine(CONTAINER)
    assert found["probe"]["A"][:2] == [False, "unshare: Operation not permitted"]
    assert found["probe"]["B"] == [True, "", True]
    assert found["auto False"] == found["auto True"] == "B"


@LINUX
def test_on_an_old_kernel_only_the_sealed_level_is_left_and_has_to_be_asked_for():
    found = on_machine(OLD_KERNEL)
    assert [found["probe"][level][0] for level in "ABCN"] == [False, False, True, True]
    assert not any(found["probe"][level][2] for level in "ABCN")
    reason, missing, help_ = found["auto False"]
    assert "level B or better" in reason
    assert len(missing) == 2
    assert all("Landlock" in line or "landlock" in line for line in missing)
    assert "--isolation C" in help_
    assert found["auto True"] == "C"


@LINUX
def test_without_any_filter_a_plain_process_is_left_for_ones_own_code():
    found = on_machine({**CONTAINER, **OLD_KERNEL}, "no seccomp")
    assert [found["probe"][level][0] for level in "ABCN"] == [False, False, False, True]
    assert found["auto True"] == "N"
    assert isinstance(found["auto False"], list)


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "riscv64")])
def test_on_other_systems_the_plain_level_is_said_in_one_line(monkeypatch, system, machine):
    monkeypatch.setattr("grader.sandbox.proving.sys.platform", system)
    monkeypatch.setattr("grader.sandbox.proving.platform.machine", lambda: machine)
    with pytest.raises(SandboxUnavailableError, match="level B or better") as caught:
        open_sandbox(isolation="auto", packages=("numpy",), limits=Limits())
    assert all("it needs Linux on x86_64 or aarch64" in line for line in caught.value.missing)
    with open_sandbox(isolation="auto", packages=("numpy",), limits=Limits(), own_code=True) as box:
        assert box.report.level == "N"
        assert "\n" not in box.report.says


def test_the_plain_level_has_to_be_asked_for():
    with open_sandbox(isolation="none", packages=("numpy",), limits=Limits()) as box:
        assert box.report.level == "N"
        assert "without protection" in box.report.says


@LINUX
def test_a_report_says_what_a_level_rests_on():
    for one in probe():
        assert one.reached != bool(one.why_not)
        if one.reached and one.level != "N":
            with open_sandbox(isolation=one.level, packages=("numpy",), limits=Limits()) as box:
                report = box.report
            assert (report.level, report.layers, report.uid) == (one.level, one.layers, one.uid)
            assert report.uid != 0
            assert report.kernel == f"Linux {platform.release()}"
            assert all(refused for _, refused in one.refused)
            assert len(one.refused) == len(ATTEMPTS)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_level_counts_only_if_the_canary_fails_at_everything(name):
    refused = dict.fromkeys(ATTEMPTS, True) | {name: False}
    proof = Proof(refused=refused, works=dict.fromkeys(NEEDS, True))
    assert not proof.holds
    assert proof.why_not == f"a submission could {ATTEMPTS[name]}"


@pytest.mark.parametrize("name", NEEDS)
def test_a_level_counts_only_if_submissions_can_work_there(name):
    proof = Proof(refused=dict.fromkeys(ATTEMPTS, True), works=dict.fromkeys(NEEDS, True) | {name: False})
    assert not proof.holds
    assert proof.why_not == f"a submission could not {NEEDS[name]}"


def test_a_canary_that_tried_nothing_proves_nothing():
    assert not Proof(refused={}, works={}).holds
    assert not Proof(refused=dict.fromkeys(ATTEMPTS, True), works={}).holds


KILLED_PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.submission import Chunk, Submission
from grader.sandbox import open_sandbox
source = "import os\\nprint(1)\\ndef f(x):\\n    while True: pass"
with open_sandbox(isolation=sys.argv[2], packages=("numpy",), limits=Limits()) as box:
    one = Submission(path="a", student="a", sha256="", chunks=(Chunk(label="a.py", source=source),))
    with box.session(one) as session:
        session.load()
        print("running", flush=True)
        session.call(Call(function="f", arguments=(np.zeros(2),), returns=1, seed=0))
"""


def family(pid):
    found = {pid}
    # A thread, or the process itself, may end while it is looked at.
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                found |= family(int(child))
    return found


def gone(pid):
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[:1]
    except OSError:
        return True


@LINUX
@pytest.mark.parametrize("level", ["A", "B", "C", "none"])
@pytest.mark.parametrize("victim", ["grader", "zygote"])
def test_whoever_is_killed_leaves_no_orphan(level, victim):
    command = [sys.executable, "-c", KILLED_PARENT, str(ROOT), level]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        if parent.stdout.readline() != "running\n":
            pytest.skip(f"level {level} is not reached here")
        processes = family(parent.pid)
        children = sorted(processes - {parent.pid})
        assert children
        os.kill(parent.pid if victim == "grader" else children[0], signal.SIGKILL)
        if victim == "zygote":
            os.kill(parent.pid, signal.SIGTERM)
        parent.wait()
    # The kernel takes them along; each look gives it the processor.
    for _ in range(200_000):
        if all(gone(pid) for pid in processes):
            return
        os.sched_yield()
    pytest.fail(f"left behind: {[pid for pid in processes if not gone(pid)]}")
