"""Tables of signing in with an OpenID Connect provider."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, text

from service.core.tables import DELETABLE, Field, SQLModel, id_column, immutable_but, moment, reference


class OidcIdentity(SQLModel, table=True):
    """Who is who: a subject of an issuer that a person has linked to themselves, until it is unlinked."""

    __tablename__ = "oidc_identity"
    __table_args__ = (
        Index("uq_oidc_identity_live", "issuer", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
        immutable_but("ended_at"),
    )

    id: UUID = id_column()
    issuer: str
    subject: str
    person_id: UUID = reference("person.id")
    at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)


class OidcAttempt(SQLModel, table=True):
    """A browser that was sent to the provider, until it comes back: at most ten minutes, and once.

    ``person_id`` is who links an identity; None where somebody signs in. Of the state and the browser's cookie only hashes are kept;
    nonce and verifier are of use only together with a code that the provider gives to us alone.
    """

    __tablename__ = "oidc_attempt"
    __table_args__ = (DELETABLE,)

    state_hash: bytes = Field(primary_key=True)
    browser_hash: bytes
    nonce: str
    verifier: str
    person_id: UUID | None = reference("person.id", optional=True)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
