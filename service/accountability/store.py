"""Queries about expense reports, second requests, refunds and liquidations."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select, text, tuple_
from sqlmodel import SQLModel, col

from service.accountability.models import (
    ExpenseDecision,
    ExpenseLine,
    ExpenseReport,
    Liquidation,
    ReceiptType,
    Refund,
    SecondRequest,
)
from service.core.db import Session
from service.core.errors import NotFound

Row = TypeVar("Row", bound=SQLModel)
Receipt = tuple[str, ReceiptType, str]
"""Issuer, kind and number: what a receipt is known by."""

_LOCK_RECEIPTS = text(
    "SELECT pg_advisory_xact_lock(key) FROM "
    "(SELECT DISTINCT hashtextextended(receipt, 11) AS key FROM unnest(CAST(:receipts AS text[])) AS receipt ORDER BY key) AS keys"
)


async def fetch(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier. Raises ``NotFound``."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


async def lock(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier, as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def used_receipts(session: Session, receipts: Sequence[Receipt]) -> set[Receipt]:
    """Which of ``receipts`` were reported before; who reports the same one meanwhile waits for this transaction."""
    await session.execute(_LOCK_RECEIPTS, {"receipts": ["/".join(receipt) for receipt in receipts]})
    columns = (col(ExpenseLine.issuer), col(ExpenseLine.receipt_type), col(ExpenseLine.receipt_number))
    rows = await session.execute(select(*columns).where(tuple_(*columns).in_(receipts)))
    return {(row[0], row[1], row[2]) for row in rows}


async def next_serial(session: Session, contract_id: UUID) -> int:
    """The number of the next report of a locked contract, from 1."""
    last = select(func.max(ExpenseReport.serial)).where(col(ExpenseReport.contract_id) == contract_id)
    return (await session.scalar(last) or 0) + 1


async def reports_of(session: Session, contract_id: UUID) -> Sequence[ExpenseReport]:
    """The reports of a contract, by number."""
    statement = select(ExpenseReport).where(col(ExpenseReport.contract_id) == contract_id)
    return (await session.scalars(statement.order_by(col(ExpenseReport.serial)))).all()


async def lines_of(session: Session, report_ids: Iterable[UUID]) -> list[tuple[ExpenseLine, ExpenseDecision | None]]:
    """The lines of reports with what was decided on them, by report and position."""
    statement = (
        select(ExpenseLine, ExpenseDecision)
        .outerjoin(ExpenseDecision, col(ExpenseDecision.line_id) == col(ExpenseLine.id))
        .where(col(ExpenseLine.report_id).in_(list(report_ids)))
        .order_by(col(ExpenseLine.report_id), col(ExpenseLine.position))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def refunds_of(session: Session, contract_id: UUID) -> Sequence[Refund]:
    """The refunds of a contract, in the order they were recorded."""
    statement = select(Refund).where(col(Refund.contract_id) == contract_id)
    return (await session.scalars(statement.order_by(col(Refund.at), col(Refund.id)))).all()


async def second_requests_of(session: Session, contract_id: UUID) -> Sequence[SecondRequest]:
    """The second requests of a contract, in the order they were filed."""
    statement = select(SecondRequest).where(col(SecondRequest.contract_id) == contract_id)
    return (await session.scalars(statement.order_by(col(SecondRequest.requested_at)))).all()


async def liquidation_of(session: Session, contract_id: UUID) -> Liquidation | None:
    """The closing account of a contract."""
    return await session.get(Liquidation, contract_id)
