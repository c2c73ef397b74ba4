"""Many decisions in one go: the use cases of single ones, called one by one, each in its savepoint, with a result for each.

What one item is refused for says nothing of the others, and a refused one leaves nothing behind. Presence is proved once for all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from service.accountability.liquidation import complete_donation, liquidate_contract
from service.contracts.signature_usecases import confirm_ink_signature
from service.contracts.usecases import number_contract
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Conflict, Refusal, Rejected
from service.disbursements.bank_usecases import release_batch
from service.disbursements.shapes import CheckIn
from service.disbursements.usecases import authorise_request, check_request, request_tranche
from service.people.account_usecases import decide_account
from service.people.shapes import AccountDecisionIn
from service.transparency.shapes import DecisionIn, DecisionsIn

REFUSED_BY_DATABASE = ("23", "RY", "40P01")
"""SQLSTATEs of what a trigger, a constraint or another's lock refuses: this item is undone, the others stand."""


class ChangedMeanwhile(Conflict):
    """Another act came first."""

    message = "Somebody changed this in the meantime. Open it and look again."


class NoSuchDecision(Rejected):
    """The kind of subject and the action do not go together."""

    message = "This cannot be decided together with others. Open it and decide there."


class SubjectUnreadable(Rejected):
    """The subject is no identifier."""

    message = "What is to be decided is not written as it should be. Reload the page and tick it again."


@dataclass(frozen=True)
class Decision:
    """A decision by its name on the first page: the kind of its subject, the action, the act it needs, and how it is done."""

    kind: str
    action: str
    act: Act
    do: Callable[[Session, Actor, str, str], Awaitable[Any]]


@dataclass(frozen=True)
class Result:
    """What became of one item; ``refusal`` is None where it was done."""

    item: DecisionIn
    refusal: Refusal | None

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return self.refusal is None


async def decide(session: Session, actor: Actor, given: DecisionsIn) -> list[Result]:
    """Decide on each item, in an order that is the same for everybody, and give the results in the order of the items.

    Raises ``StepUpNeeded`` before anything is done, where any of the decisions asks for it.
    """
    for item in given.items:
        decision = _BY_PAIR.get((item.kind, item.action))
        if decision is not None:
            actor.require_fresh(decision.act)
    places = sorted(range(len(given.items)), key=lambda place: (given.items[place].subject, place))
    results = {place: await _decided(session, actor, given.items[place]) for place in places}
    return [results[place] for place in range(len(given.items))]


async def _decided(session: Session, actor: Actor, item: DecisionIn) -> Result:
    decision = _BY_PAIR.get((item.kind, item.action))
    if decision is None:
        return Result(item, NoSuchDecision("action"))
    try:
        async with session.begin_nested():
            await decision.do(session, actor, item.subject, item.note)
    except Refusal as refusal:
        return Result(item, refusal)
    except DBAPIError as error:
        if not (getattr(error.orig, "sqlstate", None) or "").startswith(REFUSED_BY_DATABASE):
            raise
        return Result(item, ChangedMeanwhile())
    return Result(item, None)


def _by_id(use_case: Callable[[Session, Actor, UUID], Awaitable[Any]]) -> Callable[[Session, Actor, str, str], Awaitable[Any]]:
    async def do(session: Session, actor: Actor, subject: str, _note: str) -> Any:
        return await use_case(session, actor, _identifier(subject))

    return do


async def _request(session: Session, actor: Actor, subject: str, _note: str) -> Any:
    contract, _, number = subject.partition("/")
    if not (number.isascii() and number.isdecimal() and len(number) <= 2):
        raise SubjectUnreadable("subject")
    return await request_tranche(session, actor, _identifier(contract), int(number))


async def _check(session: Session, actor: Actor, subject: str, note: str) -> Any:
    return await check_request(session, actor, _identifier(subject), CheckIn(note=note))


async def _accept(session: Session, actor: Actor, subject: str, _note: str) -> Any:
    return await decide_account(session, actor, _identifier(subject), AccountDecisionIn(accept=True))


def _identifier(subject: str) -> UUID:
    try:
        return UUID(subject)
    except ValueError as error:
        raise SubjectUnreadable("subject") from error


DECISIONS = {
    "number_contract": Decision("draft", "number", Act.NUMBER_CONTRACT, _by_id(number_contract)),
    "confirm_scan": Decision("scan", "confirm", Act.CONFIRM_SCAN, _by_id(confirm_ink_signature)),
    "request_tranche": Decision("tranche", "request", Act.REQUEST_PAYMENT, _request),
    "liquidate_contract": Decision("contract", "liquidate", Act.LIQUIDATE_CONTRACT, _by_id(liquidate_contract)),
    "complete_donation": Decision("contract", "complete", Act.COMPLETE_DONATION, _by_id(complete_donation)),
    "check_request": Decision("payment", "check", Act.CHECK_REQUEST, _check),
    "authorise_request": Decision("payment", "authorise", Act.AUTHORISE_REQUEST, _by_id(authorise_request)),
    "release_batch": Decision("batch", "release", Act.RELEASE_BATCH, _by_id(release_batch)),
    "confirm_account": Decision("account", "confirm", Act.DECIDE_ACCOUNT, _accept),
}
"""What can be decided with others in one go, by name."""

_BY_PAIR = {(decision.kind, decision.action): decision for decision in DECISIONS.values()}
