"""Laws of archives: nothing leaves them, nothing in them is trusted, and no bytes raise anything but a refusal."""

import contextlib
import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.loading import archive as archives
from grader.loading.archive import RefusedArchiveError, read_archive
from grader.loading.files import Files

MIB = 1 << 20


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, data in entries:
            opened.writestr(name, data)
    return buffer.getvalue()


def read(data: bytes, max_total_bytes: int = 8 * MIB) -> Files:
    return read_archive(io.BytesIO(data), max_total_bytes=max_total_bytes)


def refusal(data: bytes, max_total_bytes: int = 8 * MIB) -> str:
    with pytest.raises(RefusedArchiveError) as caught:
        read(data, max_total_bytes)
    return caught.value.says


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def test_files_come_out_with_their_bytes() -> None:
    files = read(zipped(("b.py", b"b"), ("a10.py", b"x"), ("a9.py", b"y"), ("data.csv", b"1")))
    assert [(f.parts, f.data) for f in files.files] == [(("a9.py",), b"y"), (("a10.py",), b"x"), (("b.py",), b"b")]


def test_a_folder_that_wraps_everything_is_taken_off_once() -> None:
    data = zipped(("hw/", b""), ("hw/in/a.py", b"a"), ("__MACOSX/hw/._a.py", b"junk"), ("hw/.git/x.py", b"no"))
    assert [f.parts for f in read(data).files] == [("in", "a.py")]


def test_a_file_beside_the_folder_keeps_it() -> None:
    assert [f.parts for f in read(zipped(("hw/a.py", b"a"), ("README", b"r"))).files] == [("hw", "a.py")]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a.py", "leads out of the archive"),
        ("a/../../b.py", "leads out of the archive"),
        ("/etc/a.py", "has an absolute path"),
        ("C:/a.py", "has an absolute path"),
        ("c:a.py", "has an absolute path"),
        ("a\\b.py", "uses backslashes in its path"),
        ("..\\a.py", "uses backslashes in its path"),
        ("./a.py", "has an empty or doubtful path"),
        ("a//b.py", "has an empty or doubtful path"),
        ("/".join("abcdefghijklmnopq") + ".py", "lies too deep"),
    ],
)
def test_an_entry_that_is_no_plain_path_is_named_and_refused(name: str, why: str) -> None:
    assert refusal(zipped(("good.py", b""), (name, b"x"))) == f"is refused: its entry `{name}` {why}"


@pytest.mark.parametrize(
    ("mode", "why"),
    [(stat.S_IFLNK | 0o777, "is a symbolic link"), (stat.S_IFIFO | 0o644, "is not a plain file"),
     (stat.S_IFCHR | 0o644, "is not a plain file")],
)  # fmt: skip
def test_links_and_devices_are_refused(mode: int, why: str) -> None:
    assert refusal(zipped((special("a.py", mode), b"/etc/passwd"))) == f"is refused: its entry `a.py` {why}"


def test_a_plain_mode_is_no_fault() -> None:
    assert read(zipped((special("a.py", stat.S_IFREG | 0o644), b"x"), (special("b.py", 0), b"y"))).files[0].data == b"x"


def test_the_name_of_a_refused_entry_is_shown_harmlessly() -> None:
    assert "\x1b" not in refusal(zipped(("\x1b[31m/../a.py", b"")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused() -> None:
    assert refusal(zipped(("a.py", b"1"), ("a.py", b"2"))) == "is refused: its entry `a.py` is there twice"
    assert refusal(zipped(("a.py", b"1"), ("a.py/", b""))) == "is refused: its entry `a.py/` is there twice"


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(zipped(("a.py", b"secret")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refusal(bytes(data)) == "is refused: its entry `a.py` is encrypted"


def test_a_nul_in_a_name_is_refused() -> None:
    data = zipped(("a.pyXb.txt", b"x")).replace(b"a.pyXb.txt", b"a.py\0b.txt")
    assert refusal(data) == "is refused: its entry `a.py\ufffdb.txt` has a NUL character in its name"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_refused(compression: int) -> None:
    says = refusal(zipped(("a.py", b"x"), compression=compression))
    assert says == "is refused: its entry `a.py` is compressed in an unusual way"


def test_a_file_that_is_too_large_is_a_fault_of_that_file_alone() -> None:
    files = read(zipped(("a.py", b"#" * (2 * MIB + 1)), ("b.py", b"x"))).files
    assert [(f.fault, f.data) for f in files] == [("is larger than 2 MiB", b""), ("", b"x")]


def test_a_file_of_just_the_size_allowed_is_read() -> None:
    assert len(read(zipped(("a.py", b"#" * (2 * MIB)))).files[0].data) == 2 * MIB


def test_what_unpacks_to_too_much_is_refused_at_its_entry() -> None:
    data = zipped(*((f"a{i}.py", b"#" * MIB) for i in range(10)))
    assert len(data) < MIB
    assert refusal(data, 3 * MIB) == "is refused: it holds more than 3 MiB, reached at `a3.py`"


def test_files_that_are_too_large_count_too() -> None:
    data = zipped(*((f"a{i}.py", b"#" * (3 * MIB)) for i in range(10)))
    assert refusal(data, 5 * MIB) == "is refused: it holds more than 5 MiB, reached at `a2.py`"


def test_a_size_that_the_header_belittles_is_not_believed() -> None:
    data = bytearray(zipped(("a.py", b"#" * 100_000)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, 10)
    assert refusal(bytes(data)) == "is not a zip archive, or is damaged"


def test_files_that_are_not_read_cannot_be_bombs() -> None:
    assert read(zipped(("big.bin", b"0" * (20 * MIB)), ("a.py", b"x")), MIB).files[0].data == b"x"


def test_too_many_entries_are_counted_before_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 5)
    assert len(read(zipped(*((f"{i}.py", b"") for i in range(5)))).files) == 5
    built: list[object] = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: built.append(1))
    assert refusal(b"PK\x01\x02" * 6) == "holds more than 5 entries"
    assert not built


def test_entries_are_counted_across_blocks() -> None:
    data = b"x" * (MIB - 2) + b"PK\x01\x02" + b"y" * MIB
    assert archives._count_entries(io.BytesIO(data)) == 1


def test_an_entry_without_a_name_is_refused() -> None:
    data = bytearray(zipped(("a", b"")))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 28, 0)
    struct.pack_into("<H", data, at + 30, 1)
    assert refusal(bytes(data)).startswith("is refused: its entry `` has an empty or doubtful path")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 17])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert refusal(data) == "is not a zip archive, or is damaged"


def test_an_empty_archive_holds_nothing() -> None:
    assert read(zipped()).files == ()


def test_names_of_old_archivers_are_read_as_cp437() -> None:
    data = zipped(("n.py", b"x")).replace(b"n.py", b"\x82.py"[:1] + b".py")
    assert read(data).files[0].parts == ("é.py",)


def test_a_damaged_entry_is_refused() -> None:
    data = bytearray(zipped(("a.py", b"x" * 1000), compression=zipfile.ZIP_STORED))
    data[100] ^= 1
    assert refusal(bytes(data)) == "is not a zip archive, or is damaged"


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_damage_to_an_archive_raises_anything_else(data: st.DataObject) -> None:
    whole = bytearray(zipped(("hw/a.py", b"x = 1\n" * 20), ("hw/é/b.ipynb", b"{}"), ("hw/c.zip", b"PK")))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    with contextlib.suppress(RefusedArchiveError):
        read(bytes(whole[: len(whole) - cut]), MIB)


@settings(max_examples=200)
@given(st.binary(max_size=200).map(lambda b: b + b"PK\x05\x06" + b[:18].ljust(18, b"\0")))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with contextlib.suppress(RefusedArchiveError):
        read(data, MIB)
