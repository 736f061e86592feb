"""Runs the text of a trusted answer, or of a mutant of it, in this process, with other libraries if need be."""

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import Any

from grader.audit.handed_in import PACKAGE
from grader.model.submission import Submission


class Program:
    """A submission that runs here: only ever an answer of the author's own, or a mutant of it.

    Parameters
    ----------
    submission : Submission
        From `grader.audit.handed_in`.
    libraries : mapping of str to object
        What it gets when it imports a module of that name; everything else is what it is.
    names : mapping of str to object
        Builtins that stand for something else.
    """

    def __init__(
        self,
        submission: Submission,
        libraries: Mapping[str, Any] = MappingProxyType({}),
        names: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._libraries = libraries
        self._names = names
        self._sources: Mapping[str, str] = {name: chunk.source for name, chunk in submission.modules}
        self._modules: dict[str, ModuleType] = {}
        self._main = self._run("__main__", submission.chunks[0].source)

    def function(self, name: str) -> Callable[..., Any]:
        """Return what answers a problem.

        Parameters
        ----------
        name : str
            The function that is asked for.

        Returns
        -------
        callable
        """
        found: Callable[..., Any] = getattr(self._main, name)
        return found

    def _run(self, name: str, source: str, *, package: str = "") -> ModuleType:
        module = ModuleType(f"here {name}")
        module.__package__ = package
        module.__dict__["__builtins__"] = {**vars(builtins), **self._names, "__import__": self._import}
        self._modules[name] = module
        code = compile(source, f"<{name}>", "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - the author's own code, as wherever the truth is worked out
        return module

    def _import(
        self,
        name: str,
        globals_: Mapping[str, Any] | None = None,
        locals_: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if not level and name in self._libraries:
            return self._libraries[name] if fromlist else self._libraries[name.partition(".")[0]]
        if not level and name.partition(".")[0] != PACKAGE:
            return builtins.__import__(name, globals_, locals_, fromlist or (), level)
        whole = name
        if level:
            base = str((globals_ or {}).get("__package__", "")).split(".")
            whole = ".".join((*base[: len(base) - level + 1], *(name.split(".") if name else ())))
        module = self._module(whole)
        for each in fromlist or ():
            inner = f"{whole}.{each}"
            if inner in self._sources and not hasattr(module, each):
                setattr(module, each, self._module(inner))
        return module if fromlist else self._module(PACKAGE)

    def _module(self, name: str) -> ModuleType:
        if name in self._modules:
            return self._modules[name]
        is_package = any(other.startswith(f"{name}.") for other in self._sources)
        package = name if is_package else name.rpartition(".")[0]
        return self._run(name, self._sources.get(name, ""), package=package)
