"""Rights: commitments of sheets, deputies with dates.

Revision ID: 20261126_rights
Revises: 20261126_record
"""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect

revision = "20261126_rights"
down_revision = "20261126_invitations"
branch_labels = None
depends_on = None

MOVES = ("confirmed_by", "confirmed_at", "ended_by", "ended_at")

FUNCTIONS = [
    # What a person may do on a day: the roles held, and those of others as their deputy.
    """
CREATE FUNCTION roles_on(who uuid, day date) RETURNS TABLE (role varchar, office_id uuid, for_person uuid) LANGUAGE sql STABLE AS $$
    SELECT g.role, g.office_id, CAST(NULL AS uuid) FROM role_grant g
    WHERE g.person_id = who AND g.since <= day AND (g.until IS NULL OR g.until > day)
    UNION ALL
    SELECT g.role, g.office_id, g.person_id FROM deputy d JOIN role_grant g ON g.id = d.grant_id
    WHERE d.person_id = who AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL AND d.since <= day AND d.until > day
    AND g.since <= day AND (g.until IS NULL OR g.until > day)
$$
""",
    # Whom a person stood in for at a moment; days are those of Peru.
    """
CREATE FUNCTION stood_in_for(who uuid, moment timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT g.person_id FROM deputy d JOIN role_grant g ON g.id = d.grant_id
    WHERE d.person_id = who AND d.confirmed_at <= moment AND (d.ended_at IS NULL OR d.ended_at > moment)
    AND (moment AT TIME ZONE interval '-05:00')::date BETWEEN d.since AND d.until - 1
$$
""",
    """
CREATE FUNCTION deputy_is_another() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held role_grant;
BEGIN
    SELECT * INTO held FROM role_grant WHERE id = NEW.grant_id FOR NO KEY UPDATE;
    IF held.person_id = NEW.person_id OR held.role = 'system' THEN
        RAISE EXCEPTION 'nobody is their own deputy, and the system role is not lent' USING ERRCODE = 'RY185';
    END IF;
    IF EXISTS (
        SELECT FROM deputy d WHERE d.grant_id = NEW.grant_id AND d.id <> NEW.id AND d.ended_at IS NULL
        AND daterange(d.since, d.until) && daterange(NEW.since, NEW.until)
    ) AND NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'a role has one deputy at a time' USING ERRCODE = 'RY186';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL)
        OR NEW.confirmed_by IN (held.person_id, NEW.person_id, NEW.named_by)
    THEN
        RAISE EXCEPTION 'a deputy is confirmed by a third person' USING ERRCODE = 'RY187';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL OR OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at AND OLD.confirmed_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'a deputyship is confirmed once and ends once' USING ERRCODE = 'RY188';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER deputy_is_another BEFORE INSERT OR UPDATE ON deputy FOR EACH ROW EXECUTE FUNCTION deputy_is_another()",
]


def upgrade() -> None:
    """The nonce of new sheets; the table of deputies, and who may do what with them counted."""
    app_role = context.config.attributes["app_role"]
    op.add_column("score_sheet", sa.Column("nonce", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(op.f("ck_score_sheet_nonce"), "score_sheet", "length(nonce) = 32")
    create_reveal()
    create_deputy()
    for statement in [*FUNCTIONS, *protect("deputy", MOVES, app_role), *protect("score_reveal", (), app_role)]:
        op.execute(statement)


def create_reveal() -> None:
    """From when scores may be read."""
    op.create_table(
        "score_reveal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_score_reveal_contest_id")),
        sa.ForeignKeyConstraint(["revealed_by"], ["person.id"], name=op.f("fk_score_reveal_revealed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_reveal")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_score_reveal_contest_id"), "score_reveal", ["contest_id"], unique=False)
    op.create_index(op.f("ix_score_reveal_revealed_by"), "score_reveal", ["revealed_by"], unique=False)


def create_deputy() -> None:
    """Who stands in for the holder of a role."""
    people = ("person_id", "named_by", "confirmed_by", "ended_by")
    op.create_table(
        "deputy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_deputy_term")),
        sa.CheckConstraint("reason <> '' AND resolution <> ''", name=op.f("ck_deputy_reason")),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_deputy_confirmed_whole")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_deputy_ended_whole")),
        sa.CheckConstraint("confirmed_by NOT IN (named_by, person_id)", name=op.f("ck_deputy_confirmed_by_another")),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_deputy_grant_id")),
        *(sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_deputy_{column}")) for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        info={"immutable": True, "moves": MOVES},
    )
    for column in ("grant_id", *people):
        op.create_index(op.f(f"ix_deputy_{column}"), "deputy", [column], unique=False)
