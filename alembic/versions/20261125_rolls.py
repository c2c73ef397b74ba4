"""Rolls of families that wait between preview and entry; pairs of groups and of persons that are not the same."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import allow, protect

revision = "20261125_rolls"
down_revision = "20261124_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of drafts and two of decisions."""
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
    for table, kind in (("distinct_groups", "group"), ("distinct_persons", "person")):
        op.create_table(
            table,
            sa.Column("first_id", sa.Uuid(), nullable=False),
            sa.Column("second_id", sa.Uuid(), nullable=False),
            sa.Column("reason", sa.String(), nullable=False),
            sa.Column("decided_by", sa.Uuid(), nullable=False),
            sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
            sa.CheckConstraint("first_id < second_id", name=op.f(f"ck_{table}_in_order")),
            sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_with_reason")),
            sa.ForeignKeyConstraint(["first_id"], [f"{kind}.id"], name=op.f(f"fk_{table}_first_id")),
            sa.ForeignKeyConstraint(["second_id"], [f"{kind}.id"], name=op.f(f"fk_{table}_second_id")),
            sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f(f"fk_{table}_decided_by")),
            sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_second_id"), table, ["second_id"], unique=False)
        op.create_index(op.f(f"ix_{table}_decided_by"), table, ["decided_by"], unique=False)
        for statement in protect(table, (), app_role):
            op.execute(statement)
