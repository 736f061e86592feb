"""seccomp: an allow-list of system calls, written as classic BPF and checked by the kernel before each call.

The zygote takes `zygote_program` once; each submission's process adds `submission_program`, which only takes away: of
several filters the strictest answer counts (seccomp(2)). Instructions and constants: ``linux/filter.h``,
``linux/bpf_common.h``, ``linux/seccomp.h``, ``linux/audit.h``.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Callable
from typing import NamedTuple

from . import kernel, syscalls

SECCOMP_MODE_FILTER = 2
RET_ALLOW = 0x7FFF0000
RET_KILL_PROCESS = 0x80000000
RET_ERRNO = 0x00050000
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""ELF machine (62, 183) with the bits for 64 bits and little-endian."""
TABLES = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}
X32_BIT = 0x40000000  # asm/unistd.h: the same calls in another ABI, with numbers of their own

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF_LD|W|ABS; BPF_JMP with JEQ, JGE, JSET and K; BPF_RET|K."""
OFFSET_NUMBER, OFFSET_ARCH, OFFSET_ARGUMENTS = 0, 4, 16  # struct seccomp_data

CLONE_NEW_ANYTHING = 0x7E020000  # linux/sched.h: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
CLONE_THREAD = 0x00010000
OPEN_TO_WRITE = 0o3 | 0o100 | 0o1000 | 0o20000000  # asm-generic/fcntl.h: O_ACCMODE, O_CREAT, O_TRUNC, __O_TMPFILE
AT_EMPTY_PATH = 0x1000  # linux/fcntl.h: fstat(2) as newer C libraries make it
FCNTL_ALLOWED = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
IOCTL_ALLOWED = (
    0x5401,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # asm-generic/ioctls.h: TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX
PRCTL_ALLOWED = (15, 16)  # linux/prctl.h: PR_SET_NAME, PR_GET_NAME


class Instruction(NamedTuple):
    """``struct sock_filter``."""

    code: int
    if_true: int
    if_false: int
    operand: int


Body = list[Instruction]


def _answer(action: int) -> Body:
    return [Instruction(RETURN, 0, 0, action)]


ALLOW = _answer(RET_ALLOW)


def refuse(number: int) -> Body:
    """Return instructions that answer a call with an error number instead of making it."""
    return _answer(RET_ERRNO | number)


def _load_argument(index: int) -> Instruction:
    # The low half: every argument that is weighed here is an int, of which the kernel takes no more either.
    return Instruction(LOAD, 0, 0, OFFSET_ARGUMENTS + 8 * index)


def _one_of(argument: int, values: tuple[int, ...], otherwise: Body) -> Body:
    body = [_load_argument(argument)]
    for value in values:
        body += [Instruction(JUMP_EQUAL, 0, 1, value), *ALLOW]
    return body + otherwise


def _any_bit(argument: int, bits: int, then: Body, otherwise: Body) -> Body:
    return [_load_argument(argument), Instruction(JUMP_ANY_BIT, 0, len(then), bits), *then, *otherwise]


def _weighed(*, sealed: bool) -> dict[str, Body]:
    """Return the calls that are weighed by their arguments, as far as the zygote shares them with submissions."""
    eperm, enosys, eacces = refuse(errno.EPERM), refuse(errno.ENOSYS), refuse(errno.EACCES)
    rules = {
        "clone": _any_bit(0, CLONE_NEW_ANYTHING, eperm, ALLOW),
        # Their flags lie in memory, out of a filter's sight; ENOSYS makes every C library use the older call.
        "clone3": enosys,
        "openat2": enosys,
        "fcntl": _one_of(1, FCNTL_ALLOWED, eperm),
        "ioctl": _one_of(1, IOCTL_ALLOWED, refuse(errno.ENOTTY)),
        "kill": ALLOW,
        "tgkill": ALLOW,
        "prlimit64": ALLOW,
        "prctl": ALLOW,
        "open": eacces if sealed else _any_bit(1, OPEN_TO_WRITE, refuse(errno.EROFS), ALLOW),
        "openat": eacces if sealed else _any_bit(2, OPEN_TO_WRITE, refuse(errno.EROFS), ALLOW),
    }
    for name in syscalls.PATHS:
        rules[name] = eacces if sealed else ALLOW
    if sealed:
        rules["newfstatat"] = _any_bit(3, AT_EMPTY_PATH, ALLOW, eacces)
    return rules


def assemble(rules: dict[str, Body], otherwise: Body) -> bytes:
    """Return a program.

    Parameters
    ----------
    rules : dict of str to list of Instruction
        What happens to a call, by its name; each ends in a return.
    otherwise : list of Instruction
        What happens to every other call.

    Returns
    -------
    bytes
        For `enforce`; whoever uses another architecture's calls is killed.
    """
    machine = platform.machine()
    numbers = TABLES[machine]
    program = [
        Instruction(LOAD, 0, 0, OFFSET_ARCH),
        Instruction(JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        *_answer(RET_KILL_PROCESS),
        Instruction(LOAD, 0, 0, OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        program += [Instruction(JUMP_AT_LEAST, 0, 1, X32_BIT), *_answer(RET_KILL_PROCESS)]
    for name, body in rules.items():
        # A call that this architecture does not have cannot be made on it.
        if name in numbers:
            program += [Instruction(JUMP_EQUAL, 0, len(body), numbers[name]), *body]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in [*program, *otherwise])


def zygote_program(*, sealed: bool) -> bytes:
    """Return the allow-list: what a submission may do, and what the zygote needs to make its process.

    Parameters
    ----------
    sealed : bool
        True: no file can be opened, nor asked about by name.

    Returns
    -------
    bytes
        A BPF program for `enforce`.
    """
    rules = dict.fromkeys((*syscalls.PLAIN, *syscalls.ZYGOTE_ONLY), ALLOW) | _weighed(sealed=sealed)
    newer = Instruction(JUMP_AT_LEAST, 0, 1, syscalls.NEWEST + 1)
    return assemble(rules, [newer, *refuse(errno.ENOSYS), *refuse(errno.EPERM)])


def submission_program() -> Callable[[int], bytes]:
    """Return what takes the zygote's surplus away: a function of the new process's id.

    Returns
    -------
    callable
        From a process id to a BPF program for `enforce`; made ready once, as it runs in every new process.
    """
    placeholder = 0x7FFFFFFF
    only_itself = _one_of(0, (placeholder,), refuse(errno.EPERM))
    rules: dict[str, Body] = dict.fromkeys(syscalls.ZYGOTE_ONLY, refuse(errno.EPERM))
    rules |= {
        "clone": _any_bit(0, CLONE_THREAD, ALLOW, refuse(errno.EPERM)),
        "kill": only_itself,
        "tgkill": only_itself,
        "prlimit64": _one_of(0, (0,), refuse(errno.EPERM)),
        "prctl": _one_of(0, PRCTL_ALLOWED, refuse(errno.EPERM)),
    }
    program = assemble(rules, ALLOW)
    return lambda pid: program.replace(struct.pack("<I", placeholder), struct.pack("<I", pid))


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def enforce(program: bytes) -> None:
    """Put this thread under a filter, for good; it must not be able to gain privileges.

    Parameters
    ----------
    program : bytes
        A BPF program.

    Raises
    ------
    OSError
        If the kernel refuses it.
    """
    instructions = ctypes.create_string_buffer(program, len(program))
    filled = _Program(len(program) // 8, ctypes.addressof(instructions))
    kernel.prctl(kernel.PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filled))
