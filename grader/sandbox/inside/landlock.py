"""Landlock: this process and what it makes can read the given files and folders, and reach nothing else with a path.

Structures and constants: ``include/uapi/linux/landlock.h``; system call numbers are the same on every architecture.
"""

import ctypes
import errno
import os
import stat
import struct

from . import kernel

SYS_CREATE_RULESET, SYS_ADD_RULE, SYS_RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1 << 0
RULE_PATH_BENEATH = 1
ACCESS_FS_READ_FILE = 1 << 2
ACCESS_FS_READ_DIR = 1 << 3
NEWEST_ABI = 6
"""The newest whose rights are used here; newer ones add audit flags (7) and what seccomp refuses already."""
ACCESS_FS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1, 6: (1 << 16) - 1}
"""By ABI, all rights on files: execute to make_sym (1), refer (2), truncate (3), ioctl_dev (5)."""
ACCESS_NET = 0b11  # bind and connect TCP, ABI 4
SCOPE = 0b11  # abstract Unix sockets and signals, ABI 6


def abi() -> int:
    """Return the version of Landlock that this kernel offers, 0 for none."""
    try:
        return kernel.system_call(
            SYS_CREATE_RULESET,
            "landlock_create_ruleset",
            None,
            ctypes.c_size_t(0),
            ctypes.c_uint32(CREATE_RULESET_VERSION),
        )
    except OSError:
        return 0


def _ruleset(files: int, network: int, scope: int) -> int:
    version = min(abi(), NEWEST_ABI)
    if version < 1:
        raise OSError(errno.ENOSYS, "landlock_create_ruleset: this kernel has no Landlock")
    # The structure has grown with the ABI, and an old kernel refuses what it does not know.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("<QQQ", files & ACCESS_FS[version], network, scope)[:size]
    arguments = (attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    return kernel.system_call(SYS_CREATE_RULESET, "landlock_create_ruleset", *arguments)


def read_only(opened: list[tuple[str, int]]) -> int:
    """Return a ruleset under which only the given files and folders can be read, and nothing done besides.

    Parameters
    ----------
    opened : list of (str, int)
        Paths and their O_PATH descriptors.

    Returns
    -------
    int
        A descriptor for `enforce`.

    Raises
    ------
    OSError
        If the kernel has no Landlock or refuses a rule.
    """
    ruleset = _ruleset(ACCESS_FS[NEWEST_ABI], ACCESS_NET, SCOPE)
    for path, descriptor in opened:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        access = ACCESS_FS_READ_FILE | (ACCESS_FS_READ_DIR if folder else 0)
        # struct landlock_path_beneath_attr is packed: the rights, then the descriptor.
        rule = struct.pack("<Qi", access, descriptor)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), rule, ctypes.c_uint32(0))
        kernel.system_call(SYS_ADD_RULE, f"landlock_add_rule({path})", *arguments)
    return ruleset


def own_domain() -> int:
    """Return a ruleset that makes each process that enforces it a domain of its own.

    Returns
    -------
    int
        A descriptor for `enforce`: siblings and the zygote are then out of reach of signals (ABI 6) and ptrace.

    Raises
    ------
    OSError
        If the kernel has no Landlock.
    """
    make_char = 1 << 6
    # A ruleset has to handle something; what it handles here is refused already.
    return _ruleset(make_char, 0, SCOPE)


def enforce(ruleset: int) -> None:
    """Put this thread under a ruleset, for good; it must not be able to gain privileges. Raises OSError if refused."""
    kernel.system_call(SYS_RESTRICT_SELF, "landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint32(0))
