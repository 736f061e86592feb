"""Cholesky factors and triangular solves, in stacks: loops run over the dimension d only.

``numpy.linalg`` has no triangular solve, refuses long double, and raises for a whole stack where one matrix is not
positive definite; here that one matrix gives nan, which is what a finite difference that steps out of the domain needs.
"""

import numpy as np

from ..tap import Array


def cholesky_factor(A: Array) -> Array:
    """Return the lower-triangular L with L L^T = A.

    Parameters
    ----------
    A : ndarray, shape (..., d, d)
        Symmetric positive definite in the last two axes; only the lower triangles are read.

    Returns
    -------
    ndarray, shape (..., d, d)
        nan from the first column on in which a matrix turns out not to be positive definite.

    Notes
    -----
    Column by column: Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.5. Backward stable:
    the factor is exact for a matrix within about (d + 1) u of A, normwise (Higham, Accuracy and Stability of Numerical
    Algorithms, 2nd ed., theorem 10.3).
    """
    L = np.zeros_like(A)
    for j in range(A.shape[-1]):
        column = A[..., j:, j] - np.einsum("...ij,...j->...i", L[..., j:, :j], L[..., j, :j])
        pivot = np.sqrt(np.where(column[..., :1] > 0, column[..., :1], np.nan))
        L[..., j:, j] = column / pivot
    return L


def solve_lower(L: Array, b: Array) -> Array:
    """Return x with L x = b, by forward substitution.

    Parameters
    ----------
    L : ndarray, shape (..., d, d)
        Lower triangular; what stands above the diagonal is not read.
    b : ndarray, shape (..., d)
        Vectors in the last axis; the leading axes broadcast with those of L.

    Returns
    -------
    ndarray, shape (..., d)
        Exact for factors that differ from L by d u in each entry (Higham, theorem 8.5).
    """
    x = np.zeros(np.broadcast_shapes(L.shape[:-1], b.shape), dtype=np.result_type(L, b))
    for i in range(L.shape[-1]):
        known = np.einsum("...j,...j->...", L[..., i, :i], x[..., :i])
        x[..., i] = (b[..., i] - known) / L[..., i, i]
    return x


def solve_lower_transposed(L: Array, b: Array) -> Array:
    """Return x with L^T x = b, by back substitution.

    Parameters
    ----------
    L : ndarray, shape (..., d, d)
        Lower triangular; what stands above the diagonal is not read.
    b : ndarray, shape (..., d)
        Vectors in the last axis; the leading axes broadcast with those of L.

    Returns
    -------
    ndarray, shape (..., d)
        As accurate as ``solve_lower``.
    """
    x = np.zeros(np.broadcast_shapes(L.shape[:-1], b.shape), dtype=np.result_type(L, b))
    for i in reversed(range(L.shape[-1])):
        known = np.einsum("...j,...j->...", L[..., i + 1 :, i], x[..., i + 1 :])
        x[..., i] = (b[..., i] - known) / L[..., i, i]
    return x
