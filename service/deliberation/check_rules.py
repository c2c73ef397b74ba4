"""Who checks a ranking off before it is announced: a second person, who knows no score from a seat."""

from collections.abc import Collection
from uuid import UUID

from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.errors import Conflict, Forbidden
from service.deliberation.models import Attendance, RankingRun
from service.deliberation.rules import MEMBERS


class NotCheckedOff(Conflict):
    """The newest result of a contest was not checked off by a second person."""

    message = (
        "A second person has not checked off the result of “{contest}” yet. Ask one who did not run it and is no juror of it."
    )


class RanItself(Forbidden):
    """Who runs a ranking does not check it off."""

    message = "You ran this ranking. A second person checks it off."


class JurorOfIt(Forbidden):
    """A juror of the contest sees no tally before the announcement."""

    message = "You are a juror of this contest. Somebody without a seat in it checks its ranking off."


class NotAChecker(Forbidden):
    """Neither an officer nor a member of the committee who is present."""

    message = "Rankings are checked off by the office, or by a member of the committee who is present."


class CheckedAlready(Conflict):
    """The run was checked off."""

    message = "This ranking is checked off already. Reload the page to see by whom."


class RunReplaced(Conflict):
    """A newer run has taken the place of this one."""

    message = "A newer ranking has taken the place of this one. Check that one."


class RunProvisional(Conflict):
    """Something is pending in the run, so it cannot be announced."""

    message = "Something is pending in this ranking, so there is nothing to check off yet."


class JudgedDifferently(Conflict):
    """Judging anew gives something else than the run holds."""

    message = "Judged anew, “{contest}” gives another result than this ranking holds. Do not announce it: tally again."


def require_checker(actor: Actor, office_id: UUID, run: RankingRun, jurors: Collection[UUID], here: Attendance | None) -> None:
    """``here`` is the actor's presence in the session, if any. Raises ``RanItself``, ``JurorOfIt``, ``NotAChecker``."""
    if actor.person_id == run.ran_by:
        raise RanItself
    if actor.person_id in jurors:
        raise JurorOfIt
    relations = {Relation.MEMBER} if here is not None and here.capacity in MEMBERS else set()
    if not actor.may(Act.CHECK_RUN, office_id, None, relations):
        raise NotAChecker
