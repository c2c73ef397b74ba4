"""Minutes are signed by members who were present when they were closed, under the hash of what they say."""

from alembic import op

revision = "20261126_signatures"
down_revision = "20261126_throttle"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION minutes_are_signed_by_who_was_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM minutes m JOIN attendance a ON a.session_id = m.session_id AND a.person_id = NEW.person_id
        WHERE m.id = NEW.minutes_id AND m.data_sha256 = NEW.data_sha256 AND a.capacity = NEW.capacity
        AND a.capacity IN ('chair', 'member') AND a.came_at <= m.closed_at AND (a.left_at IS NULL OR a.left_at >= m.closed_at)
    ) THEN
        RAISE EXCEPTION 'minutes are signed by a member present at their closing, under their hash' USING ERRCODE = 'RY200';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER minutes_are_signed_by_who_was_there BEFORE INSERT ON minutes_signature
FOR EACH ROW EXECUTE FUNCTION minutes_are_signed_by_who_was_there()
"""


def upgrade() -> None:
    """The guard; the signatures that are there were asked the same by the use case."""
    op.execute(GUARD)
    op.execute(TRIGGER)
