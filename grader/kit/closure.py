"""Which files a forward model needs, and whether an answer stands in one of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.kit.layout import KitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.truth.needed import UnreadableModuleError
from grader.truth.needed import modules_needed as needed_modules


def modules_needed(folder: Path, modules: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return everything that some modules of a trusted folder import from it, see `grader.truth.needed.modules_needed`.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    modules : sequence of str
        Such as ``"gmm.forward"``.

    Returns
    -------
    dict of str to tuple of str
        For each module, sorted by name, how it is reached: modules that import each other, from one of `modules` to
        itself. The packages that hold a module are among them, for they are imported with it.

    Raises
    ------
    DiagnosedError
        A module is missing or is not Python.
    """
    try:
        return needed_modules(folder, modules)
    except UnreadableModuleError as error:
        raise _unreadable(folder, error.module, error.says) from error


def refuse_answers(needed: Mapping[str, tuple[str, ...]], answers: Mapping[str, str], rubric: str) -> None:
    """Refuse a forward model that cannot be handed out without an answer.

    Parameters
    ----------
    needed : mapping of str to tuple of str
        From `modules_needed`.
    answers : mapping of str to str
        By module, what of the rubric stands in it: ``"the reference of grad_mu"``.
    rubric : str
        The rubric as the user named it.

    Raises
    ------
    DiagnosedError
        With each module that is needed and holds an answer.
    """
    faults = []
    for module, chain in needed.items():
        if module in answers:
            way = " imports ".join(f"`{name}`" for name in chain)
            faults.append(
                Diagnostic(
                    code=KitCode.FORWARD_HOLDS_ANSWERS.value,
                    says=f"the forward model cannot be handed out: `{module}` holds {answers[module]}",
                    path=rubric,
                    label=way if len(chain) > 1 else "",
                    help=f"keep forward models in modules of their own ({way}), or hide the check that needs it"
                    if len(chain) > 1
                    else "move the forward model to a module of its own, or hide the check that needs it",
                )
            )
    if faults:
        raise DiagnosedError(tuple(faults))


def _unreadable(folder: Path, module: str, says: str) -> DiagnosedError:
    shown = module or "__init__"
    return DiagnosedError(
        (
            Diagnostic(
                code=KitCode.FORWARD_UNREADABLE.value,
                says=f"the forward model needs `{shown}` of {folder.name}/: {says}",
                path=folder.name,
                help="forward models import modules of their own folder by relative imports, packages by name",
            ),
        )
    )
