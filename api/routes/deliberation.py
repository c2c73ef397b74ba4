"""Committee sessions, rankings and minutes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from service.contests.usecases import get_contest as require_contest
from service.core.errors import NotFound
from service.core.money import Money
from service.deliberation import attendance, minutes, presentations, ranking, sessions
from service.deliberation import usecases as deliberation
from service.deliberation.announced import announced_page
from service.deliberation.models import Capacity, PresentationStatus, SessionStatus
from service.deliberation.shapes import AbsenceIn, ArrivalIn, NarrativeIn, SessionIn

router = new_router("deliberation")


class SessionOut(Out):
    """A session; ``number`` is gap-free per office and year."""

    id: UUID
    office_id: UUID
    committee_id: UUID
    year: int
    number: int
    title: str
    place: str
    ubigeo: str
    agenda: str
    convened_for: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    status: SessionStatus


class QuorumOut(Out):
    """The quorum at this moment."""

    appointed: int
    present: int
    needed: int
    chair_present: bool


class AttendanceOut(Out):
    """Somebody's presence."""

    id: UUID
    person_id: UUID
    capacity: Capacity
    came_at: datetime
    left_at: datetime | None


class PresentationOut(BaseModel):
    """A turn."""

    application_id: UUID
    position: int
    code: str
    applicant: str
    status: PresentationStatus


class RunOut(Out):
    """A run of the judge: ``result`` has the format of docs/bundle.md."""

    id: UUID
    contest_id: UUID
    ran_at: datetime
    inputs_sha256: str
    rules_sha256: str
    provisional: bool
    result: dict[str, Any]


class RankedOut(Out):
    """An applicant's line in an announced result."""

    rank: int | None
    code: str
    applicant: str
    district: str
    stages: dict[str, str]
    total_shown: str | None
    status: str
    award: Money | None
    reasons: list[str]


class RankingOut(BaseModel):
    """A page of an announced result."""

    total: int
    lines: list[RankedOut]


class MinutesOut(Out):
    """Closed minutes with the hash of their canonical data."""

    id: UUID
    session_id: UUID
    number: str
    data: dict[str, Any]
    data_sha256: str
    closed_at: datetime


class DepartureIn(BaseModel, extra="forbid"):
    """Who leaves."""

    person_id: UUID


@router.get("/offices/{office_id}/sessions")
async def list_sessions(session: Work, who: Who, office_id: UUID) -> list[SessionOut]:
    """The sessions of an office, the newest first."""
    return [SessionOut.of(entry.session) for entry in await deliberation.list_sessions(session, who, office_id)]


@router.post("/sessions", status_code=201)
async def convene_session(session: Work, who: Who, given: SessionIn) -> SessionOut:
    """Convene a session for some contests."""
    return SessionOut.of(await sessions.convene_session(session, who, given))


@router.get("/sessions/{session_id}")
async def get_session(session: Work, who: Anyone, session_id: UUID) -> SessionOut:
    """A session."""
    return SessionOut.of((await deliberation.get_session(session, who, session_id)).session)


@router.get("/sessions/{session_id}/quorum")
async def quorum(session: Work, who: Who, session_id: UUID) -> QuorumOut:
    """The quorum of a session at this moment."""
    await deliberation.get_session(session, who, session_id)
    return QuorumOut.of(await deliberation.quorum_of(session, session_id))


@router.get("/sessions/{session_id}/attendance")
async def list_attendance(session: Work, who: Who, session_id: UUID) -> list[AttendanceOut]:
    """Who came and went."""
    return [AttendanceOut.of(row) for row, _ in await deliberation.list_attendance(session, who, session_id)]


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
    return SessionOut.of(await sessions.open_session(session, who, session_id))


@router.post("/sessions/{session_id}/field-results", status_code=201)
async def hand_out_field_results(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Hand out the field results; the field stages close."""
    return SessionOut.of(await sessions.hand_out_field_results(session, who, session_id))


@router.get("/sessions/{session_id}/presentations")
async def list_presentations(session: Work, who: Who, session_id: UUID) -> list[PresentationOut]:
    """The turns in their order."""
    return [
        PresentationOut(
            application_id=each.presentation.application_id,
            position=each.presentation.position,
            code=each.code,
            applicant=each.applicant,
            status=each.presentation.status,
        )
        for each in await deliberation.list_presentations(session, who, session_id)
    ]


@router.post("/applications/{application_id}/presentation/call", status_code=204)
async def call_presentation(session: Work, who: Who, application_id: UUID) -> None:
    """Call a group to present."""
    await presentations.call_presentation(session, who, application_id)


@router.post("/applications/{application_id}/presentation/defence", status_code=204)
async def hear_defence(session: Work, who: Who, application_id: UUID) -> None:
    """A group has presented and answered."""
    await presentations.hear_defence(session, who, application_id)


@router.post("/applications/{application_id}/presentation/closing", status_code=204)
async def close_presentation(session: Work, who: Who, application_id: UUID) -> None:
    """All sheets of a presentation are locked."""
    await presentations.close_presentation(session, who, application_id)


@router.post("/sessions/{session_id}/absences", status_code=204)
async def record_absence(session: Work, who: Who, session_id: UUID, given: AbsenceIn) -> None:
    """Record that a seated juror is absent for an item."""
    await presentations.record_absence(session, who, session_id, given)


@router.post("/sessions/{session_id}/tally", status_code=201)
async def tally(session: Work, who: Who, session_id: UUID) -> list[RunOut]:
    """Close scoring and run the judge over every contest."""
    return [RunOut.of(run) for run in await ranking.tally(session, who, session_id)]


@router.post("/sessions/{session_id}/reopening", status_code=201)
async def reopen(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Reopen a tallied session for what is still pending."""
    return SessionOut.of(await ranking.reopen(session, who, session_id))


@router.post("/sessions/{session_id}/announcement", status_code=201)
async def announce(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Announce the result; refused while anything is pending."""
    return SessionOut.of(await ranking.announce(session, who, session_id))


@router.get("/contests/{contest_id}/ranking")
async def get_ranking(session: Work, who: Anyone, contest_id: UUID, offset: int = 0, limit: int = 50) -> RankingOut:
    """A page of a contest's announced result; 404 before it is announced."""
    await require_contest(session, who, contest_id)
    found = await announced_page(session, contest_id, min(max(offset, 0), 1_000_000), min(max(limit, 1), 200))
    if found is None:
        raise NotFound
    return RankingOut(total=found.total, lines=[RankedOut.of(line) for line in found.lines])


@router.post("/sessions/{session_id}/narrative", status_code=204)
async def edit_minutes(session: Work, who: Who, session_id: UUID, given: NarrativeIn) -> None:
    """Write the paragraphs of the minutes, until they are closed."""
    await minutes.edit_minutes(session, who, session_id, given)


@router.post("/sessions/{session_id}/minutes", status_code=201)
async def close_minutes(session: Work, who: Who, session_id: UUID) -> MinutesOut:
    """Close the minutes: their data freeze under a hash."""
    return MinutesOut.of(await minutes.close_minutes(session, who, session_id))


@router.get("/sessions/{session_id}/minutes")
async def get_minutes(session: Work, who: Anyone, session_id: UUID) -> MinutesOut:
    """Closed minutes: published ones for everybody."""
    return MinutesOut.of((await deliberation.get_minutes(session, who, session_id)).minutes)


@router.post("/sessions/{session_id}/signature", status_code=204)
async def sign_minutes(session: Work, who: Who, session_id: UUID) -> None:
    """Sign the minutes as a member present; with the last signature the awards are made."""
    await minutes.sign_minutes(session, who, session_id)


@router.post("/sessions/{session_id}/publication", status_code=201)
async def publish_minutes(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Publish signed minutes."""
    return SessionOut.of(await minutes.publish_minutes(session, who, session_id))
