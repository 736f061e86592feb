"""The gradebook as JSON: comes back as itself, one student a line."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from grader.model.gradebook import Gradebook
from grader.reporting.gradebook_json import gradebook_from_json, gradebook_json
from tests.reporting import sample_class as sample

BOOKS = [
    sample.gradebook(),
    sample.gradebook(policy=None),
    sample.gradebook(collection=sample.COLLECTION.model_copy(update={"students": (), "hand_ins": ()}), reports={}),
]


@pytest.mark.parametrize("book", BOOKS)
def test_a_gradebook_comes_back_as_itself(book: Gradebook) -> None:
    text = "".join(gradebook_json(book))
    assert gradebook_from_json(text) == book
    assert gradebook_from_json(text.encode()) == book


def test_text_is_the_models_own_data_in_its_order() -> None:
    data = json.loads("".join(gradebook_json(BOOKS[0])))
    assert data == BOOKS[0].model_dump(mode="json", by_alias=True)
    assert list(data) == [field.alias or name for name, field in Gradebook.model_fields.items()]


def test_one_students_change_changes_one_line() -> None:
    other = replace(BOOKS[0].marks[0], final=99)
    changed = BOOKS[0].model_copy(update={"marks": (other, *BOOKS[0].marks[1:])})
    before, after = ("".join(gradebook_json(book)).split("\n") for book in (BOOKS[0], changed))
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize("broken", ["", "{}", "[]"])
def test_what_is_no_gradebook_is_refused(broken: str) -> None:
    with pytest.raises(ValidationError):
        gradebook_from_json(broken)


def test_many_marks_come_in_pieces() -> None:
    marks = BOOKS[0].marks * 300
    pieces = list(gradebook_json(BOOKS[0].model_copy(update={"marks": marks})))
    whole = json.loads("".join(pieces))
    assert len(whole["marks"]) == len(marks)
    assert max(map(len, pieces)) < len("".join(pieces)) / 2
