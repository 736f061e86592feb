"""The JSON Schema of rubrics: published, complete and strict; GRADER_UPDATE_GOLDENS=1 publishes it anew."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft7Validator

from grader.loading.rubric_schema import rubric_schema

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "rubric.schema.json"
HERE = Path(__file__).parent
BROKEN = tomli.loads((HERE / "broken_rubrics.toml").read_text(encoding="utf-8"))
SCHEMA = rubric_schema()
# By the reader itself, key by key: what a schema is for.
OF_THE_SCHEMA = ("R003", "R004", "R005", "R007", "R008", "R009", "R010")
BEYOND = {
    "linear_without_argument": "which keys a check needs depends on the value of another",
    "equivariant_without_symbol": "as above",
    "count_is_a_float": "in JSON 4.0 is a whole number",
    "no_sizes_to_draw_from": "said between values, for a group may give the sizes",
}


def codes() -> dict[str, str]:
    sections = re.split(r"^## (.+)\n", (HERE / "golden_faults.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(sections[1::2], (re.findall(r"error\[(R\d+)\]", s)[0] for s in sections[2::2]), strict=True))


def test_the_published_schema_is_current() -> None:
    if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
        PUBLISHED.write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8", newline="\n")
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == SCHEMA


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("path", sorted((ROOT / "rubrics").glob("*.toml")), ids=lambda path: path.stem)
def test_the_rubrics_of_the_repository_are_valid(path: Path) -> None:
    assert [e.message for e in Draft7Validator(SCHEMA).iter_errors(tomli.loads(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("name", [n for n, code in codes().items() if code in OF_THE_SCHEMA])
def test_a_rubric_with_a_wrong_key_or_value_is_refused(good: str, name: str) -> None:
    broken = tomli.loads(good.replace(BROKEN[name]["old"], BROKEN[name]["new"], 1))
    assert Draft7Validator(SCHEMA).is_valid(broken) == (name in BEYOND)


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [one for each in schema for one in objects(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if isinstance(schema.get("properties"), dict) and "type" in schema else []
    return own + [one for each in schema.values() for one in objects(each)]


def test_every_key_says_what_it_means_and_no_other_is_allowed() -> None:
    found = objects(SCHEMA)
    assert len(found) > 20
    for one in found:
        assert one["additionalProperties"] is False
        assert one["description"]
        assert [key for key, value in one["properties"].items() if not value.get("description")] == []


def test_nothing_of_another_dialect_is_left() -> None:
    text = json.dumps(SCHEMA)
    for word in ("$defs", "prefixItems", "discriminator", '"null"'):
        assert word not in text
