"""Without pydantic a kit's values are the same, and say what is missing; the two ways never stand in one process."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.model.unchecked import BaseModel, Field, model_validator

ROOT = Path(__file__).parents[2]


class Small(BaseModel):
    name: str
    points: int = 3
    share: int = Field(default=0, ge=0)
    told: str = Field(alias="says")

    @model_validator(mode="after")
    def _named(self):
        if self.name == "nobody":
            msg = "nobody is no name"
            raise ValueError(msg)
        return self


class Larger(Small):
    more: tuple[int, ...] = ()


def test_fields_have_their_defaults_and_those_of_the_class_above():
    one = Larger(name="a", told="b", more=(1,))
    assert (one.name, one.points, one.share, one.told, one.more) == ("a", 3, 0, "b", (1,))
    assert one == Larger(name="a", told="b", more=(1,))
    assert hash(one) == hash(Larger(name="a", told="b", more=(1,)))
    assert one != Small(name="a", told="b")
    assert repr(Small(name="a", told="b")) == "Small(name='a', points=3, share=0, told='b')"


@pytest.mark.parametrize(
    ("values", "says"),
    [({"name": "a"}, "Small needs told"), ({"name": "a", "told": "b", "x": 1}, "Small has no x")],
)
def test_missing_and_unknown_fields_are_errors(values, says):
    with pytest.raises(TypeError, match=says):
        Small(**values)


def test_a_value_is_frozen_and_its_copy_is_another():
    one = Small(name="a", told="b")
    with pytest.raises(AttributeError, match="frozen"):
        one.points = 4
    other = one.model_copy(update={"points": 4})
    assert (one.points, other.points) == (3, 4)


def test_what_must_hold_of_the_whole_is_looked_at():
    with pytest.raises(ValueError, match="nobody"):
        Small(name="nobody", told="b")


SAME = """
import sys
if sys.argv[1] == "unchecked":
    import grader.model.unchecked
from pathlib import Path
from grader.cli.check_answer import *
from grader.kit.settings import find_kit
settings = find_kit(Path(sys.argv[2]))
facts = read_facts(settings)
basis = basis_of(settings, facts, facts.assignment)
with open_sandbox(isolation="none", packages=("numpy",), limits=facts.assignment.limits) as sandbox:
    for path in sys.argv[3:]:
        checked = check_answer(basis, settings, facts, sandbox, read_answer(Path(path), "answer.py"))
        print_checked(Page(console=Console(highlight=False, width=100)), checked, verbose=True)
assert ("pydantic" in sys.modules) == (sys.argv[1] != "unchecked")
"""


def test_a_check_says_the_same_word_for_word_with_and_without_pydantic(homework, tmp_path):
    for name, data in homework.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    answers = [str(ROOT / "submissions" / name) for name in ("seed_transcribed.py", "right_loops.py", "starter.py")]
    said = [
        subprocess.run(
            [sys.executable, "-c", SAME, how, str(tmp_path), *answers],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for how in ("checked", "unchecked")
    ]
    assert said[0] == said[1]
    assert "all visible checks pass" in said[0]


def test_only_a_process_of_its_own_does_without_pydantic():
    code = (
        "import sys; from grader.cli import main; main(['check', '--explain', 'x']); "
        "assert 'grader.model.unchecked' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120, stderr=subprocess.DEVNULL)
