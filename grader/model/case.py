"""A case: one set of inputs of a problem; and a call: a function's name and its arguments, sent into the sandbox."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.model.naming import DtypeName

Array = NDArray[Any]


def frozen_array(array: Array) -> Array:
    """Return a read-only copy in C order.

    Parameters
    ----------
    array : ndarray
        Any shape and dtype.

    Returns
    -------
    ndarray
        A copy whose ``writeable`` flag is off.
    """
    copy = np.array(array, order="C", copy=True)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One set of inputs.

    Parameters
    ----------
    problem, family : str
        Whose case it is.
    index : int
        Its number within the family, from 0; smallest first.
    dtype : str
        ``"float64"`` or ``"float32"``: of every floating argument.
    sizes : tuple of (str, int)
        What the symbols stand for.
    arguments : tuple of (str, ndarray)
        In the order of the signature; read-only. A scalar is a 0-d array.
    draw : str
        The path of its seed: names the drawn values themselves, whatever number the case is given.
    says : str
        What is special about it; may be empty.
    """

    problem: str
    family: str
    index: int
    draw: str
    dtype: DtypeName
    sizes: tuple[tuple[str, int], ...]
    arguments: tuple[tuple[str, Array], ...]
    says: str = ""

    @property
    def id(self) -> str:
        """The name within the problem, such as ``generic[3]``."""
        return f"{self.family}[{self.index}]"

    @property
    def values(self) -> tuple[Array, ...]:
        """The arguments in order, without their names."""
        return tuple(value for _, value in self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """A function's name and its arguments.

    Parameters
    ----------
    function : str
        The name that the student must define.
    arguments : tuple of ndarray
        In order; a 0-d array is handed over as a numpy scalar.
    returns : int
        How many values are due: 1, or the length of a tuple.
    seed : int
        Seeds ``random`` and ``numpy.random`` before the call, so that nothing depends on the order of calls.
    want_inputs : bool
        True: the arguments as they are after the call come back too.
    """

    function: str
    arguments: tuple[Array, ...]
    returns: int
    seed: int
    want_inputs: bool = False
