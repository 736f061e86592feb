"""The students' rubric as TOML: what is checked and on which inputs, with nothing that names an answer."""

from typing import Any

import tomli_w

from grader.grading.handout import NOT_HANDED_OUT
from grader.kit.layout import SCHEMA
from grader.model.assignment import Assignment

_OPENING = """\
# What `grader check` looks at. Made by `grader kit`; leave it as it is, or unzip the kit again.

"""


def rubric_toml(part: Assignment) -> str:
    """Return the students' part of an assignment as a TOML text.

    Parameters
    ----------
    part : Assignment
        From `grader.grading.handout.without_names`.

    Returns
    -------
    str
        Of the schema ``grader-kit/1``: a rubric without the functions that stay behind.
    """
    data = part.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    return _OPENING + tomli_w.dumps({**_named(data), "schema": SCHEMA})


def _named(value: Any) -> Any:
    match value:
        case dict():
            return {key: _named(element) for key, element in value.items() if element != NOT_HANDED_OUT}
        case list() | tuple():
            return [_named(element) for element in value]
        case _:
            return value
