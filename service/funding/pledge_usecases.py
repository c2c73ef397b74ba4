"""What is done with pledges and deposits: a promise, the paper behind it, and the money or the goods that came.

Acts stand in the record under ``pledge:<id>`` and ``deposit:<id>``.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from service.core import clock, rights
from service.core.actor import Actor, MissingRole
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.money import show
from service.funding import rules, store
from service.funding.models import Cofunder, Deposit, Fund, Pledge, PledgeCertificate
from service.funding.shapes import CertificateIn, DefaultIn, DeliveryIn, DepositIn, FundDepositIn, PledgeIn
from service.ledger import usecases as ledger
from service.people.groups import Group
from service.record import usecases as record


async def declare_pledge(session: Session, actor: Actor, given: PledgeIn) -> Pledge:
    """Enter a cofunder's promise. Raises ``NotFound``, ``MissingRole``, ``FundOfOtherOffice``."""
    fund = await store.fetch(session, Fund, given.fund_id)
    cofunder = await store.fetch(session, Cofunder, given.cofunder_id)
    group = await store.fetch(session, Group, given.group_id) if given.group_id else None
    actor.require(Act.DECLARE_PLEDGE, fund.office_id)
    rules.require_may_pledge(cofunder, fund, group)
    at = await clock.now(session)
    pledge = Pledge(**given.model_dump(), declared_at=at, declared_by=actor.person_id)
    session.add(pledge)
    await session.flush()
    await record.append(session, actor, "pledge.declared", f"pledge:{pledge.id}", given.model_dump(mode="json"))
    return pledge


async def certify_pledge(session: Session, actor: Actor, pledge_id: UUID, given: CertificateIn) -> Pledge:
    """Enter the certificate behind a pledge; another person than who declared it.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``OwnPledge``, ``CertificateFromTheFuture``.
    """
    pledge = await _pledge_for_administrator(session, actor, pledge_id)
    pledge.status = rules.certified(pledge, actor, given, await clock.today(session))
    session.add(PledgeCertificate(pledge_id=pledge_id, recorded_by=actor.person_id, **given.model_dump()))
    await session.flush()
    await record.append(session, actor, "pledge.certified", f"pledge:{pledge_id}", given.model_dump(mode="json"))
    return pledge


async def deposit_pledge(session: Session, actor: Actor, pledge_id: UUID, given: DepositIn) -> Deposit:
    """Enter that a certified pledge in cash arrived, whole.

    Raises ``NotFound``, ``MissingRole``, ``NotInCash``, ``WrongState``, ``ReferenceUsed``.
    """
    pledge = await _pledge_for_administrator(session, actor, pledge_id)
    pledge.status = rules.deposited(pledge)
    fund = await store.fetch(session, Fund, pledge.fund_id)
    deposit = await _take_in(session, actor, fund, pledge.cofunder_id, pledge.amount, given.bank_reference, pledge_id)
    await record.append(session, actor, "pledge.deposited", f"pledge:{pledge_id}", {"deposit_id": str(deposit.id)})
    return deposit


async def deliver_pledge(session: Session, actor: Actor, pledge_id: UUID, given: DeliveryIn) -> Pledge:
    """Enter that a certified pledge in kind was handed over; its value counts apart from money.

    Raises ``NotFound``, ``MissingRole``, ``NotInKind``, ``WrongState``.
    """
    pledge = await _pledge_for_administrator(session, actor, pledge_id)
    pledge.status = rules.delivered(pledge)
    fund = f"fund:{pledge.fund_id}"
    lines = ledger.take_in(f"{fund}:promised_in_kind", f"{fund}:in_kind", pledge.amount)
    await ledger.post(session, f"delivery:{pledge_id}", f"Delivered in kind: {pledge.purpose}", lines)
    await session.flush()
    await record.append(session, actor, "pledge.delivered", f"pledge:{pledge_id}", given.model_dump(mode="json"))
    return pledge


async def default_pledge(session: Session, actor: Actor, pledge_id: UUID, given: DefaultIn) -> Pledge:
    """Give a pledge up that will not be kept. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    pledge = await _pledge_for_administrator(session, actor, pledge_id)
    pledge.status = rules.defaulted(pledge)
    await session.flush()
    await record.append(session, actor, "pledge.defaulted", f"pledge:{pledge_id}", given.model_dump(mode="json"))
    return pledge


async def record_deposit(session: Session, actor: Actor, fund_id: UUID, given: FundDepositIn) -> Deposit:
    """Enter money that arrived in a fund without a pledge. Raises ``NotFound``, ``MissingRole``, ``FundOfOtherOffice``, ``ReferenceUsed``."""
    fund = await store.lock(session, Fund, fund_id)
    cofunder = await store.fetch(session, Cofunder, given.cofunder_id)
    actor.require(Act.RECORD_DEPOSIT, fund.office_id)
    rules.require_same_office(fund.office_id, cofunder.office_id)
    return await _take_in(session, actor, fund, given.cofunder_id, given.amount, given.bank_reference)


async def get_pledge(session: Session, actor: Actor, pledge_id: UUID) -> Pledge:
    """A pledge, for the fund's office and whoever signs for the cofunder. Raises ``NotFound``, ``MissingRole``."""
    pledge = await store.fetch(session, Pledge, pledge_id)
    fund = await store.fetch(session, Fund, pledge.fund_id)
    signs = await store.pledges_signed_by(session, actor.person_id, await clock.today(session))
    own = {Relation.COFUNDER} if any(each.id == pledge_id for each in signs) else set()
    if not actor.may(Act.READ_PLEDGE, fund.office_id, None, own):
        raise MissingRole(roles=rights.holders(Act.READ_PLEDGE))
    return pledge


async def my_pledges(session: Session, actor: Actor) -> Sequence[Pledge]:
    """The pledges of the cofunders that the actor signs for today, the newest first."""
    return await store.pledges_signed_by(session, actor.person_id, await clock.today(session))


async def list_pledges(session: Session, actor: Actor, fund_id: UUID) -> Sequence[Pledge]:
    """The pledges to a fund, the newest first. Raises ``NotFound``, ``MissingRole``."""
    await _require_reader(session, actor, fund_id)
    return await store.pledges_of(session, fund_id)


async def list_deposits(session: Session, actor: Actor, fund_id: UUID) -> Sequence[Deposit]:
    """What arrived in a fund, the newest first. Raises ``NotFound``, ``MissingRole``."""
    await _require_reader(session, actor, fund_id)
    return await store.deposits_of(session, fund_id)


async def _pledge_for_administrator(session: Session, actor: Actor, pledge_id: UUID) -> Pledge:
    pledge = await store.lock(session, Pledge, pledge_id)
    fund = await store.fetch(session, Fund, pledge.fund_id)
    actor.require(Act.SETTLE_PLEDGE, fund.office_id)
    return pledge


async def _take_in(
    session: Session,
    actor: Actor,
    fund: Fund,
    cofunder_id: UUID,
    amount: Decimal,
    bank_reference: str,
    pledge_id: UUID | None = None,
) -> Deposit:
    if await store.deposit_with_reference(session, bank_reference):
        raise rules.ReferenceUsed("bank_reference", reference=bank_reference)
    deposit = Deposit(
        fund_id=fund.id,
        cofunder_id=cofunder_id,
        pledge_id=pledge_id,
        amount=amount,
        bank_reference=bank_reference,
        at=await clock.now(session),
        recorded_by=actor.person_id,
    )
    session.add(deposit)
    await session.flush()
    lines = ledger.take_in(f"fund:{fund.id}:received", f"fund:{fund.id}:available", amount)
    await ledger.post(session, f"deposit:{deposit.id}", f"Deposit into {fund.code}, bank reference {bank_reference}", lines)
    payload = {"fund_id": str(fund.id), "amount": show(amount), "bank_reference": bank_reference}
    await record.append(session, actor, "deposit.recorded", f"deposit:{deposit.id}", payload)
    return deposit


async def _require_reader(session: Session, actor: Actor, fund_id: UUID) -> None:
    fund = await store.fetch(session, Fund, fund_id)
    actor.require(Act.READ_OFFICE, fund.office_id)
