"""What was worked out, as bytes for worker processes of our own; no file and no submission makes one."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.numerics.perturbing import Real
from grader.numerics.slope import Slope
from grader.numerics.tangent import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A value with arrays, on its way between processes of the grader.

    Parameters
    ----------
    pickled : bytes
        The value without what its arrays hold.
    buffers : tuple of bytes
        What its arrays hold.
    """

    pickled: bytes
    buffers: tuple[bytes, ...]


def freeze(value: Any) -> Snapshot:
    """Return a value as bytes.

    Parameters
    ----------
    value : object
        Of dataclasses, mappings, tuples, arrays and the like.

    Returns
    -------
    Snapshot
    """
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return Snapshot(pickled=pickled, buffers=tuple(buffer.raw().tobytes() for buffer in buffers))


def thaw(snapshot: Snapshot) -> Any:
    """Return the value that a snapshot was made of.

    Parameters
    ----------
    snapshot : Snapshot
        Made by `freeze` in a process of ours: unpickling runs whatever the bytes say.

    Returns
    -------
    object
        Its arrays cannot be written into, for they stand on bytes.
    """
    return pickle.loads(snapshot.pickled, buffers=snapshot.buffers)  # noqa: S301 - from `freeze`, see above


def without_curves(kept: Mapping[tuple[object, ...], Any]) -> dict[tuple[object, ...], Any]:
    """Return what a `Truth` keeps, with slopes that can be pickled.

    Parameters
    ----------
    kept : mapping
        By what was asked.

    Returns
    -------
    dict
        A slope that is known is never measured again, so the curve it was measured along is not needed any more.
    """
    return {key: _without_curves(value) for key, value in kept.items()}


def _without_curves(value: Any) -> Any:
    if isinstance(value, tuple) and any(isinstance(one, Slope) for one in value):
        return tuple(replace(s, direction=Direction(tangent=s.direction.tangent, curve=_left_behind)) for s in value)
    return value


def _left_behind(t: float) -> Real:
    msg = f"this slope was measured in another process; there is no point at {t:g}"
    raise RuntimeError(msg)
