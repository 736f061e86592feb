"""The canary notices a layer that is missing, whichever it is, though every call that should have set it returned 0."""

import shutil
import sys
from pathlib import Path

import pytest

from grader.model.assignment import Limits
from grader.sandbox import SandboxUnavailableError, launch, open_sandbox

if sys.platform != "linux":
    pytest.skip("the levels A to C are Linux's", allow_module_level=True)

# Level, file, the line that is taken out, what the canary then says.
MISSING = {
    "Landlock": ("B", "zygote.py", "landlock.enforce(rules)", "a submission could read a file outside"),
    "the child's filter": ("B", "zygote.py", "seccomp.enforce(program)", "a submission could start another process"),
    "the zygote's filter": (
        "B",
        "zygote.py",
        'seccomp.enforce(seccomp.zygote_program(sealed=config.level == "C"))',
        "a submission could change a file's times; a submission could open a network socket",
    ),
    "limits": (
        "B",
        "zygote.py",
        "kernel.set_limits({**limits, resource.RLIMIT_NOFILE: MAX_DESCRIPTORS})",
        "more memory",
    ),
}


@pytest.mark.parametrize("layer", MISSING)
def test_a_missing_layer_is_noticed(tmp_path, monkeypatch, layer):
    level, file, line, says = MISSING[layer]
    shutil.copytree(Path(launch.__file__).parent / "inside", tmp_path / "inside")
    path = tmp_path / "inside" / file
    source = path.read_text(encoding="utf-8")
    assert source.count(line) == 1
    path.write_text(source.replace(line, "pass"), encoding="utf-8")
    monkeypatch.setattr(launch, "__file__", str(tmp_path / "launch.py"))
    with pytest.raises(SandboxUnavailableError) as caught:
        open_sandbox(isolation=level, packages=("numpy",), limits=Limits()).close()
    assert says in caught.value.missing[0]


@pytest.mark.parametrize("level", ["A", "B", "C"])
def test_an_unchanged_copy_is_proved(tmp_path, monkeypatch, level):
    """The copy itself is no reason to refuse a level."""
    try:
        open_sandbox(isolation=level, packages=("numpy",), limits=Limits()).close()
    except SandboxUnavailableError as error:
        pytest.skip(error.reason)
    shutil.copytree(Path(launch.__file__).parent / "inside", tmp_path / "inside")
    monkeypatch.setattr(launch, "__file__", str(tmp_path / "launch.py"))
    with open_sandbox(isolation=level, packages=("numpy",), limits=Limits()) as box:
        assert box.report.level == level


def test_a_rubric_that_allows_next_to_nothing_is_no_fault_of_the_machine():
    least = Limits(call_wall_s=1e-9, call_cpu_s=1e-9, load_wall_s=1e-9, submission_wall_s=1e-9, result_bytes=1024)
    try:
        open_sandbox(isolation="C", packages=("numpy",), limits=Limits()).close()
    except SandboxUnavailableError as error:
        pytest.skip(error.reason)
    with open_sandbox(isolation="C", packages=("numpy",), limits=least) as box:
        assert box.report.level == "C"
