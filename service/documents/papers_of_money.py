"""The papers of payments: the fund-transfer authorisation, the families' prize receipts, the liquidation."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import (
    Account,
    Amount,
    Balance,
    Currency,
    Day,
    Dni,
    Letterhead,
    Moment,
    Organisation,
    PlanCode,
    Sha256,
    Signatory,
    exact,
)


@exact
class Step(TypedDict):
    """Who did a step of the payment, and when."""

    name: str
    dni: Dni | None
    role: Literal["office_head", "administrator", "programme", "treasurer", "secretary", "promoter"]
    at: Moment
    note: str


@exact
class AuthorisationPaper(TypedDict):
    """The fund-transfer authorisation (ATF). ``tranche`` counts from 1, and is None for the prizes of a contest.

    ``paid_before``, ``amount`` and ``left`` sum to ``contract_amount``.
    """

    letterhead: Letterhead
    number: str
    issued_at: Moment
    fund: str
    grantor: str
    grantor_ruc: str
    contract_number: str
    contract_day: Day
    minutes_number: str
    plan_type: PlanCode
    plan_title: str
    group: Organisation
    account: Account
    tranche: int | None
    tranches: int
    currency: Currency
    contract_amount: Amount
    paid_before: Amount
    amount: Amount
    left: Amount
    requested: Step
    checked: Step
    authorised: Step


@exact
class Receipt(TypedDict):
    """One family's receipt of a prize."""

    serial: int
    family_code: str
    name: str
    dni: Dni | None
    place: int
    pooled: bool
    amount: Amount


@exact
class ReceiptsPaper(TypedDict):
    """The receipts of a family contest, one per family; their amounts sum to ``total``."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    contest_code: str
    contest_title: str
    rules_sha256: Sha256
    minutes_number: str
    minutes_day: Day
    contract_number: str
    group: Organisation
    payer: Signatory
    currency: Currency
    receipts: list[Receipt]
    total: Amount


@exact
class Side(TypedDict):
    """One side's account: what it put in, what was accepted as spent of it, and the difference."""

    side: Literal["fund", "own"]
    disbursed: Amount
    executed: Amount
    balance: Balance


@exact
class ExecutedLine(TypedDict):
    """A budget line: planned and spent, by side."""

    description: str
    fund_planned: Amount
    fund_executed: Amount
    own_planned: Amount
    own_executed: Amount


@exact
class ReportLine(TypedDict):
    """An expense report of the contract and what was accepted of it."""

    serial: int
    submitted_on: Day
    presented: Amount
    accepted: Amount


@exact
class RefundLine(TypedDict):
    """Money given back to the fund."""

    bank_reference: str
    on: Day
    amount: Amount


@exact
class LiquidationPaper(TypedDict):
    """The closing account of a contract. ``refunds`` sum to ``refunded``; ``open`` is the fund's balance less that."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    contract_number: str
    contract_day: Day
    plan_type: PlanCode
    plan_title: str
    group: Organisation
    fund: str
    currency: Currency
    contract_amount: Amount
    sides: list[Side]
    lines: list[ExecutedLine]
    reports: list[ReportLine]
    refunds: list[RefundLine]
    refunded: Amount
    open: Balance
    opinion: str
    signatories: list[Signatory]
