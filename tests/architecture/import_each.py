"""Import each named module in a process of its own that has no other module of the grader; say which cannot be.

Every child is forked from one process that has loaded what they all import of others, so that each takes milliseconds.
"""

import contextlib
import importlib
import os
import sys
import traceback
import warnings
from pathlib import Path

LOWEST = ("grader.model.", "grader.words.")
"""Import nothing of the grader but each other: `lint-imports` sees to it."""


def import_all(modules):
    """Import modules, as far as they can be."""
    for module in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def forked(work):
    """Return what a child wrote while it did some work, and whether it came to the end."""
    read, write = os.pipe()
    with warnings.catch_warnings(action="ignore"):
        child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as said:
            code = 1
            try:
                said.write(work())
                code = 0
            finally:
                # Whatever was raised is told to whoever forked this process, and ends here.
                if code:
                    traceback.print_exc(file=said)
                said.flush()
                os._exit(code)
    os.close(write)
    with os.fdopen(read) as said:
        text = said.read()
    return text, os.waitpid(child, 0)[1] == 0


def of_others(modules):
    """Import modules, and return the names of what they imported that is not the grader's."""
    import_all(modules)
    return " ".join(name for name in sys.modules if name.split(".")[0] != "grader")


def main(modules):
    """Print what stands in the way of each module that cannot be imported alone."""
    text, _ = forked(lambda: of_others(modules))
    import_all(text.split())
    ours = [name for name in sys.modules if name.split(".")[0] == "grader"]
    assert not ours, ours
    warnings.simplefilter("error")
    failed = False
    # The lowest first: what imports none of the others need not be imported again for each of them.
    for module in sorted(modules, key=lambda module: not module.startswith(LOWEST)):
        if not module.startswith(LOWEST):
            import_all(name for name in modules if name.startswith(LOWEST))
        said, well = forked(lambda module=module: importlib.import_module(module) and "")
        if not well:
            failed = True
            sys.stdout.write(f"{module} cannot be imported alone\n{said}\n")
    sys.stdout.write(f"{len(modules)} modules were tried\n")
    return failed


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(sys.argv[1:]))
