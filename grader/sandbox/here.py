"""Runs functions that their author has at hand, in the very process that they live in: nothing confines one's own code.

No limit of time can be kept here: a call that takes too long is ended by Ctrl-C, as any other.
"""

import contextlib
import io
import linecache
import random
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from grader.model.assignment import Limits
from grader.model.case import Call, frozen_array
from grader.model.outcome import Absence, Malformed, NotNumeric, Outcome, Raised, Returned, Unavailable
from grader.model.submission import Submission
from grader.sandbox.account import Loaded, Printed, Usage
from grader.sandbox.answers import clean_text
from grader.sandbox.described import unfit_words, what_it_is
from grader.sandbox.inside.convert import ABSENT, NotNumericError, TooLargeError, described, named
from grader.sandbox.inside.here import Error, call_here
from grader.sandbox.questions import Question
from grader.words import say


class _Kept(io.TextIOBase):
    """Keeps the head of what is printed."""

    def __init__(self, most: int) -> None:
        self.text = ""
        self.truncated = False
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = self._most - len(self.text)
        self.text += text[: max(0, room)]
        self.truncated = self.truncated or len(text) > room
        return len(text)


@dataclass(slots=True, kw_only=True)
class HereSession:
    """The functions of one check.

    Parameters
    ----------
    functions : mapping of str to object
        By the name that the assignment gives them.
    limits : Limits
        Of which bytes count here: returned and printed.
    """

    functions: Mapping[str, object]
    limits: Limits
    _output: _Kept = field(init=False)

    def __post_init__(self) -> None:
        self._output = _Kept(self.limits.printed_bytes)

    @property
    def printed(self) -> Printed:
        """What the functions have printed so far."""
        text = clean_text(self._output.text, max_characters=len(self._output.text) + 1)
        return Printed(text=text, truncated=self._output.truncated)

    @property
    def usage(self) -> Usage:
        """Nothing that could be told from what else this process does."""
        return Usage(wall_s=0.0, cpu_s=0.0, peak_bytes=0, processes=0)

    def load(self) -> Loaded:
        """Return that everything is there: a function at hand has been defined."""
        return Loaded(failures=(), outcome=None)

    def ask(self, questions: Sequence[Question]) -> tuple[Outcome, ...]:
        """Make many calls, in order."""
        return tuple(self.call(one.call) for one in questions)

    def call(self, call: Call) -> Outcome:
        """Make one call, with copies of its arguments.

        Parameters
        ----------
        call : Call
            Which function, with which arguments.

        Returns
        -------
        Outcome

        Raises
        ------
        KeyboardInterrupt
            Ctrl-C.
        """
        target = named(self.functions, call.function)
        if target is ABSENT:
            return Unavailable(absence=Absence.MISSING, says=say("absent.missing", function=call.function))
        if not callable(target):
            says = say("absent.not_callable", function=call.function, what=what_it_is(described(target)))
            return Unavailable(absence=Absence.NOT_CALLABLE, says=says)
        arrays = [np.array(array, order="C") for array in call.arguments]
        with _as_in_a_fresh_process(self._output):
            found = call_here(target, arrays, returns=call.returns, seed=call.seed, max_bytes=self.limits.result_bytes)
        match found:
            case Error(error=NotNumericError(facts=facts)):
                return NotNumeric(says=clean_text(unfit_words(facts), max_characters=300))
            case Error(error=TooLargeError(facts=facts)):
                what = clean_text(unfit_words(facts), max_characters=300)
                return Malformed(says=say("returned.returned", what=what))
            case Error():
                return _raised(found)
            case values:
                after = tuple(map(frozen_array, arrays)) if call.want_inputs else ()
                return Returned(values=tuple(map(frozen_array, values)), inputs_after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Runs functions in this process.

    Parameters
    ----------
    functions : mapping of str to object
        By the name that the assignment gives them.
    limits : Limits
        Of the assignment.
    """

    functions: Mapping[str, object]
    limits: Limits

    @contextlib.contextmanager
    def session(self, submission: Submission) -> Iterator[HereSession]:
        """Yield what calls the functions; afterwards random numbers go on as if nothing had been called."""
        del submission
        ours, numpys = random.getstate(), np.random.get_state()
        try:
            yield HereSession(functions=self.functions, limits=self.limits)
        finally:
            random.setstate(ours)
            np.random.set_state(numpys)


@contextlib.contextmanager
def _as_in_a_fresh_process(output: _Kept) -> Iterator[None]:
    """Let a call find what it finds in the sandbox, whatever this process was told of warnings; keep what it prints."""
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default")
        yield


# Where it raised ------------------------------------------------------------------------------------------------------


def _raised(found: Error) -> Raised:
    where, line = "", ""
    for frame, number in traceback.walk_tb(found.error.__traceback__):
        name = frame.f_code.co_filename
        if _is_own(name):
            where = say("place.line", where=_label(name), line=number)
            line = clean_text(linecache.getline(name, number, frame.f_globals).strip(), max_characters=200)
    kind = clean_text(found.type, max_characters=200)
    return Raised(type=kind, text=clean_text(found.text), where=where, line=line)


def _is_own(name: str) -> bool:
    """Return whether code is the user's own: not Python's, not an installed package's, not ours."""
    if name.startswith("<frozen"):
        return False
    path = Path(name)
    if {"site-packages", "dist-packages"} & set(path.parts):
        return False
    libraries = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(__file__).parents[1])]
    return not any(path.is_relative_to(folder) for folder in libraries)


def _label(name: str) -> str:
    """Return what a person calls the code of a file name; IPython gives every cell a file name of its own."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    format_name = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)
    cell = format_name(name)
    if cell:
        return " ".join(cell).lower().replace("in[", "In[")
    return Path(name).name if not name.startswith("<") else "your code"
