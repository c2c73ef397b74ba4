"""What people ask about their data, erasures of persons, incidents; and what a year later nobody needs of sign-ins and messages."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect, quoted

revision = "20261128_privacy"
down_revision = "20261127_encrypted"
branch_labels = None
depends_on = None

ERASER = "raymi_eraser"
IMMUTABLE = {"immutable": True, "moves": ()}
ANSWERS_OTHERS = """
CREATE FUNCTION data_answer_is_about_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM data_request WHERE id = NEW.request_id AND person_id = NEW.answered_by) THEN
        RAISE EXCEPTION 'nobody answers what is about themselves' USING ERRCODE = 'RY175';
    END IF;
    RETURN NEW;
END $$
"""
INCIDENT_GOES_ON = """
CREATE FUNCTION incident_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.incident_id::text, 0));
    IF EXISTS (SELECT FROM incident_entry WHERE incident_id = NEW.incident_id AND kind = 'incident_closed') THEN
        RAISE EXCEPTION 'the incident is closed' USING ERRCODE = 'RY176';
    END IF;
    IF NEW.kind = 'incident_closed' AND NOT EXISTS (
        SELECT FROM incident_entry WHERE incident_id = NEW.incident_id AND kind IN ('authority_told', 'authority_need_not_be_told'))
    THEN
        RAISE EXCEPTION 'the authority was not told' USING ERRCODE = 'RY177';
    END IF;
    RETURN NEW;
END $$
"""
BUT_FORGETTING = f"""
CREATE FUNCTION refuse_change_but_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_user = '{ERASER}' AND (to_jsonb(OLD) - TG_ARGV[0]) = (to_jsonb(NEW) - TG_ARGV[0])
        AND to_jsonb(NEW) ->> TG_ARGV[0] = ''
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - TG_ARGV[1:]) = (to_jsonb(NEW) - TG_ARGV[1:]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are history', TG_OP, TG_TABLE_NAME USING ERRCODE = 'RY001';
END $$
"""
TIES = """
CREATE VIEW person_tie AS
    WITH belongs AS (
        SELECT m.person_id, f.group_id FROM family_member m JOIN family f ON f.id = m.family_id
        UNION SELECT b.person_id, b.group_id FROM board_mandate b
    ), touched AS (
        SELECT k.id, k.group_id, k.status, GREATEST(k.numbered_at, max(l.at)) AS at
        FROM contract k LEFT JOIN record_leaf l ON l.subject = 'contract:' || k.id GROUP BY k.id
    ), told AS (SELECT contest_id, max(at) AS at FROM announcement GROUP BY contest_id)
    -- when a person was first entered: the moment in the identifier (UUID version 7)
    SELECT p.id AS person_id, 'registered_not_long_ago' AS why, false AS runs,
        to_timestamp(('x' || left(replace(p.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AS at FROM person p
    UNION ALL SELECT b.person_id, 'a_group_applied', t.at IS NULL AND a.status <> 'withdrawn', COALESCE(t.at, a.filed_at)
        FROM belongs b JOIN application a ON a.group_id = b.group_id AND a.filed_at IS NOT NULL
        LEFT JOIN told t ON t.contest_id = a.contest_id
    UNION ALL SELECT b.person_id, 'a_group_has_a_contract',
        k.status NOT IN ('liquidated', 'completed', 'written_off', 'annulled', 'terminated'), k.at
        FROM belongs b JOIN touched k ON k.group_id = b.group_id
    UNION ALL SELECT actor_id, 'the_person_acted', false, max(at)
        FROM record_leaf WHERE subject <> 'person:' || actor_id GROUP BY actor_id
    UNION ALL SELECT person_id, 'the_person_acted', false, max(came_at) FROM attendance GROUP BY person_id
"""
SERVICE = """
CREATE VIEW person_service AS
    SELECT person_id, until FROM role_grant
    UNION ALL SELECT person_id, until + 1 FROM appointment
    UNION ALL SELECT person_id, until + 1 FROM board_mandate
    UNION ALL SELECT person_id, until + 1 FROM cofunder_signer
"""
FORGOTTEN = {
    "sign_in": ("device", ("ended_at", "last_seen_at")),
    "message": ("address_end", ("status", "address", "body", "tries", "error", "reference", "settled_at")),
}


def upgrade() -> None:
    """Five tables; two columns that the eraser may empty; an erasure may be of a person without payloads."""
    _requests()
    _incidents()
    app_role = context.config.attributes["app_role"]
    for table in ("data_request", "data_answer", "person_erasure", "incident", "incident_entry"):
        for statement in protect(table, (), app_role):
            op.execute(statement)
    for statement in (ANSWERS_OTHERS, INCIDENT_GOES_ON, BUT_FORGETTING, TIES, SERVICE):
        op.execute(statement)
    op.execute(f"GRANT SELECT ON person_tie, person_service TO {quoted(app_role)}")
    op.execute(
        "CREATE TRIGGER about_another BEFORE INSERT ON data_answer FOR EACH ROW EXECUTE FUNCTION data_answer_is_about_another()"
    )
    op.execute("CREATE TRIGGER goes_on BEFORE INSERT ON incident_entry FOR EACH ROW EXECUTE FUNCTION incident_goes_on()")
    for table, (column, moves) in FORGOTTEN.items():
        arguments = ", ".join(f"'{each}'" for each in (column, *moves))
        op.execute(f"DROP TRIGGER refuse_change ON {quoted(table)}")
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {quoted(table)} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_but_forgetting({arguments})"
        )
        op.execute(f"GRANT SELECT, UPDATE ({column}) ON {quoted(table)} TO {ERASER}")
    op.execute("DROP TRIGGER message_moves_on ON message")
    moving = ", ".join(FORGOTTEN["message"][1])
    op.execute(
        f"CREATE TRIGGER message_moves_on BEFORE UPDATE OF {moving} ON message FOR EACH ROW EXECUTE FUNCTION message_moves_on()"
    )
    op.drop_constraint("ck_erasure_request_given", "erasure_request")
    op.create_check_constraint("given", "erasure_request", "reason <> ''")
    op.drop_constraint("ck_upkeep_chore_known", "upkeep")
    op.create_check_constraint("chore_known", "upkeep", "chore IN ('backup', 'restore', 'check_of_invariants', 'forgetting')")


def _requests() -> None:
    kinds = "kind IN ('access_to_data', 'rectification_of_data', 'erasure_of_data', 'objection_to_use')"
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_data_request_requestkind_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_data_request_filed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        info=IMMUTABLE,
    )
    op.create_table(
        "data_answer",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('granted', 'refused')", name=op.f("ck_data_answer_outcome_known")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_data_answer_words")),
        sa.ForeignKeyConstraint(["request_id"], ["data_request.id"], name=op.f("fk_data_answer_request_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_data_answer_answered_by")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_data_answer")),
        info=IMMUTABLE,
    )
    op.create_table(
        "person_erasure",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure_request.id"], name=op.f("fk_person_erasure_erasure_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_erasure_person_id")),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_person_erasure")),
        info=IMMUTABLE,
    )
    _index("data_request", "person_id", "filed_by")
    _index("data_answer", "answered_by")
    _index("person_erasure", "person_id")


def _incidents() -> None:
    kinds = "kind IN ('incident_note', 'authority_told', 'authority_need_not_be_told', 'persons_told', 'incident_closed')"
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_incident_persons")),
        sa.CheckConstraint("known_at <= at", name=op.f("ck_incident_known")),
        sa.ForeignKeyConstraint(["told_by"], ["person.id"], name=op.f("fk_incident_told_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        info=IMMUTABLE,
    )
    op.create_table(
        "incident_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_incident_entry_entrykind_known")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_incident_entry_words")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_entry_incident_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_incident_entry_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_entry")),
        info=IMMUTABLE,
    )
    closed = sa.text("kind = 'incident_closed'")
    op.create_index("uq_incident_entry_closed", "incident_entry", ["incident_id"], unique=True, postgresql_where=closed)
    _index("incident", "told_by")
    _index("incident_entry", "incident_id", "written_by")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
