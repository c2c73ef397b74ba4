"""The ink signatures of a contract: scans registered by one officer and compared with the paper by another."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import attachment
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Hash, Link, State, Table, Word
from service.contracts import rules
from service.contracts import signature_usecases as usecases
from service.contracts.models import InkSignature, Party
from service.contracts.queries import ContractView, get_contract, get_scan
from service.contracts.shapes import InkIn, RefusalIn, SignatoryIn
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people.group_rules import signing_seats
from service.people.group_usecases import get_group, list_mandates
from service.people.rules import overlap
from service.people.usecases import list_roles

router = new_router("signatures")


SIDES = {Party.GROUP: "The group", Party.OFFICE: "The office"}


class SignedIn(BaseModel, extra="forbid"):
    """Who of one side signed the printed original, and when."""

    signed_on: date = Field(description="Day of signing")
    signatories: list[UUID] = Field(min_length=1, max_length=4, description="Who signed")


@router.get("/signatures/{signature_id}/scan")
async def download_scan(session: Work, who: Who, signature_id: UUID) -> Response:
    """The scan of a signed original."""
    return attachment(await get_scan(session, who, signature_id))


async def signature_table(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Table:
    """The scans of a contract, and what comes next for its signing."""
    reads = who.may(Act.READ_SCANS, contract.office_id)
    return Table(
        "Signatures",
        ["Side", "Day of signing", "Who signed", "Scan", "SHA-256", "State", "Reason"],
        [_row(signature, reads) for signature in contract.signatures],
        empty="Nobody has signed yet. Print the contract, have it signed, and register the scan.",
        acts=await _acts(session, who, contract, typed),
    )


def _row(signature: InkSignature, reads: bool) -> list[Cell]:
    state = "confirmed" if signature.confirmed_by else "refused" if signature.refused_because else "to be confirmed"
    return [
        Word(SIDES[signature.party]),
        signature.signed_on,
        ", ".join(each["name"] for each in signature.signatories),
        Link("Download the scan", f"/signatures/{signature.id}/scan", translate=True) if reads else None,
        Hash(signature.scan_sha256),
        State(state),
        signature.refused_because,
    ]


async def _acts(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> list[Form]:
    if not who.may(Act.REGISTER_SCAN, contract.office_id):
        return []
    here = f"/contracts/{contract.id}/signatures"
    waiting = _waiting(contract)
    if waiting is None:
        side = next((p for p, action in rules.SIGNING.items() if (contract.status, action) in rules.TRANSITIONS), None)
        return [await _register(session, who, contract, side, typed)] if side else []
    refuse = form(f"{here}/refusal", "Refuse the scan", RefusalIn, typed=typed, danger=True)
    if waiting.registered_by == who.person_id:
        return [refuse]
    explain = "Compare the scan with the paper first."
    return [form(f"{here}/confirmation", "Confirm the scan", typed=typed, explain=explain), refuse]


async def _register(session: Session, who: Actor, contract: ContractView, side: Party, typed: Typed | None) -> Form:
    """The form for the side that signs next, with those who may sign now ticked."""
    today = await clock.today(session)
    if side == Party.GROUP:
        seats = signing_seats((await get_group(session, who, contract.group_id)).kind)
        board = await list_mandates(session, who, contract.group_id)
        people = [(person, overlap(row.since, row.until, today, today)) for row, person in board if row.role in seats]
    else:
        roles = await list_roles(session, who, contract.office_id)
        people = [(person, grant.until is None) for grant, person in roles if grant.role == Role.OFFICE_HEAD]
    names = {str(person.id): person.name for person, _ in people}
    titles = {
        Party.GROUP: "Register the scan that the group has signed",
        Party.OFFICE: "Register the scan that the office head has signed",
    }
    return form(
        f"/contracts/{contract.id}/signatures/{side.value}",
        titles[side],
        SignedIn,
        choices={"signatories": list(names.items())},
        values={"signed_on": today, "signatories": [person.id for person, now in people if now]},
        files=[("file", "Scan of the signed original")],
        typed=typed,
    )


def _waiting(contract: ContractView) -> InkSignature | None:
    """The scan that waits for a second officer."""
    return next((row for row in contract.signatures if not row.confirmed_by and row.refused_because is None), None)


async def register(
    session: Session, who: Actor, contract_id: UUID, party: str, given: SignedIn, name: str, scan: bytes
) -> InkSignature:
    """Register a scan of the side that the address names. Raises ``NotFound`` on another one."""
    if party not in tuple(Party):
        raise NotFound
    signatories = [SignatoryIn(person_id=person_id) for person_id in given.signatories]
    ink = InkIn(party=Party(party), signed_on=given.signed_on, signatories=signatories)
    return await usecases.register_ink_signature(session, who, contract_id, ink, name, scan)


async def confirm(session: Session, who: Actor, contract_id: UUID) -> InkSignature:
    """Confirm the scan that waits. Raises ``SignatureDecided`` where none does."""
    return await usecases.confirm_ink_signature(session, who, await _waiting_id(session, who, contract_id))


async def refuse(session: Session, who: Actor, contract_id: UUID, given: RefusalIn) -> InkSignature:
    """Refuse the scan that waits. Raises ``SignatureDecided`` where none does."""
    return await usecases.refuse_ink_signature(session, who, await _waiting_id(session, who, contract_id), given)


async def _waiting_id(session: Session, who: Actor, contract_id: UUID) -> UUID:
    waiting = _waiting(await get_contract(session, who, contract_id))
    if waiting is None:
        raise rules.SignatureDecided
    return waiting.id
