"""Queries about sessions, rankings, minutes and awards."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import SQLModel, col

from service.applications.models import Application
from service.contests.models import Call, Contest, ContestStatus
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.models import (
    Attendance,
    Award,
    CommitteeSession,
    Minutes,
    Presentation,
    SessionContest,
)
from service.deliberation.standing import STANDS
from service.people.models import Appointment, Office, Person
from service.scoring.rules import JUDGED

T = TypeVar("T", bound=SQLModel)


async def fetch(session: Session, table: type[T], row_id: UUID) -> T:
    """A row by its identifier. Raises ``NotFound``."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


async def lock(session: Session, table: type[T], row_id: UUID) -> T:
    """A row by its identifier, as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def contests_of(session: Session, session_id: UUID) -> Sequence[Contest]:
    """The contests that a session decides, by code."""
    statement = (
        select(Contest)
        .join(SessionContest, col(SessionContest.contest_id) == col(Contest.id))
        .where(col(SessionContest.session_id) == session_id)
        .order_by(col(Contest.code), col(Contest.id))
    )
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def session_of_contest(session: Session, contest_id: UUID) -> CommitteeSession | None:
    """The session that decides a contest."""
    statement = (
        select(CommitteeSession)
        .join(SessionContest, col(SessionContest.session_id) == col(CommitteeSession.id))
        .where(col(SessionContest.contest_id) == contest_id)
    )
    return await session.scalar(statement)


async def contests_to_decide(session: Session, office_id: UUID) -> Sequence[Contest]:
    """The published contests of an office that no session decides, by code."""
    statement = (
        select(Contest)
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(Call.office_id) == office_id, col(Contest.status) == ContestStatus.PUBLISHED)
        .where(~select(SessionContest).where(col(SessionContest.contest_id) == col(Contest.id)).exists())
        .order_by(col(Contest.code), col(Contest.id))
    )
    return (await session.scalars(statement)).all()


async def sessions_of(session: Session, office_id: UUID, limit: int, offset: int) -> Sequence[CommitteeSession]:
    """The sessions of an office, the newest first."""
    newest = (col(CommitteeSession.year).desc(), col(CommitteeSession.number).desc())
    statement = select(CommitteeSession).where(col(CommitteeSession.office_id) == office_id).order_by(*newest)
    return (await session.scalars(statement.limit(limit).offset(offset))).all()


async def sessions_of_person(session: Session, person_id: UUID) -> Sequence[CommitteeSession]:
    """The sessions of committees that a person is or was appointed to, the newest first."""
    committees = select(col(Appointment.committee_id)).where(col(Appointment.person_id) == person_id)
    statement = select(CommitteeSession).where(col(CommitteeSession.committee_id).in_(committees))
    return (await session.scalars(statement.order_by(col(CommitteeSession.convened_for).desc()))).all()


async def office_codes(session: Session, office_ids: Collection[UUID]) -> dict[UUID, str]:
    """The codes of offices."""
    rows = await session.execute(select(col(Office.id), col(Office.code)).where(col(Office.id).in_(list(office_ids))))
    return {row[0]: row[1] for row in rows}


async def is_of_committee(session: Session, committee_id: UUID, person_id: UUID) -> bool:
    """Whether a person is or was appointed to a committee."""
    same = (col(Appointment.committee_id) == committee_id, col(Appointment.person_id) == person_id)
    return bool(await session.scalar(select(select(col(Appointment.id)).where(*same).exists())))


async def ordinal(session: Session, row: CommitteeSession) -> int:
    """Which session of its committee it is, counted from 1 in the order of numbers."""
    return int(
        (await session.execute(_ORDINAL, {"committee": row.committee_id, "year": row.year, "number": row.number})).scalar_one()
    )


async def attendance(session: Session, session_id: UUID) -> list[tuple[Attendance, Person]]:
    """Everybody who came, in the order of coming, then by name."""
    statement = (
        select(Attendance, Person)
        .join(Person, col(Person.id) == col(Attendance.person_id))
        .where(col(Attendance.session_id) == session_id)
        .order_by(col(Attendance.came_at), col(Person.sort_key), col(Attendance.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def here(session: Session, session_id: UUID, person_id: UUID) -> Attendance | None:
    """A person's presence that has not ended."""
    same = (col(Attendance.session_id) == session_id, col(Attendance.person_id) == person_id)
    return await session.scalar(select(Attendance).where(*same, col(Attendance.left_at).is_(None)))


async def judged_applications(session: Session, contest_ids: Collection[UUID]) -> Sequence[Application]:
    """The applications that take part in contests, in the order of filing."""
    statement = (
        select(Application)
        .where(col(Application.contest_id).in_(list(contest_ids)), col(Application.status).in_(JUDGED))
        .order_by(col(Application.filed_at), col(Application.code), col(Application.id))
    )
    return (await session.scalars(statement)).all()


async def presentations(session: Session, session_id: UUID) -> Sequence[Presentation]:
    """The turns of a session, in order."""
    statement = select(Presentation).where(col(Presentation.session_id) == session_id).order_by(col(Presentation.position))
    return (await session.scalars(statement)).all()


async def place_presentations(session: Session, session_id: UUID, order: Sequence[UUID]) -> None:
    """Put the turns of a session into an order; for a moment they stand below zero, since no two may share a place."""
    turns = {turn.application_id: turn for turn in await presentations(session, session_id)}
    for sign in (-1, 1):
        for place, application_id in enumerate(order, 1):
            turns[application_id].position = sign * place
        await session.flush()


async def applicants(session: Session, application_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Who applied, as papers and pages name them, by application."""
    rows = await session.execute(_APPLICANTS, {"applications": list(application_ids)})
    return {row.id: row for row in rows}


async def names(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of persons."""
    people = await session.scalars(select(Person).where(col(Person.id).in_(list(person_ids))))
    return {person.id: person.name for person in people}


async def minutes_of(session: Session, session_id: UUID) -> Minutes | None:
    """The closed minutes of a session."""
    return await session.scalar(select(Minutes).where(col(Minutes.session_id) == session_id))


async def award_of(session: Session, application_id: UUID) -> Award | None:
    """The award of an application that stands."""
    return await session.scalar(select(Award).where(col(Award.application_id) == application_id, STANDS))


async def awards_of(session: Session, contest_id: UUID) -> Sequence[Award]:
    """The awards of a contest that stand, by rank and application."""
    statement = select(Award).where(col(Award.contest_id) == contest_id, STANDS)
    return (await session.scalars(statement.order_by(col(Award.rank), col(Award.application_id)))).all()


async def absences(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The recorded absences in contests: application, stage and juror's name."""
    return list(await session.execute(_ABSENCES, {"contests": list(contest_ids)}))


async def superseded(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The sheets in contests that supersede another: application, stage, juror's name, reason and time."""
    return list(await session.execute(_SUPERSEDED, {"contests": list(contest_ids)}))


async def paper_sheets(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The sheets in contests that were typed from paper: application, stage, juror's name, code and the names of the two."""
    return list(await session.execute(_PAPER_SHEETS, {"contests": list(contest_ids)}))


async def recusals(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The recusals of seated jurors in contests: application, juror's name, origin and reasons."""
    return list(await session.execute(_RECUSALS, {"contests": list(contest_ids)}))


async def presentations_before(session: Session, application_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """By application, the states of all that its group presented of the same type of plan, in the order of filing."""
    found: dict[UUID, list[str]] = {application_id: [] for application_id in application_ids}
    for application_id, status in await session.execute(_TRIES, {"applications": list(application_ids)}):
        found[application_id].append(status)
    return found


async def calls_of(session: Session, contest_ids: Collection[UUID]) -> dict[UUID, Call]:
    """The calls of contests, by contest."""
    statement = select(col(Contest.id), Call).join(Call, col(Call.id) == col(Contest.call_id))
    return {row[0]: row[1] for row in await session.execute(statement.where(col(Contest.id).in_(list(contest_ids))))}


_ORDINAL = text("SELECT count(*) FROM committee_session WHERE committee_id = :committee AND (year, number) <= (:year, :number)")
WHO = """
    SELECT a.id, a.contest_id, a.code, a.status, a.requested, a.own_share, p.title, g.name AS organisation, d.name AS district,
        COALESCE(h.given_names || ' ' || h.family_names, g.name) AS applicant,
        CASE WHEN a.family_id IS NULL THEN COALESCE(g.ruc, g.registry_sheet, '') ELSE COALESCE(h.dni, '') END AS document
    FROM application a JOIN proposal p ON p.id = a.proposal_id JOIN "group" g ON g.id = a.group_id
    JOIN district d ON d.ubigeo = g.ubigeo
    LEFT JOIN family_member m ON m.family_id = a.family_id AND m.head LEFT JOIN person h ON h.id = m.person_id
"""
_APPLICANTS = text(f"{WHO} WHERE a.id = ANY(:applications)")
_ABSENCES = text(
    """
    SELECT n.application_id, n.contest_id, n.stage, p.given_names || ' ' || p.family_names AS name FROM recorded_absence n
    JOIN application a ON a.id = n.application_id JOIN person p ON p.id = n.person_id
    WHERE n.contest_id = ANY(:contests) ORDER BY n.contest_id, a.code, n.stage, p.sort_key
    """
)
_SUPERSEDED = text(
    """
    SELECT t.application_id, t.contest_id, t.stage, t.reason, t.locked_at, p.given_names || ' ' || p.family_names AS name
    FROM score_sheet t JOIN application a ON a.id = t.application_id JOIN person p ON p.id = t.person_id
    WHERE t.contest_id = ANY(:contests) AND t.supersedes_id IS NOT NULL
    ORDER BY t.contest_id, a.code, t.stage, p.sort_key, t.locked_at, t.id
    """
)
_PAPER_SHEETS = text(
    """
    SELECT b.application_id, b.contest_id, b.stage, b.code, p.given_names || ' ' || p.family_names AS name,
        (SELECT array_agg(w.given_names || ' ' || w.family_names ORDER BY y.place) FROM paper_typing y
            JOIN person w ON w.id = y.typed_by WHERE y.paper_id = b.id AND y.round = b.round) AS typed_by
    FROM paper_sheet b JOIN application a ON a.id = b.application_id JOIN person p ON p.id = b.person_id
    WHERE b.contest_id = ANY(:contests) AND b.sheet_id IS NOT NULL ORDER BY b.contest_id, a.code, b.stage, p.sort_key
    """
)
_RECUSALS = text(
    """
    SELECT r.application_id, r.origin, r.reasons, p.given_names || ' ' || p.family_names AS name FROM recusal r
    JOIN application a ON a.id = r.application_id JOIN person p ON p.id = r.person_id
    WHERE a.contest_id = ANY(:contests)
        AND EXISTS (SELECT FROM seat s WHERE s.contest_id = a.contest_id AND s.person_id = r.person_id)
    ORDER BY a.contest_id, a.code, p.sort_key
    """
)
_TRIES = text(
    """
    SELECT a.id, other.status FROM application a JOIN contest c ON c.id = a.contest_id
    JOIN application other ON other.group_id = a.group_id AND other.family_id IS NOT DISTINCT FROM a.family_id
    JOIN contest k ON k.id = other.contest_id AND k.plan_type = c.plan_type AND k.request_number = c.request_number
    WHERE a.id = ANY(:applications) AND other.filed_at IS NOT NULL ORDER BY a.id, other.filed_at, other.id
    """
)
