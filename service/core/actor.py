"""Who acts: a value that the outer rooms make from a sign-in and hand down."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from service.core.errors import Forbidden


class Role(StrEnum):
    """What a person may be in an office or in the whole programme."""

    PROGRAMME = "programme"  # sets up offices, funds, committees, rule books
    OFFICE_HEAD = "office_head"  # signs contracts, requests and authorises payments
    SECRETARY = "secretary"  # runs applications and sessions of the committee
    ADMINISTRATOR = "administrator"  # prepares payments
    TREASURER = "treasurer"  # releases bank files
    PROMOTER = "promoter"  # registers groups, rolls and reports
    AUDITOR = "auditor"  # reads everything, changes nothing
    SYSTEM = "system"  # creates offices and the people who run them


@dataclass(frozen=True)
class Grant:
    """A role held in one office, or in every office where ``office_id`` is None."""

    role: Role
    office_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """A signed-in person with the roles held at this moment; ``via`` names the sign-in for the record."""

    person_id: UUID
    name: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    via: str = "script"

    def has(self, role: Role, office_id: UUID | None = None) -> bool:
        """Whether the actor holds ``role`` in that office (or everywhere)."""
        return any(grant.role == role and grant.office_id in (None, office_id) for grant in self.grants)

    def require(self, office_id: UUID | None, *roles: Role) -> None:
        """Raise ``MissingRole`` unless the actor holds one of ``roles`` in that office."""
        if not any(self.has(role, office_id) for role in roles):
            raise MissingRole(roles=roles)


class MissingRole(Forbidden):
    """The actor holds none of the roles that may do this here."""

    message = "Only {roles} of this office may do this. Ask one of them, or ask the programme for the role."
