"""Each fault of a rubric is found at its line and column, told in golden words, and mended by its help."""

import re
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import ErrorDetails

from grader.lint.fix import fixed
from grader.loading.codes import PathCode, RubricCode
from grader.loading.faults import Faults
from grader.loading.rubric import MAX_RUBRIC_BYTES, MAX_TABLES, load_rubric
from grader.loading.schema_faults import note_errors
from grader.loading.toml_places import Document
from grader.model.diagnostic import DiagnosedError, Diagnostic

BROKEN = tomli.loads(Path(__file__).with_name("broken_rubrics.toml").read_text(encoding="utf-8"))
GOLDEN = Path(__file__).with_name("golden_faults.txt")


def told(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    assert place is not None
    caret = " " * (place.column - 1) + "^" * place.length
    return (
        f"error[{diagnostic.code}]: {diagnostic.says}\n"
        f"  --> {diagnostic.path}:{place.line}:{place.column}\n"
        f"    {place.source}\n    {caret} {diagnostic.label}".rstrip()
        + (f"\n  help: {diagnostic.help}" if diagnostic.help else "")
    )


def goldens() -> dict[str, str]:
    sections = re.split(r"^## (.+)\n", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(sections[1::2], (s.strip("\n") for s in sections[2::2]), strict=True))


def break_rubric(good: str, name: str) -> str:
    old, new = BROKEN[name]["old"], BROKEN[name]["new"]
    assert old in good
    return good.replace(old, new, 1)


def test_the_good_rubric_has_no_fault(course: Any, good: str) -> None:
    rubric = course.load(good)
    assert rubric.assignment.points == 30
    assert rubric.trusted == (course.folder / "course").resolve()


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_told_at_its_place(course: Any, good: str, name: str) -> None:
    faults = course.faults(break_rubric(good, name))
    assert "\n".join(told(fault) for fault in faults) == goldens()[name]


def test_every_golden_is_of_a_broken_rubric() -> None:
    assert list(goldens()) == list(BROKEN)


def test_every_code_has_a_golden() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    # From R050 on they are found by trying functions, see tests/lint.
    missing = [code.name for code in RubricCode if code.code < "R050" and f"error[{code.code}]" not in text]
    # These have a test of their own below: they have no place.
    assert missing == ["UNREADABLE", "NOT_UTF8", "TOO_MUCH"]


@pytest.mark.parametrize("tables", [MAX_TABLES, 200_000])
def test_more_tables_than_anyone_types_are_not_read(course: Any, tables: int) -> None:
    (fault,) = course.faults("[[problem]]\n" * tables)
    assert (fault.code, fault.says) == ("R014", f"the rubric has {tables + 1:,} tables; more than 5,000 are not read")


def test_more_values_than_anyone_types_are_not_read(course: Any) -> None:
    (fault,) = course.faults("".join(f"key_{i} = 1\n" for i in range(200_000)))
    assert (fault.code, fault.says) == ("R014", "the rubric has 200,001 values; more than 20,000 are not read")


def test_thousands_of_faults_are_each_told_at_their_place(course: Any) -> None:
    faults = course.faults("[[problem]]\n" * (MAX_TABLES - 1))
    lines = {fault.place.line for fault in faults if fault.place}
    assert lines == set(range(1, MAX_TABLES))


def test_codes_are_distinct() -> None:
    codes = [code.code for code in (*RubricCode, *PathCode)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("name", [n for n in BROKEN if "did you mean" in goldens().get(n, "")])
def test_what_is_suggested_mends_the_rubric(course: Any, good: str, name: str) -> None:
    text = break_rubric(good, name)
    fault = next(f for f in course.faults(text) if "did you mean" in f.says)
    assert fault.place is not None
    before, _, after = fault.says.partition("did you mean")
    meant = re.findall(r"`([^`]+)`", after)[0]
    lines = text.split("\n")
    line, at = lines[fault.place.line - 1], fault.place.column - 1
    underlined = line[at : at + fault.place.length]
    wrong = [name for name in re.findall(r"`([^`]+)`", before) if name in underlined][-1]
    lines[fault.place.line - 1] = line[:at] + underlined.replace(wrong, meant) + line[at + fault.place.length :]
    course.load("\n".join(lines))


@pytest.mark.parametrize("name", BROKEN)
def test_the_help_applied_mends_the_rubric(course: Any, good: str, name: str) -> None:
    text = break_rubric(good, name)
    faults = course.faults(text)
    assert all(fault.help for fault in faults)
    if "mend" in BROKEN[name]:
        old, new = BROKEN[name]["mend"]
        assert old in text
        mended = text.replace(old, new, 1)
    else:
        mended = fixed(text.encode(), faults, uncertain=True)[0].decode()
    course.load(mended)


def test_what_is_certain_mends_the_rubric_without_asking(course: Any, good: str) -> None:
    certain = []
    for name in BROKEN:
        text = break_rubric(good, name)
        faults = course.faults(text)
        if any(fault.fix is not None and fault.fix.certain for fault in faults):
            course.load(fixed(text.encode(), faults)[0].decode())
            certain.append(faults[0].code)
    assert set(certain) == {"R002", "R003", "R008", "R012", "R022", "R035"}
    assert len(certain) >= 14


def test_everything_is_told_at_once_in_the_order_of_the_file(course: Any, good: str) -> None:
    text = good
    for name in (
        "misspelt_top",
        "low_is_nan",
        "points_are_negative",
        "no_such_function",
        "unknown_returns",
        "no_arguments",
    ):
        text = break_rubric(text, name)
    faults = course.faults(text)
    assert [f.code for f in faults] == ["R003", "R006", "R042", "R007", "R010", "R028"]
    lines = [f.place.line for f in faults if f.place]
    assert lines == sorted(lines)


def test_faults_inside_a_misspelt_table_are_told_too(course: Any, good: str) -> None:
    faults = course.faults(good.replace("[[problem", "[[problems").replace("points = 6.5", "pionts = 6.5"))
    assert [(f.code, f.says.partition(";")[0]) for f in faults] == [
        ("R003", "unknown key `problems`"),
        ("R003", "unknown key `pionts`"),
    ]


def test_what_depends_on_a_refused_value_is_not_told_as_well(course: Any, good: str) -> None:
    assert [f.code for f in course.faults(good.replace("points = 6.5", 'points = "6.5"'))] == ["R005"]


def test_points_are_added_exactly(course: Any, good: str) -> None:
    text = good.replace("points = 6.5", "points = 6.3").replace("points = 2.5", "points = 2.6")
    course.load(text.replace("points = 1\n", "points = 1.1\n", 1))


def test_what_is_just_possible_is_no_fault(course: Any, good: str) -> None:
    course.load(good.replace("least = 0.1", "least = 0.25"))
    course.load(good.replace("{ N = [4, 5, 6], d = [2, 3], K = [3, 4] }", "{ N = [3, 4, 5], d = 3, K = [3, 4] }"))


def test_credit_and_misconceptions_keep_what_was_typed(course: Any, good: str) -> None:
    problem = course.load(good).assignment.problem[0]
    assert problem.misconception[0].share == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"points = 1\nname = '\xe9'\n", "the rubric is not UTF-8 text: byte 0xe9"),
        (b"\xff\xfea\x00", "the rubric is not UTF-8 text: byte 0xff"),
    ],
)
def test_a_rubric_that_is_not_utf8_is_told_with_its_byte(course: Any, content: bytes, says: str) -> None:
    (fault,) = course.faults(content)
    assert (fault.code, fault.says) == ("R011", says)
    assert fault.place is not None
    lines = content.split(b"\n")
    bad = next(i for i, line in enumerate(lines) if b"\xe9" in line or b"\xff" in line)
    assert fault.place.line == bad + 1
    assert fault.place.source[fault.place.column - 1] == "\ufffd"


def test_a_byte_order_mark_is_no_fault(course: Any, good: str) -> None:
    assert course.load(b"\xef\xbb\xbf" + good.encode()).locate("schema").column == 10


def test_lines_that_end_as_on_windows_keep_their_places(course: Any, good: str) -> None:
    text = good.replace("seed = 7", "sede = 7")
    assert course.faults(text.replace("\n", "\r\n")) == course.faults(text)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.mkdir(), "the rubric is a folder"),
        (lambda path: path.write_bytes(b"#" * (MAX_RUBRIC_BYTES + 1)), "the rubric is larger than 4 MiB"),
        (lambda path: __import__("os").mkfifo(path), "the rubric is not a file"),
    ],
)
def test_a_rubric_that_cannot_be_read_says_why(tmp_path: Path, make: object, says: str) -> None:
    path = tmp_path / "hw.toml"
    assert callable(make)
    make(path)
    with pytest.raises(DiagnosedError) as caught:
        load_rubric(path, shown="hw.toml")
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.says, fault.path, fault.place) == ("R001", says, "hw.toml", None)


def test_a_rubric_that_the_system_refuses_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hw.toml"
    path.touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DiagnosedError, match="the rubric cannot be read: Permission denied"):
        load_rubric(path)


def test_a_path_that_cannot_be_one_is_told() -> None:
    with pytest.raises(DiagnosedError) as caught:
        load_rubric(Path("a\0b"))
    assert caught.value.diagnostics[0].code == "R001"


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000, "a = " + "{b=" * 5000])
def test_what_would_exhaust_the_parser_is_not_toml(course: Any, text: str) -> None:
    (fault,) = course.faults(text)
    assert fault.code == "R002"


def test_an_empty_rubric_misses_its_keys(course: Any) -> None:
    faults = course.faults("")
    assert {f.code for f in faults} == {"R004"}
    assert all(f.place is not None and (f.place.line, f.place.column) == (1, 1) for f in faults)


def test_an_error_that_pydantic_words_itself_is_told_in_its_words() -> None:
    faults = Faults(Document("title = 3"), "hw.toml")
    odd = ErrorDetails(type="odd", loc=("title",), msg="is odd", input=3)
    refused = ErrorDetails(type="value_error", loc=("limits",), msg="is refused", input={})
    note_errors([odd, refused], {"title": 3, "limits": {}}, faults)
    assert [(f.code, f.says) for f in faults.in_order()] == [("R013", "is refused"), ("R013", "`title`: is odd")]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_rubric_raises_anything_else(course: Any, good: str, data: st.DataObject) -> None:
    lines = good.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[index].partition(" = ")
        value = data.draw(
            st.sampled_from(
                ["", "0", "-1", "1.5", "nan", "true", '""', '"X"', "[]", "[1]", '["N", "d"]', "{}",
                 '{ X = { sampler = "simplex" } }',
                 "[[1]]", "[{}]", "2024-01-01", '{ kind = "property" }', '[{ kind = "reference" }]']
            )
        )  # fmt: skip
        lines[index] = f"{key}{equals}{value}" if equals else value
    found: tuple[Diagnostic, ...] = ()
    try:
        course.load("\n".join(lines))
    except DiagnosedError as error:
        found = error.diagnostics
    for place in (fault.place for fault in found):
        assert place is not None
        assert place.length >= 1
        assert 1 <= place.column <= len(place.source) + 1


def test_a_large_text_that_is_left_open_is_told_where_it_is_noticed(course: Any, good: str) -> None:
    # Looked for further up, an open bracket would be found, and a large text read over and over.
    (fault,) = course.faults("#" * (1 << 18) + "\n" + good.replace('["numpy", "scipy"]', '["numpy", "scipy"'))
    assert fault.code == "R002"
    assert fault.place is not None
    assert fault.place.source == "[limits]"
