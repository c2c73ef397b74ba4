"""What is done with a group's bank account: one officer proposes it, another decides.

Acts stand in the record under ``account:<id>`` (``account.proposed``, ``account.confirmed``, ``account.refused``), for whoever
keeps duties apart by person.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.encrypting import mark
from service.people import group_rules as rules
from service.people import group_store, store
from service.people.deputies import behind
from service.people.groups import AccountStatus, BeneficiaryAccount, Group
from service.people.identifiers import mask
from service.people.shapes import AccountDecisionIn, AccountIn
from service.record import usecases as record


@dataclass(frozen=True)
class AccountView:
    """An account as a reader sees it: the number and the CCI are masked where they were not asked for."""

    id: UUID
    bank: str
    number: str
    cci: str
    holder: str
    currency: str
    reason: str
    status: AccountStatus
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


async def propose_account(session: Session, actor: Actor, group_id: UUID, given: AccountIn) -> BeneficiaryAccount:
    """Propose a group's account; it waits for another officer.

    Raises ``NotFound``, ``MissingRole``, ``AccountWaiting``, ``SameAccount``, ``AccountReasonMissing``.
    """
    group = await store.lock(session, Group, group_id)
    actor.require(Act.PROPOSE_ACCOUNT, group.office_id)
    rules.require_new_account(given, await group_store.accounts_of(session, group_id))
    at = await clock.now(session)
    account = BeneficiaryAccount(
        group_id=group_id,
        proposed_by=actor.person_id,
        proposed_at=at,
        cci_mark=mark(given.cci, "beneficiary_account.cci"),
        **given.model_dump(),
    )
    session.add(account)
    await session.flush()
    payload = {"group_id": str(group_id), **given.model_dump(mode="json"), **_masked(account)}
    await record.append(session, actor, "account.proposed", f"account:{account.id}", payload)
    return account


async def decide_account(session: Session, actor: Actor, account_id: UUID, given: AccountDecisionIn) -> BeneficiaryAccount:
    """Confirm or refuse a proposed account; a confirmed one takes the place of the account in use.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``OwnProposal``.
    """
    group_id = (await store.fetch(session, BeneficiaryAccount, account_id)).group_id
    group = await store.lock(session, Group, group_id)
    account = await store.lock(session, BeneficiaryAccount, account_id)
    actor.require(Act.DECIDE_ACCOUNT, group.office_id)
    status = rules.decided(account, given.accept)
    if not actor.persons.isdisjoint(await behind(session, [(account.proposed_by, account.proposed_at)])):
        raise rules.OwnProposal
    earlier = await group_store.account_in_use(session, group_id) if status == AccountStatus.CONFIRMED else None
    if earlier:
        earlier.status = rules.replaced(earlier)
        await session.flush()  # before the other one: at no time are two in use
    account.status, account.decided_by, account.decided_at = status, actor.person_id, await clock.now(session)
    await session.flush()
    payload = {"group_id": str(group_id), "replaces": str(earlier.id) if earlier else None}
    await record.append(session, actor, f"account.{status}", f"account:{account.id}", payload)
    return account


async def confirmed_account(session: Session, group_id: UUID) -> BeneficiaryAccount:
    """The account in use, for areas above. Raises ``NoConfirmedAccount``."""
    account = await group_store.account_in_use(session, group_id)
    if account is None:
        raise rules.NoConfirmedAccount
    return account


async def list_accounts(session: Session, actor: Actor, group_id: UUID) -> list[AccountView]:
    """A group's accounts with masked numbers, the newest first. Raises ``NotFound``, ``MissingRole``."""
    group = await store.fetch(session, Group, group_id)
    actor.require(Act.READ_OFFICE, group.office_id)
    return [_view(account, **_masked(account)) for account in await group_store.accounts_of(session, group_id)]


async def read_account(session: Session, actor: Actor, account_id: UUID) -> tuple[Group, AccountView]:
    """An account with its whole numbers, for those who handle payments; the record keeps who read it.

    Raises ``NotFound``, ``MissingRole``.
    """
    account = await store.fetch(session, BeneficiaryAccount, account_id)
    group = await store.fetch(session, Group, account.group_id)
    actor.require(Act.READ_ACCOUNT_DIGITS, group.office_id)
    await record.append(session, actor, "account.read", f"account:{account_id}", {"group_id": str(group.id)})
    return group, _view(account)


def _view(account: BeneficiaryAccount, **masked: str) -> AccountView:
    return AccountView(**{name: getattr(account, name) for name in AccountView.__dataclass_fields__} | masked)


def _masked(account: BeneficiaryAccount) -> dict[str, str]:
    return {"number": mask(account.number), "cci": mask(account.cci)}
