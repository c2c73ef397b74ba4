"""The seed by which the order of presentations was drawn: written once."""

import sqlalchemy as sa

from alembic import op

revision = "20261125_order"
down_revision = "20261125_sheets"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION order_is_drawn_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.order_seed IS NOT NULL OR OLD.status <> 'open' THEN
        RAISE EXCEPTION 'the order is drawn once, while the session is open' USING ERRCODE = 'RY090';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER order_is_drawn_once BEFORE UPDATE OF order_seed ON committee_session FOR EACH ROW
WHEN (OLD.order_seed IS DISTINCT FROM NEW.order_seed) EXECUTE FUNCTION order_is_drawn_once()
"""


def upgrade() -> None:
    """The column and its guard."""
    op.add_column("committee_session", sa.Column("order_seed", sa.String(), nullable=True))
    op.execute(GUARD)
    op.execute(TRIGGER)
