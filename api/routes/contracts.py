"""Contracts: drafts, numbers, signatures, how they end."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from api.deps import Anyone, Who, Work, new_router
from api.files import FILE, NOT_DRAWN, attachment
from api.routes.answers import Out
from api.routes.uploads import UploadIn
from service.contests.models import PlanType
from service.contracts import queries, usecases
from service.contracts import signature_usecases as signing
from service.contracts.models import ContractStatus, Party
from service.contracts.shapes import ContractDraftIn, InkIn, ReasonIn, RefusalIn
from service.contracts.store import OpenAward
from service.core.money import Money
from service.documents.models import DocumentKind
from service.documents.usecases import get_file, latest_document
from service.transparency.papers import get_paper

router = new_router("contracts")


class OpenAwardOut(Out):
    """An award that waits for a contract; ``draft_id`` is of the draft for it."""

    award_id: UUID
    application_id: UUID
    contest_id: UUID
    group_id: UUID
    code: str
    title: str
    organisation: str
    amount: Money
    draft_id: UUID | None


class DraftOut(Out):
    """What can still be chosen before a contract is numbered."""

    id: UUID
    award_id: UUID
    months: int
    resolution: str
    obligations: str
    additional_cofinancing: list[dict[str, Any]]
    updated_at: datetime


class SignatureOut(Out):
    """The scan of an original that one side has signed, bound by its hash."""

    id: UUID
    contract_id: UUID
    party: Party
    scan_sha256: str
    signatories: list[dict[str, Any]]
    signed_on: date
    registered_by: UUID
    registered_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    refused_because: str | None


class ContractRowOut(Out):
    """A contract in a list."""

    id: UUID
    number: str
    award_id: UUID
    application_id: UUID
    contest_id: UUID
    group_id: UUID
    office_id: UUID
    plan_type: PlanType
    amount: Money
    own_share: Money
    data_sha256: str
    numbered_at: datetime
    status: ContractStatus


class ContractOut(ContractRowOut):
    """A contract with what its paper prints; ``data_sha256`` is of the canonical JSON (RFC 8785) of the unmasked ``data``."""

    fund_id: UUID
    terms: dict[str, Any]
    data: dict[str, Any]
    signatures: list[SignatureOut]


class PaperOut(Out):
    """A paper that was asked for; ``file_id`` stays empty until it is drawn."""

    id: UUID
    kind: DocumentKind
    subject: str
    version: int
    data_sha256: str
    requested_at: datetime
    file_id: UUID | None


class InkUploadIn(InkIn, UploadIn):
    """Ink signatures of one side, with the scan of the signed original."""


@router.get("/offices/{office_id}/awards-without-contract")
async def awards_without_contract(session: Work, who: Who, office_id: UUID) -> list[OpenAwardOut]:
    """The awards of an office that wait for a contract."""
    return [_open_award(row) for row in await queries.awards_without_contract(session, who, office_id)]


def _open_award(row: OpenAward) -> OpenAwardOut:
    return OpenAwardOut(
        award_id=row.award.id,
        application_id=row.application.id,
        contest_id=row.contest.id,
        group_id=row.group.id,
        code=row.application.code,
        title=row.proposal.title,
        organisation=row.group.name,
        amount=row.award.amount,
        draft_id=row.draft.id if row.draft else None,
    )


@router.post("/awards/{award_id}/contract-draft", status_code=201)
async def draft_contract(session: Work, who: Who, award_id: UUID, given: ContractDraftIn) -> DraftOut:
    """Draft the contract for an award, or change its draft."""
    return DraftOut.of(await usecases.draft_contract(session, who, award_id, given))


@router.get("/offices/{office_id}/contract-drafts")
async def list_drafts(session: Work, who: Who, office_id: UUID) -> list[DraftOut]:
    """The drafts of an office that wait for their number."""
    return [DraftOut.of(row) for row in await queries.list_drafts(session, who, office_id)]


@router.post("/contract-drafts/{draft_id}/number", status_code=201)
async def number_contract(session: Work, who: Who, draft_id: UUID) -> ContractRowOut:
    """Give a drafted contract its number."""
    return ContractRowOut.of(await usecases.number_contract(session, who, draft_id))


@router.get("/offices/{office_id}/contracts")
async def list_contracts(
    session: Work, who: Who, office_id: UUID, group_id: UUID | None = None, limit: int = 50
) -> list[ContractRowOut]:
    """The contracts of an office or of one of its groups, the newest first."""
    rows = await queries.list_contracts(session, who, office_id, group_id, min(max(limit, 1), 200))
    return [ContractRowOut.of(row) for row in rows]


@router.get("/contracts/{contract_id}")
async def get_contract(session: Work, who: Who, contract_id: UUID) -> ContractOut:
    """A contract; the account's digits are masked for those who need not see them."""
    return ContractOut.of(await queries.get_contract(session, who, contract_id))


@router.get("/contracts/{contract_id}/paper")
async def get_contract_paper(session: Work, who: Who, contract_id: UUID) -> PaperOut | None:
    """The newest version of the contract's paper."""
    await queries.get_contract(session, who, contract_id)
    document = await latest_document(session, DocumentKind.CONTRACT, f"contract:{contract_id}")
    return PaperOut.of(document) if document else None


@router.get("/documents/{document_id}")
async def get_document(session: Work, who: Anyone, document_id: UUID) -> PaperOut:
    """A paper: public where its subject is, for the office otherwise."""
    return PaperOut.of(await get_paper(session, who, document_id))


@router.get("/documents/{document_id}/file", response_class=Response, responses=FILE | NOT_DRAWN)
async def get_document_file(session: Work, who: Anyone, document_id: UUID) -> Response:
    """The PDF of a paper; 202 while it is being drawn."""
    document = await get_paper(session, who, document_id)
    return attachment(await get_file(session, document.file_id)) if document.file_id else Response(status_code=202)


@router.post("/contracts/{contract_id}/signatures", status_code=201)
async def register_ink_signature(session: Work, who: Who, contract_id: UUID, given: InkUploadIn) -> SignatureOut:
    """Register the scan (PDF, PNG or JPEG) that one side has signed; it waits for a second officer."""
    ink = InkIn(party=given.party, signed_on=given.signed_on, signatories=given.signatories)
    return SignatureOut.of(await signing.register_ink_signature(session, who, contract_id, ink, given.name, given.content))


@router.get("/signatures/{signature_id}/scan", response_class=Response, responses=FILE)
async def get_scan(session: Work, who: Who, signature_id: UUID) -> Response:
    """The scan of a signed original."""
    return attachment(await queries.get_scan(session, who, signature_id))


@router.post("/signatures/{signature_id}/confirmation", status_code=201)
async def confirm_ink_signature(session: Work, who: Who, signature_id: UUID) -> SignatureOut:
    """Confirm, as another officer, that a scan shows the signed paper."""
    return SignatureOut.of(await signing.confirm_ink_signature(session, who, signature_id))


@router.post("/signatures/{signature_id}/refusal", status_code=201)
async def refuse_ink_signature(session: Work, who: Who, signature_id: UUID, given: RefusalIn) -> SignatureOut:
    """Refuse a scan that does not show the signed paper."""
    return SignatureOut.of(await signing.refuse_ink_signature(session, who, signature_id, given))


@router.post("/contracts/{contract_id}/annulment", status_code=201)
async def annul_contract(session: Work, who: Who, contract_id: UUID, given: ReasonIn) -> ContractRowOut:
    """Annul a contract that is not in force; it keeps its number."""
    return ContractRowOut.of(await usecases.annul_contract(session, who, contract_id, given))


@router.post("/contracts/{contract_id}/suspension", status_code=201)
async def suspend_contract(session: Work, who: Who, contract_id: UUID, given: ReasonIn) -> ContractRowOut:
    """Suspend a contract in force."""
    return ContractRowOut.of(await usecases.suspend_contract(session, who, contract_id, given))


@router.post("/contracts/{contract_id}/resumption", status_code=201)
async def resume_contract(session: Work, who: Who, contract_id: UUID, given: ReasonIn) -> ContractRowOut:
    """Let a suspended contract go on."""
    return ContractRowOut.of(await usecases.resume_contract(session, who, contract_id, given))


@router.post("/contracts/{contract_id}/termination", status_code=201)
async def terminate_contract(session: Work, who: Who, contract_id: UUID, given: ReasonIn) -> ContractRowOut:
    """End a contract for good."""
    return ContractRowOut.of(await usecases.terminate_contract(session, who, contract_id, given))


@router.post("/contracts/{contract_id}/write-off", status_code=201)
async def write_off_contract(session: Work, who: Who, contract_id: UUID, given: ReasonIn) -> ContractRowOut:
    """Take a completed donation off the books."""
    return ContractRowOut.of(await usecases.write_off_contract(session, who, contract_id, given))
