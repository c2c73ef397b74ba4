"""What is done with funds, cofunders and reservations. Pledges and deposits have a file of their own.

Reserving, committing and releasing are called from areas above, which have asked who may: they check no role.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import advance
from service.core.money import show
from service.funding import rules, store
from service.funding.models import Cofunder, CofunderSigner, Fund, FundedContest, Reservation
from service.funding.rules import ReservationAction
from service.funding.shapes import CofunderIn, FundIn, SignerIn
from service.ledger import usecases as ledger
from service.people.groups import Group
from service.people.models import Office, Person
from service.people.rules import RucKnown, require_shorter
from service.people.shapes import EndIn
from service.record import usecases as record


@dataclass(frozen=True)
class FundBalances:
    """What a fund received, and where it stands now; ``committed`` went on to contracts and prizes. In-kind value counts apart."""

    received: Decimal
    available: Decimal
    reserved: Decimal
    committed: Decimal
    in_kind: Decimal


async def create_fund(session: Session, actor: Actor, given: FundIn) -> Fund:
    """Open a fund at an office. Raises ``NotFound``, ``MissingRole``, ``FundCodeKnown``."""
    await store.fetch(session, Office, given.office_id)
    actor.require(Act.CREATE_FUND, given.office_id)
    if await store.fund_with_code(session, given.office_id, given.code):
        raise rules.FundCodeKnown("code", code=given.code)
    fund = Fund(**given.model_dump())
    session.add(fund)
    await session.flush()
    await record.append(session, actor, "fund.created", f"fund:{fund.id}", given.model_dump(mode="json"))
    return fund


async def assign_fund(session: Session, actor: Actor, contest_id: UUID, fund_id: UUID) -> FundedContest:
    """Say which fund pays for a contest; until it is decided, another may take its place.

    Raises ``NotFound``, ``MissingRole``, ``FundOfOtherOffice``, ``OtherCurrency``, ``ContestDecided``.
    """
    contest = await store.lock(session, Contest, contest_id)
    office_id = await store.office_of_contest(session, contest)
    fund = await store.fetch(session, Fund, fund_id)
    actor.require(Act.ASSIGN_FUND, office_id)
    rules.require_payable_from(contest, office_id, fund)
    funded = await session.merge(FundedContest(contest_id=contest_id, fund_id=fund_id))
    await session.flush()
    await record.append(session, actor, "fund.assigned", f"contest:{contest_id}", {"fund_id": str(fund_id)})
    return funded


async def create_cofunder(session: Session, actor: Actor, given: CofunderIn) -> Cofunder:
    """Enter a cofunder of an office. Raises ``NotFound``, ``MissingRole``, ``FundOfOtherOffice``, ``OtherRuc``, ``RucKnown``."""
    await store.fetch(session, Office, given.office_id)
    actor.require(Act.CREATE_COFUNDER, given.office_id)
    if given.group_id:
        rules.require_same_body(given, await store.fetch(session, Group, given.group_id))
    if await store.cofunder_with_ruc(session, given.office_id, given.ruc):
        raise RucKnown("ruc")
    cofunder = Cofunder(**given.model_dump())
    session.add(cofunder)
    await session.flush()
    await record.append(session, actor, "cofunder.created", f"cofunder:{cofunder.id}", given.model_dump(mode="json"))
    return cofunder


async def appoint_signer(session: Session, actor: Actor, cofunder_id: UUID, given: SignerIn) -> CofunderSigner:
    """Enter who signs for a cofunder. Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``AlreadySigner``."""
    cofunder = await store.lock(session, Cofunder, cofunder_id)
    await store.fetch(session, Person, given.person_id)
    actor.require(Act.APPOINT_SIGNER, cofunder.office_id)
    rules.require_new_signer([row for row, _ in await store.signers_of(session, cofunder_id)], given)
    signer = CofunderSigner(cofunder_id=cofunder_id, **given.model_dump())
    session.add(signer)
    await session.flush()
    payload = {"signer_id": str(signer.id), **given.model_dump(mode="json")}
    await record.append(session, actor, "signer.appointed", f"cofunder:{cofunder_id}", payload)
    return signer


async def end_signer(session: Session, actor: Actor, signer_id: UUID, given: EndIn) -> CofunderSigner:
    """Let a signer's term end on a day. Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``TermEnded``."""
    signer = await store.lock(session, CofunderSigner, signer_id)
    cofunder = await store.fetch(session, Cofunder, signer.cofunder_id)
    actor.require(Act.END_SIGNER, cofunder.office_id)
    require_shorter(signer.since, signer.until, given.until)
    signer.until = given.until
    await session.flush()
    payload = {"signer_id": str(signer.id), "until": given.until.isoformat()}
    await record.append(session, actor, "signer.ended", f"cofunder:{cofunder.id}", payload)
    return signer


async def reserve(session: Session, actor: Actor, fund_id: UUID, subject: str, amount: Decimal) -> Reservation:
    """Set money of a fund aside for ``subject`` (``award:<id>``), once. Raises ``NotFound``, ``FundExhausted``, ``AlreadyReserved``."""
    fund = await store.fetch(session, Fund, fund_id)
    lines = ledger.move(f"fund:{fund_id}:available", f"fund:{fund_id}:reserved", amount)
    try:
        await ledger.post(session, f"reservation:{subject}", f"Reserved from {fund.code} for {subject}", lines)
    except ledger.InsufficientBalance as short:
        raise rules.FundExhausted(
            fund=fund.name, available=short.values["available"], missing=short.values["missing"]
        ) from short
    except ledger.AlreadyPosted as again:
        raise rules.AlreadyReserved from again
    reservation = Reservation(fund_id=fund_id, subject=subject, amount=amount, at=await clock.now(session))
    session.add(reservation)
    await session.flush()
    await _trace(session, actor, "reservation.held", reservation)
    return reservation


async def commit_reservation(session: Session, actor: Actor, subject: str, contract_owner: str) -> Reservation:
    """Move what is held for ``subject`` to a contract (``contract:<id>``). Raises ``NotFound``, ``WrongState``."""
    return await _commit(session, actor, subject, f"{contract_owner}:committed")


async def commit_for_payout(session: Session, actor: Actor, subject: str, payout_owner: str) -> Reservation:
    """Move what is held for ``subject`` to a payout of prizes (``payout:<id>``). Raises ``NotFound``, ``WrongState``."""
    return await _commit(session, actor, subject, f"{payout_owner}:payable")


async def release_reservation(session: Session, actor: Actor, subject: str) -> Reservation:
    """Let what was set aside fall back to the fund, from where it stands: reserved, or committed and not gone on yet.

    Raises ``NotFound``, ``WrongState``, ``InsufficientBalance`` (the contract has been paid from it).
    """
    reservation = await store.reservation_for(session, subject, lock=True)
    reservation.status = advance(rules.RESERVATION_LIFE, reservation.status, ReservationAction.RELEASE)
    fund = f"fund:{reservation.fund_id}"
    lines = ledger.move(reservation.account or f"{fund}:reserved", f"{fund}:available", reservation.amount)
    await ledger.post(session, f"release:{subject}", f"Released from {subject}", lines)
    await session.flush()
    await _trace(session, actor, "reservation.released", reservation)
    return reservation


async def get_reservation(session: Session, subject: str) -> Reservation:
    """The reservation of a subject, for areas above. Raises ``NotFound``."""
    return await store.reservation_for(session, subject)


async def find_reservation(session: Session, subject: str) -> Reservation | None:
    """The reservation of a subject if it has one, for areas above."""
    return await session.scalar(select(Reservation).where(col(Reservation.subject) == subject))


async def fund_of_contest(session: Session, contest_id: UUID) -> Fund:
    """The fund that pays for a contest, for areas above. Raises ``NoFund``."""
    fund = await store.fund_of_contest(session, contest_id)
    if fund is None:
        raise rules.NoFund
    return fund


async def signers_for_group(session: Session, group_id: UUID, day: date) -> dict[UUID, str]:
    """Who signs on a day for a cofunder that is this group or pledged for it, whatever became of the pledge; with its name."""
    return await store.signers_for_group(session, group_id, day)


async def fund_balances(session: Session, fund_id: UUID) -> FundBalances:
    """What a fund received and where it stands, from the ledger. Raises ``NotFound``."""
    await store.fetch(session, Fund, fund_id)
    purposes = ("received", "available", "reserved", "in_kind")
    held = await ledger.balances(session, [f"fund:{fund_id}:{purpose}" for purpose in purposes])
    received, available, reserved, in_kind = (held[f"fund:{fund_id}:{purpose}"] for purpose in purposes)
    return FundBalances(-received, available, reserved, -received - available - reserved, in_kind)


async def get_fund(session: Session, actor: Actor, fund_id: UUID) -> Fund:
    """A fund. Raises ``NotFound``, ``MissingRole``."""
    fund = await store.fetch(session, Fund, fund_id)
    actor.require(Act.READ_OFFICE, fund.office_id)
    return fund


async def list_funds(session: Session, actor: Actor, office_id: UUID) -> Sequence[Fund]:
    """The funds of an office, by code. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.funds_of(session, office_id)


async def list_reservations(session: Session, actor: Actor, fund_id: UUID) -> Sequence[Reservation]:
    """What is or was set aside in a fund, the newest first. Raises ``NotFound``, ``MissingRole``."""
    await get_fund(session, actor, fund_id)
    return await store.reservations_of(session, fund_id)


async def list_cofunders(session: Session, actor: Actor, office_id: UUID) -> Sequence[Cofunder]:
    """The cofunders of an office, by name. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.cofunders_of(session, office_id)


async def get_cofunder(session: Session, actor: Actor, cofunder_id: UUID) -> Cofunder:
    """A cofunder. Raises ``NotFound``, ``MissingRole``."""
    cofunder = await store.fetch(session, Cofunder, cofunder_id)
    actor.require(Act.READ_OFFICE, cofunder.office_id)
    return cofunder


async def contests_of_fund(session: Session, fund_id: UUID) -> set[UUID]:
    """The contests that a fund pays for."""
    return await store.contests_of_fund(session, fund_id)


async def list_signers(session: Session, actor: Actor, cofunder_id: UUID) -> Sequence[tuple[CofunderSigner, Person]]:
    """Everybody who ever signed for a cofunder, by date. Raises ``NotFound``, ``MissingRole``."""
    cofunder = await store.fetch(session, Cofunder, cofunder_id)
    actor.require(Act.READ_OFFICE, cofunder.office_id)
    return await store.signers_of(session, cofunder_id)


async def _commit(session: Session, actor: Actor, subject: str, account: str) -> Reservation:
    reservation = await store.reservation_for(session, subject, lock=True)
    reservation.status = advance(rules.RESERVATION_LIFE, reservation.status, ReservationAction.COMMIT)
    reservation.account = account
    lines = ledger.move(f"fund:{reservation.fund_id}:reserved", account, reservation.amount)
    await ledger.post(session, f"commitment:{subject}", f"Committed for {subject}", lines)
    await session.flush()
    await _trace(session, actor, "reservation.committed", reservation)
    return reservation


async def _trace(session: Session, actor: Actor, act: str, reservation: Reservation) -> None:
    payload = {
        "fund_id": str(reservation.fund_id),
        "subject": reservation.subject,
        "amount": show(reservation.amount),
        "account": reservation.account,
    }
    await record.append(session, actor, act, f"reservation:{reservation.id}", payload)
