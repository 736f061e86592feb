"""Where an answer lets its intermediate values be touched.

A caller who perturbs them by a known amount and sees how far the answer moves has measured how much rounding any other
right way of computing the same thing must be allowed.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Tap: TypeAlias = Callable[[str, Array], Array]
"""``tap(name, value)`` returns what the computation goes on with: an array of the same shape and dtype."""


def untapped(name: str, value: Array) -> Array:  # noqa: ARG001 - the signature is that of every tap
    """Return the value itself: the tap that touches nothing.

    Parameters
    ----------
    name : str
        What the intermediate value is.
    value : ndarray
        Any shape.

    Returns
    -------
    ndarray
        The same object.
    """
    return value
