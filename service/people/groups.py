"""Tables of groups: boards, rolls of families, beneficiary accounts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from service.core.tables import Field, SQLModel, encrypted, enum, id_column, immutable_but, moment, reference


class GroupKind(StrEnum):
    """What kind of organisation a group is."""

    COMMUNITY = "community"
    ASSOCIATION = "association"
    COMMITTEE = "committee"
    MUNICIPALITY = "municipality"


class Registration(StrEnum):
    """Whether the group is entered in the public registry (SUNARP)."""

    REGISTERED = "registered"
    IN_FORMATION = "in_formation"


class Group(SQLModel, table=True):
    """An organisation of campesino families, or a municipality. ``ruc`` may be missing; ``place`` is its rural place or street."""

    __tablename__ = "group"

    id: UUID = id_column()
    office_id: UUID = reference("office.id")
    kind: GroupKind = enum(GroupKind)
    name: str
    ruc: str | None = Field(default=None, unique=True)
    registration: Registration = enum(Registration)
    registry_sheet: str | None = None
    ubigeo: str = reference("district.ubigeo")
    place: str
    sort_key: str = Field(index=True)


class BoardRole(StrEnum):
    """A seat on the board; a municipality has a mayor."""

    PRESIDENT = "president"
    TREASURER = "treasurer"
    SECRETARY = "secretary"
    MAYOR = "mayor"


class BoardMandate(SQLModel, table=True):
    """A person's mandate on a group's board, both dates included."""

    __tablename__ = "board_mandate"
    __table_args__ = (CheckConstraint("until >= since", name="term"), immutable_but("until"))

    id: UUID = id_column()
    group_id: UUID = reference("group.id")
    person_id: UUID = reference("person.id")
    role: BoardRole = enum(BoardRole)
    since: date
    until: date


class Family(SQLModel, table=True):
    """A family on a group's roll; ``code`` is unique in the group."""

    __tablename__ = "family"
    __table_args__ = (UniqueConstraint("group_id", "code"), {"info": {"immutable": True, "moves": ()}})

    id: UUID = id_column()
    group_id: UUID = reference("group.id", index=False)
    code: str


class FamilyMember(SQLModel, table=True):
    """A person on the roll. One member of each family is its head."""

    __tablename__ = "family_member"
    __table_args__ = (
        Index("uq_family_member_head", "family_id", unique=True, postgresql_where=text("head")),
        {"info": {"immutable": True, "moves": ()}},
    )

    family_id: UUID = Field(foreign_key="family.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    head: bool


class AccountStatus(StrEnum):
    """The life of a beneficiary account: waiting for a second officer, in use, or set aside by a later one."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    REFUSED = "refused"


class BeneficiaryAccount(SQLModel, table=True):
    """A group's own bank account. ``cci`` has 20 digits, and ``cci_mark`` tells that two are the same; the holder is written as the bank
    writes it."""

    __tablename__ = "beneficiary_account"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_officers"),
        Index("uq_beneficiary_account_confirmed", "group_id", unique=True, postgresql_where=text("status = 'confirmed'")),
        Index("uq_beneficiary_account_pending", "group_id", unique=True, postgresql_where=text("status = 'pending'")),
        immutable_but("status", "decided_by", "decided_at"),
    )

    id: UUID = id_column()
    group_id: UUID = reference("group.id")
    bank: str
    number: str = encrypted("beneficiary_account.number")
    cci: str = encrypted("beneficiary_account.cci")
    cci_mark: bytes
    holder: str
    currency: str
    reason: str
    status: AccountStatus = enum(AccountStatus, default=AccountStatus.PENDING)
    proposed_by: UUID = reference("person.id")
    proposed_at: datetime = moment()
    decided_by: UUID | None = reference("person.id", optional=True)
    decided_at: datetime | None = moment(optional=True)
