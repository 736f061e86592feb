"""An assignment as its rubric states it: problems with their checks and inputs, named mistakes, points, limits.

These classes are the rubric's schema; what they cannot say about one value alone (points that add up, names that exist)
is checked in ``grader.loading``.
"""

from typing import Annotated, Literal

from grader.model.base import Points, Share, Value
from grader.model.checks import Check, DerivationCheck
from grader.model.inputs import InputSet
from grader.model.naming import Dimension, FunctionRef, Identifier
from grader.model.schema import Field


class Misconception(Value):
    """A mistake that has a name: a function that makes it, what to tell the student, and what it still earns."""

    id: Identifier
    function: FunctionRef
    says: Annotated[str, Field(min_length=1, max_length=200)]
    hint: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    share: Share = Field(default=0, validate_default=True)


class Term(Value):
    """One of the trusted functions whose values add up to a problem's answer."""

    id: Identifier
    function: FunctionRef
    """Takes the problem's arguments and returns as many values as the problem; 0 where it adds nothing."""
    says: Annotated[str, Field(min_length=1, max_length=120)]
    """What a student is told it is: "the path through the normaliser"."""


class Return(Value):
    """One value that the function returns: a name and its shape, ``()`` for a scalar."""

    name: Identifier
    shape: tuple[Dimension, ...] = ()
    structure: Literal["none", "symmetric", "lower_triangular"] = "none"
    block_axes: Annotated[int, Field(ge=0, le=4)] = 1
    """Leading axes that number the blocks inside which errors are measured normwise."""


class Problem(Value):
    """One function that a student must write."""

    id: Identifier
    title: Annotated[str, Field(min_length=1, max_length=120)]
    points: Annotated[Points, Field(gt=0)]
    function: Identifier
    arguments: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    returns: Annotated[tuple[Return, ...], Field(min_length=1)]
    inputs: Identifier
    reference: FunctionRef
    check: Annotated[tuple[Check, ...], Field(min_length=1)]
    misconception: tuple[Misconception, ...] = ()
    terms: tuple[Term, ...] = ()
    """What adds up to the answer, so that a term that is missing or has a wrong factor can be named."""
    credit: dict[Literal["float32_precision", "numerical_derivative"], Share] = {}
    """Share of a deciding check's points for an answer that is right but not accurate."""

    def steps_of(self, check: DerivationCheck) -> str:
        """Return the name of the list of steps that a derivation is."""
        return check.steps or f"{check.returns or self.function}_steps"

    @property
    def asked(self) -> tuple[str, ...]:
        """The names that a submission has to define for it: the function, lists of steps."""
        names = (self.steps_of(c) if isinstance(c, DerivationCheck) else self.function for c in self.check)
        return tuple(dict.fromkeys(names))

    @property
    def written(self) -> tuple[str, ...]:
        """The same as Python, a line each: the function's call, lists of functions of the same arguments."""
        taken = f"({', '.join(self.arguments)})"
        return tuple(
            f"{name}{taken}" if name == self.function else f"{name} = [line_1, line_2, ...]  # each of {taken}"
            for name in self.asked
        )


class Limits(Value):
    """What a submission may use; a second is a wall-clock second unless the name says CPU."""

    call_wall_s: Annotated[float, Field(gt=0, le=3600)] = 10.0
    call_cpu_s: Annotated[float, Field(gt=0, le=3600)] = 10.0
    load_wall_s: Annotated[float, Field(gt=0, le=3600)] = 10.0
    submission_wall_s: Annotated[float, Field(gt=0, le=36000)] = 120.0
    submission_cpu_s: Annotated[float, Field(gt=0, le=36000)] = 120.0
    memory_bytes: Annotated[int, Field(ge=1 << 28, le=1 << 40)] = 1 << 30
    printed_bytes: Annotated[int, Field(ge=0, le=1 << 24)] = 1 << 16
    result_bytes: Annotated[int, Field(ge=1024, le=1 << 32)] = 1 << 24


class Accepted(Value):
    """A mutant that may keep its points, and why."""

    mutant: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    """Its key, as ``grader audit`` shows it."""
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Audit(Value):
    """What ``grader audit`` is told; nothing of it changes a grade."""

    right: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Answers that are right, to some or all problems: files relative to the rubric; ``*`` and ``?`` match names."""
    accept: tuple[Accepted, ...] = ()


class Assignment(Value):
    """One rubric file."""

    schema_: Literal["grader-rubric/1"] = Field(alias="schema")
    id: Identifier
    title: Annotated[str, Field(min_length=1, max_length=120)]
    points: Annotated[Points, Field(gt=0)]
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] = 0
    trusted: Annotated[str, Field(min_length=1)]
    """The folder of the trusted modules, relative to the rubric."""
    starter: Annotated[str, Field(min_length=1)] | None = None
    """What students begin with, a .py or .ipynb file, relative to the rubric; it goes into their kit."""
    language: Annotated[str, Field(min_length=1, max_length=400)] = "en"
    """Of what students read: a tag such as ``de``, or a ``.toml`` file of messages, relative to the rubric."""
    packages: tuple[Identifier, ...] = ("numpy",)
    """Packages that a submission may import besides the standard library."""
    limits: Limits = Limits()
    audit: Audit = Audit()
    inputs: Annotated[dict[Identifier, InputSet], Field(min_length=1)]
    problem: Annotated[tuple[Problem, ...], Field(min_length=1)]

    @property
    def asked(self) -> tuple[str, ...]:
        """The names that a submission has to define."""
        return tuple(dict.fromkeys(name for problem in self.problem for name in problem.asked))
