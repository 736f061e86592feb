"""A wrong answer that a student may well hand in, and what may be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answer = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A wrong answer, the rubric's name for it, and what a person who has read the code would accept as its reason.

    Parameters
    ----------
    problem : str
        Which problem it answers.
    says : str
        What is wrong with it.
    answer : callable
        The student's function.
    named : str
        The rubric's identifier, with a further slip if there is one; empty where the rubric has no name for it.
    general : tuple of str
        Identifiers of general explanations that are true of this code; empty where silence is expected.
    """

    problem: str
    says: str
    answer: Answer
    named: str
    general: tuple[str, ...]
