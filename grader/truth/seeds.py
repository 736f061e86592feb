"""Seeds that belong to names, so that what is drawn depends on nothing but what it is drawn for."""

import hashlib

import numpy as np


def seed_sequence(*parts: str | int) -> np.random.SeedSequence:
    """Return the seed that belongs to a path of names, the same on every machine and in every order.

    Parameters
    ----------
    *parts : str or int
        The path, such as ``(280, "grad_mu", "generic", 3)``.

    Returns
    -------
    numpy.random.SeedSequence
    """
    text = "\x1f".join(str(part) for part in parts)
    return np.random.SeedSequence(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little"))
