"""Laws of rubrics that load: the examples in help texts are valid, places are found, the repository's own are sound."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import tomli
from pydantic import BaseModel, ValidationError

from grader.loading.examples import EXAMPLES, example
from grader.loading.rubric import load_rubric
from grader.loading.schema import Choice, core, fields_of, is_model, is_union, resolve
from grader.loading.shown_name import shown
from grader.model.assignment import Assignment
from grader.truth.modules import TrustedModules

RUBRICS = sorted((Path(__file__).parents[2] / "rubrics").glob("*.toml"))


def models_below(annotation: Any) -> dict[str, type[BaseModel]]:
    annotation = core(annotation)
    found: dict[str, type[BaseModel]] = {}
    if isinstance(annotation, Choice):
        for model in annotation.models.values():
            found |= models_below(model)
    elif is_model(annotation):
        found[annotation.__name__] = annotation
        for info in annotation.model_fields.values():
            found |= models_below(info.annotation)
    else:
        for member in getattr(annotation, "__args__", ()):
            found |= models_below(member)
    return found


MODELS = models_below(Assignment)
FIELDS = [(model, key) for model in MODELS for key in fields_of(MODELS[model])]


def as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_tuples(element) for key, element in value.items()}
    return tuple(as_tuples(element) for element in value) if isinstance(value, list) else value


def test_every_class_of_the_schema_is_reached() -> None:
    assert {"Assignment", "CaseGroup", "Simplex", "PropertyCheck", "Misconception", "Return", "Limits"} <= set(MODELS)


@pytest.mark.parametrize(("model", "key"), FIELDS)
def test_every_key_has_an_example_that_is_valid(model: str, key: str) -> None:
    line = example(model, key)
    assert "\n" not in line
    data = as_tuples(tomli.loads(line))
    assert list(data) == [key]
    tag = {"kind", "sampler"} & set(fields_of(MODELS[model])) - {key}
    with pytest.raises(ValidationError) as caught:
        # A key too many makes every class refuse, so that only what it says of this key is looked at.
        MODELS[model].model_validate(data | {"no such key": 1})
    # The discriminator's example belongs to one class only.
    wrong = [e for e in caught.value.errors() if e["loc"][0] == key and key not in ("kind", "sampler")]
    assert not wrong, (wrong, tag)


def test_no_example_is_of_a_key_that_does_not_exist() -> None:
    known = {key for _, key in FIELDS} | {f"{model}.{key}" for model, key in FIELDS}
    assert set(EXAMPLES) <= known


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("problem", 0, "check", 1, "property", "property"), ("problem", 0, "check", 1, "property")),
        (("inputs", "a", "values", "b", "function", "function"), ("inputs", "a", "values", "b", "function")),
        (("inputs", "a", "case", 2, "values", "b", "normal", "shape", 0, "constrained-int"),
         ("inputs", "a", "case", 2, "values", "b", "shape", 0)),
        (("inputs", "a", "sizes", "N", "tuple[constrained-int, ...]", 1), ("inputs", "a", "sizes", "N", 1)),
        (("inputs", "a", "sizes", "n-", "[key]"), ("inputs", "a", "sizes", "n-")),
    ],
)  # fmt: skip
def test_a_location_of_pydantic_leads_to_the_keys_that_were_written(
    location: tuple[str | int, ...], path: tuple[str | int, ...]
) -> None:
    assert resolve(location).path == path


def test_unions_are_told_from_choices() -> None:
    spot = resolve(("inputs", "a", "sizes", "N"))
    assert is_union(spot.annotation)
    assert not isinstance(spot.annotation, Choice)


def test_a_place_is_found_for_what_later_stages_name(course: Any, good: str) -> None:
    rubric = course.load(good)
    place = rubric.locate("problem", 1, "check", 0, "derived", "total")
    assert place.source[place.column - 1 :][: place.length] == '"answers:total"'
    assert rubric.locate("problem", 1).source == "[[problem]]"
    assert rubric.locate("problem", 1, "credit").source == "[[problem]]"


def test_the_digest_is_of_the_bytes_that_were_read(course: Any, good: str) -> None:
    rubric = course.load(good)
    assert rubric.sha256 == hashlib.sha256(good.encode()).hexdigest()
    assert rubric.source == good.encode()


def test_without_a_lookup_functions_are_not_judged(course: Any, good: str) -> None:
    path = course.folder / "hw.toml"
    path.write_text(good.replace("answers:grad_pi", "answers:no_such"))
    assert load_rubric(path).shown == str(path)


@pytest.mark.parametrize("path", RUBRICS, ids=[path.stem for path in RUBRICS])
def test_the_rubrics_of_the_repository_are_sound(path: Path) -> None:
    rubric = load_rubric(path, lookup=lambda folder, ref: TrustedModules(folder).signature(ref))
    assert rubric.assignment.id == path.stem


def test_the_repository_has_rubrics() -> None:
    assert "cs280_hw1" in {path.stem for path in RUBRICS}
    assert shown("cs280") == "cs280"
