"""Payment orders: issued under an authorisation to the account confirmed then, and again after a return."""

from uuid import UUID

from service.contracts.usecases import contract_locked
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.money import show
from service.disbursements import duties, order_rules, rules, store
from service.disbursements.models import Authorisation, PaymentOrder
from service.people.account_usecases import confirmed_account
from service.people.groups import BeneficiaryAccount
from service.people.identifiers import mask
from service.record import usecases as record


async def issue_order(
    session: Session, actor: Actor, authorisation: Authorisation, account: BeneficiaryAccount, attempt: int
) -> PaymentOrder:
    """The order that carries an authorisation out; the account's digits are copied, so that a later change leaves it as it is."""
    order = PaymentOrder(
        authorisation_id=authorisation.id,
        attempt=attempt,
        end_to_end_id=order_rules.end_to_end_id(authorisation.number, attempt),
        amount=authorisation.amount,
        account_id=account.id,
        cci=account.cci,
        holder=account.holder,
        issued_by=actor.person_id,
        issued_at=await clock.now(session),
    )
    session.add(order)
    await session.flush()
    payload = {"end_to_end_id": order.end_to_end_id, "amount": show(order.amount), "cci": mask(order.cci)}
    await record.append(session, actor, "order.issued", f"order:{order.id}", payload)
    return order


async def reissue_order(session: Session, actor: Actor, authorisation_id: UUID) -> PaymentOrder:
    """Issue a new order after the bank has returned the last one, to the account confirmed now.

    Raises ``NotFound``, ``MissingRole``, ``ContractNotInForce``, ``OrderStillLive``, ``NoConfirmedAccount``, ``AccountNotChanged``,
    ``AccountNotPayable``, and what ``duties.require_another`` raises.
    """
    authorisation = await store.fetch(session, Authorisation, authorisation_id)
    payment = await store.payment(session, authorisation.request_id)
    actor.require(Act.REISSUE_ORDER, authorisation.office_id)
    if payment.contract:
        contract = await contract_locked(session, payment.contract.id)
        rules.require_in_force(contract.status, contract.number)
    last = await store.last_order(session, authorisation_id)
    account = await confirmed_account(session, payment.request.group_id)
    order_rules.require_reissuable(last.status, last.return_reason, last.account_id, account.id)
    order_rules.require_payable_account(account.currency)
    await duties.require_another(session, actor, Act.REISSUE_ORDER, payment, account.id)
    return await issue_order(session, actor, authorisation, account, last.attempt + 1)
