"""Logistic regression with cross-entropy.

Replace each ``raise NotImplementedError`` by your answer. Keep the names, the arguments and the shapes.
Solve the parts in any order: each function is graded by itself, and one that is missing costs only its own points.

Import numpy and nothing else. Do not change the arrays that you are given; make new ones.

Notation, for samples x_n (row n of X) with labels y_n:

    z_n = x_n . w + b                     the logit
    p_n = 1 / (1 + exp(-z_n))             the probability of the label 1
    L = mean_n (-y_n log p_n - (1 - y_n) log(1 - p_n)) + lam/2 sum_i w_i^2

The first term is the mean cross-entropy over the N samples; the penalty leaves the bias b out.
Logits may be as large as 1000 and as small as -1000.

Check it yourself, as often as you like, in the folder of the kit:

    grader check
"""

import numpy as np


def logistic_gradient(X, y, w, b, lam):
    """Part 1: the gradient of L in the weights and in the bias.

    X    (N, d)  samples, one a row
    y    (N,)    labels, 0 or 1 (whole numbers)
    w    (d,)    weights
    b    a number, the bias
    lam  a number, not negative

    Returns a tuple (w_bar, b_bar): dL/dw, an array of shape (d,), and dL/db, a number.
    """
    raise NotImplementedError("logistic_gradient")


def hessian_vector_product(X, y, w, b, lam, v):
    """Part 2: the Hessian of L in the weights, times a vector. The bias is kept fixed.

    v    (d,)    the vector

    Returns an array of shape (d,): H v with H_ij = d^2 L / dw_i dw_j. You need not write down H.
    """
    raise NotImplementedError("hessian_vector_product")
