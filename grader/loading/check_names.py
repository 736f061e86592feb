"""Faults between the values of a rubric that concern names: used twice, reserved, or of nothing that exists."""

import keyword
from collections.abc import Collection, Iterable
from typing import get_args

from grader.loading.codes import RubricCode
from grader.loading.edits import added, quoted, rewritten, without_element
from grader.loading.examples import example
from grader.loading.faults import Faults, Table, Text, listed, nearest_name
from grader.loading.schema import core
from grader.model.assignment import Problem
from grader.model.checks import TIMED, ApartCheck, ReferenceCheck, StabilityCheck

APART = frozenset(get_args(model.model_fields["kind"].annotation)[0] for model in get_args(ApartCheck))
"""Kinds of checks that try no family of cases."""


def check_names(rubric: Table, faults: Faults) -> None:
    """Note names that are used twice, that Python reserves, or that name nothing.

    Parameters
    ----------
    rubric : Table
        The whole rubric.
    faults : Faults
        Where to note them.
    """
    _unique(_ids(rubric.tables("problem"), "id"), "problem", faults)
    _packages(rubric, faults)
    inputs = rubric.named_tables("inputs")
    for data in inputs.values():
        for group in data.tables("case"):
            _unique(group.texts("dtypes") or (), "precision", faults)
            family = group.text("family")
            if family is not None and family.text == TIMED:
                says = f"the family `{TIMED}` is what the grader draws for checks of the kind `vectorised`"
                faults.add(RubricCode.RESERVED_ID, says, family.path, help_="give the family another name")
    for problem in rubric.tables("problem"):
        _check_problem(rubric, problem, inputs, faults)


def _ids(tables: Iterable[Table], key: str) -> list[Text]:
    return [text for table in tables if (text := table.text(key)) is not None]


def _unique(names: Iterable[Text], what: str, faults: Faults) -> None:
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            says = f"the {what} `{name.text}` is there twice"
            # In a set of names the second one says nothing; elsewhere another name may be meant.
            fix = without_element(faults.document, name.path, certain=what in ("package", "family", "precision"))
            faults.add(RubricCode.DUPLICATE, says, name.path, help_="rename one, or remove it", fix=fix)
        seen.add(name.text)


def _packages(rubric: Table, faults: Faults) -> None:
    packages = rubric.texts("packages") or ()
    _unique(packages, "package", faults)
    trusted = rubric.text("trusted")
    folder = trusted.text.rstrip("/").rpartition("/")[2] if trusted else ""
    for package in packages:
        _not_reserved(package, "a package", faults)
        if package.text == folder:
            faults.add(
                RubricCode.ANSWERS_IMPORTABLE,
                f"the package `{package.text}` is the trusted folder itself: a submission could import the answers",
                package.path,
                help_=f"remove `{package.text}` from `packages`",
                fix=without_element(faults.document, package.path, certain=True),
            )


def _not_reserved(name: Text | None, what: str, faults: Faults) -> None:
    if name is not None and keyword.iskeyword(name.text):
        says = f"`{name.text}` is a word of the Python language and cannot name {what}"
        fix = rewritten(faults.document, name.path, quoted(f"{name.text}_"))
        faults.add(RubricCode.RESERVED_WORD, says, name.path, help_=f"for example `{name.text}_`", fix=fix)


def _check_problem(rubric: Table, problem: Table, inputs: dict[str, Table], faults: Faults) -> None:
    arguments = problem.texts("arguments") or ()
    _not_reserved(problem.text("function"), "a function", faults)
    for argument in arguments:
        _not_reserved(argument, "an argument", faults)
    _unique(arguments, "argument", faults)
    _unique(_ids(problem.tables("returns"), "name"), "returned value", faults)
    _unique(_check_ids(problem), "check", faults)
    misconceptions = _ids(problem.tables("misconception"), "id")
    _unique(misconceptions, "misconception", faults)
    _not_own(misconceptions, faults)
    _unique(_ids(problem.tables("terms"), "id"), "term", faults)
    data = _inputs_of(rubric, problem, inputs, faults)
    for check in problem.tables("check"):
        _families(check, data, faults)
        _names_in_check(check, problem, data, faults)


def _check_ids(problem: Table) -> list[Text]:
    """Return the name of each check: its id, or its kind if it states none."""
    names = [check.text("id" if check.states("id") else "kind") for check in problem.tables("check")]
    return [name for name in names if name is not None]


def _not_own(misconceptions: Iterable[Text], faults: Faults) -> None:
    keys, _ = get_args(core(Problem.model_fields["credit"].annotation))
    for name in misconceptions:
        if name.text in get_args(keys):
            says = f"`{name.text}` is a diagnosis that the grader makes itself"
            faults.add(RubricCode.RESERVED_ID, says, name.path, help_="give the misconception another id")


def _inputs_of(rubric: Table, problem: Table, inputs: dict[str, Table], faults: Faults) -> Table | None:
    """Return the problem's set of inputs, after noting a wrong name and arguments that nothing draws."""
    name = problem.text("inputs")
    sets = rubric.table("inputs")
    if name is None or sets is None:
        return None
    if name.text not in sets.data:
        meant = nearest_name(name.text, sets.data)
        faults.add(
            RubricCode.UNKNOWN_INPUTS,
            f"there is no set of inputs `{name.text}`" + (f"; did you mean `{meant}`?" if meant else ""),
            name.path,
            help_=f"one of {listed(sets.data)}, or add `[inputs.{name.text}]`",
            fix=rewritten(faults.document, name.path, quoted(meant)) if meant else None,
        )
        return None
    data = inputs.get(name.text)
    values = data.table("values") if data else None
    for argument in (problem.texts("arguments") or ()) if values else ():
        if values is not None and argument.text not in values.data:
            meant = nearest_name(argument.text, values.data)
            faults.add(
                RubricCode.ARGUMENT_NOT_DRAWN,
                f"nothing in `[inputs.{name.text}]` draws the argument `{argument.text}`"
                + (f"; did you mean `{meant}`?" if meant else ""),
                argument.path,
                help_=f'add `{argument.text} = {{ sampler = "normal" }}` to its `values`, for example',
                fix=added(faults.document, values.path, f'{argument.text} = {{ sampler = "normal" }}'),
            )
    return data


def _families(check: Table, data: Table | None, faults: Faults) -> None:
    named = check.texts("families") or ()
    _unique(named, "family", faults)
    if data is None or not data.complete("case") or not data.array("case"):
        return
    known = {family.text: None for family in _ids(data.tables("case"), "family")}
    for family in named:
        if family.text not in known:
            meant = nearest_name(family.text, known)
            faults.add(
                RubricCode.UNKNOWN_FAMILY,
                f"`[inputs.{data.path[-1]}]` has no case of the family `{family.text}`"
                + (f"; did you mean `{meant}`?" if meant else ""),
                family.path,
                help_=f"one of {listed(known)}",
                fix=rewritten(faults.document, family.path, quoted(meant)) if meant else None,
            )
    kind = check.text("kind")
    if check.states("families") or kind is None or kind.text in APART:
        return
    model = StabilityCheck if kind.text == "stability" else ReferenceCheck
    for default in model.model_fields["families"].default:
        if default not in known:
            faults.add(
                RubricCode.UNKNOWN_FAMILY,
                f"a `{kind.text}` check tries the family `{default}` unless `families` says otherwise, "
                f"and `[inputs.{data.path[-1]}]` has no case of it",
                kind.path,
                help_=f"add `families = [...]` with some of {listed(known)}",
                fix=added(faults.document, check.path, f"families = [{quoted(next(iter(known)))}]"),
            )


def _names_in_check(check: Table, problem: Table, data: Table | None, faults: Faults) -> None:
    kind = check.text("kind")
    if kind is None:
        return
    if kind.text == "derivation":
        _not_reserved(check.text("steps"), "a list of steps", faults)
    if kind.text in ("finite_difference", "adjoint", "property", "derivation"):
        _which_return(check, kind, problem, faults)
    if kind.text == "finite_difference":
        _names_in_finite_difference(check, problem, faults)
    if kind.text == "adjoint":
        _names_in_adjoint(check, problem, faults)
    if kind.text == "property":
        _names_in_property(check, problem, data, faults)
    if kind.text == "vectorised" and data is not None and data.complete("sizes"):
        known = sorted(_symbols(data))
        for sizes in check.array("sizes") or ():
            for symbol in sizes if isinstance(sizes, dict) else ():
                _known(Text(text=symbol, path=(*check.path, "sizes")), known, _size_in(data), faults)


def _symbols(data: Table) -> set[str]:
    return set(data.entries("sizes") or {}).union(*(group.entries("sizes") or {} for group in data.tables("case")))


def _size_in(data: Table) -> str:
    return f"a size in `[inputs.{data.path[-1]}]`"


def _which_return(check: Table, kind: Text, problem: Table, faults: Faults) -> None:
    names = [name.text for name in _ids(problem.tables("returns"), "name")]
    if not problem.complete("returns") or not names:
        return
    _known(check.text("returns"), names, "a returned value of this problem", faults)
    if len(names) > 1 and not check.states("returns"):
        faults.add(
            RubricCode.WHICH_RETURN,
            f"the function returns {len(names)} values; this check does not say which it judges",
            kind.path,
            help_=f'add `returns = "{names[0]}"`; one of {listed(names)}',
            fix=added(faults.document, check.path, f"returns = {quoted(names[0])}"),
        )


def _known(name: Text | None, known: Collection[str], what: str, faults: Faults) -> None:
    if name is None or name.text in known:
        return
    meant = nearest_name(name.text, known)
    says = f"`{name.text}` is not {what}" + (f"; did you mean `{meant}`?" if meant else "")
    fix = rewritten(faults.document, name.path, quoted(meant)) if meant else None
    faults.add(RubricCode.UNKNOWN_NAME, says, name.path, help_=f"one of {listed(known)}" if known else "", fix=fix)


def _names_in_finite_difference(check: Table, problem: Table, faults: Faults) -> None:
    if not problem.complete("arguments") or not check.complete("derived"):
        return
    own = [argument.text for argument in problem.texts("arguments") or ()]
    derived = list(check.entries("derived") or {})
    known = [*own, *derived]
    what = "an argument of this problem, nor in `derived`" if derived else "an argument of this problem"
    for argument in check.texts("arguments") or ():
        _known(argument, known, what, faults)
    _known(check.text("cotangent"), known, what, faults)
    stated = check.texts("arguments")
    taken = own if stated is None else [argument.text for argument in stated]
    wrt = check.text("wrt")
    if wrt is not None and wrt.text in known and wrt.text not in taken:
        says = f"`forward` does not take `{wrt.text}`, so its derivative in it is zero"
        faults.add(RubricCode.UNKNOWN_NAME, says, wrt.path, help_=f"add `{wrt.text}` to `arguments`")
    else:
        _known(wrt, known, what, faults)
    for name in derived:
        if name in own:
            says = f"`{name}` is an argument of this problem already; a derived one needs a name of its own"
            faults.add(RubricCode.DUPLICATE, says, (*check.path, "derived", name), on="key", help_="rename it")


def _names_in_adjoint(check: Table, problem: Table, faults: Faults) -> None:
    if not problem.complete("arguments"):
        return
    own = [argument.text for argument in problem.texts("arguments") or ()]
    for name in (check.text("wrt"), check.text("cotangent"), *(check.texts("arguments") or ())):
        _known(name, own, "an argument of this problem", faults)


def _names_in_property(check: Table, problem: Table, data: Table | None, faults: Faults) -> None:
    name = check.text("property")
    if name is None:
        return
    needs = {"linear": "argument", "shift_invariant": "argument", "permutation_equivariant": "symbol"}.get(name.text)
    if needs is not None and not check.states(needs):
        own = problem.texts("arguments") if needs == "argument" else None
        shown = f'argument = "{own[0].text}"' if own else example("PropertyCheck", needs)
        faults.add(
            RubricCode.MISSING_KEY,
            f"the property `{name.text}` needs the key `{needs}`",
            name.path,
            label="from this check",
            help_=f"add `{shown}`, for example",
            fix=added(faults.document, check.path, shown),
        )
    if problem.complete("arguments"):
        names = [argument.text for argument in problem.texts("arguments") or ()]
        _known(check.text("argument"), names, "an argument of this problem", faults)
    if data is not None and data.complete("sizes"):
        _known(check.text("symbol"), sorted(_symbols(data)), _size_in(data), faults)
