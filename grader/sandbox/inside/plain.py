"""Level N: a plain process for a person's own code, on any system. It protects from accidents, not from intent."""

import ctypes
import os
import sys

if sys.platform != "win32":
    import resource

from . import importing, serve
from .seeding import Seeds

PR_SET_PDEATHSIG = 1  # linux/prctl.h
SIGKILL = 9  # asm/signal.h


def main(config: dict[str, object]) -> None:
    """Become a submission's process; never returns.

    Parameters
    ----------
    config : dict
        ``packages`` as for `importing.preload`, ``memory_bytes``, ``parent`` (a process id).
    """
    job, result = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    # From here on a submission's standard input is empty, and both its outputs go to the pipe for what it prints.
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    packages, memory_bytes, parent = config["packages"], config["memory_bytes"], config["parent"]
    if not (isinstance(packages, list) and isinstance(memory_bytes, int)):
        msg = "the configuration of a plain process has the wrong form"
        raise TypeError(msg)
    # A plain process may read files: what else a submission wants of the standard library, it imports by itself.
    importing.preload(packages, library=())
    _limit(memory_bytes)
    sys.argv[:] = [""]
    serve.serve(_pipes(job, result, parent), Seeds())


def _limit(memory_bytes: int) -> None:
    if sys.platform == "win32":
        return
    wanted = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory_bytes))
    for what, limit in wanted:
        try:
            resource.setrlimit(what, (limit, limit))
        except (OSError, ValueError):
            # macOS refuses RLIMIT_AS; level N promises no layer, and its report names none.
            continue


def _pipes(job: int, result: int, parent: object) -> serve.Pipes:
    if sys.platform != "linux":
        return serve.WatchedPipes(job, result)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # The parent ended before the line above.
        os._exit(0)
    return serve.Pipes(job, result)
