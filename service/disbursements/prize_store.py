"""Queries about the prizes of family contests."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.applications.models import Application
from service.contests.models import PlanType
from service.contracts.models import Contract, ContractStatus
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.models import Award, Minutes, RankedApplication
from service.deliberation.standing import STANDS
from service.disbursements.models import PrizePayout
from service.people.groups import Family, FamilyMember
from service.people.models import Person


@dataclass(frozen=True)
class Prize:
    """An award to a family, with the family's head."""

    award: Award
    application: Application
    ranked: RankedApplication
    family: Family
    head: Person


async def payout_of(session: Session, contest_id: UUID) -> PrizePayout | None:
    """The payout of a contest's prizes."""
    return await session.scalar(select(PrizePayout).where(col(PrizePayout.contest_id) == contest_id))


async def prizes_of(session: Session, contest_id: UUID) -> list[Prize]:
    """The awards of a contest of families, by place, then by the application's code."""
    statement = (
        select(Award, Application, RankedApplication, Family, Person)
        .join(Application, col(Application.id) == col(Award.application_id))
        .join(
            RankedApplication,
            (col(RankedApplication.run_id) == col(Award.run_id))
            & (col(RankedApplication.application_id) == col(Award.application_id)),
        )
        .join(Family, col(Family.id) == col(Application.family_id))
        .join(FamilyMember, (col(FamilyMember.family_id) == col(Family.id)) & col(FamilyMember.head))
        .join(Person, col(Person.id) == col(FamilyMember.person_id))
        .where(col(Award.contest_id) == contest_id, STANDS)
        .order_by(col(Award.rank), col(Application.code))
    )
    return [Prize(*row) for row in await session.execute(statement)]


async def minutes_of_contest(session: Session, contest_id: UUID) -> Minutes:
    """The signed minutes whose awards a contest's prizes are. Raises ``NotFound``."""
    statement = select(Minutes).join(Award, col(Award.minutes_id) == col(Minutes.id)).where(col(Award.contest_id) == contest_id)
    minutes = (await session.scalars(statement.limit(1))).first()
    if minutes is None:
        raise NotFound
    return minutes


async def contract_of_host(session: Session, group_id: UUID) -> Contract | None:
    """The newest natural-resource contract of a community that holds family contests, if it is in force."""
    statement = select(Contract).where(
        col(Contract.group_id) == group_id,
        col(Contract.plan_type) == PlanType.PGRN,
        col(Contract.status) == ContractStatus.IN_FORCE,
    )
    return (await session.scalars(statement.order_by(col(Contract.numbered_at).desc()).limit(1))).first()
