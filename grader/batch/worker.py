"""A worker process of this machine: opens a sandbox, takes plan and truth, and grades what it is sent."""

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from grader.batch.entry import Entry
from grader.batch.errand import Begin, Did, Errand, Failed, Piece
from grader.batch.journal_error import JournalError
from grader.batch.talks import Talks, Told
from grader.batch.work import Opening, Setup, Task, graded_entry, gradings
from grader.model.isolation import IsolationReport
from grader.sandbox import SandboxFaultError, SandboxUnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The sandbox is open.

    Parameters
    ----------
    isolation : IsolationReport
        What its canary proved.
    """

    isolation: IsolationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The sandbox cannot be opened; the worker ends.

    Parameters
    ----------
    reason, help : str
        As in `SandboxUnavailableError`.
    missing : tuple of str
        Likewise.
    """

    reason: str
    missing: tuple[str, ...] = ()
    help: str = ""


Said: TypeAlias = Ready | Refused | Entry | Told
"""What a worker sends while it grades."""
_Asked: TypeAlias = Setup | Task | Begin | Piece
Heard: TypeAlias = _Asked | Told
"""What a worker is sent."""


def work(connection: Connection, opening: Opening) -> None:
    """Grade what comes until nothing comes any more; the main function of a worker process.

    Parameters
    ----------
    connection : multiprocessing.connection.Connection
        To the grader: one `Setup` and then `Task` objects come, an `Entry` for each goes. What other workers tell comes
        in between, and what this one has to tell goes. In the end an errand may come instead of tasks, part by part.
    opening : Opening
        What the sandbox needs.
    """
    _leave_ctrl_c_to_the_grader()
    inbox: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
    heard: queue.SimpleQueue[Told] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, inbox, heard), daemon=True).start()
    try:
        sandbox = opening.open()
    except SandboxUnavailableError as error:
        connection.send(Refused(reason=error.reason, missing=error.missing, help=error.help))
        return
    except SandboxFaultError as error:
        connection.send(Refused(reason=error.reason))
        return
    # What trusted modules print, they have printed in the grader, for the author of the rubric.
    with sandbox, Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        connection.send(Ready(isolation=sandbox.report))
        setup = inbox.get()
        if isinstance(setup, Begin):
            # Ready when the others had graded everything.
            _run(setup.errand, connection, inbox)
        if not isinstance(setup, Setup):
            msg = "a task came before what it needs"
            raise TypeError(msg)
        grading = setup.grading()
        talks = Talks(*gradings(grading))
        while True:
            task = inbox.get()
            if isinstance(task, Begin):
                _run(task.errand, connection, inbox)
            if not isinstance(task, Task):
                msg = "something else came than a task"
                raise TypeError(msg)
            with contextlib.suppress(queue.Empty):
                while True:
                    talks.hear(heard.get_nowait())
            connection.send(graded_entry(task, grading, setup.manner, sandbox, time.perf_counter))
            told = talks.told()
            if told is not None:
                connection.send(told)


def _run(errand: Errand[Any], connection: Connection, inbox: "queue.SimpleQueue[_Asked]") -> NoReturn:
    """Do parts of an errand; nothing is graded any more."""
    do = errand.begin()
    while True:
        part = inbox.get()
        if not isinstance(part, Piece):
            msg = "something else came than a part"
            raise TypeError(msg)
        try:
            do(part.given)
        except (OSError, JournalError) as error:
            connection.send(Failed(error=error))
        else:
            connection.send(Did())


def _listen(connection: Connection, inbox: "queue.SimpleQueue[_Asked]", heard: "queue.SimpleQueue[Told]") -> None:
    """Take what is sent as soon as it comes, so that the grader never waits; end with the grader.

    Whatever this process is doing then, nobody wants it any more. The zygote ends when its socket closes, and
    everything that it made ends with it.
    """
    try:
        while True:
            came: Heard = connection.recv()
            # What others tell is taken in before the next task, however many of those are waiting.
            if isinstance(came, Told):
                heard.put(came)
            else:
                inbox.put(came)
    except (EOFError, OSError):
        os._exit(0)


def _leave_ctrl_c_to_the_grader() -> None:
    # Ctrl-C goes to every process of the terminal; the grader ends its workers. A handler, unlike SIG_IGN, is not
    # inherited by the sandbox, where student code must find signals as everywhere.
    signal.signal(signal.SIGINT, lambda *_: None)
    if sys.platform != "win32":
        # `local` holds it back until here.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
