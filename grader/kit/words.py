"""What each kind of check is about, for students: one line of it, and the mathematics behind it."""

from fractions import Fraction
from types import MappingProxyType

from grader.model.assignment import (
    AdjointCheck,
    Check,
    Dimension,
    FiniteDifferenceCheck,
    Problem,
    PropertyCheck,
    PurityCheck,
    ReferenceCheck,
    StabilityCheck,
)
from grader.model.base import number_from_points


def points_words(points: Fraction) -> str:
    """Return exact points with their noun.

    Parameters
    ----------
    points : Fraction
        Any.

    Returns
    -------
    str
        ``"1 point"``, ``"2.5 points"``.
    """
    return f"{number_from_points(points):g} point{'' if points == 1 else 's'}"


def shape_words(shape: tuple[Dimension, ...]) -> str:
    """Return a shape as Python writes it.

    Parameters
    ----------
    shape : tuple of (int or str)
        Sizes and symbols.

    Returns
    -------
    str
        ``"(N, d)"``, ``"(K,)"``; ``"a number"`` for a scalar.
    """
    if not shape:
        return "a number"
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def function_of(ref: str) -> str:
    """Return the name of a trusted function without its module."""
    return ref.partition(":")[2]


def quantity(check: FiniteDifferenceCheck) -> str:
    """Return the number whose derivative a check takes, as a formula.

    Parameters
    ----------
    check : FiniteDifferenceCheck
        Any.

    Returns
    -------
    str
        ``"log_likelihood"``, or ``"sum(Y_bar * softmax)"``.
    """
    name = function_of(check.forward)
    return name if check.cotangent is None else f"sum({check.cotangent} * {name})"


_PROPERTIES = MappingProxyType(
    {
        "sums_to_zero": "its entries sum to 0",
        "linear": "it is linear in {argument}",
        "shift_invariant": "adding a constant to {argument} does not change it",
        "permutation_equivariant": "it follows when the order of the {symbol} is permuted",
        "symmetric": "it is symmetric",
        "lower_triangular": "it is lower-triangular",
    }
)


def one_line(check: Check) -> str:
    """Return what a check looks at, in words that follow its name.

    Parameters
    ----------
    check : Check
        Any.

    Returns
    -------
    str
    """
    match check:
        case FiniteDifferenceCheck():
            return f"your answer is the derivative of `{quantity(check)}` in `{check.wrt}`"
        case AdjointCheck():
            return f"your answer fits the forward derivative in `{check.wrt}`, to rounding"
        case PropertyCheck():
            says = _PROPERTIES[check.property]
            return says.format(argument=f"`{check.argument}`", symbol=f"`{check.symbol}` parts")
        case StabilityCheck():
            return "your answer is finite where a formula that is copied down without care overflows"
        case PurityCheck():
            return "your function leaves its arguments as they are, and gives the same answer twice"
        case ReferenceCheck():
            return "your answer equals the one that your course keeps"


def explained(problem: Problem, check: Check) -> str:
    """Return the mathematics behind a check.

    Parameters
    ----------
    problem : Problem
        Whose check.
    check : Check
        Which.

    Returns
    -------
    str
        Paragraphs, separated by empty lines; a paragraph that is indented is a formula or code.
    """
    return f"{problem.id}.{check.name} ({points_words(check.points)}): {one_line(check)}.\n\n{_why(problem, check)}\n"


def _why(problem: Problem, check: Check) -> str:
    call = f"{problem.function}({', '.join(problem.arguments)})"
    match check:
        case FiniteDifferenceCheck():
            return _finite_difference(problem, check, call)
        case AdjointCheck():
            return _adjoint(problem, check, call)
        case PropertyCheck():
            law = _law(problem, check, call)
            return (
                f"{law}\n\nThis holds of every right answer, and of some wrong ones: it earns its points only together "
                f"with the checks that decide."
            )
        case StabilityCheck():
            return _stability(call)
        case PurityCheck():
            return _purity(problem, call)
        case ReferenceCheck():
            return f"`{call}` is compared, entry by entry, with an answer that your course keeps to itself."


def _returned(problem: Problem, name: str | None) -> str:
    return name or problem.returns[0].name


_DOMAINS = MappingProxyType(
    {
        "free": "V is any array of the shape of {wrt}.",
        "positive": "V moves entries of {wrt} up and down, so little that they stay positive. Nothing else is asked of "
        "them: the entries are independent of each other, and need not keep their sum.",
        "simplex": "V moves {wrt} within the simplex: its entries sum to 0, so that {wrt} + h V still sums to 1.",
        "spd": "V is symmetric, so that {wrt} + h V stays a symmetric positive definite matrix.",
        "lower_triangular": "V is lower-triangular, as {wrt} is.",
    }
)


def _finite_difference(problem: Problem, check: FiniteDifferenceCheck, call: str) -> str:
    gradient, f = _returned(problem, check.returns), quantity(check)
    module = check.forward.partition(":")[0]
    held = ""
    if check.derived:
        names = ", ".join(f"{name} = {function_of(ref)}({', '.join(problem.arguments)})" for name, ref in
                          check.derived.items())  # fmt: skip
        held = f"\n\nHere {names} counts as an argument of its own."
    along = _DOMAINS[check.domain].format(wrt=check.wrt)
    return (
        f"A derivative says how a number changes when its argument moves a little. Let f be `{f}`, which the module "
        f"`forward/{module.replace('.', '/')}.py` computes, as a function of {check.wrt}. For a small step h along a "
        f"direction V,\n\n"
        f"    f({check.wrt} + h V) - f({check.wrt})  ≈  h * sum({gradient} * V),\n\n"
        f"where {gradient} is what `{call}` returns: the sum runs over all entries of {gradient} times the entries of "
        f"V. {along}{held}\n\n"
        f"The left side needs no derivative. It is measured by central differences,\n\n"
        f"    ( f({check.wrt} + h V) - f({check.wrt} - h V) ) / (2 h),\n\n"
        f"at many steps h and extrapolated to h = 0 (Richardson), which also tells how exact it is: ten digits and "
        f"more. The right side is yours. Where they differ along {check.directions} drawn directions by more than both "
        f"kinds of rounding allow, {gradient} is not the derivative.\n\n"
        f"To try one entry by hand: move it by h = 1e-6, see by how much f changes, divide by h, and compare with "
        f"that entry of {gradient}. About five digits should agree. An answer that is itself computed like that is "
        f"not exact enough to pass: the formula is asked for."
    )


def _adjoint(problem: Problem, check: AdjointCheck, call: str) -> str:
    bar = _returned(problem, check.returns)
    return (
        f"Let J be the Jacobian of the outputs in {check.wrt}: entry (i, j) is the derivative of output i in entry j "
        f"of {check.wrt}. `{call}` returns {bar} = J^T {check.cotangent}. Whatever V is,\n\n"
        f"    sum({bar} * V)  =  sum({check.cotangent} * (J V)),\n\n"
        f"for both are {check.cotangent}^T J V, once bracketed from the left and once from the right. J V, the "
        f"derivative along V, is computed by your course's own forward rule, which takes V from the input to the "
        f"output; your function takes {check.cotangent} from the output to the input. The two share no formula, and "
        f"there is no small step in them, so they agree to the last few digits or not at all.\n\n"
        f"{check.directions} drawn V are tried on each case. A transposed Jacobian, a sum over the wrong axis, or a "
        f"path that is left out shows here at once."
    )


def _law(problem: Problem, check: PropertyCheck, call: str) -> str:
    name, argument = _returned(problem, check.returns), check.argument or ""
    match check.property:
        case "sums_to_zero":
            return (
                f"The entries of {name}, which `{call}` returns, should sum to 0 along axis {check.axis}:\n\n"
                f"    sum({name}, axis={check.axis}) = 0.\n\n"
                f"A derivative has that property where its function cannot change in the direction "
                f"(1, 1, ..., 1): moving all coordinates alike changes nothing, or is not allowed."
            )
        case "linear":
            others = ", ".join(f"{a}2" if a == argument else a for a in problem.arguments)
            both = ", ".join(f"{a} + {a}2" if a == argument else a for a in problem.arguments)
            return (
                f"Derivatives pass cotangents on by a matrix, so the answer is linear in {argument}:\n\n"
                f"    {problem.function}({both})  =  {call} + {problem.function}({others}).\n\nA square of {argument}, "
                f"an absolute value, or a constant that is added breaks it."
            )
        case "shift_invariant":
            moved = ", ".join(f"{a} + c" if a == argument else a for a in problem.arguments)
            return (
                f"Adding a constant c to {argument} along axis {check.axis} leaves the answer as it is:\n\n"
                f"    {problem.function}({moved})  =  {call}.\n\nIn exp({argument} + c) the factor exp(c) stands in "
                f"the numerator and in the denominator, and cancels."
            )
        case "permutation_equivariant":
            return (
                f"The {check.symbol} parts have no order by themselves. If every argument of `{call}` is written down "
                f"in another order, the same order is found in {name}, and nothing else changes. A sum over a wrong "
                f"axis, or an index that stands still in a loop, break it."
            )
        case "symmetric":
            return f"{name} should equal its transpose:\n\n    {name} = {name}^T."
        case "lower_triangular":
            return f"Every entry of {name} above the diagonal should be 0."


def _stability(call: str) -> str:
    return (
        f"In float64, exp(x) is infinite from x = 710 on, and 0 below x = -745; infinity minus infinity and 0 / 0 are "
        f"nan. A formula can be right on paper and still pass through such numbers. `{call}` is tried where that "
        f"happens, and should return finite numbers there.\n\n"
        f"The usual way out is the log domain: take logarithms, subtract the largest before exp(),\n\n"
        f"    log(sum(exp(a)))  =  m + log(sum(exp(a - m)))   with   m = max(a),\n\n"
        f"so that the largest term is exp(0) = 1, and a quotient of exponentials becomes exp(a - log(sum(exp(a)))).\n\n"
        f"Here it is seen whether your numbers are finite; your course's own run also sees whether they are right."
    )


def _purity(problem: Problem, call: str) -> str:
    first = problem.arguments[0]
    return (
        f"Whoever calls `{call}` goes on with the same arrays afterwards. numpy changes an array in place where you "
        f"write `{first} -= ...`, `{first}[0] = ...` or pass `out={first}`; write `{first} = {first} - ...` instead, "
        f"which makes a new one. The arguments are compared bit by bit before and after the call.\n\n"
        f"The function is also called twice with the same arguments: a random number that is drawn, or something that "
        f"is remembered from the first call, shows as another answer."
    )
