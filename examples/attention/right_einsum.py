# All queries at once; what is forbidden gets a score of -1e9, and the scale sits in the queries.
import numpy as np
from numpy import einsum


def log_softmax(S):
    m = S.max(axis=1, keepdims=True)
    return S - m - np.log(np.exp(S - m).sum(axis=1, keepdims=True))


def masked_softmax_VJP(S, mask, A_bar):
    A = np.exp(log_softmax(np.where(mask, S, -1e9)))
    return A * A_bar - einsum("ts,tu,tu->ts", A, A, A_bar)


def attention_VJP(Q, K, V, mask, Y_bar):
    scaled = Q / np.sqrt(Q.shape[1])
    S = einsum("td,sd->ts", scaled, K)
    A = np.exp(log_softmax(np.where(mask, S, -1e9)))
    # sum_s A_ts (Y_bar V^T)_ts is the row's output times its cotangent
    Y = A @ V
    S_bar = A * (einsum("tm,sm->ts", Y_bar, V) - einsum("tm,tm->t", Y_bar, Y)[:, None])
    Q_bar = einsum("ts,sd->td", S_bar, K) / np.sqrt(Q.shape[1])
    return Q_bar, einsum("ts,td->sd", S_bar, scaled), einsum("ts,tm->sm", A, Y_bar)
