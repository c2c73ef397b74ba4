"""Tables of the ledger."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity

from service.core.tables import IMMUTABLE, Field, SQLModel, id_column, moment, money, reference


class LedgerAccount(SQLModel, table=True):
    """An account; ``floor`` says that its balance may not fall below zero. Rows are locked, never edited."""

    __tablename__ = "ledger_account"
    __table_args__ = ({"info": {"immutable": True, "moves": (), "lockable": True}},)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    key: str = Field(unique=True)
    floor: bool


class JournalEntry(SQLModel, table=True):
    """One business act that moves money."""

    __tablename__ = "journal_entry"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    reference: str = Field(unique=True)
    description: str
    at: datetime = moment()


class Posting(SQLModel, table=True):
    """An amount added to (positive) or taken from (negative) one account by one entry."""

    __tablename__ = "posting"
    __table_args__ = (IMMUTABLE,)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entry_id: UUID = reference("journal_entry.id")
    account_id: int = Field(foreign_key="ledger_account.id", index=True, sa_type=BigInteger)
    amount: Decimal = money(check="amount <> 0", name="not_zero")
