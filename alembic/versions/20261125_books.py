"""Rehearsals of rules before they are published."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect

revision = "20261125_books"
down_revision = "20261125_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table of rehearsals, whose rows are history."""
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invented", "past", native_enum=False, create_constraint=True, length=40, name="rehearsalkind_known"),
            nullable=False,
        ),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("jurors", sa.Integer(), nullable=False),
        sa.Column("past_contest_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rehearsed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'past') = (past_contest_id IS NOT NULL)", name=op.f("ck_rehearsal_past")),
        sa.CheckConstraint(
            "applications BETWEEN 1 AND 200 AND jurors BETWEEN 1 AND 15 OR kind = 'past'", name=op.f("ck_rehearsal_size")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_rehearsal_contest_id")),
        sa.ForeignKeyConstraint(["past_contest_id"], ["contest.id"], name=op.f("fk_rehearsal_past_contest_id")),
        sa.ForeignKeyConstraint(["rehearsed_by"], ["person.id"], name=op.f("fk_rehearsal_rehearsed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
    )
    for column in ("contest_id", "past_contest_id", "rehearsed_by"):
        op.create_index(op.f(f"ix_rehearsal_{column}"), "rehearsal", [column], unique=False)
    for statement in protect("rehearsal", (), context.config.attributes["app_role"]):
        op.execute(statement)
