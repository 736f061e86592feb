"""What a rubric states and nothing uses, and what it names beside itself that is not there."""

import importlib.util

from grader.loading.codes import RubricCode
from grader.loading.faults import Faults, listed
from grader.loading.rubric import Rubric


def note_unused(rubric: Rubric, faults: Faults) -> None:
    """Note what is stated in vain, a starter that is not there, and packages that are not installed.

    Parameters
    ----------
    rubric : Rubric
        A rubric without faults of its own.
    faults : Faults
        Where to note them.
    """
    _starter(rubric, faults)
    _packages(rubric, faults)
    tried: dict[str, set[str]] = {}
    for problem in rubric.assignment.problem:
        tried.setdefault(problem.inputs, set()).update(f for check in problem.check for f in check.families)
    for name, inputs in rubric.assignment.inputs.items():
        if name not in tried:
            says = f"no problem uses the set of inputs `{name}`"
            faults.add(RubricCode.UNUSED_INPUTS, says, ("inputs", name), help_="remove it, or name it in a problem")
            continue
        for g, group in enumerate(inputs.case):
            if group.family not in tried[name]:
                faults.add(
                    RubricCode.UNUSED_FAMILY,
                    f"no check is tried on the cases of the family `{group.family}`",
                    ("inputs", name, "case", g, "family"),
                    label=f"the checks try {listed(sorted(tried[name]))}",
                    help_=f'add "{group.family}" to the `families` of a check, or remove these cases',
                )


def _starter(rubric: Rubric, faults: Faults) -> None:
    starter = rubric.assignment.starter
    if starter is not None and not (rubric.path.parent / starter).is_file():
        says = f"there is no file `{starter}` beside the rubric"
        help_ = "`starter` is relative to the folder of the rubric, for example `../submissions/starter.py`"
        faults.add(RubricCode.NO_STARTER, says, ("starter",), help_=help_)


def _packages(rubric: Rubric, faults: Faults) -> None:
    for i, package in enumerate(rubric.assignment.packages):
        if not is_installed(package):
            says = f"the package `{package}` is not installed beside the grader on this machine"
            help_ = f"install it, or remove `{package}` from `packages`"
            faults.add(RubricCode.NOT_INSTALLED, says, ("packages", i), help_=help_)


def is_installed(package: str) -> bool:
    """Return whether a package that a submission may import is on this machine.

    Parameters
    ----------
    package : str
        As it is imported.

    Returns
    -------
    bool
    """
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False
