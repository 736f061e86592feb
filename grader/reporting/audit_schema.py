"""The published JSON Schema of an audit."""

from typing import Any

from grader.model.audit import AuditReport
from grader.reporting.report_schema import DIALECT


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what ``grader audit --format json`` writes.

    Returns
    -------
    dict
        Every key that this version writes is required; unknown keys are allowed, because later versions may add some.
    """
    whole = AuditReport.model_json_schema(by_alias=True, mode="serialization")
    definitions = whole.pop("$defs")
    for model in (whole, *definitions.values()):
        model.pop("additionalProperties", None)
        for value in model.get("properties", {}).values():
            value.pop("default", None)
        if "properties" in model:
            model["required"] = list(model["properties"])
    return {"$schema": DIALECT, **whole, "title": "grader audit", "$defs": dict(sorted(definitions.items()))}
