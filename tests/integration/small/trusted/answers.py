"""A trusted module of two tiny problems."""

import numpy as np


def square_sum(x):
    return np.sum(np.asarray(x, dtype=np.float64) ** 2)


def gradient(x):
    return 2 * np.asarray(x, dtype=np.float64)


def column_sums(A):
    return np.sum(np.asarray(A, dtype=np.float64), axis=0, keepdims=True)


def hungry(x):
    raise MemoryError


def fails(x):
    return np.linalg.inv(x)


def without_two(x):
    return np.asarray(x, dtype=np.float64)
