"""The lives of requests, orders and batches, and who may take which step, by themselves."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from service.core.ids import new_id
from service.core.machine import WrongState, advance
from service.disbursements import order_rules, rules
from service.disbursements.iso20022 import bank_reference
from service.disbursements.models import BatchStatus, OrderStatus, RequestStatus
from service.disbursements.order_rules import BatchAction, OrderAction
from service.disbursements.pain001 import LONGEST_MESSAGE_ID
from service.disbursements.pain002 import ReturnReason
from service.disbursements.rules import RequestAction

LIVES: list[tuple[Mapping[Any, Any], type[StrEnum], type[StrEnum], str]] = [
    (
        rules.REQUEST_LIFE,
        RequestStatus,
        RequestAction,
        "requested check checked; checked authorise authorised; requested refuse refused; checked refuse refused",
    ),
    (
        order_rules.ORDER_LIFE,
        OrderStatus,
        OrderAction,
        "issued batch batched; batched unbatch issued; batched pay paid; batched return returned",
    ),
    (
        order_rules.BATCH_LIFE,
        BatchStatus,
        BatchAction,
        "prepared release released; released answer answered; prepared withdraw withdrawn",
    ),
]
"""Each life with its states and acts, written out a second time: state, act, next state."""


@pytest.mark.parametrize(("table", "states", "actions", "life"), LIVES, ids=["request", "order", "batch"])
def test_requests_orders_and_batches_move_only_as_their_lives_say(
    table: Mapping[Any, Any], states: type[StrEnum], actions: type[StrEnum], life: str
) -> None:
    following = {tuple(step.split()[:2]): step.split()[2] for step in life.split("; ")}
    for state, action in product(states, actions):
        if (state.value, action.value) in following:
            assert advance(table, state, action) == following[state.value, action.value]
        else:
            with pytest.raises(WrongState):
                advance(table, state, action)


ACCOUNT_REASONS = ["account_closed", "not_found", "holder_mismatch", "currency_mismatch", "blocked"]
OTHER_REASONS = ["malformed", "limit_exceeded", "refused"]


def test_every_return_reason_lies_in_the_account_or_elsewhere() -> None:
    assert {*ACCOUNT_REASONS, *OTHER_REASONS} == {reason.value for reason in ReturnReason}


@pytest.mark.parametrize("reason", ACCOUNT_REASONS)
def test_a_payment_returned_for_its_account_goes_to_another_account(reason: str) -> None:
    account, other = new_id(), new_id()
    with pytest.raises(order_rules.AccountNotChanged):
        order_rules.require_reissuable(OrderStatus.RETURNED, reason, account, account)
    order_rules.require_reissuable(OrderStatus.RETURNED, reason, account, other)


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_a_payment_returned_for_another_reason_may_go_to_the_same_account(reason: str) -> None:
    account = new_id()
    order_rules.require_reissuable(OrderStatus.RETURNED, reason, account, account)


@pytest.mark.parametrize("status", [OrderStatus.ISSUED, OrderStatus.BATCHED, OrderStatus.PAID])
def test_only_a_returned_order_is_issued_again(status: OrderStatus) -> None:
    with pytest.raises(order_rules.OrderStillLive):
        order_rules.require_reissuable(status, None, new_id(), new_id())


def test_names_on_papers_and_in_files_fit_what_banks_take() -> None:
    office = "A-VERY-LONG-OFFICE20"
    assert order_rules.authorisation_number(7, 2026, "SICUANI") == "007-2026-SICUANI"
    assert order_rules.authorisation_number(1000, 2026, "SICUANI") == "1000-2026-SICUANI"
    longest = order_rules.end_to_end_id(order_rules.authorisation_number(99_999, 2026, office), 99)
    assert bank_reference(longest) == "99999-2026-A-VERY-LONG-OFFICE20-99"
    assert bank_reference(order_rules.message_id(99_999, 2026, office), LONGEST_MESSAGE_ID) == f"{office}-2026-99999"


def test_a_day_of_payment_is_today_or_later() -> None:
    order_rules.require_day(date(2026, 5, 1), date(2026, 5, 1))
    with pytest.raises(order_rules.ExecutionInThePast):
        order_rules.require_day(date(2026, 4, 30), date(2026, 5, 1))
