"""What can be done to a right answer before it is handed over: wrong things, and things that must not matter."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent, indent

from grader.model.assignment import Problem
from grader.model.checks import PurityCheck

_EACH = """
def each(change, answer):
    if isinstance(answer, tuple):
        return tuple(change(np.array(value)) for value in answer)
    return change(np.array(answer))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Something that is done around the trusted answer.

    Parameters
    ----------
    operator, says : str
        What kind of thing, and what in words.
    body : str
        The statements of the function; ``right(*arguments)`` is the trusted answer.
    """

    operator: str
    says: str
    body: str

    def source(self, function: str) -> str:
        """Return the text that stands around the answer.

        Parameters
        ----------
        function : str
            The name that is asked for.

        Returns
        -------
        str
        """
        return f"calls = []\n\n{_EACH}\n\ndef {function}(*arguments):\n{indent(dedent(self.body).strip(), '    ')}\n"


_WRONG = (
    ("flipped_sign", "the answer times -1", "-value"),
    ("dropped_factor", "the answer times 2", "2 * value"),
    ("rounding", "off by a relative 1e-6", "value * (1 + 1e-6)"),
    ("rounding", "off by a relative 1e-9", "value * (1 + 1e-9)"),
    ("rounding", "rounded to 6 decimals", "np.round(value, 6)"),
    ("float32", "rounded to single precision", "np.float32(value)"),
    ("constant_answer", "zeros", "0 * value"),
    ("constant_answer", "nan", "value * np.nan"),
    ("wrong_shape", "one more axis", "value[np.newaxis]"),
)
_RIGHT = (
    ("memory_order", "in Fortran's order", "np.array(value, order='F')"),
    ("strided", "as a view with gaps", "np.repeat(value[..., np.newaxis], 2, axis=-1)[..., 0]"),
    ("long_double", "in extended precision", "value.astype(np.longdouble)"),
    ("lists", "as nested lists", "value.tolist()"),
)


def wrong_around(problem: Problem) -> Iterator[Around]:
    """Yield wrong things to do to a problem's answer.

    Parameters
    ----------
    problem : Problem
        Whose.

    Yields
    ------
    Around
    """
    for operator, says, value in _WRONG:
        yield Around(operator=operator, says=says, body=f"return each(lambda value: {value}, right(*arguments))")
    last = """
    answer = each(lambda value: value, right(*arguments))
    for value in answer if isinstance(answer, tuple) else (answer,):
        value.flat[-1] *= 2
    return answer
    """
    if any(returned.shape for returned in problem.returns):
        yield Around(operator="off_by_one", says="the last entry times 2", body=last)
    if len(problem.returns) > 1:
        for i, returned in enumerate(problem.returns):
            body = f"return tuple(0 * value if i == {i} else value for i, value in enumerate(right(*arguments)))"
            yield Around(operator="constant_answer", says=f"`{returned.name}` alone is zeros", body=body)
    every_other = """
    calls.append(1)
    answer = right(*arguments)
    return answer if len(calls) % 2 else each(lambda value: 2 * value, answer)
    """
    yield Around(operator="impure", says="times 2 at every other call", body=every_other)
    if any(isinstance(check, PurityCheck) for check in problem.check):
        overwriting = """
        answer = each(lambda value: value, right(*arguments))
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                argument[...] = 0
        return answer
        """
        yield Around(operator="impure", says="the inputs are overwritten afterwards", body=overwriting)


def right_around() -> Iterator[Around]:
    """Yield things to do to an answer that must not matter.

    Yields
    ------
    Around
    """
    for operator, says, value in _RIGHT:
        yield Around(operator=operator, says=says, body=f"return each(lambda value: {value}, right(*arguments))")
    body = """
    dtype = np.result_type(*(argument for argument in arguments if np.asarray(argument).dtype.kind == "f"))
    return each(lambda value: value.astype(dtype), right(*arguments))
    """
    yield Around(operator="input_dtype", says="in the precision of the inputs", body=body)
