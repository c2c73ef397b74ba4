"""Reading a bank's answer against its batch, by itself: a file that does not fit is refused whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from service.core.errors import Refusal
from service.core.ids import new_id
from service.disbursements import matching
from service.disbursements.matching import match
from service.disbursements.models import OrderStatus, PaymentOrder
from service.disbursements.pain002 import Outcome, PaymentStatusReport, TransactionStatus

BATCH = "SICUANI-2026-001"


def order(number: int, amount: str, status: OrderStatus = OrderStatus.BATCHED) -> PaymentOrder:
    """An order with the bank."""
    return PaymentOrder(
        authorisation_id=new_id(),
        attempt=1,
        end_to_end_id=f"00{number}-2026-SICUANI-1",
        amount=Decimal(amount),
        account_id=new_id(),
        cci="00219100123456789053",
        holder="Asociación Hercca",
        issued_by=new_id(),
        issued_at=datetime(2026, 5, 1, tzinfo=UTC),
        status=status,
    )


def paid(number: int, amount: str | None) -> TransactionStatus:
    """The bank's yes."""
    return TransactionStatus(f"00{number}-2026-SICUANI-1", "ACSC", amount=Decimal(amount) if amount else None)


ORDERS = [order(1, "7000.04"), order(2, "10733.33"), order(3, "500.00")]
ANSWER = PaymentStatusReport(
    message_id="BN-1",
    created_at=datetime(2026, 5, 2, tzinfo=UTC),
    original_message_id=BATCH,
    group_status="PART",
    transactions=(
        paid(1, "7000.04"),
        TransactionStatus("002-2026-SICUANI-1", "RJCT", "BE01", "TITULAR NO COINCIDE", Decimal("10733.33")),
        TransactionStatus("003-2026-SICUANI-1", "ACSP"),
    ),
)


def test_each_order_gets_its_answer() -> None:
    answers = match(ANSWER, BATCH, ORDERS)
    assert [(answer.order, answer.outcome, answer.return_reason, answer.settles) for answer in answers] == [
        (ORDERS[0], Outcome.PAID, None, True),
        (ORDERS[1], Outcome.RETURNED, "holder_mismatch", True),
        (ORDERS[2], Outcome.PENDING, None, False),
    ]
    assert answers[1].line() == {
        "end_to_end_id": "002-2026-SICUANI-1",
        "amount": "10733.33",
        "status": "RJCT",
        "outcome": "returned",
        "code": "BE01",
        "reason": "holder_mismatch",
        "text": "TITULAR NO COINCIDE",
    }


def with_lines(*lines: TransactionStatus) -> PaymentStatusReport:
    """The same file with other lines."""
    return replace(ANSWER, transactions=lines)


ALTERED: list[tuple[str, Callable[[], PaymentStatusReport], type[Refusal]]] = [
    ("an amount", lambda: with_lines(paid(1, "7000.05"), *ANSWER.transactions[1:]), matching.AnotherAmount),
    ("an identifier", lambda: with_lines(paid(9, "7000.04"), *ANSWER.transactions[1:]), matching.UnknownPayment),
    ("one line more", lambda: with_lines(*ANSWER.transactions, paid(4, "1.00")), matching.UnknownPayment),
    ("one line less", lambda: with_lines(*ANSWER.transactions[:2]), matching.AnswerIncomplete),
    ("the message", lambda: replace(ANSWER, original_message_id="SICUANI-2026-002"), matching.AnswerForAnotherBatch),
]


@pytest.mark.parametrize(("report", "refusal"), [case[1:] for case in ALTERED], ids=[case[0] for case in ALTERED])
def test_an_altered_file_is_refused_whole(report: Callable[[], PaymentStatusReport], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        match(report(), BATCH, ORDERS)


def test_a_status_of_the_whole_file_holds_for_every_order() -> None:
    whole = replace(ANSWER, group_status="RJCT", transactions=(), reason_code="FF01")
    assert [(answer.outcome, answer.return_reason) for answer in match(whole, BATCH, ORDERS)] == [
        (Outcome.RETURNED, "malformed")
    ] * 3


def test_a_file_that_says_nothing_is_incomplete() -> None:
    with pytest.raises(matching.AnswerIncomplete) as refusal:
        match(replace(ANSWER, group_status=None, transactions=()), BATCH, ORDERS)
    assert refusal.value.values == {"found": 0, "missing": 3}


def test_a_later_file_settles_what_was_open_and_may_repeat_or_leave_out_the_rest() -> None:
    settled = [order(1, "7000.04", OrderStatus.PAID), order(2, "10733.33", OrderStatus.RETURNED), order(3, "500.00")]
    alone = match(with_lines(paid(3, None)), BATCH, settled)
    assert [(answer.order.end_to_end_id, answer.settles) for answer in alone] == [("003-2026-SICUANI-1", True)]
    repeated = match(with_lines(paid(1, "7000.04"), ANSWER.transactions[1], paid(3, "500.00")), BATCH, settled)
    assert [answer.settles for answer in repeated] == [False, False, True]


def test_a_later_file_cannot_unsay_what_the_bank_settled() -> None:
    settled = [order(1, "7000.04", OrderStatus.PAID), order(2, "10733.33", OrderStatus.RETURNED)]
    for lines in (
        (TransactionStatus("001-2026-SICUANI-1", "RJCT"), ANSWER.transactions[1]),
        (paid(1, None), paid(2, None)),
        (TransactionStatus("001-2026-SICUANI-1", "ACSP"), ANSWER.transactions[1]),
    ):
        with pytest.raises(matching.AnswerContradicts):
            match(with_lines(*lines), BATCH, settled)
