"""Import each named module in a process of its own that has no other module of the grader; say which cannot be.

Every child is forked from one process that has loaded what they all import of others, so that each takes milliseconds.
"""

import contextlib
import importlib
import os
import sys
import traceback
import warnings


def forked(work):
    """Return what a child wrote while it did some work, and whether it came to the end."""
    read, write = os.pipe()
    with warnings.catch_warnings(action="ignore"):
        child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as said:
            try:
                said.write(work())
            except BaseException:  # noqa: BLE001 - told to whoever forked it
                said.write(traceback.format_exc())
                said.flush()
                os._exit(1)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        text = said.read()
    return text, os.waitpid(child, 0)[1] == 0


def of_others(modules):
    """Import modules, and return the names of what they imported that is not the grader's."""
    for module in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    return " ".join(name for name in sys.modules if name.split(".")[0] != "grader")


def main(modules):
    """Print what stands in the way of each module that cannot be imported alone."""
    text, _ = forked(lambda: of_others(modules))
    for name in text.split():
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    ours = [name for name in sys.modules if name.split(".")[0] == "grader"]
    assert not ours, ours
    warnings.simplefilter("error")
    failed = False
    for module in modules:
        said, well = forked(lambda module=module: importlib.import_module(module) and "")
        if not well:
            failed = True
            sys.stdout.write(f"{module} cannot be imported alone\n{said}\n")
    sys.stdout.write(f"{len(modules)} modules were tried\n")
    return failed


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - before anything is imported
    sys.exit(main(sys.argv[1:]))
