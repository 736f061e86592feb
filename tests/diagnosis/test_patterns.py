"""Each general mistake is recognised, is told from its neighbours, and needs no word from the rubric."""

import numpy as np
import pytest

from grader.diagnosis.explain import explain
from tests.checks.worlds import problem, softmax, vjp
from tests.diagnosis.trusted import Facts, drawn, observed, tapped_vjp

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
SIZES = [{"N": n, "C": c} for n, c in ((3, 4), (5, 4), (3, 5), (4, 3), (2, 3))]
CASES = drawn(SHAPES, *SIZES) + drawn(SHAPES, {"N": 4, "C": 5}, dtype="float32")
ROWS = problem()
ROWS_FACTS = Facts(tapped_vjp)


def found(answer, of=ROWS, facts=ROWS_FACTS, cases=CASES):
    return explain(of, observed(answer, cases, of, facts), facts)


def of_rows(change):
    """What a change makes of the right answer."""
    return lambda Z, V: change(vjp(Z, V))


def masked(value, *place):
    out = np.zeros_like(value)
    out[place] = value[place]
    return out


WHOLE = [
    (lambda g: -g, "sign"),
    (lambda g: 2 * g, "factor_2"),
    (lambda g: g / 2, "factor_half"),
    (lambda g: g / len(g), "over_N"),
    (lambda g: -g / len(g), "minus_over_N"),
    (lambda g: g * g.shape[1], "times_C"),
    (lambda g: -g * g.shape[1], "minus_times_C"),
    (lambda g: 2 * g / len(g), "2_over_N"),
    (lambda g: g / 2 / len(g), "half_over_N"),
    (lambda g: g / (len(g) - 1), "over_N_minus_1"),
    (lambda g: g / g.size, "over_CN"),
    (lambda g: 0 * g, "zero"),
    (lambda g: g.T, "transpose"),
    (lambda g: g[:, None, :], "shape"),
    (lambda g: g.ravel(), "shape"),
    (lambda g: np.stack([g, g], axis=1) / 2, "not_summed"),
    (lambda g: g[::-1], "reversed_0"),
    (lambda g: g[:, ::-1], "reversed_1"),
    (lambda g: np.roll(g, 1, 1), "rolled_1_1"),
    (lambda g: np.roll(g, -1, 1), "rolled_1_-1"),
    (lambda g: masked(g, slice(None), slice(0, 1)), "only_first_1"),
    (lambda g: masked(g, slice(-1, None)), "only_last_0"),
    (lambda g: masked(g, slice(1, None)), "without_first_0"),
    (lambda g: masked(g, slice(None), slice(0, -1)), "without_last_1"),
    (lambda g: g.sum(axis=0), "summed_0"),
    (lambda g: g.mean(axis=0, keepdims=True), "averaged_0_kept"),
    (lambda g: np.broadcast_to(g.sum(axis=0), g.shape), "summed_0_everywhere"),
    (np.abs, "absolute"),
    (np.exp, "exp"),
    (lambda g: 1 / g, "reciprocal"),
    (np.square, "square"),
    (lambda g: g - g.mean(axis=0), "centred_0"),
    (lambda g: g / g.sum(axis=0), "divided_by_sum_0"),
    (lambda g: g / np.linalg.norm(g, axis=1, keepdims=True), "divided_by_norm_1"),
    (lambda g: 3.25 * g, "constant_factor"),
    (lambda g: g - 0.5, "constant_added"),
    (lambda g: np.concatenate([g[:, 1::-1], g[:, 2:]], axis=1), "permuted_1"),
    (lambda g: g + g[0, 0], "shifted"),
    (lambda g: g * (1 + g[0, 0] ** 2), "rescaled"),
    (lambda g: g + g[:, :1], "shifted_0"),
    (lambda g: g * (1 + g[:1] ** 2), "rescaled_1"),
]


@pytest.mark.parametrize(("change", "id_"), WHOLE, ids=[id_ for _, id_ in WHOLE])
def test_what_became_of_the_right_answer_is_recognised(change, id_):
    explanation = found(of_rows(change))
    assert explanation is not None
    assert explanation.id == id_


# Of these, that nothing was done to one case is a special case.
ANYTHING = {"shape", "shifted", "rescaled", "shifted_0", "rescaled_1"}


@pytest.mark.parametrize(("change", "id_"), [w for w in WHOLE if w[1] not in ANYTHING])
def test_the_same_at_one_case_less_is_not(change, id_):
    def answer(Z, V):
        right = vjp(Z, V)
        return right if Z.shape == CASES[3].arguments[0][1].shape else change(right)

    explanation = found(answer)
    assert explanation is None or explanation.id != id_


@pytest.mark.parametrize(("change", "id_"), WHOLE, ids=[id_ for _, id_ in WHOLE])
def test_the_same_with_one_entry_changed_by_a_millionth_of_itself_is_not(change, id_):
    def answer(Z, V):
        out = np.array(change(vjp(Z, V)))
        out[(0,) * out.ndim] = out[(0,) * out.ndim] * (1 + 1e-6) + 1e-6
        return out

    explanation = found(answer)
    assert explanation is None or explanation.id != id_


@pytest.mark.parametrize(("change", "id_"), [(np.log, "log"), (np.sqrt, "root")])
def test_a_function_of_a_positive_answer_is_recognised(change, id_):
    facts = Facts(lambda Z, V: 1 + vjp(Z, V) ** 2)
    explanation = found(lambda Z, V: change(1 + vjp(Z, V) ** 2), facts=facts)
    assert explanation is not None
    assert explanation.id == id_


ELSEWHERE = [
    (lambda Z, V: V, "is_V"),
    (lambda Z, V: vjp(Z, V) * V, "times_V"),
    (lambda Z, V: vjp(Z, V) / V, "over_V"),
    (lambda Z, V: vjp(Z, V) * V**2, "times_V_squared"),
    (lambda Z, V: -vjp(Z, V) * V / len(V), "times_V+minus_over_N"),
    (lambda Z, V: vjp(V, Z), "Z_for_V"),
    (lambda Z, V: vjp(-Z, V), "Z_negative"),
    (lambda Z, V: vjp(Z, V**2), "V_squared"),
    (lambda Z, V: vjp(softmax(Z), V), "Z_softmax_1"),
    (lambda Z, V: vjp(0 * Z + 1, V), "Z_ones"),
    (lambda Z, V: vjp(Z, V - V.mean(axis=0)), "V_centred_0"),
    (lambda Z, V: -vjp(V, Z) / len(Z), "Z_for_V+minus_over_N"),
    (lambda Z, V: vjp(Z.T, V.T).T, "other_axis"),
    (lambda Z, V: vjp(Z.reshape(1, -1), V.reshape(1, -1)).reshape(Z.shape), "no_axis"),
    (lambda Z, V: np.pad(vjp(Z[:, :-1], V[:, :-1]), ((0, 0), (0, 1))), "without_last_of_C"),
]


@pytest.mark.parametrize(("answer", "id_"), ELSEWHERE, ids=[id_ for _, id_ in ELSEWHERE])
def test_the_right_function_of_other_inputs_is_recognised(answer, id_):
    explanation = found(answer)
    assert explanation is not None
    assert explanation.id == id_


def inner(name, change):
    return lambda Z, V: tapped_vjp(Z, V, tap=lambda called, v: change(v) if called == name else v)


INSIDE = [
    (inner("indirect", lambda v: 0 * v), "indirect:left_out"),
    (inner("direct", lambda v: 0 * v), "direct:left_out"),
    (inner("mean", lambda v: 0 * v + 1), "mean:as_1"),
    (inner("mean", lambda v: 0 * v + len(v)), "mean:as_N"),
    (inner("mean", lambda v: -v), "indirect:sign"),
    (inner("mean", lambda v: v / len(v)), "indirect:over_N"),
    (inner("log_total", lambda v: 2 * v), "log_total:factor_2"),
    (inner("log_total", lambda v: 0 * v), "log_total:left_out"),
    (inner("mean", lambda v: v.sum(axis=0, keepdims=True)), "mean:summed_0"),
    (lambda Z, V: softmax(Z) * V * (1 - softmax(Z)), "mean:is_weighted"),
    (lambda Z, V: softmax(Z) * (V - V.sum(axis=1, keepdims=True)), "weighted:is_V"),
    (lambda Z, V: softmax(Z) * (V - (softmax(Z) * V).sum(axis=0)), "mean:is_weighted_summed_0"),
    (lambda Z, V: vjp(Z, V) / softmax(Z), "over_output"),
    (lambda Z, V: softmax(Z) * V - softmax(Z) * np.sum(softmax(Z) * V, axis=1, keepdims=True) ** 2, "mean:squared"),
]


@pytest.mark.parametrize(("answer", "id_"), INSIDE, ids=[id_ for _, id_ in INSIDE])
def test_a_change_of_one_intermediate_value_is_recognised(answer, id_):
    explanation = found(answer)
    assert explanation is not None
    assert explanation.id == id_


def test_without_a_tap_there_is_nothing_to_look_at_inside():
    assert found(inner("mean", lambda v: -v), facts=Facts(vjp)) is None


@pytest.mark.parametrize(
    "answer",
    [
        tapped_vjp,
        lambda Z, V: np.stack([(np.diag(y) - np.outer(y, y)) @ v for y, v in zip(softmax(Z), V, strict=True)]),
        lambda Z, V: softmax(Z) * V - softmax(Z) * np.einsum("ij,ij->i", softmax(Z), V)[:, None],
        lambda Z, V: (np.exp(Z) / np.exp(Z).sum(1)[:, None]) * (V - (softmax(Z) * V).sum(1)[:, None]),
        lambda Z, V: vjp(Z + 3, V).astype(np.float32),
    ],
)
def test_a_right_answer_is_never_explained(answer):
    assert found(answer) is None


# Other shapes ---------------------------------------------------------------------------------------------------------

SQUARE_SHAPES = {"A": ("d", "d")}
SQUARE = problem(arguments=("A",), returns=({"name": "G", "shape": ("d", "d")},))
SQUARE_CASES = drawn(SQUARE_SHAPES, {"d": 3}, {"d": 2}, {"d": 4})
SQUARE_FACTS = Facts(lambda A: A @ A + 2 * A.T, shapes=SQUARE_SHAPES)


def diagonal(G):
    return np.diag(np.diag(G))


TRIANGLES = [
    (np.tril, "lower_triangle"),
    (np.triu, "upper_triangle"),
    (lambda G: np.tril(G, -1), "strictly_lower"),
    (lambda G: np.triu(G, 1), "strictly_upper"),
    (diagonal, "diagonal_only"),
    (lambda G: G - diagonal(G), "diagonal_zero"),
    (lambda G: 2 * G - diagonal(G), "off_diagonal_doubled"),
    (lambda G: (G + diagonal(G)) / 2, "off_diagonal_halved"),
    (lambda G: G + diagonal(G), "diagonal_doubled"),
    (lambda G: G - diagonal(G) / 2, "diagonal_halved"),
    (lambda G: np.tril(2 * G) - diagonal(G), "lower_doubled"),
    (lambda G: np.triu(2 * G) - diagonal(G), "upper_doubled"),
    (np.transpose, "transpose"),
]


@pytest.mark.parametrize(("change", "id_"), TRIANGLES, ids=[id_ for _, id_ in TRIANGLES])
def test_what_became_of_a_square_matrix_is_recognised(change, id_):
    explanation = found(lambda A: change(A @ A + 2 * A.T), SQUARE, SQUARE_FACTS, SQUARE_CASES)
    assert explanation is not None
    assert explanation.id == id_


STACK_SHAPES = {"S": ("K", "d", "d"), "x": ("N", "d"), "w": ("K",)}
STACK = problem(arguments=("S", "x", "w"), returns=({"name": "g", "shape": ("K", "d")},))
STACK_CASES = drawn(STACK_SHAPES, {"K": 3, "d": 2, "N": 4}, {"K": 4, "d": 3, "N": 5}, {"K": 2, "d": 3, "N": 6})


def solved(S, x, w):
    """Couples the components through the total of w, and the coordinates through a product of sums."""
    share = np.exp(w) / np.exp(w).sum()
    return share[:, None] * np.linalg.solve(S, np.broadcast_to(x.sum(axis=1) @ x, S.shape[:2])[..., None])[..., 0]


STACK_FACTS = Facts(solved, shapes=STACK_SHAPES)

STACKS = [
    (lambda S, x, w: np.einsum("kij,kj->ki", S, solved(S, x, w)), "matrix_S"),
    (lambda S, x, w: np.einsum("kij,kj->ki", S @ S, solved(S, x, w)), "matrix_squared_S"),
    (lambda S, x, w: np.linalg.solve(S, solved(S, x, w)[..., None])[..., 0], "matrix_inverse_S"),
    (lambda S, x, w: -np.einsum("kij,kj->ki", S, solved(S, x, w)), "matrix_S+sign"),
    (lambda S, x, w: solved(S, x, w) * w[:, None], "times_w"),
    (lambda S, x, w: solved(S, x, 0 * w), "w_ones"),
    (lambda S, x, w: solved(S * np.eye(S.shape[1]), x, w), "S_diagonal"),
    (lambda S, x, w: solved(S, x[:1], w), "first_of_N"),
    (lambda S, x, w: solved(S, x[-1:], w), "last_of_N"),
    (lambda S, x, w: solved(S, x[:-1], w), "without_last_of_N"),
    (lambda S, x, w: solved(S, x[1:], w), "without_first_of_N"),
    (lambda S, x, w: solved(S, x[: len(x) // 2], w), "first_half_of_N"),
    (lambda S, x, w: solved(S, x[len(x) // 2 :], w), "second_half_of_N"),
    (lambda S, x, w: solved(S, x[::2], w), "every_other_of_N"),
    (lambda S, x, w: solved(S, x, w) * (np.exp(w).sum() / np.exp(w))[:, None], "each_K_alone"),
]


@pytest.mark.parametrize(("answer", "id_"), STACKS, ids=[id_ for _, id_ in STACKS])
def test_matrices_samples_and_components_are_told_apart(answer, id_):
    explanation = found(answer, STACK, STACK_FACTS, STACK_CASES)
    assert explanation is not None
    assert explanation.id == id_


# Neighbours ----------------------------------------------------------------------------------------------------------

NEIGHBOURS = [
    (of_rows(lambda g: g.reshape(g.T.shape)), "shape"),
    (of_rows(lambda g: g[[0, 0, *range(2, len(g))]]), "permuted_0"),
    (of_rows(lambda g: g / (len(g) + 1)), "over_N"),
    (of_rows(lambda g: np.stack([g, 2 * g], axis=1) / 2), "not_summed"),
    (of_rows(lambda g: np.abs(g) + 1e-9), "absolute"),
    (inner("log_total", lambda v: v / 2), "log_total:factor_half"),
    (inner("mean", lambda v: -v * 1.001), "indirect:sign"),
    (lambda Z, V: vjp(V, Z) * 1.001, "Z_for_V"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "id_"), NEIGHBOURS, ids=[id_ for _, id_ in NEIGHBOURS])
def test_a_neighbour_is_not_taken_for_it(answer, id_):
    explanation = found(answer)
    assert explanation is None or explanation.id != id_


def test_of_two_entries_the_order_can_only_be_reversed():
    shapes = {"a": ("N", 2), "b": ("N", 2)}
    of = problem(arguments=("a", "b"), returns=({"name": "p", "shape": ("N", 2)},))
    facts = Facts(lambda a, b: a + b**2, shapes=shapes)
    explanation = found(lambda a, b: (a + b**2)[:, ::-1], of, facts, drawn(shapes, {"N": 3}, {"N": 4}, {"N": 5}))
    assert explanation is not None
    assert explanation.id == "reversed_1"


def test_a_change_that_makes_the_answer_larger_may_round_by_its_own_size():
    def right(Z, V):
        return softmax(Z) ** 2 * np.exp(-30 * np.abs(V).max())

    def direct(Z, V):
        return (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)) ** 2

    explanation = found(direct, facts=Facts(right))
    assert explanation is not None
    assert explanation.id == "V_zeros"


# Silence --------------------------------------------------------------------------------------------------------------


def test_where_two_sizes_are_always_equal_their_factors_are_not_told_apart():
    cases = drawn(SHAPES, *({"N": n, "C": n} for n in (3, 4, 5)))
    assert found(of_rows(lambda g: g / len(g)), cases=cases) is None


def test_a_size_that_never_changes_is_a_constant_factor():
    cases = drawn(SHAPES, *({"N": 3, "C": c} for c in (3, 4, 5)))
    explanation = found(of_rows(lambda g: g / len(g)), cases=cases)
    assert explanation is not None
    assert explanation.id == "constant_factor"


def test_a_number_fitted_to_each_of_two_entries_explains_nothing():
    cases = drawn(SHAPES, *({"N": 1, "C": 2} for _ in range(3)))
    assert found(lambda Z, V: vjp(Z, V) * np.sin(Z[0, 0]) + np.cos(Z[0, 1]), cases=cases) is None


def test_a_mistake_in_a_mistake_is_not_guessed_at():
    assert found(lambda Z, V: np.roll(np.tanh(vjp(Z, V)), 1, 1)) is None


def test_an_answer_that_fails_on_a_case_is_not_explained_by_what_does_not():
    def answer(Z, V):
        if len(Z) == 2:
            raise ValueError
        return -vjp(Z, V)

    assert found(answer) is None


def test_complex_numbers_are_not_explained():
    assert found(lambda Z, V: -vjp(Z, V) + 0j) is None


# Several values -------------------------------------------------------------------------------------------------------

TWO = problem(returns=({"name": "s", "shape": ("N",)}, {"name": "Z_bar", "shape": ("N", "C")}))


def two(Z, V):
    return (softmax(Z) * V).sum(axis=1), vjp(Z, V)


def test_one_mistake_in_two_values_is_told_of_both():
    explanation = found(lambda Z, V: tuple(-v for v in two(Z, V)), TWO, Facts(two))
    assert explanation is not None
    assert (explanation.id, explanation.says) == ("sign", "s and Z_bar have the wrong sign")


def test_two_mistakes_in_two_values_are_told_one_by_one():
    explanation = found(lambda Z, V: (-two(Z, V)[0], 2 * two(Z, V)[1]), TWO, Facts(two))
    assert explanation is not None
    assert explanation.says == "s has the wrong sign; Z_bar is twice the right one"


def test_a_value_that_nothing_explains_is_not_passed_over():
    explanation = found(lambda Z, V: (-two(Z, V)[0], np.tanh(two(Z, V)[1])), TWO, Facts(two))
    assert explanation is not None
    assert explanation.says == "s has the wrong sign; Z_bar may follow from it"
