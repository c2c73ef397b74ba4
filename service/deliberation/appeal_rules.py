"""Appeals: their life as a table, until when they are filed, who hears them, what a majority rules, and what waits for them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from service.contests.book import RuleBook
from service.contests.decision import PassMark
from service.core.clock import PERU
from service.core.errors import Conflict, Forbidden, Rejected
from service.deliberation.appeal_models import AppealStatus, RemedyKind
from service.deliberation.appeal_shapes import RemedyIn

S = AppealStatus


class AppealAction(StrEnum):
    """What moves an appeal."""

    WITHDRAW = "withdraw"
    NAME_PANEL = "name_panel"
    UPHOLD = "uphold"
    REJECT = "reject"
    CARRY_OUT = "carry_out"


APPEAL_LIFE = {
    (S.FILED, AppealAction.WITHDRAW): S.WITHDRAWN,
    (S.FILED, AppealAction.NAME_PANEL): S.HEARD,
    (S.HEARD, AppealAction.UPHOLD): S.UPHELD,
    (S.HEARD, AppealAction.REJECT): S.REJECTED,
    (S.UPHELD, AppealAction.CARRY_OUT): S.CARRIED_OUT,
}
OPEN = (S.FILED, S.HEARD, S.UPHELD)
"""Not settled yet: what depends on the result waits."""

SMALLEST_PANEL = 3


class Tie(StrEnum):
    """Why somebody cannot hear an appeal, besides the relations that the system knows."""

    SCORED_IT = "scored_it"
    RECUSED_FROM_IT = "recused_from_it"
    RAN_IT = "ran_it"
    CHECKED_IT = "checked_it"
    FILED_IT = "filed_it"


class NoAppeals(Conflict):
    """The rules of the contest admit none."""

    message = "The rules of this contest admit no appeals."


class TooLate(Conflict):
    """The days to appeal are over."""

    message = "The days to appeal are over: until the end of {until} this result could be appealed."


class NotInResult(Rejected):
    """Only what an announced result says of an application is appealed."""

    message = "There is no announced result of this application, so there is nothing to appeal."


class NotTheApplicant(Forbidden):
    """An appeal is filed by the applicant's own people, or by the office for them."""

    message = "An appeal is filed by somebody of the applicant's board or family, or by the promoter or the secretary on their behalf."


class NotItsPaper(Rejected):
    """The paper belongs to another application."""

    message = "This paper is not one of the application's. Choose one of its own."


class AppealStands(Conflict):
    """The application has an open appeal, or one on this very result was decided."""

    message = "This result was already appealed for this application. Look at that appeal."


class AwardBound(Conflict):
    """The award of the application is in a contract or was paid out."""

    message = "The award of this application is in a contract already, so its result cannot be appealed any more."


class PanelNotOdd(Rejected):
    """A panel has three members, or a larger odd number."""

    message = "Name three different persons, or a larger odd number of them: {named} are named."


class NotFree(Rejected):
    """Somebody who had a part in the item, or is tied to the applicant."""

    message = "{name} cannot hear this appeal: {reasons}. Name somebody else."


class NotOnThePanel(Forbidden):
    """Only the members of the panel give opinions and rule."""

    message = "Only the members of the panel do this."


class OpinionGiven(Conflict):
    """The member has given an opinion."""

    message = "You have given your opinion on this appeal already."


class OpinionsMissing(Conflict):
    """The panel rules once every member has given an opinion."""

    message = "These members of the panel have not given their opinion yet: {names}."


class NotOfTheMajority(Forbidden):
    """The ruling is written by one of the majority."""

    message = "The ruling is written by a member of the majority. Your dissent is kept with your opinion."


class RemedyMissing(Rejected):
    """An upheld appeal names what may be corrected."""

    message = "The appeal is upheld: name at least one thing that is to be corrected."


class NothingToRemedy(Rejected):
    """A rejected appeal changes nothing."""

    message = "The appeal is rejected, so nothing is corrected. Leave the remedies empty."


class RemedyUnclear(Rejected):
    """A remedy names a juror and a stage, an attribute, or a juror."""

    message = "A sheet needs its juror and its stage, a recusal its juror, an attribute its name, and nothing else."


class NoSuchSheet(Rejected):
    """The juror has no seat in the stage, or no part in the item."""

    message = "This juror has no seat there, or is out of this application. Choose another one."


class NotInTheRules(Rejected):
    """The rules do not look at the attribute."""

    message = "The rules of the contest do not look at “{name}”, so correcting it changes nothing."


class PanelTooThin(Conflict):
    """Without the juror the item has no quorum of jurors any more."""

    message = "Without this juror the application has no complete panel: {reasons}. Choose another remedy."


class NotYourRemedy(Forbidden):
    """A sheet is corrected by its own juror."""

    message = "Only the juror whose sheet it is corrects it."


class RemedyUsed(Conflict):
    """The correction was made."""

    message = "This was corrected already. A remedy is used once."


class RemedyOpen(Conflict):
    """Something that the ruling opened was not corrected yet."""

    message = "The ruling opened corrections that are not made yet: {remedies}. Rank again once they are."


class NotRankedAgain(Conflict):
    """There is no newer run that follows from the appeal."""

    message = "The contest “{contest}” was not ranked again after this ruling, or something changed since. Rank it again first."


class AppealOpen(Conflict):
    """An appeal is not settled yet."""

    message = "The appeal of {application} is not settled yet. Wait until it is."


class StillAppealable(Conflict):
    """In a contest where one outcome depends on others, every appeal comes first."""

    message = "This result can still be appealed, until the end of {until}, and that could change this award. Wait until then."


def last_day(announced_at: datetime, days: int) -> date | None:
    """The last day to appeal in Peru, counted from the day of the announcement; None where the rules admit no appeals."""
    return announced_at.astimezone(PERU).date() + timedelta(days=days) if days else None


def require_in_time(until: date | None, today: date) -> None:
    """Raises ``NoAppeals``, ``TooLate``."""
    if until is None:
        raise NoAppeals
    if today > until:
        raise TooLate(until=until.isoformat())


def depends_on_others(book: RuleBook) -> bool:
    """Whether one application's outcome hangs on those of others: a ranking with prizes, a purse, or a centred stage."""
    if not isinstance(book.decision, PassMark) or book.decision.purse is not None:
        return True
    return any(stage.aggregate.method == "centred" for stage in book.stages.values())


def require_panel(named: Collection[UUID]) -> None:
    """Raises ``PanelNotOdd``."""
    if len(named) < SMALLEST_PANEL or len(named) % 2 == 0:
        raise PanelNotOdd("person_ids", named=len(named))


def is_upheld(opinions: Collection[bool]) -> bool:
    """What more than half of a whole panel, an odd number, is for."""
    return 2 * sum(opinions) > len(opinions)


def require_ruling(person_id: UUID, panel: Mapping[UUID, str], opinions: Mapping[UUID, bool]) -> bool:
    """Whether the panel upholds, once all have given an opinion, and one of the majority writes it. ``panel`` holds names.

    Raises ``NotOnThePanel``, ``OpinionsMissing``, ``NotOfTheMajority``.
    """
    if person_id not in panel:
        raise NotOnThePanel
    missing = tuple(name for key, name in panel.items() if key not in opinions)
    if missing:
        raise OpinionsMissing(names=missing)
    upheld = is_upheld(opinions.values())
    if opinions[person_id] != upheld:
        raise NotOfTheMajority
    return upheld


def require_remedies(upheld: bool, remedies: Collection[RemedyIn]) -> None:
    """Raises ``RemedyMissing``, ``NothingToRemedy``, ``RemedyUnclear``."""
    if upheld and not remedies:
        raise RemedyMissing("remedies")
    if not upheld and remedies:
        raise NothingToRemedy("remedies")
    if any(not _is_clear(each) for each in remedies):
        raise RemedyUnclear("remedies")


def _is_clear(given: RemedyIn) -> bool:
    named = (given.person_id is not None, given.stage is not None, given.attribute is not None)
    wanted = {
        RemedyKind.SHEET: (True, True, False),
        RemedyKind.ATTRIBUTE: (False, False, True),
        RemedyKind.RECUSAL: (True, False, False),
    }
    return named == wanted[given.kind]
