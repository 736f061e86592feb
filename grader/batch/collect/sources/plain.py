"""Any folder with one file, one folder or one archive a student, named after the student."""

from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.names import composed, tidy
from grader.batch.collect.tree import Base
from grader.loading.files import suffix_of
from grader.loading.shown_name import shown
from grader.model.handin import Stray


def read_plain(base: Base) -> Recognised:
    """Return a plain folder of a class.

    Files and folders of one name, such as ``jane.py`` and ``jane.ipynb``, are one student's.

    Parameters
    ----------
    base : Base
        Where the class begins.

    Returns
    -------
    Recognised
    """
    students: dict[str, list[Item]] = {}
    strays: list[Stray] = []
    files_alone = folders = 0
    for top, files in base.tops.items():
        if len(files[0]) > 1:
            folders += 1
            items = students.setdefault(composed(top), [])
            items.extend(Item(at=base.whole(parts), name=parts[1:]) for parts in files)
        elif suffix_of(top):
            files_alone += 1
            students.setdefault(composed(top.rpartition(".")[0]), []).append(Item(at=base.whole((top,)), name=(top,)))
        else:
            says = "it is no .py, .ipynb or .zip, and in no student's folder"
            strays.append(Stray(path=shown("/".join(base.whole((top,)))), says=says))
    found = tuple(_student(name, items, base) for name, items in students.items())
    counts = [f"{n} {what}" for n, what in ((files_alone, "files"), (folders, "folders")) if n]
    return Recognised(
        source="plain",
        says=f"plain folder: {' and '.join(counts) or 'nothing'}, each named after a student",
        found=found,
        strays=tuple(strays),
        fits=files_alone + folders,
        of=files_alone + folders + len(strays),
    )


def _student(name: str, items: list[Item], base: Base) -> Found:
    readable = tidy(name)
    who = Who(id=name, name=readable, login=readable, email=readable if "@" in readable else "", unsure=True)
    depth = len(base.at) + 1
    at = items[0].at[:depth]
    return Found(
        identity=f"plain {name}",
        label=readable,
        who=(who,),
        team=readable,
        versions=(Version(at=at, items=tuple(items)),),
    )
