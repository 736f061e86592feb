"""Coverage-guided fuzzing of the decoder: inputs that reach new lines of it are kept and changed further."""

import random
import sys
import tracemalloc
from types import FrameType

import numpy as np

from grader.model.case import Call
from grader.model.submission import Chunk, Submission
from grader.sandbox import answers
from grader.sandbox.inside import wire

CALL = Call(function="f", arguments=(np.zeros(2),), returns=1, seed=0, want_inputs=True)
SUBMISSION = Submission(path="a.py", student="a", sha256="", chunks=(Chunk(label="a.py", source="x\n"),))
READER = answers.Reader(SUBMISSION, memory_bytes=1)
CAP = 1 << 16
ROUNDS = 6000
FILES = {wire.__file__, answers.__file__}
INTERESTING = [0, 1, 2, 11, 13, 16, 18, 19, 32, 33, 127, 128, 255]


def decode(data: bytes) -> None:
    """Read a stream as the grader does: a head, its body, and what it says."""
    header = wire.read_header(data[: wire.HEADER.size], max_body=CAP)
    body = bytearray(data[wire.HEADER.size :][: header.length])
    if len(body) < header.length:
        raise wire.WireError("cut short")
    if header.kind is wire.Kind.LOADED:
        READER.failures(body)
    else:
        READER.outcome(header, body, CALL)


def lines_reached(data: bytes) -> set[tuple[str, int]]:
    """Decode, and return the lines of the decoder that ran; whatever is not a WireError gets out."""
    reached: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: object) -> object:
        if frame.f_code.co_filename not in FILES:
            return None
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        decode(data)
    except wire.WireError:
        pass
    finally:
        sys.settrace(before)
    return reached


def changed(data: bytes, draw: random.Random) -> bytes:
    """Return a neighbour of an input: bytes changed, numbers made extreme, pieces cut, doubled or put in."""
    out = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(out) + 1)
        match draw.randrange(5):
            case 0:
                out[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                out[at : at + 1] = bytes([draw.choice(INTERESTING)])
            case 2:
                out[at : at + 8] = draw.choice([0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1]).to_bytes(8, "little")
            case 3:
                del out[at : at + draw.randint(1, 8)]
            case 4:
                out[at:at] = out[at : at + draw.randint(1, 16)]
    if draw.random() < 0.7 and len(out) >= wire.HEADER.size:
        # A true length, or nearly every input would end at its head.
        out[20:28] = (len(out) - wire.HEADER.size).to_bytes(8, "little")
    return bytes(out)


def test_guided_fuzzing_finds_nothing_but_refusals_and_reaches_every_kind():
    draw = random.Random(20)
    corpus = [wire.frame(kind, index=1, nonce=2, body=[bytes(24)]) for kind in wire.Kind]
    array = wire.put_arrays([np.arange(6.0).reshape(2, 3)])
    corpus.append(wire.frame(wire.Kind.RETURNED, index=1, nonce=2, body=[array, array]))
    text = wire.put_text("E") * 3 + wire.put_u32(1)
    corpus.append(wire.frame(wire.Kind.LOADED, index=1, nonce=2, body=[wire.put_u32(1), wire.put_u32(0) + text]))
    reached: set[tuple[str, int]] = set()
    for data in corpus:
        reached |= lines_reached(data)
    seeds = len(reached)
    tracemalloc.start()
    for _ in range(ROUNDS):
        data = changed(draw.choice(corpus), draw)
        new = lines_reached(data) - reached
        if new:
            reached |= new
            corpus.append(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reached) > seeds
    # Twice the cap of a body, and what the fuzzer itself keeps.
    assert peak < 2 * CAP + (1 << 20)
