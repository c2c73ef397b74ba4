"""Signing in; persons, offices, roles, groups, accounts and committees."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from api.deps import Who, Work, new_router
from api.routes.answers import IdOut, Out
from api.routes.lookalikes import PairOut, pair_out
from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.people import account_usecases, group_usecases, lookalike_usecases, usecases
from service.people.groups import AccountStatus, BoardRole, GroupKind, Registration
from service.people.models import Person, Position, Sex
from service.people.shapes import (
    AccountDecisionIn,
    AccountIn,
    AppointmentIn,
    CommitteeIn,
    GrantIn,
    GroupIn,
    MandateIn,
    NecIn,
    OfficeIn,
    PersonIn,
    RollIn,
)

router = new_router("people")


class MeOut(BaseModel):
    """Who is asking."""

    person_id: UUID
    name: str
    roles: list[tuple[Role, UUID | None]]


class PersonOut(Out):
    """A person."""

    id: UUID
    dni: str | None
    given_names: str
    family_names: str
    sex: Sex
    birth_date: date | None
    mobile: str | None


class PersonAlikeOut(PersonOut):
    """A person just registered or corrected, and whom the person looks like."""

    lookalikes: list[PairOut]


class OfficeOut(Out):
    """An office."""

    id: UUID
    code: str
    name: str
    address: str
    ubigeo: str
    nec_id: UUID


class GroupOut(Out):
    """A group."""

    id: UUID
    office_id: UUID
    kind: GroupKind
    name: str
    ruc: str | None
    registration: Registration
    registry_sheet: str | None
    ubigeo: str
    place: str


class GroupAlikeOut(GroupOut):
    """A group just entered, and what it looks like."""

    lookalikes: list[PairOut]


class MandateOut(Out):
    """A mandate on a board."""

    id: UUID
    group_id: UUID
    person_id: UUID
    role: BoardRole
    since: date
    until: date


class AccountOut(Out):
    """A beneficiary account; of the CCI the last four digits."""

    id: UUID
    bank: str
    cci: str
    holder: str
    status: AccountStatus


class WholeAccountOut(AccountOut):
    """A beneficiary account with its whole numbers."""

    number: str


class CommitteeOut(Out):
    """A committee."""

    id: UUID
    office_id: UUID
    name: str


class AppointmentOut(Out):
    """A member's term in a committee."""

    id: UUID
    committee_id: UUID
    person_id: UUID
    position: Position
    origin: str
    since: date
    until: date | None


@router.get("/me")
async def me(who: Who) -> MeOut:
    """The signed-in person."""
    return MeOut(person_id=who.person_id, name=who.name, roles=sorted((grant.role, grant.office_id) for grant in who.grants))


@router.get("/persons")
async def list_persons(session: Work, who: Who, search: str = "", limit: int = 50) -> list[PersonOut]:
    """Persons by DNI or by how their family names begin."""
    return [PersonOut.of(row) for row in await usecases.list_persons(session, who, search, min(max(limit, 1), 200))]


@router.post("/persons", status_code=201)
async def create_person(session: Work, who: Who, given: PersonIn) -> PersonAlikeOut:
    """Register a person; the answer says whom the person looks like."""
    return await _person(session, who, await usecases.create_person(session, who, given))


@router.get("/persons/{person_id}")
async def get_person(session: Work, who: Who, person_id: UUID) -> PersonOut:
    """A person."""
    return PersonOut.of(await usecases.get_person(session, who, person_id))


@router.post("/persons/{person_id}/correction")
async def correct_person(session: Work, who: Who, person_id: UUID, given: PersonIn) -> PersonAlikeOut:
    """Correct what is known of a person; the answer says whom the person looks like."""
    return await _person(session, who, await usecases.correct_person(session, who, person_id, given))


async def _person(session: Session, who: Actor, person: Person) -> PersonAlikeOut:
    alike = await lookalike_usecases.persons_like(session, who, person.id)
    return PersonAlikeOut(**PersonOut.of(person).model_dump(), lookalikes=[pair_out(each) for each in alike])


@router.post("/persons/{person_id}/roles", status_code=201)
async def grant_role(session: Work, who: Who, person_id: UUID, given: GrantIn) -> IdOut:
    """Give a person a role."""
    return IdOut.of(await usecases.grant_role(session, who, person_id, given))


@router.post("/necs", status_code=201)
async def create_nec(session: Work, who: Who, given: NecIn) -> IdOut:
    """Enter an executing nucleus."""
    return IdOut.of(await usecases.create_nec(session, who, given))


@router.get("/offices")
async def list_offices(session: Work, who: Who) -> list[OfficeOut]:
    """Every office."""
    return [OfficeOut.of(row) for row in await usecases.list_offices(session, who)]


@router.post("/offices", status_code=201)
async def create_office(session: Work, who: Who, given: OfficeIn) -> OfficeOut:
    """Open an office."""
    return OfficeOut.of(await usecases.create_office(session, who, given))


@router.get("/offices/{office_id}/groups")
async def list_groups(session: Work, who: Who, office_id: UUID, search: str = "", limit: int = 50) -> list[GroupOut]:
    """The groups of an office."""
    rows = await group_usecases.list_groups(session, who, office_id, search, min(max(limit, 1), 200))
    return [GroupOut.of(row) for row in rows]


@router.post("/groups", status_code=201)
async def create_group(session: Work, who: Who, given: GroupIn) -> GroupAlikeOut:
    """Enter a group; the answer says what it looks like."""
    group = await group_usecases.create_group(session, who, given)
    alike = await lookalike_usecases.groups_like(session, who, group.id)
    return GroupAlikeOut(**GroupOut.of(group).model_dump(), lookalikes=[pair_out(each) for each in alike])


@router.get("/groups/{group_id}")
async def get_group(session: Work, who: Who, group_id: UUID) -> GroupOut:
    """A group."""
    return GroupOut.of(await group_usecases.get_group(session, who, group_id))


@router.get("/groups/{group_id}/mandates")
async def list_mandates(session: Work, who: Who, group_id: UUID) -> list[MandateOut]:
    """The mandates on a group's board, past ones too."""
    return [MandateOut.of(row) for row, _ in await group_usecases.list_mandates(session, who, group_id)]


@router.post("/groups/{group_id}/mandates", status_code=201)
async def add_mandate(session: Work, who: Who, group_id: UUID, given: MandateIn) -> MandateOut:
    """Enter a mandate."""
    return MandateOut.of(await group_usecases.add_mandate(session, who, group_id, given))


@router.post("/groups/{group_id}/families", status_code=201)
async def register_families(session: Work, who: Who, group_id: UUID, given: RollIn) -> list[IdOut]:
    """Enter families on a group's roll: all or none."""
    return [IdOut.of(row) for row in await group_usecases.register_families(session, who, group_id, given)]


@router.get("/groups/{group_id}/accounts")
async def list_accounts(session: Work, who: Who, group_id: UUID) -> list[AccountOut]:
    """A group's accounts, past ones too."""
    return [AccountOut.of(row) for row in await account_usecases.list_accounts(session, who, group_id)]


@router.post("/accounts/{account_id}/readings", status_code=201, response_model=WholeAccountOut)
async def read_account(session: Work, who: Who, account_id: UUID) -> Response:
    """An account with its whole numbers, for those who handle payments; the record keeps who read it."""
    _, account = await account_usecases.read_account(session, who, account_id)
    return JSONResponse(WholeAccountOut.of(account).model_dump(mode="json"), 201, {"Cache-Control": "no-store"})


@router.post("/groups/{group_id}/accounts", status_code=201)
async def propose_account(session: Work, who: Who, group_id: UUID, given: AccountIn) -> IdOut:
    """Propose an account, or its change; it waits for a second officer."""
    return IdOut.of(await account_usecases.propose_account(session, who, group_id, given))


@router.post("/accounts/{account_id}/decision")
async def decide_account(session: Work, who: Who, account_id: UUID, given: AccountDecisionIn) -> IdOut:
    """Say, as another officer, whether a proposed account is right."""
    return IdOut.of(await account_usecases.decide_account(session, who, account_id, given))


@router.get("/offices/{office_id}/committees")
async def list_committees(session: Work, who: Who, office_id: UUID) -> list[CommitteeOut]:
    """The committees of an office."""
    return [CommitteeOut.of(row) for row in await usecases.list_committees(session, who, office_id)]


@router.post("/committees", status_code=201)
async def create_committee(session: Work, who: Who, given: CommitteeIn) -> CommitteeOut:
    """Set up a committee."""
    return CommitteeOut.of(await usecases.create_committee(session, who, given))


@router.get("/committees/{committee_id}/appointments")
async def list_appointments(session: Work, who: Who, committee_id: UUID) -> list[AppointmentOut]:
    """The members of a committee, past ones too."""
    return [AppointmentOut.of(row) for row, _ in await usecases.list_appointments(session, who, committee_id)]


@router.post("/committees/{committee_id}/appointments", status_code=201)
async def appoint_member(session: Work, who: Who, committee_id: UUID, given: AppointmentIn) -> AppointmentOut:
    """Appoint a member."""
    return AppointmentOut.of(await usecases.appoint_member(session, who, committee_id, given))
