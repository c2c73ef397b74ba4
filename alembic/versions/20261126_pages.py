"""Codes with which groups read where they stand; when an installation was last looked after."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect

revision = "20261126_pages"
down_revision = "20261126_rights"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables of history."""
    op.create_table(
        "group_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("expires_at > at", name=op.f("ck_group_code_dates")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_group_code_group_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_group_code_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_code")),
        sa.UniqueConstraint("handle", name=op.f("uq_group_code_handle")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index("ix_group_code_group_id_at", "group_code", ["group_id", "at"], unique=False)
    op.create_index(op.f("ix_group_code_issued_by"), "group_code", ["issued_by"], unique=False)
    op.create_table(
        "upkeep",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chore", sa.String(length=40), nullable=False),
        sa.Column("well", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("chore IN ('backup', 'restore', 'check_of_invariants')", name=op.f("ck_upkeep_chore_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep")),
        info={"immutable": True, "moves": ()},
    )
    for table in ("group_code", "upkeep"):
        for statement in protect(table, (), context.config.attributes["app_role"]):
            op.execute(statement)
