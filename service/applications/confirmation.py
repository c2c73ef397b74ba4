"""A group's confirmation of what was filed on its behalf: by a code that its president types, or on signed paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.applications import confirmation_rules, confirmation_store, store
from service.applications.confirmation_models import ConfirmationCode, ConfirmationWay, GroupConfirmation
from service.applications.models import Application
from service.applications.shapes import ConfirmIn, PaperConfirmationIn
from service.contests.usecases import contest_with_call
from service.core import clock, codes
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.core.money import show
from service.core.settings import load
from service.documents.models import StoredFile
from service.documents.usecases import get_file, store_file
from service.messages import usecases as messages
from service.messages.models import MessageKind
from service.people.group_usecases import board_on, get_group
from service.people.groups import BoardMandate, BoardRole
from service.people.models import Person
from service.record import usecases as record

SPEAKERS = (BoardRole.PRESIDENT, BoardRole.MAYOR)
"""The seats that confirm for a group."""


@dataclass(frozen=True)
class Slip:
    """What a president reads before confirming."""

    application_id: UUID
    code: str
    group: str
    contest: str
    requested: Decimal
    own_share: Decimal


async def issue_code(session: Session, actor: Actor, application_id: UUID) -> tuple[str, Person]:
    """A new code for the group's president, who is returned with it; it is not kept, and earlier ones are no longer good.

    Raises ``NotFound``, ``MissingRole``, ``FiledByYourself``, ``NothingToConfirm``, ``NoPresident``.
    """
    application = await _awaiting(session, actor, application_id)
    mandate, president = await _speaker(session, application, await clock.today(session))
    handle, secret = codes.new_code(confirmation_rules.SECRET)
    code = ConfirmationCode(
        application_id=application_id,
        mandate_id=mandate.id,
        handle=handle,
        code_hash=b"",
        at=await clock.now(session),
        issued_by=actor.person_id,
    )
    code.code_hash = codes.hash_secret(code.id, secret)
    session.add(code)
    await session.flush()
    payload = {"code_id": str(code.id), "president_id": str(president.id)}
    await record.append(session, actor, "confirmation.code_issued", f"application:{application_id}", payload)
    return codes.written(handle, secret), president


async def send_code(session: Session, actor: Actor, application_id: UUID, language: str = "es") -> Person:
    """Send a new code to the mobile of the group's president, who is returned; nobody of the office sees it.

    Raises what ``issue_code`` raises, ``NoMobileOfPresident`` and what ``messages.enqueue`` raises.
    """
    code, president = await issue_code(session, actor, application_id)
    if not president.mobile:
        raise confirmation_rules.NoMobileOfPresident
    slip = await slip_of(session, actor, application_id)
    values = {
        "application": slip.code,
        "group": slip.group[:80],
        "requested": f"{slip.requested:,.2f}",
        "code": code,
        "address": f"{load().public_url}/confirm",
    }
    subject, ends = f"application:{application_id}", await clock.now(session) + confirmation_rules.CONFIRM_WITHIN
    await messages.drop_waiting(session, subject)
    kind = MessageKind.CONFIRMATION_CODE
    await messages.enqueue(session, kind, subject, f"+51{president.mobile}", values, ends, language)
    await record.append(session, actor, "confirmation.code_sent", subject, {"president_id": str(president.id)})
    return president


async def slip_of(session: Session, actor: Actor, application_id: UUID) -> Slip:
    """What a slip says beside its code, for its office. Raises ``NotFound``."""
    application = await store.application(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    if not actor.may(Act.READ_APPLICATION, call.office_id):
        raise NotFound
    group = await get_group(session, actor, application.group_id)
    amounts = application.requested, application.own_share
    return Slip(application_id, application.code, group.name, contest.title, *amounts)


async def confirm_by_code(session: Session, given: ConfirmIn) -> Application | None:
    """Confirm an application with the code of its slip; None where the codes do not fit, and the attempt is counted.

    Returned, not raised: a refusal would take the count of the attempt back with it.
    """
    handle, secret = codes.read_code(given.code)
    code = await confirmation_store.code_with(session, handle)
    if code is None or code.attempts >= confirmation_rules.MOST_ATTEMPTS:
        return None
    application = await store.application_for_update(session, code.application_id)
    fits = codes.is_right(code.id, secret, code.code_hash) and application.code == given.application.upper()
    if not fits:
        code.attempts += 1
        await session.flush()
        return None
    speaking = await _speakers(session, application.group_id, await clock.today(session))
    president = next((person for mandate, person in speaking if mandate.id == code.mandate_id), None)
    confirmed = await confirmation_store.confirmation(session, application) is not None
    if president is None or not confirmation_rules.is_awaiting(application, confirmed):
        return None
    row = GroupConfirmation(
        application_id=application.id,
        way=ConfirmationWay.CODE,
        mandate_id=code.mandate_id,
        code_id=code.id,
        requested=application.requested,
        own_share=application.own_share,
        at=await clock.now(session),
    )
    await _confirm(session, Actor(president.id, president.name, via=f"code:{code.id}"), row)
    return application


async def confirm_on_paper(
    session: Session, actor: Actor, application_id: UUID, given: PaperConfirmationIn, name: str, content: bytes
) -> GroupConfirmation:
    """Record the form that the president signed, with the day on which the actor received it.

    Raises ``NotFound``, ``MissingRole``, ``FiledByYourself``, ``NothingToConfirm``, ``NotReceivedYet``, ``NoPresident`` (of that
    day) and what ``documents.store_file`` raises.
    """
    application = await _awaiting(session, actor, application_id)
    confirmation_rules.require_received(application, given.received_on, await clock.today(session))
    mandate, _ = await _speaker(session, application, given.received_on)
    row = GroupConfirmation(
        application_id=application_id,
        way=ConfirmationWay.PAPER,
        mandate_id=mandate.id,
        file_id=(await store_file(session, name, content)).id,
        received_on=given.received_on,
        received_by=actor.person_id,
        requested=application.requested,
        own_share=application.own_share,
        at=await clock.now(session),
    )
    return await _confirm(session, actor, row)


async def confirmations_of(session: Session, application_id: UUID) -> Sequence[Row[Any]]:
    """Every confirmation of an application, the newest first, for who has asked whether the reader may."""
    return await confirmation_store.confirmations(session, application_id)


async def get_confirmation_file(session: Session, actor: Actor, confirmation_id: UUID) -> StoredFile:
    """The signed paper of a confirmation, for its office. Raises ``NotFound``."""
    row = await session.get(GroupConfirmation, confirmation_id)
    if row is None or row.file_id is None:
        raise NotFound
    application = await store.application(session, row.application_id)
    _, call = await contest_with_call(session, application.contest_id)
    if not actor.may(Act.READ_APPLICATION, call.office_id):
        raise NotFound
    return await get_file(session, row.file_id)


async def awaited_until(session: Session, application: Application) -> date | None:
    """The day until which a confirmation that is missing is asked for; None where none is missing."""
    if not application.must_confirm or application.filed_at is None:
        return None
    if await confirmation_store.confirmation(session, application) is not None:
        return None
    return confirmation_rules.confirm_by(application.filed_at)


async def is_asked(session: Session, actor: Actor, application: Application) -> bool:
    """Whether what the actor files is for the group to confirm: a group's own board need not, and families stand under theirs."""
    if application.family_id is not None:
        return False
    board = await board_on(session, application.group_id, await clock.today(session))
    return all(person.id != actor.person_id for _, person in board)


async def _awaiting(session: Session, actor: Actor, application_id: UUID) -> Application:
    application = await store.application_for_update(session, application_id)
    _, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.CONFIRM_FOR_GROUP, call.office_id)
    confirmed = await confirmation_store.confirmation(session, application) is not None
    confirmation_rules.require_awaiting(application, confirmed)
    confirmation_rules.require_not_the_filer(application, actor.person_id)
    return application


async def _speakers(session: Session, group_id: UUID, day: date) -> list[tuple[BoardMandate, Person]]:
    return [(mandate, person) for mandate, person in await board_on(session, group_id, day) if mandate.role in SPEAKERS]


async def _speaker(session: Session, application: Application, day: date) -> tuple[BoardMandate, Person]:
    """Who speaks for the group on a day. Raises ``NoPresident``."""
    speaking = await _speakers(session, application.group_id, day)
    if not speaking:
        raise confirmation_rules.NoPresident
    return speaking[0]


async def _confirm(session: Session, actor: Actor, row: GroupConfirmation) -> GroupConfirmation:
    session.add(row)
    await session.flush()
    payload = {
        "way": row.way.value,
        "mandate_id": str(row.mandate_id),
        "requested": show(row.requested),
        "own_share": show(row.own_share),
        "received_on": row.received_on.isoformat() if row.received_on else None,
    }
    await record.append(session, actor, "application.confirmed", f"application:{row.application_id}", payload)
    return row
