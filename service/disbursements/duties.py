"""Duties kept apart by person along a payment: which things each step concerns, and how its refusals are named."""

from collections.abc import Sequence

from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Forbidden
from service.disbursements import order_rules, store
from service.disbursements.models import BankBatch
from service.disbursements.store import OrderOf, Payment
from service.people.duties import require_kept_apart

REFUSALS: dict[Act, type[Forbidden]] = {
    Act.FILL_SHEET: order_rules.ScorerHere,
    Act.PROPOSE_ACCOUNT: order_rules.AccountProposerHere,
    Act.DECIDE_ACCOUNT: order_rules.AccountConfirmerHere,
    Act.REQUEST_PAYMENT: order_rules.RequesterHere,
    Act.CHECK_REQUEST: order_rules.CheckerHere,
    Act.AUTHORISE_REQUEST: order_rules.AuthoriserHere,
    Act.PREPARE_BATCH: order_rules.PreparerHere,
}
"""What is said to who did the one and would do a later step."""


async def require_another(session: Session, actor: Actor, later: Act, payment: Payment, account: object = None) -> None:
    """Who takes a step of a payment took none that is kept apart from it; ``account`` is the identifier of the one that is paid, if known.

    Raises the refusals of ``REFUSALS``.
    """
    subjects = {f"payment:{payment.request.id}", f"account:{account}"}
    scorers = {Act.FILL_SHEET: await store.scorers_of(session, [payment])}
    await require_kept_apart(session, actor, later, subjects, REFUSALS, scorers)


async def require_may_send(
    session: Session, actor: Actor, later: Act, orders: Sequence[OrderOf], batch: BankBatch | None = None
) -> None:
    """The same for who prepares or releases a batch with these orders. Raises the refusals of ``REFUSALS``."""
    subjects = {
        subject for item in orders for subject in (f"payment:{item.payment.request.id}", f"account:{item.order.account_id}")
    }
    scorers = {Act.FILL_SHEET: await store.scorers_of(session, [item.payment for item in orders])}
    await require_kept_apart(session, actor, later, subjects | ({f"batch:{batch.id}"} if batch else set()), REFUSALS, scorers)
