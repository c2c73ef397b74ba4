"""Queries about contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, literal, or_, select
from sqlmodel import SQLModel, col

from service.applications.models import Application, Proposal
from service.contests.models import ApplicantKind, Call, Contest
from service.contracts.models import Contract, ContractDraft, ContractStatus, InkSignature
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.models import Award, CommitteeSession, Minutes, RankedApplication
from service.funding.models import Cofunder, Pledge, PledgeStatus, Reservation, ReservationStatus
from service.people.groups import Group
from service.people.models import Committee, Person, RoleGrant

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Basis:
    """What a contract rests on: the award, what was awarded, and the minutes that say so."""

    award: Award
    application: Application
    proposal: Proposal
    contest: Contest
    call: Call
    group: Group
    minutes: Minutes
    committee: Committee
    ranked: RankedApplication


@dataclass(frozen=True)
class OpenAward:
    """An award whose money is reserved and waits for a contract, with the draft of one if there is."""

    award: Award
    application: Application
    proposal: Proposal
    contest: Contest
    group: Group
    office_id: UUID
    draft: ContractDraft | None


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


async def basis_of(session: Session, award_id: UUID) -> Basis:
    """What an award rests on. Raises ``NotFound``."""
    statement = (
        select(Award, Application, Proposal, Contest, Call, Group, Minutes, Committee, RankedApplication)
        .join(Application, col(Application.id) == col(Award.application_id))
        .join(Proposal, col(Proposal.id) == col(Application.proposal_id))
        .join(Contest, col(Contest.id) == col(Award.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .join(Group, col(Group.id) == col(Application.group_id))
        .join(Minutes, col(Minutes.id) == col(Award.minutes_id))
        .join(CommitteeSession, col(CommitteeSession.id) == col(Minutes.session_id))
        .join(Committee, col(Committee.id) == col(CommitteeSession.committee_id))
        .join(
            RankedApplication,
            (col(RankedApplication.run_id) == col(Award.run_id))
            & (col(RankedApplication.application_id) == col(Award.application_id)),
        )
        .where(col(Award.id) == award_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return Basis(*row)


async def draft_of(session: Session, award_id: UUID) -> ContractDraft | None:
    """The draft for an award."""
    return await session.scalar(select(ContractDraft).where(col(ContractDraft.award_id) == award_id))


async def live_contract_of(session: Session, award_id: UUID) -> Contract | None:
    """The contract for an award that is not annulled."""
    live = (col(Contract.award_id) == award_id, col(Contract.status) != ContractStatus.ANNULLED)
    return await session.scalar(select(Contract).where(*live))


async def cofunders_of(session: Session, fund_id: UUID, group_id: UUID) -> list[str]:
    """The names of those who pledged to a fund for a group's plans, in order of name."""
    statement = (
        select(col(Cofunder.name))
        .join(Pledge, col(Pledge.cofunder_id) == col(Cofunder.id))
        .where(
            col(Pledge.fund_id) == fund_id,
            col(Pledge.group_id) == group_id,
            col(Pledge.status) != PledgeStatus.DEFAULTED,
        )
        .distinct()
        .order_by(col(Cofunder.name))
    )
    return list(await session.scalars(statement))


async def heads_on(session: Session, office_id: UUID, day: date) -> list[Person]:
    """Who is head of an office on a day, by name."""
    statement = (
        select(Person)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .where(
            col(RoleGrant.role) == Role.OFFICE_HEAD,
            or_(col(RoleGrant.office_id) == office_id, col(RoleGrant.office_id).is_(None)),
            col(RoleGrant.since) <= day,
            or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > day),
        )
        .distinct()
        .order_by(col(Person.sort_key), col(Person.id))
    )
    return list(await session.scalars(statement))


async def signatures_of(session: Session, contract_ids: Sequence[UUID]) -> list[InkSignature]:
    """The scans registered for contracts, refused ones too, in the order they came."""
    statement = select(InkSignature).where(col(InkSignature.contract_id).in_(contract_ids))
    return list(await session.scalars(statement.order_by(col(InkSignature.registered_at), col(InkSignature.id))))


async def contracts_of(session: Session, office_id: UUID, group_id: UUID | None, limit: int) -> Sequence[Contract]:
    """The contracts of an office (of one group, if given), the newest first."""
    statement = select(Contract).where(col(Contract.office_id) == office_id)
    if group_id is not None:
        statement = statement.where(col(Contract.group_id) == group_id)
    newest = statement.order_by(col(Contract.numbered_at).desc(), col(Contract.id).desc()).limit(limit)
    return (await session.scalars(newest)).all()


async def contracts_of_group(session: Session, group_id: UUID) -> Sequence[Contract]:
    """The contracts of a group in every office, the newest first."""
    newest = (
        select(Contract)
        .where(col(Contract.group_id) == group_id)
        .order_by(col(Contract.numbered_at).desc(), col(Contract.id).desc())
    )
    return (await session.scalars(newest)).all()


async def drafts_of(session: Session, office_id: UUID) -> list[ContractDraft]:
    """The drafts of an office whose award has no contract, oldest change first."""
    live = select(col(Contract.id)).where(
        col(Contract.award_id) == col(ContractDraft.award_id), col(Contract.status) != ContractStatus.ANNULLED
    )
    statement = (
        select(ContractDraft)
        .join(Award, col(Award.id) == col(ContractDraft.award_id))
        .join(Contest, col(Contest.id) == col(Award.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(Call.office_id) == office_id, ~live.exists())
        .order_by(col(ContractDraft.updated_at), col(ContractDraft.id))
    )
    return list(await session.scalars(statement))


async def open_awards(session: Session, *conditions: ColumnElement[bool]) -> list[OpenAward]:
    """The awards to first requests of groups that fulfil ``conditions`` and wait for a contract, by contest and rank."""
    statement = (
        select(Award, Application, Proposal, Contest, Group, col(Call.office_id), ContractDraft)
        .join(Application, col(Application.id) == col(Award.application_id))
        .join(Proposal, col(Proposal.id) == col(Application.proposal_id))
        .join(Contest, col(Contest.id) == col(Award.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .join(Group, col(Group.id) == col(Application.group_id))
        .join(Reservation, col(Reservation.subject) == literal("award:").concat(cast(col(Award.id), String)))
        .outerjoin(ContractDraft, col(ContractDraft.award_id) == col(Award.id))
        .where(
            col(Contest.request_number) == 1,
            col(Contest.applicant_kind) == ApplicantKind.GROUP,
            col(Reservation.status) == ReservationStatus.HELD,
            *conditions,
        )
        .order_by(col(Contest.code), col(Award.rank), col(Application.code))
    )
    return [OpenAward(*row) for row in await session.execute(statement)]
