"""Programs that call the API, their keys, and their own references."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import context, op
from service.core.protection import protect

revision = "20261127_keys"
down_revision = "20261126_sign_in"
branch_labels = None
depends_on = None

MOVES = ("last_used_at", "ends_at", "ended_by")

NO_SECOND_LIFE = """
CREATE FUNCTION refuse_second_life_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at) THEN
        RAISE EXCEPTION 'a key that was ended is not given more time' USING ERRCODE = 'RY170';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Three tables; a key's end only ever comes nearer."""
    op.create_table(
        "caller_reference",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "reference", name=op.f("pk_caller_reference")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "api_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("cofunder_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("office_id IS NULL OR cofunder_id IS NULL", name=op.f("ck_api_client_one_owner")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_api_client_office_id")),
        sa.ForeignKeyConstraint(["cofunder_id"], ["cofunder.id"], name=op.f("fk_api_client_cofunder_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_api_client_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("acts", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("expires_at > at AND expires_at <= at + interval '366 days'", name=op.f("ck_api_key_bounded")),
        sa.CheckConstraint("jsonb_array_length(acts) > 0", name=op.f("ck_api_key_has_acts")),
        sa.CheckConstraint("(ends_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_api_key_ended_by_somebody")),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_api_key_client_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_api_key_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_api_key_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        info={"immutable": True, "moves": MOVES},
    )
    for table, columns in (
        ("api_client", ("office_id", "cofunder_id", "made_by")),
        ("api_key", ("client_id", "made_by", "ended_by")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.execute(NO_SECOND_LIFE)
    op.execute(
        "CREATE TRIGGER refuse_second_life BEFORE UPDATE ON api_key FOR EACH ROW EXECUTE FUNCTION refuse_second_life_of_key()"
    )
    app_role = context.config.attributes["app_role"]
    for statement in (
        *protect("api_client", (), app_role),
        *protect("caller_reference", (), app_role),
        *protect("api_key", MOVES, app_role),
    ):
        op.execute(statement)
