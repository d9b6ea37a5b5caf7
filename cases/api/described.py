"""What a description says beyond the shapes: that an object of a request has these fields and no others."""

from typing import Any


def nothing_else(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: objects that are sent to us are closed, objects that we send may grow."""
    for name, shape in result["components"]["schemas"].items():
        if name.endswith("Request") and shape.get("type") == "object":
            shape["additionalProperties"] = False
    return result
