"""A body that fits the shape of a route, so that a request reaches what decides about rights: fields made from their JSON schema."""

import inspect
from collections.abc import Mapping
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel

from tests.cast import cci, ruc

KNOWN: Mapping[str, Any] = {
    "dni": "40999999",
    "ruc": ruc(50_000_099),
    "ubigeo": "080601",
    "cci": cci("018", 10_000_099),
    "number": "1",
    "code": "X1",
    "password": "puya raimondi florece sola",
    "user_name": "nadie",
    "mobile": "987654321",
    "reason": "prueba",
    "year": 2026,
    "juror": "J9",
    "token": "x" * 43,
    "subject": "00000000-0000-7000-8000-000000000001",
    "pair": "00000000-0000-7000-8000-000000000001:00000000-0000-7000-8000-000000000002",
    "value": "1.00",
}
"""Values of fields whose form a schema does not say, by name."""
BY_FORMAT = {
    "base64": "JVBERi0xLjQK",
    "date": "2026-06-01",
    "date-time": "2026-06-01T10:00:00-05:00",
    "uuid": "00000000-0000-7000-8000-000000000001",
}


def shape_of(route: APIRoute) -> type[BaseModel] | None:
    """What a page's form is read as, or the body of a JSON route."""
    held = inspect.getclosurevars(route.endpoint).nonlocals.get("shape")
    if isinstance(held, type):
        return held
    for each in inspect.signature(route.endpoint).parameters.values():
        if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel):
            return each.annotation
    code = inspect.unwrap(route.endpoint).__code__
    named = (route.endpoint.__globals__.get(name) for name in code.co_names)
    return next(
        (each for each in named if isinstance(each, type) and issubclass(each, BaseModel) and "POST" in (route.methods or ())),
        None,
    )


def takes_file(route: APIRoute) -> bool:
    """Whether a page's form brings a file."""
    return bool(inspect.getclosurevars(route.endpoint).nonlocals.get("upload"))


def body_of(route: APIRoute, ids: Mapping[str, str]) -> dict[str, Any]:
    """The required fields of the shape, filled."""
    shape = shape_of(route)
    if shape is None:
        return {}
    schema = shape.model_json_schema()
    value = _value("", schema, schema.get("$defs", {}), ids)
    return value if isinstance(value, dict) else {}


def _value(name: str, schema: Mapping[str, Any], defs: Mapping[str, Any], ids: Mapping[str, str]) -> Any:
    if "$ref" in schema:
        return _value(name, defs[schema["$ref"].rsplit("/", 1)[1]], defs, ids)
    if name in ids and schema.get("format") == "uuid":
        return ids[name]
    if name in KNOWN and schema.get("type") in ("string", "integer"):
        return KNOWN[name]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _value(name, schema[word][0], defs, ids)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _plain(name, schema, defs, ids)


def _plain(name: str, schema: Mapping[str, Any], defs: Mapping[str, Any], ids: Mapping[str, str]) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {each: _value(each, fields[each], defs, ids) for each in schema.get("required", [])}
        case "array":
            return [_value(name, schema["items"], defs, ids) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case _:
            if schema.get("pattern") == "^[0-9a-f]{64}$":
                return "0" * 64
            if schema.get("pattern", "").startswith(("^[0-9]", "^\\d", "^(?:0|")) or "decimal" in str(schema):
                return "100.00"
            return BY_FORMAT.get(schema.get("format", ""), "x" * max(schema.get("minLength", 1), 1))
