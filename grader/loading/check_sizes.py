"""Faults between the values of a rubric that concern sizes and shapes of what is drawn and returned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.loading.codes import RubricCode
from grader.loading.edits import added, quoted, renamed, rewritten
from grader.loading.faults import Faults, Path, Table, Text, listed, nearest_name

SQUARE = ("spd", "lower_triangular", "symmetric")
"""Samplers and structures of matrices, whose last two axes are of one size."""
ROWS = ("simplex", "one_hot")
"""Samplers that fill the last axis together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """One entry of a shape: a number, or a symbol."""

    size: int | str
    path: Path


def check_sizes(rubric: Table, faults: Faults) -> None:
    """Note symbols without a size, shapes that do not fit, and values that cannot be drawn.

    Parameters
    ----------
    rubric : Table
        The whole rubric.
    faults : Faults
        Where to note them.
    """
    returned: dict[str, list[Table]] = {}
    for problem in rubric.tables("problem"):
        name = problem.text("inputs")
        returned.setdefault(name.text if name else "", []).extend(problem.tables("returns"))
        for value in problem.tables("returns"):
            _check_return(value, faults)
    for own, data in rubric.named_tables("inputs").items():
        _check_inputs(data, returned.get(own, []), faults)


def _shape(table: Table) -> list[_Axis]:
    return [
        _Axis(size=size, path=(*table.path, "shape", i))
        for i, size in enumerate(table.array("shape") or ())
        if isinstance(size, int | str) and (*table.path, "shape", i) not in table.unusable
    ]


def _axes(shape: list[_Axis]) -> str:
    return "1 axis" if len(shape) == 1 else f"{len(shape)} axes"


def _check_return(value: Table, faults: Faults) -> None:
    if not value.complete("shape"):
        return
    structure = value.text("structure")
    shape = _shape(value)
    if structure is not None and structure.text in SQUARE:
        _square(structure, shape, faults)
    blocks = value.data.get("block_axes")
    # The default stands for scalars too, so only what was written and cannot be meant is a fault.
    if isinstance(blocks, int) and value.complete("block_axes") and blocks > max(1, len(shape)):
        says, path = f"`block_axes` is {blocks}, and the shape has only {_axes(shape)}", (*value.path, "block_axes")
        fix = rewritten(faults.document, path, str(len(shape)))
        faults.add(RubricCode.SHAPE_DOES_NOT_FIT, says, path, help_=f"at most {len(shape)}", fix=fix)


def _square(what: Text, shape: list[_Axis], faults: Faults) -> None:
    if len(shape) < 2 or shape[-1].size != shape[-2].size:
        faults.add(
            RubricCode.SHAPE_DOES_NOT_FIT,
            f"`{what.text}` needs a shape whose last two sizes are the same",
            what.path if not shape else shape[-1].path,
            help_='for example `shape = ["K", "d", "d"]`',
        )


def _check_inputs(data: Table, returned: list[Table], faults: Faults) -> None:
    samplers = data.named_tables("values")
    groups = data.tables("case")
    for sampler in samplers.values():
        _check_sampler(sampler, faults)
    for group in groups:
        for name, sampler in group.named_tables("values").items():
            _check_sampler(sampler, faults)
            if name in samplers:
                _same_axes(sampler, samplers[name], name, faults)
    for table in (data, *groups):
        _check_empty(table, faults)
    if not data.complete("sizes") or not data.complete("values") or not data.complete("case"):
        return
    _check_symbols(data, samplers, groups, returned, faults)
    _check_overrides(data, samplers, groups, returned, faults)
    for group in groups:
        sizes = _sizes(data) | _sizes(group)
        _check_distinct(data, group, sizes, faults)
        for sampler in (samplers | group.named_tables("values")).values():
            _check_drawn(sampler, sizes, faults)


def _check_sampler(sampler: Table, faults: Faults) -> None:
    kind = sampler.text("sampler")
    if kind is None:
        return
    for key in ("condition", "scale"):
        bounds = sampler.array(key)
        if bounds is not None and sampler.complete(key) and len(bounds) == 2 and bounds[0] > bounds[1]:
            says = f"`{key}` goes from {bounds[0]} down to {bounds[1]}"
            help_ = f"write `{key} = [{bounds[1]}, {bounds[0]}]`"
            fix = rewritten(faults.document, (*sampler.path, key), f"[{bounds[1]}, {bounds[0]}]", certain=True)
            faults.add(RubricCode.BOUNDS_REVERSED, says, (*sampler.path, key), help_=help_, fix=fix)
    if not sampler.complete("shape"):
        return
    shape = _shape(sampler)
    if kind.text in SQUARE:
        _square(kind, shape, faults)
    if not shape and (kind.text in ROWS or sampler.flag("repeat_rows")):
        what = kind.text if kind.text in ROWS else "repeat_rows"
        says = f"`{what}` needs a shape with at least one axis"
        faults.add(RubricCode.SHAPE_DOES_NOT_FIT, says, kind.path, help_='for example `shape = ["K"]`')


def _same_axes(sampler: Table, base: Table, name: str, faults: Faults) -> None:
    if not sampler.complete("shape") or not base.complete("shape"):
        return
    here, there = _shape(sampler), _shape(base)
    kind = base.text("sampler")
    base_at_fault = not there and kind is not None and kind.text in (*SQUARE, *ROWS)
    if len(here) != len(there) and not base_at_fault:
        written = ", ".join(f'"{a.size}"' if isinstance(a.size, str) else str(a.size) for a in there)
        path = (*sampler.path, "shape")
        fix = rewritten(faults.document, path, f"[{written}]")
        faults.add(
            RubricCode.SHAPE_DOES_NOT_FIT,
            f"`{name}` has {_axes(here)} in this group and {_axes(there)} in the set of inputs",
            path,
            help_=f"write `shape = [{written}]`; a group's sampler replaces the other one whole",
            fix=fix or added(faults.document, sampler.path, f"shape = [{written}]"),
        )


def _sizes(table: Table) -> dict[str, tuple[int, ...]]:
    """Return the sizes that each symbol can have."""
    return {
        name: tuple(value) if isinstance(value, tuple) else (value,)
        for name, value in (table.entries("sizes") or {}).items()
    }


def _check_empty(table: Table, faults: Faults) -> None:
    for name, sizes in _sizes(table).items():
        if not sizes:
            says = f"`{name}` has no size to draw from"
            faults.add(
                RubricCode.WRONG_LENGTH, says, (*table.path, "sizes", name), help_=f"for example `{name} = [3, 4]`"
            )


def _check_symbols(
    data: Table, samplers: Mapping[str, Table], groups: tuple[Table, ...], returned: list[Table], faults: Faults
) -> None:
    own = set(_sizes(data))
    everywhere = own | set.intersection(*(set(_sizes(group)) for group in groups)) if groups else own
    tables = [*samplers.values(), *returned]
    for table, known in [(t, everywhere) for t in tables] + [
        (t, own | set(_sizes(group))) for group in groups for t in group.named_tables("values").values()
    ]:
        for axis in _shape(table):
            if isinstance(axis.size, str) and axis.size not in known:
                meant = nearest_name(axis.size, known)
                faults.add(
                    RubricCode.SYMBOL_WITHOUT_SIZE,
                    f"the symbol `{axis.size}` has no size in `[inputs.{data.path[-1]}]`"
                    + (f"; did you mean `{meant}`?" if meant else ""),
                    axis.path,
                    help_=f"add `{axis.size} = 3` to its `sizes`, for example, or use one of {listed(sorted(known))}",
                    fix=rewritten(faults.document, axis.path, quoted(meant)) if meant else None,
                )


def _check_overrides(
    data: Table, samplers: Mapping[str, Table], groups: tuple[Table, ...], returned: list[Table], faults: Faults
) -> None:
    for group in groups:
        tables = [*samplers.values(), *returned, *group.named_tables("values").values()]
        symbols = {str(axis.size) for table in tables for axis in _shape(table)} | set(_sizes(data))
        _known_overrides(group, "sizes", symbols, "a size of this set of inputs", faults)
        _known_overrides(group, "values", samplers, "an argument that this set of inputs draws", faults)


def _known_overrides(group: Table, key: str, known: Iterable[str], what: str, faults: Faults) -> None:
    known = sorted(known)
    for name in group.entries(key) or {}:
        if name not in known:
            meant = nearest_name(name, known)
            faults.add(
                RubricCode.UNKNOWN_OVERRIDE,
                f"`{name}` is not {what}" + (f"; did you mean `{meant}`?" if meant else ""),
                (*group.path, key, name),
                on="key",
                help_=f"one of {listed(known)}" if known else "",
                fix=renamed(faults.document, (*group.path, key, name), meant) if meant else None,
            )


def _check_distinct(data: Table, group: Table, sizes: Mapping[str, tuple[int, ...]], faults: Faults) -> None:
    family = group.text("family")
    if not data.flag("distinct") or family is None or family.text != "generic":
        return
    left = _unmatched(sizes)
    if left and all(sizes.values()):
        faults.add(
            RubricCode.NOT_DISTINCT,
            f"the sizes cannot all differ: none is left for `{left}`",
            (*data.path, "distinct"),
            help_=f"give one of {listed(sizes)} more sizes to draw from",
        )


def _unmatched(sizes: Mapping[str, tuple[int, ...]]) -> str:
    """Return a symbol that gets no size of its own; empty if all can differ.

    A matching of symbols to sizes, grown along augmenting paths (Kuhn, 1955).
    """
    owner: dict[int, str] = {}

    def place(symbol: str, tried: set[int]) -> bool:
        for size in sizes[symbol]:
            if size not in tried:
                tried.add(size)
                if size not in owner or place(owner[size], tried):
                    owner[size] = symbol
                    return True
        return False

    return next((symbol for symbol in sizes if not place(symbol, set())), "")


def _check_drawn(sampler: Table, sizes: Mapping[str, tuple[int, ...]], faults: Faults) -> None:
    """Note what the sizes of a sampler's shape make impossible."""
    kind, shape = sampler.text("sampler"), _shape(sampler)
    if kind is None or not shape:
        return
    first, last = _possible(shape[0], sizes), _possible(shape[-1], sizes)
    if sampler.flag("repeat_rows") and min(first, default=2) < 2:
        says = f"`repeat_rows` needs at least 2 rows; `{shape[0].size}` can be {min(first)}"
        faults.add(RubricCode.SHAPE_DOES_NOT_FIT, says, (*sampler.path, "repeat_rows"), help_="draw at least two rows")
    if kind.text in ROWS and 0 in last:
        says = f"`{kind.text}` needs at least one entry; `{shape[-1].size}` can be 0"
        faults.add(RubricCode.SHAPE_DOES_NOT_FIT, says, shape[-1].path, help_="draw at least one entry")
    elif kind.text == "simplex":
        _check_simplex(sampler, last, faults)


def _possible(axis: _Axis, sizes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted(sizes.get(axis.size, ()))) if isinstance(axis.size, str) else (axis.size,)


def _check_simplex(sampler: Table, possible: tuple[int, ...], faults: Faults) -> None:
    least = _exact(sampler.data.get("least"), usable=sampler.complete("least"))
    smallest = _exact(sampler.data.get("smallest"), usable=sampler.complete("smallest"))
    if smallest is not None and sampler.flag("equal"):
        says = "entries that are all equal have no smallest"
        faults.add(
            RubricCode.IMPOSSIBLE_SIMPLEX, says, (*sampler.path, "smallest"), help_="remove `equal` or `smallest`"
        )
        return
    # What the largest size allows, all others do.
    for size in reversed(possible):
        if least is not None and least * size > 1:
            says, key = f"{size} entries of at least {float(least):g} sum to more than 1", "least"
        elif smallest is not None and size == 1:
            says, key = "a single entry is 1, so none can be the smallest", "smallest"
        elif smallest is not None and smallest * size > 1:
            says, key = f"the smallest of {size} entries that sum to 1 cannot be {float(smallest):g}", "smallest"
        else:
            continue
        help_ = f"at most {1 / size:.3g}, for {size} entries" if size > 1 else "draw at least two entries"
        faults.add(RubricCode.IMPOSSIBLE_SIMPLEX, says, (*sampler.path, key), help_=help_)
        return


def _exact(value: Any, *, usable: bool) -> Fraction | None:
    return Fraction(repr(value)) if usable and isinstance(value, int | float) else None
