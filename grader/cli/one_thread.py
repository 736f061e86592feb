"""One thread a process for linear algebra, set before numpy is imported."""

import os


def one_thread() -> None:
    """Have numpy's libraries use one thread in this process and in those that it starts.

    Notes
    -----
    One thread a process is faster for the small matrices of homework; the sandbox's workers use the other cores. What
    the environment already says is left as it is.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
