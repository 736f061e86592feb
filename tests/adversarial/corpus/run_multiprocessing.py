"""Starts a worker process."""

import multiprocessing


def attack(x):
    worker = multiprocessing.get_context("fork").Process(target=int)
    worker.start()
    worker.join()
    return 1.0
