"""Imports an assignment's trusted modules by path, under a private name; nothing else of the grader imports them."""

import hashlib
import importlib
import importlib.util
import inspect
import io
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
)
from typing import Any


class TrustedFunctionError(Exception):
    """A trusted function is not there, cannot be imported, or failed on a case; the rubric's fault, never a student's.

    Parameters
    ----------
    ref : str
        ``module:function``.
    says : str
        What happened, in words for the author of the rubric.
    returned : bool
        True where it returned something else than the rubric says.
    """

    def __init__(self, ref: str, says: str, *, returned: bool = False) -> None:
        super().__init__(f"`{ref}`: {says}")
        self.ref = ref
        self.says = says
        self.returned = returned


# What importing or calling a lecturer's module can raise through the lecturer's mistake. Anything else (MemoryError,
# KeyboardInterrupt, a bug of ours) is not the rubric's fault and passes through. SystemExit is among them: a script
# that ends itself must not end the grader, with a status that says "full marks".
TRUSTED_FAULTS = (ArithmeticError, AttributeError, ImportError, LookupError, NameError, OSError, SyntaxError, TypeError,
                  ValueError, RuntimeError, AssertionError, SystemExit)  # fmt: skip


# What runs, and what a class is made of, stays what it is; whether a lock is taken is no matter of numbers.
_LASTING = (
    BuiltinFunctionType,
    FunctionType,
    ModuleType,
    type,
    property,
    classmethod,
    staticmethod,
    MemberDescriptorType,
    GetSetDescriptorType,
    MethodDescriptorType,
    type(threading.Lock()),
    type(threading.RLock()),
)


class TrustedModules:
    """The trusted folder of one assignment.

    Parameters
    ----------
    folder : Path
        The folder that a rubric's ``trusted`` names; its modules import each other by relative imports.
    """

    def __init__(self, folder: Path) -> None:
        # Unlike Path.resolve, this has an answer for links that go round in a circle.
        self.folder = Path(os.path.realpath(folder))
        # The private name keeps a course package of the same name, installed or not, from being taken for this one.
        self._package = "_trusted_" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def function(self, ref: str) -> Callable[..., Any]:
        """Return a trusted function.

        Parameters
        ----------
        ref : str
            ``package.module:function``, relative to the folder.

        Returns
        -------
        callable
            The function itself.

        Raises
        ------
        TrustedFunctionError
            The module cannot be imported, or has no such function.
        """
        module_name, _, name = ref.partition(":")
        try:
            self._ensure_package()
            module = importlib.import_module(f"{self._package}.{module_name}")
        except TRUSTED_FAULTS as error:
            says = f"`{module_name}` cannot be imported from {self.folder.name}/: {type(error).__name__}: {error}"
            raise TrustedFunctionError(ref, says.replace(self._package, self.folder.name)) from error
        function = getattr(module, name, None)
        if function is None:
            raise TrustedFunctionError(ref, f"`{module_name}` has no function `{name}`")
        if not callable(function):
            raise TrustedFunctionError(ref, f"`{name}` in `{module_name}` is not a function")
        return function  # type: ignore[no-any-return]  # a module's attribute has no static type

    def signature(self, ref: str) -> inspect.Signature | None:
        """Return a trusted function's signature, or None where there is no such function.

        Parameters
        ----------
        ref : str
            ``package.module:function``.

        Returns
        -------
        inspect.Signature or None
        """
        try:
            return inspect.signature(self.function(ref))
        except (TrustedFunctionError, ValueError):
            return None

    def sha256(self) -> str:
        """Return the digest of every Python file in the folder, in the order of their names.

        Returns
        -------
        str
            Hexadecimal.
        """
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*.py")):
            digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def state(self) -> bytes | None:
        """Return what the modules keep from call to call, to be compared.

        Returns
        -------
        bytes or None
            Of the modules that are imported by now: their global values, and attributes and default arguments of their
            functions and classes. What lies in closures, in files or in other packages is not seen. None where
            something cannot be compared, such as a generator that was begun.
        """
        modules = [module for name, module in sorted(sys.modules.items()) if _is_inside(name, self._package)]
        seen = io.BytesIO()
        try:
            _Pickler(seen).dump([_kept(module) for module in modules])
        except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError):
            return None
        return seen.getvalue()

    def _ensure_package(self) -> None:
        if self._package in sys.modules:
            return
        init = self.folder / "__init__.py"
        if init.is_file():
            spec = importlib.util.spec_from_file_location(
                self._package, init, submodule_search_locations=[str(self.folder)]
            )
            if spec is None or spec.loader is None:
                msg = f"{init} cannot be imported"
                raise ImportError(msg)
            module = importlib.util.module_from_spec(spec)
            sys.modules[self._package] = module
            spec.loader.exec_module(module)
        else:
            module = ModuleType(self._package)
            module.__path__ = [str(self.folder)]
            sys.modules[self._package] = module


def _is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _kept(module: ModuleType) -> list[object]:
    own = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    return [own, *(part for value in own.values() for part in _parts(value))]


def _parts(value: object) -> Iterator[object]:
    """Yield what a function or a class keeps."""
    if isinstance(value, FunctionType):
        yield (vars(value), value.__defaults__, value.__kwdefaults__)
    elif isinstance(value, type):
        yield {name: kept for name, kept in vars(value).items() if not name.startswith(("__", "_abc_"))}


class _Pickler(pickle.Pickler):
    """Takes whatever runs for what it is called, and everything else for what it holds."""

    def persistent_id(self, value: Any) -> int | None:
        """Return what stands for a value that stays what it is; None for any other."""
        return id(value) if isinstance(value, _LASTING) else None
