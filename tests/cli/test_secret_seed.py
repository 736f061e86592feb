"""A secret seed draws cases that nobody knows, is told by its commitment alone, and can be verified afterwards."""

import hashlib
import json
import shutil
import stat
import sys
from pathlib import Path

import pytest

from grader.cli import main
from grader.model.seed import open_seed, secret_seed, seed_words

SMALL = Path(__file__).parents[1] / "integration" / "small"
WRONG = "def gradient(x):\n    return 3 * x\ndef column_sums(A):\n    return A\n"


@pytest.fixture
def room(tmp_path, monkeypatch, capsys):
    shutil.copytree(SMALL, tmp_path / "small")
    (tmp_path / "bob.py").write_text(WRONG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADER_SECRET_SEED", raising=False)
    assert main(["seed", "new", "hw.seed"]) == 0
    (tmp_path / "commitment").write_text(capsys.readouterr().out.strip())
    return tmp_path


def commitment(room):
    return (room / "commitment").read_text()


def grade(capsys, *words):
    status = main(["grade", "bob.py", "--rubric", "small/rubric.toml", "--isolation", "none", *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_new_secret_is_for_its_owner_only_and_never_replaces_another(room, capsys):
    if sys.platform != "win32":
        assert stat.S_IMODE((room / "hw.seed").stat().st_mode) == 0o600
    before = (room / "hw.seed").read_bytes()
    assert main(["seed", "new", "hw.seed"]) == 2
    assert "error[G022]" in capsys.readouterr().err
    assert (room / "hw.seed").read_bytes() == before


def test_what_was_committed_to_can_be_verified_once_it_is_published(room, capsys):
    assert main(["seed", "tell", "hw.seed"]) == 0
    assert capsys.readouterr().out.strip() == commitment(room)
    assert main(["seed", "verify", "hw.seed", commitment(room)]) == 0
    assert main(["seed", "verify", "hw.seed", "sha256:" + "0" * 64]) == 1
    assert commitment(room) in capsys.readouterr().out


def test_a_report_tells_the_commitment_and_not_the_number(room, capsys):
    _, out, _ = grade(capsys, "--secret-seed", "hw.seed", "--format", "json")
    number = secret_seed((room / "hw.seed").read_bytes()).number
    assert json.loads(out)["seed"] == commitment(room)
    assert str(number) not in out
    assert (room / "hw.seed").read_text().strip() not in out
    assert "--secret-seed FILE" in out
    _, out, _ = grade(capsys, "--secret-seed", "hw.seed")
    assert seed_words(commitment(room)) in out
    assert str(number) not in out


def test_the_cases_are_those_of_the_secret(room, capsys):
    number = secret_seed((room / "hw.seed").read_bytes()).number
    _, secret, _ = grade(capsys, "--secret-seed", "hw.seed", "--format", "json")
    _, same, _ = grade(capsys, "--seed", str(number), "--format", "json")
    _, own, _ = grade(capsys, "--format", "json")
    shown = [json.loads(text)["submissions"][0]["problems"][0]["checks"][0] for text in (secret, same, own)]
    for check in shown:
        check.pop("again")
    assert shown[0] == shown[1]


def test_the_environment_may_hold_the_secret_and_what_is_typed_comes_first(room, capsys, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET_SEED", (room / "hw.seed").read_text())
    assert json.loads(grade(capsys, "--format", "json")[1])["seed"] == commitment(room)
    assert json.loads(grade(capsys, "--format", "json", "--seed", "7")[1])["seed"] == 7
    monkeypatch.setenv("GRADER_SECRET_SEED", "short")
    status, _, err = grade(capsys)
    assert status == 2
    assert "error[G021]" in err


@pytest.mark.parametrize(("content", "code"), [(None, "G020"), (b"too short", "G021")])
def test_a_file_that_holds_no_secret_is_said_to_be_one(room, capsys, content, code):
    if content is not None:
        (room / "other").write_bytes(content)
    status, _, err = grade(capsys, "--secret-seed", "other")
    assert status == 2
    assert f"error[{code}]" in err


def test_a_case_is_replayed_with_the_secret_only(room, capsys):
    grade(capsys, "--secret-seed", "hw.seed", "--format", "json", "--output", "r.json")
    replay = ["replay", "r.json", "--check", "gradient.reference", "--isolation", "none"]
    assert main(replay) == 2
    assert "error[G023]" in capsys.readouterr().err
    assert main(["seed", "new", "other.seed"]) == 0
    assert main([*replay, "--secret-seed", "other.seed"]) == 2
    assert "error[G024]" in capsys.readouterr().err
    assert main([*replay, "--secret-seed", "hw.seed"]) == 1
    out = capsys.readouterr().out
    assert seed_words(commitment(room)) in out
    assert str(secret_seed((room / "hw.seed").read_bytes()).number) not in out


def test_number_and_commitment_are_hashes_that_tell_nothing_of_each_other():
    secret = b"0123456789abcdef"
    seed = secret_seed(secret + b"\n")
    assert seed == secret_seed(secret)
    assert 0 <= seed.number < 1 << 63
    assert seed.told == "sha256:" + hashlib.sha256(b"grader seed commitment\0" + secret).hexdigest()
    assert f"{seed.number:x}" not in seed.told
    with pytest.raises(ValueError, match="at least 16"):
        secret_seed(secret[1:])


def test_an_open_seed_is_told_as_it_is():
    assert open_seed(280).told == 280
    assert seed_words(280) == "seed 280"


def test_a_seed_and_a_secret_are_not_both_taken(room, capsys):
    assert grade(capsys, "--seed", "1", "--secret-seed", "hw.seed")[0] == 2
    assert (room / "hw.seed").is_file()
