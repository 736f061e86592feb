import numpy as np


def _estep(X, pi, mu, Sigma):
    """Log-densities, whitened residuals and Cholesky factors, no inverse anywhere."""
    X, pi, mu, Sigma = (np.asarray(a, dtype=np.float64) for a in (X, pi, mu, Sigma))
    d = X.shape[1]
    L = np.linalg.cholesky(Sigma)                              # (K, d, d)
    diff = X[None, :, :] - mu[:, None, :]                      # (K, N, d)
    white = np.linalg.solve(L, np.swapaxes(diff, 1, 2))        # (K, d, N)
    maha = np.sum(white**2, axis=1)                            # (K, N)
    half_logdet = np.sum(np.log(np.diagonal(L, axis1=1, axis2=2)), axis=1)
    logN = -0.5 * maha - half_logdet[:, None] - 0.5 * d * np.log(2 * np.pi)
    joint = logN + np.log(pi)[:, None]
    m = joint.max(axis=0)
    logP = m + np.log(np.exp(joint - m).sum(axis=0))
    return L, white, logN, joint, logP


def grad_mu(X, pi, mu, Sigma):
    L, white, logN, joint, logP = _estep(X, pi, mu, Sigma)
    r = np.exp(joint - logP)                                   # (K, N)
    summed = np.einsum("kn,kdn->kd", r, white)
    return np.linalg.solve(np.swapaxes(L, 1, 2), summed[..., None])[..., 0]


def grad_pi(X, pi, mu, Sigma):
    _, _, logN, _, logP = _estep(X, pi, mu, Sigma)
    return np.exp(logN - logP).sum(axis=1)


def grad_pi_constrained(X, pi, mu, Sigma):
    g = grad_pi(X, pi, mu, Sigma)
    return g - g.mean()


def softmax_backward(z, y_bar):
    z = np.asarray(z, dtype=np.float64)
    y_bar = np.asarray(y_bar, dtype=np.float64)
    top = z.max()
    e = np.exp(z - top)
    s = e.sum()
    y = e / s
    inner = y @ y_bar
    return -inner * np.exp(-top) / s, y * (y_bar - inner)


def softmax_VJP(Z, Y_bar):
    Z = np.asarray(Z, dtype=np.float64)
    Y = np.exp(Z - Z.max(axis=1, keepdims=True))
    Y /= Y.sum(axis=1, keepdims=True)
    return Y * (Y_bar - np.sum(Y * Y_bar, axis=1, keepdims=True))
