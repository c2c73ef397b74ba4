"""What is allowed with deputies."""

from datetime import date, timedelta

from service.core.actor import Actor
from service.core.acts import Act, Role
from service.core.errors import Conflict, Forbidden, Rejected
from service.people.deputy_models import DeputyIn
from service.people.models import RoleGrant
from service.people.rules import require_term

LONGEST = timedelta(days=180)
"""Longer than any leave: who is away for longer has left, and the role is given to somebody else."""


class NotYourRole(Forbidden):
    """A deputy is named by the holder of the role, or by who gives roles: not by a deputy."""

    message = "You do not hold this role yourself, so you cannot name a deputy for it. Ask its holder or the programme."


class DeputyIsHolder(Rejected):
    """A holder standing in for the same holder."""

    message = "Nobody is their own deputy. Choose another person."


class NoDeputyForSystem(Forbidden):
    """System administrators are given the role themselves."""

    message = "The role of a system administrator is not lent. Give the role to another person."


class DeputyTooLong(Rejected):
    """A term without an end in sight, one that is over, or one beyond the role's own."""

    message = "A deputy stands in for 180 days at most, from today on and while the role itself is held. Correct the two dates."


class DeputyOverlaps(Conflict):
    """Somebody else stands in at that time."""

    message = "This role already has a deputy at that time. End that deputyship first."


class ConfirmerInvolved(Forbidden):
    """Who named a deputy, is it, or is stood in for, does not confirm it."""

    message = (
        "You are one of the two, or named this deputy yourself, so another person confirms it. Ask another one who gives roles."
    )


class DeputyDecided(Conflict):
    """Confirmed or ended before."""

    message = "This deputyship was already confirmed or has ended. Reload the page to see how it stands."


def require_may_name(actor: Actor, grant: RoleGrant) -> None:
    """The holder, or who gives roles. Raises ``NotYourRole``, ``NoDeputyForSystem``, ``StepUpNeeded``."""
    if grant.person_id != actor.person_id and not actor.may(Act.CONFIRM_DEPUTY):
        raise NotYourRole
    if grant.role == Role.SYSTEM:
        raise NoDeputyForSystem
    actor.require_fresh(Act.NAME_DEPUTY)


def require_possible(grant: RoleGrant, given: DeputyIn, today: date) -> None:
    """Another person, for some days within the role's own. Raises ``DeputyIsHolder``, ``TermReversed``, ``DeputyTooLong``."""
    if given.person_id == grant.person_id:
        raise DeputyIsHolder("person_id")
    require_term(given.since + timedelta(days=1), given.until)
    held = given.since >= grant.since and (grant.until is None or given.until <= grant.until)
    if given.until <= today or given.until - given.since > LONGEST or not held:
        raise DeputyTooLong("until")
