"""The minutes as data: everything they say, drawn from the tables at the moment they are closed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.applications.models import ApplicationStatus
from service.applications.rules import FAILED, tries_used
from service.contests.decision import PassMark
from service.contests.models import Contest, PublishedRuleBook
from service.contests.terms import terms_of
from service.contests.ties import DrawTie
from service.contests.usecases import rules_in_force
from service.core.db import Session
from service.deliberation import (
    minutes_appeals,
    minutes_field,
    minutes_panels,
    minutes_votes,
    result_tables,
    rules,
    run_store,
    store,
    vote_store,
)
from service.deliberation.attendance import members_today
from service.deliberation.minutes_appeals import instant
from service.deliberation.models import Attendance, Capacity, CommitteeSession, MinutesDraft
from service.deliberation.ranking import announced_run
from service.deliberation.result_tables import Judged
from service.deliberation.sessions import number_of
from service.deliberation.vote_queries import decisions_on, votes_of
from service.documents.papers import MinutesPaper
from service.documents.papers_of_sessions import (
    AbsenceLine,
    DrawLine,
    MinutesSigner,
    Missing,
    PaperSheetLine,
    RecusalLine,
    SupersededLine,
)
from service.documents.papers_of_sessions import Present as PresentLine
from service.documents.papers_of_sessions import SessionQuorum as QuorumLine
from service.documents.shapes import HeadRef, RuleBookRef
from service.people.letterheads import letterhead, place_of
from service.people.models import Appointment, Committee, Person
from service.people.usecases import get_office
from service.record.note import Verifier
from service.record.witnesses import sign_witnessed
from service.scoring import usecases as scoring
from service.scoring.paper_rules import grouped

Members = dict[UUID, tuple[Appointment, Person]]


async def judged_contests(session: Session, row: CommitteeSession) -> list[Judged]:
    """The contests of a session whose results are announced, by code."""
    office = await get_office(session, None, row.office_id)
    judged = []
    for contest in await store.contests_of(session, row.id):
        run = await announced_run(session, contest.id)
        if run is None:
            raise rules.NotAnnounced
        judged.append(await judged_by(session, contest, run.id, office.code))
    return judged


async def judged_by(session: Session, contest: Contest, run_id: UUID, office_code: str) -> Judged:
    """What a run of a contest says, with what the committee decided beside it."""
    lines = await run_store.ranked(session, run_id)
    applicants = await store.applicants(session, [line.application_id for line in lines])
    book = (await scoring.book_of(session, contest.id)).book
    return Judged(contest, book, lines, applicants, office_code, await decisions_on(session, [contest.id]))


async def minutes_data(
    session: Session, row: CommitteeSession, draft: MinutesDraft | None, judged: Sequence[Judged], closed_at: datetime
) -> MinutesPaper:
    """Everything that the minutes of a session say when they are closed at this moment."""
    attendance = sorted(await store.attendance(session, row.id), key=_by_capacity)
    members = dict(await members_today(session, row))
    books = {each.contest.id: await rules_in_force(session, each.contest.id) for each in judged}
    results, prizes = result_tables.tables_of(judged)
    given = [line for table in prizes for line in table["rows"]]
    votes, opened_at = await votes_of(session, row.id), row.opened_at or closed_at
    return {
        "letterhead": await letterhead(session, row.office_id),
        "number": await number_of(session, row),
        "issued_at": instant(closed_at),
        "committee": (await store.fetch(session, Committee, row.committee_id)).name,
        "title": row.title,
        "ordinal": await store.ordinal(session, row),
        "place": await place_of(session, row.ubigeo, row.place),
        "opened_at": instant(opened_at),
        "closed_at": instant(closed_at),
        "present": [_present(each, person, members) for each, person in attendance],
        "missing": _missing(members, {person.id for _, person in attendance}),
        "quorum": _quorum(members, [each for each, _ in attendance], opened_at),
        "agenda": [line.strip() for line in row.agenda.splitlines() if line.strip()],
        "rule_books": [_reference(each.contest, books[each.contest.id]) for each in judged],
        "order_seed": row.order_seed,
        "development": draft.development if draft else "",
        "results": results,
        "prizes": prizes,
        "draws": _draws(judged),
        "recusals": [*await _recusals(session, judged), *await _stepped_out(session, row, judged)],
        "absences": await _absences(session, judged),
        **await minutes_panels.panels_of(session, judged),
        "superseded": await _superseded(session, judged),
        "paper_sheets": await _paper_sheets(session, judged),
        "before_scores": await minutes_field.before_scores(session, judged),
        "votes": minutes_votes.vote_lines(votes, judged),
        "dissents": minutes_votes.dissent_lines(votes),
        "adjustments": minutes_votes.adjustment_lines(judged),
        "deferrals": minutes_votes.deferral_lines(judged),
        "checks": await minutes_appeals.check_lines(session, _contests(judged)),
        "appeals": await minutes_appeals.appeal_lines(session, _contests(judged)),
        "reentry": await _reentry(session, judged, books),
        "custody": draft.custody if draft else "",
        "applications": sum(len(table["rows"]) for table in results) + len(given),
        "approved": sum(table["totals"]["approved"] for table in results) + sum(line["prize"] is not None for line in given),
        "grand_totals": result_tables.grand_totals(results, prizes),
        "record_head": await _head(session),
        "signers": _signers(attendance, members, closed_at),
    }


async def _head(session: Session) -> HeadRef:
    """The record up to here: on paper in other hands it tells whether anybody changed what was done before."""
    head = await sign_witnessed(session)
    return {"origin": Verifier.read(head.verifier).name, "size": head.size, "root": head.root.hex()}


def _missing(members: Members, came: set[UUID]) -> list[Missing]:
    absent = [(appointment, person) for person_id, (appointment, person) in members.items() if person_id not in came]
    return [{"name": person.name, "body": appointment.origin, "excuse": ""} for appointment, person in absent]


def _quorum(members: Members, attendance: Sequence[Attendance], opened_at: datetime) -> QuorumLine:
    here = {each.person_id for each in rules.here_at(attendance, opened_at)}
    count = rules.count_quorum({person_id: each.position for person_id, (each, _) in members.items()}, here)
    return {
        "appointed": count.appointed,
        "present": count.present,
        "needed": count.needed,
        "chair_present": count.chair_present,
    }


def _signers(attendance: Sequence[tuple[Attendance, Person]], members: Members, closed_at: datetime) -> list[MinutesSigner]:
    signing = rules.signers((each for each, _ in attendance), closed_at)
    return [
        {"name": person.name, "dni": person.dni, "capacity": each.capacity.value, "body": _body(members, person.id)}
        for each, person in attendance
        if signing.get(person.id) is each
    ]


def _by_capacity(row: tuple[Attendance, Person]) -> int:
    """The chair first, then the members, then everybody else as they came."""
    return list(Capacity).index(row[0].capacity)


def _present(attendance: Attendance, person: Person, members: Members) -> PresentLine:
    return {
        "name": person.name,
        "dni": person.dni,
        "capacity": attendance.capacity.value,
        "body": _body(members, person.id),
        "came_at": instant(attendance.came_at),
        "left_at": None if attendance.left_at is None else instant(attendance.left_at),
    }


def _body(members: Members, person_id: UUID) -> str:
    return members[person_id][0].origin if person_id in members else ""


def _reference(contest: Contest, book: PublishedRuleBook) -> RuleBookRef:
    return {
        "contest_code": contest.code,
        "contest_title": contest.title,
        "version": book.version,
        "sha256": book.sha256,
    }


def _draws(judged: Sequence[Judged]) -> list[DrawLine]:
    return [
        {"contest_code": each.contest.code, "seed": tie.seed}
        for each in judged
        for tie in each.book.ties
        if isinstance(tie, DrawTie)
    ]


async def _recusals(session: Session, judged: Sequence[Judged]) -> list[RecusalLine]:
    return [
        {
            "application_code": who.code,
            "organisation": who.organisation,
            "juror": row.name,
            "origin": row.origin,
            "reasons": row.reasons,
        }
        for row, who in _items(judged, await store.recusals(session, _contests(judged)))
    ]


async def _stepped_out(session: Session, row: CommitteeSession, judged: Sequence[Judged]) -> list[RecusalLine]:
    applicants = {key: who for each in judged for key, who in each.applicants.items()}
    return [
        {
            "application_code": applicants[out.application_id].code,
            "organisation": applicants[out.application_id].organisation,
            "juror": person.name,
            "origin": "vote",
            "reasons": [out.reason],
        }
        for out, person in await vote_store.stepped_out(session, row.id)
        if out.application_id in applicants
    ]


async def _absences(session: Session, judged: Sequence[Judged]) -> list[AbsenceLine]:
    return [
        {
            "application_code": who.code,
            "organisation": who.organisation,
            "stage": _stage(judged, row),
            "juror": row.name,
        }
        for row, who in _items(judged, await store.absences(session, _contests(judged)))
    ]


async def _superseded(session: Session, judged: Sequence[Judged]) -> list[SupersededLine]:
    return [
        {
            "application_code": who.code,
            "organisation": who.organisation,
            "stage": _stage(judged, row),
            "juror": row.name,
            "reason": row.reason,
            "at": instant(row.locked_at),
        }
        for row, who in _items(judged, await store.superseded(session, _contests(judged)))
    ]


async def _paper_sheets(session: Session, judged: Sequence[Judged]) -> list[PaperSheetLine]:
    return [
        {
            "application_code": who.code,
            "organisation": who.organisation,
            "stage": _stage(judged, row),
            "juror": row.name,
            "code": grouped(row.code),
            "typed_by": row.typed_by,
        }
        for row, who in _items(judged, await store.paper_sheets(session, _contests(judged)))
    ]


def _contests(judged: Sequence[Judged]) -> list[UUID]:
    return [each.contest.id for each in judged]


def _items(judged: Sequence[Judged], rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Row[Any]]]:
    """Those of the rows that are about an applicant of the session, each with that applicant."""
    applicants = {key: who for each in judged for key, who in each.applicants.items()}
    return ((row, applicants[row.application_id]) for row in rows if row.application_id in applicants)


def _stage(judged: Sequence[Judged], row: Row[Any]) -> str:
    """What the rule book of the row's contest calls its stage."""
    book = next(each.book for each in judged if each.contest.id == row.contest_id)
    return result_tables.stage_name(book, row.stage)


async def _reentry(session: Session, judged: Sequence[Judged], books: dict[UUID, PublishedRuleBook]) -> list[str]:
    """Who did not pass and has presentations left, and who was put off, in contests with a pass mark."""
    found = []
    for each in judged:
        if not isinstance(each.book.decision, PassMark):
            continue
        tries = terms_of(books[each.contest.id]).tries
        failed = [line for line in each.lines if line.status in FAILED and not each.is_withdrawn(line)]
        before = await store.presentations_before(session, [line.application_id for line in failed])
        for line in failed:
            if tries_used([ApplicationStatus(status) for status in before[line.application_id]]) < tries:
                found.append(each.name(line))
        found += [each.name(line) for line in each.lines if each.is_deferred(line)]
    return found
