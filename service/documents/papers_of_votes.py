"""What the minutes say of the committee's votes, and of what followed from them."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import Amount, Currency, Points, exact


@exact
class MajorityLine(TypedDict):
    """The majority a vote was counted by: ``at_least`` or, where ``strict``, more than this share of the base; ``casting``: the
    chair's vote counts once more on a tie."""

    at_least: Points
    strict: bool
    base: Literal["cast", "present", "base"]
    casting: bool


@exact
class VoteLine(TypedDict):
    """A vote of the committee, by names. ``proposed`` is an amount that was put to the vote; ``needed`` the votes in favour that carry.

    ``casting`` is the side of the chair's vote where it decided a tie; ``corrections`` say why earlier ballots were entered wrongly.
    """

    number: int
    matter: str
    application_code: str | None
    proposed: Amount | None
    currency: Currency | None
    in_favour: list[str]
    against: list[str]
    abstained: list[str]
    recused: list[str]
    majority: MajorityLine
    appointed: int
    needed: int
    casting: Literal["in_favour", "against"] | None
    carried: bool
    corrections: list[str]


@exact
class DissentLine(TypedDict):
    """A member's dissent from the vote of this number, in the member's words."""

    vote: int
    name: str
    text: str


@exact
class AdjustmentLine(TypedDict):
    """Another amount than the result gave, by the vote of this number."""

    application_code: str
    organisation: str
    currency: Currency
    result: Amount
    amount: Amount
    vote: int
    reason: str


@exact
class DeferralLine(TypedDict):
    """An application put off to a later session, by the vote of this number."""

    application_code: str
    organisation: str
    vote: int
    reason: str
