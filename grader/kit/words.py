"""What each kind of check is about, for students: one line of it, and the mathematics behind it."""

from fractions import Fraction

from grader.model.assignment import Problem
from grader.model.base import number_from_points
from grader.model.checks import (
    AdjointCheck,
    Check,
    DerivationCheck,
    FiniteDifferenceCheck,
    PropertyCheck,
    PurityCheck,
    ReferenceCheck,
    SourceCheck,
    StabilityCheck,
    VectorisedCheck,
)
from grader.model.naming import Dimension
from grader.words import say, say_count


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
    return say_count("points.count", 1 if points == 1 else 2, points=f"{number_from_points(points):g}")


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
        return say("failure.number")
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
            return say("looks_at.finite_difference", quantity=quantity(check), wrt=check.wrt)
        case AdjointCheck():
            return say("looks_at.adjoint", wrt=check.wrt)
        case PropertyCheck():
            return say(f"looks_at.{check.property}", argument=check.argument, symbol=check.symbol)
        case StabilityCheck() | PurityCheck() | ReferenceCheck() | DerivationCheck() | VectorisedCheck():
            return say(f"looks_at.{check.kind}")
        case SourceCheck():
            return say("looks_at.source", forbidden=_forbidden(check))


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
    name = f"{problem.id}.{check.name}"
    line = say("explain.check", check=name, points=points_words(check.points), looks_at=one_line(check))
    return "\n\n".join([line, *_why(problem, check)]) + "\n"


def _why(problem: Problem, check: Check) -> list[str]:
    call = f"{problem.function}({', '.join(problem.arguments)})"
    match check:
        case FiniteDifferenceCheck():
            return _finite_difference(problem, check, call)
        case AdjointCheck():
            return _adjoint(problem, check, call)
        case PropertyCheck():
            return [*_law(problem, check, call), say("explain.property.does_not_decide")]
        case StabilityCheck():
            return _stability(call)
        case PurityCheck():
            first = problem.arguments[0]
            return [say("explain.purity.in_place", call=call, argument=first), say("explain.purity.twice")]
        case ReferenceCheck():
            return [say("explain.reference", call=call)]
        case DerivationCheck():
            return _derivation(problem, check)
        case VectorisedCheck():
            return [say("explain.vectorised", call=call)]
        case SourceCheck():
            forbidden = _forbidden(check)
            return [say("explain.source", function=problem.function, forbidden=forbidden)]


def _forbidden(check: SourceCheck) -> str:
    loops = [say("looks_at.loops")] if check.loops == "forbid" else []
    return ", ".join((*loops, *(f"`{name}`" for name in check.forbid)))


def _formula(text: str) -> str:
    return f"    {text}"


def _returned(problem: Problem, name: str | None) -> str:
    return name or problem.returns[0].name


def _derivation(problem: Problem, check: DerivationCheck) -> list[str]:
    steps, arguments = problem.steps_of(check), ", ".join(problem.arguments)
    return [
        say("explain.derivation.list", arguments=arguments),
        _formula(f"{steps} = [line_1, line_2, ...]"),
        say("explain.derivation.lines", value=_returned(problem, check.returns)),
        say("explain.derivation.here"),
    ]


def _finite_difference(problem: Problem, check: FiniteDifferenceCheck, call: str) -> list[str]:
    gradient, f, x = _returned(problem, check.returns), quantity(check), check.wrt
    module = f"forward/{check.forward.partition(':')[0].replace('.', '/')}.py"
    where = say("explain.finite_difference.where", gradient=gradient, call=call)
    held = []
    if check.derived:
        arguments = ", ".join(problem.arguments)
        names = ", ".join(f"{name} = {function_of(ref)}({arguments})" for name, ref in check.derived.items())
        held = [say("explain.finite_difference.held", names=names)]
    return [
        say("explain.finite_difference.what", quantity=f, module=module, wrt=x),
        _formula(f"f({x} + h V) - f({x})  ≈  h * sum({gradient} * V)"),
        f"{where} {say(f'explain.direction.{check.domain}', wrt=x)}",
        *held,
        say("explain.finite_difference.measured"),
        _formula(f"( f({x} + h V) - f({x} - h V) ) / (2 h)"),
        say("explain.finite_difference.exact", directions=check.directions, gradient=gradient),
        say("explain.finite_difference.by_hand", gradient=gradient),
    ]


def _adjoint(problem: Problem, check: AdjointCheck, call: str) -> list[str]:
    bar, cotangent = _returned(problem, check.returns), check.cotangent
    return [
        say("explain.adjoint.what", wrt=check.wrt, call=call, answer=bar, cotangent=cotangent),
        _formula(f"sum({bar} * V)  =  sum({cotangent} * (J V))"),
        say("explain.adjoint.why", wrt=check.wrt, cotangent=cotangent),
        say("explain.adjoint.tried", directions=check.directions),
    ]


def _law(problem: Problem, check: PropertyCheck, call: str) -> list[str]:
    name, argument = _returned(problem, check.returns), check.argument or ""

    def changed(instead: str) -> str:
        return f"{problem.function}({', '.join(instead if a == argument else a for a in problem.arguments)})"

    match check.property:
        case "sums_to_zero":
            return [
                say("explain.property.sums_to_zero", answer=name, call=call, axis=check.axis),
                _formula(f"sum({name}, axis={check.axis}) = 0"),
                say("explain.property.why_sums_to_zero"),
            ]
        case "linear":
            return [
                say("explain.property.linear", argument=argument),
                _formula(f"{changed(f'{argument} + {argument}2')}  =  {call} + {changed(f'{argument}2')}"),
                say("explain.property.why_linear", argument=argument),
            ]
        case "shift_invariant":
            return [
                say("explain.property.shift_invariant", argument=argument, axis=check.axis),
                _formula(f"{changed(f'{argument} + c')}  =  {call}"),
                say("explain.property.why_shift_invariant", argument=argument),
            ]
        case "permutation_equivariant":
            return [say("explain.property.permutation_equivariant", symbol=check.symbol, call=call, answer=name)]
        case "symmetric":
            return [say("explain.property.symmetric", answer=name), _formula(f"{name} = {name}^T")]
        case "lower_triangular":
            return [say("explain.property.lower_triangular", answer=name)]


def _stability(call: str) -> list[str]:
    return [
        say("explain.stability.what", call=call),
        say("explain.stability.way_out"),
        _formula("log(sum(exp(a)))  =  m + log(sum(exp(a - m)))"),
        say("explain.stability.why"),
        say("explain.stability.seen"),
    ]
