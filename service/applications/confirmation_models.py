"""Tables of a group's confirmation of what was filed on its behalf."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, immutable_but, moment, money, reference


class ConfirmationWay(StrEnum):
    """How a group confirms."""

    CODE = "by_code"
    PAPER = "on_paper"


class ConfirmationCode(SQLModel, table=True):
    """A code that was handed to a president: ``handle`` finds it, only the hash of the rest is kept. The newest one is good."""

    __tablename__ = "confirmation_code"
    __table_args__ = (CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"), immutable_but("attempts"))

    id: UUID = id_column()
    application_id: UUID = reference("application.id")
    mandate_id: UUID = reference("board_mandate.id")
    handle: str = Field(unique=True)
    code_hash: bytes
    attempts: int = 0
    at: datetime = moment()
    issued_by: UUID = reference("person.id")


class GroupConfirmation(SQLModel, table=True):
    """That a group confirmed an application as it was filed then: how, when, and by the holder of which mandate.

    The amounts are those confirmed; corrected ones are confirmed again. ``received_on`` and ``received_by`` belong to paper.
    """

    __tablename__ = "group_confirmation"
    __table_args__ = (
        CheckConstraint(
            "(way = 'by_code') = (code_id IS NOT NULL) AND (way = 'on_paper') = (file_id IS NOT NULL) "
            "AND (way = 'on_paper') = (received_on IS NOT NULL) AND (way = 'on_paper') = (received_by IS NOT NULL)",
            name="way",
        ),
        IMMUTABLE,
    )

    id: UUID = id_column()
    application_id: UUID = reference("application.id")
    way: ConfirmationWay = enum(ConfirmationWay)
    mandate_id: UUID = reference("board_mandate.id")
    code_id: UUID | None = reference("confirmation_code.id", optional=True, unique=True)
    file_id: UUID | None = reference("stored_file.id", optional=True)
    received_on: date | None = None
    received_by: UUID | None = reference("person.id", optional=True)
    requested: Decimal = money()
    own_share: Decimal = money()
    at: datetime = moment()
