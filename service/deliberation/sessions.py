"""Convening and opening a session, and handing out the field results."""

from collections.abc import Sequence
from uuid import UUID

from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.machine import advance
from service.core.series import next_number, written
from service.deliberation import rules, store
from service.deliberation.attendance import quorum_of
from service.deliberation.models import CommitteeSession, Presentation, SessionContest
from service.deliberation.rules import Action
from service.deliberation.shapes import SessionIn
from service.people.models import Committee
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge
from service.scoring.panel_rules import require_running
from service.scoring.rules import Window
from service.territory.usecases import get_district


async def convene_session(session: Session, actor: Actor, given: SessionIn) -> CommitteeSession:
    """Convene a session for contests that no session decides yet, with the next number of its office and year.

    Raises ``NotFound``, ``MissingRole``, ``UnknownUbigeo``, ``ContestOfOtherOffice``, ``ContestNotRunning``, ``ContestTaken``.
    """
    committee = await store.fetch(session, Committee, given.committee_id)
    actor.require(Act.CONVENE_SESSION, committee.office_id)
    await get_district(session, given.ubigeo)
    contests = [await store.fetch(session, Contest, contest_id) for contest_id in dict.fromkeys(given.contest_ids)]
    calls = await store.calls_of(session, [contest.id for contest in contests])
    for contest in contests:
        if calls[contest.id].office_id != committee.office_id:
            raise rules.ContestOfOtherOffice("contest_ids")
        require_running(contest.status)
        if await store.session_of_contest(session, contest.id):
            raise rules.ContestTaken("contest_ids", contest=contest.code)
    year = given.convened_for.astimezone(clock.PERU).year
    row = CommitteeSession(
        office_id=committee.office_id,
        year=year,
        number=await next_number(session, f"session:{committee.office_id}:{year}"),
        **given.model_dump(exclude={"contest_ids"}),
    )
    session.add(row)
    await session.flush()
    taken = rules.ContestTaken("contest_ids", contest=", ".join(contest.code for contest in contests))
    async with refusing(session, {"pk_session_contest": taken}):
        session.add_all(SessionContest(contest_id=contest.id, session_id=row.id) for contest in contests)
    payload = {"year": year, "number": row.number, **given.model_dump(mode="json")}
    await record.append(session, actor, "session.convened", f"session:{row.id}", payload)
    return row


async def open_session(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Open a session that has a quorum, with every stage of its contests that was not opened before, and list who presents.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``NoQuorum``, ``ContestNotRunning``, ``NoSeats``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.OPEN)
    rules.require_quorum(await quorum_of(session, session_id))
    contests = await store.contests_of(session, session_id)
    opened = await scoring.windows_of(session, [contest.id for contest in contests])
    for contest in contests:
        for stage in (await scoring.book_of(session, contest.id)).book.stages:
            if (contest.id, stage) not in opened:
                await scoring.open_window(session, actor, contest.id, stage)
    await _list_presentations(session, row, contests)
    row.status, row.opened_at = status, await clock.now(session)
    await session.flush()
    await record.append(session, actor, "session.opened", f"session:{session_id}", {})
    return row


async def hand_out_field_results(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Close the stages that were scored in the field, once no sheet of theirs is missing, and begin with the presentations.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``FieldSheetsMissing`` and what ``judge`` raises.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.HAND_OUT)
    contests = await store.contests_of(session, session_id)
    windows = await scoring.windows_of(session, [contest.id for contest in contests])
    for contest in contests:
        stages = rules.field_stages(list((await scoring.book_of(session, contest.id)).book.stages))
        await _require_field_sheets(session, contest, stages)
        for stage in stages:
            if windows.get((contest.id, stage)) == Window.OPEN:
                await scoring.close_window(session, actor, contest.id, stage)
    await _list_presentations(session, row, contests)
    row.status = status
    await session.flush()
    await record.append(session, actor, "field_results.handed_out", f"session:{session_id}", {})
    return row


async def number_of(session: Session, row: CommitteeSession) -> str:
    """A session's number as papers print it: ``003-2026-SICUANI``."""
    return (await numbers_of(session, [row]))[row.id]


async def numbers_of(session: Session, rows: Sequence[CommitteeSession]) -> dict[UUID, str]:
    """The numbers of sessions as papers print them."""
    codes = await store.office_codes(session, {row.office_id for row in rows})
    return {row.id: written_number(row, codes[row.office_id]) for row in rows}


def written_number(row: CommitteeSession, office_code: str) -> str:
    """A session's number as papers print it, with the code of its office."""
    return f"{written(row.number)}-{row.year}-{office_code}"


async def _require_field_sheets(session: Session, contest: Contest, stages: Sequence[str]) -> None:
    """The judge says what is missing, so nothing is asked of what a knock-out takes out. Raises ``FieldSheetsMissing``."""
    if not stages:
        return
    result = judge((await scoring.gather_bundle(session, contest.id)).bundle)
    missing = {each.application: rules.lacking_in(each.reasons, stages) for each in result.standings}
    texts = [f"{contest.code} {code}: {', '.join(sheets)}" for code, sheets in missing.items() if sheets]
    if texts:
        raise rules.FieldSheetsMissing(missing="; ".join(texts))


async def _list_presentations(session: Session, row: CommitteeSession, contests: Sequence[Contest]) -> None:
    """A turn for every application that takes part and has none yet, in the order of filing, after those that are there."""
    known = await store.presentations(session, row.id)
    listed = {each.application_id for each in known}
    applications = await store.judged_applications(session, [contest.id for contest in contests])
    new = [application for application in applications if application.id not in listed]
    session.add_all(
        Presentation(application_id=application.id, session_id=row.id, position=position)
        for position, application in enumerate(new, len(known) + 1)
    )
    await session.flush()
