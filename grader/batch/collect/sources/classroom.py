"""GitHub Classroom: clones made by ``gh classroom clone student-repos`` or the assistant. One repository a student."""

from grader.batch.collect.found import Found, Item, Recognised, Version, Who
from grader.batch.collect.tree import Base, Tree
from grader.loading.shown_name import shown
from grader.model.handin import Stray

_SUFFIX = "-submissions"


def prefix_of(base: Base, tree: Tree) -> str:
    """Return what the names of all repositories begin with: the assignment's name and a dash; empty if nothing.

    Parameters
    ----------
    base : Base
        The folder that holds the repositories.
    tree : Tree
        Knows which folders are clones.

    Returns
    -------
    str
    """
    # cmd/gh-classroom/clone/student-repos of github.com/github/gh-classroom clones into {slug}-submissions/, where slug
    # is the assignment's, and a repository is called {slug}-{login or team}.
    tops = [top for top, files in base.tops.items() if len(files[0]) > 1]
    name = base.names[-1]
    if name.endswith(_SUFFIX):
        prefix = name.removesuffix(_SUFFIX) + "-"
        return prefix if any(_follows(top, prefix) for top in tops) else ""
    clones = [top for top in tops if base.whole((top,)) in tree.repositories]
    if len(clones) < 2:
        return ""
    first, last = min(clones), max(clones)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("-", 0, same) + 1]


def read_classroom(base: Base, tree: Tree) -> Recognised:
    """Return a download of GitHub Classroom.

    Parameters
    ----------
    base : Base
        The folder that holds the repositories.
    tree : Tree
        Knows which folders are clones.

    Returns
    -------
    Recognised
    """
    prefix = prefix_of(base, tree)
    found: list[Found] = []
    strays: list[Stray] = []
    for top, files in base.tops.items():
        at = base.whole((top,))
        if len(files[0]) > 1 and prefix and _follows(top, prefix):
            login = top.removeprefix(prefix)
            items = tuple(Item(at=base.whole(parts), name=parts[1:]) for parts in files)
            # Whether it is a student's or a team's, only a roster can say.
            who = Who(id=login, login=login, keys={"github": login})
            # GitHub's logins and team slugs are the same in small and capital letters.
            identity = f"github {login.casefold()}"
            version = Version(at=at, items=items)
            found.append(Found(identity=identity, label=login.lower(), who=(who,), team=login, versions=(version,)))
        else:
            says = f"it is not a repository {prefix or 'ASSIGNMENT-'}LOGIN, so it is nobody's"
            strays.append(Stray(path=shown("/".join(at)), says=says))
    of = len(found) + len(strays)
    return Recognised(
        source="classroom",
        says=f"GitHub Classroom download: {len(found)} of {of} folders are named {shown(prefix) or 'ASSIGNMENT-'}LOGIN",
        found=tuple(found),
        strays=tuple(strays),
        fits=len(found),
        of=of,
    )


def _follows(top: str, prefix: str) -> bool:
    return top.startswith(prefix) and len(top) > len(prefix)
