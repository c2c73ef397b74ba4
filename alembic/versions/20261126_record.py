"""The record becomes a tree: positions, nodes, signed heads, what witnesses have seen; and payloads that two persons erase."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from alembic import context, op
from service.core.protection import allow, protect, quoted

revision = "20261126_record"
down_revision = "20261126_refusals"
branch_labels = None
depends_on = None

ERASER = "raymi_eraser"
ROLE_MISSING = (
    "The role raymi_eraser is missing. A PostgreSQL administrator makes it: "
    "CREATE ROLE raymi_eraser NOLOGIN; ALTER ROLE {app} NOINHERIT; GRANT raymi_eraser TO {app};"
)
GUARDS = [
    """
CREATE FUNCTION positions_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(position) - min(position) + 1 <> count(*) OR min(position) <> 1 + COALESCE(
        (SELECT max(p.position) FROM record_position p WHERE p.position < (SELECT min(position) FROM added)), -1) FROM added)
    THEN
        RAISE EXCEPTION 'positions of the record run on without gaps' USING ERRCODE = 'RY150';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER positions_follow AFTER INSERT ON record_position REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION positions_follow()",
    """
CREATE FUNCTION head_is_of_the_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <> (SELECT COALESCE(max(position) + 1, 0) FROM record_position) THEN
        RAISE EXCEPTION 'a head covers the whole record' USING ERRCODE = 'RY151';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER head_is_of_the_tree BEFORE INSERT ON record_head FOR EACH ROW EXECUTE FUNCTION head_is_of_the_tree()",
    """
CREATE FUNCTION approval_is_by_a_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM erasure_request WHERE id = NEW.request_id AND requested_by = NEW.approved_by) THEN
        RAISE EXCEPTION 'an erasure is approved by a second person' USING ERRCODE = 'RY152';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER approval_is_by_a_second_person BEFORE INSERT ON erasure_approval "
    "FOR EACH ROW EXECUTE FUNCTION approval_is_by_a_second_person()",
    f"""
CREATE FUNCTION payload_is_erased_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_user = '{ERASER}' AND NEW.leaf_id = OLD.leaf_id AND NEW.payload IS NULL AND NEW.salt IS NULL
        AND NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND EXISTS (
            SELECT FROM erasure_request r JOIN erasure_approval a ON a.request_id = r.id WHERE NEW.leaf_id = ANY(r.leaf_ids))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are history', TG_OP, TG_TABLE_NAME USING ERRCODE = 'RY001';
END $$
""",
    "DROP TRIGGER refuse_change ON record_payload",
    "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON record_payload "
    "FOR EACH ROW EXECUTE FUNCTION payload_is_erased_by_two()",
    f"GRANT UPDATE (salt, payload, erased_at) ON record_payload TO {ERASER}",
    f"GRANT SELECT ON record_payload, erasure_request, erasure_approval TO {ERASER}",
    f"GRANT USAGE ON SCHEMA public TO {ERASER}",
]
IMMUTABLE = {"immutable": True, "moves": ()}


def upgrade() -> None:
    """The tables; every leaf that is there waits for its position."""
    app_role = context.config.attributes["app_role"]
    exists = op.get_bind().execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": ERASER}).scalar()
    if not exists:
        raise RuntimeError(ROLE_MISSING.format(app=quoted(app_role)))
    op.add_column("record_leaf", sa.Column("capacity", sa.String(), nullable=True))
    op.create_index("ix_record_leaf_leaf_hash", "record_leaf", ["leaf_hash"], unique=False)
    op.alter_column("record_payload", "salt", nullable=True)
    op.alter_column("record_payload", "payload", nullable=True)
    op.add_column("record_payload", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_record_payload_whole"),
        "record_payload",
        "(salt IS NULL) = (payload IS NULL) AND (salt IS NULL) = (erased_at IS NOT NULL)",
    )
    create_tree()
    create_erasures()
    op.execute("INSERT INTO record_pending (leaf_id) SELECT id FROM record_leaf")
    for statement in allow("record_pending", app_role, deletable=True):
        op.execute(statement)
    for table in ("record_position", "record_node", "record_head", "record_cosignature", "erasure_request", "erasure_approval"):
        for statement in protect(table, (), app_role):
            op.execute(statement)
    for statement in GUARDS:
        op.execute(statement)


def create_tree() -> None:
    """Where leaves stand, the subtrees over them, and the heads."""
    leaf = ["record_leaf.id"]
    op.create_table(
        "record_pending",
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_id"], leaf, name=op.f("fk_record_pending_leaf_id")),
        sa.PrimaryKeyConstraint("leaf_id", name=op.f("pk_record_pending")),
    )
    op.create_table(
        "record_position",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_id"], leaf, name=op.f("fk_record_position_leaf_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_record_position")),
        sa.UniqueConstraint("leaf_id", name=op.f("uq_record_position_leaf_id")),
        info=IMMUTABLE,
    )
    op.create_table(
        "record_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_record_node_sha256")),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_record_node")),
        info=IMMUTABLE,
    )
    op.create_table(
        "record_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_record_head_sha256")),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_record_head")),
        info=IMMUTABLE,
    )
    op.create_table(
        "record_cosignature",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["record_head.size"], name=op.f("fk_record_cosignature_size")),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_record_cosignature")),
        info=IMMUTABLE,
    )


def create_erasures() -> None:
    """Who asked for which payloads to be erased, and who agreed."""
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leaf_ids", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> '' AND cardinality(leaf_ids) > 0", name=op.f("ck_erasure_request_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
        info=IMMUTABLE,
    )
    op.create_table(
        "erasure_approval",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["erasure_request.id"], name=op.f("fk_erasure_approval_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_erasure_approval")),
        info=IMMUTABLE,
    )
