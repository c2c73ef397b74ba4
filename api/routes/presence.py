"""The presence of families at the visit."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.applications.presence_rules import Answer
from service.applications.shapes import PresentIn, TakeBackIn
from service.contests.shapes import ReasonIn
from service.scoring import presence

router = new_router("presence")


class DniAnswerOut(Out):
    """What a typed DNI turned out to be, and of whom."""

    typed: str
    answer: Answer
    name: str
    families: str


class ClosingOut(Out):
    """What a closed check counted."""

    check_number: int
    present: int
    families: int
    at: datetime


class CheckOut(Out):
    """A check that is open; a further one has its reason."""

    number: int
    reason: str | None
    opened_at: datetime


class OnRollOut(BaseModel):
    """A person of the roll, and whether the person is there."""

    family: str
    person_id: UUID
    name: str
    dni: str | None
    present: bool


class PresenceOut(BaseModel):
    """The list of an application, its families counted as they are now, and every closing in order."""

    open: bool
    families: int
    families_present: int
    roll: list[OnRollOut]
    closings: list[ClosingOut]


@router.get("/applications/{application_id}/presence")
async def get_presence(session: Work, who: Who, application_id: UUID) -> PresenceOut:
    """The roll with who is there, for jurors of the field stage and the office."""
    found = await presence.presence_list(session, who, application_id)
    return PresenceOut(
        open=found.open,
        families=found.families,
        families_present=found.families_present,
        roll=[
            OnRollOut(
                family=place.family,
                person_id=place.person_id,
                name=place.name,
                dni=place.dni,
                present=(place.family_id, place.person_id) in found.present,
            )
            for place in found.roll
        ],
        closings=[ClosingOut.of(closing) for _, closing in found.checks if closing],
    )


@router.post("/applications/{application_id}/presence/entries", status_code=201)
async def enter_present(session: Work, who: Who, application_id: UUID, given: PresentIn) -> list[DniAnswerOut]:
    """Enter who is there; each DNI is answered."""
    return [DniAnswerOut.of(each) for each in await presence.enter_present(session, who, application_id, given)]


@router.post("/applications/{application_id}/presence/take-back", status_code=204)
async def take_back_present(session: Work, who: Who, application_id: UUID, given: TakeBackIn) -> None:
    """Take back a mistaken tick."""
    await presence.take_back_present(session, who, application_id, given)


@router.post("/applications/{application_id}/presence/closing", status_code=201)
async def close_presence(session: Work, who: Who, application_id: UUID) -> ClosingOut:
    """Count the families and write the share."""
    return ClosingOut.of(await presence.close_presence(session, who, application_id))


@router.post("/applications/{application_id}/presence/correction", status_code=201)
async def reopen_presence(session: Work, who: Who, application_id: UUID, given: ReasonIn) -> CheckOut:
    """Begin a further check."""
    return CheckOut.of(await presence.reopen_presence(session, who, application_id, given))
