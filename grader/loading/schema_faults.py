"""From pydantic's errors to faults of a rubric: the key or value meant, in the words of the person who wrote it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.loading.codes import RubricCode
from grader.loading.edits import added, quoted, renamed, rewritten
from grader.loading.examples import example
from grader.loading.faults import Faults, Path, Unusable, listed, nearest_name
from grader.loading.schema import Choice, Spot, choices_of, core, due, fields_of, found, resolve, value_at
from grader.loading.toml_places import Document
from grader.model.assignment import Assignment
from grader.model.diagnostic import Edit, Fix

_TYPE_ERRORS = frozenset(
    {
        "string_type", "int_type", "float_type", "bool_type", "tuple_type", "dict_type", "model_type",
        "model_attributes_type", "int_from_float",
    }
)  # fmt: skip
_LONGEST_NAME = 79
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_FORMS = {
    ":": "two names with a colon between: the module within the trusted folder, and the function",
    "": "letters, digits and underscores, not starting with a digit",
}


def validate(data: dict[str, Any], document: Document, faults: Faults) -> tuple[Assignment | None, Unusable]:
    """Return the assignment, or note every fault of its keys and values.

    A misspelt key is read as the one that it most likely means, so that whatever else is wrong comes out too.

    Parameters
    ----------
    data : dict
        The rubric, arrays as tuples; misspelt keys are renamed in place.
    document : Document
        Its places; keys are renamed there too.
    faults : Faults
        Where to note them.

    Returns
    -------
    assignment : Assignment or None
        None where anything was wrong, even if it is known what was meant.
    unusable : Unusable
        The values that must not be read.
    """
    misspelt = False
    while True:
        try:
            assignment = Assignment.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        else:
            return (None if misspelt else assignment), Unusable()
        # Every round renames at least one key to a known one, so this ends.
        unknown = [resolve(detail["loc"]) for detail in details if _is_unknown(detail)]
        renamed = [_renamed(spot, data, document, faults) for spot in unknown]
        if True not in renamed:
            return None, note_errors(details, data, faults)
        misspelt = True


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _renamed(spot: Spot, data: dict[str, Any], document: Document, faults: Faults) -> bool:
    table = value_at(data, spot.path[:-1])
    node = document.find(spot.path[:-1])
    meant = _meant(spot, table)
    if not meant or node is None:
        return False
    _note_unknown(spot, table, faults)
    table[meant] = table.pop(spot.name)
    node.children[meant] = node.children.pop(spot.name)
    return True


def _meant(spot: Spot, table: Mapping[str, Any]) -> str:
    keys = () if spot.owner is None else fields_of(spot.owner)
    return nearest_name(spot.name, [key for key in keys if key not in table])


def _note_unknown(spot: Spot, table: Mapping[str, Any], faults: Faults) -> None:
    meant = _meant(spot, table)
    fix = renamed(faults.document, spot.path, meant, certain=True) if meant else None
    keys = [] if spot.owner is None else list(fields_of(spot.owner))
    elsewhere = sorted(tag for tag, model in spot.siblings.items() if spot.name in fields_of(model))
    says = f"unknown key `{spot.name}`"
    label = ""
    if meant:
        says += f"; did you mean `{meant}`?"
        help_ = f"write `{meant}`"
    elif elsewhere:
        label = f"belongs to {listed(elsewhere)}"
        help_ = f"remove the key; the keys here are {listed(keys)}"
    else:
        help_ = f"the keys here are {listed(keys)}"
    faults.add(RubricCode.UNKNOWN_KEY, says, spot.path, on="key", label=label, help_=help_, fix=fix)


def note_errors(details: list[ErrorDetails], data: dict[str, Any], faults: Faults) -> Unusable:
    """Note one fault for each place, the most telling where a union gave one for each branch.

    Parameters
    ----------
    details : list of ErrorDetails
        What pydantic found.
    data : dict
        What it looked at.
    faults : Faults
        Where to note them.

    Returns
    -------
    Unusable
        The values that were refused.
    """
    by_path: dict[Path, list[tuple[ErrorDetails, Spot]]] = {}
    for detail in details:
        spot = resolve(detail["loc"])
        if detail["type"] == "missing":
            # What is missing has no place of its own that could be unusable.
            _note_missing(spot, data, faults)
        elif _is_unknown(detail):
            _note_unknown(spot, value_at(data, spot.path[:-1]), faults)
        elif not _counts_refused(detail, spot, data):
            by_path.setdefault(spot.path, []).append((detail, spot))
    unusable = Unusable(by_path)
    within = Unusable(path[:-1] for path in by_path if path)
    for path, here in by_path.items():
        telling = [(d, s) for d, s in here if d["type"] not in _TYPE_ERRORS]
        if telling:
            _note_value(*telling[0], data, faults)
        elif not within.is_above(path):
            _note_type(here[0][1], data, faults)
    return unusable


def _counts_refused(detail: ErrorDetails, spot: Spot, data: dict[str, Any]) -> bool:
    """Return whether an array seems too short only because some of its elements were refused."""
    value = value_at(data, spot.path)
    least = detail.get("ctx", {}).get("min_length", 0)
    return detail["type"] == "too_short" and isinstance(value, tuple) and len(value) >= least


def _note_missing(spot: Spot, data: dict[str, Any], faults: Faults) -> None:
    parent = spot.path[:-1]
    if spot.path and isinstance(spot.path[-1], int):
        faults.add(
            RubricCode.WRONG_LENGTH,
            f"`{spot.name}` should have {_fixed_length(spot)} values; it has {len(value_at(data, parent))}",
            parent,
            help_=_for_example(spot),
            fix=_exemplary(replace(spot, path=parent), faults.document),
        )
        return
    line = example(spot.owner.__name__ if spot.owner else "", spot.name)
    faults.add(
        RubricCode.MISSING_KEY,
        f"the key `{spot.name}` is missing",
        parent,
        label="from this file" if not parent else "from this table",
        help_=f"add `{line}`, for example" if line else f"add `[[{spot.name}]]`",
        fix=added(faults.document, parent, line) if line else None,
    )


def _for_example(spot: Spot) -> str:
    line = example(spot.owner.__name__ if spot.owner else "", spot.name)
    return f"for example `{line}`" if line else ""


def _exemplary(spot: Spot, document: Document) -> Fix | None:
    """Return the fix that writes the example's value; None where the example is of more than the value itself."""
    line = example(spot.owner.__name__ if spot.owner else "", spot.name)
    whole = bool(line) and not spot.is_key and spot.path[-1:] == (spot.name,)
    return rewritten(document, spot.path, line.partition(" = ")[2]) if whole else None


def _note_type(spot: Spot, data: dict[str, Any], faults: Faults) -> None:
    value = value_at(data, spot.path)
    name = _named(spot)
    if isinstance(value, float) and not abs(value) < float("inf"):
        _note_not_finite(spot, value, faults)
        return
    plain = _unquoted(value, due(spot.annotation))
    faults.add(
        RubricCode.WRONG_TYPE,
        f"{name} should be {due(spot.annotation)}, not {found(value)}",
        spot.path,
        help_=f"write `{plain}`, without quotes" if plain else _for_example(spot),
        fix=rewritten(faults.document, spot.path, plain) if plain else _exemplary(spot, faults.document),
    )


def _unquoted(value: Any, due_words: str) -> str:
    """Return a number that was written as a text, as a number; empty where it is none."""
    number = due_words.startswith(("a number", "a whole number")) and isinstance(value, str)
    return value if number and _NUMBER.fullmatch(value) else ""


def _named(spot: Spot) -> str:
    """Return what to call the value: its key, or which element of it."""
    last = spot.path[-1] if spot.path else ""
    key = next((step for step in reversed(spot.path) if isinstance(step, str)), "")
    return f"element {last + 1} of `{key}`" if isinstance(last, int) else f"`{key}`"


def _fixed_length(spot: Spot) -> int:
    """Return how many values an array of a fixed length has; 0 for one of any length."""
    annotation = core(fields_of(spot.owner)[spot.name].annotation) if spot.owner else None
    members = get_args(annotation) if get_origin(annotation) is tuple else ()
    return 0 if Ellipsis in members else len(members)


def _note_not_finite(spot: Spot, value: float, faults: Faults) -> None:
    says = f"{_named(spot)} should be a finite number, not {value}"
    fix = _exemplary(spot, faults.document)
    faults.add(RubricCode.NOT_FINITE, says, spot.path, help_=_for_example(spot), fix=fix)


def _note_value(detail: ErrorDetails, spot: Spot, data: dict[str, Any], faults: Faults) -> None:
    value = value_at(data, spot.path)
    context = detail.get("ctx", {})
    name, help_, fix = _named(spot), _for_example(spot), _exemplary(spot, faults.document)
    match detail["type"]:
        case "finite_number":
            _note_not_finite(spot, value, faults)
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            says = f"{name} should be {_bound(context)}, not {value}"
            faults.add(RubricCode.OUT_OF_RANGE, says, spot.path, help_=help_, fix=fix)
        case "union_tag_not_found":
            key = _choice_key(spot)
            says = f"the key `{key}` is missing"
            choices = listed(choices_of(spot.annotation))
            faults.add(RubricCode.MISSING_KEY, says, spot.path, label="from this table", help_=f"one of {choices}")
        case "union_tag_invalid":
            _note_choice((*spot.path, _choice_key(spot)), choices_of(spot.annotation), data, faults)
        case "literal_error" if spot.is_key:
            _note_key_choice(spot, faults)
        case "literal_error":
            _note_choice(spot.path, choices_of(spot.annotation), data, faults)
        case "string_pattern_mismatch":
            _note_malformed(spot, str(context.get("pattern", "")), value, faults)
        case "too_short" | "string_too_short":
            faults.add(RubricCode.WRONG_LENGTH, f"{name} should not be empty", spot.path, help_=help_, fix=fix)
        case "too_long" | "string_too_long":
            unit = "values" if isinstance(value, tuple) else "characters"
            most = _fixed_length(spot) or f"at most {context.get('max_length')}"
            says = f"{name} should have {most} {unit}; it has {len(value)}"
            faults.add(RubricCode.WRONG_LENGTH, says, spot.path, help_=help_, fix=fix)
        case "value_error":
            _note_refused(detail, spot, value, data, faults)
        case _:
            faults.add(RubricCode.INVALID_VALUE, f"{name}: {detail['msg']}", spot.path, help_=help_)


def _bound(context: Mapping[str, Any]) -> str:
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    # pydantic gives the one bound that was broken, a float where the type is a float.
    return " and ".join(
        f"{words[key]} {int(bound) if bound == int(bound) else bound}" for key, bound in context.items()
    )


def _choice_key(spot: Spot) -> str:
    return spot.annotation.key if isinstance(spot.annotation, Choice) else spot.name


def _note_choice(path: Path, choices: tuple[str, ...], data: dict[str, Any], faults: Faults) -> None:
    value = value_at(data, path)
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if not isinstance(value, str):
        says = f"`{key}` should be a string, not {found(value)}"
        faults.add(RubricCode.WRONG_TYPE, says, path, help_=f"one of {listed(choices)}")
        return
    meant = nearest_name(value, choices)
    says = f"`{key}` cannot be `{value}`" + (f"; did you mean `{meant}`?" if meant else "")
    fix = rewritten(faults.document, path, quoted(meant), certain=True) if meant else None
    faults.add(RubricCode.NOT_A_CHOICE, says, path, help_=f"one of {listed(choices)}", fix=fix)


def _note_key_choice(spot: Spot, faults: Faults) -> None:
    choices = choices_of(spot.annotation)
    written = str(spot.path[-1])
    meant = nearest_name(written, choices)
    says = f"`{spot.name}` has no entry `{written}`" + (f"; did you mean `{meant}`?" if meant else "")
    fix = renamed(faults.document, spot.path, meant, certain=True) if meant else None
    faults.add(RubricCode.NOT_A_CHOICE, says, spot.path, on="key", help_=f"one of {listed(choices)}", fix=fix)


def _note_malformed(spot: Spot, pattern: str, value: Any, faults: Faults) -> None:
    form = _FORMS[":" if ":" in pattern else ""]
    if spot.is_key:
        says = f"the name `{spot.path[-1]}` should be {form}"
        better = _well_formed(str(spot.path[-1]))
        fix = renamed(faults.document, spot.path, better)
        help_ = f"for example `{better}`"
        faults.add(RubricCode.MALFORMED_NAME, says, spot.path, on="key", help_=help_, fix=fix)
        return
    help_ = _for_example(spot)
    if spot.name == "packages":
        help_ = "write the name that is imported: `sklearn`, not `scikit-learn`"
    says = f"{_named(spot)} should be {form}; it is `{value}`"
    fix = _exemplary(spot, faults.document)
    faults.add(RubricCode.MALFORMED_NAME, says, spot.path, help_=help_, fix=fix)


def _well_formed(name: str) -> str:
    better = re.sub(r"[^A-Za-z0-9_]", "_", name)[:_LONGEST_NAME]
    return better if better[:1].isalpha() else f"_{better}"


_AT_FAULT = MappingProxyType({"vectorised": ("VectorisedCheck", "sizes"), "source": ("SourceCheck", "loops")})
"""By the kind of a check whose keys do not go together, which of them to write anew."""


def _note_refused(detail: ErrorDetails, spot: Spot, value: Any, data: dict[str, Any], faults: Faults) -> None:
    if isinstance(value, dict):
        _note_refused_table(detail, spot, value, faults)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _note_not_finite(spot, float(value), faults)
    else:
        _note_type(spot, data, faults)


def _note_refused_table(detail: ErrorDetails, spot: Spot, value: Mapping[str, Any], faults: Faults) -> None:
    if {"low", "high"} & value.keys():
        key = "low" if "low" in value else "high"
        says = f"{_reason(detail)}: {value.get('low', 'its default')} and {value.get('high', 'its default')}"
        help_, fix = "exchange the two, or widen the range", _exchanged(spot.path, faults.document)
        faults.add(RubricCode.BOUNDS_REVERSED, says, (*spot.path, key), help_=help_, fix=fix)
        return
    at_fault = _AT_FAULT.get(str(value.get("kind")))
    shown = example(*at_fault) if at_fault is not None else ""
    help_ = f"for example `{shown}`" if shown else "change the values of this table so that this holds"
    faults.add(RubricCode.INVALID_VALUE, _reason(detail), spot.path, help_=help_)


def _exchanged(path: Path, document: Document) -> Fix | None:
    """Return the fix that exchanges a lower and an upper bound; None where one is not stated."""
    low, high = (document.find((*path, key)) for key in ("low", "high"))
    if low is None or high is None:
        return None
    values = [document.text[node.value.start : node.value.end] for node in (low, high)]
    edits = [
        Edit(start=node.value.start, end=node.value.end, text=text)
        for node, text in zip((low, high), reversed(values), strict=True)
    ]
    return Fix(edits=tuple(edits), certain=False)


def _reason(detail: ErrorDetails) -> str:
    return str(detail.get("ctx", {}).get("error", detail["msg"]))
