"""What any operation may refuse with, for the OpenAPI document: problem JSON (RFC 9457) at each status."""

from typing import Any

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "instance")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": {"type": "object", "required": ["field", "detail"]}},
    },
}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, said in {
        400: "The request or its Idempotency-Key cannot be read.",
        401: "Nobody is signed in.",
        403: "The caller may not do this.",
        404: "There is nothing under this address for the caller.",
        409: "The act does not fit the state things are in.",
        413: "The body is too large.",
        422: "The input is wrong.",
        429: "Too much was sent in a short time.",
    }.items()
}
