"""The minutes of a committee session."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from service.documents.papers_of_appeals import AppealLine, CheckLine
from service.documents.papers_of_panels import PanelLine, StandInLine
from service.documents.papers_of_visits import BeforeScores
from service.documents.papers_of_votes import AdjustmentLine, DeferralLine, DissentLine, VoteLine
from service.documents.shapes import (
    Amount,
    CapacityWord,
    Currency,
    HeadRef,
    Letterhead,
    Moment,
    Outcome,
    Place,
    PlanCode,
    Points,
    RuleBookRef,
    Shown,
    ShownDni,
    exact,
)


@exact
class Present(TypedDict):
    """A person present: as what, from which body, from when to when (None: to the end)."""

    name: str
    dni: ShownDni | None
    capacity: CapacityWord
    body: str
    came_at: Moment
    left_at: Moment | None


@exact
class Missing(TypedDict):
    """An appointed member who did not come; ``excuse`` is empty without one."""

    name: str
    body: str
    excuse: str


@exact
class SessionQuorum(TypedDict):
    """The count of appointed members at the opening; ``needed`` is what more than half of them comes to."""

    appointed: int
    present: int
    needed: int
    chair_present: bool


@exact
class StageResult(TypedDict):
    """What one stage came to, with two decimals."""

    stage: str
    value: Shown


@exact
class ResultRow(TypedDict):
    """An applicant in a result table. ``document`` is its RUC, registry sheet or DNI; ``reasons`` are the judge's codes.

    ``score`` and ``rank`` are None for a disqualified or withdrawn one. Of an approved one, ``project_amount`` is what is awarded.
    """

    number: int
    application_code: str
    document: str
    organisation: str
    district: str
    office: str
    stages: NotRequired[list[StageResult]]
    score: Shown | None
    rank: int | None
    project_amount: Amount
    own_amount: Amount
    total_amount: Amount
    outcome: Outcome
    reasons: list[str]


@exact
class ResultTotals(TypedDict):
    """Column totals over the approved ones only."""

    approved: int
    project_amount: Amount
    own_amount: Amount
    total_amount: Amount


@exact
class QuotaUseLine(TypedDict):
    """A quota of a purse: its share, the amount kept, the applications funded through it in order of rank, and what was left of it."""

    attribute: str
    value: str
    share: Points
    kept: Amount
    funded: list[str]
    left: Amount


@exact
class QuotaFlip(TypedDict):
    """An application whose award would differ without quotas; None is no award."""

    application_code: str
    award: Amount | None
    without: Amount | None


@exact
class QuotaPart(TypedDict):
    """The quotas of a contest with their effect: who is approved only because of them, and who would have had more without them."""

    uses: list[QuotaUseLine]
    gained: list[QuotaFlip]
    lost: list[QuotaFlip]


@exact
class ResultTable(TypedDict):
    """The results of one contest with a pass mark: one plan type, one request. Older minutes do not say the effect of quotas."""

    contest_code: str
    contest_title: str
    plan_type: PlanCode
    request_number: Literal[1, 2]
    currency: Currency
    mark: Points
    purse: Amount | None
    rows: list[ResultRow]
    totals: ResultTotals
    quotas: NotRequired[QuotaPart | None]


@exact
class PrizeRow(TypedDict):
    """A place in a ranking; ``pooled`` where tied places shared their prizes; ``prize`` is None below the last prize."""

    place: int
    pooled: bool
    application_code: str
    document: str
    name: str
    organisation: str
    stages: NotRequired[list[StageResult]]
    score: Shown
    prize: Amount | None


@exact
class PrizeTable(TypedDict):
    """The places and prizes of one contest that ranks."""

    contest_code: str
    contest_title: str
    plan_type: PlanCode
    currency: Currency
    rows: list[PrizeRow]
    purse: Amount
    given: Amount


@exact
class RecusalLine(TypedDict):
    """Who took no part in one item, and why: in the person's words where declared, by codes (``label``) where found.

    ``vote``: a member who stepped out of its votes while the session sat.
    """

    application_code: str
    organisation: str
    juror: str
    origin: Literal["declared", "found", "vote"]
    reasons: list[str]


@exact
class AbsenceLine(TypedDict):
    """A seated juror whose absence the chair recorded for one item and stage."""

    application_code: str
    organisation: str
    stage: str
    juror: str


@exact
class SupersededLine(TypedDict):
    """A locked sheet that its juror put another one in place of, why and when; both are kept, and the newer counts."""

    application_code: str
    organisation: str
    stage: str
    juror: str
    reason: str
    at: Moment


@exact
class PaperSheetLine(TypedDict):
    """A sheet that its juror filled in on paper, and the two who typed it."""

    application_code: str
    organisation: str
    stage: str
    juror: str
    code: str
    typed_by: list[str]


@exact
class DrawLine(TypedDict):
    """A public draw that breaks ties: ascending SHA-256 of ``seed:application``."""

    contest_code: str
    seed: str


@exact
class GrandTotal(TypedDict):
    """What the session approved in one currency."""

    currency: Currency
    project_amount: Amount
    own_amount: Amount
    total_amount: Amount
    prizes: Amount


@exact
class MinutesSigner(TypedDict):
    """A member or officer who signs the minutes."""

    name: str
    dni: ShownDni | None
    capacity: CapacityWord
    body: str


@exact
class MinutesPaper(TypedDict):
    """The minutes: all from data but ``development`` and ``custody``, which are the secretary's paragraphs.

    ``ordinal`` counts the committee's sessions; ``number`` is gap-free per office and year. ``reentry`` names who may present again.
    Minutes that were closed before votes were kept have no ``adjustments`` and ``deferrals``; those from before stages were divided
    no ``panels`` and ``stand_ins``; those from before rankings were checked off no ``checks`` and ``appeals``.
    """

    letterhead: Letterhead
    number: str
    issued_at: Moment
    committee: str
    title: str
    ordinal: int
    place: Place
    opened_at: Moment
    closed_at: Moment
    present: list[Present]
    missing: list[Missing]
    quorum: SessionQuorum
    agenda: list[str]
    rule_books: list[RuleBookRef]
    development: str
    order_seed: NotRequired[str | None]
    results: list[ResultTable]
    prizes: list[PrizeTable]
    draws: list[DrawLine]
    recusals: list[RecusalLine]
    absences: list[AbsenceLine]
    panels: NotRequired[list[PanelLine]]
    stand_ins: NotRequired[list[StandInLine]]
    superseded: list[SupersededLine]
    paper_sheets: list[PaperSheetLine]
    before_scores: NotRequired[BeforeScores]
    votes: list[VoteLine]
    dissents: list[DissentLine]
    adjustments: NotRequired[list[AdjustmentLine]]
    deferrals: NotRequired[list[DeferralLine]]
    checks: NotRequired[list[CheckLine]]
    appeals: NotRequired[list[AppealLine]]
    reentry: list[str]
    custody: str
    applications: int
    approved: int
    grand_totals: list[GrandTotal]
    record_head: NotRequired[HeadRef]
    signers: list[MinutesSigner]
