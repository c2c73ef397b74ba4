"""Reading a bank's answer against the batch that it answers: all of it fits, or none of it counts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.core.errors import Conflict, Rejected
from service.core.money import show
from service.disbursements.models import OrderStatus, PaymentOrder
from service.disbursements.pain002 import Outcome, PaymentStatusReport, TransactionStatus, outcome_of, reason_of

SETTLED = {OrderStatus.PAID: Outcome.PAID, OrderStatus.RETURNED: Outcome.RETURNED}
"""What an order's state says of it once the bank has settled it."""


class AnswerAlreadyRead(Conflict):
    """The same bytes were read before."""

    message = "This file of the bank has already been read. Look at its answers, or upload another file."


class AnswerForAnotherBatch(Rejected):
    """The file answers another message than this batch."""

    message = "This file answers “{message_id}”, not this batch. Open the batch with that name and upload the file there."


class UnknownPayment(Rejected):
    """The file speaks of a payment that is not in the batch."""

    message = "The file answers a payment that is not in this batch: {end_to_end_id}. Nothing was read. Ask the bank for the right file."


class AnotherAmount(Rejected):
    """The file repeats another amount than was ordered."""

    message = "The file says {stated} for payment {end_to_end_id}, ordered was {ordered}. Nothing was read. Ask the bank."


class AnswerIncomplete(Rejected):
    """Payments that are still with the bank are missing from the file."""

    message = "The file answers {found} payments, {missing} of this batch are missing. Nothing was read. Ask the bank for the whole file."


class AnswerContradicts(Rejected):
    """The file says otherwise of a payment that the bank settled before."""

    message = (
        "The bank has already said otherwise of payment {end_to_end_id}. Nothing was read. Ask the bank which answer holds."
    )


@dataclass(frozen=True)
class AnsweredOrder:
    """What the bank says of one order; ``order_status`` is the order's state before."""

    order: PaymentOrder
    answer: TransactionStatus
    outcome: Outcome

    @property
    def return_reason(self) -> str | None:
        """Why it came back, in the programme's words."""
        return reason_of(self.answer.reason_code).value if self.outcome is Outcome.RETURNED else None

    @property
    def settles(self) -> bool:
        """Whether the order is settled by this answer and was not before."""
        return self.order.status == OrderStatus.BATCHED and self.outcome is not Outcome.PENDING

    def line(self) -> dict[str, str | None]:
        """The answer as it is kept."""
        return {
            "end_to_end_id": self.order.end_to_end_id,
            "amount": show(self.order.amount),
            "status": self.answer.status,
            "outcome": self.outcome.value,
            "code": self.answer.reason_code,
            "reason": self.return_reason,
            "text": self.answer.text,
        }


def match(report: PaymentStatusReport, message_id: str, orders: Sequence[PaymentOrder]) -> list[AnsweredOrder]:
    """The answer to each order that the file speaks of, in the order of ``orders``.

    A file without lines of its own speaks of every order by its group status. Raises ``AnswerForAnotherBatch``,
    ``UnknownPayment``, ``AnotherAmount``, ``AnswerIncomplete``, ``AnswerContradicts``.
    """
    if report.original_message_id != message_id:
        raise AnswerForAnotherBatch("file", message_id=report.original_message_id)
    by_id = {order.end_to_end_id: order for order in orders}
    answers = {answer.end_to_end_id: answer for answer in report.transactions or _for_all(report, orders)}
    for end_to_end_id, answer in answers.items():
        if end_to_end_id not in by_id:
            raise UnknownPayment("file", end_to_end_id=end_to_end_id)
        _require_amount(answer, by_id[end_to_end_id].amount)
    missing = [order for order in orders if order.status == OrderStatus.BATCHED and order.end_to_end_id not in answers]
    if missing:
        raise AnswerIncomplete("file", found=len(answers), missing=len(missing))
    return [_answered(order, answers[order.end_to_end_id]) for order in orders if order.end_to_end_id in answers]


def _for_all(report: PaymentStatusReport, orders: Sequence[PaymentOrder]) -> list[TransactionStatus]:
    if report.group_status is None:
        return []
    return [
        TransactionStatus(order.end_to_end_id, report.group_status, report.reason_code, report.text)
        for order in orders
        if order.status == OrderStatus.BATCHED
    ]


def _require_amount(answer: TransactionStatus, ordered: Decimal) -> None:
    if answer.amount is not None and answer.amount != ordered:
        raise AnotherAmount("file", end_to_end_id=answer.end_to_end_id, stated=show(answer.amount), ordered=show(ordered))


def _answered(order: PaymentOrder, answer: TransactionStatus) -> AnsweredOrder:
    outcome = outcome_of(answer.status)
    settled = SETTLED.get(order.status)
    if settled is not None and outcome is not settled:
        raise AnswerContradicts("file", end_to_end_id=order.end_to_end_id)
    return AnsweredOrder(order, answer, outcome)
