"""The table of invitations to sign in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from service.core.tables import Field, SQLModel, enum, id_column, immutable_but, moment, reference


class InvitationPurpose(StrEnum):
    """What an invitation is for: a first user name and password, or a new password for who has forgotten it."""

    INVITE = "invite"
    RECOVER = "recover"


class InvitationWay(StrEnum):
    """How an invitation reaches the person."""

    SMS = "by_sms"
    PAPER = "on_printed_paper"


class InvitationState(StrEnum):
    """How an invitation stands at a moment; computed, since nothing happens when its days are over."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    SPENT = "spent"
    EXPIRED = "expired"


class Invitation(SQLModel, table=True):
    """A one-time link for one person; paper also has a code to type. Only hashes are kept.

    ``attempts`` counts wrong answers to the question that guards a lost paper. It is open until one of: used, revoked, run out,
    attempts spent. A person has one that is neither used nor revoked.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        CheckConstraint("(way = 'on_printed_paper') = (code_hash IS NOT NULL)", name="code_on_paper"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        CheckConstraint("issued_by <> person_id", name="by_another"),
        Index("uq_invitation_live", "person_id", unique=True, postgresql_where=text("used_at IS NULL AND revoked_at IS NULL")),
        immutable_but("attempts", "used_at", "revoked_at"),
    )

    id: UUID = id_column()
    person_id: UUID = reference("person.id")
    purpose: InvitationPurpose = enum(InvitationPurpose)
    way: InvitationWay = enum(InvitationWay)
    token_hash: bytes = Field(unique=True)
    code_hash: bytes | None = Field(default=None, unique=True)
    issued_by: UUID = reference("person.id")
    at: datetime = moment()
    expires_at: datetime = moment()
    attempts: int = 0
    used_at: datetime | None = moment(optional=True)
    revoked_at: datetime | None = moment(optional=True)
