"""Deputies of officers, and the duties kept apart by person."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import IdOut
from service.core.acts import Act, Role
from service.people import conflicts, deputies
from service.people.deputy_models import DeputyIn

router = new_router("people")


class DeputyOut(BaseModel):
    """Who stands in for whom, in which role, from when until when (the first day without), and how far it is."""

    id: UUID
    grant_id: UUID
    role: Role
    office_id: UUID | None
    holder: str
    person_id: UUID
    name: str
    since: date
    until: date
    reason: str
    resolution: str
    confirmed_at: datetime | None
    ended_at: datetime | None


class DutyOut(BaseModel):
    """Two acts on one thing that two persons do, and why."""

    earlier: Act
    later: Act
    why: str


class ConflictOut(BaseModel):
    """A person whose roles reach both acts of a pair."""

    person_id: UUID
    name: str
    earlier: Act
    later: Act
    roles: list[Role]


class AlikeOut(BaseModel):
    """Two officers who look like one person."""

    first_id: UUID
    first: str
    second_id: UUID
    second: str


class DutiesOut(BaseModel):
    """The pairs kept apart everywhere, and what an auditor looks at in one office."""

    pairs: list[DutyOut]
    conflicts: list[ConflictOut]
    alike: list[AlikeOut]


@router.post("/deputies", status_code=201)
async def name_deputy(session: Work, who: Who, given: DeputyIn) -> IdOut:
    """Name a deputy for a role of one's own; it waits for who gives roles."""
    return IdOut.of(await deputies.name_deputy(session, who, given))


@router.post("/deputies/{deputy_id}/confirmation", status_code=201)
async def confirm_deputy(session: Work, who: Who, deputy_id: UUID) -> IdOut:
    """Confirm a deputy, as a third person."""
    return IdOut.of(await deputies.confirm_deputy(session, who, deputy_id))


@router.post("/deputies/{deputy_id}/end", status_code=201)
async def end_deputy(session: Work, who: Who, deputy_id: UUID) -> IdOut:
    """End a deputyship at once."""
    return IdOut.of(await deputies.end_deputy(session, who, deputy_id))


@router.get("/offices/{office_id}/deputies")
async def list_deputies(session: Work, who: Who, office_id: UUID) -> list[DeputyOut]:
    """Every deputyship of an office's roles, past ones too."""
    return [
        DeputyOut(**view.deputy.model_dump(), role=view.role, office_id=view.office_id, holder=view.holder, name=view.name)
        for view in await deputies.list_deputies(session, who, office_id)
    ]


@router.get("/offices/{office_id}/duties")
async def list_duties(session: Work, who: Who, office_id: UUID) -> DutiesOut:
    """The duties kept apart by person, and whose roles meet in an office."""
    found = await conflicts.list_duties(session, who, office_id)
    return DutiesOut(
        pairs=[DutyOut(earlier=duty.earlier, later=duty.later, why=duty.why) for duty in found.pairs],
        conflicts=[
            ConflictOut(
                person_id=each.person_id,
                name=each.name,
                earlier=each.duty.earlier,
                later=each.duty.later,
                roles=list(each.roles),
            )
            for each in found.conflicts
        ],
        alike=[
            AlikeOut(first_id=each.first_id, first=each.first, second_id=each.second_id, second=each.second)
            for each in found.alike
        ],
    )
