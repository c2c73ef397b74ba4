"""Committee sessions: convening and opening them, who comes, the presentations."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from service.contests.models import ContestStatus, PlanType
from service.core.db import Session
from service.deliberation import attendance, presentations, sessions
from service.deliberation import usecases as deliberation
from service.deliberation.models import Capacity, CommitteeSession, PresentationStatus, SessionStatus
from service.deliberation.queries import SessionEntry
from service.deliberation.shapes import AbsenceIn, ArrivalIn, OrderDrawIn, SessionIn

router = new_router("deliberation")


class SessionOut(Out):
    """A session; ``number`` is gap-free per office and year, ``written_number`` is how papers print it."""

    id: UUID
    office_id: UUID
    committee_id: UUID
    year: int
    number: int
    written_number: str
    title: str
    place: str
    ubigeo: str
    agenda: str
    convened_for: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    status: SessionStatus

    @classmethod
    def from_entry(cls, entry: SessionEntry) -> Self:
        """The answer for a session with its number."""
        return cls(**entry.session.model_dump(), written_number=entry.number)


class SessionContestOut(Out):
    """A contest that a session decides, or can be convened for."""

    id: UUID
    code: str
    title: str
    plan_type: PlanType
    request_number: int
    status: ContestStatus


class QuorumOut(Out):
    """The quorum at this moment; ``holds`` is whether the committee can act."""

    appointed: int
    present: int
    needed: int
    chair_present: bool
    holds: bool


class AttendanceOut(Out):
    """Somebody's presence."""

    id: UUID
    person_id: UUID
    capacity: Capacity
    came_at: datetime
    left_at: datetime | None


class PresentOut(AttendanceOut):
    """Somebody's presence, with the name."""

    name: str


class TurnOut(Out):
    """How far an application's turn has come."""

    application_id: UUID
    session_id: UUID
    position: int
    status: PresentationStatus


class PresentationOut(TurnOut):
    """A turn, with who takes it."""

    contest_id: UUID
    code: str
    applicant: str
    title: str


class PanelSeatOut(Out):
    """A juror's seat in a stage of a contest that the session decides; ``label`` names the stage as the rule book does."""

    contest_id: UUID
    stage: str
    label: dict[str, str] | str | None
    person_id: UUID
    juror: str
    name: str


class AbsenceOut(Out):
    """A juror's absence from an item, as just recorded."""

    application_id: UUID
    stage: str
    person_id: UUID
    at: datetime


class AbsenceEntryOut(Out):
    """A juror's absence from an item, as the minutes name it."""

    contest_id: UUID
    code: str
    applicant: str
    stage: str
    juror: str


class DepartureIn(BaseModel, extra="forbid"):
    """Who leaves."""

    person_id: UUID


async def session_out(session: Session, row: CommitteeSession) -> SessionOut:
    """The answer for a session that was just moved on."""
    return SessionOut.from_entry(SessionEntry(row, await sessions.number_of(session, row)))


@router.get("/offices/{office_id}/sessions")
async def list_sessions(session: Work, who: Who, office_id: UUID, offset: int = 0, limit: int = 50) -> list[SessionOut]:
    """The sessions of an office, the newest first."""
    at, most = min(max(offset, 0), 1_000_000), min(max(limit, 1), 200)
    return [SessionOut.from_entry(entry) for entry in await deliberation.list_sessions(session, who, office_id, most, at)]


@router.get("/offices/{office_id}/contests-to-decide")
async def list_contests_to_decide(session: Work, who: Who, office_id: UUID) -> list[SessionContestOut]:
    """The published contests of an office that no session decides yet."""
    return [SessionContestOut.of(row) for row in await deliberation.list_contests_to_decide(session, who, office_id)]


@router.get("/me/sessions")
async def my_sessions(session: Work, who: Who) -> list[SessionOut]:
    """The sessions of the committees that one is or was appointed to, the newest first."""
    return [SessionOut.from_entry(entry) for entry in await deliberation.my_sessions(session, who)]


@router.post("/sessions", status_code=201)
async def convene_session(session: Work, who: Who, given: SessionIn) -> SessionOut:
    """Convene a session for some contests."""
    return await session_out(session, await sessions.convene_session(session, who, given))


@router.get("/sessions/{session_id}")
async def get_session(session: Work, who: Anyone, session_id: UUID) -> SessionOut:
    """A session: published ones for everybody."""
    return SessionOut.from_entry(await deliberation.get_session(session, who, session_id))


@router.get("/sessions/{session_id}/contests")
async def list_contests_of(session: Work, who: Who, session_id: UUID) -> list[SessionContestOut]:
    """The contests that a session decides."""
    return [SessionContestOut.of(row) for row in await deliberation.list_contests_of(session, who, session_id)]


@router.get("/sessions/{session_id}/quorum")
async def get_quorum(session: Work, who: Who, session_id: UUID) -> QuorumOut:
    """The quorum of a session at this moment."""
    await deliberation.get_session(session, who, session_id)
    return QuorumOut.of(await deliberation.quorum_of(session, session_id))


@router.get("/sessions/{session_id}/attendance")
async def list_attendance(session: Work, who: Who, session_id: UUID) -> list[PresentOut]:
    """Who came and went, in the order of coming."""
    rows = await deliberation.list_attendance(session, who, session_id)
    return [PresentOut(**AttendanceOut.of(row).model_dump(), name=person.name) for row, person in rows]


@router.post("/sessions/{session_id}/arrivals", status_code=201)
async def record_arrival(session: Work, who: Who, session_id: UUID, given: ArrivalIn) -> AttendanceOut:
    """Record that somebody came."""
    return AttendanceOut.of(await attendance.record_arrival(session, who, session_id, given))


@router.post("/sessions/{session_id}/departures", status_code=201)
async def record_departure(session: Work, who: Who, session_id: UUID, given: DepartureIn) -> AttendanceOut:
    """Record that somebody left."""
    return AttendanceOut.of(await attendance.record_departure(session, who, session_id, given.person_id))


@router.post("/sessions/{session_id}/opening", status_code=201)
async def open_session(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Open a session, with quorum."""
    return await session_out(session, await sessions.open_session(session, who, session_id))


@router.post("/sessions/{session_id}/field-results", status_code=201)
async def hand_out_field_results(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Hand out the field results; the field stages close."""
    return await session_out(session, await sessions.hand_out_field_results(session, who, session_id))


@router.post("/sessions/{session_id}/order", status_code=201)
async def draw_order(session: Work, who: Who, session_id: UUID, given: OrderDrawIn) -> list[TurnOut]:
    """Draw the order of the presentations, once."""
    return [TurnOut.of(each) for each in await presentations.draw_order(session, who, session_id, given)]


@router.get("/sessions/{session_id}/presentations")
async def list_presentations(session: Work, who: Who, session_id: UUID) -> list[PresentationOut]:
    """The turns in their order."""
    return [
        PresentationOut(
            **TurnOut.of(each.presentation).model_dump(),
            contest_id=each.contest_id,
            code=each.code,
            applicant=each.applicant,
            title=each.title,
        )
        for each in await deliberation.list_presentations(session, who, session_id)
    ]


@router.post("/applications/{application_id}/presentation/call", status_code=201)
async def call_presentation(session: Work, who: Who, application_id: UUID) -> TurnOut:
    """Call a group to present."""
    return TurnOut.of(await presentations.call_presentation(session, who, application_id))


@router.post("/applications/{application_id}/presentation/defence", status_code=201)
async def hear_defence(session: Work, who: Who, application_id: UUID) -> TurnOut:
    """A group has presented and answered."""
    return TurnOut.of(await presentations.hear_defence(session, who, application_id))


@router.post("/applications/{application_id}/presentation/taking-back", status_code=201)
async def take_turn_back(session: Work, who: Who, application_id: UUID) -> TurnOut:
    """Take the last step of a turn back, as long as it is not scored."""
    return TurnOut.of(await presentations.take_turn_back(session, who, application_id))


@router.post("/applications/{application_id}/presentation/closing", status_code=201)
async def close_presentation(session: Work, who: Who, application_id: UUID) -> TurnOut:
    """All sheets of a presentation are locked."""
    return TurnOut.of(await presentations.close_presentation(session, who, application_id))


@router.get("/sessions/{session_id}/panel")
async def list_panel(session: Work, who: Who, session_id: UUID) -> list[PanelSeatOut]:
    """The jurors seated in the contests of a session, by contest and stage."""
    return [PanelSeatOut.of(seat) for seat in (await deliberation.view_session(session, who, session_id)).panel]


@router.get("/sessions/{session_id}/absences")
async def list_absences(session: Work, who: Who, session_id: UUID) -> list[AbsenceEntryOut]:
    """The absences of jurors that the minutes name."""
    return [AbsenceEntryOut.of(row) for row in (await deliberation.view_session(session, who, session_id)).absences]


@router.post("/sessions/{session_id}/absences", status_code=201)
async def record_absence(session: Work, who: Who, session_id: UUID, given: AbsenceIn) -> AbsenceOut:
    """Record that a seated juror is absent for an item."""
    return AbsenceOut.of(await presentations.record_absence(session, who, session_id, given))
