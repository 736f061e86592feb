"""What the model's values are made with: pydantic; or `grader.model.unchecked`, where that was imported first.

Only the start of a process that is all ours may choose the latter, see `grader.cli.main`.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or "grader.model.unchecked" not in sys.modules:
    from pydantic import (
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        PlainSerializer,
        WithJsonSchema,
        model_validator,
    )
else:
    from grader.model.unchecked import (
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        PlainSerializer,
        WithJsonSchema,
        model_validator,
    )

__all__ = [
    "BaseModel",
    "BeforeValidator",
    "ConfigDict",
    "Field",
    "PlainSerializer",
    "WithJsonSchema",
    "model_validator",
]
