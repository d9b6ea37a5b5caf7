"""What a description says beyond the shapes: that an object of a request has these fields and no others, and which call
follows on which answer."""

from typing import Any


def nothing_else(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: objects that are sent to us are closed, objects that we send may grow."""
    for name, shape in result["components"]["schemas"].items():
        if name.endswith("Request") and shape.get("type") == "object":
            shape["additionalProperties"] = False
    return result


# Of an answer by its call: the call that follows on it, and where in the answer its parameters stand.
FOLLOWS: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "file_grievance": {
        "state": ("get_grievance", {"reference": "$response.body#/reference"}),
        "files": (
            "add_files",
            {
                "reference": "$response.body#/reference",
                "header.Idempotency-Key": "$request.header.Idempotency-Key",
            },
        ),
    },
    "list_grievances": {
        "state": ("get_grievance", {"reference": "$response.body#/items/0/reference"}),
        "next": ("list_grievances", {"after": "$response.body#/next"}),
    },
    "list_sites": {"next": ("list_sites", {"after": "$response.body#/next"})},
}


def what_follows(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: links of OpenAPI 3.1 at every answer that is no problem."""
    for calls in result["paths"].values():
        for call in calls.values():
            links = {
                name: {"operationId": operation, "parameters": parameters}
                for name, (operation, parameters) in FOLLOWS.get(call["operationId"], {}).items()
            }
            for status, answer in call["responses"].items():
                if links and status.startswith("2"):
                    answer["links"] = links
    return result
