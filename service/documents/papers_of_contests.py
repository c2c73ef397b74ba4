"""The papers of a contest: the announcement of a call, and a locked score sheet."""

from typing import Annotated, Literal, NotRequired

from pydantic import StringConstraints
from typing_extensions import TypedDict

from service.documents.shapes import (
    Amount,
    Currency,
    Day,
    Dni,
    Letterhead,
    Moment,
    Percent,
    Place,
    PlanCode,
    Points,
    RuleBookRef,
    Sha256,
    Shown,
    exact,
)


@exact
class StageLine(TypedDict):
    """A stage of judging and the most that a sheet can give there."""

    name: str
    maximum: Points
    criteria: int


@exact
class AnnouncedContest(TypedDict):
    """A contest as the call announces it.

    ``mark`` with or without ``purse`` for plans, ``prizes`` (first place first) for rankings. The three shares and ``months`` are
    None where a prize is paid in one sum. ``host`` is the community whose families compete.
    """

    code: str
    title: str
    plan_type: PlanCode
    request_number: Literal[1, 2]
    host: str | None
    stages: list[StageLine]
    mark: Points | None
    purse: Amount | None
    prizes: list[Amount]
    currency: Currency
    fund: str
    own_share: Percent | None
    first_tranche: Percent | None
    accounting_gate: Percent | None
    months: int | None
    tries: int
    appeal_days: NotRequired[int]
    rules_version: int
    rules_sha256: Sha256


@exact
class CalendarLine(TypedDict):
    """A date that applicants should know; ``until`` is None for a single day."""

    what: str
    since: Day
    until: Day | None


@exact
class CallPaper(TypedDict):
    """The announcement of a call. Filing is open from ``opens_at`` up to, not including, ``closes_at``."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    title: str
    opens_at: Moment
    closes_at: Moment
    filing_place: Place
    districts: list[str]
    contests: list[AnnouncedContest]
    calendar: list[CalendarLine]
    papers: list[str]
    contact: str


@exact
class Juror(TypedDict):
    """Who scored, and from which body."""

    name: str
    dni: Dni | None
    body: str


@exact
class ScoreLine(TypedDict):
    """A criterion, the bounds it had, and what was given: as written, and in points (None for ``na``)."""

    criterion: str
    minimum: Points
    maximum: Points
    written: str
    points: Points | None


@exact
class SupersededSheet(TypedDict):
    """The sheet that this one corrects, and why. It stays on file."""

    number: str
    locked_at: Moment
    reason: str


@exact
class SheetPaper(TypedDict):
    """A locked score sheet. ``total`` is the sum of the points, scaled up where a criterion did not apply."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    rules: RuleBookRef
    plan_type: PlanCode
    request_number: Literal[1, 2]
    stage: str
    application_code: str
    applicant: str
    plan_title: str
    place: Place
    juror: Juror
    declared_at: Moment
    lines: list[ScoreLine]
    maximum: Points
    total: Shown
    supersedes: SupersededSheet | None


@exact
class BlankRange(TypedDict):
    """What may be scored; of a band, where the attribute is from ``since`` up to ``until`` (None where the range always holds)."""

    since: Points | None
    until: Points | None
    minimum: Points
    maximum: Points
    step: Points


@exact
class BlankLevel(TypedDict):
    """A named level and its points."""

    name: str
    points: Points


@exact
class BlankLine(TypedDict):
    """A criterion to score by hand: within ``ranges``, or by choosing one of ``levels``; ``na`` where it may not apply."""

    criterion: str
    ranges: list[BlankRange]
    levels: list[BlankLevel]
    attribute: str | None
    maximum: Points
    na: bool


@exact
class BlankSheetPaper(TypedDict):
    """A sheet to fill in by hand. ``number`` is its code with hyphens, ``code`` the ten digits that the square code says.

    ``corrects`` is when the sheet that it puts right was locked; None, or nothing on older papers, of a first sheet.
    """

    letterhead: Letterhead
    number: str
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
    issued_at: Moment
    rules: RuleBookRef
    plan_type: PlanCode
    request_number: Literal[1, 2]
    stage: str
    application_code: str
    applicant: str
    plan_title: str
    place: Place
    juror: Juror
    corrects: NotRequired[Moment | None]
    declared_at: Moment
    lines: list[BlankLine]
    maximum: Points
