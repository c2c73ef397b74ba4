"""Reading contracts. Whoever has a role in the office may; the account's digits are masked except for those who handle payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col

from service.contests.models import Call, PlanType
from service.contracts import store
from service.contracts.models import Contract, ContractDraft, ContractStatus, InkSignature
from service.contracts.store import OpenAward
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.models import Award
from service.documents.models import StoredFile
from service.documents.usecases import get_file
from service.people.identifiers import mask


@dataclass(frozen=True)
class ContractView:
    """A contract as a reader may see it, with the scans registered for it."""

    id: UUID
    award_id: UUID
    application_id: UUID
    contest_id: UUID
    group_id: UUID
    fund_id: UUID
    account_id: UUID
    office_id: UUID
    year: int
    plan_type: PlanType
    serial: int
    number: str
    amount: Decimal
    own_share: Decimal
    terms: dict[str, Any]
    data: dict[str, Any]
    data_sha256: str
    numbered_at: datetime
    numbered_by: UUID
    status: ContractStatus
    signatures: tuple[InkSignature, ...]


async def get_contract(session: Session, actor: Actor, contract_id: UUID) -> ContractView:
    """A contract. Raises ``NotFound``, ``MissingRole``."""
    contract = await store.fetch(session, Contract, contract_id)
    actor.require(Act.READ_OFFICE, contract.office_id)
    return (await _views(session, [contract]))[0]


async def list_contracts(
    session: Session, actor: Actor, office_id: UUID, group_id: UUID | None = None, limit: int = 200
) -> list[ContractView]:
    """The contracts of an office, or of one of its groups, the newest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await _views(session, await store.contracts_of(session, office_id, group_id, limit))


async def contracts_of_group(session: Session, group_id: UUID) -> Sequence[Contract]:
    """The contracts of a group in every office, the newest first: for areas above that check who may see them."""
    return await store.contracts_of_group(session, group_id)


async def awards_without_contract(session: Session, actor: Actor, office_id: UUID) -> list[OpenAward]:
    """The awards of an office that wait for a contract, drafted or not, by contest and rank. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.open_awards(session, col(Call.office_id) == office_id)


async def award_without_contract(session: Session, actor: Actor, award_id: UUID) -> OpenAward:
    """An award that waits for a contract. Raises ``NotFound`` (also where it has one), ``MissingRole``."""
    found = await store.open_awards(session, col(Award.id) == award_id)
    if not found:
        raise NotFound
    actor.require(Act.READ_OFFICE, found[0].office_id)
    return found[0]


async def get_scan(session: Session, actor: Actor, signature_id: UUID) -> StoredFile:
    """The scan of a signed original, for those who see accounts or compare scans. Raises ``NotFound``, ``MissingRole``."""
    signature = await store.fetch(session, InkSignature, signature_id)
    contract = await store.fetch(session, Contract, signature.contract_id)
    actor.require(Act.READ_SCANS, contract.office_id)
    return await get_file(session, signature.file_id)


async def list_drafts(session: Session, actor: Actor, office_id: UUID) -> list[ContractDraft]:
    """The drafts of an office that wait for their number, the oldest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.drafts_of(session, office_id)


async def _views(session: Session, contracts: Sequence[Contract]) -> list[ContractView]:
    signatures = await store.signatures_of(session, [contract.id for contract in contracts])
    return [_view(contract, tuple(s for s in signatures if s.contract_id == contract.id)) for contract in contracts]


def _view(contract: Contract, signatures: tuple[InkSignature, ...]) -> ContractView:
    shown = {name: getattr(contract, name) for name in ContractView.__dataclass_fields__ if name != "signatures"}
    account = contract.data["account"]
    shown["data"] = {**contract.data, "account": {**account, "number": mask(account["number"]), "cci": mask(account["cci"])}}
    return ContractView(**shown, signatures=signatures)
