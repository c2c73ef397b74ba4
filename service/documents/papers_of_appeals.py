"""What papers say of rankings that were checked off, and of appeals; and the resolution that ends one after the minutes."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import Amount, Currency, Dni, Letterhead, Moment, Outcome, Sha256, Shown, exact


@exact
class CheckLine(TypedDict):
    """Who ran a ranking, and which second person checked it off, by the hash of what was judged; announced ones only.

    Rankings that were announced before checks were kept have no second person.
    """

    contest_code: str
    ran_by: str
    ran_at: Moment
    checked_by: str | None
    checked_at: Moment | None
    announced_at: Moment
    sha256: Sha256


@exact
class OpinionLine(TypedDict):
    """A panel member's opinion."""

    name: str
    uphold: bool
    reason: str


@exact
class RemedyLine(TypedDict):
    """What a ruling opened: the sheet of a juror in a stage, an attribute, or the recusal of a juror."""

    kind: Literal["sheet", "attribute", "recusal"]
    juror: str | None
    stage: str | None
    attribute: str | None


@exact
class PlaceTaken(TypedDict):
    """Where an application stood: outcome, place, points and award."""

    outcome: Outcome
    rank: int | None
    score: Shown | None
    award: Amount | None


@exact
class ChangeLine(TypedDict):
    """An application whose place a new ranking changed."""

    application_code: str
    applicant: str
    before: PlaceTaken
    after: PlaceTaken


@exact
class AppealLine(TypedDict):
    """An appeal and what became of it; ``reason`` is the ruling's, or why it was taken back."""

    application_code: str
    applicant: str
    currency: Currency
    ground: str
    filed_at: Moment
    panel: list[str]
    opinions: list[OpinionLine]
    outcome: Literal["withdrawn", "rejected", "upheld"]
    reason: str
    remedies: list[RemedyLine]
    changes: list[ChangeLine]


@exact
class PanelSigner(TypedDict):
    """A member of the panel who signs."""

    name: str
    dni: Dni | None


@exact
class ResolutionPaper(TypedDict):
    """The resolution of an appeal that was filed after the minutes were closed. ``check`` is the new ranking that it announces, if it upholds."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    minutes: str
    contest_code: str
    contest_title: str
    appeal: AppealLine
    check: CheckLine | None
    signers: list[PanelSigner]
