"""Follows pydantic's error locations through the model of a rubric to the very keys of the file."""

import types
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from grader.loading.faults import Path
from grader.loading.toml_places import Key
from grader.model.assignment import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A table whose ``kind`` or ``sampler`` says which class it is.

    Parameters
    ----------
    key : str
        The key that says it.
    models : dict of str to type
        The classes by its value.
    """

    key: str
    models: dict[str, type[BaseModel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What an error location means.

    Parameters
    ----------
    path : tuple of str or int
        The keys of the rubric, without pydantic's own steps (tags of unions, ``[key]``).
    owner : type or None
        The class that has the last named key, or would.
    name : str
        That key; empty where the location is the whole rubric.
    annotation : object
        The type due there; None where the model has no such key.
    is_key : bool
        True where the key itself is wrong, not its value.
    siblings : dict of str to type
        Other classes that the owner might have been, by their tag.
    """

    path: Path
    owner: type[BaseModel] | None
    name: str
    annotation: Any
    is_key: bool = False
    siblings: dict[str, type[BaseModel]]


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a class by the key that a rubric writes."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def core(annotation: Any) -> Any:
    """Return a type without its ``Annotated`` layers; a tagged union becomes a `Choice`."""
    key = ""
    while get_origin(annotation) is Annotated:
        annotation, *notes = get_args(annotation)
        for note in notes:
            if isinstance(note, FieldInfo) and isinstance(note.discriminator, str):
                key = note.discriminator
    if not key:
        return annotation
    models: dict[str, type[BaseModel]] = {}
    for member in get_args(annotation):
        for tag in get_args(member.model_fields[key].annotation):
            models[tag] = member
    return Choice(key=key, models=models)


def is_model(annotation: Any) -> bool:
    """Return whether a type is a class of the schema."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def is_union(annotation: Any) -> bool:
    """Return whether a type is a union without a tag."""
    return get_origin(annotation) in (Union, types.UnionType)


def resolve(location: Sequence[Key]) -> Spot:
    """Return what a location of a pydantic error on an `Assignment` means.

    Parameters
    ----------
    location : sequence of str or int
        As pydantic gives it: tags of unions and ``[key]`` stand between the keys.

    Returns
    -------
    Spot
    """
    annotation: Any = Assignment
    key_type: Any = None
    path: list[Key] = []
    owner: type[BaseModel] | None = None
    name = ""
    siblings: dict[str, type[BaseModel]] = {}
    tagged: dict[str, type[BaseModel]] = {}
    for step in location:
        annotation = core(annotation)
        if step == "[key]":
            return Spot(path=tuple(path), owner=owner, name=name, annotation=key_type, is_key=True, siblings=siblings)
        if isinstance(annotation, Choice):
            tagged = annotation.models
            annotation = tagged[str(step)]
            continue
        if is_union(annotation):
            # A string step names a branch; a number is an element of the branch that is an array.
            if isinstance(step, int):
                path.append(step)
                annotation = next(get_args(m)[0] for m in get_args(annotation) if get_origin(m) is tuple)
            continue
        key_type = None
        if is_model(annotation):
            owner, name, siblings, tagged = annotation, str(step), tagged, {}
            info = fields_of(annotation).get(name)
            annotation = None if info is None else info.annotation
        elif get_origin(annotation) is dict:
            key_type, annotation = get_args(annotation)
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        path.append(step)
    return Spot(path=tuple(path), owner=owner, name=name, annotation=core(annotation), siblings=siblings)


def _step(value: Any, step: Key) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def value_at(data: Any, path: Path) -> Any:
    """Return the value at a path; None where there is none."""
    for step in path:
        data = _step(data, step)
    return data


def choices_of(annotation: Any) -> tuple[str, ...]:
    """Return the strings that a type allows, where it is a choice of strings; else nothing."""
    annotation = core(annotation)
    if isinstance(annotation, Choice):
        return tuple(annotation.models)
    return tuple(str(c) for c in get_args(annotation)) if get_origin(annotation) is Literal else ()


def due(annotation: Any) -> str:
    """Return what a type takes, in words that follow "should be"."""
    annotation = core(annotation)
    if is_union(annotation):
        members = [due(m) for m in get_args(annotation) if m is not type(None)]
        return " or ".join(dict.fromkeys(members))
    if isinstance(annotation, Choice) or is_model(annotation) or get_origin(annotation) is dict:
        return "a table"
    if get_origin(annotation) is tuple:
        members = list(dict.fromkeys(_plural(m) for m in get_args(annotation) if m is not Ellipsis))
        return "an array of " + " or ".join(members)
    if get_origin(annotation) is Literal:
        return "a string"
    return _SCALARS.get(annotation, "another value")


def _plural(annotation: Any) -> str:
    annotation = core(annotation)
    if is_union(annotation):
        return " or ".join(dict.fromkeys(_plural(m) for m in get_args(annotation)))
    word = due(annotation)
    return {
        "a table": "tables",
        "a string": "strings",
        "a whole number": "whole numbers",
        "a number": "numbers",
        "true or false": "booleans",
    }.get(word, word)


_SCALARS = MappingProxyType(
    {str: "a string", int: "a whole number", float: "a number", Fraction: "a number", bool: "true or false"}
)


def found(value: Any) -> str:
    """Return what a value of the rubric is, in words that follow "not"."""
    # bool comes before int, of which it is a subclass.
    for kind, words in _FOUND:
        if isinstance(value, kind):
            return words
    return "a date or time"


_FOUND: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "a whole number"),
    (float, "a number with a decimal point"),
    (tuple, "an array"),
    (dict, "a table"),
)
