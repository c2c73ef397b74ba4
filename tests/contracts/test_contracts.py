"""Drafting and numbering contracts, their money, their later life."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications.queries import get_application
from service.contests.ready_books import template
from service.contracts import queries, rules, usecases
from service.contracts.models import ContractStatus, Party
from service.contracts.shapes import CofinancingIn, ContractDraftIn
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.core.machine import WrongState
from service.deliberation.usecases import award_of
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.ledger.usecases import balances, entries
from service.people.group_rules import BoardIncomplete, NoConfirmedAccount
from service.people.group_usecases import end_mandate, signatories_on
from service.people.shapes import EndIn
from tests.cast import Cast
from tests.make.applications import make_second_request
from tests.make.contests import make_contest, without_appeals
from tests.make.contracts import (
    DRAFT,
    REASON,
    make_award,
    make_contract,
    make_contract_in_force,
    make_draft,
    money_budget,
    sign,
)
from tests.make.deliberation import make_signed_session, sign_contest
from tests.make.funding import make_fund
from tests.make.people import make_actor, make_group, make_office
from tests.traces import payload_of, refused_by_database


async def test_a_draft_runs_as_long_as_the_terms_say_unless_told(session: Session, cast: Cast) -> None:
    award = await make_award(session, cast)
    draft = await usecases.draft_contract(session, cast.secretary, award.id, DRAFT)
    assert draft.months == 12
    given = ContractDraftIn(
        months=18,
        resolution="R.D. 7",
        additional_cofinancing=[CofinancingIn(entity="Minera Tintaya", amount=Decimal("5000.00"))],
    )
    changed = await usecases.draft_contract(session, cast.secretary, award.id, given)
    assert (changed.id, changed.months, changed.resolution) == (draft.id, 18, "R.D. 7")
    assert changed.additional_cofinancing == [{"entity": "Minera Tintaya", "in_kind": False, "amount": "5000.00"}]


async def test_only_secretary_and_head_of_the_office_draft(session: Session, cast: Cast) -> None:
    award = await make_award(session, cast)
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    for actor in (cast.promoter, cast.treasurer, cast.programme, stranger):
        with pytest.raises(MissingRole):
            await usecases.draft_contract(session, actor, award.id, DRAFT)
    with pytest.raises(NotFound):
        await usecases.draft_contract(session, cast.secretary, new_id(), DRAFT)


async def test_a_second_request_gets_no_contract_of_its_own(session: Session, cast: Cast) -> None:
    first = await make_signed_session(session, cast)
    contest = await make_contest(session, cast, "pdn-second")
    application = await make_second_request(session, cast, contest, first.applications[0])
    await sign_contest(session, cast, contest, application)
    award = await award_of(session, application.id)
    assert award is not None
    with pytest.raises(rules.NotForAContract):
        await usecases.draft_contract(session, cast.secretary, award.id, DRAFT)


async def test_a_numbered_contract_says_all_that_it_rests_on(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast)
    award = await make_award(session, cast, money_budget("10000.05", "2500.00", in_kind="800.00"), fund=fund)
    contract = await usecases.number_contract(session, cast.head, (await make_draft(session, cast, award)).id)
    today = await clock.today(session)
    assert contract.number == f"{contract.serial:03d}-{today.year}-PDN-SICUANI"
    assert (contract.amount, contract.own_share, contract.status) == (
        Decimal("10000.05"),
        Decimal("3300.00"),
        ContractStatus.NUMBERED,
    )
    data = contract.data
    assert contract.data_sha256 == sha256_hex(data)
    assert data["tranches"] == [
        {"number": 1, "percent": "70", "amount": "7000.04"},
        {"number": 2, "percent": "30", "amount": "3000.01"},
    ]
    assert [(s["source"], s["in_kind"], s["amount"]) for s in data["sources"]] == [
        ("fund", False, "10000.05"),
        ("own", False, "2500.00"),
        ("own", True, "800.00"),
    ]
    assert (data["amount"], data["total"]) == ("10000.05", "13300.05")
    assert [(row["description"], row["fund"], row["own"]) for row in data["budget"]] == [
        ("Motobombas", "6000.00", "0.00"),
        ("Mangueras", "4000.05", "0.00"),
        ("Semillas", "0.00", "2500.00"),
        ("Mano de obra", "0.00", "800.00"),
    ]
    board = await signatories_on(session, contract.group_id, today)
    assert [(s["name"], s["role"]) for s in data["signatories"]] == [
        (board[0][1].name, "president"),
        (board[1][1].name, "treasurer"),
    ]
    assert (data["grantor"]["head_name"], data["months"], data["annulled"]) == (cast.head.name, 12, None)
    assert (data["own_deposit_first"], data["accounting_gate"]) == ("50", "70")
    assert data["background"]["score"] == "100.00"
    paper = await latest_document(session, DocumentKind.CONTRACT, f"contract:{contract.id}")
    assert paper is not None
    assert paper.data_sha256 == contract.data_sha256
    trace = await payload_of(session, "contract.numbered", f"contract:{contract.id}")
    assert trace == {"number": contract.number, "award_id": str(award.id), "data_sha256": contract.data_sha256}


async def test_numbering_commits_the_reserved_money(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "20000.00")
    award = await make_award(session, cast, fund=fund)
    before = await balances(session, [f"fund:{fund.id}:available", f"fund:{fund.id}:reserved"])
    assert list(before.values()) == [Decimal("9999.95"), Decimal("10000.05")]
    contract = await usecases.number_contract(session, cast.head, (await make_draft(session, cast, award)).id)
    keys = [f"fund:{fund.id}:available", f"fund:{fund.id}:reserved", f"contract:{contract.id}:committed"]
    assert list((await balances(session, keys)).values()) == [Decimal("9999.95"), Decimal("0.00"), Decimal("10000.05")]


async def test_only_the_head_numbers_and_once(session: Session, cast: Cast) -> None:
    draft = await make_draft(session, cast, await make_award(session, cast))
    for actor in (cast.secretary, cast.programme, cast.administrator):
        with pytest.raises(MissingRole):
            await usecases.number_contract(session, actor, draft.id)
    contract = await usecases.number_contract(session, cast.head, draft.id)
    with pytest.raises(rules.AwardHasContract) as refusal:
        await usecases.number_contract(session, cast.head, draft.id)
    assert refusal.value.values == {"number": contract.number}
    with pytest.raises(rules.AwardHasContract):
        await usecases.draft_contract(session, cast.secretary, contract.award_id, DRAFT)


async def test_a_contract_needs_a_confirmed_account(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, account=False)
    draft = await make_draft(session, cast, await make_award(session, cast, group=group))
    with pytest.raises(NoConfirmedAccount):
        await usecases.number_contract(session, cast.head, draft.id)


async def test_a_contract_needs_a_board_whose_mandates_hold_today(session: Session, cast: Cast) -> None:
    award = await make_award(session, cast)
    draft = await make_draft(session, cast, award)
    group_id = (await get_application(session, cast.secretary, award.application_id)).group_id
    today = await clock.today(session)
    (president, _), _ = await signatories_on(session, group_id, today)
    await end_mandate(session, cast.promoter, president.id, EndIn(until=today - timedelta(days=1)))
    with pytest.raises(BoardIncomplete):
        await usecases.number_contract(session, cast.head, draft.id)


async def test_numbers_have_no_gap_and_grow_beyond_a_thousand(session: Session, cast: Cast) -> None:
    first = await make_contract(session, cast)
    await usecases.annul_contract(session, cast.head, first.id, REASON)
    second = await make_contract(session, cast)
    assert second.serial == first.serial + 1
    series = f"contract:SICUANI:{first.year}:PDN"
    await session.execute(text("UPDATE number_series SET last = 999 WHERE series = :series"), {"series": series})
    thousandth = await make_contract(session, cast)
    assert thousandth.number == f"1000-{first.year}-PDN-SICUANI"


async def test_each_type_of_plan_has_numbers_of_its_own(session: Session, cast: Cast) -> None:
    plan = await make_contract(session, cast)
    work = await make_contract(session, cast, ready="idl-first")
    assert work.number == f"{work.serial:03d}-{plan.year}-IDL-SICUANI"
    assert [s["role"] for s in work.data["signatories"]] == ["mayor"]


async def test_a_smaller_award_shrinks_the_budget_of_the_contract(session: Session, cast: Cast) -> None:
    decision = {"mode": "pass_mark", "mark": "70", "purse": "6000.00", "cut": "part", "part_at_least": "1/4"}
    book = {**template("pdn-first").book, "decision": decision}
    award = await make_award(session, cast, money_budget("9000.00"), book=book, terms=without_appeals())
    assert award.amount == Decimal("6000.00")
    contract = await usecases.number_contract(session, cast.head, (await make_draft(session, cast, award)).id)
    assert [(row["description"], row["fund"], row["own"]) for row in contract.data["budget"]] == [
        ("Motobombas", "4000.00", "0.00"),
        ("Mangueras", "2000.00", "0.00"),
        ("Semillas", "0.00", "2500.00"),
    ]


async def test_annulling_lets_the_money_go_keeps_the_number_and_prints_a_banner(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "20000.00")
    contract = await make_contract(session, cast, fund=fund)
    await sign(session, cast, contract, Party.GROUP)
    for actor in (cast.secretary, cast.administrator):
        with pytest.raises(MissingRole):
            await usecases.annul_contract(session, actor, contract.id, REASON)
    number = contract.number
    annulled = await usecases.annul_contract(session, cast.head, contract.id, REASON)
    assert (annulled.status, annulled.number) == (ContractStatus.ANNULLED, number)
    keys = [f"fund:{fund.id}:available", f"contract:{contract.id}:committed"]
    assert list((await balances(session, keys)).values()) == [Decimal("20000.00"), Decimal("0.00")]
    paper = await latest_document(session, DocumentKind.CONTRACT, f"contract:{contract.id}")
    assert paper is not None
    today = (await clock.today(session)).isoformat()
    assert paper.version == 2
    assert paper.data == {**contract.data, "annulled": {"on": today, "act": REASON.act, "reason": REASON.reason}}


async def test_a_contract_in_force_is_not_annulled(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    with pytest.raises(WrongState):
        await usecases.annul_contract(session, cast.head, contract.id, REASON)


async def test_a_contract_is_suspended_and_goes_on(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    for act in (usecases.suspend_contract, usecases.resume_contract):
        with pytest.raises(MissingRole):
            await act(session, cast.secretary, contract.id, REASON)
    assert (await usecases.suspend_contract(session, cast.head, contract.id, REASON)).status == ContractStatus.SUSPENDED
    assert await payload_of(session, "contract.suspended", f"contract:{contract.id}") == {
        "number": contract.number,
        "amount": "10000.05",
        "before": "in_force",
        "act": REASON.act,
        "reason": REASON.reason,
    }
    assert (await usecases.resume_contract(session, cast.programme, contract.id, REASON)).status == ContractStatus.IN_FORCE


async def test_terminating_gives_what_was_not_paid_back_to_the_fund(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "20000.00")
    contract = await make_contract_in_force(session, cast, fund=fund)
    terminated = await usecases.terminate_contract(session, cast.head, contract.id, REASON)
    assert terminated.status == ContractStatus.TERMINATED
    keys = [f"fund:{fund.id}:available", f"contract:{contract.id}:payable"]
    assert list((await balances(session, keys)).values()) == [Decimal("20000.00"), Decimal("0.00")]
    assert [entry.reference for entry in await entries(session, [f"contract:{contract.id}"])] == [
        f"commitment:award:{contract.award_id}",
        f"contract:{contract.id}:signed",
        f"contract:{contract.id}:signed",
        f"contract:{contract.id}:terminated",
    ]
    with pytest.raises(WrongState):
        await usecases.resume_contract(session, cast.head, contract.id, REASON)


async def test_account_digits_are_masked_for_everybody_who_reads_a_contract(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    cci = contract.data["account"]["cci"]
    for actor in (cast.head, cast.administrator, cast.treasurer, cast.programme, cast.auditor, cast.secretary, cast.promoter):
        shown = (await queries.get_contract(session, actor, contract.id)).data["account"]
        assert shown["cci"] == "*" * 16 + cci[-4:]
        assert cci not in str(shown)
    stranger = await make_actor(session, cast, Role.AUDITOR, office_id=(await make_office(session, cast)).id)
    with pytest.raises(MissingRole):
        await queries.get_contract(session, stranger, contract.id)


async def test_lists_show_an_offices_contracts_and_the_drafts_that_wait(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    waiting = await make_draft(session, cast, await make_award(session, cast))
    of_group = await queries.list_contracts(session, cast.auditor, cast.office.id, contract.group_id)
    assert [view.id for view in of_group] == [contract.id]
    assert [draft.id for draft in await queries.list_drafts(session, cast.secretary, cast.office.id)] == [waiting.id]


@pytest.mark.parametrize("column", ["amount = 1", "number = 'X'", "data_sha256 = ''", "account_id = gen_random_uuid()"])
async def test_the_database_keeps_a_numbered_contract_as_it_is(session: Session, cast: Cast, column: str) -> None:
    contract = await make_contract(session, cast)
    statement = f"UPDATE contract SET {column} WHERE id = :id"
    assert await refused_by_database(session, statement, id=contract.id) == "permission denied for table contract"


async def test_the_database_allows_one_live_contract_for_an_award(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    copy = contract.model_dump(exclude={"id", "serial"}) | {"serial": contract.serial + 1}
    with pytest.raises(DBAPIError, match="uq_contract_live_award"):
        async with session.begin_nested():
            session.add(type(contract)(**copy))
