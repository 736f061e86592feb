"""Simpler inputs: smaller by what there is to read, and never such as the rubric would not draw."""

import json
from fractions import Fraction

import numpy as np
import pytest

from grader.model.inputs import InputSet
from grader.numerics.drawable import domain_of, shares_like, within
from grader.numerics.rounding import python_literal
from grader.numerics.sampling import draw_arguments, draw_sizes
from grader.numerics.simpler import Inputs, bulk, simpler

NAMES = ("X", "pi", "Sigma", "L", "hot", "u", "k", "c", "z")
VALUES = {
    "X": {"sampler": "normal", "shape": ["N", "d"], "scale": 1.5, "digits": 2},
    "pi": {"sampler": "simplex", "shape": ["K"], "least": 0.1, "digits": 2},
    "Sigma": {"sampler": "spd", "shape": ["K", "d", "d"], "digits": 2},
    "L": {"sampler": "lower_triangular", "shape": ["d", "d"], "digits": 2},
    "hot": {"sampler": "one_hot", "shape": ["N", "K"]},
    "u": {"sampler": "uniform", "low": 0.5, "high": 3.0, "shape": ["N"]},
    "k": {"sampler": "integers", "low": 2, "high": 9, "shape": ["N"]},
    "c": {"sampler": "constant", "value": 0.25, "shape": ["K"]},
    "z": {"sampler": "logits", "shape": [], "offset": 300.0, "scale": 5.0},
}
GROUPS = ({"family": "generic"}, {"family": "edge", "sizes": {"N": 1, "d": 1}})


def input_set(*groups, **values):
    stated = {"sizes": {"N": [4, 6], "d": [3], "K": [3, 4]}, "values": VALUES | values, "case": groups or GROUPS}
    return InputSet.model_validate_json(json.dumps(stated))


def drawn(inputs, *, group=0, seed=0, dtype="float64", functions=None):
    rng = np.random.default_rng(seed)
    chosen = inputs.case[group]
    sizes = draw_sizes(inputs, chosen, rng)
    arguments = draw_arguments(inputs, chosen, sizes, NAMES, dtype, rng, functions or {}.get)
    return Inputs(sizes=sizes, arguments=arguments), domain_of(inputs, chosen)


def reachable(start, domain, *, breadth=3, depth=6):
    """Candidates of the start, and of some of those in turn."""
    found, level = [], [start]
    for _ in range(depth):
        level = [c for inputs in level for c in simpler(inputs, domain)]
        found += level
        level = level[:: max(1, len(level) // breadth)]
    return found


STARTS = [(seed, dtype) for seed in range(4) for dtype in ("float64", "float32")]


@pytest.mark.parametrize(("seed", "dtype"), STARTS)
def test_every_candidate_is_one_that_the_rubric_would_draw(seed, dtype):
    start, domain = drawn(input_set(), seed=seed, dtype=dtype)
    found = reachable(start, domain)
    assert len(found) > 50
    for candidate in found:
        values, n = dict(candidate.arguments), candidate.sizes
        assert 1 <= n["N"] <= start.sizes["N"]
        assert 1 <= n["d"] <= 3
        assert 3 <= n["K"] <= start.sizes["K"]
        assert [v.shape for v in values.values()] == [
            (n["N"], n["d"]), (n["K"],), (n["K"], n["d"], n["d"]), (n["d"], n["d"]), (n["N"], n["K"]), (n["N"],),
            (n["N"],), (n["K"],), (),
        ]  # fmt: skip
        assert [v.dtype for v in values.values()] == [v.dtype for _, v in start.arguments]
        assert (np.abs(values["X"]) <= 8 * 1.5).all()
        # Nobody would type -0.0.
        assert not np.signbit(values["X"][values["X"] == 0]).any()
        assert (values["pi"] >= values["pi"].dtype.type(0.1)).all()
        # What is printed sums to 1 exactly, in decimals.
        assert sum(Fraction(str(p)) for p in values["pi"]) == 1
        assert (values["Sigma"] == np.swapaxes(values["Sigma"], 1, 2)).all()
        assert np.linalg.cond(values["Sigma"].astype(float)).max() <= 10.1
        np.linalg.cholesky(values["Sigma"].astype(float))
        assert (np.triu(values["L"], 1) == 0).all()
        assert (np.diag(values["L"]) > 0).all()
        assert sorted(set(values["hot"].flat)) == [0, 1]
        assert (values["hot"].sum(axis=1) == 1).all()
        assert ((values["u"] >= 0.5) & (values["u"] < 3)).all()
        assert ((values["k"] >= 2) & (values["k"] <= 9)).all()
        assert (values["c"] == 0.25).all()
        assert abs(float(values["z"]) - 300) <= 40


@pytest.mark.parametrize(("seed", "dtype"), STARTS)
def test_every_candidate_is_strictly_simpler_and_never_has_more_entries(seed, dtype):
    start, domain = drawn(input_set(), seed=seed, dtype=dtype)
    found = list(simpler(start, domain))
    assert found
    for candidate in found:
        assert bulk(candidate.arguments) < bulk(start.arguments)
        assert all(
            now.size <= was.size for (_, now), (_, was) in zip(candidate.arguments, start.arguments, strict=True)
        )


def test_taking_every_step_ends_with_the_least_sizes_and_the_plainest_numbers():
    at, domain = drawn(input_set())
    while (following := next(simpler(at, domain), None)) is not None:
        at = following
    values = dict(at.arguments)
    assert at.sizes == {"N": 1, "d": 1, "K": 3}
    assert values["X"].tolist() == [[0.0]]
    assert values["Sigma"].tolist() == [[[1.0]]] * 3
    assert values["L"].tolist() == [[1.0]]
    assert values["u"].tolist() == [1.0]
    assert values["k"].tolist() == [2]
    assert values["z"] == round(float(values["z"]))


def test_sizes_come_first_and_all_at_once_before_one_by_one():
    start, domain = drawn(input_set())
    sizes = [candidate.sizes for candidate in simpler(start, domain)]
    assert sizes[0] == {"N": 1, "d": 1, "K": 3}
    cut = [n for n in sizes if n != start.sizes]
    assert sizes[: len(cut)] == cut
    one_at_a_time = [n["N"] for n in cut[1:] if n["N"] != start.sizes["N"]]
    whole = start.sizes["N"]
    assert one_at_a_time == [1, whole // 2, whole // 2, whole - 1, whole - 1]


def test_both_ends_of_an_axis_are_tried():
    start, domain = drawn(input_set())
    rows = dict(start.arguments)["X"]
    kept = [dict(c.arguments)["X"] for c in simpler(start, domain) if c.sizes["N"] == len(rows) - 1]
    assert np.array_equal(kept[0], rows[:-1])
    assert np.array_equal(kept[1], rows[1:])


def test_the_same_inputs_give_the_same_candidates():
    def run():
        return [[v.tobytes() for _, v in c.arguments] for c in simpler(*drawn(input_set(), seed=3))]

    assert run() == run()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_pasted_is_the_candidate_bit_for_bit(dtype):
    for candidate in reachable(*drawn(input_set(), seed=5, dtype=dtype)):
        for _, value in candidate.arguments:
            again = np.asarray(eval(python_literal(value), {"np": np}))  # our own text
            assert (again.dtype, again.shape, again.tobytes()) == (value.dtype, value.shape, value.tobytes())
            assert not value.flags.writeable


def test_what_a_trusted_sampler_drew_is_left_alone_and_keeps_its_sizes():
    inputs = input_set(X={"sampler": "function", "function": "samplers:points", "shape": ["N", "d"]})
    start, domain = drawn(inputs, functions=lambda _: lambda rng, shape: rng.normal(size=shape))
    found = reachable(start, domain)
    assert found
    for candidate in found:
        assert dict(candidate.arguments)["X"] is not None
        assert np.array_equal(dict(candidate.arguments)["X"], dict(start.arguments)["X"])
        assert (candidate.sizes["N"], candidate.sizes["d"]) == (start.sizes["N"], start.sizes["d"])


def test_a_size_that_only_a_group_with_its_own_samplers_uses_does_not_count_for_others():
    own = {"family": "edge", "sizes": {"N": 1}, "values": {"c": {"sampler": "constant", "value": 1.0, "shape": ["K"]}}}
    inputs = input_set({"family": "generic"}, own)
    assert domain_of(inputs, inputs.case[0]).least == {"N": 4, "d": 3, "K": 3}
    assert domain_of(inputs, inputs.case[1]).least["N"] == 1


def test_an_empty_size_is_never_gone_down_to():
    inputs = input_set({"family": "generic"}, {"family": "edge", "sizes": {"N": 0}})
    assert domain_of(inputs, inputs.case[0]).least["N"] == 1


SPECIAL = [
    ("X", {"sampler": "normal", "shape": ["N", "d"], "scale": 0.001}, lambda x: 0 < np.abs(x).max() < 0.01),
    ("X", {"sampler": "normal", "shape": ["N", "d"], "repeat_rows": True, "digits": 2},
     lambda x: np.unique(x, axis=0, return_counts=True)[1].min() > 1),
    ("pi", {"sampler": "simplex", "shape": ["K"], "smallest": 1e-8}, lambda p: (p == 1e-8).sum() == 1),
    ("pi", {"sampler": "simplex", "shape": ["K"], "equal": True}, lambda p: (p == 1 / len(p)).all()),
    ("Sigma", {"sampler": "spd", "shape": ["K", "d", "d"], "condition": [1e4, 1e6]},
     lambda s: s.shape[-1] == 1 or np.linalg.cond(s).min() > 0.99e4),
    ("L", {"sampler": "lower_triangular", "shape": ["d", "d"], "condition": [100, 200]},
     lambda m: m.shape[-1] == 1 or np.linalg.cond(m) > 99),
    ("z", {"sampler": "uniform", "low": 2.0, "high": 2.5, "shape": []}, lambda z: 2 <= z < 2.5),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sampler", "holds"), SPECIAL)
def test_what_makes_a_group_special_is_cut_and_rounded_but_stays_special(name, sampler, holds):
    inputs = input_set({"family": "wide", "values": {name: sampler}}, {"family": "edge", "sizes": {"N": 1, "d": 1}})
    for seed in range(3):
        start, domain = drawn(inputs, seed=seed)
        assert within(domain.samplers[name], dict(start.arguments)[name], special=True)
        found = reachable(start, domain)
        assert len(found) > 20
        assert all(holds(dict(candidate.arguments)[name]) for candidate in found)


def test_numbers_of_any_scale_are_rounded_at_their_own():
    inputs = input_set({"family": "wide", "values": {"X": {"sampler": "normal", "shape": ["N", "d"], "scale": 1e-3}}})
    start, domain = drawn(inputs)
    rounded = [dict(c.arguments)["X"] for c in simpler(start, domain)]
    assert any(np.array_equal(x, np.round(dict(start.arguments)["X"], 3)) for x in rounded)


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_shares_near_given_ones_sum_to_one_on_their_grid_and_keep_what_lies_on_it(digits):
    sampler = input_set().values["pi"].model_copy(update={"digits": 3})
    on_it = np.array([0.1, 0.2, 0.7])
    assert shares_like(sampler, on_it, digits).tolist() == on_it.tolist()
    near = shares_like(sampler, np.array([[0.161, 0.242, 0.597], [0.2, 0.2, 0.2]]), digits)
    assert [sum(Fraction(str(p)) for p in row) for row in near] == [1, 1]
    assert np.abs(near - [[0.161, 0.242, 0.597], [1 / 3] * 3]).max() <= 10.0**-digits


def test_shares_keep_their_least_and_the_one_that_is_special():
    sampler = input_set().values["pi"]
    assert shares_like(sampler, np.array([0.01, 0.01, 0.98]), 2).tolist() == [0.1, 0.1, 0.8]
    tiny = sampler.model_copy(update={"least": 0.0, "smallest": 1e-8})
    assert shares_like(tiny, np.array([0.4, 0.1, 0.5]), 1).tolist() == [0.4, 1e-8, 0.6 - 1e-8]
    assert shares_like(tiny, np.array([1.0]), 1) is None


def test_a_grid_that_is_too_coarse_or_finer_than_the_rubric_s_has_no_shares():
    sampler = input_set().values["pi"]
    assert shares_like(sampler, np.full(3, 1 / 3), 0) is None
    assert shares_like(sampler, np.full(3, 1 / 3), 3) is None
    assert shares_like(sampler, np.full(1, 1.0), 0).tolist() == [1.0]


OUTSIDE = [
    ("X", np.full((2, 2), 13.0)), ("X", np.array([[np.nan]])), ("pi", np.array([0.5, 0.4])),
    ("pi", np.array([0.95, 0.05])), ("Sigma", np.array([[[1.0, 0.5], [0.4, 1.0]]])),
    ("Sigma", np.array([[[1.0, 2.0], [2.0, 1.0]]])), ("Sigma", np.array([[[1.0, 0.0], [0.0, 20.0]]])),
    ("Sigma", np.array([[[100.0]]])), ("L", np.array([[1.0, 0.1], [0.0, 1.0]])), ("L", np.array([[-1.0]])),
    ("hot", np.array([[0.0, 0.0]])), ("hot", np.array([[1.0, 1.0]])), ("hot", np.array([[0.5, 0.5]])),
    ("u", np.array([3.0])), ("u", np.array([0.4])), ("k", np.array([1])), ("k", np.array([10])),
    ("z", np.array(0.0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), OUTSIDE)
def test_what_no_draw_gives_is_outside(name, value):
    assert not within(input_set().values[name], value, special=False)


def test_empty_arguments_are_neither_cut_nor_changed():
    inputs = input_set({"family": "edge", "sizes": {"N": 0, "d": 0}})
    start, domain = drawn(inputs)
    for candidate in simpler(start, domain):
        assert candidate.sizes["N"] == candidate.sizes["d"] == 0
