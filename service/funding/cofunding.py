"""What a cofunder put in, and where its money is: for who signs for it today, and of no other cofunder."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.funding.models import Cofunder, CofunderSigner, Deposit, Fund, Pledge


@dataclass(frozen=True)
class Given:
    """A promise with the fund it is made to, and what of it has arrived in money (None before)."""

    pledge: Pledge
    fund: Fund
    deposited: Decimal | None


@dataclass(frozen=True)
class Cofunding:
    """All that one cofunder promised and paid, the newest first; ``direct`` are deposits without a promise."""

    cofunder: Cofunder
    pledges: Sequence[Given]
    direct: Sequence[tuple[Deposit, Fund]]

    @property
    def deposited(self) -> Decimal:
        """What has arrived in money, in all."""
        return sum(
            (amount for amount in (*(each.deposited for each in self.pledges), *(d.amount for d, _ in self.direct)) if amount),
            Decimal("0.00"),
        )


async def my_cofunders(session: Session, actor: Actor) -> list[Cofunder]:
    """The cofunders that the actor signs for today, by name."""
    today = await clock.today(session)
    statement = (
        select(Cofunder)
        .join(CofunderSigner, col(CofunderSigner.cofunder_id) == col(Cofunder.id))
        .where(
            col(CofunderSigner.person_id) == actor.person_id,
            col(CofunderSigner.since) <= today,
            or_(col(CofunderSigner.until).is_(None), col(CofunderSigner.until) >= today),
        )
        .distinct()
        .order_by(col(Cofunder.name), col(Cofunder.id))
    )
    return list(await session.scalars(statement))


async def get_cofunding(session: Session, actor: Actor, cofunder_id: UUID) -> Cofunding:
    """What a cofunder promised and paid. Raises ``NotFound``, also for who does not sign for it today."""
    mine = {row.id: row for row in await my_cofunders(session, actor)}
    if cofunder_id not in mine:
        raise NotFound
    cofunder = mine[cofunder_id]
    if not actor.may(Act.READ_COFUNDING, cofunder.office_id, None, {Relation.COFUNDER}):
        raise NotFound
    return Cofunding(cofunder, await _pledges(session, cofunder_id), await _direct(session, cofunder_id))


async def _pledges(session: Session, cofunder_id: UUID) -> list[Given]:
    statement = (
        select(Pledge, Fund, col(Deposit.amount))
        .join(Fund, col(Fund.id) == col(Pledge.fund_id))
        .outerjoin(Deposit, col(Deposit.pledge_id) == col(Pledge.id))
        .where(col(Pledge.cofunder_id) == cofunder_id)
        .order_by(col(Pledge.declared_at).desc(), col(Pledge.id).desc())
    )
    return [Given(*row) for row in await session.execute(statement)]


async def _direct(session: Session, cofunder_id: UUID) -> list[tuple[Deposit, Fund]]:
    statement = (
        select(Deposit, Fund)
        .join(Fund, col(Fund.id) == col(Deposit.fund_id))
        .where(col(Deposit.cofunder_id) == cofunder_id, col(Deposit.pledge_id).is_(None))
        .order_by(col(Deposit.at).desc(), col(Deposit.id).desc())
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
