"""Whether a paper adds up: sums that its data state are compared with the sums of their parts, before anything is printed."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.documents.models import DocumentKind

Data = dict[str, Any]


def differences(kind: DocumentKind, data: Data) -> list[str]:
    """What does not add up, in words; nothing where all is well. ``data`` has the shape of its kind."""
    return list(_CHECKS[kind](data))


def _same(what: str, stated: object, parts: Iterable[object]) -> Iterator[str]:
    """A difference between a stated amount and its parts."""
    total = sum((Decimal(str(part)) for part in parts), Decimal())
    if Decimal(str(stated)) != total:
        yield f"{what} is {stated}, its parts sum to {total}"


def _call(data: Data) -> Iterator[str]:
    codes = [contest["code"] for contest in data["contests"]]
    if len(set(codes)) != len(codes):
        yield "a contest is announced twice"


def _sheet(data: Data) -> Iterator[str]:
    given = [line for line in data["lines"] if line["points"] is not None]
    maximum = sum((Fraction(line["maximum"]) for line in data["lines"]), Fraction())
    counted = sum((Fraction(line["maximum"]) for line in given), Fraction())
    if maximum != Fraction(data["maximum"]):
        yield f"maximum is {data['maximum']}, its parts sum to {maximum}"
    points = sum((Fraction(line["points"]) for line in given), Fraction())
    total = shown(points * maximum / counted) if counted else "0.00"
    if total != data["total"]:
        yield f"total is {data['total']}, its parts sum to {total}"


def _blank_sheet(data: Data) -> Iterator[str]:
    maximum = sum((Fraction(line["maximum"]) for line in data["lines"]), Fraction())
    if maximum != Fraction(data["maximum"]):
        yield f"maximum is {data['maximum']}, its parts sum to {maximum}"
    if len(data["code"]) != 10 or int(data["code"]) % 97 != 1:
        yield f"the check digits of {data['code']} do not hold"
    if data["number"].replace("-", "") != data["code"]:
        yield f"number {data['number']} is not the code {data['code']}"


def shown(value: Fraction) -> str:
    """An exact score with two decimals, half away from zero, and never ``-0.00``."""
    cents = (abs(value.numerator) * 200 // value.denominator + 1) // 2
    sign = "-" if value < 0 and cents else ""
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def _minutes(data: Data) -> Iterator[str]:
    for table in data["results"]:
        yield from _result_table(table)
    for table in data["prizes"]:
        yield from _same(f"{table['contest_code']}: prizes given", table["given"], _prizes(table))
    for total in data["grand_totals"]:
        yield from _grand_total(total, data)
    rows = [row for table in data["results"] for row in table["rows"]]
    winners = sum(len(list(_prizes(table))) for table in data["prizes"])
    yield from _same("applications", data["applications"], [len(rows), *(len(table["rows"]) for table in data["prizes"])])
    yield from _same("approved", data["approved"], [sum(row["outcome"] == "approved" for row in rows), winners])
    if data["quorum"]["needed"] != data["quorum"]["appointed"] // 2 + 1:
        yield "the quorum needed is not more than half of the appointed members"
    for vote in data["votes"]:
        yield from _vote(vote)


def _vote(vote: Data) -> Iterator[str]:
    """A vote is carried where those in favour, and the casting vote, are enough; nobody is named twice."""
    in_favour = len(vote["in_favour"]) + (vote["casting"] == "in_favour")
    if vote["carried"] != (in_favour >= vote["needed"]):
        yield f"vote {vote['number']}: {in_favour} in favour, {vote['needed']} needed"
    if len(vote["in_favour"]) + len(vote["against"]) + len(vote["abstained"]) > vote["appointed"]:
        yield f"vote {vote['number']}: more votes than members"


def _result_table(table: Data) -> Iterator[str]:
    code, totals = table["contest_code"], table["totals"]
    for row in table["rows"]:
        yield from _same(f"{code} {row['application_code']}", row["total_amount"], [row["project_amount"], row["own_amount"]])
    approved = [row for row in table["rows"] if row["outcome"] == "approved"]
    yield from _same(f"{code}: approved", totals["approved"], [len(approved)])
    for column in ("project_amount", "own_amount", "total_amount"):
        yield from _same(f"{code}: {column}", totals[column], (row[column] for row in approved))


def _prizes(table: Data) -> Iterator[str]:
    return (row["prize"] for row in table["rows"] if row["prize"] is not None)


def _grand_total(total: Data, data: Data) -> Iterator[str]:
    currency = total["currency"]
    tables = [table["totals"] for table in data["results"] if table["currency"] == currency]
    for column in ("project_amount", "own_amount", "total_amount"):
        yield from _same(f"grand {column}", total[column], (table[column] for table in tables))
    given = (table["given"] for table in data["prizes"] if table["currency"] == currency)
    yield from _same("grand prizes", total["prizes"], given)


def _contract(data: Data) -> Iterator[str]:
    by_source = {
        source: [each["amount"] for each in data["sources"] if each["source"] == source]
        for source in ("fund", "own", "cofunder")
    }
    yield from _same("amount", data["amount"], by_source["fund"])
    yield from _same("total", data["total"], (each["amount"] for each in data["sources"]))
    yield from _same("amount, by tranches", data["amount"], (tranche["amount"] for tranche in data["tranches"]))
    for row in data["budget"]:
        yield from _same(row["description"], row["total"], [row[source] for source in by_source])
    for source, amounts in by_source.items():
        planned = sum((Decimal(row[source]) for row in data["budget"]), Decimal())
        yield from _same(f"budget, {source}", planned, amounts)


def _authorisation(data: Data) -> Iterator[str]:
    yield from _same("contract amount", data["contract_amount"], [data["paid_before"], data["amount"], data["left"]])


def _receipts(data: Data) -> Iterator[str]:
    yield from _same("total", data["total"], (receipt["amount"] for receipt in data["receipts"]))
    if [receipt["serial"] for receipt in data["receipts"]] != list(range(1, len(data["receipts"]) + 1)):
        yield "the receipts are not numbered from 1"


def _liquidation(data: Data) -> Iterator[str]:
    for side in data["sides"]:
        name = side["side"]
        yield from _same(f"{name} disbursed", side["disbursed"], [side["executed"], side["balance"]])
        yield from _same(f"{name} executed", side["executed"], (line[f"{name}_executed"] for line in data["lines"]))
    executed = sum((Decimal(side["executed"]) for side in data["sides"]), Decimal())
    yield from _same("executed", executed, (report["accepted"] for report in data["reports"]))
    yield from _same("refunded", data["refunded"], (refund["amount"] for refund in data["refunds"]))
    fund = next((side["balance"] for side in data["sides"] if side["side"] == "fund"), "0.00")
    yield from _same("fund balance", fund, [data["refunded"], data["open"]])


def _report(data: Data) -> Iterator[str]:
    totals = data["totals"]
    contracts = [line for line in data["contracts"] if line["status"] != "annulled"]
    parts = {
        "applications": [line["applications"] for line in data["contests"]],
        "approved": [line["approved"] for line in data["contests"]],
        "awarded": [line["awarded"] for line in data["contests"]],
        "contracted": [line["amount"] for line in contracts],
        "own_amount": [line["own_amount"] for line in contracts],
        "paid": [line["amount"] for line in data["payments"]],
    }
    for name, amounts in parts.items():
        yield from _same(name, totals[name], amounts)


def _resolution(data: Data) -> Iterator[str]:
    appeal = data["appeal"]
    yes, members = sum(each["uphold"] for each in appeal["opinions"]), len(appeal["panel"])
    if len(appeal["opinions"]) != members or (2 * yes > members) != (appeal["outcome"] == "upheld"):
        yield f"the panel's {yes} of {members} do not make it {appeal['outcome']}"
    if (data["check"] is None) == (appeal["outcome"] == "upheld"):
        yield "a new ranking belongs to an appeal that is upheld"


_CHECKS: dict[DocumentKind, Callable[[Data], Iterator[str]]] = {
    DocumentKind.CALL: _call,
    DocumentKind.SHEET: _sheet,
    DocumentKind.BLANK_SHEET: _blank_sheet,
    DocumentKind.MINUTES: _minutes,
    DocumentKind.CONTRACT: _contract,
    DocumentKind.AUTHORISATION: _authorisation,
    DocumentKind.RECEIPTS: _receipts,
    DocumentKind.LIQUIDATION: _liquidation,
    DocumentKind.REPORT: _report,
    DocumentKind.RESOLUTION: _resolution,
}
