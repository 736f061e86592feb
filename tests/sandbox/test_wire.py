"""The codec: what is put comes out again, and whatever else comes in is refused without being believed."""

import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox.inside import wire

CAP = 1 << 20
KINDS = [*wire.DTYPES, ">f8", ">i4", ">c16"]
ARRAYS = st.sampled_from(KINDS).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
)


def fields(*parts: bytes) -> wire.Fields:
    return wire.Fields(b"".join(parts))


@given(ARRAYS)
def test_an_array_comes_out_as_it_went_in(array):
    reader = fields(wire.put_arrays([array]))
    (out,) = reader.arrays()
    reader.end()
    assert out.shape == array.shape
    assert out.dtype == array.dtype.newbyteorder("<")
    assert out.tobytes() == array.astype(array.dtype.newbyteorder("<")).tobytes()
    assert not out.flags.writeable


@given(st.text(max_size=500))
def test_text_comes_out_as_it_went_in_but_for_half_pairs(text):
    assert fields(wire.put_text(text)).text() == text.encode("utf-8", "replace").decode()


def test_half_a_surrogate_pair_can_be_sent():
    assert fields(wire.put_text("a\ud800b")).text() == "a?b"


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.floats(allow_nan=False))
def test_numbers_come_out_as_they_went_in(small, large, real):
    reader = fields(wire.put_u32(small), wire.put_u64(large), wire.put_f64(real))
    assert (reader.u32(), reader.u64(), reader.f64()) == (small, large, real)


@given(st.sampled_from(list(wire.Kind)), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=99))
def test_a_frame_says_what_it_was_made_of(kind, index, nonce, body):
    data = wire.frame(kind, index=index, nonce=nonce, body=[body])
    header = wire.read_header(data[: wire.HEADER.size], max_body=99)
    assert header == wire.Header(kind=kind, index=index, nonce=nonce, length=len(body))
    assert data[wire.HEADER.size :] == body


@given(st.binary(min_size=0, max_size=wire.HEADER.size + 2))
def test_a_head_is_checked_or_refused(data):
    try:
        header = wire.read_header(data, max_body=CAP)
    except wire.WireError:
        return
    assert header.length <= CAP
    assert wire.frame(header.kind, index=header.index, nonce=header.nonce)[:20] == data[:20]


def read_anything(reader: wire.Fields, order: list[str]) -> None:
    for what in order:
        getattr(reader, what)()
    reader.end()


READERS = st.lists(st.sampled_from(["u32", "u64", "f64", "text", "count", "texts", "call", "arrays"]), max_size=6)


@settings(max_examples=500)
@given(st.binary(max_size=400), READERS)
def test_any_bytes_are_read_or_refused_and_nothing_else(body, order):
    try:
        read_anything(wire.Fields(body), order)
    except wire.WireError:
        return


@settings(max_examples=500)
@given(
    st.lists(ARRAYS, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
)
def test_true_bodies_with_wrong_bytes_are_read_or_refused_and_nothing_else(arrays, changes):
    body = bytearray(wire.put_arrays(arrays))
    for place, value in changes:
        body[place % len(body)] = value
    try:
        out = wire.Fields(body).arrays()
    except wire.WireError:
        return
    assert sum(array.nbytes for array in out) <= len(body)


@settings(max_examples=300)
@given(
    st.integers(0, 255), st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**31, 2**62, 2**63]), max_size=40)
)
def test_no_announced_shape_makes_the_reader_allocate(code, shape):
    head = struct.pack(f"<BB{len(shape)}Q", code, min(len(shape), 255), *shape)
    body = wire.put_u32(len(head)) + head + bytes(64)
    tracemalloc.start()
    try:
        wire.Fields(body).arrays()
    except wire.WireError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1 << 17


BAD_ARRAYS = {
    "dtype": (struct.pack("<BB", len(wire.DTYPES), 0), 16),
    "dimensions": (struct.pack("<BB33Q", 11, 33, *[1] * 33), 8),
    "cut head": (struct.pack("<BBI", 11, 2, 1), 16),
    "cut short head": (b"\x0b", 16),
    "cut data": (struct.pack("<BBQ", 11, 1, 2), 15),
    "cut data of the second": (struct.pack("<BBQBBQ", 11, 1, 1, 11, 1, 1), 15),
    "overflow": (struct.pack("<BB2Q", 11, 2, 1 << 63, 2), 16),
    "overflow to zero": (struct.pack("<BB2Q", 11, 2, 1 << 32, 1 << 32), 16),
    "empty giant": (struct.pack("<BB2Q", 11, 2, 0, 1 << 40), 16),
    "truth": (struct.pack("<BB", 0, 0), 0),
    "too many": (struct.pack("<BBQ", 11, 1, 0) * (wire.MAX_ITEMS + 1), 0),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_what_is_no_array_is_refused(case):
    head, rest = BAD_ARRAYS[case]
    with pytest.raises(wire.WireError):
        wire.Fields(wire.put_u32(len(head)) + head + b"\2" * (rest + (case == "truth"))).arrays()


def test_heads_that_end_behind_the_body_are_refused():
    with pytest.raises(wire.WireError):
        wire.Fields(wire.put_u32(11)).arrays()
    with pytest.raises(wire.WireError, match="announce"):
        wire.Fields(wire.put_u32(2**32 - 1)).arrays()


def test_heads_of_any_length_are_read_the_same():
    arrays = [np.full((1, 1, 1), n) for n in range(100)]
    assert len(arrays) * 26 > wire.SMALL_HEADS
    for some in (arrays[:2], arrays):
        reader = fields(wire.put_arrays(some))
        assert [array.item() for array in reader.arrays()] == list(range(len(some)))
        reader.end()


def test_a_call_comes_out_as_it_went_in():
    reader = fields(wire.put_call("größe", returns=3, seed=2**64 - 1, want_inputs=True))
    assert reader.call() == ("größe", 3, 2**64 - 1, True)
    reader.end()


BAD_HEADS = {
    "short": wire.frame(wire.Kind.READY, index=0, nonce=0)[:-1],
    "long": wire.frame(wire.Kind.READY, index=0, nonce=0) + b"x",
    "magic": b"X" + wire.frame(wire.Kind.READY, index=0, nonce=0)[1:],
    "kind": wire.HEADER.pack(wire.MAGIC, 3, 0, 0, 0),
    "length": wire.HEADER.pack(wire.MAGIC, 16, 0, 0, CAP + 1),
    "largest length": wire.HEADER.pack(wire.MAGIC, 16, 0, 0, 2**64 - 1),
    "padding": b"GRF1\x10\x01" + bytes(22),
}


@pytest.mark.parametrize("case", BAD_HEADS)
def test_what_is_no_head_is_refused(case):
    with pytest.raises(wire.WireError):
        wire.read_header(BAD_HEADS[case], max_body=CAP)


def test_lists_and_texts_beyond_their_caps_are_refused():
    with pytest.raises(wire.WireError, match="items"):
        wire.Fields(wire.put_u32(wire.MAX_ITEMS + 1)).count()
    with pytest.raises(wire.WireError, match="text announces"):
        wire.Fields(wire.put_u32(wire.MAX_TEXT_BYTES + 1) + bytes(wire.MAX_TEXT_BYTES + 1)).text()
    with pytest.raises(wire.WireError, match="UTF-8"):
        wire.Fields(wire.put_u32(1) + b"\xff").text()
    with pytest.raises(wire.WireError, match="too many"):
        wire.Fields(b"x").end()


@pytest.mark.parametrize("dtype", ["O", "U3", "S3", "M8[s]", "V4", np.longdouble])
def test_what_is_not_a_number_is_not_sent(dtype):
    with pytest.raises(wire.WireError):
        wire.array_fields([np.zeros(2, dtype=dtype)])
