"""A numpy whose floats are balls: structure is numpy's own, every number stays enclosed."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb_mat

from grader.audit.exact.ball import Ball, UndecidedError, pi

Array = np.ndarray[Any, Any]
_OBJECT = np.dtype(object)
_UNARY = ("exp", "expm1", "log", "log1p", "sqrt", "tanh", "sinh", "cosh", "sin", "cos")
_FLOATS = ("float64", "float16", "longdouble", "double")
_FRESH = ("zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "zeros_like", "ones_like",
          "empty_like", "full_like", "asarray", "array", "asanyarray", "ascontiguousarray", "tri", "diag", "where",
          "tril", "triu", "nan_to_num")  # fmt: skip
"""Functions whose result numpy may make of floats, or of plain integers among objects."""


class NotExactError(Exception):
    """Something was called that cannot be worked out on balls."""


def exact(value: Any) -> Any:
    """Return the same numbers as balls.

    Parameters
    ----------
    value : ndarray, number or Ball
        Whole numbers and booleans stay what they are.

    Returns
    -------
    ndarray of object, Ball, or what was given
    """
    if isinstance(value, Ball):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "fO":
        return value
    balls = np.empty(array.size, dtype=object)
    # Long doubles among them would be rounded, so each is taken as it is.
    balls[:] = [Ball(entry) for entry in (array.ravel() if array.dtype.kind == "f" else array.ravel().tolist())]
    return balls.reshape(array.shape)[()] if array.ndim == 0 else balls.reshape(array.shape)


class Real:
    """Stands for every dtype of floats, and for ``float``."""

    dtype = _OBJECT

    def __call__(self, value: Any = 0) -> Any:
        """Return a number or an array as balls."""
        return exact(value)


class Single(Real):
    """Stands for single precision: as a dtype it is every other; called, it rounds, which is exact in its way."""

    def __call__(self, value: Any = 0) -> Any:
        """Return numbers rounded to single precision."""
        return _each(lambda ball: ball.single(), value)


def _each(function: Callable[[Ball], Any], value: Any, dtype: Any = object) -> Any:
    array = np.asarray(value)
    out = np.empty(array.size, dtype=dtype)
    out[:] = [function(Ball(entry)) for entry in array.ravel().tolist()] if array.size else []
    return out.reshape(array.shape)[()] if array.ndim == 0 else out.reshape(array.shape)


class ExactNumpy:
    """What ``np`` stands for in code that runs on balls; what is not said here is numpy's own."""

    def __init__(self) -> None:
        self.linalg = ExactLinalg()
        self.pi, self.e = pi(), Ball(1).exp()
        for name in _FLOATS:
            setattr(self, name, REAL)
        self.float32 = self.single = Single()
        for name in _UNARY:
            setattr(self, name, _unary(name))
        for name in _FRESH:
            setattr(self, name, _fresh(getattr(np, name)))
        self.amax, self.amin = self.max, self.min
        self.abs = self.absolute = self.fabs = lambda value: _each(abs, value)
        self.square = lambda value: exact(value) * exact(value)
        self.sign = _sign
        self.isfinite = lambda value: _each(lambda ball: ball.finite, value, bool)
        # An enclosure that is not finite may be of anything.
        self.isnan = lambda value: _each(lambda ball: not ball.finite, value, bool)
        self.isinf = lambda value: _each(lambda ball: not ball.finite, value, bool)
        self.maximum = np.frompyfunc(lambda a, b: Ball(a).larger(b), 2, 1)
        self.minimum = np.frompyfunc(lambda a, b: Ball(a).smaller(b), 2, 1)

    def __getattr__(self, name: str) -> Any:
        if name in {"random", "linalg", "fft", "float128"}:
            msg = f"`np.{name}` has no meaning on balls"
            raise NotExactError(msg)
        return getattr(np, name)

    def max(self, a: Any, axis: Any = None, *, keepdims: bool = False, **more: Any) -> Any:
        """Return the largest entries; where two may be, a ball that holds either."""
        return self._extreme(self.maximum, a, axis, keepdims=keepdims, more=more)

    def min(self, a: Any, axis: Any = None, *, keepdims: bool = False, **more: Any) -> Any:
        """Return the smallest entries."""
        return self._extreme(self.minimum, a, axis, keepdims=keepdims, more=more)

    def _extreme(self, ufunc: np.ufunc, a: Any, axis: Any, *, keepdims: bool, more: dict[str, Any]) -> Any:
        found = np.asarray(exact(a))
        if "initial" in more:
            least = np.asarray(Ball(more["initial"]), dtype=object)
            found = np.where(more.pop("where", True), found, least)
            found = np.asarray(ufunc(found, Ball(more.pop("initial"))))
        if more:
            msg = f"max with {', '.join(more)}"
            raise NotExactError(msg)
        axes = range(found.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        # From the last axis on, so that the others keep their numbers.
        for each in sorted((each % found.ndim for each in axes), reverse=True):
            found = np.asarray(ufunc.reduce(found, axis=each, keepdims=keepdims))
        return found if found.ndim else found[()]

    def clip(self, a: Any, least: Any = None, most: Any = None) -> Any:
        """Return entries within bounds."""
        bounded = exact(a)
        bounded = bounded if least is None else self.maximum(bounded, exact(least))
        return bounded if most is None else self.minimum(bounded, exact(most))

    def var(self, a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
        """Return variances."""
        array = np.asarray(exact(a))
        deviation = array - np.mean(array, axis=axis, keepdims=True)
        squares = np.asarray(deviation * deviation)
        total = np.sum(squares, axis=axis, keepdims=keepdims)
        return total / (array.size // max(np.asarray(total).size, 1) - ddof)

    def std(self, a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
        """Return standard deviations."""
        return _unary("sqrt")(self.var(a, axis, ddof=ddof, keepdims=keepdims))

    def logaddexp(self, a: Any, b: Any) -> Any:
        """Return log(exp(a) + exp(b))."""
        return _unary("log")(_unary("exp")(exact(a)) + _unary("exp")(exact(b)))

    def result_type(self, *given: Any) -> Any:
        """Return a dtype: one of objects where any number is real."""
        kinds = [np.asarray(one).dtype if isinstance(one, np.ndarray | Ball) else one for one in given]
        real = any(isinstance(one, Real) or one == _OBJECT or isinstance(one, float | Ball) for one in kinds)
        return _OBJECT if real else np.result_type(*given)

    def issubdtype(self, dtype: Any, kind: Any) -> bool:
        """Return whether a dtype is of a kind; balls are floats."""
        if isinstance(dtype, Real) or dtype == _OBJECT:
            return isinstance(kind, Real) or bool(np.issubdtype(np.float64, kind))
        return bool(np.issubdtype(dtype, kind))

    def finfo(self, dtype: Any) -> Any:
        """Return what is known of float64: constants of code, exact numbers themselves."""
        del dtype
        return np.finfo(np.float64)


class ExactLinalg:
    """What ``np.linalg`` stands for."""

    LinAlgError = np.linalg.LinAlgError

    def __getattr__(self, name: str) -> Any:
        msg = f"`np.linalg.{name}` is not worked out on balls"
        raise NotExactError(msg)

    def inv(self, a: Any) -> Any:
        """Return inverses."""
        return _stacked(lambda m: _entries(_matrix(m).inv()), exact(a))

    def solve(self, a: Any, b: Any) -> Any:
        """Return solutions of linear systems."""
        right = np.asarray(exact(b))
        inverse = np.asarray(self.inv(a))
        # A vector, as numpy 2 has it, is one axis only.
        return (inverse @ right[..., np.newaxis])[..., 0] if right.ndim == 1 else inverse @ right

    def det(self, a: Any) -> Any:
        """Return determinants."""
        return _stacked(lambda m: np.asarray(Ball(_matrix(m).det()), dtype=object), exact(a))

    def slogdet(self, a: Any) -> Any:
        """Return the signs and the logarithms of determinants."""
        found = self.det(a)
        return _sign(found), _unary("log")(_each(abs, found))

    def cholesky(self, a: Any) -> Any:
        """Return lower-triangular factors."""
        return _stacked(_cholesky, exact(a))


def _sign(value: Any) -> Any:
    return _each(lambda ball: Ball((ball > 0) - (ball < 0)), value)


def _unary(name: str) -> Callable[..., Any]:
    return lambda value: _each(lambda ball: getattr(ball, name)(), value)


def _fresh(function: Callable[..., Any]) -> Callable[..., Any]:
    def made(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("dtype") is float:
            kwargs["dtype"] = _OBJECT
        found = function(*args, **kwargs)
        # What numpy gives as an array stays one, also without axes.
        return np.asarray(exact(found), dtype=object) if found.dtype.kind in "fO" else found

    return made


def _stacked(function: Callable[[Array], Array], stack: Array) -> Array:
    parts = [function(matrix) for matrix in stack.reshape(-1, *stack.shape[-2:])]
    out = np.empty((len(parts), *parts[0].shape), dtype=object)
    for i, part in enumerate(parts):
        out[i] = part
    shape = (*stack.shape[:-2], *parts[0].shape)
    return out.reshape(shape) if shape else np.asarray(out[0])


def _matrix(balls: Array) -> arb_mat:
    return arb_mat([[entry.arb for entry in row] for row in balls])


def _entries(matrix: arb_mat) -> Array:
    rows, columns = matrix.nrows(), matrix.ncols()
    out = np.empty((rows, columns), dtype=object)
    for i in range(rows):
        for j in range(columns):
            out[i, j] = Ball(matrix[i, j])
    return out


def _cholesky(matrix: Array) -> Array:
    factor = exact(np.zeros(matrix.shape))
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = matrix[i, j] - factor[i, :j] @ factor[j, :j]
            factor[i, j] = rest.sqrt() if i == j else rest / factor[j, j]
    return np.asarray(factor)


class ExactMath:
    """What ``math`` stands for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(EXACT if name in {"pi", "e", *_UNARY} else math, name)


REAL = Real()
EXACT = ExactNumpy()
LIBRARIES = {"numpy": EXACT, "numpy.linalg": EXACT.linalg, "math": ExactMath()}
"""What code on balls gets when it imports a library."""
NAMES = {"float": REAL}
__all__ = ["LIBRARIES", "NAMES", "NotExactError", "UndecidedError", "exact"]
