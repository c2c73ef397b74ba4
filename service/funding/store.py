"""Queries about funds, cofunders, pledges, deposits and reservations."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import SQLModel, col

from service.contests.models import Call, Contest
from service.core.db import Session
from service.core.errors import NotFound
from service.funding.models import Cofunder, CofunderSigner, Deposit, Fund, FundedContest, Pledge, Reservation
from service.people.models import Person

Row = TypeVar("Row", bound=SQLModel)


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


async def office_of_contest(session: Session, contest: Contest) -> UUID:
    """The office whose call announces a contest."""
    return (await fetch(session, Call, contest.call_id)).office_id


async def fund_with_code(session: Session, office_id: UUID, code: str) -> Fund | None:
    """The fund of an office with this code."""
    return await session.scalar(select(Fund).where(col(Fund.office_id) == office_id, col(Fund.code) == code))


async def funds_of(session: Session, office_id: UUID) -> Sequence[Fund]:
    """The funds of an office, by code."""
    return (await session.scalars(select(Fund).where(col(Fund.office_id) == office_id).order_by(col(Fund.code)))).all()


async def fund_of_contest(session: Session, contest_id: UUID) -> Fund | None:
    """The fund that pays for a contest."""
    joined = select(Fund).join(FundedContest, col(FundedContest.fund_id) == col(Fund.id))
    return await session.scalar(joined.where(col(FundedContest.contest_id) == contest_id))


async def cofunder_with_ruc(session: Session, office_id: UUID, ruc: str) -> Cofunder | None:
    """The cofunder of an office with this RUC."""
    return await session.scalar(select(Cofunder).where(col(Cofunder.office_id) == office_id, col(Cofunder.ruc) == ruc))


async def cofunders_of(session: Session, office_id: UUID) -> Sequence[Cofunder]:
    """The cofunders of an office, by name."""
    of_office = select(Cofunder).where(col(Cofunder.office_id) == office_id)
    return (await session.scalars(of_office.order_by(col(Cofunder.name), col(Cofunder.id)))).all()


async def signers_of(session: Session, cofunder_id: UUID) -> list[tuple[CofunderSigner, Person]]:
    """Everybody who ever signed for a cofunder, by date."""
    statement = (
        select(CofunderSigner, Person)
        .join(Person, col(Person.id) == col(CofunderSigner.person_id))
        .where(col(CofunderSigner.cofunder_id) == cofunder_id)
        .order_by(col(CofunderSigner.since), col(CofunderSigner.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def signers_for_group(session: Session, group_id: UUID, day: date) -> dict[UUID, str]:
    """Who signs on ``day`` for a cofunder that is this group or ever pledged for it, with the cofunder's name."""
    pledged = select(col(Pledge.cofunder_id)).where(col(Pledge.group_id) == group_id)
    statement = (
        select(col(CofunderSigner.person_id), col(Cofunder.name))
        .join(Cofunder, col(Cofunder.id) == col(CofunderSigner.cofunder_id))
        .where(
            or_(col(Cofunder.group_id) == group_id, col(Cofunder.id).in_(pledged)),
            col(CofunderSigner.since) <= day,
            or_(col(CofunderSigner.until).is_(None), col(CofunderSigner.until) >= day),
        )
        .order_by(col(Cofunder.name).desc())  # of two cofunders, the first by name is the one that stays
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def pledges_of(session: Session, fund_id: UUID) -> Sequence[Pledge]:
    """The pledges to a fund, the newest first."""
    to_fund = select(Pledge).where(col(Pledge.fund_id) == fund_id)
    return (await session.scalars(to_fund.order_by(col(Pledge.declared_at).desc(), col(Pledge.id).desc()))).all()


async def deposit_with_reference(session: Session, reference: str) -> Deposit | None:
    """The deposit with this bank reference."""
    return await session.scalar(select(Deposit).where(col(Deposit.bank_reference) == reference))


async def pledges_signed_by(session: Session, person_id: UUID, day: date) -> Sequence[Pledge]:
    """The pledges of cofunders that a person signs for on a day, the newest first."""
    signed = select(col(CofunderSigner.cofunder_id)).where(
        col(CofunderSigner.person_id) == person_id,
        col(CofunderSigner.since) <= day,
        or_(col(CofunderSigner.until).is_(None), col(CofunderSigner.until) >= day),
    )
    statement = select(Pledge).where(col(Pledge.cofunder_id).in_(signed))
    return (await session.scalars(statement.order_by(col(Pledge.declared_at).desc(), col(Pledge.id)))).all()


async def deposits_of(session: Session, fund_id: UUID) -> Sequence[Deposit]:
    """The deposits into a fund, the newest first."""
    into_fund = select(Deposit).where(col(Deposit.fund_id) == fund_id)
    return (await session.scalars(into_fund.order_by(col(Deposit.at).desc(), col(Deposit.id).desc()))).all()


async def reservation_for(session: Session, subject: str, *, lock: bool = False) -> Reservation:
    """The reservation of a subject, as it is now; with ``lock``, held until the end of the transaction. Raises ``NotFound``."""
    statement = select(Reservation).where(col(Reservation.subject) == subject)
    statement = statement.with_for_update() if lock else statement
    row = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


async def reservations_of(session: Session, fund_id: UUID) -> Sequence[Reservation]:
    """The reservations of a fund, the newest first."""
    of_fund = select(Reservation).where(col(Reservation.fund_id) == fund_id)
    return (await session.scalars(of_fund.order_by(col(Reservation.at).desc(), col(Reservation.id).desc()))).all()


async def contests_of_fund(session: Session, fund_id: UUID) -> set[UUID]:
    """The contests that a fund pays for."""
    return set(
        (await session.execute(select(col(FundedContest.contest_id)).where(col(FundedContest.fund_id) == fund_id))).scalars()
    )
