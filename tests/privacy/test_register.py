"""The register names everything that is kept of people: a table that it forgets fails here."""

from sqlmodel import SQLModel

from service.privacy.export import SECRETS, whose_columns
from service.privacy.register import REGISTER
from tests.tables import load_tables

OF_PERSONS = ("person", "message")
"""The person itself, and what names one in a text."""


def test_every_table_that_says_whose_a_row_is_stands_in_one_line() -> None:
    load_tables()
    named = [table for kept in REGISTER for table in kept.tables]
    tables = {table.name for table in SQLModel.metadata.tables.values() if whose_columns(table)}
    assert sorted(named) == sorted((tables | set(OF_PERSONS)) - {"person"})


def test_no_column_that_proves_something_is_shown() -> None:
    load_tables()
    tables = [SQLModel.metadata.tables[name] for kept in REGISTER for name in kept.tables]
    told = {
        column.name
        for table in tables
        for column in table.columns
        if any(word in column.name for word in ("hash", "secret", "token", "nonce", "verifier", "key"))
    }
    bytes_of = {column.name for table in tables for column in table.columns if column.type.python_type is bytes}
    assert told - bytes_of <= SECRETS | {"data_sha256"}
