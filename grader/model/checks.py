"""The checks of a problem, as the rubric states them."""

from typing import Annotated, Literal, Self, TypeAlias

from grader.model.base import Points, Share, Value
from grader.model.naming import FunctionRef, Identifier
from grader.model.schema import Field, model_validator

DECIDING_KINDS = ("reference", "finite_difference", "adjoint", "derivation")
"""Kinds of checks that alone can say that an answer is right; the others earn points only together with them."""


Visibility: TypeAlias = Literal["visible", "after_due", "after_published", "hidden"]


class _AnyCheck(Value):
    id: Identifier | None = None
    """Its name within the problem; the kind if none is given."""
    points: Annotated[Points, Field(ge=0)]
    visibility: Visibility = "visible"
    """When students may see what the check found; ``hidden``: never."""

    kind: str

    @property
    def name(self) -> str:
        """The check's name within its problem."""
        return self.id or self.kind

    @property
    def decides(self) -> bool:
        """Whether it decides rightness; the other kinds earn points only together with rightness."""
        return self.kind in DECIDING_KINDS


class _Check(_AnyCheck):
    families: Annotated[tuple[Identifier, ...], Field(min_length=1)] = ("generic",)


class ReferenceCheck(_Check):
    """The answer equals the trusted one, within the measured unit of each case."""

    kind: Literal["reference"]
    widen: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """Factor on what is allowed; stated in the report where it is not 1."""


class FiniteDifferenceCheck(_Check):
    """The answer is the derivative of a forward function, by central differences along the domain's own directions.

    The function that is differentiated is the sum of ``forward(*arguments) * cotangent`` (or ``forward`` itself where
    it is a scalar and no cotangent is named).
    """

    kind: Literal["finite_difference"]
    forward: FunctionRef
    wrt: Identifier
    domain: Literal["free", "positive", "simplex", "spd", "lower_triangular"] = "free"
    cotangent: Identifier | None = None
    derived: dict[Identifier, FunctionRef] = {}
    """More arguments of ``forward``, by name: trusted functions of the problem's arguments."""
    arguments: tuple[Identifier, ...] | None = None
    """Arguments of ``forward``, in order; those of the problem if none are given."""
    returns: Identifier | None = None
    """Which of several returned values is the derivative."""
    directions: Annotated[int, Field(ge=1, le=64)] = 4


class AdjointCheck(_Check):
    """The adjoint identity of a VJP: <V, answer> = <jvp(arguments, V), cotangent> for drawn tangents V.

    Exact where finite differences are not, and independent of the trusted answer; the trusted ``jvp`` goes forwards.
    """

    kind: Literal["adjoint"]
    jvp: FunctionRef
    """``jvp(*arguments, V)``: the forward derivative in the argument ``wrt`` along V."""
    wrt: Identifier
    cotangent: Identifier
    arguments: tuple[Identifier, ...] | None = None
    """Arguments of ``jvp`` before V, in order; those of the problem but the cotangent if none are given."""
    returns: Identifier | None = None
    directions: Annotated[int, Field(ge=1, le=64)] = 4


class PropertyCheck(_Check):
    """Something that holds of every right answer, whatever its numbers."""

    kind: Literal["property"]
    property: Literal[
        "sums_to_zero", "linear", "shift_invariant", "permutation_equivariant", "symmetric", "lower_triangular"
    ]
    returns: Identifier | None = None
    argument: Identifier | None = None
    """The argument in which it is linear, or whose shift along ``axis`` must not matter."""
    axis: int = -1
    symbol: Identifier | None = None
    """The size along which every argument and every returned value is permuted."""


class StabilityCheck(_Check):
    """Finite and right where a naive formula overflows; earns points only together with rightness."""

    kind: Literal["stability"]
    families: Annotated[tuple[Identifier, ...], Field(min_length=1)] = ("extreme",)


class PurityCheck(_Check):
    """The inputs are left as they were, and the same input gives the same answer twice."""

    kind: Literal["purity"]


class LineShares(Value):
    """Which part of its points a derivation with wrong lines can still earn; the three are 1 together."""

    start: Share
    """For a first line that is equal to what is asked for."""
    equalities: Share
    """For the further "=": of ``least`` lines that many less one, of which each that does not hold takes one away."""
    end: Share
    """For a last line that is equal to what is asked for."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.start + self.equalities + self.end != 1:
            msg = "`start`, `equalities` and `end` should be 1 together"
            raise ValueError(msg)
        return self


TIMED = "timed"
"""The family of the cases that functions are timed on."""


LEAST_GROWTH = 4
"""So many times the small size must the large one be, or noise would pass for growth."""


class VectorisedCheck(_AnyCheck):
    """The function takes about as long as the trusted one, and not longer and longer beside it as its inputs grow."""

    kind: Literal["vectorised"]
    sizes: tuple[dict[Identifier, Annotated[int, Field(ge=1, le=100_000)]], ...]
    """What to draw: small inputs, then large ones, in which one symbol is larger. Other sizes are as everywhere."""
    at_most: Annotated[float, Field(ge=2, le=1e6)] = 10.0
    """How many times the trusted function's time the large inputs may take."""
    growth: Annotated[float, Field(ge=0.5, le=8)] = 1.5
    """The power of the size that the time may grow with; half a power more than the trusted function's is allowed."""

    @property
    def families(self) -> tuple[str, ...]:
        """Those of the cases that are drawn for it."""
        return (TIMED,)

    @property
    def grows(self) -> str:
        """The symbol that is larger in the large inputs."""
        small, large = self.sizes
        return next(symbol for symbol, size in large.items() if size != small[symbol])

    @model_validator(mode="after")
    def _one_grows(self) -> Self:
        if len(self.sizes) != 2 or list(self.sizes[0]) != list(self.sizes[1]):
            msg = "`sizes` should be two tables of the same symbols, `[{ N = 200 }, { N = 2000 }]` for example"
            raise ValueError(msg)
        small, large = self.sizes
        grown = [symbol for symbol, size in large.items() if size != small[symbol]]
        if len(grown) != 1 or large[grown[0]] < LEAST_GROWTH * small[grown[0]]:
            msg = (
                f"the second of `sizes` should have one symbol at least {LEAST_GROWTH} times as large, the others alike"
            )
            raise ValueError(msg)
        return self


class DerivationCheck(_Check):
    """A list of functions, one a line of a derivation, each of which returns the answer as that line has it.

    Judged is each "=": that between the answer and the first line, and those between neighbouring lines.
    """

    kind: Literal["derivation"]
    steps: Identifier | None = None
    """The list's name; ``<function>_steps``, or ``<returns>_steps`` where several values are returned."""
    returns: Identifier | None = None
    """Which of several returned values is derived: each step returns that value alone."""
    least: Annotated[int, Field(ge=1, le=100)] = 2
    """Of so many lines a derivation has to be made; with fewer it earns nothing."""
    most: Annotated[int, Field(ge=1, le=100)] = 12
    """Of so many lines it may be made."""
    shares: LineShares | None = None
    """What of its points a derivation with wrong lines still earns; without it, nothing."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.least <= self.most:
            msg = "`least` should not be above `most`"
            raise ValueError(msg)
        return self


class SourceCheck(_AnyCheck):
    """What stands in the source: no module that is forbidden, and no loop in the function and what it calls."""

    kind: Literal["source"]
    forbid: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$", max_length=80)], ...] = ()
    """Modules, or functions of modules, that must not be used: ``"torch"``, ``"numpy.linalg.inv"``."""
    loops: Literal["allow", "forbid"] = "allow"

    @property
    def families(self) -> tuple[str, ...]:
        """None: nothing is run."""
        return ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.forbid and self.loops == "allow":
            msg = '`forbid` should name something, or `loops` be "forbid": this check could not fail'
            raise ValueError(msg)
        return self


TriedCheck: TypeAlias = (
    ReferenceCheck
    | FiniteDifferenceCheck
    | AdjointCheck
    | PropertyCheck
    | StabilityCheck
    | PurityCheck
    | DerivationCheck
)
"""What is judged case by case, from what a function returns."""


ApartCheck: TypeAlias = VectorisedCheck | SourceCheck
"""What is judged as a whole, once it is known what the function returns."""


Check = Annotated[TriedCheck | ApartCheck, Field(discriminator="kind")]
