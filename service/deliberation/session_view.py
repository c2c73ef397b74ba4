"""A session as its page shows it: everything that the reader may see, in as many queries for one presentation as for a thousand."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, column, select, text
from sqlmodel import col

from service.contests.models import Contest
from service.core.actor import Actor, may
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import rules, run_store, store
from service.deliberation.attendance import members_today
from service.deliberation.models import (
    COPY,
    SIGNED,
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
from service.deliberation.queries import PresentationEntry, RankedLine, Ranking, SessionEntry
from service.deliberation.refusal_models import SignatureRefusal
from service.deliberation.refusal_store import signing_of_minutes
from service.deliberation.rules import ANNOUNCED, BEFORE_MINUTES, QuorumCount
from service.deliberation.sessions import written_number
from service.deliberation.vote_models import VoteRecusal
from service.people.models import Appointment, Office, Person
from service.scoring import usecases as scoring
from service.territory.models import District


@dataclass(frozen=True, slots=True)
class PanelSeat:
    """A juror's seat in a stage of a contest; ``label`` is what the rule book calls the stage, by language or as one text."""

    contest_id: UUID
    stage: str
    label: Any
    person_id: UUID
    juror: str
    name: str


@dataclass(frozen=True, slots=True)
class AbsenceEntry:
    """A juror whose absence from an item the minutes record."""

    contest_id: UUID
    code: str
    applicant: str
    stage: str
    juror: str


@dataclass(frozen=True, slots=True)
class MissingSheet:
    """A sheet that keeps the scores of a tallied contest sealed."""

    contest_id: UUID
    code: str
    stage: str
    juror: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with all that belongs to it.

    ``anybody_out`` says whether a member stepped out of a vote, ``knows`` whether the reader has a right to the session beyond everybody's. ``members`` are those appointed today, empty once the minutes are closed: their quorum is in the minutes. ``rankings`` are the
    newest runs by contest, unannounced ones only of contests whose sheets are all in, for the office, and not for a juror of the contest;
    of the others, ``sealed``, ``missing`` says to who leads the session whose sheets they wait for; ``signatures`` come in the order of signing.
    """

    entry: SessionEntry
    district: str
    draft: MinutesDraft | None
    contests: Sequence[Contest]
    attendance: Sequence[tuple[Attendance, Person]]
    members: Mapping[UUID, tuple[Appointment, Person]]
    presentations: Sequence[PresentationEntry]
    panel: Sequence[PanelSeat]
    absences: Sequence[AbsenceEntry]
    sealed: Collection[UUID]
    missing: Sequence[MissingSheet]
    rankings: Mapping[UUID, Ranking]
    minutes: Minutes | None
    signatures: Sequence[MinutesSignature]
    refusals: Mapping[UUID, SignatureRefusal]
    anybody_out: bool
    knows: bool

    @property
    def minutes_paper(self) -> str:
        """The subject of the paper that this reader gets: the minutes as signed, or their public copy."""
        return (SIGNED if self.knows else COPY).format(self.minutes.id if self.minutes else "")

    @property
    def session(self) -> CommitteeSession:
        """The session itself."""
        return self.entry.session

    @property
    def here(self) -> dict[UUID, Person]:
        """Who is here now, by person."""
        return {person.id: person for row, person in self.attendance if row.left_at is None}

    @property
    def quorum(self) -> QuorumCount:
        """The quorum as it is now."""
        return rules.count_quorum({key: row.position for key, (row, _) in self.members.items()}, self.here)

    @property
    def unsigned(self) -> list[Person]:
        """The members present at the end who have neither signed the minutes yet nor said that they do not."""
        if self.minutes is None:
            return []
        done = {each.person_id for each in self.signatures} | self.refusals.keys()
        expected = rules.signers((row for row, _ in self.attendance), self.minutes.closed_at)
        return [person for row, person in self.attendance if expected.get(person.id) is row and person.id not in done]


async def view_session(session: Session, actor: Actor | None, session_id: UUID) -> SessionView:
    """A session: a published one for everybody, others for the office, the committee and whoever is present. Raises ``NotFound``."""
    found = await _session(session, actor, session_id)
    row: CommitteeSession
    row, draft, office_code, district, appointed, anybody_out = found
    attendance = await store.attendance(session, session_id)
    here = {person.id for each, person in attendance if each.left_at is None}
    member = appointed or (actor is not None and actor.person_id in here)
    known = may(actor, Act.READ_SESSION, row.office_id, None, {Relation.MEMBER} if member else ())
    if row.status != SessionStatus.PUBLISHED and not known:
        raise NotFound
    contests = await store.contests_of(session, session_id)
    turns = await _turns(session, session_id)
    panel = [PanelSeat(*each) for each in await session.execute(_PANEL, {"session": session_id})]
    sealed = await _sealed(session, row, contests)
    tallies = _tallies(actor, row, [contest for contest in contests if contest.id not in sealed], panel)
    wanted = run_store.announced_runs if row.status in ANNOUNCED else run_store.latest_runs
    runs = await wanted(session, tallies) if tallies else {}
    lines = await _lines(session, [run.id for run in runs.values()])
    who = {turn.id: turn for turn in turns}
    if unlisted := {line.application_id for each in lines.values() for line in each} - who.keys():
        who |= await store.applicants(session, unlisted)
    open_now = row.status in BEFORE_MINUTES
    minutes = None if open_now else await store.minutes_of(session, session_id)
    signatures, refusals = await signing_of_minutes(session, minutes.id) if minutes else ({}, {})
    return SessionView(
        entry=SessionEntry(row, written_number(row, office_code)),
        district=district,
        draft=draft if known else None,
        contests=contests,
        attendance=attendance,
        members=await members_today(session, row) if open_now else {},
        presentations=[PresentationEntry(row[0], row.contest_id, row.code, row.applicant, row.title) for row in turns],
        panel=panel,
        sealed=sealed,
        missing=await _missing(session, actor, row, sealed, {turn.id: turn.code for turn in turns}),
        absences=[AbsenceEntry(*each) for each in await session.execute(_ABSENCES, {"session": session_id})],
        rankings={contest_id: _ranking(run, row.status in ANNOUNCED, lines[run.id], who) for contest_id, run in runs.items()},
        minutes=minutes,
        signatures=list(signatures.values()),
        refusals=refusals,
        knows=known,
        anybody_out=anybody_out,
    )


async def _session(session: Session, actor: Actor | None, session_id: UUID) -> tuple[Any, ...]:
    """The session, its narrative, its office's code, its district, and whether the actor is or was in the committee and
    whether a member stepped out of a vote."""
    same = (
        col(Appointment.committee_id) == col(CommitteeSession.committee_id),
        col(Appointment.person_id) == (actor.person_id if actor else None),
    )
    columns: list[Any] = [
        CommitteeSession,
        MinutesDraft,
        col(Office.code),
        col(District.name),
        select(col(Appointment.id)).where(*same).exists(),
        select(col(VoteRecusal.person_id)).where(col(VoteRecusal.session_id) == col(CommitteeSession.id)).exists(),
    ]
    statement = (
        select(*columns)
        .join(Office, col(Office.id) == col(CommitteeSession.office_id))
        .join(District, col(District.ubigeo) == col(CommitteeSession.ubigeo))
        .outerjoin(MinutesDraft, col(MinutesDraft.session_id) == col(CommitteeSession.id))
        .where(col(CommitteeSession.id) == session_id)
    )
    if (row := (await session.execute(statement)).one_or_none()) is None:
        raise NotFound
    return tuple(row)


async def _turns(session: Session, session_id: UUID) -> list[Row[Any]]:
    """The turns of a session in order, each with who applied, in one query."""
    statement = select(Presentation, *_WHO.c).join(_WHO, _WHO.c.id == col(Presentation.application_id))
    statement = statement.where(col(Presentation.session_id) == session_id).order_by(col(Presentation.position))
    return list(await session.execute(statement, {"session": session_id}))


def _tallies(actor: Actor | None, row: CommitteeSession, contests: Sequence[Contest], panel: Sequence[PanelSeat]) -> list[UUID]:
    """The contests whose tally the actor may see: before the announcement, for the office, those without a seat of the actor's."""
    if row.status in ANNOUNCED:
        return [contest.id for contest in contests]
    own = {seat.contest_id for seat in panel if actor and seat.person_id == actor.person_id}
    return [
        contest.id
        for contest in contests
        if may(actor, Act.READ_TALLY, row.office_id, None, {Relation.JUROR} if contest.id in own else ())
    ]


async def _sealed(session: Session, row: CommitteeSession, contests: Sequence[Contest]) -> set[UUID]:
    """The contests whose scores nobody reads yet: all before the tally, and while it lacks a sheet."""
    if row.status in ANNOUNCED:
        return set()
    tallied = row.status == SessionStatus.TALLIED
    return await scoring.sealed_of(session, contests) if tallied else {contest.id for contest in contests}


async def _missing(
    session: Session, actor: Actor | None, row: CommitteeSession, sealed: Collection[UUID], codes: Mapping[UUID, str]
) -> list[MissingSheet]:
    if row.status != SessionStatus.TALLIED or not may(actor, Act.LEAD_SESSION, row.office_id):
        return []
    return [
        MissingSheet(contest_id, codes.get(application_id, ""), stage, juror)
        for contest_id in sorted(sealed)
        for (application_id, stage), jurors in (await scoring.missing_sheets(session, contest_id)).items()
        for juror in jurors
    ]


async def _lines(session: Session, run_ids: Collection[UUID]) -> dict[UUID, list[RankedApplication]]:
    """The lines of runs in their order, by run."""
    found: dict[UUID, list[RankedApplication]] = defaultdict(list)
    if run_ids:
        statement = select(RankedApplication).where(col(RankedApplication.run_id).in_(list(run_ids)))
        for line in await session.scalars(statement.order_by(col(RankedApplication.position))):
            found[line.run_id].append(line)
    return found


def _ranking(run: RankingRun, announced: bool, lines: Sequence[RankedApplication], who: Mapping[UUID, Row[Any]]) -> Ranking:
    found = ((line, who[line.application_id]) for line in lines)
    return Ranking(run, announced, tuple(RankedLine(line, each.code, each.applicant, each.district) for line, each in found))


_WHO = (
    text(f"{store.WHO} WHERE a.id IN (SELECT application_id FROM presentation WHERE session_id = :session)")  # noqa: S608  # nosec B608  # a constant
    .columns(*map(column, ("id", "contest_id", "code", "applicant", "title", "district")))
    .subquery("who")
)
_PANEL = text(
    """
    SELECT s.contest_id, s.stage, stage.label, s.person_id, s.juror, p.given_names || ' ' || p.family_names AS name
    FROM session_contest x JOIN contest c ON c.id = x.contest_id JOIN seat s ON s.contest_id = c.id
    JOIN person p ON p.id = s.person_id
    LEFT JOIN LATERAL (SELECT book FROM rule_book WHERE contest_id = c.id ORDER BY version DESC LIMIT 1) b ON true
    LEFT JOIN LATERAL (
        SELECT each.value -> 'label' AS label, each.place
        FROM jsonb_array_elements(b.book -> 'stages') WITH ORDINALITY AS each (value, place) WHERE each.value ->> 'code' = s.stage
    ) stage ON true
    WHERE x.session_id = :session ORDER BY c.code, c.id, stage.place, s.juror
    """
)
_ABSENCES = text(
    """
    SELECT n.contest_id, a.code, COALESCE(h.given_names || ' ' || h.family_names, g.name) AS applicant, n.stage,
        p.given_names || ' ' || p.family_names AS juror
    FROM session_contest x JOIN recorded_absence n ON n.contest_id = x.contest_id
    JOIN application a ON a.id = n.application_id JOIN "group" g ON g.id = a.group_id JOIN person p ON p.id = n.person_id
    LEFT JOIN family_member m ON m.family_id = a.family_id AND m.head LEFT JOIN person h ON h.id = m.person_id
    WHERE x.session_id = :session ORDER BY n.contest_id, a.code, n.stage, p.sort_key
    """
)
