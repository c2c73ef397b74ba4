"""What tests look at behind the doors: the record, the number of statements, and what the database itself refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from service.core.db import Session


async def acts_on(session: Session, subject: str) -> list[tuple[str, Any]]:
    """The acts recorded on a subject, in order, each with who did it."""
    statement = text("SELECT act, actor_id FROM record_leaf WHERE subject = :subject ORDER BY id")
    return [(row.act, row.actor_id) for row in await session.execute(statement, {"subject": subject})]


async def payload_of(session: Session, act: str, subject: str) -> Any:
    """The payload of the only record of an act on a subject."""
    statement = text(
        "SELECT payload FROM record_payload p JOIN record_leaf l ON l.id = p.leaf_id WHERE l.act = :act AND l.subject = :subject"
    )
    return (await session.execute(statement, {"act": act, "subject": subject})).scalar_one()


async def refused_by_database(session: Session, statement: str, **values: Any) -> str:
    """What the database says when it refuses a statement that goes round the use cases; the transaction goes on."""
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(text(statement), values)
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    return str(refused.value.orig)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that a session sends inside the block."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
