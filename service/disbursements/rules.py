"""When money may be requested: tranches and their conditions, prizes, the life of a request. Orders and duties have a file of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.contests.models import ApplicantKind, Contest, ContestStatus
from service.contests.terms import Terms
from service.contracts.models import ContractStatus
from service.core.errors import Conflict, NotFound
from service.core.money import CENT, ZERO, parse, show, split_by_shares
from service.disbursements.models import RequestStatus

DEPOSITABLE = frozenset(
    {ContractStatus.NUMBERED, ContractStatus.SIGNED_BY_GROUP, ContractStatus.IN_FORCE, ContractStatus.SUSPENDED}
)
"""The states of a contract in which the group may put in its own share."""


class RequestAction(StrEnum):
    """What happens to a payment request."""

    CHECK = "check"
    AUTHORISE = "authorise"
    REFUSE = "refuse"


REQUEST_LIFE = {
    (RequestStatus.REQUESTED, RequestAction.CHECK): RequestStatus.CHECKED,
    (RequestStatus.CHECKED, RequestAction.AUTHORISE): RequestStatus.AUTHORISED,
    (RequestStatus.REQUESTED, RequestAction.REFUSE): RequestStatus.REFUSED,
    (RequestStatus.CHECKED, RequestAction.REFUSE): RequestStatus.REFUSED,
}


class NoSuchTranche(NotFound):
    """The contract has no tranche of this number."""

    message = "This contract has {tranches} tranches. Choose one of them."


class ContractNotInForce(Conflict):
    """Money goes out under contracts in force only: not before both sides signed, not while suspended, not afterwards."""

    message = "Contract {number} is “{status}”. Payments are made only while it is in force."


class DepositTooLate(Conflict):
    """The contract is annulled, terminated or closed."""

    message = "Contract {number} is “{status}”: no own share is deposited for it any more."


class OwnShareShort(Conflict):
    """The group has deposited less of its own share than the terms ask for before the first tranche."""

    message = "The group has deposited {deposited} of its own share; {needed} is needed first. Record the missing deposit."


class EarlierTrancheUnpaid(Conflict):
    """The tranche before this one has not been paid."""

    message = "An earlier tranche has not been paid yet. Wait until the bank has confirmed it."


class GateNotReached(Conflict):
    """Less of the first tranche is accounted for than the terms ask for."""

    message = (
        "The group has accounted for {accounted}; {needed} opens the next tranche. Report and decide the missing expenses."
    )


class SecondRequestNotApproved(Conflict):
    """No signed minutes award the second request."""

    message = "The committee has not approved the second request of this contract. File it and let a session hear it first."


class AlreadyRequested(Conflict):
    """A live request asks for the same payment."""

    message = "This payment has already been requested. Follow that request, or let it be refused first."


class PrizesNotDecided(Conflict):
    """The contest of families has no signed result."""

    message = "The prizes of this contest are not awarded yet. Sign the minutes of its session first."


class NotAFamilyContest(Conflict):
    """Prizes are paid as one sum only where families compete."""

    message = "Only the prizes of a contest between families are paid this way. Make a contract for each group instead."


class NothingAwarded(Conflict):
    """The contest was decided without a prize."""

    message = "This contest gave no prize, so there is nothing to pay."


class VoucherAlreadyUsed(Conflict):
    """A bank voucher counts once."""

    message = "The bank's voucher “{bank_reference}” is already entered. Look it up, or copy the number again."


@dataclass(frozen=True)
class TrancheFacts:
    """What the conditions of a tranche look at; amounts in soles.

    ``own_share`` is the group's part in money (what it gives in kind is never deposited); ``awarded`` what signed minutes award to
    the second request, None without; ``earlier_paid`` says whether the tranches before are.
    """

    number: int
    contract_number: str
    status: ContractStatus
    own_share: Decimal
    own_deposited: Decimal
    first_tranche: Decimal
    accounted: Decimal
    earlier_paid: bool
    awarded: Decimal | None


def tranche_amounts(amount: Decimal, terms: Terms) -> list[Decimal]:
    """The tranches of a contract: each share bounded and rounded half up, the last one what is left; no cent lost or made."""
    return split_by_shares(amount, terms.tranches)


def require_tranche_number(number: int, terms: Terms) -> None:
    """Raises ``NoSuchTranche``."""
    if not 1 <= number <= len(terms.tranches):
        raise NoSuchTranche("number", tranches=len(terms.tranches))


def require_depositable(status: ContractStatus, number: str) -> None:
    """Raises ``DepositTooLate``."""
    if status not in DEPOSITABLE:
        raise DepositTooLate(number=number, status=status)


def require_in_force(status: ContractStatus, number: str) -> None:
    """Raises ``ContractNotInForce``."""
    if status != ContractStatus.IN_FORCE:
        raise ContractNotInForce(number=number, status=status)


def require_tranche_due(facts: TrancheFacts, terms: Terms) -> None:
    """The first tranche waits for the own share, a later one for the earlier, the accounting and the committee; compared exactly.

    Raises ``ContractNotInForce``, ``OwnShareShort``, ``EarlierTrancheUnpaid``, ``GateNotReached``, ``SecondRequestNotApproved``.
    """
    require_in_force(facts.status, facts.contract_number)
    if facts.number == 1:
        require_own_share(facts.own_deposited, facts.own_share, terms.own_share_first)
        return
    if not facts.earlier_paid:
        raise EarlierTrancheUnpaid
    require_gate(facts.accounted, facts.first_tranche, terms.gate)
    if facts.awarded is None:
        raise SecondRequestNotApproved


def require_gate(accounted: Decimal, first_tranche: Decimal, gate: Fraction) -> None:
    """70 % of 7,000.04 is 4,900.028: 4,900.02 is short, 4,900.03 opens. Raises ``GateNotReached``."""
    needed = gate * Fraction(first_tranche)
    if Fraction(accounted) < needed:
        raise GateNotReached(accounted=show(accounted), needed=show(least_cents(needed)))


def own_money(contract_data: Mapping[str, Any]) -> Decimal:
    """The part of the group's own share that the contract promises in money."""
    own = (source for source in contract_data["sources"] if source["source"] == "own" and not source["in_kind"])
    return sum((parse(source["amount"]) for source in own), ZERO)


def require_own_share(deposited: Decimal, own_share: Decimal, first: Fraction) -> None:
    """Half of 1,000.01 is 500.005: 500.00 is short, 500.01 opens. Raises ``OwnShareShort``."""
    needed = first * Fraction(own_share)
    if Fraction(deposited) < needed:
        raise OwnShareShort(deposited=show(deposited), needed=show(least_cents(needed)))


def least_cents(amount: Fraction) -> Decimal:
    """The smallest amount of whole cents that reaches an exact one."""
    cents = amount * 100
    return Decimal(-(-cents.numerator // cents.denominator)) * CENT


def payable(tranche: Decimal, awarded: Decimal | None) -> Decimal:
    """What is paid of a tranche: all of it, or no more than signed minutes award to the second request."""
    return tranche if awarded is None else min(tranche, awarded)


def require_family_contest(contest: Contest) -> UUID:
    """The host group of a decided contest of families. Raises ``NotAFamilyContest``, ``PrizesNotDecided``."""
    if contest.applicant_kind != ApplicantKind.FAMILY or contest.host_group_id is None:
        raise NotAFamilyContest
    if contest.status != ContestStatus.DECIDED:
        raise PrizesNotDecided
    return contest.host_group_id
