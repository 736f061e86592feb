import ast
import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks.class_of_answers import make_class, own_mistake, varied

EXAMPLES = sorted((Path(__file__).parents[2] / "submissions").glob("*.py"))
CHANCE = np.random.default_rng(3)
GIVEN = {
    "grad_mu": (
        CHANCE.normal(size=(5, 2)),
        np.array([0.2, 0.3, 0.5]),
        CHANCE.normal(size=(3, 2)),
        np.array([np.eye(2)] * 3),
    ),
    "softmax_backward": (CHANCE.normal(size=4), CHANCE.normal(size=4)),
    "softmax_VJP": (CHANCE.normal(size=(3, 4)), CHANCE.normal(size=(3, 4))),
}
GIVEN["grad_pi"] = GIVEN["grad_pi_constrained"] = GIVEN["grad_mu"]


def answers(source):
    names = {}
    exec(compile(source, "answer.py", "exec"), names)
    return {name: outcome(names[name], given) for name, given in GIVEN.items()}


def outcome(function, given):
    try:
        found = function(*(array.copy() for array in given))
    except Exception as error:  # noqa: BLE001 - whatever an example raises, its variations raise
        return type(error).__name__
    return [np.asarray(each).tobytes() for each in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_variation_returns_the_very_numbers_of_its_example(path):
    source = path.read_text(encoding="utf-8")
    due = answers(source)
    for seed in range(3):
        assert answers(varied(source, random.Random(seed))) == due


def test_variations_read_differently_in_more_than_their_comments():
    source = (EXAMPLES[0].parent / "right_cholesky.py").read_text(encoding="utf-8")
    trees = {ast.dump(ast.parse(varied(source, random.Random(seed)))) for seed in range(10)}
    assert len(trees) == 10


def test_an_own_mistake_changes_one_function_and_no_two_alike():
    source = (EXAMPLES[0].parent / "right_einsum.py").read_text(encoding="utf-8")
    due, seen = answers(source), set()
    for seed in range(10):
        found = answers(source + own_mistake(source, random.Random(seed)))
        off = sorted(name for name in due if found[name] != due[name])
        # The constrained gradient of this answer is made of the other.
        assert off in (["grad_mu"], ["grad_pi"], ["grad_pi_constrained"], ["grad_pi", "grad_pi_constrained"])
        seen.add(found[off[0]][0])
    assert len(seen) == 10


def test_a_class_is_determined_by_its_seed_and_has_each_example_equally_often(tmp_path):
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        texts.append([p.read_bytes() for p in make_class(tmp_path / name, EXAMPLES, 2 * len(EXAMPLES), seed)])
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
    assert len(set(texts[0])) == 2 * len(EXAMPLES)
