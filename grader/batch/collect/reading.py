"""One hand-in's files as a submission, read when it is asked for; archives of the student's own are looked into."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO

from grader.batch.collect.found import Item
from grader.batch.collect.tree import Parts, Tree
from grader.loading.answer import answer_of_files
from grader.loading.archive import RefusedArchiveError, read_archive
from grader.loading.files import MAX_ENTRIES, MAX_TOTAL_BYTES, File, Files, suffix_of
from grader.loading.shown_name import natural_key, shown
from grader.model.submission import Submission

_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItems:
    """The files of one hand-in.

    Parameters
    ----------
    files : Files
        What may be graded of them, those in archives among it.
    names : tuple of str
        What they and everything beside them is called, as words about them may say it.
    """

    files: Files
    names: tuple[str, ...]

    def submission(self, path: str, student: str, functions: tuple[str, ...]) -> Submission:
        """Return the submission that the files are, with this path and this student.

        Parameters
        ----------
        path, student : str
            As they shall be shown.
        functions : tuple of str
            The names that the assignment asks for.

        Returns
        -------
        Submission
        """
        return replace(answer_of_files(self.files, path, student, functions), path=path, student=student)


def read_items(tree: Tree, items: tuple[Item, ...]) -> ReadItems:
    """Read the files of one hand-in, at most as much as a student's folder may hold.

    Parameters
    ----------
    tree : Tree
        The download.
    items : tuple of Item
        The files.

    Returns
    -------
    ReadItems
    """
    files: list[File] = []
    skipped: list[str] = []
    left = MAX_TOTAL_BYTES
    others: list[str] = []
    for count, item in enumerate(items):
        name = shown("/".join(item.name))
        suffix = suffix_of(item.at[-1])
        if item.at in tree.closed:
            folder = replace(tree.read(item.at), parts=item.name[:-1] or item.at[-2:-1])
            if folder.ours:
                # As a file that could not be read: nobody is graded on a part of what they handed in.
                files.append(folder)
            else:
                skipped.append(f"{folder.shown} {folder.fault}")
        elif not suffix:
            others.append(name)
        elif item.at in tree.links:
            skipped.append(f"{name} is a symbolic link, which is not followed")
        elif count >= MAX_ENTRIES or left <= 0:
            skipped.append(f"{name} and what follows it: the folder holds too much")
            break
        else:
            read = tree.read(item.at)
            file = File(parts=_with_suffix(item.name, suffix), data=read.data, fault=read.fault, ours=read.ours)
            inner = [file] if suffix != ".zip" or file.fault else _inside(file, left, skipped)
            files.extend(inner)
            left -= sum(len(one.data) for one in inner)
    if not files and not skipped and others:
        listed = ", ".join(others[:_NAMED_AT_MOST]) + (" …" if len(others) > _NAMED_AT_MOST else "")
        skipped.append(f"it holds {listed}")
    names = [*("/".join(item.name) for item in items), *("/".join(file.parts) for file in files)]
    ordered = tuple(sorted(_once(files), key=lambda file: natural_key(file.parts)))
    return ReadItems(
        files=Files(files=ordered, skipped=tuple(skipped)), names=tuple(dict.fromkeys(shown(name) for name in names))
    )


def _with_suffix(name: Parts, suffix: str) -> Parts:
    # A pattern may have cut the suffix off.
    return name if suffix_of(name[-1]) == suffix else (*name[:-1], name[-1] + suffix)


def _inside(archive: File, left: int, skipped: list[str]) -> list[File]:
    try:
        inner = read_archive(BytesIO(archive.data), max_total_bytes=max(1, left))
    except RefusedArchiveError as error:
        skipped.append(f"{archive.shown} {error.says}")
        return []
    folder = (*archive.parts[:-1], archive.parts[-1].rpartition(".")[0])
    return [
        File(parts=(*folder, *file.parts), data=file.data, fault=file.fault, ours=file.ours)
        for file in inner.files
        # One archive inside another is not looked into, which answer_of_files says.
    ]


def _once(files: Iterable[File]) -> list[File]:
    """Return the files without copies: who hands in an answer, and an archive with it, hands in one answer."""
    seen: dict[tuple[str, bytes], File] = {}
    kept: list[File] = []
    for file in sorted(files, key=lambda file: len(file.parts)):
        copy = seen.get((file.parts[-1], file.data))
        if copy is None or file.fault:
            seen.setdefault((file.parts[-1], file.data), file)
            kept.append(file)
    return kept
