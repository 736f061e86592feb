"""The keys that a TOML file may have, as tables of Markdown, from the JSON Schema of what reads it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one."""

_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_FUNCTION = "^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A table of the file: the keys that lead to it, whether it may be there several times, and its schema's name."""

    keys: tuple[str, ...]
    listed: bool
    name: str

    @property
    def opened(self) -> str:
        inner = ".".join(self.keys)
        return f"[[{inner}]]" if self.listed else f"[{inner}]"


def key_tables(schema: Schema) -> Iterator[str]:
    """Yield the lines of a section for each table that a file may have.

    Parameters
    ----------
    schema : mapping
        Draft 7, of the whole file, with its parts under ``definitions``.

    Yields
    ------
    str
        Lines of Markdown: a heading, what the table is, and its keys.
    """
    parts = schema["definitions"]
    yield from _section("Before the first table", schema)
    described = set()
    for place in _places(schema, parts, ()):
        if place.name not in described:
            described.add(place.name)
            yield from _section(_title(place, parts[place.name]), parts[place.name])


def _title(place: _Place, part: Schema) -> str:
    kinds = [f'`{key} = "{value["const"]}"`' for key, value in part["properties"].items() if "const" in value]
    return f"`{place.opened}`" + "".join(f" with {kind}" for kind in kinds)


def _section(title: str, part: Schema) -> Iterator[str]:
    yield f"\n## {title}\n\n{_prose(part)}\n\n| key | value | default | means |\n|---|---|---|---|"
    for key, value in part["properties"].items():
        default = _default(value, needed=key in part.get("required", ()))
        yield f"| `{key}` | {_value(value)} | {default} | {_prose(value)} |"


def _prose(part: Schema) -> str:
    return str(part.get("description", "")).replace("<", "&lt;")


def _places(part: Schema, parts: Mapping[str, Schema], keys: tuple[str, ...]) -> Iterator[_Place]:
    for key, value in part["properties"].items():
        for place in _tables(value, (*keys, key), listed=False):
            yield place
            yield from _places(parts[place.name], parts, place.keys)


def _tables(value: Schema, keys: tuple[str, ...], *, listed: bool) -> Iterator[_Place]:
    if "$ref" in value:
        yield _Place(keys=keys, listed=listed, name=value["$ref"].rpartition("/")[2])
    for choice in _choices(value):
        yield from _tables(choice, keys, listed=listed)
    if isinstance(value.get("items"), Mapping):
        yield from _tables(value["items"], keys, listed=True)
    for named in _named(value):
        yield from _tables(named, (*keys, "NAME"), listed=False)


def _choices(value: Schema) -> list[Schema]:
    return [choice for key in ("anyOf", "oneOf", "allOf") for choice in value.get(key, ())]


def _named(value: Schema) -> list[Schema]:
    """Return what stands in a table whose keys the author of the file chooses."""
    more = value.get("additionalProperties")
    return [*value.get("patternProperties", {}).values(), *([more] if isinstance(more, Mapping) else [])]


def _default(value: Schema, *, needed: bool) -> str:
    if needed:
        return "must be given"
    default = value.get("default")
    return "" if default in (None, []) or isinstance(default, Mapping) else f"`{json.dumps(default)}`"


def _value(value: Schema) -> str:
    """Return what may stand there, in words."""
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return _or([f'`"{choice}"`' for choice in value["enum"]])
    if "$ref" in value:
        return "a table"
    if choices := _choices(value):
        return _or(list(dict.fromkeys(map(_value, choices))))
    match value["type"]:
        case "array" if isinstance(value["items"], list):
            return "[" + "; ".join(map(_value, value["items"])) + "]"
        case "array":
            return f"a list: {_value(value['items'])}"
        case "object":
            return _or(list(dict.fromkeys(f"{_value(named)} for each name" for named in _named(value)))) or "a table"
        case "string":
            return {_NAME: "a name", _FUNCTION: "`module:function`"}.get(value.get("pattern", ""), "text")
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return "a whole number" + _range(value)
        case _:
            return "a number" + _range(value)


def _or(choices: list[str]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else "".join(choices)


def _range(value: Schema) -> str:
    if "minimum" in value and "maximum" in value:
        return f", {value['minimum']:,} to {value['maximum']:,}"
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    return "".join(f", {says} {value[key]:,}" for key, says in words.items() if key in value)
