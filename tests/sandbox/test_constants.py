"""Numbers of the kernel, compared with the headers that this machine has installed."""

import re
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the kernel's constants are Linux's", allow_module_level=True)

from grader.sandbox.inside import kernel, landlock, namespaces, seccomp, syscalls

INCLUDE = Path("/usr/include")
X86_64 = [INCLUDE / "x86_64-linux-gnu/asm/unistd_64.h", INCLUDE / "asm/unistd_64.h"]
GENERIC = [INCLUDE / "asm-generic/unistd.h"]


def defined(*paths: Path) -> dict[str, int]:
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        pytest.skip(f"{paths[0].name} is not installed")
    found = {}
    for name, value in re.findall(
        r"#\s*define\s+_?(\w+)\s+\(?(0x[0-9a-fA-F]+|\d+)U?\)?", path.read_text(encoding="utf-8")
    ):
        found[name] = int(value, 8) if re.fullmatch(r"0\d+", value) else int(value, 0)
    return found


@pytest.mark.parametrize(
    ("table", "headers", "prefixes"),
    [(syscalls.X86_64, X86_64, ["_NR_"]), (syscalls.AARCH64, GENERIC, ["_NR_", "_NR3264_"])],
    ids=["x86_64", "aarch64"],
)
def test_system_call_numbers_are_the_kernels(table, headers, prefixes):
    numbers = defined(*headers)
    renamed = {"newfstatat": ["newfstatat", "fstatat"]}
    for name, number in table.items():
        candidates = [numbers.get(prefix + n) for prefix in prefixes for n in renamed.get(name, [name])]
        assert number in candidates, name


def test_every_call_stands_in_one_group_and_in_a_table():
    groups = [syscalls.PLAIN, syscalls.PATHS, syscalls.WEIGHED, syscalls.ZYGOTE_ONLY]
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    assert set(names) == set(syscalls.X86_64) | set(syscalls.AARCH64)
    assert set(syscalls.AARCH64) <= set(syscalls.X86_64)
    assert max(syscalls.X86_64.values()) <= syscalls.NEWEST


def test_every_call_that_is_weighed_has_a_rule():
    for sealed in (False, True):
        assert set(seccomp._weighed(sealed=sealed)) == {*syscalls.WEIGHED, *syscalls.PATHS}


@pytest.mark.parametrize(
    ("header", "module", "names"),
    [
        ("prctl.h", kernel, ["PR_SET_PDEATHSIG", "PR_SET_DUMPABLE", "PR_SET_SECCOMP", "PR_CAPBSET_READ",
                             "PR_CAPBSET_DROP",
                             "PR_SET_NO_NEW_PRIVS", "PR_CAP_AMBIENT", "PR_CAP_AMBIENT_CLEAR_ALL"]),
        ("capability.h", kernel, ["LINUX_CAPABILITY_VERSION_3"]),
        ("sched.h", namespaces, ["CLONE_NEWNS", "CLONE_NEWUTS", "CLONE_NEWIPC", "CLONE_NEWUSER", "CLONE_NEWPID",
                                 "CLONE_NEWNET"]),
        ("sched.h", seccomp, ["CLONE_THREAD"]),
        ("mount.h", namespaces, ["MS_RDONLY", "MS_NOSUID", "MS_NODEV", "MS_NOEXEC", "MS_REMOUNT", "MS_NOATIME",
                                 "MS_NODIRATIME", "MS_BIND", "MS_REC"]),
        ("seccomp.h", seccomp, ["SECCOMP_MODE_FILTER"]),
        ("fcntl.h", seccomp, ["AT_EMPTY_PATH"]),
    ],
)  # fmt: skip
def test_constants_are_the_kernels(header, module, names):
    numbers = defined(INCLUDE / "linux" / header)
    for name in names:
        assert getattr(module, name) == numbers[name], name


def test_landlocks_rights_grow_with_its_version():
    masks = [landlock.ACCESS_FS[version] for version in sorted(landlock.ACCESS_FS)]
    assert masks == sorted(masks)
    assert all(mask & landlock.ACCESS_FS_READ_FILE and mask & landlock.ACCESS_FS_READ_DIR for mask in masks)
    assert max(landlock.ACCESS_FS) == landlock.NEWEST_ABI


def test_a_filter_has_whole_instructions_and_jumps_inside_itself():
    for program in (
        seccomp.zygote_program(sealed=False),
        seccomp.zygote_program(sealed=True),
        seccomp.submission_program()(7),
    ):
        assert len(program) % 8 == 0
        instructions = [seccomp.struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
        assert len(instructions) < 4096  # BPF_MAXINSNS, linux/bpf_common.h
        for place, (code, if_true, if_false, _) in enumerate(instructions):
            if code != seccomp.RETURN:
                assert place + 1 + max(if_true, if_false) < len(instructions)
        assert instructions[-1][0] == seccomp.RETURN
