"""Mistakes in a formula: what a slip of the pen makes of sums, products, signs, constants, comparisons and branches."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slip:
    """One way of getting one node wrong.

    Parameters
    ----------
    operator : str
        The kind of mistake, such as ``"dropped_factor"``.
    says : str
        This mistake, in words.
    new : ast.AST
        What stands there instead of the node.
    """

    operator: str
    says: str
    new: ast.AST


def quoted(node: ast.AST) -> str:
    """Return source as it stands in a sentence.

    Parameters
    ----------
    node : ast.AST
        Any.

    Returns
    -------
    str
        In backticks, cut where it is long.
    """
    text = ast.unparse(node)
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"


def formula_slips(node: ast.AST, *, index: bool) -> Iterator[Slip]:
    """Yield the mistakes that can be made at a node of a formula.

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
        case ast.BinOp():
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield Slip(operator="flipped_sign", says=f"the minus before {quoted(operand)} is missing", new=operand)
        case ast.Constant(value=int() | float() as value) if not index and not isinstance(value, bool):
            yield from _constant(value)
        case ast.Compare(ops=[op], comparators=[_]):
            yield from _comparison(node, op)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            says = f"`and` and `or` are mixed up in {quoted(node)}"
            yield Slip(operator="condition", says=says, new=ast.BoolOp(op=other, values=node.values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield Slip(operator="condition", says=f"always {quoted(body)}, whether {quoted(test)} or not", new=body)
            yield Slip(operator="condition", says=f"always {quoted(orelse)}, whether {quoted(test)} or not", new=orelse)
        case ast.AugAssign():
            yield from _augmented(node)
        case ast.Return(value=ast.Tuple(elts=[_, _, *_] as values)):
            swapped = ast.Tuple(elts=[values[1], values[0], *values[2:]], ctx=ast.Load())
            yield Slip(
                operator="swapped_operands", says="two returned values are swapped", new=ast.Return(value=swapped)
            )
        case _:
            pass


def _binary(node: ast.BinOp) -> Iterator[Slip]:
    left, right = node.left, node.right
    match node.op:
        case ast.Mult():
            yield Slip(operator="dropped_factor", says=f"the factor {quoted(left)} is missing", new=right)
            yield Slip(operator="dropped_factor", says=f"the factor {quoted(right)} is missing", new=left)
            yield _with(node, ast.Div(), "inverted_factor", f"divided by {quoted(right)}, not multiplied")
        case ast.Div():
            yield Slip(operator="dropped_factor", says=f"not divided by {quoted(right)}", new=left)
            yield _with(node, ast.Mult(), "inverted_factor", f"multiplied by {quoted(right)}, not divided")
            yield _swapped(node)
        case ast.Add():
            yield Slip(operator="dropped_term", says=f"the term {quoted(left)} is missing", new=right)
            yield Slip(operator="dropped_term", says=f"the term {quoted(right)} is missing", new=left)
            yield _with(node, ast.Sub(), "flipped_sign", f"{quoted(right)} is subtracted, not added")
        case ast.Sub():
            minus = ast.UnaryOp(op=ast.USub(), operand=right)
            yield Slip(operator="dropped_term", says=f"the term {quoted(left)} is missing", new=minus)
            yield Slip(operator="dropped_term", says=f"the term {quoted(right)} is missing", new=left)
            yield _with(node, ast.Add(), "flipped_sign", f"{quoted(right)} is added, not subtracted")
            yield _swapped(node)
        case ast.MatMult():
            yield _swapped(node)
            yield Slip(operator="dropped_factor", says=f"the factor {quoted(left)} is missing", new=right)
            yield Slip(operator="dropped_factor", says=f"the factor {quoted(right)} is missing", new=left)
            yield _with(node, ast.Mult(), "entrywise_product", f"an entrywise product with {quoted(right)}")
            for which, factor in (("left", left), ("right", right)):
                turned = ast.BinOp(left=left, op=ast.MatMult(), right=right)
                setattr(turned, which, ast.Attribute(value=factor, attr="mT", ctx=ast.Load()))
                yield Slip(operator="transposed_factor", says=f"{quoted(factor)} is transposed", new=turned)
        case ast.Pow():
            yield Slip(operator="wrong_power", says=f"{quoted(left)} without its power", new=left)
            more = ast.BinOp(left=right, op=ast.Add(), right=ast.Constant(value=1))
            yield Slip(
                operator="wrong_power",
                says=f"the power of {quoted(left)} is one too high",
                new=ast.BinOp(left=left, op=ast.Pow(), right=more),
            )
        case ast.FloorDiv() | ast.Mod():
            yield Slip(operator="dropped_factor", says=f"{quoted(right)} is not used", new=left)
        case _:
            pass


def _with(node: ast.BinOp, op: ast.operator, operator: str, says: str) -> Slip:
    return Slip(operator=operator, says=says, new=ast.BinOp(left=node.left, op=op, right=node.right))


def _swapped(node: ast.BinOp) -> Slip:
    says = f"the operands of {quoted(node)} are swapped"
    return Slip(operator="swapped_operands", says=says, new=ast.BinOp(left=node.right, op=node.op, right=node.left))


def _constant(value: float) -> Iterator[Slip]:
    for wrong in dict.fromkeys((value + 1, value * 2, 0 * value)):
        if wrong != value:
            yield Slip(operator="wrong_constant", says=f"{wrong:g} for {value:g}", new=ast.Constant(value=wrong))


_OTHER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def _comparison(node: ast.Compare, op: ast.cmpop) -> Iterator[Slip]:
    for other in _OTHER.get(type(op), ()):
        new = ast.Compare(left=node.left, ops=[other()], comparators=node.comparators)
        yield Slip(operator="comparison", says=f"{quoted(new)} for {quoted(node)}", new=new)


def _augmented(node: ast.AugAssign) -> Iterator[Slip]:
    yield Slip(operator="dropped_term", says=f"{quoted(node)} is missing", new=ast.Pass())
    other: ast.operator | None = None
    match node.op:
        case ast.Add():
            other = ast.Sub()
        case ast.Sub():
            other = ast.Add()
        case ast.Mult():
            other = ast.Div()
        case ast.Div():
            other = ast.Mult()
        case _:
            pass
    if other is not None:
        new = ast.AugAssign(target=node.target, op=other, value=node.value)
        yield Slip(operator="flipped_sign", says=f"{quoted(new)} for {quoted(node)}", new=new)
    once = ast.Assign(targets=[node.target], value=node.value, lineno=0)
    yield Slip(operator="dropped_term", says=f"{quoted(once)} for {quoted(node)}", new=once)
