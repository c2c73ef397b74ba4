"""What is allowed with funds, pledges and reservations."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from uuid import UUID

from service.contests.models import Contest, ContestStatus
from service.core.actor import Actor
from service.core.errors import Conflict, Forbidden, Rejected
from service.core.machine import advance
from service.funding.models import Cofunder, CofunderSigner, Fund, Pledge, PledgeKind, PledgeStatus, ReservationStatus
from service.funding.shapes import CertificateIn, CofunderIn, SignerIn
from service.people.groups import Group
from service.people.rules import overlap, require_term


class PledgeAction(StrEnum):
    """What happens to a pledge."""

    CERTIFY = "certify"
    DEPOSIT = "deposit"
    DELIVER = "deliver"
    DEFAULT = "default"


PLEDGE_LIFE = {
    (PledgeStatus.DECLARED, PledgeAction.CERTIFY): PledgeStatus.CERTIFIED,
    (PledgeStatus.DECLARED, PledgeAction.DEFAULT): PledgeStatus.DEFAULTED,
    (PledgeStatus.CERTIFIED, PledgeAction.DEPOSIT): PledgeStatus.DEPOSITED,
    (PledgeStatus.CERTIFIED, PledgeAction.DELIVER): PledgeStatus.DELIVERED,
    (PledgeStatus.CERTIFIED, PledgeAction.DEFAULT): PledgeStatus.DEFAULTED,
}


class ReservationAction(StrEnum):
    """What happens to a reservation."""

    COMMIT = "commit"
    RELEASE = "release"


RESERVATION_LIFE = {
    (ReservationStatus.HELD, ReservationAction.COMMIT): ReservationStatus.COMMITTED,
    (ReservationStatus.HELD, ReservationAction.RELEASE): ReservationStatus.RELEASED,
    (ReservationStatus.COMMITTED, ReservationAction.RELEASE): ReservationStatus.RELEASED,
}


class FundCodeKnown(Conflict):
    """Another fund of the office has this code."""

    message = "Another fund of this office already has the code “{code}”. Choose another one."


class FundOfOtherOffice(Rejected):
    """A fund, cofunder, group or contest of another office."""

    message = "What you chose belongs to another office. Choose one of the same office."


class OtherCurrency(Rejected):
    """A contest in another currency than the fund."""

    message = "The contest is in {contest}, the fund in {fund}. Choose a fund in the same currency."


class ContestDecided(Conflict):
    """The contest's awards rest on its fund already."""

    message = "This contest is decided: its fund can no longer change."


class NoFund(Conflict):
    """No fund pays for the contest."""

    message = "No fund pays for this contest yet. Ask the programme to assign one."


class OtherRuc(Rejected):
    """The group that a cofunder is said to be has another RUC."""

    message = "The group has the RUC {ruc}. Choose the group that is the same body, or none."


class AlreadySigner(Conflict):
    """The person signs for the cofunder at that time."""

    message = "This person already signs for the cofunder at that time. End that entry first."


class CertificateFromTheFuture(Rejected):
    """A certificate dated after today."""

    message = "The date of the certificate lies in the future. Copy it again from the paper."


class OwnPledge(Forbidden):
    """Who declared a pledge enters its certificate."""

    message = "Who declared a pledge cannot certify it. Ask another administrator to do it."


class NotInCash(Conflict):
    """A deposit of a pledge in kind."""

    message = "This pledge is in kind. Record its delivery instead of a deposit."


class NotInKind(Conflict):
    """A delivery of a pledge in cash."""

    message = "This pledge is in cash. Record its deposit instead of a delivery."


class ReferenceUsed(Conflict):
    """The bank's reference stands in another deposit."""

    message = "A deposit with the bank reference “{reference}” is entered already. Check the bank's statement."


class FundExhausted(Conflict):
    """The fund has less available than is to be reserved."""

    message = "The fund “{fund}” has {available} available: {missing} is missing. Deposit more, or award less."


class AlreadyReserved(Conflict):
    """Money was set aside for this subject before."""

    message = "Money was already set aside for this once. Reload the page to see the reservation."


def require_same_office(office_id: UUID, *others: UUID) -> None:
    """Raises ``FundOfOtherOffice``."""
    if any(other != office_id for other in others):
        raise FundOfOtherOffice


def require_payable_from(contest: Contest, office_id: UUID, fund: Fund) -> None:
    """An undecided contest (of an office) and a fund of the same office and currency.

    Raises ``FundOfOtherOffice``, ``OtherCurrency``, ``ContestDecided``.
    """
    require_same_office(fund.office_id, office_id)
    if contest.currency != fund.currency:
        raise OtherCurrency("fund_id", contest=contest.currency, fund=fund.currency)
    if contest.status == ContestStatus.DECIDED:
        raise ContestDecided


def require_same_body(given: CofunderIn, group: Group) -> None:
    """A cofunder and the group that it is share office and RUC, where the group has one. Raises ``FundOfOtherOffice``, ``OtherRuc``."""
    require_same_office(given.office_id, group.office_id)
    if group.ruc is not None and group.ruc != given.ruc:
        raise OtherRuc("group_id", ruc=group.ruc)


def require_new_signer(signers: Iterable[CofunderSigner], given: SignerIn) -> None:
    """Raises ``TermReversed``, ``AlreadySigner``."""
    require_term(given.since, given.until)
    same = [signer for signer in signers if signer.person_id == given.person_id]
    if any(overlap(signer.since, signer.until, given.since, given.until) for signer in same):
        raise AlreadySigner("person_id")


def require_may_pledge(cofunder: Cofunder, fund: Fund, group: Group | None) -> None:
    """Cofunder, fund and group are of one office. Raises ``FundOfOtherOffice``."""
    require_same_office(fund.office_id, cofunder.office_id, *([group.office_id] if group else []))


def certified(pledge: Pledge, actor: Actor, given: CertificateIn, today: date) -> PledgeStatus:
    """What a certificate makes of a pledge, entered by another person than who declared it.

    Raises ``WrongState``, ``OwnPledge``, ``CertificateFromTheFuture``.
    """
    status = advance(PLEDGE_LIFE, pledge.status, PledgeAction.CERTIFY)
    if actor.person_id == pledge.declared_by:
        raise OwnPledge
    if given.certified_on > today:
        raise CertificateFromTheFuture("certified_on")
    return status


def deposited(pledge: Pledge) -> PledgeStatus:
    """What a deposit makes of a pledge. Raises ``NotInCash``, ``WrongState``."""
    if pledge.kind != PledgeKind.CASH:
        raise NotInCash
    return advance(PLEDGE_LIFE, pledge.status, PledgeAction.DEPOSIT)


def delivered(pledge: Pledge) -> PledgeStatus:
    """What a delivery makes of a pledge. Raises ``NotInKind``, ``WrongState``."""
    if pledge.kind != PledgeKind.IN_KIND:
        raise NotInKind
    return advance(PLEDGE_LIFE, pledge.status, PledgeAction.DELIVER)


def defaulted(pledge: Pledge) -> PledgeStatus:
    """What giving up makes of a pledge. Raises ``WrongState``."""
    return advance(PLEDGE_LIFE, pledge.status, PledgeAction.DEFAULT)
