# The lines of the scanned answer, named as in docs/cs280_hw1.md. Each is written with the right values of what it names
# besides (r_bar in b.8, say): whether it is wrong is then its own doing.
import numpy as np


def densities(X, mu, Sigma):
    E = X[:, None, :] - mu
    quadratic = np.einsum("nki,kij,nkj->nk", E, np.linalg.inv(Sigma), E)
    return np.exp(-quadratic / 2) / np.sqrt(np.linalg.det(2 * np.pi * Sigma))


def mixture(X, pi, mu, Sigma):
    return densities(X, mu, Sigma) @ pi


def responsibilities(X, pi, mu, Sigma):
    return pi * densities(X, mu, Sigma) / mixture(X, pi, mu, Sigma)[:, None]


def slope(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    columns = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        columns.append((np.asarray(f(x + step)) - np.asarray(f(x - step))) / (2 * h))
    return np.moveaxis(np.array(columns), 0, -1).reshape(np.shape(columns[0]) + x.shape)


# 1 (1)


def line_1_4(X, pi, mu, Sigma):
    dP = slope(lambda m: mixture(X, pi, m, Sigma), mu)
    return np.einsum("n,nkd->kd", 1 / mixture(X, pi, mu, Sigma), dP)


def line_1_5(X, pi, mu, Sigma):
    # read as a row: (x_n - mu_k)^T Sigma_k^-1
    P, N = mixture(X, pi, mu, Sigma), densities(X, mu, Sigma)
    return np.array(
        [sum(1 / P[n] * pi[k] * N[n, k] * (X[n] - mu[k]) @ np.linalg.inv(Sigma[k]) for n in range(len(X)))
         for k in range(len(pi))]
    )  # fmt: skip


def line_1_6(X, pi, mu, Sigma):
    r = responsibilities(X, pi, mu, Sigma)
    return np.array(
        [sum(r[n, k] * np.linalg.inv(Sigma[k]) @ (X[n] - mu[k]) for n in range(len(X))) for k in range(len(pi))]
    )


grad_mu_steps = [line_1_4, line_1_5, line_1_6]


# 1 (2), without constraints


def line_2_1(X, pi, mu, Sigma):
    return (1 / mixture(X, pi, mu, Sigma)) @ slope(lambda p: mixture(X, p, mu, Sigma), pi)


def line_2_2(X, pi, mu, Sigma):
    return (1 / mixture(X, pi, mu, Sigma)) @ densities(X, mu, Sigma)


def line_2_3(X, pi, mu, Sigma):
    return responsibilities(X, pi, mu, Sigma).sum(axis=0)


grad_pi_steps = [line_2_1, line_2_2, line_2_3]


# 1 (2), with constraints


def line_2_5(X, pi, mu, Sigma, lam):
    return responsibilities(X, pi, mu, Sigma).sum(axis=0) - lam


def line_2_6(X, pi, mu, Sigma, lam):
    return np.zeros(len(pi))


dL_dpi_steps = [line_2_5, line_2_6]


def line_2_7(X, pi, mu, Sigma, lam):
    return 1 / len(pi) * responsibilities(X, pi, mu, Sigma).sum()


def line_2_8(X, pi, mu, Sigma, lam):
    return len(X) / len(pi)


multiplier_steps = [line_2_7, line_2_8]


def line_2_10(X, pi, mu, Sigma, lam):
    return responsibilities(X, pi, mu, Sigma).sum(axis=0) - len(X) / len(pi)


grad_pi_constrained_steps = [line_2_10]


# 2 (b), for two outputs


def line_b_1(z, y_bar):
    r = np.sum(np.exp(z))
    return y_bar[0] * slope(lambda s: np.exp(z[0]) / s, r) + y_bar[1] * slope(lambda s: np.exp(z[1]) / s, r)


def line_b_3(z, y_bar):
    # with b.2: dy_i/dr = -exp(z_i) / r^2
    r = np.sum(np.exp(z))
    return y_bar[0] * -np.exp(z[0]) / r**2 + y_bar[1] * -np.exp(z[1]) / r**2


r_bar_of_two_steps = [line_b_1, line_b_3]


def lines_b_4_and_b_6(z, y_bar):
    r, r_bar = np.sum(np.exp(z)), line_b_3(z, y_bar)
    dy_1, dy_2 = slope(lambda v: np.exp(v) / r, z[0]), slope(lambda v: np.exp(v) / r, z[1])
    dr_1, dr_2 = slope(lambda v: np.exp(v) + np.exp(z[1]), z[0]), slope(lambda v: np.exp(z[0]) + np.exp(v), z[1])
    return np.array([y_bar[0] * dy_1 + r_bar * dr_1, y_bar[1] * dy_2 + r_bar * dr_2])


def lines_b_5_and_b_7(z, y_bar):
    r, r_bar = np.sum(np.exp(z)), line_b_3(z, y_bar)
    return np.array([y_bar[0] * np.exp(z[0]) / r + r_bar * np.exp(z[0]), y_bar[1] * np.exp(z[1]) / r + r_bar * np.exp(z[1])])


z_bar_of_two_steps = [lines_b_4_and_b_6, lines_b_5_and_b_7]


# 2 (b), the general formulas


def line_b_9(z, y_bar):
    return -y_bar * np.exp(z) / np.sum(np.exp(z)) ** 2


def line_b_13(z, y_bar):
    return -line_b_8(z, y_bar) * y_bar * np.exp(z) / np.sum(np.exp(z)) ** 2


r_bar_steps = [line_b_9, line_b_13]


def line_b_8(z, y_bar):
    dE_dr = -np.sum(y_bar * np.exp(z)) / np.sum(np.exp(z)) ** 2
    return y_bar * np.exp(z) / np.sum(np.exp(z)) + dE_dr * np.exp(z)


def line_b_11(z, y_bar):
    r = np.sum(np.exp(z))
    r_bar = -(y_bar @ np.exp(z)) / r**2
    return y_bar * (np.exp(z) / r) + r_bar * np.exp(z)


z_bar_steps = [line_b_8, line_b_11]


# 2 (c)


def line_c_3(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    R_bar = -np.sum(I_bar * np.exp(Z), axis=1, keepdims=True) / R**2  # as it was handed in
    return R_bar


R_bar_steps = [line_c_3]


def line_c_4(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    R_bar = -np.sum(Y_bar * np.exp(Z), axis=1, keepdims=True) / R**2
    return Y_bar * (np.exp(Z) / R) + R_bar * np.exp(Z)


Z_bar_steps = [line_c_4]
