"""The frames between the grader and a submission's process: a fixed little-endian head, then fields of exact lengths.

Both sides use this codec, and neither believes the other: whatever the bytes are, decoding yields plain numbers, text
and arrays of numbers or raises ``WireError``. It never un-pickles and never allocates more than the frame's own bytes.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MAGIC = b"GRF1"
HEADER = struct.Struct("<4sBxxxIQQ")
"""Magic, kind, three zero bytes, index of the exchange, nonce of the exchange, bytes of the body."""
MAX_DIMENSIONS = 32
"""What every supported numpy can hold (``NPY_MAXDIMS`` was 32 until numpy 2)."""
MAX_TEXT_BYTES = 8_000
"""Of one text that a submission's process sends: 2000 characters of at most 4 bytes in UTF-8."""
SMALL_BYTES = 1 << 12
"""Of an array that is sooner copied than looked at in its place."""
SMALL_HEADS = 1 << 8
"""Bytes of the heads of a list of arrays whose meaning is kept."""
MAX_ITEMS = 4_096
"""Of one list in a frame."""
DTYPES: tuple[str, ...] = (
    "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16",
)  # fmt: skip
"""What a number may be; the place in this tuple is its code on the wire."""
_DTYPES = tuple(np.dtype(name) for name in DTYPES)
CODES = {dtype: code for code, dtype in enumerate(_DTYPES)}
"""The same backwards."""
CALL = struct.Struct("<IQ?I")
"""Of a call: how many values are due, seed, whether the arguments are to come back, bytes of the function's name."""
U32 = struct.Struct("<I")
ARRAYS = tuple(struct.Struct(f"<BB{n}Q") for n in range(MAX_DIMENSIONS + 1))
"""The head of an array (its dtype's code, how many dimensions it has, the lengths), by how many dimensions."""


class WireError(Exception):
    """The bytes are not a frame of this protocol; the text says in what way."""


class Kind(IntEnum):
    """What a frame says. Those below 16 go down to the submission's process, the others come up."""

    JOB = 1
    CALL = 2
    READY = 16
    LOADED = 17
    RETURNED = 18
    RAISED = 19
    NOT_NUMERIC = 20
    MISSING = 21
    NOT_CALLABLE = 22
    OUT_OF_MEMORY = 23
    TOO_LARGE = 24


KINDS = {int(kind): kind for kind in Kind}
"""By the byte that stands for it."""


# Not frozen: one is made for each answer, and freezing takes longer than reading it.
@dataclass(slots=True)
class Header:
    """The head of a frame, checked.

    Parameters
    ----------
    kind : Kind
        What the frame says.
    index, nonce : int
        Which exchange it belongs to.
    length : int
        Bytes of the body that follow.
    """

    kind: Kind
    index: int
    nonce: int
    length: int


def read_header(data: bytes | bytearray, *, max_body: int) -> Header:
    """Decode the head of a frame.

    Parameters
    ----------
    data : bytes
        Just ``HEADER.size`` bytes.
    max_body : int
        The most bytes that the body may have.

    Returns
    -------
    Header
        Checked: a known kind and a body within the cap.

    Raises
    ------
    WireError
        For anything else.
    """
    if len(data) != HEADER.size:
        msg = "a frame's head was cut short"
        raise WireError(msg)
    magic, kind, index, nonce, length = HEADER.unpack(data)
    # struct skips the padding, but a strict head has one form only.
    if magic != MAGIC or data[5:8] != b"\0\0\0":
        msg = "the bytes are not a frame"
        raise WireError(msg)
    known = KINDS.get(kind)
    if known is None:
        msg = f"a frame has the unknown kind {kind}"
        raise WireError(msg)
    if length > max_body:
        msg = f"a frame announces {length:,} bytes; {max_body:,} are allowed"
        raise WireError(msg)
    return Header(known, index, nonce, length)


def frame(kind: Kind, *, index: int, nonce: int, body: Sequence[bytes | memoryview] = ()) -> bytes:
    """Return one frame.

    Parameters
    ----------
    kind : Kind
        What it says.
    index, nonce : int
        Which exchange it belongs to.
    body : sequence of bytes or memoryview
        Encoded fields.

    Returns
    -------
    bytes
        Head and body.
    """
    length = sum(map(len, body))
    return b"".join((HEADER.pack(MAGIC, kind, index, nonce, length), *body))


# Encoding: each function returns the bytes of one field ---------------------------------------------------------------


def put_u32(number: int) -> bytes:
    """Return a whole number below 2**32."""
    return U32.pack(number)


def put_u64(number: int) -> bytes:
    """Return a whole number below 2**64."""
    return struct.pack("<Q", number)


def put_f64(number: float) -> bytes:
    """Return a floating-point number."""
    return struct.pack("<d", number)


def put_text(text: str) -> bytes:
    """Return a text; what UTF-8 cannot say (half a surrogate pair) becomes a question mark."""
    data = text.encode("utf-8", "replace")
    return put_u32(len(data)) + data


def put_texts(texts: Iterable[str]) -> bytes:
    """Return a list of texts."""
    fields = [put_text(text) for text in texts]
    return put_u32(len(fields)) + b"".join(fields)


def put_call(function: str, *, returns: int, seed: int, want_inputs: bool) -> bytes:
    """Return a call, but for its arguments.

    Parameters
    ----------
    function : str
        Its name.
    returns : int
        How many values are due.
    seed : int
        From 0 to below 2**64.
    want_inputs : bool
        Whether the arguments are to come back.

    Returns
    -------
    bytes
    """
    name = function.encode("utf-8")
    return CALL.pack(returns, seed, want_inputs, len(name)) + name


def array_fields(arrays: Sequence[Array]) -> list[bytes | memoryview]:
    """Return a list of arrays in parts, of which large ones are not copied.

    Parameters
    ----------
    arrays : sequence of ndarray
        Of bool, integer, float16 to float64 or complex64 to complex128 dtype, any byte order and layout.

    Returns
    -------
    list of bytes or memoryview
        The bytes of all heads together; each array's head, which is its dtype's code, how many dimensions, the lengths;
        then the elements of one array after the other, little-endian, in C order.

    Raises
    ------
    WireError
        If a dtype cannot be sent, or there are too many dimensions.
    """
    heads: list[bytes] = []
    elements: list[bytes | memoryview] = []
    for each in arrays:
        array = each
        code = CODES.get(array.dtype)
        if code is None:
            little = array.dtype.newbyteorder("<")
            code = CODES.get(little)
            array = array if code is None else array.astype(little)
        shape = array.shape
        if code is None or len(shape) > MAX_DIMENSIONS:
            msg = f"an array of dtype {array.dtype} with {array.ndim} dimensions cannot be sent"
            raise WireError(msg)
        heads.append(ARRAYS[len(shape)].pack(code, len(shape), *shape))
        if array.nbytes <= SMALL_BYTES:
            elements.append(array.tobytes())
        else:
            # ascontiguousarray would turn 0-d into 1-d: the shape is taken from the array itself.
            elements.append(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    head = b"".join(heads)
    return [U32.pack(len(head)), head, *elements]


def put_arrays(arrays: Sequence[Array]) -> bytes:
    """Return a list of arrays; raises WireError like `array_fields`."""
    return b"".join(array_fields(arrays))


# Decoding -------------------------------------------------------------------------------------------------------------


class _Layout(NamedTuple):
    """What the heads of a list of arrays announce: of each its shape, dtype and where it begins; the bytes of all."""

    arrays: tuple[tuple[tuple[int, ...], np.dtype[Any], int], ...]
    size: int
    truth_values: bool


def _layout(heads: bytes) -> _Layout:
    """Read the heads of a list of arrays; raises WireError if one is cut short or announces what cannot be."""
    at = begins = 0
    arrays: list[tuple[tuple[int, ...], np.dtype[Any], int]] = []
    while at < len(heads):
        # A single byte of a head has no second one.
        code, dimensions = heads[at], heads[at + 1] if at + 1 < len(heads) else MAX_DIMENSIONS + 1
        if code >= len(DTYPES) or dimensions > MAX_DIMENSIONS:
            msg = f"an array has dtype code {code} and {dimensions} dimensions"
            raise WireError(msg)
        if at + ARRAYS[dimensions].size > len(heads):
            msg = "the head of an array was cut short"
            raise WireError(msg)
        _, _, *lengths = ARRAYS[dimensions].unpack_from(heads, at)
        dtype = _DTYPES[code]
        # Python's whole numbers do not overflow. An empty array may not hide a length that numpy could not hold either.
        size = prod(lengths) * dtype.itemsize
        if size == 0 and prod(n or 1 for n in lengths) * dtype.itemsize > 1 << 31:
            msg = f"an array announces the shape {tuple(lengths)} of {dtype}, of which numpy can hold none"
            raise WireError(msg)
        if len(arrays) == MAX_ITEMS:
            msg = f"a list announces more than {MAX_ITEMS:,} arrays"
            raise WireError(msg)
        arrays.append((tuple(lengths), dtype, begins))
        at += ARRAYS[dimensions].size
        begins += size
    return _Layout(tuple(arrays), begins, any(dtype.kind == "b" for _, dtype, _ in arrays))


_layout_again = lru_cache(maxsize=1024)(_layout)
"""The same for heads of a few bytes: of a rubric, there are some dozens, but a submission may send any."""


class Fields:
    """Reads the fields of a body one after the other.

    Parameters
    ----------
    body : bytes or bytearray
        Just the announced bytes.
    max_text : int
        The most bytes that one text may have.
    """

    def __init__(self, body: bytes | bytearray | memoryview, *, max_text: int = MAX_TEXT_BYTES) -> None:
        self._body = memoryview(body).toreadonly()
        self._size = len(body)
        self._at = 0
        self._max_text = max_text

    def _skip(self, count: int) -> int:
        """Return where a field of so many bytes begins, and go past it."""
        at = self._at
        self._at = end = at + count
        if end > self._size:
            msg = "a frame's body was cut short"
            raise WireError(msg)
        return at

    def _take(self, count: int) -> memoryview:
        at = self._skip(count)
        return self._body[at : at + count]

    def end(self) -> None:
        """Check that nothing is left.

        Raises
        ------
        WireError
            If bytes are left.
        """
        if self._at != self._size:
            msg = f"a frame has {self._size - self._at:,} bytes too many"
            raise WireError(msg)

    def u32(self) -> int:
        """Return a whole number below 2**32; raises WireError if the body is cut short."""
        number: int = U32.unpack_from(self._body, self._skip(4))[0]
        return number

    def call(self) -> tuple[str, int, int, bool]:
        """Return what `put_call` was given; raises WireError like `text`."""
        returns, seed, want_inputs, length = CALL.unpack_from(self._body, self._skip(CALL.size))
        return self._text(length), returns, seed, want_inputs

    def u64(self) -> int:
        """Return a whole number below 2**64; raises WireError if the body is cut short."""
        return int.from_bytes(self._take(8), "little")

    def f64(self) -> float:
        """Return a floating-point number; raises WireError if the body is cut short."""
        number: float = struct.unpack("<d", self._take(8))[0]
        return number

    def text(self) -> str:
        """Return a text; raises WireError if it is too long, cut short or not UTF-8."""
        return self._text(self.u32())

    def _text(self, length: int) -> str:
        if length > self._max_text:
            msg = f"a text announces {length:,} bytes; {self._max_text:,} are allowed"
            raise WireError(msg)
        try:
            return str(self._take(length), "utf-8")
        except UnicodeDecodeError as error:
            msg = "a text is not UTF-8"
            raise WireError(msg) from error

    def count(self) -> int:
        """Return the length of a list; raises WireError if it is too long or cut short."""
        count = self.u32()
        if count > MAX_ITEMS:
            msg = f"a list announces {count:,} items; {MAX_ITEMS:,} are allowed"
            raise WireError(msg)
        return count

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts; raises WireError like `text` and `count`."""
        return tuple(self.text() for _ in range(self.count()))

    def arrays(self) -> tuple[Array, ...]:
        """Return a list of arrays: read-only, views of the body.

        Returns
        -------
        tuple of ndarray
            Little-endian, C order, at most 32 dimensions.

        Raises
        ------
        WireError
            If the list is too long, or a dtype, the dimensions, the byte count or a truth value is not allowed.
        """
        length = self.u32()
        if length > MAX_ITEMS * ARRAYS[MAX_DIMENSIONS].size:
            msg = f"the heads of a list of arrays announce {length:,} bytes"
            raise WireError(msg)
        at = self._skip(length)
        heads = bytes(self._body[at : at + length])
        layout = _layout_again(heads) if length <= SMALL_HEADS else _layout(heads)
        left = self._size - self._at
        if layout.size > left:
            msg = f"arrays announce {layout.size:,} bytes, but {left:,} are left"
            raise WireError(msg)
        at = self._skip(layout.size)
        body = self._body
        arrays = tuple([np.ndarray(shape, dtype, body, at + begins) for shape, dtype, begins in layout.arrays])
        if layout.truth_values:
            for array in arrays:
                if array.dtype.kind == "b" and array.size and int(array.view(np.uint8).max()) > 1:
                    msg = "a truth value is neither 0 nor 1"
                    raise WireError(msg)
        return arrays
