"""A real number that is known to lie within a ball; nothing of it ever becomes a float by itself."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from flint import arb, ctx

BITS: Final = 320
"""Conditions of 1e8 and exponents of a thousand cost less than 100 of them."""


class UndecidedError(ArithmeticError):
    """A comparison that the balls leave open, or a number that would have to be rounded."""


class Ball:
    """A real number, enclosed.

    Parameters
    ----------
    value : Ball, int, float or arb
        A float is a binary fraction, so it is taken as it is.
    """

    __slots__ = ("arb",)

    def __init__(self, value: Any) -> None:
        ctx.prec = BITS
        self.arb = _arb(value)

    def __add__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: b + a)

    def __sub__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: b / a)

    def __pow__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: a**b)

    def __rpow__(self, other: Any) -> Any:
        return _of(self, other, lambda a, b: b**a)

    def __neg__(self) -> "Ball":
        return Ball(-self.arb)

    def __pos__(self) -> "Ball":
        return self

    def __abs__(self) -> "Ball":
        return Ball(abs(self.arb))

    def __lt__(self, other: Any) -> bool:
        return _decided(self.arb < _arb(other), self.arb >= _arb(other))

    def __le__(self, other: Any) -> bool:
        return _decided(self.arb <= _arb(other), self.arb > _arb(other))

    def __gt__(self, other: Any) -> bool:
        return _decided(self.arb > _arb(other), self.arb <= _arb(other))

    def __ge__(self, other: Any) -> bool:
        return _decided(self.arb >= _arb(other), self.arb < _arb(other))

    def __eq__(self, other: object) -> bool:
        return _decided(self.arb == _arb(other), self.arb != _arb(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(str(self.arb))

    def __bool__(self) -> bool:
        return self != 0

    def __float__(self) -> float:
        msg = "a float is asked for, which would round"
        raise UndecidedError(msg)

    def __repr__(self) -> str:
        return f"Ball({self.arb})"

    # As a scalar of numpy has them.

    shape: tuple[int, ...] = ()
    ndim = 0

    def astype(self, dtype: Any, **options: Any) -> Any:
        """Return the number itself, of whatever dtype of floats."""
        del options
        return dtype(self) if callable(dtype) else self

    def item(self) -> "Ball":
        """Return the number itself."""
        return self

    # numpy calls these for arrays of objects.

    def exp(self) -> "Ball":
        """Return e to the power of it."""
        return Ball(self.arb.exp())

    def expm1(self) -> "Ball":
        """Return exp() - 1."""
        return Ball(self.arb.expm1())

    def log(self) -> "Ball":
        """Return the natural logarithm."""
        return Ball(self.arb.log())

    def log1p(self) -> "Ball":
        """Return log(1 + it)."""
        return Ball(self.arb.log1p())

    def sqrt(self) -> "Ball":
        """Return the square root."""
        return Ball(self.arb.sqrt())

    def tanh(self) -> "Ball":
        """Return the hyperbolic tangent."""
        return Ball(self.arb.tanh())

    def sinh(self) -> "Ball":
        """Return the hyperbolic sine."""
        return Ball(self.arb.sinh())

    def cosh(self) -> "Ball":
        """Return the hyperbolic cosine."""
        return Ball(self.arb.cosh())

    def sin(self) -> "Ball":
        """Return the sine."""
        return Ball(self.arb.sin())

    def cos(self) -> "Ball":
        """Return the cosine."""
        return Ball(self.arb.cos())

    def conjugate(self) -> "Ball":
        """Return the number itself: it is real."""
        return self

    def single(self) -> "Ball":
        """Return it rounded to single precision, where the ball leaves no doubt to which number."""
        ends = {float(np.float32(float(end))) for end in (self.arb.lower(), self.arb.upper())}
        if len(ends) > 1:
            msg = "a number is too close to the middle of two single ones"
            raise UndecidedError(msg)
        return Ball(ends.pop())

    def larger(self, other: Any) -> "Ball":
        """Return the larger of two, which an overlap of their balls leaves in no doubt."""
        return Ball(self.arb.max(_arb(other)))

    def smaller(self, other: Any) -> "Ball":
        """Return the smaller of two."""
        return Ball(self.arb.min(_arb(other)))

    @property
    def finite(self) -> bool:
        """Whether it is enclosed at all."""
        return bool(self.arb.is_finite())

    @property
    def magnitude(self) -> float:
        """The magnitude of the ball's middle, about."""
        return abs(float(self.arb.mid()))

    @property
    def radius(self) -> float:
        """How far from the middle it can be, about."""
        return float(self.arb.rad())

    def meets(self, other: "Ball") -> bool:
        """Return whether the two may be the same number."""
        return bool(self.arb.overlaps(other.arb))


def pi() -> Ball:
    """Return the ratio of a circle's circumference to its diameter.

    Returns
    -------
    Ball
    """
    ctx.prec = BITS
    return Ball(arb.pi())


def _arb(value: Any) -> arb:
    match value:
        case Ball():
            return value.arb
        case arb():
            return value
        case bool() | np.bool_() | int() | np.integer():
            return arb(int(value))
        case float() | np.floating():
            if isinstance(value, np.longdouble) and float(value) != value:
                msg = "a long double would have to be rounded"
                raise UndecidedError(msg)
            return arb(float(value))
        case _:
            raise TypeError(type(value).__name__)


def _of(one: Ball, other: Any, operation: Callable[[arb, arb], arb]) -> Any:
    if isinstance(other, np.ndarray):
        return NotImplemented
    ctx.prec = BITS
    try:
        return Ball(operation(one.arb, _arb(other)))
    except TypeError:
        return NotImplemented


def _decided(holds: Any, fails: Any) -> bool:
    if holds:
        return True
    if fails:
        return False
    msg = "two numbers are too close to be told apart"
    raise UndecidedError(msg)
