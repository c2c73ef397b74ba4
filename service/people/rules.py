"""What is allowed among persons, roles, sign-ins and committees."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from service.core import rights
from service.core.actor import Actor, MissingRole
from service.core.acts import Act, Role
from service.core.errors import Conflict, Forbidden, Rejected
from service.people.models import Appointment, Position, RoleGrant
from service.people.shapes import AppointmentIn, PersonIn


class DniKnown(Conflict):
    """Another person has this DNI."""

    message = "There is already a person with this DNI. Search for the DNI and use that entry."


class BornInTheFuture(Rejected):
    """A date of birth after today."""

    message = "The date of birth lies in the future. Copy it again from the identity card."


class RucKnown(Conflict):
    """Another entry has this RUC."""

    message = "This RUC is already entered. Search for the RUC and use that entry."


class CodeKnown(Conflict):
    """Another office has this code."""

    message = "Another office already has the code “{code}”. Choose another one."


class OwnRole(Forbidden):
    """Nobody gives a role to themselves."""

    message = "You cannot give a role to yourself. Ask another administrator to do it."


class OnlySystemMay(Forbidden):
    """Only a system administrator touches the roles and sign-ins of system administrators."""

    message = "Only a system administrator may do this for a system administrator. Ask one of them."


class RoleHeld(Conflict):
    """The person holds that role there, or will."""

    message = "This person already has this role here. End it first if its dates should change."


class RoleEnded(Conflict):
    """The role has ended before."""

    message = "This role has already ended. Reload the page to see the roles that are held."


class UserNameTaken(Conflict):
    """Another person signs in under this name."""

    message = "This user name is taken. Choose another one."


class OtherOfficesPerson(Forbidden):
    """Only the offices on whose rolls and boards a person stands decide about them."""

    message = "This person is on rolls or boards of other offices only. Ask one of those offices, or the programme."


class PersonInOffice(Forbidden):
    """Who gives roles answers for those who hold them: registrars do not rewrite officers and jurors."""

    message = "This person holds a role or sits on a committee. Ask the programme to correct what is known of them."


class WrongSignIn(Forbidden):
    """The user name or the password is wrong; which of them is not said."""

    message = "The user name or the password is wrong. Try again, or ask your office to set a new password."


class NotSignedIn(Forbidden):
    """No sign-in, or one that has ended."""

    message = "You are not signed in, or your sign-in has ended. Sign in again."


class SignInUnfinished(Forbidden):
    """A sign-in that still lacks a code, a second factor to be set up, or a password of one's own."""

    message = "Your sign-in is not finished: open the first page of Raymi and do what it asks for."


class CodeNeeded(Forbidden):
    """The password is right, and a second factor is needed."""

    message = "Send the code of your application as well, or a recovery code."


class AnotherLetsIn(Forbidden):
    """Who locked somebody out would let them in again."""

    message = "You locked this person out, so another officer lets them in again."


class NotTheFirst(Conflict):
    """There are persons already, so no first administrator."""

    message = "This installation already has people. Ask one of its system administrators for a role."


class TermReversed(Rejected):
    """A term that ends before it begins."""

    message = "The last day lies before the first day. Correct one of the two dates."


class TermEnded(Conflict):
    """An end later than the one already set."""

    message = "This term already ends on {until}. It can be shortened, not lengthened: enter a new one instead."


class AlreadyAppointed(Conflict):
    """The person has a term in the committee that overlaps."""

    message = "This person is already a member of the committee at that time. End that appointment first."


class ChairTaken(Conflict):
    """The committee has another chair at that time."""

    message = "The committee already has a chair at that time. End that appointment first."


class NoChair(Conflict):
    """Nobody is the chair on that day."""

    message = "The committee has no chair on {day}. Appoint one first."


def require_registers(actor: Actor, offices: Collection[UUID]) -> None:
    """A registrar of one of ``offices``, those of the rolls and boards of a person; of any office where there are none.

    Raises ``MissingRole``, ``OtherOfficesPerson``.
    """
    actor.require_somewhere(Act.CORRECT_PERSON)
    if offices and not any(actor.may(Act.CORRECT_PERSON, office) for office in offices):
        raise OtherOfficesPerson


def require_may_correct(actor: Actor, offices: Collection[UUID], in_office: bool) -> None:
    """A person with a role or an appointment is corrected by those who give roles, another one by the registrars of ``offices``.

    Raises ``MissingRole``, ``OtherOfficesPerson``, ``PersonInOffice``.
    """
    require_registers(actor, offices)
    if in_office and not actor.may(Act.CORRECT_OFFICER):
        raise PersonInOffice


def require_possible_birth(given: PersonIn, today: date) -> None:
    """Raises ``BornInTheFuture``."""
    if given.birth_date and given.birth_date > today:
        raise BornInTheFuture("birth_date")


def require_may_grant(actor: Actor, person_id: object, role: Role) -> None:
    """SYSTEM and PROGRAMME give roles, SYSTEM alone its own, nobody to themselves.

    Raises ``MissingRole``, ``OwnRole``, ``OnlySystemMay``.
    """
    actor.require(Act.GRANT_ROLE)
    if person_id == actor.person_id:
        raise OwnRole
    if role == Role.SYSTEM and not actor.may(Act.GRANT_SYSTEM):
        raise OnlySystemMay


def require_not_held(grants: Iterable[RoleGrant], since: date) -> None:
    """``grants`` of the same role, person and office have all ended by ``since``. Raises ``RoleHeld``."""
    if any(grant.until is None or grant.until > since for grant in grants):
        raise RoleHeld


def require_may_set_sign_in(actor: Actor, person_id: object, roles: Iterable[Role]) -> None:
    """A person sets their own sign-in, SYSTEM everybody's, PROGRAMME that of persons whose ``roles`` hold no SYSTEM.

    Raises ``MissingRole``, ``OnlySystemMay``, ``StepUpNeeded``.
    """
    require_may_see_sign_in(actor, person_id, roles)
    if person_id != actor.person_id:
        actor.require_fresh(Act.SET_SIGN_IN)


def require_may_see_sign_in(actor: Actor, person_id: object, roles: Iterable[Role]) -> None:
    """The same people, to look and not to change. Raises ``MissingRole``, ``OnlySystemMay``."""
    if person_id == actor.person_id:
        return
    if not actor.may(Act.SET_SIGN_IN):
        raise MissingRole(roles=rights.holders(Act.SET_SIGN_IN))
    if Role.SYSTEM in roles and not actor.may(Act.GRANT_SYSTEM):
        raise OnlySystemMay


def require_other_than_lockers(actor: Actor, locked_by: object) -> None:
    """Two officers together give a person new factors: one locks out, another lets in. Raises ``AnotherLetsIn``."""
    if locked_by is not None and locked_by == actor.person_id:
        raise AnotherLetsIn


def require_term(since: date, until: date | None) -> None:
    """Raises ``TermReversed``."""
    if until is not None and until < since:
        raise TermReversed("until")


def require_shorter(since: date, ends: date | None, until: date) -> None:
    """A term from ``since`` to ``ends`` may end on ``until``. Raises ``TermReversed``, ``TermEnded``."""
    require_term(since, until)
    if ends is not None and until > ends:
        raise TermEnded("until", until=ends.isoformat())


def overlap(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Whether two terms, both days included and perhaps without an end, share a day."""
    return (until is None or other_since <= until) and (other_until is None or since <= other_until)


def require_free_place(appointments: Iterable[Appointment], given: AppointmentIn) -> None:
    """One term at a time for a person, one chair at a time. Raises ``TermReversed``, ``AlreadyAppointed``, ``ChairTaken``."""
    require_term(given.since, given.until)
    together = [a for a in appointments if overlap(a.since, a.until, given.since, given.until)]
    if any(a.person_id == given.person_id for a in together):
        raise AlreadyAppointed("person_id")
    if given.position == Position.CHAIR and any(a.position == Position.CHAIR for a in together):
        raise ChairTaken("position")
