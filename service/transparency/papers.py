"""Papers that Raymi drew, for those who may read what they are about."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from service.contests.usecases import contest_with_call, get_call
from service.contracts.usecases import contract_of
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.appeal_models import AppealResolution
from service.deliberation.appeal_queries import get_appeal
from service.deliberation.models import Minutes
from service.deliberation.queries import MinutesView, get_minutes
from service.disbursements.models import Authorisation, PrizePayout
from service.documents import usecases as documents
from service.documents.models import Document, DocumentKind
from service.scoring.paper_sheets import get_paper_sheet


async def get_paper(session: Session, actor: Actor | None, document_id: UUID) -> Document:
    """A paper, for who may read its subject: published calls, copies of published minutes and reports for everybody, the rest for the office.

    Papers that print a bank account go to those who see accounts, and to the secretary. Raises ``DocumentNotFound``, ``NotFound``,
    ``MissingRole``.
    """
    document = await documents.get_document(session, document_id)
    kind, _, key = document.subject.partition(":")
    if document.kind == DocumentKind.REPORT:
        return document
    if kind not in _READ:
        raise NotFound
    await _READ[kind](session, actor, UUID(key))
    return document


async def _contract(session: Session, actor: Actor | None, contract_id: UUID) -> None:
    _require(actor, Act.READ_SCANS, (await contract_of(session, contract_id)).office_id)


async def _authorisation(session: Session, actor: Actor | None, authorisation_id: UUID) -> None:
    authorisation = await session.get(Authorisation, authorisation_id)
    if authorisation is None:
        raise NotFound
    _require(actor, Act.READ_SCANS, authorisation.office_id)


async def _payout(session: Session, actor: Actor | None, payout_id: UUID) -> None:
    payout = await session.get(PrizePayout, payout_id)
    if payout is None:
        raise NotFound
    _, call = await contest_with_call(session, payout.contest_id)
    _require(actor, Act.READ_OFFICE, call.office_id)


async def _minutes(session: Session, actor: Actor | None, minutes_id: UUID) -> None:
    if not (await _minutes_of(session, actor, minutes_id)).knows:
        raise NotFound


async def _minutes_copy(session: Session, actor: Actor | None, minutes_id: UUID) -> None:
    await _minutes_of(session, actor, minutes_id)


async def _minutes_of(session: Session, actor: Actor | None, minutes_id: UUID) -> MinutesView:
    minutes = await session.get(Minutes, minutes_id)
    if minutes is None:
        raise NotFound
    return await get_minutes(session, actor, minutes.session_id)


async def _paper_sheet(session: Session, actor: Actor | None, paper_id: UUID) -> None:
    if actor is None:
        raise NotFound
    await get_paper_sheet(session, actor, paper_id)


async def _resolution(session: Session, actor: Actor | None, resolution_id: UUID) -> None:
    resolution = await session.get(AppealResolution, resolution_id)
    if actor is None or resolution is None:
        raise NotFound
    await get_appeal(session, actor, resolution.appeal_id)


async def _call(session: Session, actor: Actor | None, call_id: UUID) -> None:
    await get_call(session, actor, call_id)


def _require(actor: Actor | None, act: Act, office_id: UUID) -> None:
    if actor is None:
        raise NotFound
    actor.require(act, office_id)


_READ: dict[str, Callable[[Session, Actor | None, UUID], Awaitable[None]]] = {
    "contract": _contract,
    "authorisation": _authorisation,
    "payout": _payout,
    "minutes": _minutes,
    "minutes-copy": _minutes_copy,
    "call": _call,
    "resolution": _resolution,
    "papersheet": _paper_sheet,
}
"""Who may read what papers are about, by the kind in their subject."""
