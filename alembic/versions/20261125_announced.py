"""A contest whose result is announced says so itself, and no contest goes back."""

from alembic import op

revision = "20261125_announced"
down_revision = "20261125_books"
branch_labels = None
depends_on = None

ANNOUNCED = """
UPDATE contest SET status = 'announced' WHERE status = 'published' AND id IN (
    SELECT x.contest_id FROM session_contest x JOIN committee_session s ON s.id = x.session_id
    WHERE s.status IN ('announced', 'closed', 'signed', 'published')
)
"""
GUARD = """
CREATE FUNCTION contest_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (('draft', 'published'), ('published', 'announced'), ('announced', 'decided')) THEN
        RAISE EXCEPTION 'a contest goes from % to nothing but what follows', OLD.status USING ERRCODE = 'RY140';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER contest_goes_on BEFORE UPDATE OF status ON contest FOR EACH ROW
WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION contest_goes_on()
"""


def upgrade() -> None:
    """The status, what it is in contests announced before, and its guard."""
    name = op.f("ck_contest_conteststatus_known")
    op.drop_constraint(name, "contest", type_="check")
    op.create_check_constraint(name, "contest", "status IN ('draft', 'published', 'announced', 'decided')")
    op.execute(ANNOUNCED)
    op.execute(GUARD)
    op.execute(TRIGGER)
