"""Queries about groups, boards, rolls and accounts."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from service.core.db import Session
from service.people.groups import AccountStatus, BeneficiaryAccount, BoardMandate, BoardRole, Family, FamilyMember, Group
from service.people.models import Person

_SEATS = case({role.value: place for place, role in enumerate(BoardRole)}, value=col(BoardMandate.role))


async def group_with_ruc(session: Session, ruc: str) -> Group | None:
    """The group with this RUC."""
    return await session.scalar(select(Group).where(col(Group.ruc) == ruc))


async def offices_where(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """The offices of the groups on whose rolls or boards any of these persons stands or stood."""
    enrolled = (
        select(col(Family.group_id))
        .join(FamilyMember, col(FamilyMember.family_id) == col(Family.id))
        .where(col(FamilyMember.person_id).in_(person_ids))
    )
    seated = select(col(BoardMandate.group_id)).where(col(BoardMandate.person_id).in_(person_ids))
    where = or_(col(Group.id).in_(enrolled), col(Group.id).in_(seated))
    return set(await session.scalars(select(col(Group.office_id)).where(where)))


async def groups_of(session: Session, office_id: UUID, sort_prefix: str, limit: int) -> Sequence[Group]:
    """Groups of an office whose sort key begins with ``sort_prefix``, in order of name."""
    statement = (
        select(Group)
        .where(col(Group.office_id) == office_id, col(Group.sort_key).startswith(sort_prefix, autoescape=True))
        .order_by(col(Group.sort_key), col(Group.id))
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def mandates_of(session: Session, group_id: UUID) -> list[tuple[BoardMandate, Person]]:
    """Every mandate of a group's board with its person: by seat, then date."""
    statement = (
        select(BoardMandate, Person)
        .join(Person, col(Person.id) == col(BoardMandate.person_id))
        .where(col(BoardMandate.group_id) == group_id)
        .order_by(_SEATS, col(BoardMandate.since), col(BoardMandate.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def roll_of(session: Session, group_id: UUID) -> list[tuple[Family, FamilyMember, Person]]:
    """A group's roll: by family code, its head first, then by name."""
    statement = (
        select(Family, FamilyMember, Person)
        .join(FamilyMember, col(FamilyMember.family_id) == col(Family.id))
        .join(Person, col(Person.id) == col(FamilyMember.person_id))
        .where(col(Family.group_id) == group_id)
        .order_by(col(Family.code), col(FamilyMember.head).desc(), col(Person.sort_key), col(Person.id))
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def household(session: Session, person_id: UUID) -> set[UUID]:
    """The persons who share a family with a person, on any roll; the person too where on one."""
    mine, other = aliased(FamilyMember), aliased(FamilyMember)
    statement = (
        select(col(other.person_id))
        .join(mine, col(mine.family_id) == col(other.family_id))
        .where(col(mine.person_id) == person_id)
    )
    return set(await session.scalars(statement))


async def enrolled(session: Session, group_id: UUID) -> set[UUID]:
    """The persons on a group's roll."""
    statement = select(col(FamilyMember.person_id)).join(Family, col(Family.id) == col(FamilyMember.family_id))
    return set(await session.scalars(statement.where(col(Family.group_id) == group_id)))


async def accounts_of(session: Session, group_id: UUID) -> Sequence[BeneficiaryAccount]:
    """Every account of a group, the newest first."""
    of_group = select(BeneficiaryAccount).where(col(BeneficiaryAccount.group_id) == group_id)
    newest = of_group.order_by(col(BeneficiaryAccount.proposed_at).desc(), col(BeneficiaryAccount.id).desc())
    return (await session.scalars(newest.execution_options(populate_existing=True))).all()


async def account_in_use(session: Session, group_id: UUID) -> BeneficiaryAccount | None:
    """The confirmed account of a group."""
    in_use = (col(BeneficiaryAccount.group_id) == group_id, col(BeneficiaryAccount.status) == AccountStatus.CONFIRMED)
    return await session.scalar(select(BeneficiaryAccount).where(*in_use))
