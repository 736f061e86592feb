"""A trusted function as a submission of ours, to be timed in a sandbox where no student's code runs."""

from pathlib import Path

from grader.model.submission import Chunk, Submission
from grader.truth.modules import TrustedModules

TIMED_FUNCTION = "timed"
"""The trusted function, under the name that it is called by."""
NOTHING = "nothing"
"""Returns what the trusted function returned last, without any work: what a call costs by itself."""
_PACKAGE = "trusted_modules"
_SOURCE = """\
from {package}.{module} import {name}

returned = None


def {timed}(*arguments):
    global returned
    returned = {name}(*arguments)
    return returned


def {nothing}(*arguments):
    return returned
"""


def yardstick(modules: TrustedModules, ref: str) -> Submission:
    """Return a submission that defines a trusted function, and one that does nothing.

    Parameters
    ----------
    modules : TrustedModules
        The trusted folder; all its modules are in the submission.
    ref : str
        ``package.module:function``.

    Returns
    -------
    Submission
        It holds answers, and belongs into a process of its own.
    """
    module, _, name = ref.partition(":")
    source = _SOURCE.format(package=_PACKAGE, module=module, name=name, timed=TIMED_FUNCTION, nothing=NOTHING)
    return Submission(
        path=modules.folder.name,
        student="",
        sha256=modules.sha256(),
        chunks=(Chunk(label="yardstick", source=source),),
        modules=trusted_sources(modules.folder, _PACKAGE),
    )


def trusted_sources(folder: Path, package: str) -> tuple[tuple[str, Chunk], ...]:
    """Return the modules of a trusted folder as a submission's own.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    package : str
        What it is called inside; its modules import each other by relative imports.

    Returns
    -------
    tuple of (str, Chunk)
        In the order of their files.
    """
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if all(part.isidentifier() for part in parts):
            names = parts[:-1] if parts[-1] == "__init__" else parts
            source = path.read_text(encoding="utf-8", errors="replace")
            label = path.relative_to(folder).as_posix()
            found.append((".".join((package, *names)), Chunk(label=label, source=source)))
    return tuple(found)
