"""The house stands as drawn: modules import alone, answers stay outside, heavy things are imported late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "grader").rglob("*.py")
    if "inside" not in path.parts and path.name != "__main__.py"
)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_each_module_imports_alone():
    command = [sys.executable, "tests/architecture/import_each.py", *MODULES]
    ended = subprocess.run(command, cwd=ROOT, check=False, timeout=300, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(MODULES)} modules were tried" in ended.stdout


def test_the_command_line_imports_nothing_heavy_before_a_command_is_chosen():
    code = (
        "import sys; from grader.cli import main; assert main(['--help']) == 0; "
        "heavy = {'numpy', 'pydantic', 'rich', 'tomli', 'argparse'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120, stdout=subprocess.DEVNULL)


def test_broad_excepts_stand_around_the_students_call_a_submission_and_the_command_only():
    places = []
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"everything"}
                reraises = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
                if names & {"Exception", "everything"} or ("BaseException" in names and not reraises):
                    places.append(path.relative_to(ROOT).as_posix())
    outside = {place for place in places if not place.startswith("grader/sandbox/inside/")}
    assert outside == {"grader/grading/graded.py", "grader/cli/main.py"}


def test_the_installed_package_holds_no_answer():
    for path in (ROOT / "grader").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "from reference" not in text
        assert "import reference" not in text
        assert "responsibilit" not in text, path


def test_no_module_keeps_mutable_state():
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Set | ast.ListComp):
                names = [t.id for t in node.targets if isinstance(t, ast.Name)]
                assert names == ["__all__"], (path, names)
