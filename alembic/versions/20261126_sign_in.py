"""Signing in with two factors: passkeys, codes, recovery codes; sign-ins that know when presence was proved and what they lack."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import allow, protect, quoted

revision = "20261126_sign_in"
down_revision = "20261126_pages"
branch_labels = None
depends_on = None

FACTORS = {
    "passkey": ("sign_count", "last_used_at", "removed_at"),
    "code_app": ("last_step", "removed_at"),
    "recovery_code": ("used_at", "replaced_at"),
}
SIGN_IN_MOVES = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON sign_in FOR EACH ROW EXECUTE FUNCTION refuse_change('ended_at', 'last_seen_at')
"""
GUARDS = [
    """
CREATE FUNCTION factor_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) ->> 'removed_at' IS NOT NULL
        OR (to_jsonb(NEW) ->> 'last_step')::bigint < (to_jsonb(OLD) ->> 'last_step')::bigint
        OR (to_jsonb(NEW) ->> 'sign_count')::bigint < (to_jsonb(OLD) ->> 'sign_count')::bigint
        OR to_jsonb(OLD) ->> 'used_at' IS NOT NULL AND NEW IS DISTINCT FROM OLD
    THEN
        RAISE EXCEPTION 'a factor that was used or removed does not come back' USING ERRCODE = 'RY160';
    END IF;
    RETURN NEW;
END $$
""",
    *(
        f"CREATE TRIGGER factor_moves_on BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION factor_moves_on()"
        for table in FACTORS
    ),
]


def upgrade() -> None:
    """The tables; sign-ins that are there end, since nobody has shown a second factor yet."""
    app_role = context.config.attributes["app_role"]
    create_factors()
    op.add_column("credential", sa.Column("must_change", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("credential", "must_change", server_default=None)
    op.add_column("credential", sa.Column("locked_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_credential_locked_by"), "credential", "person", ["locked_by"], ["id"])
    op.execute("UPDATE sign_in SET ended_at = GREATEST(at, LEAST(expires_at, now())) WHERE ended_at IS NULL")
    for column, default in (("last_seen_at", None), ("how", "''"), ("device", "''")):
        kind = sa.String() if default else sa.DateTime(timezone=True)
        op.add_column(
            "sign_in", sa.Column(column, kind, nullable=default is None, server_default=sa.text(default) if default else None)
        )
    op.add_column("sign_in", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_in", sa.Column("unfinished", sa.String(length=40), nullable=True))
    op.create_check_constraint(op.f("ck_sign_in_unfinished_known"), "sign_in", "unfinished IN ('code', 'factor', 'password')")
    op.execute("DROP TRIGGER refuse_change ON sign_in")
    op.execute("UPDATE sign_in SET last_seen_at = at")
    op.alter_column("sign_in", "last_seen_at", nullable=False)
    for column in ("how", "device"):
        op.alter_column("sign_in", column, server_default=None)
    op.execute(SIGN_IN_MOVES)
    op.execute(f"GRANT UPDATE (last_seen_at) ON sign_in TO {quoted(app_role)}")
    for table, moves in FACTORS.items():
        for statement in protect(table, moves, app_role):
            op.execute(statement)
    for statement in (*allow("answered_challenge", app_role, deletable=True), *GUARDS):
        op.execute(statement)


def create_factors() -> None:
    """Passkeys, applications with codes, recovery codes, and challenges that were answered."""
    person = [sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")) for table in FACTORS]
    moments = {"timezone": True}
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(**moments), nullable=False),
        sa.Column("last_used_at", sa.DateTime(**moments), nullable=True),
        sa.Column("removed_at", sa.DateTime(**moments), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_passkey_name")),
        person[0],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        info={"immutable": True, "moves": FACTORS["passkey"]},
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)
    op.create_table(
        "code_app",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(**moments), nullable=False),
        sa.Column("removed_at", sa.DateTime(**moments), nullable=True),
        person[1],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_app")),
        info={"immutable": True, "moves": FACTORS["code_app"]},
    )
    live = sa.text("removed_at IS NULL")
    op.create_index("uq_code_app_live", "code_app", ["person_id"], unique=True, postgresql_where=live)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(**moments), nullable=False),
        sa.Column("used_at", sa.DateTime(**moments), nullable=True),
        sa.Column("replaced_at", sa.DateTime(**moments), nullable=True),
        person[2],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        info={"immutable": True, "moves": FACTORS["recovery_code"]},
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"], unique=False)
    op.create_table(
        "answered_challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(**moments), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_answered_challenge")),
    )
