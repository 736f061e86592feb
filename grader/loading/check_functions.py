"""Faults of the trusted functions that a rubric names: not there, or taking other arguments."""

import inspect
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.loading.codes import RubricCode
from grader.loading.edits import quoted, rewritten
from grader.loading.faults import Faults, Table, Text, listed, nearest_name

Lookup = Callable[[Path, str], inspect.Signature | None]
"""From the trusted folder and ``module:function`` to the function's signature; None where there is no such function."""

# What a trusted function may take besides: see `tap` in the trusted package.
_OPTIONAL_KEYWORD = "tap"
_DEFINITION = re.compile(r"^(?:async\s+)?def\s+([A-Za-z_]\w*)\s*\(", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A trusted function as a rubric uses it.

    Parameters
    ----------
    ref : Text
        ``module:function``.
    arguments : tuple of str
        What it is called with, in order; empty where that is not known.
    named : bool
        True where the names mean the same in the function, so that their order can be compared.
    """

    ref: Text
    arguments: tuple[str, ...]
    named: bool = True


def check_functions(rubric: Table, rubric_file: Path, lookup: Lookup | None, faults: Faults) -> None:
    """Note trusted functions that do not exist or take other arguments.

    Parameters
    ----------
    rubric : Table
        The whole rubric.
    rubric_file : Path
        Its file; ``trusted`` is relative to its folder.
    lookup : callable or None
        Gives signatures; without it only the modules' files are looked for.
    faults : Faults
        Where to note them.
    """
    uses = _uses(rubric)
    for problem in rubric.tables("problem"):
        _check_misconceptions(problem, faults)
    trusted = rubric.text("trusted")
    if trusted is None:
        return
    folder = trusted_folder(rubric_file, trusted.text)
    if Path(trusted.text).is_absolute():
        says = f"`trusted` should be relative to the rubric, so that both can be moved; it is `{trusted.text}`"
        faults.add(RubricCode.TRUSTED_MISSING, says, trusted.path, help_='for example `trusted = "../reference"`')
        return
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        says = f"there is no folder `{trusted.text}` beside the rubric"
        help_ = "`trusted` is relative to the folder of the rubric, for example `../reference`"
        faults.add(RubricCode.TRUSTED_MISSING, says, trusted.path, help_=help_)
        return
    for use in uses:
        _check_use(use, folder, lookup, faults)


def trusted_folder(rubric_file: Path, trusted: str) -> Path:
    """Return the folder that a rubric's ``trusted`` names, without links and ``..``."""
    # Unlike Path.resolve, this has an answer for links that go round in a circle.
    return Path(os.path.realpath(rubric_file.parent / trusted))


def _uses(rubric: Table) -> list[_Use]:
    uses: list[_Use] = []

    def add(ref: Text | None, arguments: tuple[str, ...], *, named: bool = True) -> None:
        if ref is not None:
            uses.append(_Use(ref=ref, arguments=arguments, named=named))

    for data in rubric.named_tables("inputs").values():
        for table in (data, *data.tables("case")):
            for sampler in table.named_tables("values").values():
                add(sampler.text("function"), ("rng", "shape"), named=False)
    for problem in rubric.tables("problem"):
        own = _argument_names(problem)
        add(problem.text("reference"), own)
        for misconception in problem.tables("misconception"):
            add(misconception.text("function"), own)
        for term in problem.tables("terms"):
            add(term.text("function"), own)
        for check in problem.tables("check"):
            add(check.text("forward"), _argument_names(check) if check.states("arguments") else own)
            primal = _argument_names(check) if check.states("arguments") else _without_cotangent(own, check)
            add(check.text("jvp"), (*primal, "V") if primal else (), named=False)
            derived = check.table("derived")
            for name in derived.data if derived else ():
                add(derived.text(name) if derived else None, own)
    return uses


def _argument_names(table: Table) -> tuple[str, ...]:
    """Return the arguments; empty where they are not known, or one is there twice, which is a fault of its own."""
    names = tuple(a.text for a in table.texts("arguments") or ()) if table.complete("arguments") else ()
    return names if len(set(names)) == len(names) else ()


def _without_cotangent(own: tuple[str, ...], check: Table) -> tuple[str, ...]:
    cotangent = check.text("cotangent")
    return tuple(name for name in own if cotangent is None or name != cotangent.text)


def _check_misconceptions(problem: Table, faults: Faults) -> None:
    right = problem.text("reference")
    for misconception in problem.tables("misconception"):
        wrong = misconception.text("function")
        if right is not None and wrong is not None and wrong.text == right.text:
            says = f"the misconception is the right answer itself: `{wrong.text}` is the `reference` of this problem"
            faults.add(RubricCode.MISTAKE_IS_TRUTH, says, wrong.path, help_="name the function that makes the mistake")


def _check_use(use: _Use, folder: Path, lookup: Lookup | None, faults: Faults) -> None:
    module, _, name = use.ref.text.partition(":")
    source = _module_file(folder, module)
    if source is None:
        meant = nearest_name(module, _modules(folder))
        faults.add(
            RubricCode.NO_SUCH_MODULE,
            f"there is no trusted module `{module}`" + (f"; did you mean `{meant}`?" if meant else ""),
            use.ref.path,
            label=f"`{module.replace('.', '/')}.py` is not in `{folder.name}`",
            help_=f"write `{meant}:{name}`" if meant else "name a module within the folder that `trusted` names",
            fix=rewritten(faults.document, use.ref.path, quoted(f"{meant}:{name}")) if meant else None,
        )
        return
    signature = lookup(folder, use.ref.text) if lookup else None
    if lookup and signature is None:
        _note_missing(use, source, faults)
    elif signature is not None and use.arguments:
        _check_arguments(use, signature, faults)


def _module_file(folder: Path, module: str) -> Path | None:
    stem = folder.joinpath(*module.split("."))
    for candidate in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _modules(folder: Path) -> list[str]:
    found = sorted(path.relative_to(folder).with_suffix("").parts for path in folder.rglob("*.py"))
    return [".".join(parts) for parts in found if parts[-1] != "__init__"]


def _note_missing(use: _Use, source: Path, faults: Faults) -> None:
    module, _, name = use.ref.text.partition(":")
    defined = _DEFINITION.findall(source.read_text(encoding="utf-8", errors="replace"))
    if name in defined:
        says = f"the trusted module `{module}` cannot be imported"
        help_ = f"`{source.name}` defines `{name}`; run the module by itself to see what fails"
        faults.add(RubricCode.MODULE_FAILS, says, use.ref.path, help_=help_)
    else:
        meant = nearest_name(name, defined)
        says = f"the trusted module `{module}` has no function `{name}`" + (
            f"; did you mean `{meant}`?" if meant else ""
        )
        called = ", ".join(use.arguments)
        define = f"define `def {name}({called})` in `{source.name}`, or name a function that is there"
        help_ = f"write `{module}:{meant}`" if meant else define
        fix = rewritten(faults.document, use.ref.path, quoted(f"{module}:{meant}")) if meant else None
        faults.add(RubricCode.NO_SUCH_FUNCTION, says, use.ref.path, help_=help_, fix=fix)


def _check_arguments(use: _Use, signature: inspect.Signature, faults: Faults) -> None:
    keyword = signature.parameters.get(_OPTIONAL_KEYWORD)
    extra = {_OPTIONAL_KEYWORD: None} if keyword and keyword.kind is inspect.Parameter.KEYWORD_ONLY else {}
    taken = [p.name for p in signature.parameters.values() if p.kind in _POSITIONAL]
    name = use.ref.text.partition(":")[2]
    called = ", ".join(use.arguments)
    help_ = f"define `def {name}({called})`, or name a function that takes these arguments"
    try:
        signature.bind(*use.arguments, **extra)
    except TypeError:
        says = f"`{name}` is called as `{name}({called})`, but it is `{name}{signature}`"
        faults.add(RubricCode.OTHER_ARGUMENTS, says, use.ref.path, help_=help_)
        return
    first = taken[: len(use.arguments)]
    if use.named and first != list(use.arguments) and sorted(first) == sorted(use.arguments):
        says = f"`{name}` takes its arguments in another order: {listed(first)}, not {listed(use.arguments)}"
        faults.add(RubricCode.OTHER_ARGUMENTS, says, use.ref.path, help_=help_)


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
