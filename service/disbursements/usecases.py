"""Own-share deposits, and the trail from a request to an authorisation. Orders, batches and the bank's answers have a file of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from service.contests.terms import Terms, read_terms
from service.contests.usecases import contest_locked
from service.contracts.models import Contract
from service.contracts.usecases import contract_locked
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.machine import advance
from service.core.money import show
from service.core.series import next_number
from service.deliberation.appeal_holds import require_settled
from service.disbursements import duties, order_rules, prize_store, prizes, rules, store
from service.disbursements.authorising import request_paper
from service.disbursements.models import (
    Authorisation,
    OwnShareDeposit,
    PaymentRequest,
    Tranche,
)
from service.disbursements.orders import issue_order
from service.disbursements.rules import RequestAction, TrancheFacts
from service.disbursements.shapes import CheckIn, OwnDepositIn, ReasonIn
from service.disbursements.store import Payment
from service.ledger import usecases as ledger
from service.people.account_usecases import confirmed_account
from service.people.groups import BeneficiaryAccount
from service.people.models import Office
from service.record import usecases as record


@dataclass(frozen=True)
class ContractBalances:
    """Where the money of a contract stands, from the ledger; deposits of the own share are those made so far."""

    committed: Decimal
    payable: Decimal
    disbursed: Decimal
    accounted: Decimal
    own_deposited: Decimal
    own_accounted: Decimal

    @property
    def own_total(self) -> Decimal:
        """All that the group has deposited, accounted for or not."""
        return self.own_deposited + self.own_accounted


async def record_own_deposit(session: Session, actor: Actor, contract_id: UUID, given: OwnDepositIn) -> OwnShareDeposit:
    """Record money that the group put into its own account, by the bank's voucher.

    Raises ``NotFound``, ``MissingRole``, ``DepositTooLate``, ``VoucherAlreadyUsed``.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.RECORD_OWN_DEPOSIT, contract.office_id)
    rules.require_depositable(contract.status, contract.number)
    at = await clock.now(session)
    deposit = OwnShareDeposit(contract_id=contract_id, at=at, recorded_by=actor.person_id, **given.model_dump())
    used = rules.VoucherAlreadyUsed("bank_reference", bank_reference=given.bank_reference)
    async with refusing(session, {"uq_own_share_deposit_bank_reference": used}):
        session.add(deposit)
    lines = ledger.take_in(f"contract:{contract_id}:own_received", f"contract:{contract_id}:own_deposited", given.amount)
    await ledger.post(session, f"own_deposit:{deposit.id}", f"Own share of {contract.number}", lines)
    await record.append(session, actor, "own_share.deposited", f"contract:{contract_id}", given.model_dump(mode="json"))
    return deposit


async def request_tranche(session: Session, actor: Actor, contract_id: UUID, number: int) -> PaymentRequest:
    """Request the payment of a tranche that is due.

    Raises ``NotFound``, ``MissingRole``, ``NoSuchTranche``, what ``rules.require_tranche_due`` raises, ``AppealOpen``,
    ``StillAppealable``, ``AlreadyRequested``, ``NoConfirmedAccount``, ``AccountNotPayable``.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.REQUEST_PAYMENT, contract.office_id)
    terms = read_terms(contract.terms)
    rules.require_tranche_number(number, terms)
    tranches = await _tranches(session, contract, terms)
    facts = await _facts(session, contract, tranches, number)
    rules.require_tranche_due(facts, terms)
    second = await store.second_request(session, contract.application_id) if number > 1 else None
    if second is not None:
        await require_settled(session, second.contest_id, second.id)
    if await store.live_request(session, tranche_id=tranches[number - 1].id):
        raise rules.AlreadyRequested
    await _payable_account(session, contract.group_id)
    request = PaymentRequest(
        office_id=contract.office_id,
        tranche_id=tranches[number - 1].id,
        group_id=contract.group_id,
        amount=rules.payable(tranches[number - 1].amount, facts.awarded if number > 1 else None),
        requested_by=actor.person_id,
        requested_at=await clock.now(session),
    )
    return await _requested(session, actor, request, {"contract": contract.number, "tranche": number})


async def request_prizes(session: Session, actor: Actor, contest_id: UUID) -> PaymentRequest:
    """Request the payment of a family contest's prizes as one sum to the host group; the first time, its receipts are asked for.

    Raises ``NotFound``, ``MissingRole``, ``NotAFamilyContest``, ``PrizesNotDecided``, ``NothingAwarded``, ``AppealOpen``,
    ``StillAppealable``, ``AlreadyRequested``, ``NoConfirmedAccount``, ``AccountNotPayable``, ``BoardIncomplete``.
    """
    contest, call = await contest_locked(session, contest_id)
    actor.require(Act.REQUEST_PAYMENT, call.office_id)
    host_id = rules.require_family_contest(contest)
    await _payable_account(session, host_id)
    payout = await prize_store.payout_of(session, contest_id) or await prizes.make_payout(
        session, actor, contest, call, host_id
    )
    if await store.live_request(session, payout_id=payout.id):
        raise rules.AlreadyRequested
    request = PaymentRequest(
        office_id=call.office_id,
        payout_id=payout.id,
        group_id=host_id,
        amount=payout.amount,
        requested_by=actor.person_id,
        requested_at=await clock.now(session),
    )
    return await _requested(session, actor, request, {"contest": contest.code})


async def check_request(session: Session, actor: Actor, request_id: UUID, given: CheckIn) -> PaymentRequest:
    """Say that a request is complete. Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``RequesterHere``."""
    payment = await _locked(session, request_id)
    request = payment.request
    actor.require(Act.CHECK_REQUEST, request.office_id)
    checked = advance(rules.REQUEST_LIFE, request.status, RequestAction.CHECK)
    await duties.require_another(session, actor, Act.CHECK_REQUEST, payment)
    request.status = checked
    request.checked_by, request.checked_at, request.check_note = actor.person_id, await clock.now(session), given.note
    await session.flush()
    await record.append(session, actor, "payment.checked", f"payment:{request_id}", given.model_dump(mode="json"))
    return request


async def refuse_request(session: Session, actor: Actor, request_id: UUID, given: ReasonIn) -> PaymentRequest:
    """Refuse a request that is not authorised yet; the payment can be requested again. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    request = (await _locked(session, request_id)).request
    actor.require(Act.REFUSE_REQUEST, request.office_id)
    request.status = advance(rules.REQUEST_LIFE, request.status, RequestAction.REFUSE)
    request.refused_because = given.reason
    await session.flush()
    await record.append(session, actor, "payment.refused", f"payment:{request_id}", given.model_dump(mode="json"))
    return request


async def authorise_request(session: Session, actor: Actor, request_id: UUID) -> Authorisation:
    """Authorise a checked request under the next number, and issue the order to the account confirmed now.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``ContractNotInForce``, ``NoConfirmedAccount``, ``AccountNotPayable``,
    and what ``duties.require_another`` raises.
    """
    payment = await _locked(session, request_id)
    request = payment.request
    actor.require(Act.AUTHORISE_REQUEST, request.office_id)
    authorised = advance(rules.REQUEST_LIFE, request.status, RequestAction.AUTHORISE)
    if payment.contract:
        rules.require_in_force(payment.contract.status, payment.contract.number)
    account = await _payable_account(session, request.group_id)
    await duties.require_another(session, actor, Act.AUTHORISE_REQUEST, payment, account.id)
    request.status = authorised
    authorisation = await _authorised(session, actor, request)
    order = await issue_order(session, actor, authorisation, account, attempt=1)
    await request_paper(session, payment, authorisation, account)
    payload = {"number": authorisation.number, "amount": show(request.amount), "order": order.end_to_end_id}
    await record.append(session, actor, "payment.authorised", f"payment:{request_id}", payload)
    return authorisation


async def balances_of(session: Session, contract_id: UUID) -> ContractBalances:
    """Where a contract's money stands, for areas above that have checked who may see it."""
    names = tuple(ContractBalances.__dataclass_fields__)
    held = await ledger.balances(session, [f"contract:{contract_id}:{name}" for name in names])
    return ContractBalances(*(held[f"contract:{contract_id}:{name}"] for name in names))


async def paid_by_tranche(session: Session, contract: Contract) -> dict[int, bool]:
    """Which tranches of a contract the bank has paid, by number, for areas above."""
    paid = await store.paid_tranches(session, contract.id)
    return {number: number in paid for number in range(1, len(read_terms(contract.terms).tranches) + 1)}


async def _tranches(session: Session, contract: Contract, terms: Terms) -> Sequence[Tranche]:
    """The tranches of a locked contract; made the first time they are asked for, and never again."""
    made = await store.tranches_of(session, contract.id)
    if made:
        return made
    amounts = rules.tranche_amounts(contract.amount, terms)
    tranches = [Tranche(contract_id=contract.id, number=n, amount=amount) for n, amount in enumerate(amounts, start=1)]
    session.add_all(tranches)
    await session.flush()
    return tranches


async def _facts(session: Session, contract: Contract, tranches: Sequence[Tranche], number: int) -> TrancheFacts:
    balances = await balances_of(session, contract.id)
    paid = await store.paid_tranches(session, contract.id)
    return TrancheFacts(
        number=number,
        contract_number=contract.number,
        status=contract.status,
        own_share=rules.own_money(contract.data),
        own_deposited=balances.own_total,
        first_tranche=tranches[0].amount,
        accounted=balances.accounted,
        earlier_paid=all(tranche.number in paid for tranche in tranches[: number - 1]),
        awarded=await store.second_award(session, contract.application_id),
    )


async def _payable_account(session: Session, group_id: UUID) -> BeneficiaryAccount:
    account = await confirmed_account(session, group_id)
    order_rules.require_payable_account(account.currency)
    return account


async def _requested(session: Session, actor: Actor, request: PaymentRequest, what: dict[str, object]) -> PaymentRequest:
    session.add(request)
    await session.flush()
    payload = {**what, "amount": show(request.amount)}
    await record.append(session, actor, "payment.requested", f"payment:{request.id}", payload)
    return request


async def _locked(session: Session, request_id: UUID) -> Payment:
    """A request with what it pays, both locked: the contract first, as everybody does."""
    payment = await store.payment(session, request_id)
    if payment.contract:
        await contract_locked(session, payment.contract.id)
    await store.lock(session, PaymentRequest, request_id)
    return payment


async def _authorised(session: Session, actor: Actor, request: PaymentRequest) -> Authorisation:
    office = await store.fetch(session, Office, request.office_id)
    at = await clock.now(session)
    year = at.astimezone(clock.PERU).year
    serial = await next_number(session, f"authorisation:{office.code}:{year}")
    authorisation = Authorisation(
        request_id=request.id,
        office_id=office.id,
        year=year,
        serial=serial,
        number=order_rules.authorisation_number(serial, year, office.code),
        amount=request.amount,
        authorised_by=actor.person_id,
        authorised_at=at,
    )
    session.add(authorisation)
    await session.flush()
    return authorisation
