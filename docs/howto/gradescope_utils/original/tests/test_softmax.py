import unittest

import numpy as np
from gradescope_utils.autograder_utils.decorators import number, visibility, weight
from softmax import softmax


class TestSoftmax(unittest.TestCase):
    @weight(2)
    @number("1.1")
    def test_rows_sum_to_one(self):
        """Every row sums to 1"""
        Z = np.random.randn(5, 3)
        np.testing.assert_allclose(softmax(Z).sum(axis=1), np.ones(5))

    @weight(4)
    @number("1.2")
    def test_values(self):
        """The values are right"""
        Z = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
        expected = np.array([[0.09003, 0.24473, 0.66524], [1 / 3, 1 / 3, 1 / 3]])
        np.testing.assert_allclose(softmax(Z), expected, atol=1e-4)

    @weight(2)
    @number("1.3")
    @visibility("after_published")
    def test_large(self):
        """No overflow for large logits"""
        Z = np.array([[1000.0, 1000.0]])
        np.testing.assert_allclose(softmax(Z), [[0.5, 0.5]])
