"""How a rubric names things and sizes: identifiers, functions, dimensions, dtypes."""

from typing import Annotated, Literal

from grader.model.schema import Field

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]
FunctionRef = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$")]
"""``package.module:function`` inside the assignment's trusted folder."""
Dimension = Annotated[int, Field(ge=0, le=100_000)] | Identifier
"""A size: a number, or a symbol such as ``"N"``."""
Sizes = Annotated[int, Field(ge=0, le=100_000)] | tuple[Annotated[int, Field(ge=0, le=100_000)], ...]
"""One size, or the sizes to draw from."""
DtypeName = Literal["float64", "float32"]
