"""Runs student code in processes that hold no answer, and brings back facts: numbers, errors, limits reached.

Theory of operation
-------------------
Three kinds of process. The *grader* (this one) holds the reference, every submission and every score, and never runs
student code. It starts a *zygote* with exec, never with fork, so that nothing of its memory can be inherited: a fresh
interpreter, an environment built from scratch, one socket and no other descriptor. The zygote imports numpy and the
listed packages, gives up everything that it does not need itself, and from then on does two things: fork a *child*
for one submission, and end one. A child serves one submission until it is killed. At level N there is no zygote: the
child is an interpreter of its own.

::

    grader ------ control socket ------> zygote      "fork" (with the ends of three pipes), "end"
       |                                   | fork
       +-- job pipe ---------------------> child     source, then calls, one or many in a frame
       +-- result pipe <------------------ child     one frame for each: numbers, or what happened instead
       +-- output pipe <------------------ child     what the submission prints

What confines a child, in the order in which it is put on (`inside.zygote`, `inside.kernel`, `inside.namespaces`,
`inside.landlock`, `inside.seccomp`):

1. In the zygote, once: single-threaded (checked: filters and namespaces are a thread's own); first victim when memory
   runs out; at level A its own mount, process, network, IPC and UTS namespaces (with a user namespace where it is not
   root) and a root folder that holds nothing but the readable files, read-only; root becomes an unprivileged user,
   the bounding set and all capabilities are emptied; not dumpable; resource limits; no_new_privs; at A and B a
   Landlock ruleset under which only the standard library's own entries and the listed packages can be read; a seccomp
   allow-list.
2. In each child, after the fork: killed with its zygote; its pipes become descriptors 1 to 4 and all others are
   closed; a Landlock domain of its own; address space and CPU seconds; a second, small seccomp filter that takes away
   what only the zygote needs (fork, signals to others, messages, Landlock, prctl). A step that fails ends the child
   before it has read a byte of a submission: it has not said READY, so the fault is ours.

Landlock bounds which files can be opened and seccomp which calls can be made; neither is enough alone. Level B is A
without namespaces; level C has no Landlock and refuses every open instead, so modules come from memory
(`inside.importing`).

Why a forged frame is harmless. Student code can do to its child whatever it likes: patch the codec, write frames by
itself. So a frame can say nothing but "these numbers" or "this error"; there is no "passed" in the protocol, and
whatever decides marks (the verdict, the time, whether inputs were changed) is worked out in the grader. What a frame
says is checked: a known kind, the index and the fresh nonce of the question, exact lengths in whole numbers of
Python, dtypes from a list, byte caps, no pickle (`inside.wire`, `answers`). Bytes before the question, after the
answer or of any other form make the outcome Malformed. The calls of one frame share its nonce: whoever answers the
later ones before they are made has said wrong numbers sooner, and nothing else. Source
lines in messages come from the grader's own copy.

Limits. Seconds on the clock are counted by the grader, and what exceeds them is killed from outside; CPU seconds,
memory and open files by the kernel. Output beyond its cap is read and thrown away, so that nothing waits for a full
pipe.

Ends. A session kills its child without asking. A child that crashed or was killed is replaced at the next call, so
one endless loop costs one answer. Processes of the zygote's die with it (PDEATHSIG; at A the kernel clears the whole
process namespace), and the zygote ends when its socket closes, that is, with the grader. A zygote that dies is
replaced; after three deaths on one submission that submission is `SandboxFaultError`: our fault, not graded, and the
rest goes on.

Proof. Nothing is believed because a call returned 0. Whenever a sandbox is opened, a canary (`canary`) tries from
inside what no submission may do; a level counts only if everything was refused and honest work still works.

Threads. A sandbox belongs to one thread at a time; several may be open in several threads. Nothing here is global,
nothing forks, no signal handler is set; opening a confined sandbox makes the grader's process not dumpable, for good.
The thread that opened a level-N sandbox's sessions has to outlive them (PDEATHSIG is tied to a thread).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.sandbox.account import Loaded, Printed, Usage
    from grader.sandbox.answers import ChunkFailure
    from grader.sandbox.errors import SandboxFaultError, SandboxUnavailableError
    from grader.sandbox.opening import Isolation, LevelProbe, Sandbox, open_sandbox, plain_sandbox, probe
    from grader.sandbox.session import Session

__all__ = [
    "ChunkFailure",
    "Isolation",
    "LevelProbe",
    "Loaded",
    "Printed",
    "Sandbox",
    "SandboxFaultError",
    "SandboxUnavailableError",
    "Session",
    "Usage",
    "open_sandbox",
    "plain_sandbox",
    "probe",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for: a process can be started (`launch`) before numpy and the rest are there."""
    for module in ("errors", "answers", "session", "opening"):
        if name in __all__ and hasattr(found := import_module(f"{__name__}.{module}"), name):
            return getattr(found, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
