"""What is allowed with orders and batches, who may not take which step, and how papers and files are named."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from service.core.errors import Conflict, Forbidden
from service.core.series import written
from service.disbursements.models import BatchStatus, OrderStatus
from service.disbursements.pain002 import ReturnReason

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


class RequesterHere(Forbidden):
    """Who requested a payment takes no later step of it."""

    message = "You requested this payment, so another person takes this step. Ask another one who has this role."


class CheckerHere(Forbidden):
    """Who checked a request neither authorises it nor releases its money."""

    message = "You checked this request, so another person takes this step. Ask another one who has this role."


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


class AccountConfirmerHere(Forbidden):
    """Who confirmed an account does not send money to it."""

    message = (
        "You confirmed the account that is paid here, so another person takes this step. Ask another one who has this role."
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
        raise OrderStillLive(status=status)
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
