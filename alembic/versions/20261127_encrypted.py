"""Account numbers, the files and the papers in which they stand are kept encrypted."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op
from service.core.encrypting import OVERHEAD, closed, encrypt, mark

Kind = type[LargeBinary] | type[JSONB]

revision = "20261127_encrypted"
down_revision = "20261127_keys"
branch_labels = None
depends_on = None

TEXTS = (("nec", "cci"), ("beneficiary_account", "number"), ("beneficiary_account", "cci"), ("payment_order", "cci"))
HISTORY = ("beneficiary_account", "payment_order", "contract", "document", "stored_file")
"""Tables that refuse every change: their guard is put aside while the same values are written in another form."""


def upgrade() -> None:
    """The same values, encrypted; equal accounts are known by a mark."""
    op.drop_constraint("ck_beneficiary_account_cci_form", "beneficiary_account")
    op.drop_constraint("ck_stored_file_size", "stored_file")
    op.add_column("beneficiary_account", sa.Column("cci_mark", sa.LargeBinary(), nullable=True))
    for table in HISTORY:
        op.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER refuse_change')
    rewrite("beneficiary_account", "cci", "cci_mark", lambda cci: mark(cci, "beneficiary_account.cci"))
    for table, column in TEXTS:
        op.alter_column(table, column, new_column_name=f"{column}_plain")
        op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=True))
        rewrite(table, f"{column}_plain", column, lambda plain, place=f"{table}.{column}": encrypt(plain.encode(), place))
        op.drop_column(table, f"{column}_plain")
        op.alter_column(table, column, nullable=False)
    op.alter_column("beneficiary_account", "cci_mark", nullable=False)
    rewrite("stored_file", "content", "content", lambda content: encrypt(content, "stored_file.content"))
    for table in ("contract", "document"):
        rewrite(table, "data", "data", closed, JSONB, "data ? 'account'")
    for table in HISTORY:
        op.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER refuse_change')
    op.create_check_constraint("size", "stored_file", f"size = length(content) - {OVERHEAD} AND size > 0")


def rewrite(
    name: str, column: str, into: str, change: Callable[[Any], Any], kind: Kind = LargeBinary, only: str = "true"
) -> None:
    """Put ``change`` of a column into another of that kind, a row at a time: files are large."""
    connection = op.get_bind()
    kinds = {into: kind, column: kind if column == into else sa.String}
    table = sa.table(name, sa.column("id", sa.Uuid()), *(sa.column(each, kinds[each]) for each in kinds))
    for key in connection.scalars(sa.select(table.c.id).where(sa.text(only))).all():
        value = connection.scalar(sa.select(table.c[column]).where(table.c.id == key))
        connection.execute(sa.update(table).where(table.c.id == key).values({into: change(value)}))
