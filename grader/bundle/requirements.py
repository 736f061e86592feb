"""What the grader and a rubric need, each pinned to the version that is installed here."""

import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path

import tomli

import grader
from grader.bundle.codes import BundleCode
from grader.model.diagnostic import DiagnosedError, Diagnostic

NAME = "grader"
_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def own_requirements() -> tuple[str, ...]:
    """Return the requirements of this grader, as its metadata states them.

    Returns
    -------
    tuple of str
        Without those of its extras.

    Raises
    ------
    DiagnosedError
        It is neither installed nor a source tree.
    """
    try:
        found = importlib.metadata.distribution(NAME)
        # Another project has had this name on an index: only the version tells that it is this one.
        if found.version == grader.__version__:
            return tuple(each for each in found.requires or () if "extra ==" not in each)
    except importlib.metadata.PackageNotFoundError:
        pass
    project = Path(grader.__file__).resolve().parents[1] / "pyproject.toml"
    try:
        data = tomli.loads(project.read_text(encoding="utf-8"))
        return tuple(data["project"]["dependencies"])
    except (OSError, KeyError, tomli.TOMLDecodeError) as error:
        says = "nothing says what this grader needs: it is neither installed nor a source tree"
        help_ = "install it with pip, and run the command again"
        raise DiagnosedError(
            (Diagnostic(code=BundleCode.NOT_INSTALLED.value, says=says, path="", help=help_),)
        ) from error


def pinned(packages: Iterable[str]) -> tuple[str, ...]:
    """Return everything that has to be installed beside the grader.

    Parameters
    ----------
    packages : iterable of str
        Import names that a rubric lists.

    Returns
    -------
    tuple of str
        Such as ``"numpy==2.1.0"``, sorted: what the grader and the packages require, and what that requires.

    Raises
    ------
    DiagnosedError
        A package is not installed.
    """
    distributions = importlib.metadata.packages_distributions()
    waiting = [_name(each) for each in own_requirements()]
    for package in packages:
        if package not in distributions:
            says = (
                f"the package `{package}`, which the rubric lists, is not installed here, so its version is not known"
            )
            diagnostic = Diagnostic(
                code=BundleCode.PACKAGE_MISSING.value, says=says, path="", help=f"install {package}"
            )
            raise DiagnosedError((diagnostic,))
        waiting += [_normal(each) for each in distributions[package]]
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            # Required on other systems or Pythons only.
            continue
        found[name] = distribution.version
        waiting += [_name(each) for each in distribution.requires or () if "extra ==" not in each]
    return tuple(f"{name}=={version}" for name, version in sorted(found.items()))


def _name(requirement: str) -> str:
    match = _REQUIREMENT_NAME.match(requirement)
    return _normal(match.group()) if match else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
