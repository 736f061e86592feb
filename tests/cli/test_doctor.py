"""``grader doctor`` says what holds here, and its exit status whether a batch is safe."""

from dataclasses import replace

import pytest

from grader.cli import doctor, main
from grader.sandbox import LevelProbe, SandboxUnavailableError, probe


def level(name, *, reached, why_not=""):
    return LevelProbe(
        level=name,
        reached=reached,
        why_not=why_not,
        safe_for_batch=reached and name in {"A", "B"},
        refused=(("write a file", reached),),
        layers=("seccomp",),
        landlock_abi=0,
        kernel="Linux 6.1",
        uid=65534,
        python="3.12.1",
        numpy="2.0.0",
    )


@pytest.mark.parametrize(
    ("reached", "status", "says"),
    [
        ("ABCN", 0, "other people's code can be graded here, at level A"),
        ("BCN", 0, "other people's code can be graded here, at level B"),
        ("CN", 3, "--isolation C"),
        ("N", 3, "--isolation none"),
    ],
)
def test_the_exit_status_says_whether_other_peoples_code_is_safe_here(monkeypatch, capsys, reached, status, says):
    found = tuple(
        level(name, reached=name in reached, why_not="" if name in reached else f"no {name} here") for name in "ABCN"
    )
    monkeypatch.setattr(doctor, "probe", lambda: found)
    assert main(["doctor", "--verbose"]) == status
    out = " ".join(capsys.readouterr().out.split())
    assert says in out
    assert all((f"no {name} here" in out) == (name not in reached) for name in "ABCN")
    assert ("COULD write a file" in out) == (reached != "ABCN")


def test_a_machine_on_which_nothing_can_be_tried_is_not_safe(monkeypatch, capsys):
    def broken():
        raise SandboxUnavailableError("numpy cannot be found")

    monkeypatch.setattr(doctor, "probe", broken)
    assert main(["doctor"]) == 3
    assert "numpy cannot be found" in capsys.readouterr().out


def test_what_the_doctor_says_of_this_machine_is_what_a_canary_proved(capsys):
    found = probe()
    assert [one.level for one in found] == ["A", "B", "C", "N"]
    assert main(["doctor"]) == (0 if any(one.safe_for_batch for one in found) else 3)
    for one in found:
        if one.reached and one.level != "N":
            assert one.refused
            assert all(refused for _, refused in one.refused)
    assert replace(found[-1], level="N").safe_for_batch is False
