"""Workers of an audit do not outlive it."""

import os
import select
import signal
import subprocess
import sys

import pytest

ROUNDS = """
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from grader.audit.crew import _settle

if __name__ == "__main__":
    pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_settle)
    print(pool.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells when somebody else's child ends")
def test_a_worker_ends_with_an_audit_that_is_killed(tmp_path):
    (script := tmp_path / "audit.py").write_text(ROUNDS, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as audit:
        worker = os.pidfd_open(int(audit.stdout.readline()))
        try:
            assert not select.select([worker], [], [], 0)[0]
            audit.send_signal(signal.SIGKILL)
            assert select.select([worker], [], [], 60)[0]
        finally:
            os.close(worker)
