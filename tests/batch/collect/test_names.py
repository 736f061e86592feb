"""Laws of ids: unique, the same in every run and every larger class, and a file's name on every system."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.collect import collect
from grader.batch.collect.assemble import assemble
from grader.batch.collect.found import Recognised
from grader.batch.collect.names import compared, name_keys, safe_id, tidy
from grader.batch.collect.sources.plain import read_plain
from grader.batch.collect.times import time_of
from grader.batch.collect.tree import Base
from grader.model.handin import Collection
from tests.batch.collect.downloads import BOTH, fill

DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}
HARD = st.sampled_from(
    [
        "con",
        "CON",
        "nul.txt",
        "com1",
        "COM¹",
        "..",
        ".",
        "-rf",
        "a.",
        "a ",
        " ",
        "Jane Doe",
        "jané",
        "jane\u0301",
        "JANÉ",
        "😀",
        "\u202eevil",
        "ﬁ",
        "fi",
        "ß",
        "ss",
        "İ",
        "i̇",
        "x" * 500,
        "字" * 200,
        "a/b",
        "a:b",
        "~",
        "\udc80",
        "\u200d",
        "'",
    ]
)
NAMES = st.one_of(st.text(min_size=1, max_size=40), HARD)
# What no file system of the three takes, or gives a meaning to.
FORBIDDEN = set("<>:\"/\\|?*~$&`'; \t\n")


def is_safe(name: str) -> bool:
    return (
        0 < len(name.encode("utf-8")) <= 240
        and not FORBIDDEN & set(name)
        and name[0] not in "-.~"
        and name[-1] not in ". "
        and name.partition(".")[0].casefold() not in DEVICES
        and all(unicodedata.category(c)[0] in "LMN" or c in "-_." for c in name)
    )


@given(NAMES, st.one_of(st.just(""), NAMES))
def test_an_id_is_a_file_name_on_every_system(label, mark):
    name = safe_id(label, mark, f"{label} {mark}")
    assert is_safe(name)
    # As macOS decomposes it and Windows folds it, it is still itself.
    assert unicodedata.normalize("NFC", unicodedata.normalize("NFD", name)) == name


def class_of(names) -> Collection:
    files = tuple((f"{name}.py",) for name in names)
    recognised: Recognised = read_plain(Base(names=("class",), at=(), files=files))
    return assemble(recognised, None, "").collection


def as_composed(name):
    return unicodedata.normalize("NFC", name)


@given(st.lists(NAMES, min_size=1, max_size=12, unique_by=as_composed), st.data())
def test_ids_are_unique_and_do_not_change_with_the_class(names, data):
    large = class_of(names)
    ids = [hand_in.id for hand_in in large.hand_ins]
    assert len({unicodedata.normalize("NFD", id_).casefold() for id_ in ids}) == len(names)
    assert len({s.id for s in large.students}) == len(names)
    assert ids == [hand_in.id for hand_in in class_of(data.draw(st.permutations(names))).hand_ins]
    small = class_of(data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
    assert {(h.path, h.id) for h in small.hand_ins if "\ufffd" not in h.path} <= {
        (h.path, h.id) for h in large.hand_ins
    }


@given(st.lists(NAMES, min_size=1, max_size=12, unique=True))
def test_a_class_of_any_names_is_the_same_after_json(names):
    collection = class_of(names)
    assert Collection.model_validate_json(collection.model_dump_json()) == collection


@pytest.mark.parametrize(
    ("label", "mark", "is_"),
    [
        ("jdoe", "", "jdoe"),
        ("jane.doe", "", "jane.doe"),
        ("王芳", "125", "王芳-125"),
        ("doejane", "123", "doejane-123"),
        ("", "123", "123"),
        ("o-brien", "", "o-brien"),
    ],
)
def test_a_plain_name_stays_as_it_is(label, mark, is_):
    assert safe_id(label, mark, "identity") == is_


@pytest.mark.parametrize(
    ("label", "begins"), [("Jane Doe", "jane-doe-"), ("nul", "nul-"), ("CON.txt", "con-txt-"), ("😀", "")]
)
def test_where_something_is_lost_a_digest_follows(label, begins):
    name = safe_id(label, "", label)
    assert name.startswith(begins)
    assert len(name) == len(begins) + 8
    assert name != safe_id(label, "", label + " of another")


@given(NAMES)
def test_tidying_and_comparing_once_is_enough(name):
    assert tidy(tidy(name)) == tidy(name)
    assert compared(compared(name)) == compared(name)


def test_a_turned_name_is_the_same_name():
    assert name_keys("Doe, Jane") == name_keys("Jane Doe") == name_keys("jane  DOE")
    assert name_keys("Doe,") != name_keys("Doe")


def test_names_that_only_case_tells_apart_are_two_students(tmp_path):
    folder = fill(tmp_path, {"jane/a.py": BOTH, "Jane/a.py": BOTH})
    if len(list(folder.iterdir())) < 2:
        pytest.skip("this file system does not tell them apart")
    ids = [h.id.casefold() for h in collect(folder, shown="class").collection.hand_ins]
    assert len(set(ids)) == 2


TEN = datetime(2026, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-01 10:00:00.000000 UTC",
        "2026-02-01 10:00:00.000000000 Z",
        "2026-02-01 10:00:00",
        "2026-02-01T10:00Z",
        "2026-02-01T02:00:00-08:00",
        "2026-02-01 02:00:00 -0800",
        "2026-02-01_10-00-00",
        " 2026-02-01 10.00\n",
    ],
)
def test_ways_to_write_a_time(text):
    assert time_of(text) == TEN


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-31 10:00", "2026-02-01 10:00 CEST", "0001-01-01 00:00 +1400", "２０２６-02-01 10:00"],
)
def test_what_is_no_time_is_none(text):
    assert time_of(text) is None


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_the_moment_that_was_written(moment, minutes):
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert time_of(zoned.isoformat()) == zoned
    assert time_of(zoned.strftime("%Y-%m-%d %H:%M:%S.%f %z")) == zoned
