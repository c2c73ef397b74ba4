"""Queries about confirmations of groups."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.applications.confirmation_models import ConfirmationCode, GroupConfirmation
from service.applications.models import Application
from service.core.db import Session


async def confirmation(session: Session, application: Application) -> GroupConfirmation | None:
    """The confirmation of an application with the amounts that it asks for now."""
    statement = select(GroupConfirmation).where(
        col(GroupConfirmation.application_id) == application.id,
        col(GroupConfirmation.requested) == application.requested,
        col(GroupConfirmation.own_share) == application.own_share,
    )
    return await session.scalar(statement.order_by(col(GroupConfirmation.at).desc()).limit(1))


async def confirmations(session: Session, application_id: UUID) -> Sequence[Row[Any]]:
    """Every confirmation of an application, the newest first: how, when, by whom in which seat, and who received a paper."""
    return (await session.execute(_CONFIRMATIONS, {"application": application_id})).all()


async def code_with(session: Session, handle: str) -> ConfirmationCode | None:
    """The code of a handle, locked, if it is the newest of its application."""
    statement = select(ConfirmationCode).where(col(ConfirmationCode.handle) == handle)
    code = await session.scalar(statement)
    if code is None:
        return None
    # Lock through the application: every code of it waits for the others.
    await session.get(Application, code.application_id, with_for_update=True, populate_existing=True)
    newest = select(ConfirmationCode).where(col(ConfirmationCode.application_id) == code.application_id)
    newest = newest.order_by(col(ConfirmationCode.at).desc(), col(ConfirmationCode.id).desc()).limit(1)
    found = await session.scalar(newest.execution_options(populate_existing=True))
    return found if found is not None and found.id == code.id else None


_CONFIRMATIONS = text(
    """
    SELECT c.id, c.way, c.at, c.received_on, c.requested, c.own_share, c.file_id, m.role, m.since, m.until,
        p.given_names || ' ' || p.family_names AS president, r.given_names || ' ' || r.family_names AS received_by
    FROM group_confirmation c JOIN board_mandate m ON m.id = c.mandate_id JOIN person p ON p.id = m.person_id
    LEFT JOIN person r ON r.id = c.received_by WHERE c.application_id = :application ORDER BY c.at DESC, c.id DESC
    """
)
