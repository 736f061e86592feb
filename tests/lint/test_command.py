"""``grader lint`` and ``grader schema`` as they are typed: what is printed, where, and the exit status."""

import json
from typing import Any

import pytest

from grader.cli.main import main


@pytest.fixture
def file(homework: Any, good: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(homework.rubric.parent)

    def write(old: str = "", new: str = "", name: str = "hw.toml") -> str:
        homework.rubric.with_name(name).write_text(good.replace(old, new, 1) if old else good, encoding="utf-8")
        return name

    return write


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["lint", "--no-functions", *argv])
    said = capsys.readouterr()
    return int(status), said.out, said.err


def test_a_rubric_without_fault_is_one_line(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    says = "hw.toml: 2 problems, 8 checks, functions not tried, 1 misconception: no fault\n"
    assert run(capsys, file()) == (0, says, "")


def test_functions_are_tried_unless_it_is_said(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", file(), "--isolation", "none"]) == 0
    assert capsys.readouterr().out == "hw.toml: 2 problems, 8 checks on 9 cases, 1 misconception: no fault\n"


def test_faults_of_several_files_are_told_and_counted(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = file("seed = 7", "sede = 7"), file("share = 0.25", "share = 2", name="other.toml")
    third = file(name="third.toml")
    status, out, _ = run(capsys, first, second, third)
    assert status == 1
    assert "error[R003]: unknown key `sede`; did you mean `seed`?\n --> hw.toml:5:1\n" in out
    assert "error[R007]" in out
    assert "third.toml: 2 problems" in out
    assert "\n2 errors in 2 rubrics, of 3\n`grader lint --explain R003` tells more of R003\n" in out


def test_a_warning_is_wrong_only_if_it_is_asked_for(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    name = file('packages = ["numpy"]', 'packages = ["numpy", "no_such_package"]')
    status, out, _ = run(capsys, name)
    assert (status, "warning[R073]" in out, "1 warning in hw.toml" in out) == (0, True, True)
    assert run(capsys, name, "--strict")[0] == 1


@pytest.mark.parametrize("argv", [("nothing.toml",), ()])
def test_what_cannot_be_read_is_bad_usage(file: Any, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]) -> None:
    assert run(capsys, *argv)[0] == 2


def test_json_tells_all_that_is_known(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, file("seed = 7", "sede = 7"), "--format", "json")
    (rubric,) = json.loads(out)["rubrics"]
    assert (rubric["path"], rubric["errors"], rubric["warnings"], rubric["looked_at"]) == ("hw.toml", 1, 0, None)
    assert rubric["diagnostics"] == [
        {
            "code": "R003",
            "severity": "error",
            "says": "unknown key `sede`; did you mean `seed`?",
            "line": 5,
            "column": 1,
            "length": 4,
            "label": "",
            "help": "write `seed`",
            "fix": {"certain": True, "edits": [{"start": 70, "end": 74, "text": "seed"}]},
        }
    ]


def test_github_shows_each_fault_at_its_line(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, file("seed = 7", "sede = 7"), "--format", "github")
    assert out == (
        "::error file=hw.toml,line=5,col=1,endColumn=5,title=R003::"
        "unknown key `sede`; did you mean `seed`?%0Ahelp: write `seed`\n"
    )


def test_fix_mends_what_is_certain_and_leaves_the_rest(
    file: Any, homework: Any, good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file()
    broken = good.replace("seed = 7", "sede = 7").replace("share = 0.25", "share = 2")
    homework.rubric.write_bytes(b"\xef\xbb\xbf" + broken.replace("\n", "\r\n").encode())
    status, out, err = run(capsys, "hw.toml", "--fix")
    assert (status, err) == (1, "mended in hw.toml: 1\n")
    assert "R007" in out
    assert "R003" not in out
    mended = good.replace("share = 0.25", "share = 2").replace("\n", "\r\n").encode()
    assert homework.rubric.read_bytes() == b"\xef\xbb\xbf" + mended


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--explain", "r003"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("error[R003]: a key that rubrics do not have\n")
    assert "\nwrong:\n\n    sede = 7\n\nright:\n\n    seed = 7\n" in out


def test_a_code_that_does_not_exist_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--explain", "R999"]) == 2
    assert "there is no code `R999`" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "grader rubric"
