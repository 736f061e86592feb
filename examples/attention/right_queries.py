# One query after the other; the Jacobian of its softmax written down, for the allowed keys only.
import numpy as np


def weights(s):
    e = np.exp(s - s.max())
    return e / e.sum()


def masked_softmax_VJP(S, mask, A_bar):
    S_bar = np.zeros_like(S)
    for t in range(len(S)):
        allowed = np.flatnonzero(mask[t])
        a = weights(S[t, allowed])
        J = np.diag(a) - np.outer(a, a)
        S_bar[t, allowed] = J @ A_bar[t, allowed]
    return S_bar


def attention_VJP(Q, K, V, mask, Y_bar):
    T, d = Q.shape
    Q_bar, K_bar, V_bar = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t in range(T):
        for_t = np.flatnonzero(mask[t])
        a = weights(K[for_t] @ Q[t] / np.sqrt(d))
        s_bar = (np.diag(a) - np.outer(a, a)) @ (V[for_t] @ Y_bar[t]) / np.sqrt(d)
        for s, a_s, g in zip(for_t, a, s_bar):
            V_bar[s] += a_s * Y_bar[t]
            Q_bar[t] += g * K[s]
            K_bar[s] += g * Q[t]
    return Q_bar, K_bar, V_bar
