"""Mistakes that have a name: each function makes just one."""

import numpy as np


def down_the_columns(Z):
    """Normalise each column."""
    Z = np.asarray(Z, dtype=np.float64)
    shifted = np.exp(Z - Z.max(axis=0, keepdims=True))
    return shifted / shifted.sum(axis=0, keepdims=True)


def over_all_entries(Z):
    """Normalise all entries together."""
    Z = np.asarray(Z, dtype=np.float64)
    shifted = np.exp(Z - Z.max())
    return shifted / shifted.sum()
