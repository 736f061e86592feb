"""How the inputs of a problem are drawn, as the rubric states it."""

from typing import Annotated, Literal, Self

from grader.model.base import Value
from grader.model.naming import Dimension, DtypeName, FunctionRef, Identifier, Sizes
from grader.model.schema import Field, model_validator


class _Drawn(Value):
    shape: tuple[Dimension, ...] = ()
    digits: Annotated[int, Field(ge=0, le=15)] | None = None
    """Decimal digits that are kept, so that a person can retype the value; none: not rounded."""


class Normal(_Drawn):
    """Independent normal entries; with ``repeat_rows`` each row stands (at least) twice."""

    sampler: Literal["normal"]
    mean: float = 0.0
    scale: Annotated[float, Field(gt=0)] = 1.0
    repeat_rows: bool = False


class Uniform(_Drawn):
    """Independent entries, uniform in [low, high)."""

    sampler: Literal["uniform"]
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            msg = "`low` should be below `high`"
            raise ValueError(msg)
        return self


class Simplex(_Drawn):
    """Positive entries along the last axis that sum to 1: each at least ``least``, or all equal.

    With ``smallest``, one entry (drawn) is set to just that, and the others share the rest.
    """

    sampler: Literal["simplex"]
    least: Annotated[float, Field(ge=0, lt=1)] = 0.0
    smallest: Annotated[float, Field(gt=0, lt=1)] | None = None
    equal: bool = False


class PositiveDefinite(_Drawn):
    """Symmetric positive definite matrices in the last two axes.

    The condition number is log-uniform in ``condition``, the eigenvalues' geometric mean is log-uniform in ``scale``.
    """

    sampler: Literal["spd"]
    condition: tuple[Annotated[float, Field(ge=1)], Annotated[float, Field(ge=1)]] = (1.5, 10.0)
    scale: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (0.5, 2.0)


class LowerTriangular(_Drawn):
    """Lower-triangular matrices in the last two axes with a positive diagonal (Cholesky factors)."""

    sampler: Literal["lower_triangular"]
    condition: tuple[Annotated[float, Field(ge=1)], Annotated[float, Field(ge=1)]] = (1.5, 10.0)
    scale: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (0.5, 2.0)


class Logits(_Drawn):
    """Entries of a normal with standard deviation ``scale``, plus ``offset``; the largest of each row is drawn."""

    sampler: Literal["logits"]
    scale: Annotated[float, Field(gt=0)] = 1.0
    offset: float = 0.0


class Integers(_Drawn):
    """Whole numbers, uniform in [low, high]."""

    sampler: Literal["integers"]
    low: int
    high: int

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.high:
            msg = "`low` should not be above `high`"
            raise ValueError(msg)
        return self


class OneHot(_Drawn):
    """Along the last axis a single 1, in a drawn place, and zeros."""

    sampler: Literal["one_hot"]


class Constant(_Drawn):
    """The same number everywhere."""

    sampler: Literal["constant"]
    value: float


class FromFunction(_Drawn):
    """What a trusted function ``f(rng, shape)`` returns; ``rng`` is a numpy Generator of the case."""

    sampler: Literal["function"]
    function: FunctionRef


Sampler = Annotated[
    Normal
    | Uniform
    | Simplex
    | PositiveDefinite
    | LowerTriangular
    | Logits
    | Integers
    | OneHot
    | Constant
    | FromFunction,
    Field(discriminator="sampler"),
]


class CaseGroup(Value):
    """Some cases of one family, drawn alike: how many, at which precisions, and what differs from the input set."""

    family: Identifier
    says: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """What is special about these cases, in words for a student: "a single sample"."""
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    dtypes: Annotated[tuple[DtypeName, ...], Field(min_length=1)] = ("float64",)
    sizes: dict[Identifier, Sizes] = {}
    values: dict[Identifier, Sampler] = {}


class InputSet(Value):
    """What a problem's arguments look like: symbolic sizes, a sampler for each argument, and the groups of cases."""

    sizes: dict[Identifier, Sizes] = {}
    distinct: bool = False
    """In the family ``generic``: sizes of different symbols differ, so that a mistaken axis shows."""
    values: dict[Identifier, Sampler]
    case: Annotated[tuple[CaseGroup, ...], Field(min_length=1)]
