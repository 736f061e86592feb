"""From the files of one student to a Submission: which file is the answer, which are modules beside it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.loading.files import File, Files, about
from grader.loading.python_source import decode_python
from grader.loading.shown_name import MAX_PATH, shown
from grader.model.submission import Chunk, Submission
from grader.words import say

_NAMED_AT_MOST = 5
"""Files that a sentence names: a student may hand in ten thousand."""
_DEFINITION = re.compile(r"^(?:async[ \t]+)?def[ \t]+([^\W\d]\w*)[ \t]*\(", re.MULTILINE)
_LIST = re.compile(r"^([^\W\d]\w*)[ \t]*=[ \t]*[\[(]", re.MULTILINE)
"""A list of functions, such as the steps of a derivation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A file as code."""

    file: File
    chunks: tuple[Chunk, ...] = ()
    skipped: tuple[str, ...] = ()
    problem: str = ""


def sha256_of(files: Iterable[File]) -> str:
    """Return the digest of a single file's bytes, or of the names and bytes of several.

    Parameters
    ----------
    files : iterable of File
        In the order in which they count.

    Returns
    -------
    str
        Hexadecimal.
    """
    several = tuple(files)
    if len(several) == 1:
        return hashlib.sha256(several[0].data).hexdigest()
    digest = hashlib.sha256()
    for file in several:
        name = "/".join(file.parts).encode("utf-8", errors="surrogateescape")
        digest.update(len(name).to_bytes(8, "big") + name + len(file.data).to_bytes(8, "big") + file.data)
    return digest.hexdigest()


def unusable(
    path: str, student: str, problem: str, files: Iterable[File] = (), skipped: tuple[str, ...] = ()
) -> Submission:
    """Return a submission of which nothing can be run.

    Parameters
    ----------
    path, student : str
        As they are shown.
    problem : str
        Why, in words for the student.
    files : iterable of File
        What was read of it.
    skipped : tuple of str
        What was left out.

    Returns
    -------
    Submission
    """
    several = tuple(files)
    return Submission(
        path=path,
        student=student,
        sha256=sha256_of(several),
        chunks=(),
        problem=problem,
        unreadable=any(file.ours for file in several),
        skipped=skipped,
    )


def answer_of_file(file: File, path: str, student: str) -> Submission:
    """Return the submission that is a single file.

    Parameters
    ----------
    file : File
        Python or a notebook.
    path, student : str
        As they are shown.

    Returns
    -------
    Submission
    """
    source = _source(file)
    if source.problem:
        return unusable(path, student, about(shown(file.parts[-1]), source.problem), (file,), source.skipped)
    return Submission(
        path=path,
        student=student,
        sha256=sha256_of((file,)),
        chunks=source.chunks,
        notebook=file.suffix == ".ipynb",
        skipped=source.skipped,
    )


def answer_of_files(files: Files, path: str, student: str, functions: tuple[str, ...]) -> Submission:
    """Return the submission that is a folder or an archive of one student.

    The answer is the only file of Python or notebook, or the one that defines more of the functions than any other;
    the other Python files are modules beside it. Two that define as many are not chosen between.

    Parameters
    ----------
    files : Files
        What was read.
    path, student : str
        As they are shown.
    functions : tuple of str
        The names that the assignment asks for.

    Returns
    -------
    Submission
    """
    skipped = (
        *files.skipped,
        *(about(f.shown, say("file.not_looked_into")) for f in files.files if f.suffix == ".zip"),
    )
    candidates = tuple(file for file in files.files if file.suffix != ".zip")
    if not candidates:
        says = "; ".join((say("answer.none_there"), *files.skipped[:1]))
        return unusable(path, student, says, (), skipped)
    # Not by their paths: a download may give two files of a student the same one.
    sources = tuple(_source(file) for file in candidates)
    best = _best(sources, functions)
    if len(best) > 1:
        files_alike = [source.file for source in best]
        return replace(unusable(path, student, _undecided(files_alike, functions), candidates, skipped), undecided=True)
    (source,) = best
    answer = source.file
    inner = shown(f"{path}/{'/'.join(answer.parts)}", MAX_PATH)
    if source.problem:
        return unusable(inner, student, about(answer.shown, source.problem), candidates, (*skipped, *source.skipped))
    others = [other for other in sources if other is not source]
    modules, unimportable = _modules(answer, others)
    return Submission(
        path=inner,
        student=student,
        sha256=sha256_of(candidates),
        chunks=source.chunks,
        modules=modules,
        notebook=answer.suffix == ".ipynb",
        skipped=(*skipped, *source.skipped, *unimportable),
    )


def defined_in(file: File, functions: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of some functions a file defines, as far as can be seen without running it.

    Parameters
    ----------
    file : File
        Python or a notebook.
    functions : tuple of str
        Names.

    Returns
    -------
    tuple of str
        In the order of `functions`.
    """
    return _defined(_source(file), functions)


def _defined(source: _Source, functions: tuple[str, ...]) -> tuple[str, ...]:
    if source.file.suffix == ".ipynb":
        text = "\n".join(chunk.source for chunk in source.chunks)
    else:
        # Names of functions are ASCII, so a file in a wrong encoding still shows which it defines.
        text = source.file.data.decode("latin-1").replace("\r", "\n")
    found = {*_DEFINITION.findall(text), *_LIST.findall(text)}
    return tuple(name for name in functions if name in found)


def _source(file: File) -> _Source:
    label = file.shown
    if file.fault:
        return _Source(file=file, problem=file.fault)
    if file.suffix == ".ipynb":
        from grader.loading.notebook import read_notebook  # noqa: PLC0415 - most answers are none, and students wait

        notebook = read_notebook(file.data, label)
        return _Source(file=file, chunks=notebook.chunks, skipped=notebook.skipped, problem=notebook.problem)
    python = decode_python(file.data)
    return _Source(file=file, chunks=(Chunk(label=label, source=python.text),), problem=python.problem)


def _best(candidates: tuple[_Source, ...], functions: tuple[str, ...]) -> list[_Source]:
    """Return the files that define the most of the functions."""
    if len(candidates) == 1:
        return list(candidates)
    counts = [len(_defined(source, functions)) for source in candidates]
    most = max(counts)
    return [source for source, count in zip(candidates, counts, strict=True) if count == most]


def _undecided(best: list[File], functions: tuple[str, ...]) -> str:
    names = [f"`{file.shown}`" for file in best]
    if len(names) > _NAMED_AT_MOST:
        names[_NAMED_AT_MOST:] = [say("answer.more_files", n=len(names) - _NAMED_AT_MOST)]
    listed = say("answer.files", files=", ".join(names[:-1]), last=names[-1])
    count = len(defined_in(best[0], functions))
    if count:
        return say("answer.alike", files=listed, n=count, of=len(functions))
    faults = "".join(f"; {about(file.shown, file.fault)}" for file in best[:_NAMED_AT_MOST] if file.fault)
    return say("answer.none_defines", files=listed) + faults


def _modules(answer: File, others: list[_Source]) -> tuple[tuple[tuple[str, Chunk], ...], tuple[str, ...]]:
    """Return the other files by the name under which the answer imports them, and a word on those that it cannot."""
    modules: dict[str, Chunk] = {}
    skipped: list[str] = []
    home = answer.parts[:-1]
    # Files beside the answer come before those of outer folders, as on Python's own path.
    for source in sorted(others, key=lambda other: other.file.parts[: len(home)] != home):
        file = source.file
        if file.suffix == ".ipynb":
            skipped.append(about(file.shown, say("answer.other_notebook")))
            continue
        parts = file.parts[len(home) :] if file.parts[: len(home)] == home else file.parts
        stem = parts[-1][: -len(file.suffix)]
        names = parts[:-1] if stem == "__init__" and len(parts) > 1 else (*parts[:-1], stem)
        if source.problem:
            skipped.append(about(file.shown, source.problem))
        elif not all(name.isidentifier() for name in names):
            skipped.append(about(file.shown, say("answer.no_module_name")))
        elif ".".join(names) in modules:
            skipped.append(about(file.shown, say("answer.hidden_module")))
        else:
            modules[".".join(names)] = source.chunks[0]
    return tuple(sorted(modules.items())), tuple(skipped)
