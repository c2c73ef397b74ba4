"""Tables of persons, offices and sign-in."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from service.core.acts import Role
from service.core.tables import Field, SQLModel, encrypted, enum, id_column, immutable_but, moment, optional_enum, reference


class Sex(StrEnum):
    """As on the identity card; the strategy counts results by it."""

    FEMALE = "female"
    MALE = "male"


class Person(SQLModel, table=True):
    """A person. ``dni`` is 8 digits, or None where there is no identity card yet."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("dni ~ '^[0-9]{8}$'", name="dni_form"),)

    id: UUID = id_column()
    dni: str | None = Field(default=None, unique=True)
    given_names: str
    family_names: str
    sex: Sex = enum(Sex)
    birth_date: date | None = None
    mobile: str | None = None
    sort_key: str = Field(index=True)

    @property
    def name(self) -> str:
        """The full name, given names first."""
        return f"{self.given_names} {self.family_names}"


class Nec(SQLModel, table=True):
    """An executing nucleus: the legal person that grants the money, and the account that it pays from."""

    __tablename__ = "nec"

    id: UUID = id_column()
    ruc: str = Field(unique=True)
    name: str
    cci: str = encrypted("nec.cci")


class Office(SQLModel, table=True):
    """A project unit (*oficina local*) serving some districts."""

    __tablename__ = "office"

    id: UUID = id_column()
    code: str = Field(unique=True)
    name: str
    address: str
    ubigeo: str = reference("district.ubigeo")
    nec_id: UUID = reference("nec.id")


class RoleGrant(SQLModel, table=True):
    """A role that a person holds in one office (or everywhere, without one); ``until`` is the first day without it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_current",
            "person_id",
            "role",
            "office_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("until IS NULL"),
        ),
        immutable_but("until"),
    )

    id: UUID = id_column()
    person_id: UUID = reference("person.id")
    role: Role = enum(Role)
    office_id: UUID | None = reference("office.id", optional=True)
    since: date
    until: date | None = None


class Credential(SQLModel, table=True):
    """How a person signs in: a user name and the Argon2id hash of a password, which ``must_change`` where somebody else chose it.

    ``locked_by`` is who locked the person out: it takes another one to let them in again.
    """

    __tablename__ = "credential"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    user_name: str = Field(unique=True)
    password_hash: str
    must_change: bool = False
    locked_by: UUID | None = Field(default=None, foreign_key="person.id")


class Unfinished(StrEnum):
    """What a sign-in still lacks: until then it can do nothing else."""

    CODE = "code"  # the second factor
    FACTOR = "factor"  # a second factor to be set up
    PASSWORD = "password"  # noqa: S105  # nosec B105  # a password of one's own


class SignIn(SQLModel, table=True):
    """A signed-in browser or program, kept here and ended here; only the hash of its token is stored.

    ``how`` says what was shown, ``proved_at`` when the person last proved to be present, ``device`` what the browser calls itself.
    Each step further is a new sign-in with a new token; ``expires_at`` stays that of the first.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("uq_sign_in_token_hash", "token_hash", unique=True), immutable_but("ended_at", "last_seen_at"))

    id: UUID = id_column()
    token_hash: bytes
    person_id: UUID = reference("person.id")
    at: datetime = moment()
    expires_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)
    last_seen_at: datetime = moment()
    proved_at: datetime | None = moment(optional=True)
    unfinished: Unfinished | None = optional_enum(Unfinished)
    how: str = ""
    device: str = ""


class Committee(SQLModel, table=True):
    """A local resource allocation committee of an office."""

    __tablename__ = "committee"

    id: UUID = id_column()
    office_id: UUID = reference("office.id")
    name: str


class Position(StrEnum):
    """What an appointed member is in the committee."""

    CHAIR = "chair"
    MEMBER = "member"


class Appointment(SQLModel, table=True):
    """A member's term in a committee, both dates included; ``origin`` says whom the member comes from."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="term"),
        Index("uq_appointment_current", "committee_id", "person_id", unique=True, postgresql_where=text("until IS NULL")),
        Index(
            "uq_appointment_chair", "committee_id", unique=True, postgresql_where=text("position = 'chair' AND until IS NULL")
        ),
        immutable_but("until"),
    )

    id: UUID = id_column()
    committee_id: UUID = reference("committee.id")
    person_id: UUID = reference("person.id")
    position: Position = enum(Position)
    origin: str
    since: date
    until: date | None = None
