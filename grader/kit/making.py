"""Makes a kit: everything that a student needs to check an answer, and nothing from which one could be copied."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import tomli_w

from grader import __version__
from grader.grading.handout import facts_for, students_part, without_names
from grader.kit.closure import modules_needed, refuse_answers
from grader.kit.layout import CASES, FORWARD, README, RUBRIC, SETTINGS, WORDS, KitCode
from grader.kit.readme import readme
from grader.kit.rubric_toml import rubric_toml
from grader.model.assignment import Assignment
from grader.model.checks import AdjointCheck, FiniteDifferenceCheck
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.handout import Withheld
from grader.truth.handout import to_bytes
from grader.truth.modules import TrustedFunctionError, TrustedModules
from grader.truth.needed import file_of
from grader.words import in_language, say

# The earliest time that a zip file can state: a kit of the same files has the same bytes, whenever it is made.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What students begin with.

    Parameters
    ----------
    name : str
        Of the file: ``starter.py``.
    data : bytes
        What it holds.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A kit that was made.

    Parameters
    ----------
    folder : str
        The folder that the archive unpacks to.
    files : mapping of str to bytes
        By path within the folder, in the order of the archive.
    part : Assignment
        What students can check.
    withheld : tuple of Withheld
        What they cannot.
    seed : int
        Of the cases.
    """

    folder: str
    files: Mapping[str, bytes]
    part: Assignment
    withheld: tuple[Withheld, ...]
    seed: int


def make_kit(
    assignment: Assignment,
    modules: TrustedModules,
    starter: Starter,
    *,
    rubric: str,
    words: str,
    seed: int | None = None,
) -> Kit:
    """Make the kit of an assignment.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    modules : TrustedModules
        Its trusted folder.
    starter : Starter
        What students begin with.
    rubric : str
        The rubric as the user named it, for diagnostics.
    words : str
        The language of what students read, as `grader.words.in_language` takes it; a file of messages is handed out.
    seed : int, optional
        Draws the cases; by default one that follows from the assignment's id, which says nothing of the rubric's own.

    Returns
    -------
    Kit

    Raises
    ------
    DiagnosedError
        Nothing can be checked without answers, the seed is that of the grades, or a forward model holds an answer.
    PlanError, TrustedFunctionError
        The rubric's fault.
    """
    seed = seed_of(assignment.id) if seed is None else seed
    if seed == assignment.seed:
        says = f"{seed} is the rubric's own seed: students would have the very cases that grades rest on"
        raise _fault(KitCode.SEED_OF_THE_GRADES, says, rubric, "take another seed, or none")
    part, withheld = students_part(assignment)
    if not part.problem:
        says = "no check is left that is visible and needs no answer: there is nothing that students could check"
        raise _fault(KitCode.NOTHING_TO_CHECK, says, rubric, "add a `finite_difference` or `property` check")
    forward = dict(_forward_files(assignment, part, modules.folder, rubric))
    _try_out(part, forward)
    messages = {WORDS: Path(words).read_bytes()} if words.endswith(".toml") else {}
    language = WORDS if messages else words
    given = without_names(part, trusted=FORWARD, seed=seed, language=language)
    text = rubric_toml(given).encode()
    facts = facts_for(part, withheld, modules, seed, hashlib.sha256(text).hexdigest())
    facts = replace(facts, assignment=given)
    submission = starter.name
    besides = {*([FORWARD] if forward else []), *messages}
    with in_language(words):
        page = readme(assignment, part, withheld, submission=submission, besides=besides)
        settings = _settings(submission, language)
    files = {
        README: page.encode(),
        submission: starter.data,
        SETTINGS: settings.encode(),
        RUBRIC: text,
        CASES: to_bytes(facts),
        **messages,
        **{f"{FORWARD}/{name}": data for name, data in forward.items()},
    }
    return Kit(folder=assignment.id, files=files, part=given, withheld=withheld, seed=seed)


def seed_of(name: str) -> int:
    """Return the seed of a kit's cases.

    Parameters
    ----------
    name : str
        The assignment's id: known to everybody, so that the seed gives nothing of the rubric's own away.

    Returns
    -------
    int
        Below 2**63.
    """
    return int.from_bytes(hashlib.sha256(f"the kit of {name}".encode()).digest()[:8], "big") >> 1


def zipped(kit: Kit) -> bytes:
    """Return a kit as an archive.

    Parameters
    ----------
    kit : Kit
        What to pack.

    Returns
    -------
    bytes
        The same for the same files, whenever and wherever it is made.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in kit.files.items():
            entry = zipfile.ZipInfo(f"{kit.folder}/{name}", date_time=_ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # As on Unix, on every system.
            entry.create_system = 3
            entry.external_attr = _PLAIN_FILE << 16
            packed.writestr(entry, data)
    return archive.getvalue()


def _settings(submission: str, language: str) -> str:
    values = {"submission": submission, "rubric": RUBRIC, "grader": __version__, "language": language}
    return f"# {say('readme.of_settings')}\n\n{tomli_w.dumps(values)}"


# Forward models -------------------------------------------------------------------------------------------------------


def _forward_refs(part: Assignment) -> Iterator[str]:
    for problem in part.problem:
        for check in problem.check:
            if isinstance(check, FiniteDifferenceCheck):
                yield check.forward
                yield from check.derived.values()


def _forward_files(assignment: Assignment, part: Assignment, folder: Path, rubric: str) -> Iterator[tuple[str, bytes]]:
    modules = list(dict.fromkeys(ref.partition(":")[0] for ref in _forward_refs(part)))
    needed = modules_needed(folder, modules)
    refuse_answers(needed, _answers(assignment), rubric)
    for module in needed:
        path = file_of(folder, module)
        if path is not None:
            yield PurePosixPath(path.relative_to(folder).as_posix()).as_posix(), path.read_bytes()


def _answers(assignment: Assignment) -> dict[str, str]:
    """Return which modules hold an answer, and of what."""
    found: dict[str, str] = {}
    for problem in assignment.problem:
        named = [(problem.reference, f"the reference of {problem.id}")]
        named += [(m.function, f"the misconception {m.id} of {problem.id}") for m in problem.misconception]
        named += [(t.function, f"the term {t.id} of {problem.id}") for t in problem.terms]
        named += [(c.jvp, f"the derivative of {problem.id}.{c.name}") for c in problem.check if
                  isinstance(c, AdjointCheck)]  # fmt: skip
        for ref, says in named:
            found.setdefault(ref.partition(":")[0], says)
    return found


def _try_out(part: Assignment, forward: Mapping[str, bytes]) -> None:
    """Import the forward models from the files that are handed out, and from nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in forward.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        modules = TrustedModules(Path(folder))
        for ref in dict.fromkeys(_forward_refs(part)):
            try:
                modules.function(ref)
            except TrustedFunctionError as error:
                says = f"{error.says}; it needs something that its imports do not say"
                raise TrustedFunctionError(ref, says) from error


def _fault(code: KitCode, says: str, rubric: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code.value, says=says, path=rubric, help=help_),))
