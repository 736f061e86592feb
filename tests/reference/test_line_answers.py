"""The trusted values that derivations pass through, against the answers that they lead to."""

import numpy as np
import pytest

from reference.gmm import answers
from reference.gmm.constrained_lines import within_simplex, within_simplex_without_weight
from reference.gmm.forward import responsibilities
from reference.softmax.answers import softmax_backward, softmax_VJP
from reference.softmax.row_lines import softmax_rows
from tests.reference import drawn

SEEDS = range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lines_within_the_simplex_are_those_of_both_gradients(seed):
    mixture = drawn.mixture(seed)
    slope, multiplier, gradient = within_simplex(*mixture, np.float64(1.5))
    np.testing.assert_array_equal(slope, answers.grad_pi(*mixture) - 1.5)
    np.testing.assert_array_equal(gradient, answers.grad_pi_constrained(*mixture))
    assert multiplier == np.mean(answers.grad_pi(*mixture))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_the_weight_the_multiplier_is_n_over_k(seed):
    X, pi, mu, Sigma = drawn.mixture(seed)
    slope, multiplier, gradient = within_simplex_without_weight(X, pi, mu, Sigma, np.float64(2.0))
    occupation = responsibilities(X, pi, mu, Sigma).sum(axis=0)
    np.testing.assert_allclose(multiplier, len(X) / len(pi), rtol=1e-12)
    np.testing.assert_allclose(slope, occupation - 2.0)
    np.testing.assert_allclose(gradient, occupation - len(X) / len(pi))


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_the_graph_of_one_row_and_the_product_of_all(seed):
    Z, Y_bar = drawn.logits(seed, (3, 4))
    R_bar, Z_bar = softmax_rows(Z, Y_bar)
    assert R_bar.shape == (3, 1)
    np.testing.assert_array_equal(R_bar[:, 0], [softmax_backward(*row).r_bar for row in zip(Z, Y_bar, strict=True)])
    np.testing.assert_array_equal(Z_bar, softmax_VJP(Z, Y_bar))
