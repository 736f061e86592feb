"""A network of two layers, by hand.

Replace each ``raise NotImplementedError`` by your answer. Keep the names, the arguments and the shapes.
Solve the parts in any order: each function is graded by itself, and one that is missing costs only its own points.

Import numpy and nothing else. Do not change the arrays that you are given; make new ones.

The network, for N samples x_n (row n of X) of C classes, T having a 1 at the class of each sample and 0 elsewhere:

    Z1 = X W1 + b1                        (N, h)
    H  = tanh(Z1)                         (N, h)
    Z2 = H W2 + b2                        (N, C)  the logits
    L  = mean_n (log sum_c exp(Z2_nc) - sum_c T_nc Z2_nc)

L is the mean cross-entropy: minus the logarithm of the softmax at the class of each sample, divided by N.
E is any number that depends on an output Y; Y_bar holds dE/dY.
Logits and inputs of tanh may be as large as 1000 and as small as -1000.

Check it yourself, as often as you like, in the folder of the kit:

    grader check
"""

import numpy as np


def linear_VJP(X, W, b, Y_bar):
    """Part 1: back through Y = X W + b.

    X      (N, d)  samples, one a row
    W      (d, h)  weights
    b      (h,)    biases
    Y_bar  (N, h)  cotangents of the outputs

    Returns a tuple (X_bar, W_bar, b_bar): dE/dX, dE/dW and dE/db, in the shapes of X, W and b.
    """
    raise NotImplementedError("linear_VJP")


def relu_VJP(Z, Y_bar):
    """Part 2: back through Y = max(Z, 0), entry by entry. No entry of Z is 0, where it has no derivative.

    Z      (N, h)
    Y_bar  (N, h)  cotangents of the outputs

    Returns an array of shape (N, h): dE/dZ.
    """
    raise NotImplementedError("relu_VJP")


def tanh_VJP(Z, Y_bar):
    """Part 3: back through Y = tanh(Z), entry by entry.

    Returns an array of shape (N, h): dE/dZ.
    """
    raise NotImplementedError("tanh_VJP")


def cross_entropy_gradient(Z, T):
    """Part 4: the gradient of the mean cross-entropy L in the logits.

    Z  (N, C)  logits, a sample a row
    T  (N, C)  a 1 at the class of each sample, 0 elsewhere

    Returns an array of shape (N, C): dL/dZ.
    """
    raise NotImplementedError("cross_entropy_gradient")


def network_gradient(X, T, W1, b1, W2, b2):
    """Part 5: the gradient of L in all parameters of the network. You may use the parts above.

    X       (N, d)          samples
    T       (N, C)          classes
    W1, b1  (d, h), (h,)    the first layer
    W2, b2  (h, C), (C,)    the second layer

    Returns a tuple (W1_bar, b1_bar, W2_bar, b2_bar), in the shapes of W1, b1, W2 and b2.
    """
    raise NotImplementedError("network_gradient")
