"""Forms drawn from the input shapes of use cases: one description for JSON and for pages.

Fields are named by dotted paths (``budget.0.amount``). Rows of a list that are left blank are dropped; what was typed is kept when
a form comes back with messages at its fields.
"""

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData, UploadFile

from service.core.money import Money
from service.core.texts import Phrase

BLANK_ROWS = 3
UNKEPT = ("password", "old", "code")
"""Fields that are never sent back."""
MOMENTS = (datetime, AwareDatetime)
Choices = Mapping[str, Sequence[tuple[str, str]]]
"""For each field that names something by id: (value, text) pairs to choose from."""


@dataclass(frozen=True)
class Field:
    """One field as the template draws it. ``kind`` is text, money, number, date, moment, check, choice, many, long, json or file."""

    name: str
    label: str
    kind: str
    required: bool
    value: Any = ""
    error: str | None = None
    choices: Sequence[tuple[str, str]] = ()
    translate: bool = False


@dataclass(frozen=True)
class Rows:
    """A repeated group of fields, a row each."""

    name: str
    label: str
    labels: Sequence[str]
    rows: Sequence[Sequence[Field]]
    error: str | None = None


@dataclass(frozen=True)
class Form:
    """A form as a template draws it: where it posts to, what its button says, its fields, and what is wrong as a whole."""

    action: str
    title: str | Phrase
    fields: Sequence[Field | Rows] = ()
    key: str = ""
    error: str | None = None
    explain: str = ""
    danger: bool = False
    uploads: bool = False
    open: bool = False


@dataclass(frozen=True)
class Typed:
    """What somebody typed into which form, and what was wrong with it: by field, or as a whole under the empty name."""

    action: str
    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def form(
    action: str,
    title: str | Phrase,
    shape: type[BaseModel] | None = None,
    *,
    choices: Choices | None = None,
    values: Mapping[str, Any] | None = None,
    typed: Typed | None = None,
    files: Sequence[tuple[str, str]] = (),
    explain: str = "",
    danger: bool = False,
) -> Form:
    """The form for ``shape``, filled with ``values`` or with what was ``typed`` into the same form before.

    ``files`` are (name, label) pairs of uploads that go beside the shape.
    """
    mine = typed if typed is not None and typed.action == action else Typed(action)
    given = flatten(values or {}) if mine.values == {} else mine.values
    drawn: list[Field | Rows] = _fields(shape, "", given, mine.errors, choices or {}) if shape else []
    drawn += [Field(name, label, "file", True, error=mine.errors.get(name)) for name, label in files]
    key = mine.values.get("_key", "")
    shown = {item.name for item in drawn}
    general = [text for name, text in mine.errors.items() if not name or name.split(".")[0] not in shown]
    return Form(
        action,
        title,
        drawn,
        key if isinstance(key, str) else "",
        " ".join(general) or None,
        explain,
        danger,
        bool(files),
        bool(mine.errors),
    )


def parse(shape: type[BaseModel], data: FormData) -> dict[str, Any]:
    """The nested value that a sent form writes, ready for ``shape.model_validate``."""
    return _nested(shape, {name: _texts(data, name) for name in data if not name.startswith("_")}, "")


def typed_in(action: str, data: FormData, errors: Mapping[str, str]) -> Typed:
    """What to keep of a form that was refused: everything but secrets."""
    return Typed(action, {name: _texts(data, name) for name in data if name not in UNKEPT}, errors)


def flatten(value: Any, prefix: str = "") -> dict[str, str | list[str]]:
    """Dotted names and texts of a nested value."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping) and (not prefix or not _is_json(value)):
        items: list[tuple[str, Any]] = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and value and isinstance(value[0], Mapping | BaseModel):
        items = [(str(index), item) for index, item in enumerate(value)]
    elif isinstance(value, list):
        return {prefix: [_text(item) for item in value]}
    else:
        return {prefix: _text(value)}
    found: dict[str, str | list[str]] = {}
    for key, item in items:
        found |= flatten(item, f"{prefix}.{key}" if prefix else key)
    return found


def _is_json(value: Mapping[Any, Any]) -> bool:
    return "format" in value


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, indent=1)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    return "on" if value is True else str(value)


def _texts(data: FormData, name: str) -> str | list[str]:
    found = [item for item in data.getlist(name) if not isinstance(item, UploadFile)]
    return found[0] if len(found) == 1 else found


def _fields(
    shape: type[BaseModel], prefix: str, given: Mapping[str, Any], errors: Mapping[str, str], choices: Choices
) -> list[Field | Rows]:
    drawn: list[Field | Rows] = []
    for name, info in shape.model_fields.items():
        path = prefix + name
        inner, part = _list_of_shapes(info.annotation), _shape(info.annotation)
        if part:
            drawn += _fields(part, path + ".", given, errors, choices)
        elif inner:
            drawn.append(_rows(inner, path, _label(name, info), given, errors, choices))
        else:
            drawn.append(_field(path, name, info, given.get(path, ""), errors.get(path), choices))
    return drawn


def _rows(
    shape: type[BaseModel], path: str, label: str, given: Mapping[str, Any], errors: Mapping[str, str], choices: Choices
) -> Rows:
    used = [int(name[len(path) + 1 :].split(".")[0]) for name, value in given.items() if name.startswith(path + ".") and value]
    count = max(used, default=-1) + 1 + BLANK_ROWS
    nested = {name.removeprefix(path + "."): options for name, options in choices.items() if name.startswith(path + ".")}
    rows = []
    for index in range(count):
        prefix = f"{path}.{index}."
        row = _fields(shape, prefix, given, errors, {prefix + name: options for name, options in nested.items()})
        rows.append([item for item in row if isinstance(item, Field)])
    return Rows(path, label, [item.label for item in rows[0]], rows, errors.get(path))


def _field(path: str, name: str, info: FieldInfo, value: Any, error: str | None, choices: Choices) -> Field:
    kind, options, translate = ("password", (), False) if info.repr is False else _kind(info.annotation, info)
    if path in choices:
        options, translate = choices[path], False
        kind = "many" if get_origin(_bare(info.annotation)) is list else "choice"
    if value == "" and not info.is_required() and info.default not in (None, False, []) and info.default_factory is None:
        value = _text(info.default)
    return Field(path, _label(name, info), kind, info.is_required() and kind != "check", value, error, options, translate)


def _label(name: str, info: FieldInfo) -> str:
    return info.description or name.replace("_", " ").capitalize()


def _bare(annotation: Any) -> Any:
    """The annotation without ``| None``."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _shape(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _list_of_shapes(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    if get_origin(bare) is list:
        inner = get_args(bare)[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return None


def _kind(annotation: Any, info: FieldInfo) -> tuple[str, Sequence[tuple[str, str]], bool]:
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return "choice", [(item.value, item.value) for item in bare], True
    if bare is bool:
        return "check", (), False
    if bare is int:
        return "number", (), False
    if bare in MOMENTS:
        return "moment", (), False
    if bare is date:
        return "date", (), False
    if get_origin(bare) is dict or bare is dict:
        return "json", (), False
    if any(item in info.metadata for item in Money.__metadata__[:1]):  # type: ignore[attr-defined]  # Annotated's own metadata
        return "money", (), False
    longest = max((getattr(item, "max_length", None) or 0 for item in info.metadata), default=0)
    return ("long" if longest > 1000 else "text"), (), False


def _nested(shape: type[BaseModel], given: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, info in shape.model_fields.items():
        path = prefix + name
        inner, part = _list_of_shapes(info.annotation), _shape(info.annotation)
        if part:
            found[name] = _nested(part, given, path + ".")
            continue
        if inner:
            found[name] = _nested_rows(inner, given, path)
            continue
        value = _read(info, given.get(path))
        if value is not None:
            found[name] = value
    return found


def _nested_rows(shape: type[BaseModel], given: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    indexes = {name[len(path) + 1 :].split(".")[0] for name in given if name.startswith(path + ".")}
    rows = []
    for index in sorted((index for index in indexes if index.isdecimal()), key=int):
        prefix = f"{path}.{index}."
        if any(value not in ("", []) for name, value in given.items() if name.startswith(prefix)):
            rows.append(_nested(shape, given, prefix))
    return rows


def _read(info: FieldInfo, value: Any) -> Any:
    bare = _bare(info.annotation)
    if bare is bool:
        return value == "on"
    if get_origin(bare) is list:
        return value if isinstance(value, list) else [part.strip() for part in (value or "").split(",") if part.strip()]
    if value in (None, "", []):
        return None
    if bare in MOMENTS and isinstance(value, str) and len(value) == 16:  # a browser's local time: Peru's
        return value + ":00-05:00"
    if get_origin(bare) is dict or bare is dict:
        return _json(value)
    return value


def _json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
