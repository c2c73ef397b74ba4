"""Drafting and numbering contracts, and their life after signing. Signatures and readings have files of their own."""

from typing import Literal
from uuid import UUID

from service.applications.models import Application
from service.applications.queries import budget_of
from service.contests.terms import terms_of
from service.contests.usecases import rules_in_force
from service.contracts import rules, store
from service.contracts.models import Contract, ContractDraft
from service.contracts.paper import Parties, contract_data, day_of
from service.contracts.rules import ContractAction
from service.contracts.shapes import ContractDraftIn, ReasonIn
from service.contracts.store import Basis
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.machine import advance
from service.core.money import show
from service.core.series import next_number
from service.deliberation.appeal_holds import require_settled
from service.documents.models import DocumentKind
from service.documents.papers import check
from service.documents.usecases import request_document
from service.funding import usecases as funding
from service.funding.models import Fund
from service.ledger import usecases as ledger
from service.people.account_usecases import confirmed_account
from service.people.group_usecases import signatories_on
from service.people.letterheads import letterhead, organisation, place_of
from service.people.models import Nec, Office, Person
from service.record import usecases as record


async def draft_contract(session: Session, actor: Actor, award_id: UUID, given: ContractDraftIn) -> ContractDraft:
    """Draft the contract for an award of signed minutes, or change its draft.

    Raises ``NotFound``, ``MissingRole``, ``NotForAContract``, ``AwardHasContract``.
    """
    basis = await _locked_basis(session, award_id)
    actor.require(Act.DRAFT_CONTRACT, basis.call.office_id)
    rules.require_contractable(basis.contest)
    await _require_no_contract(session, award_id)
    values = given.model_dump(mode="json")
    values["months"] = given.months or terms_of(await rules_in_force(session, basis.contest.id)).months
    draft = await store.draft_of(session, award_id) or ContractDraft(
        award_id=award_id, updated_at=await clock.now(session), **values
    )
    draft.sqlmodel_update({**values, "updated_at": await clock.now(session)})
    session.add(draft)
    await session.flush()
    await record.append(session, actor, "contract.drafted", f"award:{award_id}", values)
    return draft


async def number_contract(session: Session, actor: Actor, draft_id: UUID) -> Contract:
    """Number a drafted contract: copy all it rests on, commit the reserved money, ask for the paper.

    Raises ``NotFound``, ``MissingRole``, ``AwardHasContract``, ``HeadWithoutDni``, ``NoConfirmedAccount``,
    ``AccountInAnotherCurrency``, ``BoardIncomplete``, ``AppealOpen``, ``StillAppealable``, ``WrongState`` (the reserved money was
    released).
    """
    draft = await store.lock(session, ContractDraft, draft_id)
    basis = await _locked_basis(session, draft.award_id)
    actor.require(Act.NUMBER_CONTRACT, basis.call.office_id)
    await _require_no_contract(session, draft.award_id)
    await require_settled(session, basis.contest.id, basis.application.id)
    contract = await _numbered(session, actor, basis, draft)
    session.add(contract)
    await session.flush()
    await funding.commit_reservation(session, actor, f"award:{basis.award.id}", f"contract:{contract.id}")
    await request_document(session, DocumentKind.CONTRACT, f"contract:{contract.id}", contract.data)
    payload = {"number": contract.number, "award_id": str(contract.award_id), "data_sha256": contract.data_sha256}
    await record.append(session, actor, "contract.numbered", f"contract:{contract.id}", payload)
    return contract


async def annul_contract(session: Session, actor: Actor, contract_id: UUID, given: ReasonIn) -> Contract:
    """Annul a contract that is not in force: it keeps its number, prints a banner, and lets its money go.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``.
    """
    contract = await _move(session, actor, contract_id, ContractAction.ANNUL, Act.ANNUL_CONTRACT, given)
    await funding.release_reservation(session, actor, f"award:{contract.award_id}")
    annulled = {"on": day_of(await clock.now(session)), **given.model_dump()}
    await request_document(session, DocumentKind.CONTRACT, f"contract:{contract.id}", {**contract.data, "annulled": annulled})
    return contract


async def suspend_contract(session: Session, actor: Actor, contract_id: UUID, given: ReasonIn) -> Contract:
    """Suspend a contract in force: nothing is paid under it. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    return await _move(session, actor, contract_id, ContractAction.SUSPEND, Act.SUSPEND_CONTRACT, given)


async def resume_contract(session: Session, actor: Actor, contract_id: UUID, given: ReasonIn) -> Contract:
    """Let a suspended contract go on. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    return await _move(session, actor, contract_id, ContractAction.RESUME, Act.RESUME_CONTRACT, given)


async def terminate_contract(session: Session, actor: Actor, contract_id: UUID, given: ReasonIn) -> Contract:
    """End a contract for good; what was not paid yet falls back to the fund. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    contract = await _move(session, actor, contract_id, ContractAction.TERMINATE, Act.TERMINATE_CONTRACT, given)
    await return_unpaid(session, contract, "terminated")
    return contract


async def write_off_contract(session: Session, actor: Actor, contract_id: UUID, given: ReasonIn) -> Contract:
    """Take a completed donation off the books. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    return await _move(session, actor, contract_id, ContractAction.WRITE_OFF, Act.WRITE_OFF_CONTRACT, given)


async def advance_contract(
    session: Session,
    actor: Actor,
    contract_id: UUID,
    action: Literal[ContractAction.REPORT, ContractAction.LIQUIDATE, ContractAction.COMPLETE],
) -> Contract:
    """Move a contract on, for areas above that have asked who may and whether the accounts allow it.

    Raises ``NotFound``, ``WrongState``.
    """
    contract = await store.lock(session, Contract, contract_id)
    contract.status = advance(rules.TRANSITIONS, contract.status, action)
    await session.flush()
    await record.append(session, actor, f"contract.{contract.status}", f"contract:{contract_id}", {"number": contract.number})
    return contract


async def return_unpaid(session: Session, contract: Contract, why: str) -> None:
    """Let what is still payable under a contract fall back to its fund, as entry ``contract:<id>:<why>``."""
    payable = f"contract:{contract.id}:payable"
    left = await ledger.balance(session, payable)
    if left:
        lines = ledger.move(payable, f"fund:{contract.fund_id}:available", left)
        await ledger.post(session, f"contract:{contract.id}:{why}", f"Contract {contract.number} {why}", lines)


async def contract_of(session: Session, contract_id: UUID) -> Contract:
    """A contract, for areas above that have checked who may see it. Raises ``NotFound``."""
    return await store.fetch(session, Contract, contract_id)


async def contract_locked(session: Session, contract_id: UUID) -> Contract:
    """A contract as it is now, locked until the end of the transaction, for areas above. Raises ``NotFound``."""
    return await store.lock(session, Contract, contract_id)


async def _locked_basis(session: Session, award_id: UUID) -> Basis:
    """What an award rests on; the application's lock makes those who contract the same award wait for each other."""
    basis = await store.basis_of(session, award_id)
    await store.lock(session, Application, basis.application.id)
    return basis


async def _require_no_contract(session: Session, award_id: UUID) -> None:
    live = await store.live_contract_of(session, award_id)
    if live is not None:
        raise rules.AwardHasContract(number=live.number)


async def _numbered(session: Session, actor: Actor, basis: Basis, draft: ContractDraft) -> Contract:
    """The row of a contract, under its number; nothing is taken from the series if something is missing."""
    parties = await _parties(session, actor, basis)
    rule_book = await rules_in_force(session, basis.contest.id)
    terms = terms_of(rule_book)
    lines = await budget_of(session, basis.application.id)
    at = await clock.now(session)
    year, plan_type, office_code = at.astimezone(clock.PERU).year, basis.proposal.plan_type, parties.letterhead["office_code"]
    serial = await next_number(session, f"contract:{office_code}:{year}:{plan_type}")
    number = rules.contract_number(serial, year, plan_type, office_code)
    data = check(DocumentKind.CONTRACT, contract_data(number, at, basis, draft, parties, rule_book, terms, lines))
    return Contract(
        award_id=basis.award.id,
        application_id=basis.application.id,
        contest_id=basis.contest.id,
        group_id=basis.group.id,
        fund_id=parties.fund.id,
        account_id=parties.account.id,
        office_id=basis.call.office_id,
        year=year,
        plan_type=plan_type,
        serial=serial,
        number=number,
        amount=basis.award.amount,
        own_share=basis.application.own_share,
        terms=rule_book.terms,
        data=data,
        data_sha256=sha256_hex(data),
        numbered_at=at,
        numbered_by=actor.person_id,
    )


async def _parties(session: Session, actor: Actor, basis: Basis) -> Parties:
    """Who contracts. Raises ``HeadWithoutDni``, ``NoConfirmedAccount``, ``AccountInAnotherCurrency``, ``BoardIncomplete``."""
    head = await store.fetch(session, Person, actor.person_id)
    if head.dni is None:
        raise rules.HeadWithoutDni
    account = await confirmed_account(session, basis.group.id)
    rules.require_currency(account.currency, basis.contest.currency)
    office = await store.fetch(session, Office, basis.call.office_id)
    reservation = await funding.get_reservation(session, f"award:{basis.award.id}")
    return Parties(
        letterhead=await letterhead(session, office.id),
        nec=await store.fetch(session, Nec, office.nec_id),
        head=head,
        office_place=await place_of(session, office.ubigeo, office.address),
        organisation=await organisation(session, basis.group),
        board=await signatories_on(session, basis.group.id, await clock.today(session)),
        account=account,
        fund=await store.fetch(session, Fund, reservation.fund_id),
        cofunders=await store.cofunders_of(session, reservation.fund_id, basis.group.id),
    )


async def _move(
    session: Session, actor: Actor, contract_id: UUID, action: ContractAction, act: Act, given: ReasonIn
) -> Contract:
    contract = await store.lock(session, Contract, contract_id)
    actor.require(act, contract.office_id)
    before, contract.status = contract.status, advance(rules.TRANSITIONS, contract.status, action)
    await session.flush()
    payload = {"number": contract.number, "amount": show(contract.amount), "before": before, **given.model_dump()}
    await record.append(session, actor, f"contract.{_DONE[action]}", f"contract:{contract_id}", payload)
    return contract


_DONE = {
    ContractAction.ANNUL: "annulled",
    ContractAction.SUSPEND: "suspended",
    ContractAction.RESUME: "resumed",
    ContractAction.TERMINATE: "terminated",
    ContractAction.WRITE_OFF: "written_off",
}
