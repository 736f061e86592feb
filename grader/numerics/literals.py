"""Reads back the Python that ``rounding.python_literal`` writes; nothing is executed, nothing else understood."""

import ast
import math

import numpy as np

from grader.model.case import Array, frozen_array

MAX_SOURCE = 4 << 20
"""Characters; the literals of homework are far shorter."""
MAX_ENTRIES = 1 << 20
"""Of an array that is stated by its shape alone."""
_INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_DTYPES = _INTEGERS | {"bool_", "float16", "float32", "float64"}


class LiteralError(ValueError):
    """The source is not what ``python_literal`` writes."""


def assigned_arrays(source: str) -> tuple[tuple[str, Array], ...]:
    """Return the arrays that a few assignments state.

    Parameters
    ----------
    source : str
        Assignments ``name = literal``, as `grader.numerics.rounding.python_literal` writes the literals.

    Returns
    -------
    tuple of (str, ndarray)
        In their order; read-only. A number is a 0-d array.

    Raises
    ------
    LiteralError
        The source holds anything else.

    Examples
    --------
    >>> assigned_arrays("x = np.array([0.5, 1.0]); n = 3")
    (('x', array([0.5, 1. ])), ('n', array(3)))
    """
    if len(source) > MAX_SOURCE:
        msg = f"{len(source)} characters are more than any homework's inputs"
        raise LiteralError(msg)
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = "this is not Python"
        raise LiteralError(msg) from error
    found = []
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append((name, frozen_array(_array(value))))
            case _:
                msg = f"line {statement.lineno} is not an assignment of an array"
                raise LiteralError(msg)
    return tuple(found)


def _array(node: ast.expr) -> Array:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="array"), args=[ast.List() as rows]):
            return _made(_nested(rows), _stated(node))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="zeros"), args=[shape]):
            return np.zeros(_shape(shape), dtype=_stated(node) or "float64")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=dtype), args=[number], keywords=[]):
            return _made(_number(number), _known(dtype))
        case _:
            return _made(_number(node), None)


def _made(value: object, dtype: str | None) -> Array:
    try:
        array = np.array(value, dtype=dtype)
    except (ValueError, OverflowError, TypeError) as error:
        msg = "rows of different lengths, or a number that its dtype cannot hold"
        raise LiteralError(msg) from error
    if array.dtype.kind not in "biuf":
        msg = f"an array of dtype {array.dtype}"
        raise LiteralError(msg)
    return array


def _stated(node: ast.Call) -> str | None:
    match node.keywords:
        case []:
            return None
        case [ast.keyword(arg="dtype", value=ast.Attribute(value=ast.Name(id="np"), attr=dtype))]:
            return _known(dtype)
        case _:
            msg = "an argument besides `dtype`"
            raise LiteralError(msg)


def _known(dtype: str) -> str:
    if dtype not in _DTYPES:
        msg = f"no dtype: np.{dtype}"
        raise LiteralError(msg)
    return dtype


def _nested(node: ast.expr) -> object:
    return [_nested(each) for each in node.elts] if isinstance(node, ast.List) else _number(node)


def _number(node: ast.expr) -> bool | int | float:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand)
        case ast.Attribute(value=ast.Name(id="np"), attr="nan"):
            return math.nan
        case ast.Attribute(value=ast.Name(id="np"), attr="inf"):
            return math.inf
        case _:
            msg = "something besides numbers"
            raise LiteralError(msg)


def _shape(node: ast.expr) -> tuple[int, ...]:
    match node:
        case ast.Tuple(elts=elements):
            shape = tuple(_number(each) for each in elements)
        case _:
            msg = "a shape that is no tuple"
            raise LiteralError(msg)
    sizes = tuple(n for n in shape if isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= MAX_ENTRIES)
    if len(sizes) != len(shape) or math.prod(sizes) > MAX_ENTRIES:
        msg = f"no shape: {shape}"
        raise LiteralError(msg)
    return sizes
