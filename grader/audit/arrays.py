"""Mistakes with arrays: axes, kept dimensions, reductions, transposes, slices, indices of a contraction, precision."""

import ast
from collections.abc import Iterator

from grader.audit.formula import Slip, quoted

_REDUCTIONS = {"sum": ("mean",), "mean": ("sum",), "max": ("min",), "min": ("max",), "prod": ("sum",), "var": ("std",),
               "std": ("var",), "cumsum": ("sum",), "argmax": ("argmin",), "argmin": ("argmax",)}  # fmt: skip
_FUNCTIONS = {"maximum": ("minimum",), "minimum": ("maximum",), "exp": ("expm1",), "expm1": ("exp",),
              "log": ("log1p",), "log1p": ("log",), "tril": ("triu",), "triu": ("tril",), "ones_like": ("zeros_like",),
              "zeros_like": ("ones_like",), "ones": ("zeros",), "logaddexp": ("maximum",)}  # fmt: skip
_LEFT_OUT = ("exp", "log", "sqrt", "abs", "square", "tanh", "tril", "triu", "swapaxes", "transpose", "moveaxis", "clip",
             "expm1", "log1p", "diagonal", "linalg.inv", "linalg.cholesky", "cumsum", "flip", "nan_to_num")  # fmt: skip
"""Functions whose first argument, left as it is, is a usual mistake."""
_CAST = ("exp", "log", "sqrt", "sum", "mean", "einsum", "linalg.solve", "linalg.inv", "tanh", "matmul", "dot")
_SHIFTS = ("max", "amax")
_PAIRS = 2


def array_slips(node: ast.AST, *, index: bool) -> Iterator[Slip]:
    """Yield the mistakes that can be made with arrays at a node.

    Parameters
    ----------
    node : ast.AST
        Where.
    index : bool
        Whether the node stands in an index, an axis or a shape.

    Yields
    ------
    Slip
    """
    match node:
        case ast.Call():
            yield from _call(node)
        case ast.Attribute(value=value, attr="T" | "mT"):
            yield Slip(operator="transposed_factor", says=f"{quoted(value)} is not transposed", new=value)
        case ast.Slice():
            yield from _slice(node)
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=at):
            for other, words in _axes(at):
                says = f"the size along {words} in {quoted(node)}"
                new = ast.Subscript(value=node.value, slice=other, ctx=ast.Load())
                yield Slip(operator="wrong_axis", says=says, new=new)
        case ast.Subscript(value=value, slice=ast.Constant(value=int() as at), ctx=ast.Load()) if not index:
            new = ast.Subscript(value=value, slice=ast.Constant(value=at + 1), ctx=ast.Load())
            yield Slip(operator="off_by_one", says=f"entry {at + 1} for {at} of {quoted(value)}", new=new)
        case _:
            pass


def numpy_name(function: ast.expr) -> str:
    """Return the name of a function of numpy, as far as the usual spelling tells.

    Parameters
    ----------
    function : ast.expr
        What is called.

    Returns
    -------
    str
        ``"sum"`` of ``np.sum``, ``"linalg.inv"`` of ``np.linalg.inv``; empty if it is none.
    """
    match function:
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=attr):
            return attr
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="linalg"), attr=attr):
            return f"linalg.{attr}"
        case _:
            return ""


def _call(node: ast.Call) -> Iterator[Slip]:
    name = numpy_name(node.func)
    method = node.func.attr if isinstance(node.func, ast.Attribute) and not name else ""
    yield from _keywords(node)
    yield from _other_function(node, name or method)
    if name in _LEFT_OUT and node.args:
        says = f"`{name}` of {quoted(node.args[0])} is left out"
        yield Slip(operator="dropped_function", says=says, new=node.args[0])
    if name in _SHIFTS:
        zeros = ast.Call(func=_np("zeros_like"), args=[node], keywords=[])
        yield Slip(operator="dropped_shift", says=f"no shift by {quoted(node)}", new=zeros)
    if name in _CAST:
        # Called, not by `astype`: so it can be worked out on balls, where no array has a dtype of floats.
        new = ast.Call(func=_np("float32"), args=[node], keywords=[])
        yield Slip(operator="float32", says=f"{quoted(node)} in single precision", new=new)
    yield from _particular(node, name, method)


def _particular(node: ast.Call, name: str, method: str) -> Iterator[Slip]:
    args = node.args
    match name or method:
        case "einsum" if args and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str):
            for text, says in _contractions(args[0].value):
                new = _called(node, [ast.Constant(value=text), *args[1:]])
                yield Slip(operator="transposed_factor", says=says, new=new)
        case "where" if len(args) == 3:
            yield Slip(operator="condition", says=f"the branches of {quoted(node)} are swapped",
                       new=_called(node, [args[0], args[2], args[1]]))  # fmt: skip
            yield Slip(operator="condition", says=f"always {quoted(args[1])}", new=args[1])
            yield Slip(operator="condition", says=f"always {quoted(args[2])}", new=args[2])
        case "linalg.solve" if len(args) == _PAIRS:
            product = ast.BinOp(left=args[0], op=ast.MatMult(), right=args[1])
            yield Slip(operator="inverted_factor", says=f"multiplied by {quoted(args[0])}, not solved", new=product)
            turned = ast.Attribute(value=args[0], attr="mT", ctx=ast.Load())
            yield Slip(operator="transposed_factor", says=f"{quoted(args[0])} is transposed",
                       new=_called(node, [turned, args[1]]))  # fmt: skip
        case "outer" | "dot" | "matmul" if len(args) == _PAIRS:
            yield Slip(operator="swapped_operands", says=f"the operands of {quoted(node)} are swapped",
                       new=_called(node, [args[1], args[0]]))  # fmt: skip
        case "transpose" if method and isinstance(node.func, ast.Attribute):
            says = f"{quoted(node.func.value)} is not transposed"
            yield Slip(operator="transposed_factor", says=says, new=node.func.value)
        case _:
            pass
    match node.func, args:
        case ast.Name(id="range"), [last]:
            less = ast.BinOp(left=last, op=ast.Sub(), right=ast.Constant(value=1))
            yield Slip(operator="off_by_one", says=f"the last step of {quoted(node)} is missing",
                       new=_called(node, [less]))  # fmt: skip
            yield Slip(operator="off_by_one", says=f"the first step of {quoted(node)} is missing",
                       new=_called(node, [ast.Constant(value=1), last]))  # fmt: skip
        case ast.Name(id="reversed"), [inner]:
            yield Slip(operator="order", says=f"{quoted(inner)} is not reversed", new=inner)
        case ast.Name(id="len"), [inner]:
            size = ast.Attribute(value=inner, attr="shape", ctx=ast.Load())
            last_axis = ast.Subscript(value=size, slice=ast.Constant(value=-1), ctx=ast.Load())
            yield Slip(operator="wrong_axis", says=f"the size of {quoted(inner)} along the last axis", new=last_axis)
        case _:
            pass


def _other_function(node: ast.Call, name: str) -> Iterator[Slip]:
    for other in (*_REDUCTIONS.get(name, ()), *_FUNCTIONS.get(name, ())):
        if isinstance(node.func, ast.Attribute):
            function = ast.Attribute(value=node.func.value, attr=other, ctx=ast.Load())
            new = ast.Call(func=function, args=node.args, keywords=node.keywords)
            yield Slip(operator="other_function", says=f"`{other}` for `{name}` in {quoted(node)}", new=new)


def _keywords(node: ast.Call) -> Iterator[Slip]:
    for i, keyword in enumerate(node.keywords):
        others = [*node.keywords[:i], *node.keywords[i + 1 :]]
        match keyword:
            case ast.keyword(arg="axis", value=value):
                dropped = ast.Call(func=node.func, args=node.args, keywords=others)
                yield Slip(operator="wrong_axis", says=f"over all axes in {quoted(node)}", new=dropped)
                for other, words in _axes(value):
                    changed = [*node.keywords[:i], ast.keyword(arg="axis", value=other), *node.keywords[i + 1 :]]
                    new = ast.Call(func=node.func, args=node.args, keywords=changed)
                    yield Slip(operator="wrong_axis", says=f"along {words} in {quoted(node)}", new=new)
            case ast.keyword(arg="keepdims", value=ast.Constant(value=True)):
                new = ast.Call(func=node.func, args=node.args, keywords=others)
                yield Slip(operator="dropped_keepdims", says=f"the summed axis is not kept in {quoted(node)}", new=new)
            case _:
                pass


def _axes(value: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Yield other axes than the one stated."""
    at: int | None = None
    match value:
        case ast.Constant(value=int() as at):
            pass
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as size)):
            at = -size
        case _:
            pass
    if at is not None:
        for other in (0, -2) if at == -1 else (at + 1, -1) if at == 0 else (at - 1, at + 1) if at < 0 else (at - 1,):
            if other != at:
                yield ast.Constant(value=other), f"axis {other}"


def _slice(node: ast.Slice) -> Iterator[Slip]:
    one = ast.Constant(value=1)
    if node.lower is not None:
        more = ast.BinOp(left=node.lower, op=ast.Add(), right=one)
        new = ast.Slice(lower=more, upper=node.upper, step=node.step)
        yield Slip(operator="off_by_one", says=f"{quoted(node)} begins one late", new=new)
    if node.upper is not None:
        for op, words in ((ast.Add(), "late"), (ast.Sub(), "early")):
            end = ast.BinOp(left=node.upper, op=op, right=one)
            new = ast.Slice(lower=node.lower, upper=end, step=node.step)
            yield Slip(operator="off_by_one", says=f"{quoted(node)} ends one {words}", new=new)


def _contractions(text: str) -> Iterator[tuple[str, str]]:
    """Yield a contraction with the last two indices of one of its operands swapped."""
    terms, arrow, out = text.partition("->")
    operands = terms.split(",")
    for i, operand in enumerate(operands):
        if len(operand.replace("...", "")) >= _PAIRS:
            swapped = [*operands[:i], _turned(operand), *operands[i + 1 :]]
            yield ",".join(swapped) + arrow + out, f"operand {i + 1} of `{text}` is transposed"
    if len(out.replace("...", "")) >= _PAIRS:
        yield terms + arrow + _turned(out), f"the result of `{text}` is transposed"


def _turned(indices: str) -> str:
    return indices[:-2] + indices[-1] + indices[-2]


def _called(node: ast.Call, args: list[ast.expr]) -> ast.Call:
    return ast.Call(func=node.func, args=args, keywords=node.keywords)


def _np(name: str) -> ast.Attribute:
    return ast.Attribute(value=ast.Name(id="np", ctx=ast.Load()), attr=name, ctx=ast.Load())
