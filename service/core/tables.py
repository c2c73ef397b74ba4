"""What every table shares: names of constraints, column shapes, and the mark of a table whose rows never change.

Tables are SQLModel classes. ``IMMUTABLE`` marks one whose rows are added and never edited; ``immutable_but("status")`` one where
only the named columns move; ``DELETABLE`` a cache or a draft whose rows may go. The mark is what ``tests/test_house.py`` compares with the triggers and privileges that the
migrations made.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Enum, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from service.core.encrypting import EncryptedBytes, EncryptedText, JsonWithAccount
from service.core.ids import new_id

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

IMMUTABLE: dict[str, Any] = {"info": {"immutable": True, "moves": ()}}
DELETABLE: dict[str, Any] = {"info": {"deletable": True}}


def immutable_but(*columns: str) -> dict[str, Any]:
    """Table arguments of a table where only ``columns`` may be updated."""
    return {"info": {"immutable": True, "moves": columns}}


def id_column() -> Any:
    """The primary key: a UUID of version 7 made here."""
    return Field(default_factory=new_id, primary_key=True)


def reference(target: str, *, optional: bool = False, unique: bool = False, index: bool = True) -> Any:
    """A foreign key to ``table.column``, indexed; nothing cascades."""
    default: Any = None if optional else ...
    return Field(default=default, foreign_key=target, nullable=optional, unique=unique, index=index and not unique)


def money(*, check: str | None = None, name: str = "not_negative") -> Any:
    """An amount of money in the contest's currency, ``NUMERIC(18,2)``; ``check`` is an SQL condition on it."""
    constraint = [CheckConstraint(check, name=name)] if check else []
    return Field(sa_type=Numeric(18, 2), sa_column_args=constraint)


def enum(kind: type[StrEnum], *, default: StrEnum | None = None) -> Any:
    """A text column that holds the values of ``kind``, with a CHECK, and reloads as ``kind``."""
    column: Column[Any] = Column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda k: [m.value for m in k],
            name=f"{kind.__name__.lower()}_known",
        ),
        nullable=False,
    )
    return Field(sa_column=column) if default is None else Field(default=default, sa_column=column)


def optional_enum(kind: type[StrEnum]) -> Any:
    """The same for a column that may hold none."""
    field = enum(kind)
    field.sa_column.nullable = True
    field.default = None
    return field


def moment(*, optional: bool = False) -> Any:
    """A time with zone."""
    default: Any = None if optional else ...
    return Field(default=default, sa_type=DateTime(timezone=True), nullable=optional)


def json_column(*, optional: bool = False) -> Any:
    """A JSON value; replaced as a whole, never edited in place. An optional one is NULL where there is none."""
    default: Any = None if optional else ...
    return Field(default=default, sa_type=JSONB(none_as_null=True), nullable=optional)


def json_with_account() -> Any:
    """A JSON value in whose ``account`` the digits are encrypted."""
    return Field(sa_type=JsonWithAccount)


def encrypted(place: str, kind: type[EncryptedText] | type[EncryptedBytes] = EncryptedText) -> Any:
    """A column that the database cannot read; ``place`` names it, ``table.column``."""
    return Field(sa_type=kind(place))


__all__ = [
    "IMMUTABLE",
    "EncryptedBytes",
    "Field",
    "SQLModel",
    "encrypted",
    "enum",
    "id_column",
    "immutable_but",
    "json_column",
    "json_with_account",
    "moment",
    "money",
    "optional_enum",
    "reference",
]
