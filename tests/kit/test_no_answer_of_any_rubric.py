"""No byte of an answer is in the kit of any rubric that comes along; `test_no_answer_inside` looks closest, at one."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.loading.rubric import load_rubric
from grader.truth.book import Truth
from grader.truth.handout import from_bytes
from tests.kit.conftest import made

ROOT = Path(__file__).parents[2]
RUBRICS = sorted(path.stem for path in (ROOT / "rubrics").glob("*.toml") if path.stem != "cs280_hw1")


@pytest.fixture(scope="module", params=RUBRICS)
def given(request):
    """Return a rubric and its kit."""
    path = ROOT / "rubrics" / f"{request.param}.toml"
    rubric = load_rubric(path)
    starter = path.parent / (rubric.assignment.starter or "../submissions/starter.py")
    return rubric, made(path, starter)


def forwards(assignment):
    """Yield the functions that students are given."""
    for problem in assignment.problem:
        for check in problem.check:
            if check.kind == "finite_difference":
                yield from (check.forward, *check.derived.values())


def secrets(rubric):
    """Return the files of the trusted functions that students are not given."""
    handed_out = {ref.partition(":")[0] for ref in forwards(rubric.assignment)}
    named = set(re.findall(r'"([a-z_0-9.]+):[A-Za-z_]', rubric.document.text)) - handed_out
    folder = rubric.path.parent / rubric.assignment.trusted
    return {module: folder / (module.replace(".", "/") + ".py") for module in named}


def told(kit):
    """Return what the forward models and the starter rightly hold."""
    held = [data for name, data in kit.files.items() if name.startswith("forward/") or name.endswith("starter.py")]
    return b"\n".join(held).decode()


def test_no_module_function_line_or_docstring_that_stays_behind_is_inside(given):
    rubric, kit = given
    everything, held = b"\n".join(kit.files.values()), told(kit)
    asked = {name for problem in rubric.assignment.problem for name in (problem.function, *problem.arguments)}
    modules = secrets(rubric)
    assert modules
    for module, path in modules.items():
        assert module.encode() not in everything
        source = path.read_text(encoding="utf-8")
        for line in {line.strip() for line in source.splitlines() if len(line.strip()) >= 12}:
            assert line in held or line.encode() not in everything, line
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef) and node.name not in asked and len(node.name) >= 8:
                assert node.name in held or not re.search(rf"\b{node.name}\b".encode(), everything), node.name
            if isinstance(node, ast.FunctionDef | ast.Module) and (text := ast.get_docstring(node)):
                assert text.splitlines()[0] in held or text.splitlines()[0].encode() not in everything


def test_no_words_of_a_mistake_a_comment_or_a_hidden_case_are_inside(given):
    rubric, kit = given
    everything = b"\n".join(kit.files.values())
    for problem in rubric.assignment.problem:
        for one in problem.misconception:
            assert one.says.encode() not in everything
            assert (one.hint or one.says).encode() not in everything
    comments = [line.strip("# -") for line in rubric.document.text.splitlines() if line.startswith("#")]
    ids = {problem.id for problem in rubric.assignment.problem}
    for comment in comments:
        assert len(comment) < 12 or comment in ids or comment.encode() not in everything, comment
    shown = {(p.inputs, f) for p in kit.part.problem for check in p.check for f in check.families}
    # Families of which no check is left in the kit.
    told_of = {group.says for inputs in kit.part.inputs.values() for group in inputs.case}
    for name, inputs in rubric.assignment.inputs.items():
        for group in inputs.case:
            if (name, group.family) not in shown and group.says not in told_of:
                assert f'"{group.says}"'.encode() not in everything, group.says


def test_no_number_of_an_answer_is_inside(given):
    rubric, kit = given
    facts = from_bytes(kit.files["cases.bin"])
    truth = Truth(rubric.assignment, trusted_modules(rubric.path, rubric.assignment), kit.seed)
    everything = b"\n".join(kit.files.values())
    tried = 0
    for problem in kit.part.problem:
        whole = next(one for one in rubric.assignment.problem if one.id == problem.id)
        for case in facts.cases[problem.id][:4]:
            for due in truth.expected(whole, case):
                for value in np.asarray(due.value, dtype=np.float64).reshape(-1):
                    # Numbers of few digits are sums and products of the inputs, and stand in many places.
                    near = np.float32(value).tobytes()
                    if abs(value) > 1e-12 and abs(value * 1e6 - round(value * 1e6)) > 1e-3 and near[:2] != bytes(2):
                        tried += 1
                        assert value.tobytes() not in everything
                        assert repr(float(value)).encode() not in everything
                        assert near not in everything
    assert tried > 20


def test_nothing_compiled_is_inside_and_the_seed_is_another(given):
    rubric, kit = given
    assert all(name.endswith((".py", ".md", ".toml", "cases.bin")) for name in kit.files)
    assert kit.part.seed == kit.seed != rubric.assignment.seed
