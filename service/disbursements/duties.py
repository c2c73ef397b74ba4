"""Duties kept apart by person, as the record knows who did what, and the sheets who scored."""

from collections.abc import Sequence
from uuid import UUID

from service.core.actor import Actor
from service.core.db import Session
from service.disbursements import order_rules, store
from service.disbursements.models import BankBatch
from service.disbursements.store import OrderOf, Payment
from service.record.usecases import actors_of


async def require_not_requester(session: Session, actor: Actor, payment: Payment) -> None:
    """Raises ``RequesterHere``."""
    requesters = await actors_of(session, f"payment:{payment.request.id}", "payment.requested")
    order_rules.require_other_person(actor.person_id, [(order_rules.RequesterHere, requesters)])


async def require_third_person(session: Session, actor: Actor, payment: Payment, account_id: UUID) -> None:
    """Who authorises did not request, check, score or propose the account.

    Raises ``RequesterHere``, ``CheckerHere``, ``ScorerHere``, ``AccountProposerHere``.
    """
    subject = f"payment:{payment.request.id}"
    earlier = [
        (order_rules.RequesterHere, await actors_of(session, subject, "payment.requested")),
        (order_rules.CheckerHere, await actors_of(session, subject, "payment.checked")),
        (order_rules.ScorerHere, await store.scorers_of(session, [payment])),
        (order_rules.AccountProposerHere, await actors_of(session, f"account:{account_id}", "account.proposed")),
    ]
    order_rules.require_other_person(actor.person_id, earlier)


async def require_not_proposer(session: Session, actor: Actor, account_id: UUID) -> None:
    """Raises ``AccountProposerHere``."""
    proposers = await actors_of(session, f"account:{account_id}", "account.proposed")
    order_rules.require_other_person(actor.person_id, [(order_rules.AccountProposerHere, proposers)])


async def require_not_authoriser(session: Session, actor: Actor, orders: Sequence[OrderOf]) -> None:
    """Raises ``AuthoriserHere``."""
    authorisers = await store.actors_of(session, _payments(orders), "payment.authorised")
    order_rules.require_other_person(actor.person_id, [(order_rules.AuthoriserHere, authorisers)])


async def require_may_release(session: Session, actor: Actor, batch: BankBatch, orders: Sequence[OrderOf]) -> None:
    """Who releases did not prepare the batch, request, authorise or score what is in it, or propose an account in it.

    Raises ``PreparerHere``, ``RequesterHere``, ``AuthoriserHere``, ``ScorerHere``, ``AccountProposerHere``.
    """
    accounts = {f"account:{item.order.account_id}" for item in orders}
    earlier = [
        (order_rules.PreparerHere, await actors_of(session, f"batch:{batch.id}", "batch.prepared")),
        (order_rules.RequesterHere, await store.actors_of(session, _payments(orders), "payment.requested")),
        (order_rules.AuthoriserHere, await store.actors_of(session, _payments(orders), "payment.authorised")),
        (order_rules.ScorerHere, await store.scorers_of(session, [item.payment for item in orders])),
        (order_rules.AccountProposerHere, await store.actors_of(session, accounts, "account.proposed")),
    ]
    order_rules.require_other_person(actor.person_id, earlier)


def _payments(orders: Sequence[OrderOf]) -> set[str]:
    return {f"payment:{item.payment.request.id}" for item in orders}
