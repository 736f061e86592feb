"""The JSON Schema of rubrics, for editors that complete and check TOML; draft 7, which Taplo and VS Code read.

What a key means stands below it in `grader.model`, in `assignment`, `checks` and `inputs`; of the keys that say it by
their name, in `grader.loading.descriptions`.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import annotated_types
from pydantic import BaseModel

from grader.loading.descriptions import DESCRIPTIONS
from grader.loading.schema import Choice, core, fields_of, is_model
from grader.model.assignment import Assignment

DIALECT = "http://json-schema.org/draft-07/schema#"
_BOUNDS = (
    (annotated_types.Ge, "ge", "minimum"),
    (annotated_types.Gt, "gt", "exclusiveMinimum"),
    (annotated_types.Le, "le", "maximum"),
    (annotated_types.Lt, "lt", "exclusiveMaximum"),
)
_SHARE = {"minimum": 0, "maximum": 1}


def rubric_schema() -> dict[str, Any]:
    """Return the JSON Schema of rubrics.

    Returns
    -------
    dict
        Every key has a description, and no other key is allowed. What needs several values to be seen, such as points
        that add up, only `grader lint` finds.
    """
    whole = Assignment.model_json_schema(by_alias=True)
    models = _models(Assignment)
    definitions = whole.pop("$defs")
    for name, model in {"Assignment": whole, **definitions}.items():
        _complete(models[name], model)
    # Draft 7 has its own word for what stands aside.
    plain = _plain({**whole, "definitions": dict(sorted(definitions.items()))})
    return {"$schema": DIALECT, **plain, "title": "grader rubric"}


def description(model: type[BaseModel], key: str) -> str:
    """Return what a key of a rubric means.

    Parameters
    ----------
    model : type
        The class that has it.
    key : str
        As a rubric writes it.

    Returns
    -------
    str
        A sentence or two, in Markdown; empty where nothing is known of it.
    """
    name = next((name for name, info in model.model_fields.items() if (info.alias or name) == key), key)
    own = next((told[name] for cls in model.__mro__ if name in (told := _told_below(cls))), "")
    said = own or DESCRIPTIONS.get(f"{model.__name__}.{key}", DESCRIPTIONS.get(key, ""))
    return " ".join(said.replace("``", "`").split())


def _models(annotation: Any) -> dict[str, type[BaseModel]]:
    """Return the classes below a type, by name."""
    annotation = core(annotation)
    if isinstance(annotation, Choice):
        return {name: found for model in annotation.models.values() for name, found in _models(model).items()}
    if is_model(annotation):
        within = [_models(info.annotation) for info in annotation.model_fields.values()]
        return {annotation.__name__: annotation} | {name: one for each in within for name, one in each.items()}
    return {name: one for member in getattr(annotation, "__args__", ()) for name, one in _models(member).items()}


@cache
def _told_below(cls: type) -> dict[str, str]:
    """Return the strings that stand below the fields of a class, by field."""
    if not issubclass(cls, BaseModel) or cls is BaseModel:
        return {}
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    return dict(_strings_below(body.body)) if isinstance(body, ast.ClassDef) else {}


def _strings_below(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for pair in pairwise(body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                yield name, text
            case _:
                continue


def _complete(model: type[BaseModel], schema: dict[str, Any]) -> None:
    """Say of a class what pydantic leaves out: what its keys mean, and the range of its points."""
    if doc := inspect.getdoc(model):
        schema["description"] = " ".join(doc.replace("``", "`").split())
    for key, info in fields_of(model).items():
        value = schema["properties"][key]
        value["description"] = description(model, key)
        for note in info.metadata:
            for kind, name, word in _BOUNDS:
                if isinstance(note, kind) and value.get("type") == "number":
                    value.setdefault(word, getattr(note, name))
        if key == "credit":
            value["additionalProperties"] |= _SHARE


def _plain(schema: Any) -> Any:
    """Return a schema in the words of draft 7 and of TOML, which has no null."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema and "type" in schema:
        properties = {key: _plain(value) for key, value in schema["properties"].items()}
        rest = _plain({key: value for key, value in schema.items() if key != "properties"})
        return {**rest, "properties": properties}
    found = {key: value for key, value in schema.items() if key not in ("title", "discriminator")}
    if found.get("default", ...) is None:
        del found["default"]
    choices = [one for one in found.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == 1:
        del found["anyOf"]
        found = {**choices[0], **found}
    elif choices:
        found["anyOf"] = choices
    if "$ref" in found:
        found["$ref"] = found["$ref"].replace("#/$defs/", "#/definitions/")
        if len(found) > 1:
            # Beside a reference draft 7 reads nothing else.
            found["allOf"] = [{"$ref": found.pop("$ref")}]
    if "prefixItems" in found:
        found["items"] = found.pop("prefixItems")
        found["additionalItems"] = False
    if "patternProperties" in found:
        found["additionalProperties"] = False
    return {key: value if key in ("default", "enum", "const") else _plain(value) for key, value in found.items()}
