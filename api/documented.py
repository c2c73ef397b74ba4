"""What holds for every operation of the OpenAPI document: refusals as problem JSON (RFC 9457), who calls, once only, own references."""

from typing import Any

from api.callers import REFERENCE
from api.changes import LEAVING, PAGE
from api.deps import KEYLESS

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "instance")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": {"type": "object", "required": ["field", "detail"]}},
    },
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, said in {
        400: "The request or its Idempotency-Key cannot be read.",
        401: "Nobody is signed in.",
        403: "The caller may not do this.",
        404: "There is nothing under this address for the caller.",
        409: "The act does not fit the state things are in.",
        413: "The body is too large.",
        422: "The input is wrong.",
        429: "Too much was sent in a short time; Retry-After says how many seconds to wait.",
    }.items()
}

_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A fresh text of 8 to 100 characters for each act, the same one when it is repeated; kept 30 days.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 100},
}
_OWN = {
    "name": REFERENCE,
    "in": "header",
    "required": False,
    "description": "A reference of the caller's own, kept for good and read back under /api/v1/references.",
    "schema": {"type": "string", "maxLength": 100},
}


def with_headers(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its security scheme, the headers of writes, and what goes away."""
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer", "description": "A key (raymi_…), or the token of a sign-in."}
    document["security"] = [{"bearer": []}, {}]
    document["externalDocs"] = {"description": "Limits, errors, changes", "url": PAGE}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "post" and path not in KEYLESS:
                operation["parameters"] = [*operation.get("parameters", []), _ONCE, _OWN]
            if f"{method.upper()} {path}" in LEAVING:
                operation["deprecated"] = True
    return document
