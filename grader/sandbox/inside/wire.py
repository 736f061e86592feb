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
from typing import Any

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
MAX_ITEMS = 4_096
"""Of one list in a frame."""
DTYPES: tuple[str, ...] = (
    "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16",
)  # fmt: skip
"""What a number may be; the place in this tuple is its code on the wire."""
_DTYPES = tuple(np.dtype(name) for name in DTYPES)
CODES = {dtype: code for code, dtype in enumerate(_DTYPES)}
"""The same backwards."""
CALL = struct.Struct("<IQ?")
"""Of a call, after its function's name: how many values are due, seed, whether the arguments are to come back."""
U32 = struct.Struct("<I")
ARRAY = struct.Struct("<BB")
"""Of an array: its dtype's code, and how many dimensions it has."""
DIMENSIONS = tuple(struct.Struct(f"<{n}Q") for n in range(MAX_DIMENSIONS + 1))
"""The lengths of an array, by how many there are."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    return Header(kind=known, index=index, nonce=nonce, length=length)


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


def put_array(array: Array) -> tuple[bytes, bytes | memoryview]:
    """Return an array of numbers: its head and its bytes.

    Parameters
    ----------
    array : ndarray
        Of bool, integer, float16 to float64 or complex64 to complex128 dtype, any byte order and layout.

    Returns
    -------
    tuple of bytes and (bytes or memoryview)
        Dtype code, dimensions, lengths; then the elements, little-endian, in C order.

    Raises
    ------
    WireError
        If the dtype cannot be sent, or there are too many dimensions.
    """
    code = CODES.get(array.dtype)
    if code is None:
        little = array.dtype.newbyteorder("<")
        code = CODES.get(little)
        array = array if code is None else array.astype(little)
    if code is None or array.ndim > MAX_DIMENSIONS:
        msg = f"an array of dtype {array.dtype} with {array.ndim} dimensions cannot be sent"
        raise WireError(msg)
    head = ARRAY.pack(code, array.ndim) + DIMENSIONS[array.ndim].pack(*array.shape)
    if array.nbytes <= SMALL_BYTES:
        return head, array.tobytes()
    # ascontiguousarray would turn 0-d into 1-d: the shape is taken from the array itself.
    return head, np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def array_fields(arrays: Sequence[Array]) -> list[bytes | memoryview]:
    """Return a list of arrays in parts, of which large ones are not copied; raises WireError like `put_array`."""
    fields: list[bytes | memoryview] = [U32.pack(len(arrays))]
    for array in arrays:
        fields += put_array(array)
    return fields


def put_arrays(arrays: Sequence[Array]) -> bytes:
    """Return a list of arrays; raises WireError like `put_array`."""
    return b"".join(array_fields(arrays))


# Decoding -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _layout(head: bytes) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Return the shape, the dtype and the bytes of an array by its head; of a rubric, there are some dozens."""
    code, dimensions = ARRAY.unpack_from(head)
    if code >= len(DTYPES) or dimensions > MAX_DIMENSIONS:
        msg = f"an array has dtype code {code} and {dimensions} dimensions"
        raise WireError(msg)
    shape = DIMENSIONS[dimensions].unpack_from(head, ARRAY.size)
    dtype = _DTYPES[code]
    # Python's whole numbers do not overflow. An empty array may not hide a length that numpy could not hold either.
    size = prod(shape) * dtype.itemsize
    if size == 0 and prod(n or 1 for n in shape) * dtype.itemsize > 1 << 31:
        msg = f"an array announces the shape {shape} of {dtype}, of which numpy can hold none"
        raise WireError(msg)
    return shape, dtype, size


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

    def call(self) -> tuple[int, int, bool]:
        """Return what `CALL` holds; raises WireError if the body is cut short."""
        returns, seed, want_inputs = CALL.unpack_from(self._body, self._skip(CALL.size))
        return returns, seed, want_inputs

    def u64(self) -> int:
        """Return a whole number below 2**64; raises WireError if the body is cut short."""
        return int.from_bytes(self._take(8), "little")

    def f64(self) -> float:
        """Return a floating-point number; raises WireError if the body is cut short."""
        number: float = struct.unpack("<d", self._take(8))[0]
        return number

    def text(self) -> str:
        """Return a text; raises WireError if it is too long, cut short or not UTF-8."""
        length = self.u32()
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

    def array(self) -> Array:
        """Return an array: read-only, a view of the body.

        Returns
        -------
        ndarray
            Little-endian, C order, at most 32 dimensions.

        Raises
        ------
        WireError
            If the dtype, the dimensions, the byte count or a truth value is not allowed.
        """
        at = self._skip(2)
        self._skip(8 * min(self._body[at + 1], MAX_DIMENSIONS))
        shape, dtype, size = _layout(bytes(self._body[at : self._at]))
        left = self._size - self._at
        if size > left:
            msg = f"an array announces the shape {shape} of {dtype}, but {left:,} bytes are left"
            raise WireError(msg)
        array: Array = np.ndarray(shape, dtype, self._body, self._skip(size))
        if dtype.kind == "b" and size and int(array.view(np.uint8).max()) > 1:
            msg = "a truth value is neither 0 nor 1"
            raise WireError(msg)
        return array

    def arrays(self) -> tuple[Array, ...]:
        """Return a list of arrays; raises WireError like `array` and `count`."""
        return tuple([self.array() for _ in range(self.count())])
