"""The transparency report: who got what and why."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import (
    Amount,
    Currency,
    Day,
    Letterhead,
    Moment,
    Outcome,
    PlanCode,
    Sha256,
    Shown,
    exact,
)

ContractWord = Literal[
    "numbered",
    "signed_by_group",
    "in_force",
    "reported",
    "liquidated",
    "completed",
    "written_off",
    "annulled",
    "suspended",
    "terminated",
]


@exact
class CallLine(TypedDict):
    """A call of the period."""

    code: str
    title: str
    office: str
    opened_on: Day
    closed_on: Day
    contests: int
    applications: int


@exact
class ContestLine(TypedDict):
    """A contest and its outcome; ``awarded`` is the sum of its awards. ``minutes_number`` is None before the minutes are signed."""

    code: str
    title: str
    plan_type: PlanCode
    minutes_number: str | None
    applications: int
    approved: int
    not_approved: int
    reserve: int
    disqualified: int
    awarded: Amount
    rules_sha256: Sha256


@exact
class ResultLine(TypedDict):
    """An announced result: everyone who was heard, not only who won."""

    contest_code: str
    organisation: str
    district: str
    score: Shown | None
    outcome: Outcome
    award: Amount | None


@exact
class ContractLine(TypedDict):
    """A numbered contract."""

    number: str
    organisation: str
    district: str
    amount: Amount
    own_amount: Amount
    paid: Amount
    status: ContractWord


@exact
class PaymentLine(TypedDict):
    """A payment that reached its account."""

    authorisation: str
    contract_number: str
    organisation: str
    paid_on: Day
    amount: Amount


@exact
class ReportTotals(TypedDict):
    """Sums of the tables; annulled contracts are not counted."""

    applications: int
    approved: int
    awarded: Amount
    contracted: Amount
    own_amount: Amount
    paid: Amount


@exact
class ReportPaper(TypedDict):
    """The report of a period over an office or the programme; one currency. ``record_root`` is the record's root hash then."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    title: str
    since: Day
    until: Day
    currency: Currency
    calls: list[CallLine]
    contests: list[ContestLine]
    results: list[ResultLine]
    contracts: list[ContractLine]
    payments: list[PaymentLine]
    totals: ReportTotals
    record_size: int
    record_root: Sha256 | None
