"""The numbered resolution that ends an appeal filed after the minutes were closed: issued, signed by its panel, carried out."""

from typing import Any, cast
from uuid import UUID

from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.canonical import sha256_hex
from service.core.db import Session, refusing
from service.core.errors import Conflict
from service.core.machine import WrongState
from service.core.series import next_number, written
from service.deliberation import appeal_rules, check_rules, rules, run_store, store
from service.deliberation.appeal_models import Appeal, AppealResolution, AppealStatus, ResolutionSignature
from service.deliberation.appeal_queries import AppealView, view_appeal
from service.deliberation.appeals import locked_appeal
from service.deliberation.minutes_appeals import appeal_line, check_line, instant
from service.deliberation.models import RankingRun
from service.deliberation.refusal_rules import is_complete
from service.deliberation.sessions import number_of
from service.deliberation.settling import carry_out_resolution, ranked_again
from service.documents.models import DocumentKind
from service.documents.papers_of_appeals import ResolutionPaper
from service.documents.usecases import request_document
from service.people.letterheads import letterhead
from service.record import usecases as record


class InTheMinutes(Conflict):
    """An appeal that was filed before the minutes were closed ends in them."""

    message = "This appeal was filed before the minutes were closed, so the minutes hold it. No resolution is needed."


class AlreadyResolved(Conflict):
    """The appeal has its resolution."""

    message = "The resolution of this appeal is issued already. Let the panel sign it."


async def issue_resolution(session: Session, actor: Actor, appeal_id: UUID) -> AppealResolution:
    """Number the resolution of an appeal that was ruled on, freeze what it says and ask for its paper.

    One that upholds needs the contest ranked again and checked off. Raises ``NotFound``, ``MissingRole``, ``InTheMinutes``,
    ``AlreadyResolved``, ``WrongState``, ``NotRankedAgain``, ``NotCheckedOff``.
    """
    appeal, office_id = await locked_appeal(session, appeal_id)
    actor.require(Act.SETTLE_APPEAL, office_id)
    view = await view_appeal(session, appeal)
    if not view.needs_resolution:
        raise InTheMinutes
    if view.resolution is not None:
        raise AlreadyResolved
    run = await _run(session, appeal, view.contest)
    now = await clock.now(session)
    year = now.astimezone(clock.PERU).year
    heading = await letterhead(session, office_id)
    serial = await next_number(session, f"resolution:{office_id}:{year}")
    number = f"{written(serial)}-{year}-{heading['office_code']}"
    data = cast(dict[str, Any], await _paper(session, view, run, number))
    resolution = AppealResolution(
        appeal_id=appeal_id,
        office_id=office_id,
        year=year,
        serial=serial,
        number=number,
        run_id=run.id if run else None,
        data=data,
        data_sha256=sha256_hex(data),
        issued_at=now,
        issued_by=actor.person_id,
    )
    async with refusing(session, {"uq_appeal_resolution_appeal_id": AlreadyResolved, "RY109": InTheMinutes}):
        session.add(resolution)
    await request_document(session, DocumentKind.RESOLUTION, f"resolution:{resolution.id}", data)
    payload = {"number": number, "data_sha256": resolution.data_sha256}
    await record.append(session, actor, "resolution.issued", f"appeal:{appeal_id}", payload)
    return resolution


async def sign_resolution(session: Session, actor: Actor, appeal_id: UUID) -> ResolutionSignature:
    """Sign, as a member of the panel, the hash of what the resolution says; the last signature of one that upholds carries it out.

    Raises ``StepUpNeeded``, ``NotFound``, ``NotOnThePanel``, ``WrongState``, ``AlreadySigned``, and what ``settling.carry_out_resolution`` raises.
    """
    actor.require_fresh(Act.SIGN_MINUTES)
    appeal, _ = await locked_appeal(session, appeal_id)
    view = await view_appeal(session, appeal)
    if actor.person_id not in view.panel:
        raise appeal_rules.NotOnThePanel
    if view.resolution is None:
        raise WrongState(state=appeal.status)
    if actor.person_id in view.signatures:
        raise rules.AlreadySigned
    signature = ResolutionSignature(
        resolution_id=view.resolution.id,
        person_id=actor.person_id,
        dni=view.panel[actor.person_id].dni or "",
        data_sha256=view.resolution.data_sha256,
        at=await clock.now(session),
    )
    async with refusing(session, {"pk_resolution_signature": rules.AlreadySigned}):
        session.add(signature)
    payload = {"number": view.resolution.number, "data_sha256": signature.data_sha256}
    await record.append(session, actor, "resolution.signed", f"appeal:{appeal_id}", payload)
    await carry_out_if_signed(session, actor, appeal)
    return signature


async def carry_out_if_signed(session: Session, actor: Actor, appeal: Appeal) -> None:
    """Carry out what an issued resolution upholds, once its whole panel has signed or is noted as not signing."""
    view = await view_appeal(session, appeal)
    complete = is_complete(view.panel, view.signatures, view.refusals)
    if complete and view.resolution is not None and appeal.status == AppealStatus.UPHELD:
        await carry_out_resolution(session, actor, appeal, view.resolution)


async def _run(session: Session, appeal: Appeal, contest: Contest) -> RankingRun | None:
    """The checked run that a resolution announces; None for one that rejects."""
    if appeal.status == AppealStatus.REJECTED:
        return None
    run = await ranked_again(session, appeal, contest)
    if await run_store.check_of(session, run.id) is None:
        raise check_rules.NotCheckedOff(contest=contest.code)
    return run


async def _paper(session: Session, view: AppealView, run: RankingRun | None, number: str) -> ResolutionPaper:
    now = await clock.now(session)
    minutes = await store.minutes_of(session, view.session.id)
    return {
        "letterhead": await letterhead(session, view.session.office_id),
        "number": number,
        "issued_at": instant(now),
        "minutes": minutes.number if minutes else await number_of(session, view.session),
        "contest_code": view.contest.code,
        "contest_title": view.contest.title,
        "appeal": await appeal_line(session, view),
        "check": await check_line(session, run.id, now) if run else None,
        "signers": [{"name": person.name, "dni": person.dni} for person in view.panel.values()],
    }
