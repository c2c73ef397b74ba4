"""Tables of what people ask about their data, whose data was erased, and incidents."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, moment, reference


class RequestKind(StrEnum):
    """What a person may ask about the own data (Law 29733, articles 19, 20 and 22)."""

    ACCESS = "access_to_data"
    RECTIFICATION = "rectification_of_data"
    ERASURE = "erasure_of_data"
    OBJECTION = "objection_to_use"


class DataRequest(SQLModel, table=True):
    """What a person asks about the own data, themselves or on paper through an office (``filed_by``)."""

    __tablename__ = "data_request"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    person_id: UUID = reference("person.id")
    kind: RequestKind = enum(RequestKind)
    words: str
    filed_by: UUID = reference("person.id")
    at: datetime = moment()


class Outcome(StrEnum):
    """How a request was answered."""

    GRANTED = "granted"
    REFUSED = "refused"


class DataAnswer(SQLModel, table=True):
    """The one answer to a request, by another person than it is about."""

    __tablename__ = "data_answer"
    __table_args__ = (CheckConstraint("words <> ''", name="words"), IMMUTABLE)

    request_id: UUID = Field(foreign_key="data_request.id", primary_key=True)
    outcome: Outcome = enum(Outcome)
    words: str
    answered_by: UUID = reference("person.id")
    at: datetime = moment()


class PersonErasure(SQLModel, table=True):
    """Whose data an erasure of the record belongs to; ``whole`` where no law keeps name and DNI any more."""

    __tablename__ = "person_erasure"
    __table_args__ = (IMMUTABLE,)

    erasure_id: UUID = Field(foreign_key="erasure_request.id", primary_key=True)
    person_id: UUID = reference("person.id")
    whole: bool


class Incident(SQLModel, table=True):
    """Data that got, or may have got, into wrong hands. The law's clock runs from ``known_at``; ``persons`` is None while unknown."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("persons >= 0", name="persons"),
        CheckConstraint("known_at <= at", name="known"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    known_at: datetime = moment()
    what: str
    data: str
    persons: int | None = None
    told_by: UUID = reference("person.id")
    at: datetime = moment()


class EntryKind(StrEnum):
    """What an entry of an incident says."""

    NOTE = "incident_note"
    AUTHORITY = "authority_told"
    NO_DUTY = "authority_need_not_be_told"
    PERSONS = "persons_told"
    CLOSED = "incident_closed"


class IncidentEntry(SQLModel, table=True):
    """What was done or found out about an incident; nothing follows its closing."""

    __tablename__ = "incident_entry"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words"),
        Index("uq_incident_entry_closed", "incident_id", unique=True, postgresql_where=text("kind = 'incident_closed'")),
        IMMUTABLE,
    )

    id: UUID = id_column()
    incident_id: UUID = reference("incident.id")
    kind: EntryKind = enum(EntryKind)
    words: str
    written_by: UUID = reference("person.id")
    at: datetime = moment()
