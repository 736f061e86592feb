"""Batch normalisation: the backward passes.

Replace each ``raise NotImplementedError`` by your answer. Keep the names, the arguments and the shapes.
Solve the parts in any order: each function is graded by itself, and one that is missing costs only its own points.

Import numpy and nothing else. Do not change the arrays that you are given; make new ones.

Notation, for each feature (column of X) by itself, with samples x_1, ..., x_N:

    m = mean_n x_n                        the mean
    v = mean_n (x_n - m)^2                the variance: divided by N
    h_n = (x_n - m) / sqrt(v + eps)       the normalised samples
    y_n = gamma h_n + beta                the outputs

E is any number that depends on the outputs, and Y_bar holds dE/dy.
The mean of a feature may be a million times its standard deviation.

Check it yourself, as often as you like, in the folder of the kit:

    grader check
"""

import numpy as np


def batch_norm_VJP(X, gamma, beta, eps, Y_bar):
    """Part 1: in training, where m and v are those of the batch, and depend on X.

    X      (N, d)  samples, one a row
    gamma  (d,)    scale of each feature
    beta   (d,)    shift of each feature
    eps    a number, positive
    Y_bar  (N, d)  cotangents of the outputs

    Returns a tuple (X_bar, gamma_bar, beta_bar): dE/dX, (N, d), dE/dgamma, (d,), and dE/dbeta, (d,).
    """
    raise NotImplementedError("batch_norm_VJP")


def batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar):
    """Part 2: at inference, where m and v are given, and are constants.

    mean      (d,)  of each feature
    variance  (d,)  of each feature, not negative

    Returns a tuple (X_bar, gamma_bar, beta_bar) as in part 1.
    """
    raise NotImplementedError("batch_norm_inference_VJP")
