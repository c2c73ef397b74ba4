"""Contracts, payments and accounts over JSON: from the award to accepted expenses, and who reads what."""

import base64
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.deps import COOKIE
from service.applications.models import BudgetSource
from service.contracts.models import Contract
from service.core import clock
from service.core.db import Sessions, transaction
from service.deliberation.models import Award
from service.disbursements.pain002 import PaymentStatusReport, TransactionStatus, write
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.people.group_usecases import signatories_on
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.accountability import budget_by_source
from tests.make.contests import make_contest
from tests.make.contracts import PDF, make_award, make_contract, make_contract_in_force
from tests.make.disbursements import pay_first
from tests.make.people import next_number, next_ruc

API = "/api/v1"


@pytest.fixture
async def award(api_sessions: Sessions, cast: Cast) -> Award:
    """10000.05 awarded to a group that brings 2500.00 in money."""
    async with transaction(api_sessions) as session:
        return await make_award(session, cast)


@pytest.fixture
async def numbered(api_sessions: Sessions, cast: Cast) -> Contract:
    """A contract with its number."""
    async with transaction(api_sessions) as session:
        return await make_contract(session, cast)


@pytest.fixture
async def in_force(api_sessions: Sessions, cast: Cast) -> Contract:
    """A contract that both sides have signed."""
    async with transaction(api_sessions) as session:
        return await make_contract_in_force(session, cast)


@pytest.fixture
async def paid(api_sessions: Sessions, cast: Cast) -> Contract:
    """A contract whose first tranche of 7000.04 is paid, half of its own share deposited."""
    async with transaction(api_sessions) as session:
        contract = await make_contract_in_force(session, cast)
        await pay_first(session, cast, contract)
        return contract


async def sent(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer to a POST that must succeed."""
    answer = await client.post(API + path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def got(client: Client, path: str) -> Any:
    """The answer to a GET that must succeed."""
    answer = await client.get(API + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_award_becomes_a_numbered_contract(signed_in: SignedIn, cast: Cast, award: Award) -> None:
    office = f"/offices/{cast.office.id}"
    given = {
        "resolution": "RD 041-2025-NEC",
        "additional_cofinancing": [{"entity": "Minera Tintaya", "in_kind": True, "amount": "500.00"}],
    }
    async with signed_in("secretary") as secretary, signed_in("head") as head:
        waiting = {row["award_id"]: row for row in await got(secretary, f"{office}/awards-without-contract")}
        draft = await sent(secretary, f"/awards/{award.id}/contract-draft", given)
        drafted = {row["award_id"]: row for row in await got(secretary, f"{office}/awards-without-contract")}
        refused = await secretary.post(f"{API}/contract-drafts/{draft['id']}/number")
        contract = await sent(head, f"/contract-drafts/{draft['id']}/number")
        left = {row["award_id"] for row in await got(secretary, f"{office}/awards-without-contract")}
        listed = [row["id"] for row in await got(secretary, f"{office}/contracts")]
    assert (waiting[str(award.id)]["amount"], waiting[str(award.id)]["draft_id"]) == ("10000.05", None)
    assert drafted[str(award.id)]["draft_id"] == draft["id"]
    assert (draft["months"], draft["additional_cofinancing"]) == (12, given["additional_cofinancing"])
    assert (refused.status_code, refused.json()["title"]) == (403, "MissingRole")
    assert (contract["amount"], contract["own_share"], contract["status"]) == ("10000.05", "2500.00", "numbered")
    assert str(award.id) not in left
    assert contract["id"] in listed


async def test_two_officers_bind_the_signed_original_by_its_hash(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast, numbered: Contract
) -> None:
    async with transaction(api_sessions) as session:
        today = await clock.today(session)
        board = [str(person.id) for _, person in await signatories_on(session, numbered.group_id, today)]
    scan = PDF + numbered.number.encode()
    given = {"signed_on": today.isoformat(), "name": "contrato.pdf", "content": base64.b64encode(scan).decode()}
    async with signed_in("secretary") as secretary, signed_in("second_officer") as second:
        for party, persons in (("group", board), ("office", [str(cast.head.person_id)])):
            body = {**given, "party": party, "signatories": [{"person_id": each} for each in persons]}
            signature = await sent(secretary, f"/contracts/{numbered.id}/signatures", body)
            own = await secretary.post(f"{API}/signatures/{signature['id']}/confirmation")
            await sent(second, f"/signatures/{signature['id']}/confirmation")
        contract = await got(secretary, f"/contracts/{numbered.id}")
        file = await second.get(f"{API}/signatures/{signature['id']}/scan")
    assert (own.status_code, own.json()["title"]) == (403, "RegistrarCannotConfirm")
    assert (contract["status"], [row["party"] for row in contract["signatures"]]) == ("in_force", ["group", "office"])
    assert file.content == scan


async def test_a_scan_that_is_no_base64_is_refused_at_its_field(signed_in: SignedIn, cast: Cast, numbered: Contract) -> None:
    body = {
        "party": "group",
        "signed_on": "2026-01-01",
        "signatories": [{"person_id": str(cast.head.person_id)}],
        "name": "contrato.pdf",
        "content": "a",
    }
    async with signed_in("secretary") as client:
        answer = await client.post(f"{API}/contracts/{numbered.id}/signatures", json=body)
    assert (answer.status_code, [row["field"] for row in answer.json()["errors"]]) == (422, ["content"])


async def test_the_paper_of_a_contract_is_not_for_everybody(
    signed_in: SignedIn, api_sessions: Sessions, stranger: Client, numbered: Contract
) -> None:
    async with transaction(api_sessions) as session:
        document = await latest_document(session, DocumentKind.CONTRACT, f"contract:{numbered.id}")
    assert document is not None
    seen = {"stranger": (await stranger.get(f"/documents/{document.id}")).status_code}
    for name in ("promoter", "secretary", "head"):
        async with signed_in(name) as client:
            seen[name] = (await client.get(f"{API}/documents/{document.id}/file")).status_code
    assert seen == {"stranger": 404, "promoter": 403, "secretary": 202, "head": 202}


async def test_a_tranche_goes_from_its_request_to_the_banks_answer(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast, in_force: Contract
) -> None:
    place, office = f"/contracts/{in_force.id}", f"/offices/{cast.office.id}"
    voucher = {"amount": "1250.00", "bank_reference": f"VOUCHER-API-{next_number()}"}
    async with transaction(api_sessions) as session:
        tomorrow = (await clock.today(session) + timedelta(days=1)).isoformat()
    async with (
        signed_in("head") as head,
        signed_in("administrator") as administrator,
        signed_in("programme") as programme,
        signed_in("treasurer") as treasurer,
    ):
        early = await head.post(f"{API}{place}/tranches/1/request")
        await sent(administrator, f"{place}/own-deposits", voucher)
        request = await sent(head, f"{place}/tranches/1/request")
        await sent(administrator, f"/payment-requests/{request['id']}/check", {"note": "Conforme"})
        authorisation = await sent(programme, f"/payment-requests/{request['id']}/authorisation")
        batch = await sent(administrator, f"{office}/batches", {"execution_date": tomorrow})
        await sent(treasurer, f"/batches/{batch['id']}/release")
        answered = await answer_all(administrator, batch)
        trail = await got(head, f"/payment-requests/{request['id']}")
        tranches = await got(head, f"{place}/tranches")
        balances = await got(head, f"{place}/balances")
    assert (early.status_code, early.json()["title"]) == (409, "OwnShareShort")
    assert request["amount"] == authorisation["amount"] == "7000.04"
    assert trail["authorisation"]["number"] == authorisation["number"]
    assert [order["status"] for order in trail["orders"]] == ["paid"]
    assert trail["orders"][0]["end_to_end_id"] in {line["end_to_end_id"] for line in answered["lines"]}
    assert [(row["amount"], row["paid"]) for row in tranches] == [("7000.04", True), ("3000.01", False)]
    assert (balances["disbursed"], balances["payable"], balances["own_deposited"]) == ("7000.04", "3000.01", "1250.00")


async def answer_all(administrator: Client, batch: dict[str, Any]) -> Any:
    """The bank pays every order of a batch that was read back over JSON, and its file is read."""
    view = await got(administrator, f"/batches/{batch['id']}")
    file = await administrator.post(f"{API}/batches/{batch['id']}/file")
    assert file.headers["content-type"] == "application/xml"
    lines = [TransactionStatus(order["end_to_end_id"], "ACSC", None) for order in view["orders"]]
    name = f"BN-API-{next_number()}"
    at = datetime.fromisoformat(batch["prepared_at"])
    content = write(PaymentStatusReport(name, at, batch["message_id"], None, tuple(lines)))
    body = {"name": "respuesta.xml", "content": base64.b64encode(content).decode()}
    return await sent(administrator, f"/batches/{batch['id']}/answers", body)


async def test_expenses_are_handed_in_and_decided_line_by_line(
    signed_in: SignedIn, api_sessions: Sessions, paid: Contract
) -> None:
    async with transaction(api_sessions) as session:
        today = await clock.today(session)
        budget = await budget_by_source(session, paid)
    line = {
        "budget_line_id": str(budget[BudgetSource.FUND].id),
        "description": "Motobomba",
        "receipt_type": "invoice",
        "receipt_number": f"F001-{next_number()}",
        "issuer": next_ruc(),
        "issued_on": today.isoformat(),
        "charged_to": "fund",
        "amount": "4912.52",
    }
    decision = {"position": 1, "accepted": "4900.03", "reason": "Lo demás no corresponde al plan"}
    async with signed_in("promoter") as promoter, signed_in("administrator") as administrator:
        report = await sent(promoter, f"/contracts/{paid.id}/reports", {"lines": [line]})
        before = await got(administrator, f"/reports/{report['id']}")
        await sent(administrator, f"/reports/{report['id']}/decision", {"decisions": [decision]})
        after = await got(promoter, f"/reports/{report['id']}")
        listed = await got(promoter, f"/contracts/{paid.id}/reports")
        balances = await got(promoter, f"/contracts/{paid.id}/balances")
    assert (before["lines"][0]["amount"], before["lines"][0]["accepted"]) == ("4912.52", None)
    assert (after["status"], after["lines"][0]["accepted"], after["lines"][0]["reason"]) == (
        "decided",
        "4900.03",
        decision["reason"],
    )
    assert [row["id"] for row in listed] == [report["id"]]
    assert (balances["accounted"], balances["disbursed"]) == ("4900.03", "2100.01")


async def test_the_ledger_of_a_decided_contest_is_public_and_comes_to_zero(stranger: Client, paid: Contract) -> None:
    ledger = await got(stranger, f"/contests/{paid.contest_id}/ledger")
    page = await stranger.get(f"/contests/{paid.contest_id}/ledger")
    moved = {(row["reference"].partition(":")[0], row["key"].rpartition(":")[2]): row["amount"] for row in ledger["lines"]}
    assert ledger["totals"] == {
        "contract:committed": "0.00",
        "contract:disbursed": "7000.04",
        "contract:own_deposited": "1250.00",
        "contract:own_received": "-1250.00",
        "contract:payable": "3000.01",
        "fund:available": "-10000.05",
        "fund:reserved": "0.00",
        "order:in_transit": "0.00",
    }
    assert ledger["count"] == len(ledger["lines"]) == 12
    assert sum(Decimal(row["amount"]) for row in ledger["lines"]) == 0
    assert moved["own_deposit", "own_deposited"] == "1250.00"
    assert page.status_code == 200
    assert "7,000.04" in page.text
    assert re.findall(r"\d{20}", page.text) == []


async def test_the_ledger_says_nothing_of_other_contests(stranger: Client, paid: Contract, numbered: Contract) -> None:
    mine, other = [await got(stranger, f"/contests/{each.contest_id}/ledger") for each in (paid, numbered)]
    assert str(paid.id) not in str(other)
    assert str(numbered.id) not in str(mine)
    assert other["totals"] == {"contract:committed": "10000.05", "fund:available": "-10000.05", "fund:reserved": "0.00"}


async def test_before_the_decision_the_ledger_is_for_the_office(
    signed_in: SignedIn, stranger: Client, api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        contest = await make_contest(session, cast)
    path = f"{API}/contests/{contest.id}/ledger"
    async with signed_in("auditor") as auditor, signed_in("mayor") as mayor:
        seen = [(await client.get(path)).status_code for client in (stranger, mayor, auditor)]
    assert seen == [404, 404, 200]


async def test_a_deposit_sent_twice_under_one_key_counts_once(signed_in: SignedIn, cast: Cast, paid: Contract) -> None:
    headers = {"idempotency-key": uuid4().hex}
    async with signed_in("administrator") as client:
        body = {"amount": "10.00", "bank_reference": f"ONCE-{next_number()}"}
        answers = [await client.post(f"{API}/contracts/{paid.id}/own-deposits", json=body, headers=headers) for _ in range(2)]
        listed = await got(client, f"/contracts/{paid.id}/own-deposits")
    assert answers[0].json() == answers[1].json()
    assert [row["amount"] for row in listed] == ["1250.00", "10.00"]


async def test_a_refusal_is_read_on_the_page_even_where_its_form_is_gone(
    transport: httpx.ASGITransport, tokens: dict[str, str], in_force: Contract
) -> None:
    form = {"_key": uuid4().hex, "act": "Carta 1", "reason": "La asamblea lo pidió"}
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    cookies = {COOKIE: tokens["head"]}
    async with Client(transport=transport, base_url="http://raymi.test", cookies=cookies, headers=headers) as client:
        answer = await client.post(f"/contracts/{in_force.id}/annulment", data=form)
    assert answer.status_code == 409
    assert f'action="/contracts/{in_force.id}/annulment"' not in answer.text
    assert "the state is “in force”" in "".join(re.findall(r'<p class="notice">(.*?)</p>', answer.text))
