"""No byte of an answer is in a kit: not its names, its lines, its words, its numbers, nor its compiled code."""

import ast
import io
import re
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.kit.making import zipped
from grader.loading.examples import EXAMPLES
from grader.loading.rubric import load_rubric
from grader.truth.book import Truth
from grader.truth.handout import from_bytes

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference"
RUBRIC = load_rubric(ROOT / "rubrics" / "cs280_hw1.toml")
# Modules that the rubric's answers, misconceptions, terms, derivatives and samplers stand in.
SECRET = sorted(
    path
    for path in REFERENCE.rglob("*.py")
    if path.stem in {"answers", "misconceptions", "terms", "tangents", "samplers"} or path.stem.startswith("extended_")
)


@pytest.fixture(scope="module")
def unpacked(homework, tmp_path_factory):
    """Unpack the archive, and put its bytes beside what they unpack to."""
    folder = tmp_path_factory.mktemp("kit")
    zipfile.ZipFile(io.BytesIO(zipped(homework))).extractall(folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names_of(tree):
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.ClassDef(name=name) | ast.keyword(arg=str(name)) | ast.alias(name=name):
                yield name


def words_of(data):
    return set(re.findall(rb"[A-Za-z_][A-Za-z0-9_]*", data))


def lines_of(source):
    """Return lines of code and of text that are long enough to be somebody's own."""
    return {line.strip() for line in source.splitlines() if len(line.strip()) >= 12}


def shared(unpacked):
    """Return what the forward models and the starter rightly hold."""
    return b"\n".join(data for name, data in unpacked.items() if "/forward/" in name or name.endswith("starter.py"))


def test_the_secret_modules_are_the_ones_that_the_rubric_names():
    stems = {path.relative_to(REFERENCE).with_suffix("").as_posix().replace("/", ".") for path in SECRET}
    text = RUBRIC.source.decode()
    data = tomllib.loads(text)
    named = set(re.findall(r'"([a-z_.]+):[A-Za-z_]', text))
    forwards = {c["forward"].partition(":")[0] for p in data["problem"] for c in p["check"] if "forward" in c}
    assert named - forwards <= stems
    assert forwards.isdisjoint(stems)


@pytest.mark.parametrize("path", SECRET, ids=lambda path: path.relative_to(REFERENCE).as_posix())
def test_no_name_line_or_docstring_of_a_secret_module_is_inside(unpacked, path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    allowed = words_of(shared(unpacked)) | words_of(RUBRIC.document.text.encode()) & words_of(unpacked_public(unpacked))
    everything = b"\n".join(unpacked.values())
    # Names that are a module's own, not numpy's or the forward model's, nor the homework's own public names.
    own = {name.encode() for name in names_of(tree) if len(name) >= 5} - allowed - public_names()
    assert not own & words_of(everything), sorted(own & words_of(everything))
    held = shared(unpacked).decode()
    for line in lines_of(source):
        assert line in held or line.encode() not in everything, line
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Module | ast.ClassDef) and (text := ast.get_docstring(node)):
            assert text.splitlines()[0].encode() not in everything or text.splitlines()[0] in held


def public_names():
    """Return what students are told anyway: the functions to write, their arguments and results, numpy's words."""
    told = set()
    for problem in RUBRIC.assignment.problem:
        told |= {problem.function, *problem.arguments, *(due.name for due in problem.returns)}
        told |= {check.name for check in problem.check if check.visibility == "visible"}
        told |= {check.property for check in problem.check if check.kind == "property"}
    # Words of every rubric, which the students' rubric is written in, too.
    common = {key.partition(".")[2] or key for key in EXAMPLES} | {"numpy"}
    for inputs in RUBRIC.assignment.inputs.values():
        common |= {sampler.sampler for group in (inputs, *inputs.case) for sampler in group.values.values()}
    words = {w.encode() for name in told for w in (name, *name.split("_"))}
    return words | {w.encode() for w in common} | {name.encode() for name in dir(np)}


def unpacked_public(unpacked):
    return b"\n".join(data for name, data in unpacked.items() if name.endswith(("README.md", "starter.py")))


def test_no_reference_misconception_or_term_is_named(unpacked):
    everything = b"\n".join(unpacked.values())
    for problem in RUBRIC.assignment.problem:
        refs = [problem.reference, *(m.function for m in problem.misconception), *(t.function for t in problem.terms)]
        refs += [c.jvp for c in problem.check if c.kind == "adjoint"]
        for ref in refs:
            assert ref.encode() not in everything
            assert ref.partition(":")[0].encode() not in everything
        for one in problem.misconception:
            assert one.says.encode() not in everything
            assert (one.hint or one.says).encode() not in everything


def test_no_comment_of_the_lecturer_and_no_hidden_case_is_inside(unpacked):
    everything = b"\n".join(unpacked.values())
    told = {p.id for p in RUBRIC.assignment.problem}
    lines = [line.strip("# -") for line in RUBRIC.document.text.splitlines() if line.startswith("#")]
    comments = [line for line in lines if len(line) >= 12 and line not in told]
    assert len(comments) >= 3
    for comment in comments:
        assert comment.encode() not in everything
    for inputs in RUBRIC.assignment.inputs.values():
        for group in inputs.case:
            if group.family in {"edge", "wide"}:
                assert f'"{group.says}"'.encode() not in everything


def test_no_number_of_an_answer_is_inside(unpacked, homework):
    cases = next(data for name, data in unpacked.items() if name.endswith("cases.bin"))
    facts = from_bytes(cases)
    modules = trusted_modules(RUBRIC.path, RUBRIC.assignment)
    truth = Truth(RUBRIC.assignment, modules, homework.seed)
    tried = 0
    for problem in RUBRIC.assignment.problem:
        for case in facts.cases[problem.id][:6]:
            for due in truth.expected(problem, case):
                for value in np.asarray(due.value).reshape(-1):
                    raw = np.float64(value).tobytes()
                    # Round numbers, a 0 or a 1/4, stand in many places.
                    if abs(value) > 1e-12 and raw[:4] != bytes(4):
                        tried += 1
                        for data in unpacked.values():
                            assert raw not in data
                            assert repr(float(value)).encode() not in data
                            assert np.float32(value).tobytes() not in data
    assert tried > 100


def test_nothing_compiled_is_inside(unpacked):
    for name, data in unpacked.items():
        assert not name.endswith((".pyc", ".so", ".pkl", ".npy"))
        assert b"__pycache__" not in data
        assert name.endswith((".py", ".md", ".toml", "/cases.bin"))


def test_the_seed_of_the_grades_is_not_that_of_the_kit(homework):
    assert homework.part.seed == homework.seed != RUBRIC.assignment.seed
    assert b"280" not in homework.files["rubric.toml"].replace(b"cs280", b"").replace(b"CS280", b"")


def test_a_kit_with_a_single_line_of_an_answer_would_be_noticed(unpacked):
    line = next(line for line in sorted(lines_of((REFERENCE / "gmm" / "answers.py").read_text(encoding="utf-8"))
                                        - lines_of(shared(unpacked).decode())))  # fmt: skip
    path = REFERENCE / "gmm" / "answers.py"
    with pytest.raises(AssertionError):
        test_no_name_line_or_docstring_of_a_secret_module_is_inside({**unpacked, "x": line.encode()}, path)
