"""The money side of the main job by hand: contracts in ink, payments through the bank, accounts to the cent."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from scripts.demo import numbers
from scripts.demo.scans import scan
from service.disbursements.pain001 import read
from service.disbursements.pain002 import PaymentStatusReport, TransactionStatus, write
from tests.browser import by_hand
from tests.browser.conftest import Person


def contract_for(secretary: Person, officer: Person, head: Person, office: str, award: str) -> str:
    """Draft, number and sign a contract in ink, each scan seen by two officers; its address."""
    secretary.go(f"{office}/contracts")
    secretary.page.get_by_role("link", name=award).first.click()
    secretary.fill("Draft the contract", resolution="RD 1-2026")
    head.go(secretary.page.url)
    head.press("Give it its number")
    place = head.page.url
    for title in ("Register the scan that the group has signed", "Register the scan that the office head has signed"):
        content = scan(title, place).decode("latin-1")
        secretary.go(place)
        secretary.fill(title, signed_on=by_hand.today(), file=f"firmado.pdf|{content}")
        officer.go(place)
        officer.press("Confirm the scan")
    return place


def request_payment(head: Person, contract: str) -> str:
    """The office head requests what is due next; the payment's address."""
    head.go(contract)
    head.press("Request the next payment")
    links = head.page.get_by_role("link", name="See the payment")
    links.last.click()
    return head.page.url


def pay(programme: Person, administrator: Person, treasurer: Person, office: str, requests: list[str]) -> str:
    """Check and authorise payments, send the bank's file; the batch's address."""
    for request in requests:
        administrator.go(request)
        administrator.fill("The request is complete", note="Conforme")
        programme.go(request)
        programme.press("Authorise the payment")
    return send(administrator, treasurer, office)


def send(administrator: Person, treasurer: Person, office: str) -> str:
    """One file for every order that waits, released by another person; the batch's address."""
    administrator.go(f"{office}/payments")
    administrator.fill("Prepare the file for the bank", execution_date=by_hand.today())
    batch = administrator.page.url
    treasurer.go(batch)
    treasurer.press("Release the file to the bank")
    return batch


def bank_answers(administrator: Person, batch: str, returned: str = "") -> None:
    """The bank's double: reads the file that was sent, and answers; an order over the amount ``returned`` comes back."""
    administrator.go(batch)
    with administrator.page.expect_download() as file:
        administrator.page.locator(f"form[action='{urlsplit(batch).path}/file'] button").last.click()
    sent = read(Path(file.value.path()).read_bytes())
    lines = tuple(
        TransactionStatus(
            end_to_end_id=each.end_to_end_id,
            status="RJCT" if str(each.amount) == returned else "ACSC",
            reason_code="BE01" if str(each.amount) == returned else None,
            amount=each.amount,
        )
        for each in sent.transfers
    )
    report = PaymentStatusReport(f"{sent.message_id}-R", datetime.now(UTC), sent.message_id, "PART", lines)
    administrator.go(batch)
    administrator.fill("Read the bank's answer", file=f"respuesta.xml|{write(report).decode('latin-1')}")


def correct_account(promoter: Person, officer: Person, programme: Person, group: str, payment: str) -> None:
    """Another account, seen by another officer, and a new order to it."""
    account = numbers.cci("018", 777_001)
    promoter.go(group)
    given = {"holder": "ASOC A", "reason": "El banco devolvió el pago"}
    promoter.fill("Propose an account", bank="Banco de la Nación", number=account[6:18], cci=account, **given)
    officer.go(group)
    officer.fill("Decide on the proposed account", account_id=account[-4:], accept=True)
    programme.go(payment)
    programme.press("Issue a new order")


def account_for(
    promoter: Person, administrator: Person, contract: str, serial: str, lines: list[tuple[str, str, str, str]]
) -> None:
    """Hand in receipts (budget line, payer, amount, accepted) and decide on them."""
    promoter.go(contract)
    fields: dict[str, str] = {}
    for place, (budget, payer, amount, _) in enumerate(lines):
        fields |= {
            f"lines__{place}__budget_line_id": budget,
            f"lines__{place}__description": f"Compra {place}",
            f"lines__{place}__receipt_type": "invoice",
            f"lines__{place}__receipt_number": f"{serial}-{place}",
            f"lines__{place}__issuer": numbers.ruc_of(6000 + place),
            f"lines__{place}__issued_on": by_hand.today(),
            f"lines__{place}__charged_to": payer,
            f"lines__{place}__amount": amount,
        }
    promoter.fill("Hand in an expense report", **fields)
    administrator.go(promoter.page.url)
    decisions = {}
    for place, (_, _, amount, accepted) in enumerate(lines):
        decisions[f"decisions__{place}__accepted"] = accepted
        if accepted != amount:
            decisions[f"decisions__{place}__reason"] = "Lo demás no corresponde"
    administrator.fill("Decide on the report", **decisions)
