"""Who acts: a value that the outer rooms make from a sign-in and hand down."""

from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from service.core import rights
from service.core.acts import Act, Phase, Relation, Role
from service.core.errors import Forbidden

ASKED: ContextVar[set[Act] | None] = ContextVar("asked", default=None)
"""Where a test keeps the acts that were asked for during a request, to compare them with what the route's row says; None otherwise."""


@dataclass(frozen=True)
class Grant:
    """A role held in one office, or in every office where ``office_id`` is None; by a deputy, in place of ``for_person``."""

    role: Role
    office_id: UUID | None = None
    for_person: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """A signed-in person with the roles held at this moment.

    ``via`` names the sign-in or key for the record. ``fresh`` says that the person has proved to be present a short while ago: who
    sits at the machine itself has. ``scope`` is all that a key may do, whatever its owner may; None for no such limit.
    """

    person_id: UUID
    name: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    via: str = "script"
    fresh: bool = True
    scope: frozenset[Act] | None = None

    @property
    def capacity(self) -> str:
        """As what the actor acts, for the record: the roles held with their office, and whose they are if lent; ``person`` for none."""
        return " ".join(sorted(map(_written, self.grants))) or "person"

    @property
    def persons(self) -> frozenset[UUID]:
        """The actor, and everybody whom the actor stands in for today: duties kept apart count all of them."""
        return frozenset({self.person_id, *(grant.for_person for grant in self.grants if grant.for_person)})

    def may(
        self, act: Act, office_id: UUID | None = None, phase: Phase | None = None, relations: Collection[Relation] = ()
    ) -> bool:
        """Whether the rights table lets the actor do this in that office (None: only with a role for all), phase and relation."""
        here = {grant.role for grant in self.grants if grant.office_id in (None, office_id)}
        return self._reaches(act) and rights.permits(act, here | set(relations), phase)

    def may_somewhere(self, act: Act) -> bool:
        """The same for what belongs to no office: with a role in any."""
        return self._reaches(act) and rights.permits(act, {grant.role for grant in self.grants})

    def offices(self, act: Act) -> frozenset[UUID] | None:
        """The offices in which the actor may do this; None for all."""
        found = {grant.office_id for grant in self.grants if self._reaches(act) and rights.permits(act, {grant.role})}
        return None if None in found else frozenset(each for each in found if each)

    def require(self, act: Act, office_id: UUID | None = None) -> None:
        """Raise ``MissingRole`` unless ``may`` in some phase: use cases refuse what comes at the wrong time by a name of their own."""
        if not self.may(act, office_id):
            raise MissingRole(roles=rights.holders(act))
        self.require_fresh(act)

    def require_somewhere(self, act: Act) -> None:
        """Raise ``MissingRole`` unless ``may_somewhere``."""
        if not self.may_somewhere(act):
            raise MissingRole(roles=rights.holders(act))
        self.require_fresh(act)

    def require_fresh(self, act: Act) -> None:
        """Raise ``StepUpNeeded`` where the act asks that the person has just proved to be present."""
        if act in rights.FRESH:
            self.require_presence()

    def require_presence(self) -> None:
        """Raise ``StepUpNeeded`` unless the person has just proved to be present: for acts on one's own sign-in."""
        if not self.fresh:
            raise StepUpNeeded

    def _reaches(self, act: Act) -> bool:
        note(act)
        return self.scope is None or act in self.scope


def note(act: Act) -> None:
    """Keep an act that is asked for where somebody listens."""
    if (asked := ASKED.get()) is not None:
        asked.add(act)


def _written(grant: Grant) -> str:
    place = f"@{grant.office_id}" if grant.office_id else ""
    return f"{grant.role}{place}" + (f":for:{grant.for_person}" if grant.for_person else "")


def may(
    actor: Actor | None, act: Act, office_id: UUID, phase: Phase | None = None, relations: Collection[Relation] = ()
) -> bool:
    """Whether an actor, or somebody who is not signed in (None), may do this."""
    note(act)
    return rights.permits(act, (), phase) if actor is None else actor.may(act, office_id, phase, relations)


class MissingRole(Forbidden):
    """The actor holds none of the roles that may do this here."""

    message = "Only {roles} of this office may do this. Ask one of them, or ask the programme for the role."


class StepUpNeeded(Forbidden):
    """The act is too grave for a sign-in whose second factor was shown long ago."""

    message = "Confirm first that it is you, with your passkey or a code. Then do this again."
