"""``adjustments.toml``: every fault at once and where it stands; what is right is exact."""

from fractions import Fraction
from pathlib import Path

import pytest

from grader.batch.adjustments import AdjustmentCode, load_adjustments
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.gradebook import Adjustment
from grader.model.handin import Student

STUDENTS = (Student(id="ada", name="Ada Lovelace", email="ada@uni.example"), Student(id="bob"))
PROBLEMS = ("grad_pi", "grad_mu")


def faults(tmp_path: Path, text: str | bytes) -> tuple[Diagnostic, ...]:
    path = tmp_path / "adjustments.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DiagnosedError) as caught:
        load_adjustments(path, STUDENTS, PROBLEMS)
    return caught.value.diagnostics


def test_points_are_exactly_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "adjustments.toml"
    path.write_text(
        '[[adjustment]]\nstudent = "ada"\nproblem = "grad_pi"\npoints = 0.1\nreason = " a sign "\n'
        '[[adjustment]]\nstudent = "bob"\npoints = -2\nreason = "名"\n',
        encoding="utf-8",
    )
    assert load_adjustments(path, STUDENTS, PROBLEMS) == (
        Adjustment(student="ada", problem="grad_pi", points=Fraction(1, 10), reason="a sign"),
        Adjustment(student="bob", problem="", points=Fraction(-2), reason="名"),
    )


def test_no_file_and_an_empty_file_adjust_nothing(tmp_path: Path) -> None:
    assert load_adjustments(tmp_path / "adjustments.toml", STUDENTS, PROBLEMS) == ()
    (tmp_path / "adjustments.toml").write_bytes(b"")
    assert load_adjustments(tmp_path / "adjustments.toml", STUDENTS, PROBLEMS) == ()


ONE = '[[adjustment]]\nstudent = "ada"\nproblem = "grad_pi"\npoints = 4\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        (b"\xff", "A001", None),
        ("a = [", "A002", None),
        ("a = " + "9" * 5000, "A002", "9" * 5000),
        ("a = " + "[" * 5000, "A002", None),
        (ONE.replace("adjustment", "adjustments"), "A003", "adjustments"),
        (ONE + 'task = "x"\n', "A003", "task"),
        (ONE.replace('student = "ada"\n', ""), "A004", "[[adjustment]]"),
        (ONE.replace("points = 4\n", ""), "A004", "[[adjustment]]"),
        (ONE.replace('reason = "r"\n', ""), "A004", "[[adjustment]]"),
        ("adjustment = 3\n", "A005", "3"),
        ("[adjustment]\npoints = 4\n", "A005", "[adjustment]"),
        (ONE.replace('"ada"', "7"), "A005", "7"),
        (ONE.replace("4", '"4"'), "A005", '"4"'),
        (ONE.replace("4", "true"), "A005", "true"),
        (ONE.replace("4", "nan"), "A006", "nan"),
        (ONE.replace("4", "-inf"), "A006", "-inf"),
        (ONE.replace("4", "1e300"), "A006", "1e300"),
        (ONE.replace("4", "9" * 4000), "A006", "9" * 4000),
        (ONE.replace('"ada"', '"Ada Lovelace"'), "A007", '"Ada Lovelace"'),
        (ONE.replace("grad_pi", "grad_py"), "A008", '"grad_py"'),
        (ONE.replace('"r"', '"  "'), "A009", '"  "'),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str | bytes, code: str, underlined: str | None) -> None:
    (found,) = faults(tmp_path, text)
    assert found.code == code
    if underlined is not None:
        place = found.place
        assert place is not None
        assert place.source[place.column - 1 :][: place.length] == underlined[: place.length]
        assert underlined.startswith(place.source[place.column - 1 :][: place.length])


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = ONE.replace("ada", "adda") + ONE.replace("4", "nan").replace('"r"', '""')
    assert [each.code for each in faults(tmp_path, text)] == ["A007", "A006", "A009"]


def test_help_names_who_or_what_is_meant(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, ONE.replace('"ada"', '"ada@uni.example"'))
    assert found.help == "Ada Lovelace is the student `ada`"
    (found,) = faults(tmp_path, ONE.replace("grad_pi", "grad_py"))
    assert found.help == "did you mean `grad_pi`?"
    (found,) = faults(tmp_path, ONE.replace("grad_pi", "xxxx"))
    assert found.help == "the problems are `grad_pi`, `grad_mu`"


def test_a_folder_a_large_file_and_a_dangling_link_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "adjustments.toml"
    path.mkdir()
    with pytest.raises(DiagnosedError, match="not a file"):
        load_adjustments(path, STUDENTS, PROBLEMS)
    path.rmdir()
    assert "larger" in faults(tmp_path, b"#" * (1 << 20) + b"\n")[0].says
    path.unlink()
    path.symlink_to(tmp_path / "gone.toml")
    with pytest.raises(DiagnosedError, match="cannot be read"):
        load_adjustments(path, STUDENTS, PROBLEMS)


def test_every_code_is_reached_by_these_tests() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert {code.value[0] for code in AdjustmentCode if f'"{code.value[0]}"' not in text} == set()
