"""The YAML in which Gradescope says who handed in: read as a stream, as text and lists and tables of text only.

Only the parser's events are used: no tag makes an object, no alias is multiplied, and what is not asked for (the
output of autograders, which may be hundreds of MB) is never built.
"""

from collections.abc import Iterator
from typing import Any

import yaml

# libyaml's parser is ten times as fast where PyYAML was built with it.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_DEPTH = 64

Plain = str | list["Plain"] | dict[str, "Plain"]


class MetadataError(Exception):
    """A document that is not the one that Gradescope writes.

    Parameters
    ----------
    says : str
        Completes "submission_metadata.yml …".
    """

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def entries_of(data: bytes, wanted: frozenset[str]) -> Iterator[tuple[str, dict[str, Plain]]]:
    """Yield the entries of a table of tables.

    Parameters
    ----------
    data : bytes
        YAML, in UTF-8 or UTF-16.
    wanted : frozenset of str
        The keys of the inner tables that are kept, without the colon of a Ruby symbol.

    Yields
    ------
    tuple of str and dict
        The outer key, and what was wanted of its table, without the colons.

    Raises
    ------
    MetadataError
        It is no YAML, or not such a table.
    """
    events = _Events(data, wanted)
    try:
        yield from events.entries()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        msg = f"is not YAML{where}"
        raise MetadataError(msg) from error


class _Events:
    def __init__(self, data: bytes, wanted: frozenset[str]) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(data, Loader=_LOADER))
        self._wanted = wanted
        self._anchors: dict[str, Plain] = {}

    def entries(self) -> Iterator[tuple[str, dict[str, Plain]]]:
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                break
            if isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
                msg = "is no table of submissions"
                raise MetadataError(msg)
        else:
            return
        for key in self._events:
            if isinstance(key, yaml.MappingEndEvent):
                return
            name = self._key(key)
            start = next(self._events)
            if isinstance(start, yaml.MappingStartEvent):
                yield name, self._table(start, 1)
            else:
                self._skip(start)

    def _table(self, start: Any, depth: int) -> dict[str, Plain]:
        table: dict[str, Plain] = {}
        self._keep(start, table)
        for key in self._events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            name = self._key(key).removeprefix(":")
            value = next(self._events)
            if depth > 1 or name in self._wanted:
                table[name] = self._value(value, depth + 1)
            else:
                self._skip(value)
        return table

    def _value(self, event: Any, depth: int) -> Plain:
        if depth > _MAX_DEPTH:
            msg = "is nested too deep"
            raise MetadataError(msg)
        if isinstance(event, yaml.AliasEvent):
            # An alias of what was skipped says nothing that is needed.
            return self._anchors.get(str(event.anchor), "")
        if isinstance(event, yaml.MappingStartEvent):
            return self._table(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Plain] = []
            self._keep(event, items)
            for item in self._events:
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                items.append(self._value(item, depth + 1))
            return items
        text = str(event.value)
        # "~" and an empty value are YAML's nothing; in quotes they are text.
        plain = "" if event.implicit[0] and text in {"~", "null"} else text
        self._keep(event, plain)
        return plain

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self._anchors[event.anchor] = str(event.value)
            return str(event.value)
        self._skip(event)
        return ""

    def _keep(self, event: Any, value: Plain) -> None:
        if event.anchor:
            self._anchors[event.anchor] = value

    def _skip(self, event: Any) -> None:
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = next(self._events)
