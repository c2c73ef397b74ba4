"""Rolls of families that wait between their preview and their entry."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import allow

revision = "20261125_rolls"
down_revision = "20261124_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of drafts."""
    app_role = context.config.attributes["app_role"]
    op.create_table(
        "roll_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sha256 = encode(sha256(content), 'hex')", name=op.f("ck_roll_draft_sha256")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_roll_draft_group_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_roll_draft_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_draft")),
        sa.UniqueConstraint("group_id", "uploaded_by", name=op.f("uq_roll_draft_group_id_uploaded_by")),
    )
    op.create_index(op.f("ix_roll_draft_uploaded_by"), "roll_draft", ["uploaded_by"], unique=False)
    for statement in allow("roll_draft", app_role, deletable=True):
        op.execute(statement)
