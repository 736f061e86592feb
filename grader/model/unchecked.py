"""A stand-in for the part of pydantic that the model uses, which checks no type: it imports in no time.

For a process of our own that only holds what was validated elsewhere, such as ``grader check``, whose kit was validated
when it was made. Unknown and missing fields are still errors, values are frozen, and "after" validators run.
"""

from collections.abc import Callable, Mapping
from inspect import get_annotations
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

F = TypeVar("F", bound=Callable[..., Any])


class _Stated:
    """What ``Field(...)`` says of a field, as far as it matters without validation."""

    __slots__ = ("default",)

    def __init__(self, default: Any) -> None:
        self.default = default


def Field(default: Any = ..., **_: Any) -> Any:  # noqa: N802 - as pydantic calls it
    """Return a field's default; ``...`` where it has none."""
    return _Stated(default)


def model_validator(*, mode: str) -> Callable[[F], F]:
    """Mark a method that is called once all fields are set."""
    del mode

    def mark(method: F) -> F:
        method.__dict__["runs_after"] = True
        return method

    return mark


class Note:
    """An annotation for validation, serialisation or schemas, of which there is none here."""

    __slots__ = ()

    def __init__(self, *_: Any, **__: Any) -> None: ...


BeforeValidator = PlainSerializer = WithJsonSchema = Note


def ConfigDict(**settings: Any) -> dict[str, Any]:  # noqa: N802 - as pydantic calls it
    """Return settings, which nothing reads."""
    return settings


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class BaseModel:
    """A frozen value with named fields."""

    model_fields: ClassVar[Mapping[str, Any]] = {}
    """By name the default; ``...`` where there is none."""
    _after: ClassVar[tuple[Callable[[Any], Any], ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        fields = dict(cls.model_fields)
        for name, annotation in get_annotations(cls).items():
            if getattr(annotation, "__origin__", None) is not ClassVar:
                stated = cls.__dict__.get(name, ...)
                fields[name] = stated.default if isinstance(stated, _Stated) else stated
        cls.model_fields = fields
        cls._after += tuple(m for m in cls.__dict__.values() if getattr(m, "runs_after", False))

    def __init__(self, **values: Any) -> None:
        fields = type(self).model_fields
        if not values.keys() <= fields.keys():
            msg = f"{type(self).__name__} has no {', '.join(sorted(values.keys() - fields.keys()))}"
            raise TypeError(msg)
        whole = {name: values.get(name, default) for name, default in fields.items()}
        missing = [name for name, value in whole.items() if value is ...]
        if missing:
            msg = f"{type(self).__name__} needs {', '.join(missing)}"
            raise TypeError(msg)
        self.__dict__.update(whole)
        for check in type(self)._after:
            check(self)

    def __setattr__(self, name: str, value: Any) -> None:
        msg = f"{type(self).__name__} is frozen: {name} cannot be set"
        raise AttributeError(msg)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Return the value with some fields changed, which are not checked, as in pydantic."""
        other = object.__new__(type(self))
        other.__dict__.update({**self.__dict__, **(update or {})})
        return other
