"""Counters of how often something is tried."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import allow

revision = "20261126_throttle"
down_revision = "20261125_panels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table; its rows are a cache."""
    op.create_table(
        "throttle",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_throttle")),
    )
    for statement in allow("throttle", context.config.attributes["app_role"], deletable=True):
        op.execute(statement)
