"""Scaled dot-product attention: the backward passes.

Replace each ``raise NotImplementedError`` by your answer. Keep the names, the arguments and the shapes.
Solve the parts in any order: each function is graded by itself, and one that is missing costs only its own points.

Import numpy and nothing else. Do not change the arrays that you are given; make new ones.

Notation, for queries Q (T, d), keys K (S, d) and values V (S, m):

    S = Q K^T / sqrt(d)                   (T, S)  the scores
    A = softmax(S), row by row            (T, S)  the weights
    Y = A V                               (T, m)  the outputs

A mask (T, S) of booleans says where a query may look at a key. The softmax of a row runs over the allowed entries only:
the weights of the others are 0. Each row allows at least one.

E is any number that depends on the outputs; Y_bar holds dE/dY, and A_bar dE/dA.
Scores may be as large as 1000, also those that are forbidden.

Check it yourself, as often as you like, in the folder of the kit:

    grader check
"""

import numpy as np


def masked_softmax_VJP(S, mask, A_bar):
    """Part 1: back through the softmax.

    S      (T, S)  scores
    mask   (T, S)  True where an entry takes part
    A_bar  (T, S)  cotangents of the weights

    Returns an array of shape (T, S): dE/dS.
    """
    raise NotImplementedError("masked_softmax_VJP")


def attention_VJP(Q, K, V, mask, Y_bar):
    """Part 2: back through the whole.

    Q      (T, d)  queries
    K      (S, d)  keys
    V      (S, m)  values
    mask   (T, S)  True where a query may look at a key
    Y_bar  (T, m)  cotangents of the outputs

    Returns a tuple (Q_bar, K_bar, V_bar): dE/dQ, dE/dK and dE/dV, in the shapes of Q, K and V.
    """
    raise NotImplementedError("attention_VJP")
