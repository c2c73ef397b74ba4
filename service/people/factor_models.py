"""Tables of second factors: passkeys, codes of an application, recovery codes; and challenges that were answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text

from service.core.tables import DELETABLE, Field, SQLModel, id_column, immutable_but, moment, reference


class Passkey(SQLModel, table=True):
    """A key that a phone or a computer keeps for its owner (WebAuthn): two factors in one. Only its public half is here."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        immutable_but("sign_count", "last_used_at", "removed_at"),
    )

    id: UUID = id_column()
    person_id: UUID = reference("person.id")
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    sign_count: int = Field(sa_type=BigInteger)
    name: str
    added_at: datetime = moment()
    last_used_at: datetime | None = moment(optional=True)
    removed_at: datetime | None = moment(optional=True)


class CodeApp(SQLModel, table=True):
    """An application that shows a code every thirty seconds (TOTP, RFC 6238). ``last_step`` is the last one that was used."""

    __tablename__ = "code_app"
    __table_args__ = (
        Index("uq_code_app_live", "person_id", unique=True, postgresql_where=text("removed_at IS NULL")),
        immutable_but("last_step", "removed_at"),
    )

    id: UUID = id_column()
    person_id: UUID = reference("person.id", index=False)
    sealed_secret: bytes
    last_step: int = Field(sa_type=BigInteger)
    added_at: datetime = moment()
    removed_at: datetime | None = moment(optional=True)


class RecoveryCode(SQLModel, table=True):
    """A code on paper that stands in for a lost factor, once. New ones take the place of all before."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_person_id", "person_id"), immutable_but("used_at", "replaced_at"))

    id: UUID = id_column()
    person_id: UUID = reference("person.id", index=False)
    code_hash: bytes = Field(unique=True)
    made_at: datetime = moment()
    used_at: datetime | None = moment(optional=True)
    replaced_at: datetime | None = moment(optional=True)


class AnsweredChallenge(SQLModel, table=True):
    """A challenge that a passkey has answered: it is never taken again. Old ones expire by themselves and go."""

    __tablename__ = "answered_challenge"
    __table_args__ = (DELETABLE,)

    challenge: bytes = Field(primary_key=True)
    at: datetime = moment()
