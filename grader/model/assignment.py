"""An assignment as its rubric states it: problems, how their inputs are drawn, checks, points, limits.

These classes are the rubric's schema; what they cannot say about one value alone (points that add up, names that exist)
is checked in ``grader.loading``.
"""

from typing import Annotated, Literal, Self, TypeAlias

from grader.model.base import Points, Share, Value
from grader.model.schema import Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]
FunctionRef = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$")]
"""``package.module:function`` inside the assignment's trusted folder."""
Dimension = Annotated[int, Field(ge=0, le=100_000)] | Identifier
"""A size: a number, or a symbol such as ``"N"``."""
Sizes = Annotated[int, Field(ge=0, le=100_000)] | tuple[Annotated[int, Field(ge=0, le=100_000)], ...]
"""One size, or the sizes to draw from."""
DtypeName = Literal["float64", "float32"]


# How one argument is drawn -------------------------------------------------------------------------------------------


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


DECIDING_KINDS = ("reference", "finite_difference", "adjoint", "derivation")
"""Kinds of checks that alone can say that an answer is right; the others earn points only together with them."""

# Checks --------------------------------------------------------------------------------------------------------------


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
