"""Thin calls into Linux by ctypes: each works or raises ``OSError`` with the call's name. No decision is made here."""

import ctypes
import os
import platform
import resource
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

LINUX_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}  # asm/unistd_64.h, asm-generic/unistd.h
SIGKILL = 9  # asm/signal.h


def checked(result: int, what: str) -> int:
    """Return the result of a C function, or raise.

    Parameters
    ----------
    result : int
        What it returned; negative for failure.
    what : str
        Its name, for the error.

    Returns
    -------
    int
        The result.

    Raises
    ------
    OSError
        If the result is negative.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def system_call(number: int, what: str, *arguments: object) -> int:
    """Make a system call for which the C library has no function; raises OSError if it fails."""
    call = LIBC.syscall
    call.restype = ctypes.c_long
    return checked(call(ctypes.c_long(number), *arguments), what)


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    """Call prctl(2); raises OSError if it fails."""
    arguments = [ctypes.c_ulong(n) for n in (value, third, 0, 0)]
    return checked(LIBC.prctl(ctypes.c_int(option), *arguments), f"prctl({option})")


def die_with(parent: int) -> None:
    """Have the kernel end this process when the thread that made it ends.

    Parameters
    ----------
    parent : int
        The process that made it: if it is gone by now, this one ends here.
    """
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def set_limits(limits: Mapping[int, int]) -> None:
    """Set resource limits, hard and soft alike.

    Parameters
    ----------
    limits : mapping of int to int
        ``resource.RLIMIT_...`` to the limit. A hard limit that is lower already stays.

    Raises
    ------
    OSError
        If a limit cannot be set.
    """
    for what, limit in limits.items():
        _, hard = resource.getrlimit(what)
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (allowed, allowed))


def drop_identity(uid: int) -> None:
    """Give up root's identity for good.

    Parameters
    ----------
    uid : int
        The user and the group to become.

    Raises
    ------
    OSError
        If that is not possible, or did not happen.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid,) * 3 or os.getresgid() != (uid,) * 3:
        raise OSError(0, "setresuid: the identity did not change")


def empty_bounding_set() -> None:
    """Make it impossible to gain any capability again; needs CAP_SETPCAP, raises OSError without it."""
    capability = 0
    # The kernel answers EINVAL behind its last capability; 64 is what its masks can hold.
    while capability < 64 and LIBC.prctl(PR_CAPBSET_READ, ctypes.c_ulong(capability), 0, 0, 0) >= 0:
        prctl(PR_CAPBSET_DROP, capability)
        capability += 1


def drop_capabilities() -> None:
    """Empty every capability set of this thread; raises OSError if that is not possible."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    head = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(0, 0, 0, 0, 0, 0)
    system_call(SYS_CAPSET[platform.machine()], "capset", ctypes.byref(head), ctypes.byref(sets))


def threads() -> int:
    """Return the number of this process's threads, from /proc; raises OSError without it."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - a count is all that is wanted


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, all its threads together; a negative number if unknown.

    Parameters
    ----------
    pid : int
        A process that has not been waited for; any user's.

    Returns
    -------
    float
        By the scheduler's own count, in nanoseconds: the process has no say in it.
    """
    # clock_getcpuclockid(3): a process id, inverted, above CPUCLOCK_SCHED (linux/posix-timers_types.h).
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return -1.0


def close_from(first: int) -> None:
    """Close every descriptor from ``first`` on."""
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def first_to_be_killed() -> None:
    """Have the kernel, when it runs out of memory, end this process and what it makes before any other."""
    # A container may mount /proc read-only; then the usual victim is chosen, which is no hole.
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return


def others_can_reach(path: str) -> bool:
    """Return whether a user without rights of its own can read a file or enter a folder, by all the permissions."""
    parents = [*Path(path).parents, Path(path)]
    return all(parent.stat().st_mode & (stat.S_IXOTH if parent.is_dir() else stat.S_IROTH) for parent in parents)


def open_paths(paths: Iterable[str]) -> list[tuple[str, int]]:
    """Return paths with descriptors that only name them (O_PATH); those that do not exist are left out."""
    opened = []
    for path in paths:
        try:
            opened.append((path, os.open(path, os.O_PATH | os.O_CLOEXEC)))
        except FileNotFoundError:
            continue
    return opened
