"""The donation contract with charge."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import (
    Account,
    Amount,
    Currency,
    Day,
    Dni,
    Letterhead,
    Moment,
    Organisation,
    Percent,
    PlanCode,
    Sha256,
    Shown,
    Signatory,
    exact,
)


@exact
class Grantor(TypedDict):
    """The executing nucleus that grants the money, and the office head who signs for it by ``resolution``."""

    name: str
    ruc: str
    address: str
    head_name: str
    head_dni: Dni
    resolution: str


@exact
class Background(TypedDict):
    """What the contract rests on. ``score`` is the announced total."""

    loan: str
    minutes_number: str
    minutes_day: Day
    committee: str
    contest_code: str
    contest_title: str
    score: Shown
    rules_version: int
    rules_sha256: Sha256


@exact
class Source(TypedDict):
    """Who pays how much of the plan."""

    source: Literal["fund", "own", "cofunder"]
    name: str
    in_kind: bool
    amount: Amount


@exact
class ContractTranche(TypedDict):
    """A part of the donation; ``percent`` is what the rules bound, the amount is what counts."""

    number: int
    percent: Percent
    amount: Amount


@exact
class BudgetRow(TypedDict):
    """A line of Annex 1 with the share of each source."""

    description: str
    fund: Amount
    own: Amount
    cofunder: Amount
    total: Amount


@exact
class Cofinancing(TypedDict):
    """A further promise: its entity, whether in kind, and the amount."""

    entity: str
    in_kind: bool
    amount: Amount


@exact
class Annulment(TypedDict):
    """Why and when a numbered contract was annulled; it keeps its number."""

    on: Day
    act: str
    reason: str


@exact
class ContractPaper(TypedDict):
    """The contract. ``amount`` is the donation in one figure; ``sources`` sum to ``total``, ``budget`` to each source.

    ``own_deposit_first`` is the share of its own part that the group deposits before the first tranche, and ``accounting_gate`` the
    share of the first tranche to be accounted for before the second; None where the type asks for none. ``signatories`` are the
    group's, ``witnesses`` those of a thumbprint.
    """

    letterhead: Letterhead
    number: str
    issued_at: Moment
    plan_type: PlanCode
    plan_title: str
    grantor: Grantor
    group: Organisation
    signatories: list[Signatory]
    witnesses: list[Signatory]
    background: Background
    currency: Currency
    amount: Amount
    total: Amount
    sources: list[Source]
    months: int
    account: Account
    tranches: list[ContractTranche]
    own_deposit_first: Percent | None
    accounting_gate: Percent | None
    obligations: str
    additional_cofinancing: list[Cofinancing]
    jurisdiction: str
    signed_in: str
    budget: list[BudgetRow]
    annulled: Annulment | None
