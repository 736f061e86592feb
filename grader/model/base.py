"""What the pydantic values of this package share: frozen, closed, strict and finite."""

from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from grader.model.schema import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema


class Value(BaseModel):
    """A frozen value with no unknown fields, no coercion of types, and no nan or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True, ser_json_inf_nan="strings"
    )


def _exact_points(value: Any) -> Any:
    # repr() of a float is the shortest decimal that names it, so what a person typed ("0.3") becomes exactly 3/10.
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        msg = "Input should be a number of points"
        raise ValueError(msg)
    if isinstance(value, float) and not abs(value) < float("inf"):
        msg = "Input should be a finite number"
        raise ValueError(msg)
    return value if isinstance(value, Fraction) else _fraction(value)


@lru_cache(maxsize=4096)
def _fraction(number: int | float) -> Fraction:
    # The points of a class are a few numbers, again and again. Equal ones, 2 and 2.0, are the same fraction.
    return Fraction(repr(number) if isinstance(number, float) else number)


def number_from_points(points: Fraction) -> int | float:
    """Return exact points as the JSON number that names them.

    Parameters
    ----------
    points : Fraction
        Exact points.

    Returns
    -------
    int or float
        An int where the points are whole, else the nearest float; for the finite decimals that a rubric can state,
        its shortest decimal form is exact.
    """
    return int(points) if points.denominator == 1 else float(points)


Points = Annotated[
    Fraction,
    BeforeValidator(_exact_points),
    PlainSerializer(number_from_points, return_type=int | float),
    WithJsonSchema({"type": "number"}),
    Field(strict=False),
]
"""Exact points: an int, or a finite decimal kept as a fraction."""

Share = Annotated[Points, Field(ge=0, le=1)]
"""A part of some points, from 0 to 1."""
