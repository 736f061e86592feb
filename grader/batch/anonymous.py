"""A class without names: students become random pseudonyms, and one key file alone leads back.

What students write into their files, and what those print, is theirs and stays as it is.
"""

import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.collect import CollectCode, Collected
from grader.batch.collect.codes import fault
from grader.batch.collect.key_file import KeyRow, read_key, written_key
from grader.batch.collect.names import canvas_form
from grader.loading.files import suffix_of
from grader.loading.shown_name import MAX_PATH, natural_key, shown
from grader.model.handin import Collection, EarlierHandIn, HandIn, Stray, Student
from grader.model.submission import Chunk, Submission

# Consonants make no words and no names; 19**10 of them are enough that two of a class are never the same by chance,
# and nobody finds out whose one is by trying.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_LENGTH = 10
_CELL = re.compile(r" cell \d+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undressed:
    """What a submission of one hand-in may not say.

    Parameters
    ----------
    tokens : dict of str to tuple of str
        Names, addresses and ids of the students of each hand-in, by its pseudonym.
    """

    tokens: dict[str, tuple[str, ...]]

    def __call__(self, hand_in: HandIn, names: tuple[str, ...], submission: Submission) -> Submission:
        suffix = ".ipynb" if submission.notebook else ".py"
        modules = [
            (name, Chunk(label=f"module{number}.py", source=chunk.source))
            for number, (name, chunk) in enumerate(submission.modules, start=1)
        ]
        files = {name: f"file{n}{suffix_of(name)}" for n, name in enumerate(_longest_first(_parts(names)), start=1)}
        hidden = files | dict.fromkeys(self.tokens[hand_in.id], "…")
        return replace(
            submission,
            chunks=tuple(Chunk(label=_label(c.label, suffix), source=c.source) for c in submission.chunks),
            modules=tuple(modules),
            problem=_without(submission.problem, hidden),
            skipped=tuple(_without(says, hidden) for says in submission.skipped),
        )


def is_pseudonym(text: str) -> bool:
    """Return whether a text is made as pseudonyms are."""
    return len(text) == _LENGTH and set(text) <= set(_LETTERS)


def anonymise(collected: Collected, key: Path) -> Collected:
    """Return a class in which nobody is named.

    Parameters
    ----------
    collected : Collected
        The class.
    key : Path
        The key file: who has a pseudonym there keeps it, and who has none gets one. It is written whole or not at all,
        for its owner alone.

    Returns
    -------
    Collected
        Ids and paths are pseudonyms; names, emails, sections, keys, and names of files and of what is nobody's are
        left out. The times of hand-ins stay.

    Raises
    ------
    DiagnosedError
        The key file cannot be read or written, or is none.
    """
    collection = collected.collection
    rows = read_key(key)
    named = {(row.kind, row.id): row.pseudonym for row in rows}
    taken = set(named.values())
    fresh: list[KeyRow] = []
    for row in _wanted(collection):
        if (row.kind, row.id) not in named:
            pseudonym = _pseudonym(taken)
            named[row.kind, row.id] = pseudonym
            fresh.append(replace(row, pseudonym=pseudonym))
    if fresh:
        # The order in which students came says nothing about their pseudonyms.
        _write(key, written_key(sorted((*rows, *fresh), key=lambda row: (row.kind, natural_key((row.id,))))))
    students = {student.id: named["student", student.id] for student in collection.students}
    hand_ins = [_hand_in(hand_in, students, named) for hand_in in collection.hand_ins]
    ids = {old.id: new.id for old, new in zip(collection.hand_ins, hand_ins, strict=True)}
    people = {student.id: student for student in collection.students}
    tokens = {ids[h.id]: tuple(_tokens(people[student] for student in h.students)) for h in collection.hand_ins}
    return Collected(
        collection=Collection(
            source=collection.source,
            says=collection.says,
            students=tuple(Student(id=pseudonym) for pseudonym in sorted(students.values())),
            hand_ins=tuple(sorted(hand_ins, key=lambda hand_in: hand_in.id)),
            missing=tuple(sorted(students[student] for student in collection.missing)),
            strays=tuple(
                sorted((Stray(path=named["stray", s.path], says=s.says) for s in collection.strays), key=_path)
            ),
        ),
        tree=collected.tree,
        items={ids[id_]: items for id_, items in collected.items.items()},
        dressed=_Undressed(tokens=tokens),
    )


def _path(stray: Stray) -> str:
    return stray.path


def _wanted(collection: Collection) -> Iterable[KeyRow]:
    """Yield what needs a pseudonym: every student, every group's hand-in, everything that is nobody's."""
    paths = {h.students[0]: h.path for h in collection.hand_ins if len(h.students) == 1}
    for student in collection.students:
        yield KeyRow(
            kind="student",
            pseudonym="",
            id=student.id,
            name=student.name,
            email=student.email,
            keys="; ".join(f"{key}={value}" for key, value in sorted(student.keys.items())),
            path=paths.get(student.id, ""),
        )
    for hand_in in collection.hand_ins:
        if len(hand_in.students) > 1:
            yield KeyRow(kind="group", pseudonym="", id=hand_in.id, name=", ".join(hand_in.students), path=hand_in.path)
    for stray in collection.strays:
        yield KeyRow(kind="stray", pseudonym="", id=stray.path, path=stray.path)


def _pseudonym(taken: set[str]) -> str:
    while True:
        pseudonym = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if pseudonym not in taken:
            taken.add(pseudonym)
            return pseudonym


def _hand_in(hand_in: HandIn, students: dict[str, str], named: dict[tuple[str, str], str]) -> HandIn:
    alone = len(hand_in.students) == 1
    id_ = students[hand_in.students[0]] if alone else named["group", hand_in.id]
    earlier = (
        EarlierHandIn(path=f"{id_}/earlier{number}", submitted_at=one.submitted_at)
        for number, one in enumerate(hand_in.earlier, start=1)
    )
    return HandIn(
        id=id_,
        students=tuple(sorted(students[student] for student in hand_in.students)),
        path=id_ + suffix_of(hand_in.path),
        submitted_at=hand_in.submitted_at,
        late=hand_in.late,
        earlier=tuple(earlier),
    )


def _tokens(students: Iterable[Student]) -> Iterable[str]:
    """Yield what people are called; the words of a name, too, but not initials."""
    for student in students:
        said = (student.id, student.name, student.email, student.email.partition("@")[0], *student.keys.values())
        words = [word for word in re.split(r"[\W_]+", student.name) if len(word) > 2 or not word.isascii()]
        yield from {text for text in (*said, *words, canvas_form(student.name)) if len(text) > 1}


def _parts(names: Iterable[str]) -> set[str]:
    """Return names of files with those of their folders and without their suffixes, longer than a letter."""
    parts = {part for name in names for part in (name, *name.split("/"))}
    return {part for part in parts | {part.rpartition(".")[0] for part in parts} if len(part) > 1}


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _label(label: str, suffix: str) -> str:
    cell = _CELL.search(label)
    return f"answer{suffix}{cell[0] if cell is not None else ''}"


def _without(text: str, hidden: dict[str, str]) -> str:
    """Return a text with other words for those that are hidden, in whatever case and composition they stand."""
    composed = {unicodedata.normalize("NFC", word): instead for word, instead in hidden.items()}
    if not composed or not text:
        return text
    folded = {word.casefold(): instead for word, instead in composed.items()}
    # Whole words only: a file called `a.py` hides no letter of "an error".
    alternatives = "|".join(re.escape(word) for word in _longest_first(composed))
    found = re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])", re.IGNORECASE)
    return found.sub(lambda match: folded.get(match[0].casefold(), "…"), unicodedata.normalize("NFC", text))


def _write(key: Path, data: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=key.parent, prefix=f".{key.name}.")  # readable for its owner alone
        # Replaced, it is no longer there under this name.
        with ExitStack() as at_the_end:
            at_the_end.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            Path(name).replace(key)
    except OSError as error:
        says = f"the key file cannot be written: {error.strerror}"
        raise fault(
            CollectCode.KEY_UNREADABLE, says, shown(str(key), MAX_PATH), "name a file in a folder of yours"
        ) from error
