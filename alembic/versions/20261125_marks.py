"""Marks that stay: steps on pairs that look alike, votes on amounts that wait for the announcement, attributes that end with it."""

import sqlalchemy as sa

from alembic import op

revision = "20261125_marks"
down_revision = "20261125_appeals"
branch_labels = None
depends_on = None

PAIRS = ("distinct_groups", "distinct_persons")
GUARDS = [
    """
CREATE FUNCTION step_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer;
BEGIN
    EXECUTE format('SELECT max(step) FROM %I WHERE first_id = $1 AND second_id = $2', TG_TABLE_NAME)
        INTO last USING NEW.first_id, NEW.second_id;
    IF NEW.step > COALESCE(last, 0) + 1 OR NEW.step < 1 THEN
        RAISE EXCEPTION 'the steps on a pair follow one another' USING ERRCODE = 'RY130';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION motion_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM committee_session WHERE id = NEW.session_id AND status = 'announced') THEN
        RAISE EXCEPTION 'amounts and deferrals are voted on after the announcement' USING ERRCODE = 'RY131';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION attribute_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN  -- for an announcement under way, or it for this: before attribute_stands looks at the contest
    PERFORM FROM contest WHERE id = (SELECT contest_id FROM application WHERE id = NEW.application_id) FOR SHARE;
    RETURN NEW;
END $$
""",
    *(f"CREATE TRIGGER step_follows BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION step_follows()" for table in PAIRS),
    "CREATE TRIGGER attribute_is_waited_for BEFORE INSERT ON application_attribute FOR EACH ROW EXECUTE FUNCTION attribute_waits()",
    "CREATE TRIGGER motion_waits BEFORE INSERT ON motion FOR EACH ROW WHEN (NEW.matter <> 'motion') EXECUTE FUNCTION motion_waits()",
]


def upgrade() -> None:
    """The step of a decision on a pair; guards."""
    add_steps()
    for statement in GUARDS:
        op.execute(statement)


def add_steps() -> None:
    """What was decided before is the first step of its pair."""
    for table in PAIRS:
        name = op.f(f"pk_{table}")
        op.add_column(table, sa.Column("step", sa.Integer(), nullable=False, server_default="1"))
        op.alter_column(table, "step", server_default=None)
        op.drop_constraint(name, table, type_="primary")
        op.create_primary_key(name, table, ["first_id", "second_id", "step"])
