"""What is refused while cases are drawn, as diagnostics that stand where the rubric has to be mended."""

import contextlib
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import tomli

from grader.grading.plan import Keys, PlanError
from grader.loading.codes import RubricCode
from grader.loading.rubric import Rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.truth.modules import TrustedFunctionError

_HELP = MappingProxyType(
    {
        RubricCode.NOT_DRAWN: "widen the range, keep more `digits`, or give the sizes more values to draw from",
        RubricCode.NOT_FINITE_ANSWER: "draw inputs for which the trusted answer is finite, or mend its overflow",
        RubricCode.CANNOT_TELL: "draw inputs of a better condition, or put these cases into a family of their own",
        RubricCode.CASE_TOO_LARGE: "make the sizes of these cases smaller",
        RubricCode.MISTAKE_FAILS: "mend the function, so that it returns what a student with this mistake would return",
        RubricCode.MISTAKE_AGREES: "name the function that makes the mistake, or add cases on which it shows",
        RubricCode.TRUSTED_FAILS: "mend the function, or draw inputs that it can take",
        RubricCode.TRUSTED_RETURNS: "mend the function, or what `returns` says of its values",
    }
)


@contextlib.contextmanager
def refusing(rubric: Rubric) -> Iterator[None]:
    """Raise what is refused within as a diagnostic of the rubric.

    Parameters
    ----------
    rubric : Rubric
        The rubric whose cases are drawn within.

    Raises
    ------
    DiagnosedError
        In the place of a PlanError or TrustedFunctionError.
    """
    try:
        yield
    except (PlanError, TrustedFunctionError) as error:
        raise DiagnosedError((diagnostic_of(error, rubric),)) from error


def diagnostic_of(error: PlanError | TrustedFunctionError, rubric: Rubric) -> Diagnostic:
    """Return a refusal as a diagnostic.

    Parameters
    ----------
    error : PlanError or TrustedFunctionError
        What was raised while cases were drawn or tried.
    rubric : Rubric
        The rubric that they were drawn from.

    Returns
    -------
    Diagnostic
        With the place of the value that has to be mended; of a function, the first that names it.
    """
    if isinstance(error, PlanError):
        code, keys, says = error.code, error.keys, f"{error.problem}: {error.says}"
    else:
        code = RubricCode.TRUSTED_RETURNS if error.returned else RubricCode.TRUSTED_FAILS
        keys = next(_named(error.ref, tomli.loads(rubric.document.text), ()), ())
        says = f"the trusted function `{error.ref}` {error.says}"
    return Diagnostic(
        code=code.code,
        says=says,
        path=rubric.shown,
        place=rubric.locate(*in_document(keys, rubric)),
        help=_HELP[code],
    )


def in_document(keys: Keys, rubric: Rubric) -> Keys:
    """Return the way to a value with numbers for what stands by its id.

    Parameters
    ----------
    keys : tuple of str or int
        As a `PlanError` has them.
    rubric : Rubric
        The rubric.

    Returns
    -------
    tuple of str or int
        As `Rubric.locate` takes them.
    """
    at: Any = tomli.loads(rubric.document.text)
    found: list[str | int] = []
    for key in keys:
        step = key
        if isinstance(at, list) and isinstance(key, str):
            ids = [one.get("id", one.get("kind")) for one in at]
            step = ids.index(key) if key in ids else len(at)
        found.append(step)
        inside = isinstance(at, list) and isinstance(step, int) and step < len(at)
        at = at[step] if inside or (isinstance(at, dict) and step in at) else None
    return tuple(found)


def _named(ref: str, value: Any, keys: Keys) -> Iterator[Keys]:
    """Yield where a rubric names a function, in its order."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from _named(ref, inner, (*keys, key))
        case list():
            for i, inner in enumerate(value):
                yield from _named(ref, inner, (*keys, i))
        case str() if value == ref:
            yield keys
