"""Declaring conflicts, and finding those that the system knows."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from service.applications.models import Application
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.record import usecases as record
from service.scoring import bonds, panel_rules, rules, store
from service.scoring.conflicts import Applicant, Bar, Pair, Relation, relations
from service.scoring.models import ConflictDeclaration, Recusal, RecusalOrigin
from service.scoring.shapes import DeclarationIn, RecusalIn


async def declare_conflict(session: Session, actor: Actor, application_id: UUID, given: DeclarationIn) -> ConflictDeclaration:
    """Declare, before the file opens, a conflict of interest or that there is none; a conflict recuses at once.

    What the system knows is looked up too, whatever is declared. Raises ``NotFound``, ``NotAJuror``, ``NotJudged``,
    ``WindowClosed``, ``PanelReasonMissing``, ``AlreadyDeclared``, ``JurorHasSheet``.
    """
    application, _ = await _application(session, application_id)
    if not await _require_panel_open(session, application, actor.person_id):
        raise rules.NotAJuror
    if not await store.is_on_panel(session, application_id, actor.person_id):
        raise rules.NotAJuror
    panel_rules.require_reason(given.reason, needed=given.conflict)
    if await store.declaration(session, application_id, actor.person_id):
        raise panel_rules.AlreadyDeclared
    row = ConflictDeclaration(
        application_id=application_id, person_id=actor.person_id, at=await clock.now(session), **given.model_dump()
    )
    async with refusing(session, {"pk_conflict_declaration": panel_rules.AlreadyDeclared}):
        session.add(row)
    payload = {"person_id": str(actor.person_id), **given.model_dump()}
    await record.append(session, actor, "conflict.declared", f"application:{application_id}", payload)
    if given.conflict:
        await _recuse(session, actor, {(application_id, actor.person_id): [given.reason]}, RecusalOrigin.DECLARED)
    await find_among(
        session, actor, [actor.person_id], [Applicant(application.id, application.group_id, application.family_id)]
    )
    return row


async def recuse_juror(session: Session, actor: Actor, application_id: UUID, given: RecusalIn) -> Recusal:
    """Take a juror out of an item for a conflict that was stated later, or by others, and upheld: by the secretary.

    Raises ``NotFound``, ``MissingRole``, ``JurorNotSeated``, ``NotJudged``, ``WindowClosed``, ``PanelReasonMissing``,
    ``AlreadyRecused``, ``JurorHasSheet``.
    """
    application, office_id = await _application(session, application_id)
    actor.require(Act.RECUSE_JUROR, office_id)
    if not await _require_panel_open(session, application, given.person_id):
        raise rules.JurorNotSeated("person_id")
    panel_rules.require_reason(given.reason)
    added = await _recuse(session, actor, {(application_id, given.person_id): [given.reason]}, RecusalOrigin.DECLARED)
    if not added:
        raise panel_rules.AlreadyRecused
    return added[0]


async def find_recusals(session: Session, actor: Actor, contest_id: UUID) -> list[Recusal]:
    """Recuse every juror of a contest from the applications that the system ties the juror to; the new ones are returned.

    Run whenever a panel changes or a stage opens; running it again adds nothing. A juror who has locked a sheet stays.
    Raises ``NotFound``, ``MissingRole``.
    """
    arena = await store.arena(session, contest_id, lock=True)
    if arena is None:
        raise NotFound
    actor.require(Act.RUN_PANEL, arena.office_id)
    jurors = {seat.person_id for seat in await store.seats(session, contest_id)}
    return await find_among(session, actor, jurors, await bonds.applicants(session, contest_id))


async def find_among(
    session: Session, actor: Actor, jurors: Collection[UUID], applicants: Sequence[Applicant]
) -> list[Recusal]:
    """The same for some jurors and applicants, for use cases that have asked who may."""
    known = await bonds.bonds_of(session, jurors, applicants, await clock.today(session))
    settled = await bonds.settled_pairs(session, [each.application_id for each in applicants])
    found: dict[tuple[UUID, UUID], list[str]] = {}
    for applicant in applicants:
        for juror in jurors:
            pair = applicant.application_id, juror
            reasons = [] if pair in settled else relations(known, juror, applicant)
            if reasons:
                found[pair] = [reason.value for reason in reasons]
    return await _recuse(session, actor, found, RecusalOrigin.FOUND)


async def recuse_by_ruling(session: Session, actor: Actor, application_id: UUID, person_id: UUID, reason: str) -> Recusal:
    """Take a juror out of an item whatever was locked, for the area whose ruling says so: the juror's sheets count no more.

    Raises ``AlreadyRecused``, ``JurorHasSheet`` (no ruling says so).
    """
    added = await _recuse(session, actor, {(application_id, person_id): [reason]}, RecusalOrigin.DECLARED)
    if not added:
        raise panel_rules.AlreadyRecused
    return added[0]


async def ties_to(session: Session, persons: Collection[UUID], application: Application) -> dict[UUID, list[Relation]]:
    """What ties persons to an applicant today, as the system knows it: for areas above. Nobody is recused."""
    applicant = Applicant(application.id, application.group_id, application.family_id)
    known = await bonds.bonds_of(session, persons, [applicant], await clock.today(session))
    return {person: relations(known, person, applicant) for person in persons}


async def list_recusals(session: Session, application_ids: Collection[UUID]) -> Sequence[Recusal]:
    """The recusals from applications, for areas above."""
    return await store.recusals(session, application_ids)


async def barred_pairs(session: Session, contest_id: UUID, jurors: Collection[UUID]) -> dict[Pair, list[str]]:
    """Application and juror where the juror may not score, and why: recused, tied to the applicant, or of its district."""
    day = await clock.today(session)
    applicants = await bonds.applicants(session, contest_id)
    known = await bonds.bonds_of(session, jurors, applicants, day)
    recused = {
        (row.application_id, row.person_id)
        for row in await store.recusals(session, [each.application_id for each in applicants])
    }
    districts = await bonds.own_district(session, contest_id, day)
    barred: dict[Pair, list[str]] = {}
    for applicant in applicants:
        for juror in jurors:
            pair = applicant.application_id, juror
            reasons = [Bar.RECUSED.value] if pair in recused else [each.value for each in relations(known, juror, applicant)]
            reasons += [Bar.OWN_DISTRICT.value] if pair in districts and not reasons else []
            if reasons:
                barred[pair] = reasons
    return barred


async def _application(session: Session, application_id: UUID) -> tuple[Application, UUID]:
    found = await store.application(session, application_id)
    if found is None:
        raise NotFound
    return found


async def _require_panel_open(session: Session, application: Application, person_id: UUID) -> bool:
    """Whether the person has a seat; then the application must be judged, and a stage of the seat must not be closed yet."""
    stages = [seat.stage for seat in await store.seats(session, application.contest_id) if seat.person_id == person_id]
    if not stages:
        return False
    if application.status not in rules.JUDGED:
        raise rules.NotJudged
    opened = await store.windows(session, [application.contest_id])
    closed = [window.stage for window in opened.values() if window.closed_at is not None]
    if set(stages) <= set(closed):
        raise rules.WindowClosed
    return True


async def _recuse(
    session: Session, actor: Actor, found: dict[tuple[UUID, UUID], list[str]], origin: RecusalOrigin
) -> list[Recusal]:
    """Insert what is not there yet, and leave a trace of each."""
    if not found:
        return []
    now = await clock.now(session)
    wanted = [
        Recusal(application_id=application_id, person_id=person_id, origin=origin, reasons=reasons, at=now)
        for (application_id, person_id), reasons in sorted(found.items())
    ]
    statement = insert(Recusal).values([row.model_dump() for row in wanted]).on_conflict_do_nothing()
    keys = statement.returning(col(Recusal.application_id), col(Recusal.person_id))
    async with refusing(session, {"RY013": rules.JurorHasSheet}):
        added = {(row[0], row[1]) for row in await session.execute(keys)}
    recusals = [row for row in wanted if (row.application_id, row.person_id) in added]
    for recusal in recusals:
        payload = {"person_id": str(recusal.person_id), "origin": origin.value, "reasons": recusal.reasons}
        await record.append(session, actor, "juror.recused", f"application:{recusal.application_id}", payload)
    return recusals
