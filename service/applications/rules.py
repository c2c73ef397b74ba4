"""What is allowed with applications, and what follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.applications.models import Application, ApplicationStatus, Proposal
from service.contests.models import ApplicantKind, Call, Contest, PlanType
from service.contests.rules import WITH_RESULT, require_phase
from service.core.acts import Act
from service.core.errors import Conflict, Rejected
from service.people.groups import Family, Group, GroupKind

MOST_PAPERS, HEAVIEST_PAPERS = 60, 150 * 1024 * 1024
"""What the papers of one application may come to: eight kinds, a few tries, scans of ten pages."""


class Action(StrEnum):
    """What moves an application."""

    FILE = "file"
    RETURN = "return"
    DECLARE_ELIGIBLE = "declare_eligible"
    DECLARE_INELIGIBLE = "declare_ineligible"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RESERVE = "reserve"
    REJECT = "reject"
    DISQUALIFY = "disqualify"
    DEFER = "defer"


S = ApplicationStatus
LIFE = {
    (S.DRAFT, Action.FILE): S.FILED,
    (S.RETURNED, Action.FILE): S.FILED,
    (S.FILED, Action.RETURN): S.RETURNED,
    (S.FILED, Action.DECLARE_ELIGIBLE): S.ELIGIBLE,
    (S.FILED, Action.DECLARE_INELIGIBLE): S.INELIGIBLE,
    (S.DRAFT, Action.WITHDRAW): S.WITHDRAWN,
    (S.FILED, Action.WITHDRAW): S.WITHDRAWN,
    (S.RETURNED, Action.WITHDRAW): S.WITHDRAWN,
    (S.ELIGIBLE, Action.WITHDRAW): S.WITHDRAWN,
    (S.ELIGIBLE, Action.APPROVE): S.APPROVED,
    (S.ELIGIBLE, Action.RESERVE): S.RESERVE,
    (S.ELIGIBLE, Action.REJECT): S.NOT_APPROVED,
    (S.ELIGIBLE, Action.DISQUALIFY): S.DISQUALIFIED,
    (S.ELIGIBLE, Action.DEFER): S.DEFERRED,
}

OUTCOMES = {
    S.APPROVED: Action.APPROVE,
    S.RESERVE: Action.RESERVE,
    S.NOT_APPROVED: Action.REJECT,
    S.DISQUALIFIED: Action.DISQUALIFY,
    S.DEFERRED: Action.DEFER,
}
"""What a committee may make of an application, and the act that does."""

REVISION = {
    (before, OUTCOMES[after]): after
    for before in OUTCOMES
    for after in OUTCOMES
    if S.DEFERRED not in (before, after) and before != after
}
"""How an outcome follows a result that an upheld appeal has replaced."""

BEING_WRITTEN = (S.DRAFT, S.RETURNED)
UNDECIDED = (S.DRAFT, S.FILED, S.RETURNED, S.ELIGIBLE)
PRESENTED = (S.FILED, S.RETURNED, S.ELIGIBLE)
FAILED = (S.NOT_APPROVED, S.DISQUALIFIED)


class ShortNameTaken(Conflict):
    """Another application to the contest has this code."""

    message = "Another application to this contest has the short name “{code}”. Choose another one."


class AlreadyApplies(Conflict):
    """The group or family has an application to the contest that was not withdrawn."""

    message = "This applicant already has an application to this contest. Go on with that one, or withdraw it first."


class SecondRequestOnly(Conflict):
    """The contest takes second-tranche requests, which come from a contract in force."""

    message = "This contest takes second requests only. Ask for the second tranche on the page of the contract."


class FirstRequestOnly(Conflict):
    """The contest takes first requests, or is for another type of plan or currency than the plan that was approved."""

    message = "This contest does not take the second request of this plan. Choose one of the same type, for second requests."


class NotApproved(Conflict):
    """Only an approved first request has a second tranche."""

    message = "The first request of this plan is not approved, so there is no second one."


class SecondRequestRunning(Conflict):
    """A second request of the plan is under way or approved."""

    message = "There already is a second request of this plan. Wait for the committee's decision."


class ContestIsDecided(Conflict):
    """The committee has decided; nobody enters any more."""

    message = "This contest is decided. Wait for the next call."


class FamilyNeeded(Rejected):
    """In a contest of families, a family applies."""

    message = "Families compete in this contest. Choose the family that applies."


class FamilyNotAsked(Rejected):
    """In a contest of groups, a group applies."""

    message = "Groups compete in this contest. Leave the family empty."


class NotOfHostGroup(Rejected):
    """The family is not on the roll of the community whose families compete."""

    message = "Only families on the roll of the host community compete in this contest. Choose one of them."


class GroupOfOtherOffice(Rejected):
    """The group belongs to another office than the call."""

    message = "This organisation belongs to another office. It can apply to that office's calls."


class MunicipalityNeeded(Rejected):
    """Local development investments are a municipality's."""

    message = "Only a municipality can apply here. Choose the municipality."


class TitleMissing(Rejected):
    """A new plan without a title."""

    message = "Give the plan a title, or choose a plan that was presented before."


class OtherProposal(Rejected):
    """The plan is another group's, or of another type."""

    message = (
        "This plan belongs to another organisation or is of another type. Choose one of its own plans, or enter a new one."
    )


class NoTriesLeft(Conflict):
    """The plan was presented as often as the rules allow."""

    message = "This organisation has used its {tries} presentations for this type of plan. It cannot be presented again."


class CorrectionOver(Conflict):
    """The date until which the application could be corrected has passed."""

    message = "This could be corrected until {until}. Present the plan again in the next call."


class TooManyPapers(Conflict):
    """The papers of an application are as many, or as heavy, as they may be."""

    message = "This application has {most} papers already, or {megabytes} MB of them. Nothing more can be added to it."


class NoLongerOpen(Conflict):
    """The application is decided or withdrawn."""

    message = "This application is decided or withdrawn. Nothing can be added to it."


def require_first_request(contest: Contest) -> None:
    """Raises ``SecondRequestOnly``, ``ContestIsDecided``."""
    if contest.request_number != 1:
        raise SecondRequestOnly
    if contest.status in WITH_RESULT:
        raise ContestIsDecided


def require_second_request(
    contest: Contest, parent: Application, first: Contest, siblings: Iterable[ApplicationStatus]
) -> None:
    """A second request of an approved first one, to a contest of its kind, one at a time.

    Raises ``FirstRequestOnly``, ``ContestIsDecided``, ``NotApproved``, ``SecondRequestRunning``.
    """
    same = (contest.plan_type, contest.currency) == (first.plan_type, first.currency)
    if contest.request_number != 2 or first.request_number != 1 or not same:
        raise FirstRequestOnly
    if contest.status in WITH_RESULT:
        raise ContestIsDecided
    if parent.status != S.APPROVED:
        raise NotApproved
    if any(status in (*PRESENTED, S.APPROVED, S.RESERVE) for status in siblings):
        raise SecondRequestRunning


def require_applicant(contest: Contest, office_id: UUID, group: Group, family: Family | None) -> None:
    """Raises ``FamilyNeeded``, ``FamilyNotAsked``, ``NotOfHostGroup``, ``GroupOfOtherOffice``, ``MunicipalityNeeded``."""
    if group.office_id != office_id:
        raise GroupOfOtherOffice("group_id")
    if contest.applicant_kind == ApplicantKind.FAMILY:
        if family is None:
            raise FamilyNeeded("family_id")
        if not contest.host_group_id == group.id == family.group_id:
            raise NotOfHostGroup("family_id")
        return
    if family is not None:
        raise FamilyNotAsked("family_id")
    if contest.plan_type == PlanType.IDL and group.kind != GroupKind.MUNICIPALITY:
        raise MunicipalityNeeded("group_id")


def require_own_proposal(proposal: Proposal, group_id: UUID, plan_type: PlanType) -> None:
    """Raises ``OtherProposal``."""
    if (proposal.group_id, proposal.plan_type) != (group_id, plan_type):
        raise OtherProposal("proposal_id")


def require_undecided(status: ApplicationStatus) -> None:
    """Raises ``NoLongerOpen``."""
    if status not in UNDECIDED:
        raise NoLongerOpen


def require_room(papers: int, size: int) -> None:
    """Whether one more paper may come to so many of so many bytes. Raises ``TooManyPapers``."""
    if papers >= MOST_PAPERS or size >= HEAVIEST_PAPERS:
        raise TooManyPapers("file", most=MOST_PAPERS, megabytes=HEAVIEST_PAPERS // (1024 * 1024))


def require_time_to_file(application: Application, call: Call, now: datetime) -> None:
    """A draft is filed while the call is open, a returned application until its own date, in the zone of ``now``.

    Raises ``NotPublished``, ``PhaseClosed``, ``CorrectionOver``.
    """
    if application.status != S.RETURNED or application.correct_until is None:
        require_phase(Act.FILE_APPLICATION, call, now)
    elif now > application.correct_until:
        raise CorrectionOver(until=f"{application.correct_until.astimezone(now.tzinfo):%Y-%m-%d %H:%M}")


def tries_used(presentations: Sequence[ApplicationStatus]) -> int:
    """How many presentations count, of an applicant's in the order of filing: failed or undecided since the last approval.

    A withdrawn or ineligible application was never heard; one on the reserve list did not fail, nor did one that was put off.
    """
    used = 0
    for status in presentations:
        if status == S.APPROVED:
            used = 0
        elif status in (*FAILED, *PRESENTED):
            used += 1
    return used


def require_try_left(presentations: Sequence[ApplicationStatus], tries: int) -> None:
    """Raises ``NoTriesLeft``."""
    if tries_used(presentations) >= tries:
        raise NoTriesLeft(tries=tries)
