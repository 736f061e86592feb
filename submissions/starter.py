"""CS280 HW1: Gaussian mixtures and softmax.

Replace each ``raise NotImplementedError`` by your answer. Keep the names, the arguments and the shapes.
Solve the parts in any order: each function is graded by itself, and one that is missing costs only its own points.

Import numpy and nothing else. Do not change the arrays that you are given; make new ones.

Notation in problem 1, for samples x_n and components k:

    N_nk = N(x_n | mu_k, Sigma_k)         the density of component k at sample n
    P(x_n) = sum_k pi_k N_nk              the density of the mixture
    l = sum_n log P(x_n)                  the log-likelihood
    r_nk = pi_k N_nk / P(x_n)             the responsibility of component k for sample n

Check it yourself, as often as you like, in the folder of the kit:

    grader check
"""

import numpy as np


def grad_mu(X, pi, mu, Sigma):
    """Problem 1 (1): the gradient of l in the means.

    X      (N, d)     samples, one a row
    pi     (K,)       weights, positive
    mu     (K, d)     means
    Sigma  (K, d, d)  covariances, symmetric positive definite

    Returns an array of shape (K, d): row k is dl/dmu_k.
    """
    raise NotImplementedError("grad_mu")


def grad_pi(X, pi, mu, Sigma):
    """Problem 1 (2), first part: the gradient of l in the weights, without the constraint.

    The entries of pi are independent variables here; nothing has to sum to 1.

    Returns an array of shape (K,).
    """
    raise NotImplementedError("grad_pi")


def grad_pi_constrained(X, pi, mu, Sigma):
    """Problem 1 (2), second part: the gradient of l in the weights, within the simplex sum_k pi_k = 1.

    It is dl/dpi_k - lambda, with the one lambda for which the entries sum to 0.

    Returns an array of shape (K,).
    """
    raise NotImplementedError("grad_pi_constrained")


def softmax_backward(z, y_bar):
    """Problem 2 (b): back-propagation through the graph  r = sum_j exp(z_j),  y_i = exp(z_i) / r.

    z      (n,)  logits
    y_bar  (n,)  cotangents of the outputs, dE/dy_i

    Returns a tuple (r_bar, z_bar): dE/dr, a number, and dE/dz, an array of shape (n,).
    """
    raise NotImplementedError("softmax_backward")


def softmax_VJP(Z, Y_bar):
    """Problem 2 (c): the same for many samples at once, vectorised.

    Z      (N, C)  logits, a sample a row
    Y_bar  (N, C)  cotangents of softmax(Z)

    Returns an array of shape (N, C). Logits may be as large as 1000 and as small as -1000.
    """
    raise NotImplementedError("softmax_VJP")
