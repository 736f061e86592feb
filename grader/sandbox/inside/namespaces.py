"""Namespaces: a file system with nothing in it but what may be read, and no other process, network or shared memory.

Constants: ``linux/sched.h``, ``linux/mount.h``; mount(2), pivot_root(2), user_namespaces(7).
"""

import ctypes
import os
import platform
from pathlib import Path

from . import kernel

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
ALL_BUT_USER = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOATIME, MS_NODIRATIME, MS_BIND, MS_REC, MS_PRIVATE, MS_RELATIME = 1024, 2048, 4096, 16384, 1 << 18, 1 << 21
MNT_DETACH = 2
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}  # asm/unistd_64.h, asm-generic/unistd.h
_KEPT_FLAGS = {1: MS_RDONLY, 2: MS_NOSUID, 4: MS_NODEV, 8: MS_NOEXEC, 1024: MS_NOATIME, 2048: MS_NODIRATIME}
_ST_RELATIME = 4096  # statvfs(3): the bits above are the same as mount's, this one is not


def enter_as_root() -> None:
    """Leave every namespace but the user's, as root may; raises OSError where a container forbids it."""
    _unshare(ALL_BUT_USER)


def enter_as_user() -> None:
    """Leave every namespace, as a plain user may where the system allows it; raises OSError where it does not."""
    uid, gid = os.getuid(), os.getgid()
    # After a change of user, /proc/self would belong to root, and the maps below could not be written.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    _unshare(ALL_BUT_USER | CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")


def _unshare(flags: int) -> None:
    kernel.checked(kernel.LIBC.unshare(ctypes.c_int(flags)), "unshare")


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    texts = [text.encode() if text is not None else None for text in (source, target, kind)]
    data = options.encode() if options is not None else None
    kernel.checked(kernel.LIBC.mount(*texts, ctypes.c_ulong(flags), data), f"mount({target})")


def only_readable(binds: list[str], masks: list[str]) -> None:
    """Make the given paths, read-only, the whole file system of this mount namespace.

    Parameters
    ----------
    binds : list of str
        Absolute paths of files and folders, each folder before what lies in it.
    masks : list of str
        Folders within those that become empty; what lies in them and is among ``binds`` shows all the same.

    Raises
    ------
    OSError
        If a step is refused.
    """
    # Nothing that is mounted here shows outside.
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    # Any folder will do to build on, even one that holds some of the paths: those are opened before it is covered.
    base = "/tmp"  # noqa: S108 - nothing is written to the real one
    opened = kernel.open_paths(binds)
    _mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=1m,nr_inodes=4k,mode=755")
    mounted = []
    for path, descriptor in opened:
        _bind(descriptor, base + path)
        mounted.append(base + path)
        for mask in masks:
            if Path(mask).parent == Path(path) and Path(base + mask).is_dir():
                _mount(
                    "tmpfs", base + mask, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,nr_inodes=1k,mode=755"
                )
                mounted.append(base + mask)
        os.close(descriptor)
    for target in [*mounted, base]:
        _make_read_only(target)
    os.chdir(base)
    kernel.system_call(SYS_PIVOT_ROOT[platform.machine()], "pivot_root", b".", b".")
    # The old root lies over the new one now.
    kernel.checked(kernel.LIBC.umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/")


def _bind(descriptor: int, target: str) -> None:
    source = f"/proc/self/fd/{descriptor}"
    if Path(source).is_dir():
        Path(target).mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        Path(target).touch(mode=0o644)
    _mount(source, target, None, MS_BIND | MS_REC)


def _make_read_only(target: str) -> None:
    flags = os.statvfs(target).f_flag
    # Inside a user namespace a mount keeps what it forbade outside, and a remount has to repeat it.
    kept = sum(mount for bit, mount in _KEPT_FLAGS.items() if flags & bit) | (
        MS_RELATIME if flags & _ST_RELATIME else 0
    )
    wanted = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
    _mount("none", target, None, wanted | kept)
