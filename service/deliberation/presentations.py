"""Hearing the groups one after the other, and recording who is not there to score them."""

from collections.abc import Sequence
from uuid import UUID

from service.applications.models import Application
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.machine import advance
from service.deliberation import order_rules, rules, store
from service.deliberation.models import Capacity, CommitteeSession, Presentation
from service.deliberation.order_rules import Turn
from service.deliberation.shapes import AbsenceIn, OrderDrawIn
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge
from service.scoring.models import RecordedAbsence


async def draw_order(session: Session, actor: Actor, session_id: UUID, given: OrderDrawIn) -> Sequence[Presentation]:
    """Draw the order of the presentations, once; who becomes eligible later comes after all others.

    Raises ``NotFound``, ``MissingRole``, ``NotTimeToDraw``, ``OrderDrawn``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    order_rules.require_drawable(row)
    turns = {turn.application_id: turn for turn in await store.presentations(session, session_id)}
    contests = {contest.id: contest.code for contest in await store.contests_of(session, session_id)}
    who = await store.applicants(session, turns)
    order = order_rules.drawn_order(given.seed, [(key, contests[who[key].contest_id], who[key].code) for key in turns])
    row.order_seed = given.seed
    await store.place_presentations(session, session_id, order)
    payload = {"seed": given.seed, "order": [str(key) for key in order]}
    await record.append(session, actor, "presentations.drawn", f"session:{session_id}", payload)
    return await store.presentations(session, session_id)


async def call_presentation(session: Session, actor: Actor, application_id: UUID) -> Presentation:
    """Call a group to present. Raises ``NotFound``, ``MissingRole``, ``NotPresenting``, ``WrongState``."""
    return await _turn(session, actor, application_id, Turn.CALL)


async def hear_defence(session: Session, actor: Actor, application_id: UUID) -> Presentation:
    """Note that the group has presented and answered. Raises ``NotFound``, ``MissingRole``, ``NotPresenting``, ``WrongState``."""
    return await _turn(session, actor, application_id, Turn.DEFEND)


async def close_presentation(session: Session, actor: Actor, application_id: UUID) -> Presentation:
    """End a turn once every juror of the last stage who is not recused or recorded absent has locked a sheet.

    Raises ``NotFound``, ``MissingRole``, ``NotPresenting``, ``WrongState``, ``SheetsMissing``.
    """
    return await _turn(session, actor, application_id, Turn.SCORE)


async def take_turn_back(session: Session, actor: Actor, application_id: UUID) -> Presentation:
    """Take the last step of a turn back, as it was pressed by mistake; the record keeps both.

    Raises ``NotFound``, ``MissingRole``, ``NotPresenting``, ``WrongState`` (it waits still, or its sheets are locked).
    """
    return await _turn(session, actor, application_id, Turn.TAKE_BACK)


async def record_absence(session: Session, actor: Actor, session_id: UUID, given: AbsenceIn) -> RecordedAbsence:
    """Put a seated juror's absence from an item into the minutes: by the secretary, or the chair present.

    Raises ``NotFound``, ``ChairOnly``, ``NotHearing``, ``NotInSession``, and what ``scoring.record_absence`` raises.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    here = await store.here(session, session_id, actor.person_id)
    chairs = {Relation.CHAIR} if here and here.capacity == Capacity.CHAIR else ()
    if not actor.may(Act.RECORD_ABSENCE, row.office_id, None, chairs):
        raise rules.ChairOnly
    rules.require_hearing(row.status)
    application = await store.fetch(session, Application, given.application_id)
    if application.contest_id not in {contest.id for contest in await store.contests_of(session, session_id)}:
        raise rules.NotInSession("application_id")
    return await scoring.record_absence(
        session, actor, given.application_id, given.stage, given.person_id, f"session:{session_id}"
    )


async def _turn(session: Session, actor: Actor, application_id: UUID, turn: Turn) -> Presentation:
    presentation = await store.lock(session, Presentation, application_id)
    row = await store.fetch(session, CommitteeSession, presentation.session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    rules.require_presenting(row.status)
    status = advance(order_rules.PRESENTATION_LIFE, presentation.status, turn)
    if turn == Turn.SCORE:
        await _require_sheets(session, application_id)
    presentation.status = status
    await session.flush()
    act = "taken_back" if turn == Turn.TAKE_BACK else status.value
    payload = {"session_id": str(row.id), "status": status.value}
    await record.append(session, actor, f"presentation.{act}", f"application:{application_id}", payload)
    return presentation


async def _require_sheets(session: Session, application_id: UUID) -> None:
    """No sheet of the last stage is missing, unless a knock-out takes the application out. Raises ``SheetsMissing``."""
    application = await store.fetch(session, Application, application_id)
    last = list((await scoring.book_of(session, application.contest_id)).book.stages)[-1]
    missing = await scoring.missing_sheets(session, application.contest_id, application_id)
    jurors = missing.get((application_id, last), [])
    if jurors and not await _is_knocked_out(session, application):
        raise rules.SheetsMissing(jurors=", ".join(jurors))


async def _is_knocked_out(session: Session, application: Application) -> bool:
    result = judge((await scoring.gather_bundle(session, application.contest_id)).bundle)
    return any(each.application == application.code and each.status == "disqualified" for each in result.standings)
