"""What is allowed in sessions, and what follows: states, quorum, attendance, signatures."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from service.core.errors import Conflict, Forbidden, Rejected
from service.deliberation.models import Attendance, Capacity, SessionStatus
from service.people.models import Position


class Action(StrEnum):
    """What moves a session."""

    OPEN = "open"
    HAND_OUT = "hand_out"
    TALLY = "tally"
    REOPEN = "reopen"
    ANNOUNCE = "announce"
    CLOSE_MINUTES = "close_minutes"
    COMPLETE_SIGNATURES = "complete_signatures"
    PUBLISH = "publish"


SESSION_LIFE = {
    (SessionStatus.CONVENED, Action.OPEN): SessionStatus.OPEN,
    (SessionStatus.OPEN, Action.HAND_OUT): SessionStatus.PRESENTING,
    (SessionStatus.PRESENTING, Action.TALLY): SessionStatus.TALLIED,
    (SessionStatus.TALLIED, Action.REOPEN): SessionStatus.PRESENTING,
    (SessionStatus.TALLIED, Action.ANNOUNCE): SessionStatus.ANNOUNCED,
    (SessionStatus.ANNOUNCED, Action.CLOSE_MINUTES): SessionStatus.CLOSED,
    (SessionStatus.CLOSED, Action.COMPLETE_SIGNATURES): SessionStatus.SIGNED,
    (SessionStatus.SIGNED, Action.PUBLISH): SessionStatus.PUBLISHED,
}


MEMBERS = (Capacity.CHAIR, Capacity.MEMBER)
"""Those who count for the quorum and sign the minutes."""

BEFORE_MINUTES = (
    SessionStatus.CONVENED,
    SessionStatus.OPEN,
    SessionStatus.PRESENTING,
    SessionStatus.TALLIED,
    SessionStatus.ANNOUNCED,
)
HEARING = (SessionStatus.OPEN, SessionStatus.PRESENTING)
ANNOUNCED = (SessionStatus.ANNOUNCED, SessionStatus.CLOSED, SessionStatus.SIGNED, SessionStatus.PUBLISHED)

HALF = Fraction(1, 2)


class NoQuorum(Conflict):
    """Too few appointed members are present, or the chair is not."""

    message = (
        "There is no quorum: {present} of {appointed} appointed members are present, {needed} are needed, the chair among them."
    )


class ContestOfOtherOffice(Rejected):
    """A contest of another office than the committee's."""

    message = "A session decides contests of its committee's office. Choose contests of this office."


class ContestTaken(Conflict):
    """Another session decides the contest."""

    message = "Another session already decides the contest “{contest}”. Choose only contests that no session decides."


class AlreadyPresent(Conflict):
    """The person has come and not left."""

    message = "This person is already entered as present. Reload the page to see who is here."


class NotHere(Conflict):
    """The person has not come, or has left."""

    message = "This person is not entered as present. Reload the page to see who is here."


class NotAppointedAsThat(Rejected):
    """Only appointed members come as members, and only the chair as chair."""

    message = "This person is not appointed to the committee as that. Choose as what the person is present."


class ComesAsMember(Rejected):
    """An appointed member is always present as that."""

    message = "This person is appointed to the committee. Enter the person as “{capacity}”."


class MinutesClosed(Conflict):
    """The minutes are closed: who was present and what was said is fixed."""

    message = "The minutes of this session are closed. Nothing more can be entered."


class NotHearing(Conflict):
    """The session is not open, or already tallied."""

    message = "This can be done while the session is open and not yet tallied. Look at the session's state."


class NotPresenting(Conflict):
    """Presentations are heard after the field results are handed out and before the tally."""

    message = (
        "Presentations are heard after the field results are handed out and before the tally. Look at the session's state."
    )


class NotInSession(Rejected):
    """The application belongs to no contest of the session."""

    message = "This application is not on the agenda of the session. Choose one of its contests' applications."


class ChairOnly(Forbidden):
    """The secretary, or the chair present, records absences."""

    message = "Only the secretary, or the chair while present, may record an absence."


class FieldSheetsMissing(Conflict):
    """Field results cannot be handed out while sheets, or jurors for a quorum, are missing."""

    message = "Field sheets are missing: {missing}. Let the jurors lock them, record who is absent, or seat another juror."


class SheetsMissing(Conflict):
    """A presentation is scored when every juror present has locked a sheet."""

    message = "The sheets of {jurors} are missing. Let them lock their sheets, or record their absence."


class StillPending(Conflict):
    """The result is provisional: nothing pending is ever announced."""

    message = "The result is not complete: {reasons}. Reopen the session, complete what is missing and tally again."


class InputsChanged(Conflict):
    """What the result rests on has changed since the tally."""

    message = "Something was recorded after the tally of “{contest}”. Reopen the session and tally again."


class NothingPending(Conflict):
    """A complete result stands."""

    message = "The result is complete, so there is nothing to reopen. Announce it."


class NotPresent(Forbidden):
    """Only members who are present when the minutes are closed sign them."""

    message = "Only the members who were present when the minutes were closed sign them."


class AlreadySigned(Conflict):
    """The member has signed."""

    message = "You have already signed these minutes."


class NotAnnounced(Conflict):
    """No result of the contest has been announced."""

    message = "No result of this contest has been announced yet. Wait for the session."


class NotReproduced(Conflict):
    """The tables no longer hold what the announced result was computed from."""

    message = (
        "The data of “{contest}” no longer give what its announced result rests on. Run the checks to see what was changed."
    )


@dataclass(frozen=True, slots=True)
class QuorumCount:
    """Appointed members, those present, how many are needed, and whether the chair is there."""

    appointed: int
    present: int
    needed: int
    chair_present: bool

    @property
    def holds(self) -> bool:
        """Whether the committee can act."""
        return self.chair_present and self.present >= self.needed


def count_quorum(
    appointed: Mapping[UUID, Position], present: Collection[UUID], at_least: Fraction = HALF, *, strict: bool = True
) -> QuorumCount:
    """The quorum of a session: more than ``at_least`` of the appointed (at least that, where not strict), the chair among them.

    Exact: two thirds of nine is six, and half of six is three, so more than half is four.
    """
    share = at_least * len(appointed)
    needed = share.numerator // share.denominator + 1 if strict else -(-share.numerator // share.denominator)
    here = [position for person_id, position in appointed.items() if person_id in present]
    return QuorumCount(len(appointed), len(here), max(needed, 1), Position.CHAIR in here)


def require_quorum(count: QuorumCount) -> None:
    """Raises ``NoQuorum``."""
    if not count.holds:
        raise NoQuorum(present=count.present, appointed=count.appointed, needed=count.needed)


def require_capacity(position: Position | None, capacity: Capacity) -> None:
    """An appointed member comes as what the appointment says, nobody else as a member. Raises ``NotAppointedAsThat``, ``ComesAsMember``."""
    if position is None:
        if capacity in MEMBERS:
            raise NotAppointedAsThat("capacity")
    elif capacity.value != position.value:
        raise ComesAsMember("capacity", capacity=position.value)


def here_at(attendance: Iterable[Attendance], moment: datetime) -> list[Attendance]:
    """Those present at a moment; who leaves at that moment is still there."""
    return [row for row in attendance if row.came_at <= moment and (row.left_at is None or row.left_at >= moment)]


def require_before_minutes(status: SessionStatus) -> None:
    """Raises ``MinutesClosed``."""
    if status not in BEFORE_MINUTES:
        raise MinutesClosed


def require_hearing(status: SessionStatus) -> None:
    """Raises ``NotHearing``."""
    if status not in HEARING:
        raise NotHearing


def require_presenting(status: SessionStatus) -> None:
    """Raises ``NotPresenting``."""
    if status != SessionStatus.PRESENTING:
        raise NotPresenting


def field_stages(stages: Sequence[str]) -> list[str]:
    """The stages that are scored in the field, before the session: all but the last of the rule book."""
    return list(stages[:-1])


def lacking_in(reasons: Iterable[str], stages: Collection[str]) -> list[str]:
    """The judge's reasons that say that a sheet or a quorum is missing in one of these stages."""
    found = [reason for reason in reasons if reason.startswith(("missing_sheet:", "no_quorum:"))]
    return [reason for reason in found if reason.split(":")[1] in stages]


def stages_pending(reasons: Iterable[str]) -> set[str]:
    """The stages that the judge's reasons name as incomplete."""
    return {reason.split(":")[1] for reason in reasons if reason.startswith(("missing_sheet:", "no_quorum:"))}


def signers(attendance: Iterable[Attendance], closed_at: datetime) -> dict[UUID, Attendance]:
    """The members present when the minutes were closed, by person."""
    return {row.person_id: row for row in here_at(attendance, closed_at) if row.capacity in MEMBERS}


def require_may_sign(expected: Collection[UUID], signed: Collection[UUID], person_id: UUID) -> None:
    """Each member present signs once. Raises ``NotPresent``, ``AlreadySigned``."""
    if person_id not in expected:
        raise NotPresent
    if person_id in signed:
        raise AlreadySigned


def is_award(status: str, amount: Decimal | None) -> bool:
    """Whether a line of the result gives money."""
    return status == "approved" and amount is not None and amount > 0
