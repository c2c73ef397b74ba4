"""Ink signatures: one officer registers the scan of the signed original, another compares it with the paper.

The group signs first, then the office; with the office's confirmed signature the contract comes into force and its money is payable.
"""

from datetime import date
from uuid import UUID

from service.contracts import rules, store
from service.contracts.models import Contract, InkSignature, Party
from service.contracts.shapes import InkIn, RefusalIn
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import advance
from service.documents.usecases import store_file
from service.ledger import usecases as ledger
from service.people.deputies import behind
from service.people.group_usecases import signatories_on
from service.people.models import Person
from service.record import usecases as record


async def register_ink_signature(
    session: Session, actor: Actor, contract_id: UUID, given: InkIn, name: str, scan: bytes
) -> InkSignature:
    """Register the scan (PDF, PNG or JPEG) of the original that one side has signed; it waits for a second officer.

    Raises ``NotFound``, ``MissingRole``, ``WrongState`` (the group signs first), ``SignatureWaiting``, ``SigningDayImpossible``,
    ``BoardIncomplete``, ``NobodyHeadsTheOffice``, ``WrongSignatories``, and what ``store_file`` raises.
    """
    contract = await store.lock(session, Contract, contract_id)
    actor.require(Act.REGISTER_SCAN, contract.office_id)
    earlier = [s for s in await store.signatures_of(session, [contract_id]) if s.refused_because is None]
    if any(signature.party == given.party for signature in earlier):
        raise rules.SignatureWaiting
    advance(rules.TRANSITIONS, contract.status, rules.SIGNING[given.party])
    earliest = max([contract.numbered_at.astimezone(clock.PERU).date(), *(signature.signed_on for signature in earlier)])
    rules.require_signing_day(given.signed_on, earliest, await clock.today(session))
    signatories = await _signatories(session, contract, given)
    file = await store_file(session, name, scan)
    signature = InkSignature(
        contract_id=contract_id,
        party=given.party,
        file_id=file.id,
        scan_sha256=file.sha256,
        signatories=signatories,
        signed_on=given.signed_on,
        registered_by=actor.person_id,
        registered_at=await clock.now(session),
    )
    session.add(signature)
    await session.flush()
    payload = {"party": given.party, "scan_sha256": file.sha256, "signed_on": given.signed_on.isoformat()}
    await record.append(session, actor, "signature.registered", f"contract:{contract_id}", payload)
    return signature


async def confirm_ink_signature(session: Session, actor: Actor, signature_id: UUID) -> InkSignature:
    """Confirm that a scan shows the signed paper; the office's brings the contract into force.

    Raises ``NotFound``, ``MissingRole``, ``SignatureDecided``, ``RegistrarCannotConfirm``, ``WrongState``.
    """
    signature, contract = await _undecided(session, actor, signature_id)
    rules.require_second_officer(actor, await behind(session, [(signature.registered_by, signature.registered_at)]))
    contract.status = advance(rules.TRANSITIONS, contract.status, rules.SIGNING[signature.party])
    signature.confirmed_by, signature.confirmed_at = actor.person_id, await clock.now(session)
    await session.flush()
    if signature.party == Party.OFFICE:
        lines = ledger.move(f"contract:{contract.id}:committed", f"contract:{contract.id}:payable", contract.amount)
        await ledger.post(session, f"contract:{contract.id}:signed", f"Contract {contract.number} in force", lines)
    payload = {"party": signature.party, "scan_sha256": signature.scan_sha256}
    await record.append(session, actor, "signature.confirmed", f"contract:{contract.id}", payload)
    return signature


async def refuse_ink_signature(session: Session, actor: Actor, signature_id: UUID, given: RefusalIn) -> InkSignature:
    """Refuse a scan that does not show the signed paper, so that another can be registered.

    Raises ``NotFound``, ``MissingRole``, ``SignatureDecided``.
    """
    signature, contract = await _undecided(session, actor, signature_id)
    signature.refused_because = given.reason
    await session.flush()
    payload = {"party": signature.party, "scan_sha256": signature.scan_sha256, "reason": given.reason}
    await record.append(session, actor, "signature.refused", f"contract:{contract.id}", payload)
    return signature


async def _undecided(session: Session, actor: Actor, signature_id: UUID) -> tuple[InkSignature, Contract]:
    contract_id = (await store.fetch(session, InkSignature, signature_id)).contract_id
    contract = await store.lock(session, Contract, contract_id)
    signature = await store.lock(session, InkSignature, signature_id)
    actor.require(Act.CONFIRM_SCAN, contract.office_id)
    rules.require_undecided(signature)
    return signature, contract


async def _signatories(session: Session, contract: Contract, given: InkIn) -> list[dict[str, str | None]]:
    """Who signed, as the contract's day of signing knows them."""
    named = [signatory.person_id for signatory in given.signatories]
    if given.party == Party.OFFICE:
        heads = {person.id: person for person in await store.heads_on(session, contract.office_id, given.signed_on)}
        rules.require_one_head(named, [(person.id, person.name) for person in heads.values()], given.signed_on)
        return [_signatory(heads[named[0]], "office_head")]
    board = await _board(session, contract.group_id, given.signed_on)
    rules.require_signatories(named, [(person.id, person.name) for person, _ in board], given.signed_on)
    return [_signatory(person, role) for person, role in board]


async def _board(session: Session, group_id: UUID, day: date) -> list[tuple[Person, str]]:
    return [(person, mandate.role.value) for mandate, person in await signatories_on(session, group_id, day)]


def _signatory(person: Person, role: str) -> dict[str, str | None]:
    return {"person_id": str(person.id), "name": person.name, "dni": person.dni, "role": role}
