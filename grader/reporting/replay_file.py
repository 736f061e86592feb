"""One case that was run again, as arrays in a file for a debugger: a numpy ``.npz`` without pickles."""

import io
import zipfile

import numpy as np

from grader.model.case import Array
from grader.model.outcome import Returned
from grader.model.replay import Replayed


def replay_arrays(replayed: Replayed) -> dict[str, Array]:
    """Return a replay's arrays by the names that they have in a file.

    Parameters
    ----------
    replayed : Replayed
        The case.

    Returns
    -------
    dict of str to ndarray
        Inputs under their arguments' names (``input_NAME`` where that is taken); ``got_NAME`` as it came back, absent
        where no numbers did; ``expected_NAME``; ``unit_NAME``, what one rounding is worth at each entry.
    """
    arrays: dict[str, Array] = {}
    if isinstance(replayed.outcome, Returned):
        for due, value in zip(replayed.due, replayed.outcome.values, strict=True):
            arrays[f"got_{due.name}"] = value
    for due in replayed.due:
        arrays[f"expected_{due.name}"] = due.expected
        arrays[f"unit_{due.name}"] = due.unit
    inputs: dict[str, Array] = {}
    arguments = {name for name, _ in replayed.case.arguments}
    for name, value in replayed.case.arguments:
        free = name
        while free in arrays or (free != name and free in arguments):
            free = f"input_{free}"
        inputs[free] = value
    return inputs | arrays


def to_npz(replayed: Replayed) -> bytes:
    """Return a replay's arrays as the bytes of an ``.npz`` file: the same replay gives the same bytes.

    Parameters
    ----------
    replayed : Replayed
        The case.

    Returns
    -------
    bytes
        ``numpy.load(file)`` reads them, with pickles refused as it does by default.
    """
    # numpy.savez takes names as keywords, so that an argument called `file` could not be saved, and stamps the time.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in replay_arrays(replayed).items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    return buffer.getvalue()
