"""When money may go out: tranches and their conditions, duties kept apart by person, the lives of requests, orders and batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.contests.models import ApplicantKind, Contest, ContestStatus
from service.contests.terms import Terms
from service.contracts.models import ContractStatus
from service.core.errors import Conflict, Forbidden, NotFound
from service.core.money import CENT, ZERO, parse, show, split_by_shares
from service.core.series import written
from service.disbursements.models import BatchStatus, OrderStatus, RequestStatus
from service.disbursements.pain002 import ReturnReason

DEPOSITABLE = frozenset(
    {ContractStatus.NUMBERED, ContractStatus.SIGNED_BY_GROUP, ContractStatus.IN_FORCE, ContractStatus.SUSPENDED}
)
"""The states of a contract in which the group may put in its own share."""

ACCOUNT_REASONS = frozenset(
    {
        ReturnReason.ACCOUNT_CLOSED,
        ReturnReason.NOT_FOUND,
        ReturnReason.HOLDER_MISMATCH,
        ReturnReason.CURRENCY_MISMATCH,
        ReturnReason.BLOCKED,
    }
)
"""Return reasons that lie in the account, so that a payment to the same one would come back again."""


class RequestAction(StrEnum):
    """What happens to a payment request."""

    CHECK = "check"
    AUTHORISE = "authorise"
    REFUSE = "refuse"


class OrderAction(StrEnum):
    """What happens to a payment order."""

    BATCH = "batch"
    UNBATCH = "unbatch"
    PAY = "pay"
    RETURN = "return"


class BatchAction(StrEnum):
    """What happens to a bank batch."""

    RELEASE = "release"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


REQUEST_LIFE = {
    (RequestStatus.REQUESTED, RequestAction.CHECK): RequestStatus.CHECKED,
    (RequestStatus.CHECKED, RequestAction.AUTHORISE): RequestStatus.AUTHORISED,
    (RequestStatus.REQUESTED, RequestAction.REFUSE): RequestStatus.REFUSED,
    (RequestStatus.CHECKED, RequestAction.REFUSE): RequestStatus.REFUSED,
}

ORDER_LIFE = {
    (OrderStatus.ISSUED, OrderAction.BATCH): OrderStatus.BATCHED,
    (OrderStatus.BATCHED, OrderAction.UNBATCH): OrderStatus.ISSUED,
    (OrderStatus.BATCHED, OrderAction.PAY): OrderStatus.PAID,
    (OrderStatus.BATCHED, OrderAction.RETURN): OrderStatus.RETURNED,
}

BATCH_LIFE = {
    (BatchStatus.PREPARED, BatchAction.RELEASE): BatchStatus.RELEASED,
    (BatchStatus.RELEASED, BatchAction.ANSWER): BatchStatus.ANSWERED,
    (BatchStatus.PREPARED, BatchAction.WITHDRAW): BatchStatus.WITHDRAWN,
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


class RequesterHere(Forbidden):
    """Who requested a payment takes no later step of it."""

    message = "You requested this payment, so another person takes this step. Ask another one who has this role."


class CheckerHere(Forbidden):
    """Who checked a request does not authorise it."""

    message = "You checked this request, so another person authorises it. Ask another one who has this role."


class AuthoriserHere(Forbidden):
    """Who authorised a payment does not prepare or release it."""

    message = "You authorised a payment of this batch, so another person takes this step. Ask another one who has this role."


class PreparerHere(Forbidden):
    """Who prepared a batch does not release it."""

    message = "You prepared this batch, so another person releases it. Ask another one who has this role."


class ScorerHere(Forbidden):
    """Who scored an application does not pay it."""

    message = "You scored what is paid here, so another person takes this step. Ask another one who has this role."


class AccountProposerHere(Forbidden):
    """Who proposed an account does not send money to it."""

    message = (
        "You proposed the account that is paid here, so another person takes this step. Ask another one who has this role."
    )


class AccountNotPayable(Conflict):
    """The confirmed account is not in soles, which is what bank files are written in."""

    message = "The confirmed account is in {currency}. Propose an account in PEN, the currency of the bank files."


class OrderStillLive(Conflict):
    """The last order was not returned, so another one could pay twice."""

    message = "The last order of this authorisation is “{status}”. A new one is issued only after the bank has returned it."


class AccountNotChanged(Conflict):
    """The payment came back because of its account, and that account is still the confirmed one."""

    message = (
        "The bank returned the payment because of the account, and the same one is confirmed. Confirm another account first."
    )


class NothingToPay(Conflict):
    """No issued order waits."""

    message = "No payment order of this office is waiting. Authorise a payment first."


class ExecutionInThePast(Conflict):
    """A day of payment that is over."""

    message = "The day of payment is over. Choose today or a later day."


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
        raise DepositTooLate(number=number, status=status.value)


def require_in_force(status: ContractStatus, number: str) -> None:
    """Raises ``ContractNotInForce``."""
    if status != ContractStatus.IN_FORCE:
        raise ContractNotInForce(number=number, status=status.value)


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


def require_other_person(person_id: UUID, earlier: Iterable[tuple[type[Forbidden], set[UUID]]]) -> None:
    """Duties are kept apart by person: ``earlier`` holds who did what, with the refusal that says so. Raises the first that fits."""
    for refusal, persons in earlier:
        if person_id in persons:
            raise refusal


def require_day(execution_date: date, today: date) -> None:
    """Raises ``ExecutionInThePast``."""
    if execution_date < today:
        raise ExecutionInThePast("execution_date")


def require_payable_account(currency: str) -> None:
    """Raises ``AccountNotPayable``."""
    if currency != "PEN":
        raise AccountNotPayable(currency=currency)


def require_reissuable(status: OrderStatus, reason: str | None, returned_account: UUID, account_now: UUID) -> None:
    """A new order follows a returned one, and goes to another account where the account was the reason.

    Raises ``OrderStillLive``, ``AccountNotChanged``.
    """
    if status != OrderStatus.RETURNED:
        raise OrderStillLive(status=status.value)
    if reason in ACCOUNT_REASONS and returned_account == account_now:
        raise AccountNotChanged


def authorisation_number(serial: int, year: int, office_code: str) -> str:
    """``001-2026-SICUANI``."""
    return f"{written(serial)}-{year}-{office_code}"


def end_to_end_id(number: str, attempt: int) -> str:
    """What the bank's answer names an order by: ``001-2026-SICUANI-2``, unique as the number is; 35 signs hold every such number."""
    return f"{number}-{attempt}"


def message_id(serial: int, year: int, office_code: str) -> str:
    """What the bank's answer names a batch by: ``SICUANI-2026-001``."""
    return f"{office_code}-{year}-{written(serial)}"
