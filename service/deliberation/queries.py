"""Reading sessions, rankings and minutes: published ones for everybody, others for the office and the committee."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.contests.models import Contest
from service.contests.usecases import contest_with_call
from service.core.actor import Actor, may
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import rules, run_store, store
from service.deliberation.models import (
    Attendance,
    CommitteeSession,
    Minutes,
    MinutesDraft,
    MinutesSignature,
    Presentation,
    RankedApplication,
    RankingRun,
    SessionStatus,
)
from service.deliberation.ranking import announced_run, latest_run
from service.deliberation.refusal_models import SignatureRefusal
from service.deliberation.refusal_store import signing_of_minutes
from service.deliberation.sessions import number_of, numbers_of
from service.people.identifiers import mask_dnis
from service.people.models import Person
from service.scoring import usecases as scoring


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session with its number as papers print it."""

    session: CommitteeSession
    number: str


@dataclass(frozen=True, slots=True)
class PresentationEntry:
    """A turn with who takes it."""

    presentation: Presentation
    contest_id: UUID
    code: str
    applicant: str
    title: str


@dataclass(frozen=True, slots=True)
class RankedLine:
    """A line of a result with who applied."""

    line: RankedApplication
    code: str
    applicant: str
    district: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """A run of a contest with its lines in order; only an announced one is for everybody."""

    run: RankingRun
    announced: bool
    lines: tuple[RankedLine, ...]


@dataclass(frozen=True, slots=True)
class MinutesView:
    """Closed minutes, their data as the reader sees them, whether that is the whole, who has signed, who does not, and the members who still may."""

    minutes: Minutes
    data: dict[str, Any]
    knows: bool
    signatures: tuple[MinutesSignature, ...]
    refusals: tuple[SignatureRefusal, ...]
    unsigned: tuple[Person, ...]


async def get_session(session: Session, actor: Actor | None, session_id: UUID) -> SessionEntry:
    """A session: a published one for everybody, others for the office, the committee and whoever is present. Raises ``NotFound``."""
    row = await store.fetch(session, CommitteeSession, session_id)
    if row.status != SessionStatus.PUBLISHED and not await _may_read(session, actor, row):
        raise NotFound
    return SessionEntry(row, await number_of(session, row))


async def list_sessions(
    session: Session, actor: Actor, office_id: UUID, limit: int = 100, offset: int = 0
) -> list[SessionEntry]:
    """The sessions of an office, the newest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await _entries(session, await store.sessions_of(session, office_id, limit, offset))


async def my_sessions(session: Session, actor: Actor) -> list[SessionEntry]:
    """The sessions of the committees that the actor is or was appointed to, the newest first."""
    return await _entries(session, await store.sessions_of_person(session, actor.person_id))


async def session_of(session: Session, contest_id: UUID) -> CommitteeSession | None:
    """The session that decides a contest: for areas above."""
    return await store.session_of_contest(session, contest_id)


async def list_contests_of(session: Session, actor: Actor | None, session_id: UUID) -> Sequence[Contest]:
    """The contests that a session decides, by code. Raises ``NotFound``."""
    await get_session(session, actor, session_id)
    return await store.contests_of(session, session_id)


async def list_contests_to_decide(session: Session, actor: Actor, office_id: UUID) -> Sequence[Contest]:
    """The published contests of an office that no session decides, by code: what a session can be convened for. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.contests_to_decide(session, office_id)


async def list_attendance(session: Session, actor: Actor | None, session_id: UUID) -> list[tuple[Attendance, Person]]:
    """Everybody who came to a session, in the order of coming. Raises ``NotFound``."""
    await get_session(session, actor, session_id)
    return await store.attendance(session, session_id)


async def list_presentations(session: Session, actor: Actor | None, session_id: UUID) -> list[PresentationEntry]:
    """The turns of a session, in order. Raises ``NotFound``."""
    await get_session(session, actor, session_id)
    rows = await store.presentations(session, session_id)
    who = await store.applicants(session, [row.application_id for row in rows])
    return [
        PresentationEntry(row, found.contest_id, found.code, found.applicant, found.title)
        for row, found in ((row, who[row.application_id]) for row in rows)
    ]


async def get_ranking(session: Session, actor: Actor | None, contest_id: UUID) -> Ranking:
    """The announced result of a contest; once all sheets are in, the newest run, for the office but its jurors.

    Raises ``NotFound``.
    """
    contest, call = await contest_with_call(session, contest_id)
    run = await announced_run(session, contest_id)
    announced = run is not None
    if run is None:
        run = await latest_run(session, contest_id)
        sits = actor is not None and actor.person_id in await scoring.seated(session, contest_id)
        phase = await scoring.stands_at(session, contest, call)
        if run is None or not may(actor, Act.READ_TALLY, call.office_id, phase, {Relation.JUROR} if sits else ()):
            raise NotFound
    lines = await run_store.ranked(session, run.id)
    who = await store.applicants(session, [line.application_id for line in lines])
    found = ((line, who[line.application_id]) for line in lines)
    return Ranking(run, announced, tuple(RankedLine(line, each.code, each.applicant, each.district) for line, each in found))


async def get_narrative(session: Session, actor: Actor, session_id: UUID) -> MinutesDraft | None:
    """The paragraphs written so far for the minutes, for the office and the committee. Raises ``NotFound``."""
    row = await store.fetch(session, CommitteeSession, session_id)
    if not await _may_read(session, actor, row):
        raise NotFound
    return await session.get(MinutesDraft, session_id)


async def get_minutes(session: Session, actor: Actor | None, session_id: UUID) -> MinutesView:
    """The closed minutes of a session: published ones for everybody. Raises ``NotFound``."""
    row = (await get_session(session, actor, session_id)).session
    minutes = await store.minutes_of(session, session_id)
    if minutes is None:
        raise NotFound
    signatures, refusals = await signing_of_minutes(session, minutes.id)
    done = signatures.keys() | refusals.keys()
    attendance = await store.attendance(session, session_id)
    expected = rules.signers((each for each, _ in attendance), minutes.closed_at)
    unsigned = {person.id: person for _, person in attendance if person.id in expected and person.id not in done}
    knows = await _may_read(session, actor, row)
    data = minutes.data if knows else mask_dnis(minutes.data)
    return MinutesView(minutes, data, knows, tuple(signatures.values()), tuple(refusals.values()), tuple(unsigned.values()))


async def _entries(session: Session, rows: Sequence[CommitteeSession]) -> list[SessionEntry]:
    numbers = await numbers_of(session, rows)
    return [SessionEntry(row, numbers[row.id]) for row in rows]


async def _may_read(session: Session, actor: Actor | None, row: CommitteeSession) -> bool:
    """Whether the actor has a role in the office, is or was in the committee, or is present."""
    if actor is None or actor.may(Act.READ_SESSION, row.office_id):
        return actor is not None
    here = await store.here(session, row.id, actor.person_id)
    member = here is not None or await store.is_of_committee(session, row.committee_id, actor.person_id)
    return member and actor.may(Act.READ_SESSION, row.office_id, None, {Relation.MEMBER})
