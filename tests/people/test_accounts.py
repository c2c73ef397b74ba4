"""Beneficiary accounts: two officers, one account in use, digits that only some may see."""

import asyncio
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlmodel import col

from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session, Sessions, transaction
from service.core.encrypting import Unreadable, decrypt, mark
from service.core.errors import NotFound
from service.core.machine import WrongState, advance
from service.people import account_usecases as accounts
from service.people.group_rules import (
    ACCOUNT_LIFE,
    AccountAction,
    AccountReasonMissing,
    AccountWaiting,
    NoConfirmedAccount,
    OwnProposal,
    SameAccount,
)
from service.people.groups import AccountStatus, Group
from service.people.models import Nec
from service.people.shapes import AccountDecisionIn, AccountIn
from service.record import usecases as record
from tests.cast import Cast
from tests.make.people import account_in, make_account, make_actor, make_group, make_office
from tests.traces import acts_on, refused_by_database, statements

YES, NO = AccountDecisionIn(accept=True), AccountDecisionIn(accept=False)


async def bare_group(session: Session, cast: Cast) -> Group:
    """A group without an account."""
    return await make_group(session, cast, board=False, families=0, account=False)


def test_every_state_and_action_of_an_account_is_decided() -> None:
    S, A = AccountStatus, AccountAction  # noqa: N806  # the table reads like the one in the rules
    leads = {(S.PENDING, A.CONFIRM): S.CONFIRMED, (S.PENDING, A.REFUSE): S.REFUSED, (S.CONFIRMED, A.REPLACE): S.REPLACED}
    for state in S:
        for action in A:
            if (state, action) in leads:
                assert advance(ACCOUNT_LIFE, state, action) == leads[state, action]
            else:
                with pytest.raises(WrongState):
                    advance(ACCOUNT_LIFE, state, action)


async def test_an_account_waits_until_a_second_officer_confirms_it(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    given = account_in(reason="")
    account = await accounts.propose_account(session, cast.promoter, group.id, given)
    assert account.model_dump(include=set(AccountIn.model_fields)) == given.model_dump()
    assert (account.status, account.proposed_by) == (AccountStatus.PENDING, cast.promoter.person_id)
    with pytest.raises(NoConfirmedAccount):
        await accounts.confirmed_account(session, group.id)
    decided = await accounts.decide_account(session, cast.head, account.id, YES)
    assert (decided.status, decided.decided_by) == (AccountStatus.CONFIRMED, cast.head.person_id)
    assert decided.decided_at == await clock.now(session)
    assert (await accounts.confirmed_account(session, group.id)).id == account.id
    assert await acts_on(session, f"account:{account.id}") == [
        ("account.proposed", cast.promoter.person_id),
        ("account.confirmed", cast.head.person_id),
    ]


async def test_who_proposed_an_account_does_not_decide_on_it(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    account = await accounts.propose_account(session, cast.administrator, group.id, account_in())
    for decision in (YES, NO):
        with pytest.raises(OwnProposal):
            await accounts.decide_account(session, cast.administrator, account.id, decision)
    alone = "UPDATE beneficiary_account SET status = 'confirmed', decided_by = proposed_by WHERE id = :id"
    assert "ck_beneficiary_account_two_officers" in await refused_by_database(session, alone, id=account.id)


async def test_a_new_account_takes_the_place_of_the_old_one(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    old = await make_account(session, cast, group)
    new = await accounts.propose_account(session, cast.promoter, group.id, account_in(reason="El banco cerró la cuenta"))
    assert (await accounts.confirmed_account(session, group.id)).id == old.id
    await accounts.decide_account(session, cast.head, new.id, YES)
    assert (await accounts.confirmed_account(session, group.id)).id == new.id
    shown = await accounts.list_accounts(session, cast.head, group.id)
    assert {account.id: account.status for account in shown} == {
        new.id: AccountStatus.CONFIRMED,
        old.id: AccountStatus.REPLACED,
    }


async def test_a_refused_account_changes_nothing_and_is_decided_once(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    old = await make_account(session, cast, group)
    new = await accounts.propose_account(session, cast.promoter, group.id, account_in())
    refused = await accounts.decide_account(session, cast.head, new.id, NO)
    assert refused.status == AccountStatus.REFUSED
    assert (await accounts.confirmed_account(session, group.id)).id == old.id
    for decision in (YES, NO):
        with pytest.raises(WrongState):
            await accounts.decide_account(session, cast.second_officer, new.id, decision)
    assert [act for act, _ in await acts_on(session, f"account:{new.id}")] == ["account.proposed", "account.refused"]


async def test_a_change_needs_a_reason_another_account_and_no_other_change(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    old = await make_account(session, cast, group)
    with pytest.raises(AccountReasonMissing) as refused:
        await accounts.propose_account(session, cast.promoter, group.id, account_in(reason="  "))
    assert refused.value.field == "reason"
    with pytest.raises(SameAccount):
        await accounts.propose_account(session, cast.promoter, group.id, account_in(cci=old.cci, holder=old.holder))
    await accounts.propose_account(session, cast.promoter, group.id, account_in(cci=old.cci, holder="Asoc. Hercca"))
    with pytest.raises(AccountWaiting):
        await accounts.propose_account(session, cast.promoter, group.id, account_in())


@pytest.mark.parametrize(
    "cci", ["01800000401500000202", "0180000040150000010", "018000004015000001022", "01800000401500000103"]
)
def test_an_invented_cci_is_refused(cci: str) -> None:
    with pytest.raises(ValidationError) as refused:
        account_in(cci=cci)
    assert [error["loc"] for error in refused.value.errors()] == [("cci",)]


def test_an_account_is_in_soles() -> None:
    assert account_in(cci="018-000-004015000001-02").cci == "01800000401500000102"
    with pytest.raises(ValidationError):
        account_in(currency="USD")


async def test_roles_of_the_office_propose_and_decide(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    stranger = await make_actor(session, cast, Role.ADMINISTRATOR, office_id=(await make_office(session, cast)).id)
    for actor in (cast.auditor, cast.treasurer, cast.programme, cast.mayor, stranger):
        with pytest.raises(MissingRole):
            await accounts.propose_account(session, actor, group.id, account_in())
    account = await accounts.propose_account(session, cast.promoter, group.id, account_in())
    for actor in (cast.auditor, cast.treasurer, cast.secretary, cast.programme, stranger):
        with pytest.raises(MissingRole):
            await accounts.decide_account(session, actor, account.id, YES)
    with pytest.raises(NotFound):
        await accounts.propose_account(session, cast.promoter, uuid4(), account_in())
    with pytest.raises(NotFound):
        await accounts.decide_account(session, cast.head, uuid4(), YES)


async def test_digits_are_read_by_those_who_handle_payments_and_each_reading_is_recorded(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    account = await make_account(session, cast, group, cci="01800000401500000102", number="004015000001")

    readers = (cast.head, cast.administrator, cast.treasurer, cast.programme, cast.auditor)
    for actor in (*readers, cast.promoter, cast.secretary):
        (shown,) = await accounts.list_accounts(session, actor, group.id)
        assert (shown.id, shown.holder) == (account.id, account.holder)
        assert (shown.cci, shown.number) == ("****************0102", "********0001")
    for actor in readers:
        _, whole = await accounts.read_account(session, actor, account.id)
        assert (whole.cci, whole.number) == ("01800000401500000102", "004015000001")
    for actor in (cast.promoter, cast.secretary, cast.mayor):
        with pytest.raises(MissingRole):
            await accounts.read_account(session, actor, account.id)
    with pytest.raises(MissingRole):
        await accounts.list_accounts(session, cast.mayor, group.id)
    assert await record.actors_of(session, f"account:{account.id}", "account.read") == {each.person_id for each in readers}


async def test_no_account_number_lies_readable_in_the_database(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    account = await make_account(session, cast, group, cci="01800000401500000102", number="004015000001")
    query = "SELECT cci, number, cci_mark FROM beneficiary_account WHERE id = :id"
    kept = (await session.execute(text(query), {"id": account.id})).one()
    assert b"0180000" not in kept.cci + kept.number + kept.cci_mark
    assert decrypt(kept.cci, "beneficiary_account.cci") == b"01800000401500000102"
    payloads = await session.execute(
        text("SELECT payload FROM record_payload WHERE payload::text LIKE '%01800000401500000102%'")
    )
    assert payloads.all() == []
    await session.execute(text("UPDATE nec SET cci = :kept"), {"kept": kept.cci})  # moved to where another meaning waits
    with pytest.raises(Unreadable):
        await session.execute(select(col(Nec.cci)))


async def test_the_list_takes_as_many_statements_for_three_accounts_as_for_one(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    counts = []
    for times in (1, 2):
        for _ in range(times):
            await make_account(session, cast, group)
        with statements(session) as sent:
            shown = await accounts.list_accounts(session, cast.head, group.id)
        counts.append((len(shown), len(sent)))
    assert counts == [(1, counts[0][1]), (3, counts[0][1])]


async def test_the_database_itself_holds_one_account_in_use_and_one_waiting(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    await make_account(session, cast, group)
    copy = (
        "INSERT INTO beneficiary_account (id, group_id, bank, number, cci, cci_mark, holder, currency, reason, status, proposed_by, proposed_at) "
        "SELECT gen_random_uuid(), group_id, bank, number, cci, :mark, holder, currency, reason, :status, proposed_by, proposed_at "
        "FROM beneficiary_account WHERE group_id = :group LIMIT 1"
    )
    cci = "01800000401500000102"
    values = {"group": group.id, "mark": mark(cci, "beneficiary_account.cci"), "status": "confirmed"}
    assert "uq_beneficiary_account_confirmed" in await refused_by_database(session, copy, **values)
    await accounts.propose_account(session, cast.promoter, group.id, account_in())
    assert "uq_beneficiary_account_pending" in await refused_by_database(session, copy, **{**values, "status": "pending"})
    for change in ("UPDATE beneficiary_account SET cci = :mark", "DELETE FROM beneficiary_account WHERE cci_mark = :mark"):
        assert "permission denied" in await refused_by_database(session, change, mark=values["mark"])


async def test_a_second_decision_waits_for_the_first_and_finds_it_made(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        group = await bare_group(session, cast)
        account = await accounts.propose_account(session, cast.promoter, group.id, account_in())

    async def refuse() -> None:
        async with transaction(sessions) as session:
            await accounts.decide_account(session, cast.administrator, account.id, NO)

    async with transaction(sessions) as session:
        await accounts.decide_account(session, cast.head, account.id, YES)
        second = asyncio.create_task(refuse())
        done, _ = await asyncio.wait({second}, timeout=0.3)
        assert done == set()
    with pytest.raises(WrongState):
        await second
    async with transaction(sessions) as session:
        assert (await accounts.confirmed_account(session, group.id)).decided_by == cast.head.person_id
