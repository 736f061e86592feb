"""Runs a command as a user without rights: ``python as_plain_user.py UID FOLDER... -- COMMAND...``, started by root.

The folders are made reachable for that user in a mount namespace of the command's own, so that nothing changes outside.
"""

import os
import stat
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from grader.sandbox.inside import kernel, namespaces


def blocked_ancestor(path: Path) -> Path | None:
    """Return the first folder on the way to a path that other users cannot pass, if there is one."""
    return next((p for p in reversed(path.parents) if not p.stat().st_mode & stat.S_IXOTH), None)


def main() -> None:
    """Change the user and run the command."""
    uid = int(sys.argv[1])
    split = sys.argv.index("--")
    folders, command = [Path(argument).resolve() for argument in sys.argv[2:split]], sys.argv[split + 1 :]
    kernel.checked(kernel.LIBC.unshare(namespaces.CLONE_NEWNS), "unshare")
    namespaces._mount("none", "/", None, namespaces.MS_REC | namespaces.MS_PRIVATE)
    blocked: dict[Path, list[Path]] = {}
    for folder in folders:
        ancestor = blocked_ancestor(folder)
        # A folder inside another one of the list comes along with it.
        if ancestor and not any(folder.is_relative_to(other) for other in folders if other != folder):
            blocked.setdefault(ancestor, []).append(folder)
    for ancestor, inside in blocked.items():
        opened = [(folder, os.open(folder, os.O_PATH)) for folder in inside]
        namespaces._mount("tmpfs", str(ancestor), "tmpfs", namespaces.MS_NOSUID, "mode=755")
        for folder, descriptor in opened:
            folder.mkdir(parents=True)
            source = f"/proc/self/fd/{descriptor}"
            namespaces._mount(source, str(folder), None, namespaces.MS_BIND | namespaces.MS_REC)
    kernel.drop_identity(uid)
    os.execv(command[0], command)


main()
