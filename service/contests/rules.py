"""What is allowed with calls, contests and rule books, and what follows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.contests.book import RuleBook, Stage, parse
from service.contests.bounds import lowest
from service.contests.models import ApplicantKind, Call, CallStatus, Contest, ContestStatus, PlanType, PublishedRuleBook
from service.contests.numbers import read_number
from service.contests.shapes import ContestIn
from service.core.acts import Act, Phase
from service.core.errors import Conflict, Rejected
from service.core.rights import phases

WITH_SECOND_REQUEST = frozenset({PlanType.PIT, PlanType.PGRN, PlanType.PDN, PlanType.IDL})
"""The plans that are paid in two tranches, so that groups come back with a second request."""

MOST_POINTS = 1_000_000


class Action(StrEnum):
    """What moves a call or a contest."""

    PUBLISH = "publish"
    ANNOUNCE = "announce"
    DECIDE = "decide"


CALL_LIFE = {(CallStatus.DRAFT, Action.PUBLISH): CallStatus.PUBLISHED}
CONTEST_LIFE = {
    (ContestStatus.DRAFT, Action.PUBLISH): ContestStatus.PUBLISHED,
    (ContestStatus.PUBLISHED, Action.ANNOUNCE): ContestStatus.ANNOUNCED,
    (ContestStatus.ANNOUNCED, Action.DECIDE): ContestStatus.DECIDED,
}
_PHASES = {
    ContestStatus.DRAFT: {Phase.DRAFT},
    ContestStatus.PUBLISHED: {Phase.UPCOMING, Phase.OPEN, Phase.CLOSED, Phase.TALLIED},
    ContestStatus.ANNOUNCED: {Phase.ANNOUNCED},
    ContestStatus.DECIDED: {Phase.DECIDED},
}
WITH_RESULT = frozenset({ContestStatus.ANNOUNCED, ContestStatus.DECIDED})
"""A result was announced: everybody may read it, and what it rests on stands."""


class CodeTaken(Conflict):
    """Another call of the office, or another contest of the call, has this code."""

    message = "The code “{code}” is already used here. Choose another one."


class DatesReversed(Rejected):
    """Filing would close before it opens."""

    message = "Filing closes before it opens. Correct one of the two dates."


class HostMismatch(Rejected):
    """Families come from the roll of one group; groups come for themselves."""

    message = "A contest of families names the community whose families compete; a contest of groups names none."


class NoSecondRequest(Rejected):
    """This type of plan is paid at once, so nobody comes back for a second tranche."""

    message = "There is no second request for {plan_type}. Choose the first request."


class CallIsPublished(Conflict):
    """A published call takes no further contests, and its rules change only by a revision."""

    message = "This call is published. Make a new call, or revise the rules of a contest with a reason."


class CurrencyDiffers(Rejected):
    """The rule book gives prizes or a purse in another currency than the contest's."""

    message = "The rule book is in {written}, the contest in {currency}. Write the same currency in both."


class TextCannotBeKept(Rejected):
    """The rule book holds a null character, which the database cannot keep."""

    message = "The rule book holds a null character in “{place}”. Take it out."


class TooManyPoints(Rejected):
    """A criterion that no sheet of paper would hold."""

    message = "The criterion “{code}” goes beyond {most} points. Write smaller points, or give its stage a weight."


class HeadingDiffers(Rejected):
    """The maxima of a sheet do not sum to what its heading says."""

    message = "The sheet of the stage “{stage}” sums to {total}, its heading says {heading}. Correct the maxima or the heading."


class NoContests(Conflict):
    """A call without contests announces nothing."""

    message = "This call has no contest yet. Add one before publishing."


class RulesMissing(Conflict):
    """A contest has no rules yet."""

    message = "The contest “{code}” has no rules yet. Save its rules before publishing the call."


class CallOver(Conflict):
    """Filing would be closed the moment that the call is published."""

    message = "Filing for this call would already be closed. Make a new call with later dates."


class NotPublished(Conflict):
    """The contest has no rule book in force, because its call is still a draft."""

    message = "This contest is not published yet. Publish its call first."


class PhaseClosed(Conflict):
    """Filing is not open at this moment."""

    message = "Filing is open from {opens} to {closes}. File within these dates, or wait for the next call."


class RulesLocked(Conflict):
    """A sheet was locked under these rules, or the contest is decided."""

    message = (
        "The rules of this contest can no longer change: a score sheet is locked. They stand until the contest is decided."
    )


class NothingChanged(Conflict):
    """The revision says what is in force already."""

    message = "These rules are the ones in force. Change something, or leave them as they are."


def require_dates(opens_at: datetime, closes_at: datetime) -> None:
    """Raises ``DatesReversed``."""
    if closes_at <= opens_at:
        raise DatesReversed("closes_at")


def require_contest(given: ContestIn) -> None:
    """Raises ``HostMismatch``, ``NoSecondRequest``."""
    if (given.applicant_kind == ApplicantKind.FAMILY) != (given.host_group_id is not None):
        raise HostMismatch("host_group_id")
    if given.request_number == 2 and (given.plan_type not in WITH_SECOND_REQUEST or given.host_group_id):
        raise NoSecondRequest("request_number", plan_type=given.plan_type.value)


def require_draft(status: CallStatus | ContestStatus) -> None:
    """Raises ``CallIsPublished``."""
    if status != "draft":
        raise CallIsPublished


def require_book(contest: Contest, book: dict[str, Any]) -> RuleBook:
    """The rule book of a contest, read. Raises ``CurrencyDiffers`` and what ``read_book`` raises."""
    parsed = read_book(book)
    if parsed.currency not in ("", contest.currency):
        raise CurrencyDiffers("book.currency", written=parsed.currency, currency=contest.currency)
    return parsed


def read_book(book: dict[str, Any]) -> RuleBook:
    """A rule book that can be kept and printed, read.

    Raises ``TooManyPoints``, ``HeadingDiffers``, ``TextCannotBeKept`` and what ``book.parse`` raises (``UndefinedBand``...).
    """
    parsed = parse(book)
    for stage, value in zip(parsed.stages.values(), book["stages"], strict=True):
        for code, criterion in stage.criteria.items():
            if max(abs(lowest(criterion)), criterion.maximum) > MOST_POINTS:
                raise TooManyPoints("book.stages", code=code, most=MOST_POINTS)
        if "heading" in value and read_number(str(value["heading"])) != total_of(stage):
            raise HeadingDiffers("book.stages", stage=stage.code, heading=value["heading"], total=total_of(stage))
    require_kept(book)
    return parsed


def require_kept(book: dict[str, Any]) -> None:
    """Raises ``TextCannotBeKept``."""
    for place, text in _texts(book, "book"):
        if "\x00" in text:
            raise TextCannotBeKept("book", place=place.replace("\x00", ""))


def total_of(stage: Stage) -> Fraction:
    """The most that a sheet of the stage can give."""
    return sum((criterion.maximum for criterion in stage.criteria.values()), Fraction(0))


def require_publishable(call: Call, contests: Sequence[Contest], with_rules: set[UUID], now: datetime) -> None:
    """Raises ``NoContests``, ``RulesMissing``, ``CallOver``."""
    if not contests:
        raise NoContests
    for contest in contests:
        if contest.id not in with_rules:
            raise RulesMissing(code=contest.code)
    if call.closes_at <= now:
        raise CallOver


def require_revisable(status: ContestStatus) -> None:
    """Raises ``NotPublished``, ``RulesLocked``."""
    if status == ContestStatus.DRAFT:
        raise NotPublished
    require_rules_open(Act.REVISE_RULES, status)


def require_rules_open(act: Act, status: ContestStatus) -> None:
    """Raises ``RulesLocked``."""
    if not is_time_for(act, status):
        raise RulesLocked


def is_time_for(act: Act, status: ContestStatus) -> bool:
    """Whether the rights table has an act for contests of this status, at one date or another."""
    return not _PHASES[status].isdisjoint(phases(act))


def require_change(before: PublishedRuleBook, sha256: str, terms_sha256: str) -> None:
    """Raises ``NothingChanged``."""
    if (before.sha256, before.terms_sha256) == (sha256, terms_sha256):
        raise NothingChanged


def contest_phase(contest: Contest, call: Call, now: datetime) -> Phase:
    """Where a contest stands at a moment: as its call does, until its result is announced."""
    return Phase(contest.status.value) if contest.status in WITH_RESULT else phase_of(call, now)


def phase_of(call: Call, now: datetime) -> Phase:
    """Where a call stands at a moment: filing is open while ``opens_at <= now < closes_at``."""
    if call.status == CallStatus.DRAFT:
        return Phase.DRAFT
    if now < call.opens_at:
        return Phase.UPCOMING
    return Phase.OPEN if now < call.closes_at else Phase.CLOSED


def require_phase(act: Act, call: Call, now: datetime) -> None:
    """Raises ``NotPublished``; ``PhaseClosed``, whose times are written in the zone of ``now``."""
    phase = phase_of(call, now)
    if phase in phases(act):
        return
    if phase == Phase.DRAFT:
        raise NotPublished
    opens, closes = (f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" for at in (call.opens_at, call.closes_at))
    raise PhaseClosed(opens=opens, closes=closes)


def _texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Every text below a JSON value, keys too, with where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield place, key
            yield from _texts(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{place}.{number}")
