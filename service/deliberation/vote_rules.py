"""What is allowed with votes and what follows from them: majorities, quorum of the item, who votes, what a carried vote may change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from service.applications.models import ApplicationStatus
from service.contests.numbers import read_number
from service.core.errors import Conflict, Rejected
from service.core.money import show
from service.deliberation.models import SessionStatus
from service.deliberation.rules import HALF
from service.deliberation.vote_models import Choice, MajorityBase, VoteMatter

VOTING = (SessionStatus.TALLIED, SessionStatus.ANNOUNCED)
"""When votes are recorded: after the tally, before the minutes are closed."""

BEFORE_TALLY = (SessionStatus.CONVENED, SessionStatus.OPEN, SessionStatus.PRESENTING)

DEFERRABLE = (ApplicationStatus.APPROVED, ApplicationStatus.RESERVE)
"""What a committee may put off: to what did not pass the mark a deferral would give a try for nothing."""


class NotVoting(Conflict):
    """The session is not tallied yet, or its minutes are closed."""

    message = "Votes are recorded after the tally and before the minutes are closed. Look at the session's state."


class MajorityFixed(Conflict):
    """Nobody sets the majority who may know how a vote would come out."""

    message = "The majority is set before the tally, and the tally is done. The one in force counts."


class BadMajority(Rejected):
    """No share that a number of votes can reach."""

    message = "“{written}” is no majority that can be reached. Write a share like 1/2 or 2/3, above 0 and up to 1; of 1, “more than” cannot be."


class NoItemQuorum(Conflict):
    """Too few members who take part in the item are present."""

    message = "There is no quorum for this item: {present} of {appointed} members who take part in it are present, {needed} are needed."


class VotedTwice(Rejected):
    """A member has one vote."""

    message = "{names}: entered with more than one vote. Each member has one; leave only that."


class VoterNotPresent(Rejected):
    """Only members present vote."""

    message = "{names}: not present as a member of the committee now. Take the vote out, or enter the arrival first."


class VoterRecused(Rejected):
    """Who is recused from an item has no vote on it."""

    message = "{names}: recused from this item because of a conflict of interest. Take the vote out."


class VotesMissing(Rejected):
    """Each member present is accounted for."""

    message = "The votes of {names} are missing. Each member present votes in favour or against, or abstains."


class DissentWithoutVote(Rejected):
    """Only who voted dissents."""

    message = "{names}: a dissent without a vote in this ballot. Enter the vote, or take the dissent out."


class ItemNeeded(Rejected):
    """An amount or a deferral is an application's."""

    message = "Choose the application that the vote is about."


class AmountNeeded(Rejected):
    """Members vote on a figure."""

    message = "Write the amount that is put to the vote, above 0.00."


class AmountNotAsked(Rejected):
    """Only a vote on an adjustment has an amount."""

    message = "Only a vote to adjust an amount has one. Leave the amount empty."


class AboveRequested(Rejected):
    """Nobody is given more than was asked for."""

    message = "The application asks for {requested}. Put that or a lower amount to the vote."


class AmountIsFixed(Conflict):
    """Prizes follow the places, and a second tranche the contract."""

    message = (
        "Prizes and second tranches are fixed, by the rules and by the contract. Only first requests for plans are adjusted."
    )


class PrizesStand(Conflict):
    """A place in a ranking is not put off."""

    message = "Prizes follow the places, so they are not put off. Only plans with a pass mark are deferred."


class NotAnnouncedYet(Conflict):
    """A result that may still change is neither adjusted nor deferred."""

    message = "Amounts are adjusted and applications deferred after the result is announced and before the minutes are closed."


class NotCarried(Conflict):
    """The vote did not reach its majority."""

    message = "The vote number {number} was not carried. Nothing follows from it."


class OtherMatter(Conflict):
    """The vote was about something else."""

    message = "The vote number {number} was about something else. Choose one on this matter."


class AlreadyCarriedOut(Conflict):
    """One act follows from a vote."""

    message = "The vote number {number} is carried out already. For a further change, record a new vote."


class ResultDoesNotApprove(Conflict):
    """Only an award is adjusted."""

    message = "The result does not approve this application, or it was withdrawn or deferred. There is no amount to adjust."


class NotDeferrable(Conflict):
    """Only what the result approves or puts on the reserve list can be put off, once."""

    message = "Only an application that the result approves or puts on the reserve list is deferred, and only once."


@dataclass(frozen=True, slots=True)
class Majority:
    """What a vote needs: more than (``strict``) or at least a share of a base; ``casting``: the chair decides a tie."""

    at_least: Fraction = HALF
    strict: bool = True
    base: MajorityBase = MajorityBase.CAST
    casting: bool = False


@dataclass(frozen=True, slots=True)
class VoteCount:
    """The votes of a ballot, the members who take part in the item (present or not), and how the chair voted."""

    in_favour: int
    against: int
    abstained: int
    appointed: int
    chair: Choice | None

    @property
    def present(self) -> int:
        """Who was there and took part."""
        return self.in_favour + self.against + self.abstained


def count_votes(choices: Iterable[Choice], appointed: int, chair: Choice | None) -> VoteCount:
    """The count of some votes."""
    given = list(choices)
    in_favour, against, abstained = (given.count(choice) for choice in Choice)
    return VoteCount(in_favour, against, abstained, appointed, chair)


def breaks_tie(majority: Majority, count: VoteCount) -> bool:
    """Whether the chair's vote counts once more: where the rule says so, on a tie, if the chair took a side."""
    sides = (Choice.IN_FAVOUR, Choice.AGAINST)
    return majority.casting and count.in_favour == count.against and count.chair in sides


def votes_needed(majority: Majority, count: VoteCount) -> int:
    """How many votes in favour carry a motion, at least one. Exact: two thirds of nine is six; more than half of six is four."""
    cast = count.in_favour + count.against + breaks_tie(majority, count)
    of = {MajorityBase.CAST: cast, MajorityBase.PRESENT: count.present, MajorityBase.BASE: count.appointed}
    share = majority.at_least * of[majority.base]
    least = share.numerator // share.denominator + 1 if majority.strict else -(-share.numerator // share.denominator)
    return max(least, 1)


def is_carried(majority: Majority, count: VoteCount) -> bool:
    """Whether the votes in favour, with the casting one where it counts, are enough."""
    casting = breaks_tie(majority, count) and count.chair == Choice.IN_FAVOUR
    return count.in_favour + casting >= votes_needed(majority, count)


def read_majority(at_least: str, *, strict: bool, base: MajorityBase, casting: bool) -> Majority:
    """A majority as it is written. Raises ``BadMajority``."""
    share = read_number(at_least)
    if share is None or not 0 < share <= 1 or (strict and share == 1):
        raise BadMajority("at_least", written=at_least)
    return Majority(share, strict, base, casting)


def require_before_tally(status: SessionStatus) -> None:
    """Raises ``MajorityFixed``."""
    if status not in BEFORE_TALLY:
        raise MajorityFixed


def require_voting(status: SessionStatus) -> None:
    """Raises ``NotVoting``."""
    if status not in VOTING:
        raise NotVoting


def require_announced(status: SessionStatus) -> None:
    """Raises ``NotAnnouncedYet``."""
    if status != SessionStatus.ANNOUNCED:
        raise NotAnnouncedYet


def require_item(matter: VoteMatter, application: object | None, amount: Decimal | None) -> None:
    """A motion may name an application; a deferral does, an adjustment with an amount. Raises ``ItemNeeded``, ``AmountNeeded``, ``AmountNotAsked``."""
    if matter != VoteMatter.MOTION and application is None:
        raise ItemNeeded("application_id")
    if matter == VoteMatter.ADJUSTMENT and not amount:
        raise AmountNeeded("amount")
    if matter != VoteMatter.ADJUSTMENT and amount is not None:
        raise AmountNotAsked("amount")


def require_amount(amount: Decimal, requested: Decimal) -> None:
    """Raises ``AboveRequested``."""
    if amount > requested:
        raise AboveRequested("amount", requested=show(requested))


def require_adjustable(*, pass_mark: bool, request_number: int, outcome: str) -> None:
    """Raises ``AmountIsFixed``, ``ResultDoesNotApprove``."""
    if not pass_mark or request_number != 1:
        raise AmountIsFixed("motion_id")
    if outcome != ApplicationStatus.APPROVED:
        raise ResultDoesNotApprove("motion_id")


def require_deferrable(*, pass_mark: bool, outcome: str) -> None:
    """Raises ``PrizesStand``, ``NotDeferrable``."""
    if not pass_mark:
        raise PrizesStand("motion_id")
    if outcome not in DEFERRABLE:
        raise NotDeferrable("motion_id")


def require_item_quorum(appointed: int, present: int) -> None:
    """More than half of the members who take part in the item are there: the recused are out of both numbers. Raises ``NoItemQuorum``."""
    needed = appointed // 2 + 1
    if present < needed:
        raise NoItemQuorum(present=present, appointed=appointed, needed=needed)


def require_voters(
    given: Iterable[tuple[UUID, Choice]], here: Collection[UUID], recused: Collection[UUID], names: Mapping[UUID, str]
) -> dict[UUID, Choice]:
    """Each member here who is not recused votes once, and nobody else: the choice of each.

    Raises ``VotedTwice``, ``VoterRecused``, ``VoterNotPresent``, ``VotesMissing``.
    """
    pairs = list(given)
    choices = dict(pairs)
    often = {person for person, _ in pairs if sum(other == person for other, _ in pairs) > 1}
    taking_part = [person for person in here if person not in recused]
    wrong = (
        (VotedTwice, often),
        (VoterRecused, [person for person in choices if person in recused]),
        (VoterNotPresent, [person for person in choices if person not in here]),
        (VotesMissing, [person for person in taking_part if person not in choices]),
    )
    for refusal, persons in wrong:
        if persons:
            raise refusal("in_favour", names=tuple(sorted(names.get(person, str(person)) for person in persons)))
    return choices


def require_dissent(dissenters: Iterable[UUID], voters: Collection[UUID], names: Mapping[UUID, str]) -> None:
    """Raises ``DissentWithoutVote``."""
    silent = [person for person in dissenters if person not in voters]
    if silent:
        raise DissentWithoutVote("dissents", names=tuple(sorted(names.get(person, str(person)) for person in silent)))
