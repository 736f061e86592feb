"""Generators are as after seeding, whatever was done to them, and are not seeded where nothing was."""

import random

import numpy as np
import pytest

from grader.sandbox.inside import seeding
from grader.sandbox.inside.seeding import Seeds, seed_all


@pytest.fixture(autouse=True)
def _as_it_was():
    ours, theirs = random.getstate(), np.random.get_state()
    yield
    random.setstate(ours)
    np.random.set_state(theirs)


def drawn():
    return [random.random(), random.gauss(0, 1), float(np.random.rand()), float(np.random.randn())]


def set_another_generator():
    other = np.random.MT19937(7)
    before = np.random.get_bit_generator()
    np.random.set_bit_generator(other)
    np.random.rand()
    np.random.set_bit_generator(before)


CHANGES = {
    "nothing": lambda: None,
    "one draw": random.random,
    "a normal draw": lambda: random.gauss(0, 1),
    "as many words as there are": lambda: [random.getrandbits(32) for _ in range(624)],
    "another seed": lambda: random.seed(8),
    "another state": lambda: random.setstate(random.Random(8).getstate()),
    "one draw of numpy's": np.random.rand,
    "a normal draw of numpy's": np.random.randn,
    "as many words of numpy's as there are": lambda: np.random.randint(0, 1 << 32, size=624, dtype=np.uint32),
    "another seed of numpy's": lambda: np.random.seed(8),
    "another state of numpy's": lambda: np.random.set_state(np.random.RandomState(8).get_state()),
    "a generator that was there for a while": set_another_generator,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", [5, 0, 2**32 - 1])
def test_whatever_was_done_the_next_draws_are_those_after_seeding(change, seed):
    seeds = Seeds()
    seeds.set(seed)
    expected = drawn()
    for _ in range(2):
        seeds.set(seed)
        CHANGES[change]()
        seeds.set(seed)
        assert drawn() == expected


def test_what_nobody_has_drawn_from_is_not_seeded_again(monkeypatch):
    seeds = Seeds()
    seeds.set(5)
    monkeypatch.setattr(seeding, "seed_all", lambda seed: pytest.fail("it was seeded again"))
    seeds.set(5)


def test_another_seed_is_another_sequence():
    seeds = Seeds()
    seeds.set(5)
    seeds.set(6)
    after = drawn()
    seed_all(6)
    assert after == drawn()


@pytest.mark.parametrize("look", ["_python_words", "_numpy_words"])
def test_where_the_words_are_not_found_everything_is_seeded_each_time(monkeypatch, look):
    monkeypatch.setattr(seeding, look, lambda: lambda: b"always the same")
    seeds = Seeds()
    seeds.set(5)
    expected = drawn()
    for change in CHANGES.values():
        change()
        seeds.set(5)
        assert drawn() == expected
