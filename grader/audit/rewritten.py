"""Right answers written in another way: the same algebra, other roundings, made from the trusted answer's tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.audit.arrays import numpy_name
from grader.audit.reached import Module, Reached

_SUMS = ("sum", "mean")
_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rewritten:
    """A trusted answer, written in another way wherever it can be.

    Parameters
    ----------
    operator, says : str
        What was done, and in words.
    changed : dict of str to str
        Other texts for some modules.
    """

    operator: str
    says: str
    changed: dict[str, str]


def rewritten(reached: Reached) -> Iterator[Rewritten]:
    """Yield a trusted answer, written in other ways.

    Parameters
    ----------
    reached : Reached
        The answer's code.

    Yields
    ------
    Rewritten
        Only those that change something in it.
    """
    for way in (_Commuted, _Reversed, _Reciprocal, _Multiplied, _Distributed, _ByBlas, _ByInverse, _BySolving, _Narrow):
        changed = {}
        for name in dict.fromkeys(module for module, _ in reached.definitions):
            text = _text(reached.modules[name], way())
            if text is not None:
                changed[name] = text
        if changed:
            yield Rewritten(operator=way.operator, says=way.says, changed=changed)


def _text(module: Module, way: "_Way") -> str | None:
    tree = way.visit(ast.parse(module.source))
    return ast.unparse(ast.fix_missing_locations(tree)) if way.times else None


class _Way(ast.NodeTransformer):
    """One way of writing things; counts how often it did."""

    operator = ""
    says = ""

    def __init__(self) -> None:
        self.times = 0

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave annotations alone."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Leave annotations alone."""
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Rewrite an operation."""
        self.generic_visit(node)
        return self._counted(node, None if _of_text(node) else self.operation(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite a call."""
        self.generic_visit(node)
        return self._counted(node, self.call(node, numpy_name(node.func)))

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        """Return what to write instead; None: nothing else."""
        del node
        return None

    def call(self, node: ast.Call, name: str) -> ast.AST | None:
        """Return what to write instead; None: nothing else."""
        del node, name
        return None

    def _counted(self, node: ast.AST, new: ast.AST | None) -> ast.AST:
        self.times += new is not None
        return node if new is None else new


class _Commuted(_Way):
    operator, says = "commuted", "sums and products the other way round"

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        if isinstance(node.op, ast.Add | ast.Mult):
            return ast.BinOp(left=node.right, op=node.op, right=node.left)
        return None


class _Reversed(_Way):
    operator, says = "permuted_sum", "sums from the last term to the first"

    def call(self, node: ast.Call, name: str) -> ast.AST | None:
        axis = next((k.value for k in node.keywords if k.arg == "axis"), None)
        if name not in _SUMS or len(node.args) != 1 or axis is None or isinstance(axis, ast.Tuple):
            return None
        flip = ast.Attribute(value=ast.Name(id="np", ctx=ast.Load()), attr="flip", ctx=ast.Load())
        turned = ast.Call(func=flip, args=node.args, keywords=[ast.keyword(arg="axis", value=axis)])
        return ast.Call(func=node.func, args=[turned], keywords=node.keywords)


class _Reciprocal(_Way):
    operator, says = "reciprocal", "divisions as products with the reciprocal"

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        if not isinstance(node.op, ast.Div) or isinstance(node.right, ast.Constant):
            return None
        reciprocal = ast.BinOp(left=ast.Constant(value=1.0), op=ast.Div(), right=node.right)
        return ast.BinOp(left=node.left, op=ast.Mult(), right=reciprocal)


class _Multiplied(_Way):
    operator, says = "product", "squares as products"

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        match node:
            case ast.BinOp(left=ast.Name() as left, op=ast.Pow(), right=ast.Constant(value=2)):
                return ast.BinOp(left=left, op=ast.Mult(), right=left)
            case _:
                return None


class _Distributed(_Way):
    operator, says = "distributed", "products of sums as sums of products"

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b)):
                first = ast.BinOp(left=left, op=ast.Mult(), right=a)
                return ast.BinOp(left=first, op=op, right=ast.BinOp(left=left, op=ast.Mult(), right=b))
            case _:
                return None


class _ByBlas(_Way):
    operator, says = "contraction", "contractions in another order, by matrix products"

    def call(self, node: ast.Call, name: str) -> ast.AST | None:
        if name != "einsum" or any(k.arg == "optimize" for k in node.keywords):
            return None
        optimized = ast.keyword(arg="optimize", value=ast.Constant(value=True))
        return ast.Call(func=node.func, args=node.args, keywords=[*node.keywords, optimized])


class _ByInverse(_Way):
    operator, says = "inverse", "inverses where systems are solved"

    def call(self, node: ast.Call, name: str) -> ast.AST | None:
        if name != "linalg.solve" or len(node.args) != _PAIR or not isinstance(node.func, ast.Attribute):
            return None
        function = ast.Attribute(value=node.func.value, attr="inv", ctx=ast.Load())
        inverse = ast.Call(func=function, args=[node.args[0]], keywords=[])
        return ast.BinOp(left=inverse, op=ast.MatMult(), right=node.args[1])


class _BySolving(_Way):
    operator, says = "solve", "systems solved where there are inverses"

    def operation(self, node: ast.BinOp) -> ast.AST | None:
        match node:
            case ast.BinOp(left=ast.Call(func=ast.Attribute(value=value) as function, args=[matrix]), op=ast.MatMult()):
                if numpy_name(function) != "linalg.inv":
                    return None
                solve = ast.Attribute(value=value, attr="solve", ctx=ast.Load())
                return ast.Call(func=solve, args=[matrix, node.right], keywords=[])
            case _:
                return None


class _Narrow(_Way):
    operator, says = "input_dtype", "computed in the precision of the inputs"

    def call(self, node: ast.Call, name: str) -> ast.AST | None:
        if name == "result_type" and any(_is_float64(arg) for arg in node.args):
            kept = [arg for arg in node.args if not _is_float64(arg)]
            return ast.Call(func=node.func, args=kept, keywords=node.keywords) if kept else None
        if name in {"asarray", "array"} and any(k.arg == "dtype" and _is_float64(k.value) for k in node.keywords):
            kept_keywords = [k for k in node.keywords if k.arg != "dtype"]
            return ast.Call(func=node.func, args=node.args, keywords=kept_keywords)
        return None


def _is_float64(node: ast.expr) -> bool:
    return ast.unparse(node) in {"np.float64", "float", "numpy.float64"}


def _of_text(node: ast.BinOp) -> bool:
    """Return whether an operation puts texts, lists or tuples together, where the order matters."""
    kinds = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)
    return any(
        isinstance(side, kinds) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
