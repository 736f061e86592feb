"""The zygote: an interpreter with the packages loaded that confines itself once, then forks a process a submission.

Submissions never pass through it: a request carries the ends of the pipes, and nothing else. See "Theory of operation"
in ``grader.sandbox``.
"""

import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import importing, kernel, landlock, namespaces, seccomp, serve
from .seeding import Seeds

UNPRIVILEGED = 65534
"""``nobody`` (kernel.overflowuid): what root becomes; the one such id that every container maps."""
REQUEST = struct.Struct("<cId")
"""``f`` (fork; three descriptors come along), ``e`` (end) or ``c`` (clock); the process's number; seconds of grace."""
ENDED = struct.Struct("<Ii?dQ")
"""The number, exit code (a negative one is a signal), killed by us, CPU seconds, most memory in bytes."""
CLOCK = struct.Struct("<Id")
"""The number, CPU seconds so far, all threads together; negative where the kernel does not say."""
MAX_DESCRIPTORS = 64
"""Of a submission's process: numpy and the standard library hold fewer than ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the parent asks for.

    Parameters
    ----------
    level : str
        ``"A"``, ``"B"`` or ``"C"``.
    control : int
        The descriptor of the socket to the parent.
    packages : list of str
        What the rubric lists.
    places : dict of str to str
        Where packages lie; see `importing.ListedPackages`.
    library, library_entries, package_paths : list of str
        The standard library's folders, what of them may be read, and what else may be read.
    memory_bytes, cpu_s : int
        Of each submission's process.
    """

    level: str
    control: int
    packages: list[str]
    places: dict[str, str]
    library: list[str]
    library_entries: list[str]
    package_paths: list[str]
    memory_bytes: int
    cpu_s: int


def main(config: dict[str, Any]) -> NoReturn:
    """Become the zygote; never returns.

    Parameters
    ----------
    config : dict
        The fields of `Config`.
    """
    wanted = Config(**config)
    control = socket.socket(fileno=wanted.control)
    importing.preload(wanted.packages)
    importing.settle_path()
    # Asked now: afterwards the kernel no longer answers.
    landlock_abi = landlock.abi()
    try:
        domain = _confine(wanted)
    except OSError as error:
        # Not even our own words are believed to be harmless: the parent shows them as text.
        control.sendmsg([json.dumps({"refused": error.strerror or str(error)}).encode()])
        os._exit(1)
    os.dup2(0, 2)
    for _ in range(20):
        serve.warm_up()
    gc.collect()
    # What lies here now is never looked at by the collector again: a look would copy every page in every child.
    gc.freeze()
    sys.argv[:] = [""]
    facts = {"landlock_abi": landlock_abi, "uid": os.getuid(), "kernel": os.uname().release}
    control.sendmsg([json.dumps(facts).encode()])
    _serve(control, wanted, domain)


# Confinement, once ----------------------------------------------------------------------------------------------------


def _confine(config: Config) -> int | None:
    """Give up everything that neither the zygote nor a submission needs; return the ruleset of each child's domain."""
    # Namespaces and filters are a thread's own: with another thread about, they would not hold for the process.
    if Path("/proc/self/task").is_dir() and kernel.threads() != 1:
        raise OSError(0, "a package that the rubric lists has started a thread of its own")
    was_root = os.getuid() == 0
    kernel.first_to_be_killed()
    if os.getpgrp() != os.getpid():
        os.setsid()
    os.chdir("/")
    if config.level == "A":
        _enter_namespaces(config, was_root=was_root)
    readable = [*config.library_entries, *config.package_paths]
    if config.level == "C" or (was_root and not all(kernel.others_can_reach(path) for path in readable)):
        importing.keep_in_memory(config.library, ["numpy", *config.packages])
    opened = kernel.open_paths(readable) if config.level != "C" else []
    if was_root and os.getuid() == 0:
        kernel.empty_bounding_set()
        kernel.drop_identity(UNPRIVILEGED)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if config.level == "A":
        # Any change of identity takes it back (prctl(2)).
        kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)
    kernel.set_limits(
        {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: MAX_DESCRIPTORS + len(opened),
            resource.RLIMIT_MEMLOCK: 0,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_SIGPENDING: 256,
        }
    )
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    domain = None
    if config.level != "C":
        domain = landlock.own_domain()
        rules = landlock.read_only(opened)
        landlock.enforce(rules)
        os.close(rules)
        for _, descriptor in opened:
            os.close(descriptor)
    seccomp.enforce(seccomp.zygote_program(sealed=config.level == "C"))
    return domain


def _enter_namespaces(config: Config, *, was_root: bool) -> None:
    if was_root:
        try:
            namespaces.enter_as_root()
        except OSError:
            # Root of a container that may not do that: perhaps the user that it becomes may.
            kernel.drop_identity(UNPRIVILEGED)
            namespaces.enter_as_user()
    else:
        namespaces.enter_as_user()
    inner = os.fork()
    if inner:
        # This one stays outside, holds nothing, and ends with the process inside.
        kernel.close_from(0)
        _, status = os.waitpid(inner, 0)
        os._exit(0 if status == 0 else 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)
    # The standard library comes as whole folders, but for the packages installed inside of them.
    masks = [f"{folder}/{name}" for folder in config.library for name in ("site-packages", "dist-packages")]
    namespaces.only_readable(sorted({*config.library, *config.package_paths}), masks)


# Serving --------------------------------------------------------------------------------------------------------------


def _serve(control: socket.socket, config: Config, domain: int | None) -> NoReturn:
    program = seccomp.submission_program()
    # Each child begins with generators that were tried here.
    seeds = Seeds()
    children: dict[int, int] = {}
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 3)
        if not request:
            # The grader is gone; the kernel ends our children with us.
            os._exit(0)
        operation, number, grace_s = REQUEST.unpack(request)
        if operation == b"f":
            zygote = os.getpid()
            pid = os.fork()
            if pid == 0:
                _become_submission(descriptors, config, domain, program(os.getpid()), zygote, seeds)
            children[number] = pid
            for descriptor in descriptors:
                os.close(descriptor)
        elif operation == b"c":
            control.sendmsg([CLOCK.pack(number, kernel.cpu_s(children[number]))])
        else:
            control.sendmsg([_end(number, children.pop(number), grace_s)])


def _end(number: int, pid: int, grace_s: float) -> bytes:
    """Wait for a child, then kill it; return how it ended."""
    deadline = time.monotonic() + grace_s
    by_us = False
    done, status, usage = os.wait4(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.001)
        done, status, usage = os.wait4(pid, os.WNOHANG)
    if not done:
        by_us = True
        # Not reaped yet, so the number still means this process.
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
    cpu_s = usage.ru_utime + usage.ru_stime
    return ENDED.pack(number, os.waitstatus_to_exitcode(status), by_us, cpu_s, usage.ru_maxrss * 1024)


def _become_submission(
    descriptors: list[int], config: Config, domain: int | None, program: bytes, zygote: int, seeds: Seeds
) -> NoReturn:
    """In a new process: take the last layers, then serve the submission."""
    try:
        kernel.die_with(zygote)
        # 0 is empty already. Numbers above those that are wanted, so that none is overwritten before it is moved.
        moved = [os.dup2(descriptor, 50 + place) for place, descriptor in enumerate(descriptors)]
        for source, target in zip((moved[2], moved[2], moved[0], moved[1]), (1, 2, 3, 4), strict=True):
            os.dup2(source, target)
        if domain is not None:
            landlock.enforce(domain)
        kernel.close_from(5)
        limits = {resource.RLIMIT_AS: config.memory_bytes, resource.RLIMIT_CPU: config.cpu_s}
        kernel.set_limits({**limits, resource.RLIMIT_NOFILE: MAX_DESCRIPTORS})
        seccomp.enforce(program)
    # Whatever went wrong: without all its layers this process must not read a byte of a submission.
    except BaseException as error:  # noqa: BLE001
        os.write(2, f"a layer could not be set: {error}\n".encode())
        os._exit(1)
    # From here on nothing in this process is believed any more.
    serve.serve(serve.Pipes(3, 4), seeds)
