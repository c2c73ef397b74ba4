"""The first schema: all tables of the house, two roles, history that cannot change, guards behind the rules, the job queue."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import context, op
from service.core.protection import REFUSE_CHANGE, allow, protect, quoted

revision = "20261124_house"
down_revision = None
branch_labels = None
depends_on = None

FROZEN = {
    "journal_entry": (),
    "ledger_account": (),
    "record_leaf": (),
    "stored_file": (),
    "document": ("file_id",),
    "posting": (),
    "record_payload": (),
    "sign_in": ("ended_at",),
    "bank_batch": ("status", "released_by", "released_at"),
    "role_grant": ("until",),
    "appointment": ("until",),
    "bank_answer": (),
    "beneficiary_account": ("status", "decided_by", "decided_at"),
    "board_mandate": ("until",),
    "family": (),
    "reservation": ("status", "account"),
    "attendance": ("left_at",),
    "cofunder_signer": ("until",),
    "family_member": (),
    "minutes": (),
    "pledge": ("status",),
    "prize_payout": (),
    "ranking_run": (),
    "rule_book": (),
    "scoring_window": ("closed_at",),
    "seat": (),
    "session_contest": (),
    "application_attribute": (),
    "award": (),
    "conflict_declaration": (),
    "deposit": (),
    "eligibility_decision": (),
    "minutes_signature": (),
    "paper": (),
    "pledge_certificate": (),
    "ranked_application": (),
    "recorded_absence": (),
    "recusal": (),
    "rule_book_criterion": (),
    "score_sheet": (),
    "contract": ("status",),
    "score": (),
    "expense_report": ("status",),
    "ink_signature": ("confirmed_by", "confirmed_at", "refused_because"),
    "liquidation": (),
    "own_share_deposit": (),
    "refund": (),
    "second_request": (),
    "tranche": (),
    "expense_line": (),
    "payment_request": ("status", "checked_by", "checked_at", "check_note", "refused_because"),
    "authorisation": (),
    "expense_decision": (),
    "payment_order": ("status", "batch_id", "return_reason", "answered_at"),
}
LOCKABLE = ["ledger_account"]
WORKING = [
    "clock_offset",
    "department",
    "idempotency_key",
    "nec",
    "number_series",
    "person",
    "credential",
    "province",
    "district",
    "district_indicator",
    "office",
    "call",
    "committee",
    "fund",
    "group",
    "cofunder",
    "committee_session",
    "contest",
    "proposal",
    "application",
    "funded_contest",
    "minutes_draft",
    "rule_book_draft",
    "budget_line",
    "presentation",
    "score_draft",
    "contract_draft",
]
DELETABLE = ["idempotency_key", "budget_line"]

GUARDS = [
    """
CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric; parts int; entry uuid;
BEGIN
    entry := CASE TG_TABLE_NAME WHEN 'posting' THEN (to_jsonb(NEW) ->> 'entry_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
    SELECT COALESCE(sum(amount), 0), count(*) INTO total, parts FROM posting WHERE entry_id = entry;
    IF total <> 0 OR parts < 2 THEN
        RAISE EXCEPTION 'journal entry % does not balance: % over % postings', entry, total, parts USING ERRCODE = 'RY002';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION account_holds_floor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held numeric; name text;
BEGIN
    IF NEW.amount > 0 THEN RETURN NULL; END IF;
    SELECT key INTO name FROM ledger_account WHERE id = NEW.account_id AND floor;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT sum(amount) INTO held FROM posting WHERE account_id = NEW.account_id;
    IF held < 0 THEN
        RAISE EXCEPTION 'account % would fall to %', name, held USING ERRCODE = 'RY003';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION lock_file_of(application uuid, person uuid) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(application::text || person::text, 7))
$$
""",
    """
CREATE FUNCTION lock_scoring_of(contest uuid, alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(contest::text, 8));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(contest::text, 8));
    END IF;
END $$
""",
    """
CREATE FUNCTION window_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, true);
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION sheet_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, false);
    PERFORM lock_file_of(NEW.application_id, NEW.person_id);
    IF EXISTS (SELECT FROM recusal WHERE application_id = NEW.application_id AND person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a recused juror has no sheet' USING ERRCODE = 'RY004';
    END IF;
    IF EXISTS (SELECT FROM recorded_absence WHERE application_id = NEW.application_id AND stage = NEW.stage AND person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a juror recorded as absent has no sheet' USING ERRCODE = 'RY005';
    END IF;
    IF NOT EXISTS (SELECT FROM application WHERE id = NEW.application_id AND contest_id = NEW.contest_id) THEN
        RAISE EXCEPTION 'the application is not in this contest' USING ERRCODE = 'RY006';
    END IF;
    IF NOT EXISTS (SELECT FROM scoring_window WHERE contest_id = NEW.contest_id AND stage = NEW.stage AND closed_at IS NULL) THEN
        RAISE EXCEPTION 'the stage is not open for scoring' USING ERRCODE = 'RY007';
    END IF;
    IF NEW.rule_book_id <> (SELECT id FROM rule_book WHERE contest_id = NEW.contest_id ORDER BY version DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the sheet names a rule book that is not in force' USING ERRCODE = 'RY008';
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM score_sheet WHERE id = NEW.supersedes_id AND application_id = NEW.application_id
        AND stage = NEW.stage AND person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'a sheet supersedes one of the same juror, stage and application' USING ERRCODE = 'RY009';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION score_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE criterion rule_book_criterion; sheet score_sheet;
BEGIN
    SELECT * INTO criterion FROM rule_book_criterion WHERE id = NEW.criterion_id;
    SELECT * INTO sheet FROM score_sheet WHERE id = NEW.sheet_id;
    IF criterion.rule_book_id <> sheet.rule_book_id OR criterion.stage <> sheet.stage THEN
        RAISE EXCEPTION 'criterion % is not on this sheet', criterion.code USING ERRCODE = 'RY010';
    END IF;
    IF NEW.points IS NULL AND NOT criterion.na OR NEW.points < criterion.low OR NEW.points > criterion.high THEN
        RAISE EXCEPTION 'criterion % takes % to %', criterion.code, criterion.low, criterion.high USING ERRCODE = 'RY011';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION sheet_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM rule_book_criterion c WHERE c.rule_book_id = NEW.rule_book_id AND c.stage = NEW.stage
        AND NOT EXISTS (SELECT FROM score s WHERE s.sheet_id = NEW.id AND s.criterion_id = c.id)
    ) OR NOT EXISTS (SELECT FROM score WHERE sheet_id = NEW.id AND points IS NOT NULL) THEN
        RAISE EXCEPTION 'the sheet lacks a criterion' USING ERRCODE = 'RY012';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION juror_has_no_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_file_of(NEW.application_id, NEW.person_id);
    IF EXISTS (
        SELECT FROM score_sheet WHERE application_id = NEW.application_id AND person_id = NEW.person_id AND supersedes_id IS NULL
        AND (TG_TABLE_NAME = 'recusal' OR stage = to_jsonb(NEW) ->> 'stage')
    ) THEN
        RAISE EXCEPTION 'the juror has already locked a sheet for this application' USING ERRCODE = 'RY013';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION rules_are_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, true);
    IF NEW.version > 1 AND EXISTS (SELECT FROM score_sheet WHERE contest_id = NEW.contest_id) THEN
        RAISE EXCEPTION 'the rules cannot change after the first locked sheet' USING ERRCODE = 'RY014';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION budget_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM application WHERE id = COALESCE(NEW.application_id, OLD.application_id) AND status IN ('draft', 'returned')
    ) THEN
        RAISE EXCEPTION 'the budget of a filed application is fixed' USING ERRCODE = 'RY015';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
""",
    """
CREATE FUNCTION what_was_asked_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.proposal_id, NEW.contest_id, NEW.group_id, NEW.family_id, NEW.code, NEW.parent_id, NEW.accounting)
        IS DISTINCT FROM (OLD.proposal_id, OLD.contest_id, OLD.group_id, OLD.family_id, OLD.code, OLD.parent_id, OLD.accounting)
        OR (OLD.filed_at IS NOT NULL AND (NEW.filed_at, NEW.filed_by) IS DISTINCT FROM (OLD.filed_at, OLD.filed_by))
        OR (OLD.status NOT IN ('draft', 'returned') AND (NEW.requested, NEW.own_share) IS DISTINCT FROM (OLD.requested, OLD.own_share))
    THEN
        RAISE EXCEPTION 'what application % asks for is fixed', OLD.code USING ERRCODE = 'RY016';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION authorised_by_third_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payment_request WHERE id = NEW.request_id
        AND (NEW.authorised_by IN (requested_by, checked_by) OR checked_by IS NULL)
    ) THEN
        RAISE EXCEPTION 'a payment is authorised by a third person, after its check' USING ERRCODE = 'RY020';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION decided_by_another_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM expense_line l JOIN expense_report r ON r.id = l.report_id
        WHERE l.id = NEW.line_id AND (r.submitted_by = NEW.decided_by OR NEW.accepted > l.amount)
    ) THEN
        RAISE EXCEPTION 'another officer decides on a receipt, and accepts no more than it says' USING ERRCODE = 'RY021';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()",
    "CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()",
    "CREATE CONSTRAINT TRIGGER account_holds_floor AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION account_holds_floor()",
    "CREATE TRIGGER sheet_is_allowed BEFORE INSERT ON score_sheet FOR EACH ROW EXECUTE FUNCTION sheet_is_allowed()",
    "CREATE TRIGGER window_waits BEFORE UPDATE ON scoring_window FOR EACH ROW EXECUTE FUNCTION window_waits()",
    "CREATE TRIGGER score_is_allowed BEFORE INSERT ON score FOR EACH ROW EXECUTE FUNCTION score_is_allowed()",
    "CREATE CONSTRAINT TRIGGER sheet_is_complete AFTER INSERT ON score_sheet DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sheet_is_complete()",
    "CREATE TRIGGER juror_has_no_sheet BEFORE INSERT ON recusal FOR EACH ROW EXECUTE FUNCTION juror_has_no_sheet()",
    "CREATE TRIGGER juror_has_no_sheet BEFORE INSERT ON recorded_absence FOR EACH ROW EXECUTE FUNCTION juror_has_no_sheet()",
    "CREATE TRIGGER rules_are_open BEFORE INSERT ON rule_book FOR EACH ROW EXECUTE FUNCTION rules_are_open()",
    "CREATE TRIGGER budget_is_open BEFORE INSERT OR UPDATE OR DELETE ON budget_line FOR EACH ROW EXECUTE FUNCTION budget_is_open()",
    "CREATE TRIGGER what_was_asked_stands BEFORE UPDATE ON application FOR EACH ROW EXECUTE FUNCTION what_was_asked_stands()",
    "CREATE TRIGGER authorised_by_third_person BEFORE INSERT ON authorisation FOR EACH ROW EXECUTE FUNCTION authorised_by_third_person()",
    "CREATE TRIGGER decided_by_another_officer BEFORE INSERT ON expense_decision FOR EACH ROW EXECUTE FUNCTION decided_by_another_officer()",
]

JOB_QUEUE = r"""
-- pgqueuer 1.6.0 -- prefix='' schema=None durability=durable

CREATE TYPE pgqueuer_status AS ENUM ('queued', 'picked', 'successful', 'exception', 'canceled', 'deleted', 'failed');

CREATE TABLE pgqueuer (
    id bigserial NOT NULL PRIMARY KEY,
    priority integer NOT NULL,
    queue_manager_id uuid,
    created timestamp with time zone NOT NULL DEFAULT now(),
    updated timestamp with time zone NOT NULL DEFAULT now(),
    heartbeat timestamp with time zone NOT NULL DEFAULT now(),
    execute_after timestamp with time zone NOT NULL DEFAULT now(),
    status pgqueuer_status NOT NULL,
    entrypoint text NOT NULL,
    dedupe_key text,
    payload bytea,
    headers jsonb,
    attempts integer NOT NULL DEFAULT 0,
    slot bigint
);

CREATE TABLE pgqueuer_log (
    id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY,
    created timestamp with time zone NOT NULL DEFAULT now(),
    job_id bigint NOT NULL,
    status pgqueuer_status NOT NULL,
    priority integer NOT NULL,
    entrypoint text NOT NULL,
    traceback jsonb,
    aggregated boolean DEFAULT false
);

CREATE TABLE pgqueuer_schedules (
    id bigserial NOT NULL PRIMARY KEY,
    expression text NOT NULL,
    entrypoint text NOT NULL,
    heartbeat timestamp with time zone NOT NULL DEFAULT now(),
    created timestamp with time zone NOT NULL DEFAULT now(),
    updated timestamp with time zone NOT NULL DEFAULT now(),
    next_run timestamp with time zone NOT NULL DEFAULT now(),
    last_run timestamp with time zone,
    status pgqueuer_status DEFAULT 'queued'::pgqueuer_status,
    UNIQUE (expression, entrypoint)
);

CREATE TABLE pgqueuer_statistics (
    id bigserial NOT NULL PRIMARY KEY,
    created timestamp with time zone NOT NULL DEFAULT date_trunc('sec'::text, now()),
    count bigint NOT NULL,
    priority integer NOT NULL,
    status pgqueuer_status NOT NULL,
    entrypoint text NOT NULL
);

CREATE INDEX pgqueuer_ep_ea_idx ON pgqueuer USING btree (entrypoint, execute_after) WHERE (status = 'queued'::pgqueuer_status);

CREATE INDEX pgqueuer_ep_prio_id_idx ON pgqueuer USING btree (entrypoint, priority DESC, id) WHERE (status = 'queued'::pgqueuer_status);

CREATE INDEX pgqueuer_log_created ON pgqueuer_log USING btree (created);

CREATE INDEX pgqueuer_log_job_id_status ON pgqueuer_log USING btree (job_id, created DESC);

CREATE INDEX pgqueuer_log_not_aggregated ON pgqueuer_log USING btree ((1)) WHERE (NOT aggregated);

CREATE INDEX pgqueuer_log_status ON pgqueuer_log USING btree (status);

CREATE INDEX pgqueuer_picked_heartbeat_idx ON pgqueuer USING btree (heartbeat) WHERE (status = 'picked'::pgqueuer_status);

CREATE UNIQUE INDEX pgqueuer_picked_slot_idx ON pgqueuer USING btree (entrypoint, slot) WHERE ((status = 'picked'::pgqueuer_status) AND (slot IS NOT NULL));

CREATE INDEX pgqueuer_priority_id_id1_idx ON pgqueuer USING btree (priority, id DESC) INCLUDE (id) WHERE (status = 'queued'::pgqueuer_status);

CREATE INDEX pgqueuer_queue_manager_id_idx ON pgqueuer USING btree (queue_manager_id) WHERE (queue_manager_id IS NOT NULL);

CREATE UNIQUE INDEX pgqueuer_statistics_unique_count ON pgqueuer_statistics USING btree (priority, date_trunc('sec'::text, timezone('UTC'::text, created)), status, entrypoint);

CREATE UNIQUE INDEX pgqueuer_unique_dedupe_key ON pgqueuer USING btree (dedupe_key) WHERE ((status = ANY (ARRAY['queued'::pgqueuer_status, 'picked'::pgqueuer_status])) AND (dedupe_key IS NOT NULL));

CREATE INDEX pgqueuer_updated_id_id1_idx ON pgqueuer USING btree (updated, id DESC) INCLUDE (id) WHERE (status = 'picked'::pgqueuer_status);

CREATE FUNCTION fn_pgqueuer_changed() RETURNS TRIGGER AS $$
DECLARE
    to_emit BOOLEAN := false;  -- Flag to decide whether to emit a notification
BEGIN
    -- Check operation type and set the emit flag accordingly
    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN
        to_emit := true;
    ELSIF TG_OP = 'DELETE' THEN
        to_emit := true;
    ELSIF TG_OP = 'INSERT' THEN
        to_emit := true;
    ELSIF TG_OP = 'TRUNCATE' THEN
        to_emit := true;
    END IF;

    -- Perform notification if the emit flag is set
    IF to_emit THEN
        PERFORM pg_notify(
            'ch_pgqueuer',
            json_build_object(
                'channel', 'ch_pgqueuer',
                'operation', lower(TG_OP),
                'sent_at', NOW(),
                'table', TG_TABLE_NAME,
                'type', 'table_changed_event'
            )::text
        );
    END IF;

    -- Return appropriate value based on the operation
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSE
        RETURN NULL; -- For TRUNCATE and other non-row-specific contexts
    END IF;

END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER tg_pgqueuer_changed
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgqueuer
EXECUTE FUNCTION fn_pgqueuer_changed();
"""


def upgrade() -> None:
    """Everything, in an empty database."""
    app_role = context.config.attributes["app_role"]
    create_tables()
    op.execute(REFUSE_CHANGE)
    for statement in GUARDS:
        op.execute(statement)
    for table, moves in FROZEN.items():
        for statement in protect(table, moves, app_role, lockable=table in LOCKABLE):
            op.execute(statement)
    for table in WORKING:
        for statement in allow(table, app_role, deletable=table in DELETABLE):
            op.execute(statement)
    op.get_bind().connection.dbapi_connection.run_async(lambda connection: connection.execute(JOB_QUEUE))
    for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {quoted(app_role)}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted(app_role)}")
    op.execute(f"GRANT SELECT ON alembic_version TO {quoted(app_role)}")


def create_tables() -> None:
    """All tables, in the order of the areas."""
    op.create_table(
        "clock_offset",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_offset_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_offset")),
    )
    op.create_table(
        "department",
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint("ubigeo ~ '^[0-9]{2}$'", name=op.f("ck_department_ubigeo_shape")),
        sa.PrimaryKeyConstraint("ubigeo", name=op.f("pk_department")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency_key")),
        info={"deletable": True},
    )
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("reference", name=op.f("uq_journal_entry_reference")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("floor", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_account_key")),
        info={"immutable": True, "moves": (), "lockable": True},
    )
    op.create_table(
        "nec",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cci", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nec")),
        sa.UniqueConstraint("ruc", name=op.f("uq_nec_ruc")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dni", sa.String(), nullable=True),
        sa.Column("given_names", sa.String(), nullable=False),
        sa.Column("family_names", sa.String(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint("dni ~ '^[0-9]{8}$'", name=op.f("ck_person_dni_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("dni", name=op.f("uq_person_dni")),
    )
    op.create_index(op.f("ix_person_sort_key"), "person", ["sort_key"], unique=False)
    op.create_table(
        "record_leaf",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wall_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(leaf_hash) = 32 AND length(payload_hash) = 32", name=op.f("ck_record_leaf_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_leaf")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_record_leaf_actor_id"), "record_leaf", ["actor_id"], unique=False)
    op.create_index("ix_record_leaf_subject_act", "record_leaf", ["subject", "act"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_stored_file_sha256_form")),
        sa.CheckConstraint("size = length(content) AND size > 0", name=op.f("ck_stored_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("user_name", name=op.f("uq_credential_user_name")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "sheet",
                "minutes",
                "contract",
                "authorisation",
                "receipts",
                "liquidation",
                "report",
                name="documentkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_document_version_from_one")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("kind", "subject", "version", name=op.f("uq_document_kind_subject_version")),
        info={"immutable": True, "moves": ("file_id",)},
    )
    op.create_index(op.f("ix_document_file_id"), "document", ["file_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_posting_not_zero")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_posting_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_posting_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_posting_account_id"), "posting", ["account_id"], unique=False)
    op.create_index(op.f("ix_posting_entry_id"), "posting", ["entry_id"], unique=False)
    op.create_table(
        "province",
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("department_ubigeo", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint("ubigeo ~ '^[0-9]{4}$'", name=op.f("ck_province_ubigeo_shape")),
        sa.CheckConstraint("department_ubigeo = left(ubigeo, 2)", name=op.f("ck_province_lies_in_its_department")),
        sa.ForeignKeyConstraint(["department_ubigeo"], ["department.ubigeo"], name=op.f("fk_province_department_ubigeo")),
        sa.PrimaryKeyConstraint("ubigeo", name=op.f("pk_province")),
    )
    op.create_index(op.f("ix_province_department_ubigeo"), "province", ["department_ubigeo"], unique=False)
    op.create_table(
        "record_payload",
        sa.Column("leaf_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_id"], ["record_leaf.id"], name=op.f("fk_record_payload_leaf_id")),
        sa.PrimaryKeyConstraint("leaf_id", name=op.f("pk_record_payload")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        info={"immutable": True, "moves": ("ended_at",)},
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_index("uq_sign_in_token_hash", "sign_in", ["token_hash"], unique=True)
    op.create_table(
        "district",
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("province_ubigeo", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint("ubigeo ~ '^[0-9]{6}$'", name=op.f("ck_district_ubigeo_shape")),
        sa.CheckConstraint("province_ubigeo = left(ubigeo, 4)", name=op.f("ck_district_lies_in_its_province")),
        sa.ForeignKeyConstraint(["province_ubigeo"], ["province.ubigeo"], name=op.f("fk_district_province_ubigeo")),
        sa.PrimaryKeyConstraint("ubigeo", name=op.f("pk_district")),
    )
    op.create_index(op.f("ix_district_province_ubigeo"), "district", ["province_ubigeo"], unique=False)
    op.create_index(op.f("ix_district_sort_key"), "district", ["sort_key"], unique=False)
    op.create_table(
        "district_indicator",
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("population_2017", sa.Integer(), nullable=False),
        sa.Column("poverty_total_pct_2018", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("idh_2019", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("poverty_quintile_derived", sa.Integer(), nullable=False),
        sa.Column(
            "main_language_2017",
            sa.Enum(
                "es",
                "qu",
                "ay",
                "other_indigenous",
                name="mainlanguage_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("idh_2019 BETWEEN 0 AND 1", name=op.f("ck_district_indicator_idh_is_a_share")),
        sa.CheckConstraint("population_2017 > 0", name=op.f("ck_district_indicator_somebody_lives_there")),
        sa.CheckConstraint("poverty_quintile_derived BETWEEN 1 AND 5", name=op.f("ck_district_indicator_one_of_five")),
        sa.CheckConstraint(
            "poverty_total_pct_2018 BETWEEN 0 AND 100", name=op.f("ck_district_indicator_poverty_is_a_percentage")
        ),
        sa.ForeignKeyConstraint(["ubigeo"], ["district.ubigeo"], name=op.f("fk_district_indicator_ubigeo")),
        sa.PrimaryKeyConstraint("ubigeo", name=op.f("pk_district_indicator")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("nec_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["nec_id"], ["nec.id"], name=op.f("fk_office_nec_id")),
        sa.ForeignKeyConstraint(["ubigeo"], ["district.ubigeo"], name=op.f("fk_office_ubigeo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_index(op.f("ix_office_nec_id"), "office", ["nec_id"], unique=False)
    op.create_index(op.f("ix_office_ubigeo"), "office", ["ubigeo"], unique=False)
    op.create_table(
        "bank_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "prepared",
                "released",
                "answered",
                "withdrawn",
                name="batchstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name=op.f("ck_bank_batch_two_persons")),
        sa.CheckConstraint("total > 0", name=op.f("ck_bank_batch_positive")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_bank_batch_file_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_bank_batch_office_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["person.id"], name=op.f("fk_bank_batch_prepared_by")),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_bank_batch_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_batch")),
        sa.UniqueConstraint("message_id", name=op.f("uq_bank_batch_message_id")),
        info={"immutable": True, "moves": ("status", "released_by", "released_at")},
    )
    op.create_index(op.f("ix_bank_batch_file_id"), "bank_batch", ["file_id"], unique=False)
    op.create_index(op.f("ix_bank_batch_office_id"), "bank_batch", ["office_id"], unique=False)
    op.create_index(op.f("ix_bank_batch_prepared_by"), "bank_batch", ["prepared_by"], unique=False)
    op.create_index(op.f("ix_bank_batch_released_by"), "bank_batch", ["released_by"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", name="callstatus_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_call_dates")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_call_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("office_id", "code", name=op.f("uq_call_office_id_code")),
    )
    op.create_table(
        "committee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_committee_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee")),
    )
    op.create_index(op.f("ix_committee_office_id"), "committee", ["office_id"], unique=False)
    op.create_table(
        "fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_fund_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("office_id", "code", name=op.f("uq_fund_office_id_code")),
    )
    op.create_table(
        "group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "community",
                "association",
                "committee",
                "municipality",
                name="groupkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=True),
        sa.Column(
            "registration",
            sa.Enum(
                "registered", "in_formation", name="registration_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("registry_sheet", sa.String(), nullable=True),
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_group_office_id")),
        sa.ForeignKeyConstraint(["ubigeo"], ["district.ubigeo"], name=op.f("fk_group_ubigeo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("ruc", name=op.f("uq_group_ruc")),
    )
    op.create_index(op.f("ix_group_office_id"), "group", ["office_id"], unique=False)
    op.create_index(op.f("ix_group_sort_key"), "group", ["sort_key"], unique=False)
    op.create_index(op.f("ix_group_ubigeo"), "group", ["ubigeo"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "programme",
                "office_head",
                "secretary",
                "administrator",
                "treasurer",
                "promoter",
                "auditor",
                "system",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_role_grant_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        info={"immutable": True, "moves": ("until",)},
    )
    op.create_index(op.f("ix_role_grant_office_id"), "role_grant", ["office_id"], unique=False)
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_index(
        "uq_role_grant_current",
        "role_grant",
        ["person_id", "role", "office_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "position",
            sa.Enum("chair", "member", name="position_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_appointment_term")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_appointment_committee_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        info={"immutable": True, "moves": ("until",)},
    )
    op.create_index(op.f("ix_appointment_committee_id"), "appointment", ["committee_id"], unique=False)
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_index(
        "uq_appointment_chair",
        "appointment",
        ["committee_id"],
        unique=True,
        postgresql_where=sa.text("position = 'chair' AND until IS NULL"),
    )
    op.create_index(
        "uq_appointment_current",
        "appointment",
        ["committee_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "bank_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["bank_batch.id"], name=op.f("fk_bank_answer_batch_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_bank_answer_file_id")),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name=op.f("fk_bank_answer_read_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_answer")),
        sa.UniqueConstraint("file_sha256", name=op.f("uq_bank_answer_file_sha256")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_bank_answer_batch_id"), "bank_answer", ["batch_id"], unique=False)
    op.create_index(op.f("ix_bank_answer_file_id"), "bank_answer", ["file_id"], unique=False)
    op.create_index(op.f("ix_bank_answer_read_by"), "bank_answer", ["read_by"], unique=False)
    op.create_table(
        "beneficiary_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cci", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "confirmed",
                "replaced",
                "refused",
                name="accountstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cci ~ '^[0-9]{20}$'", name=op.f("ck_beneficiary_account_cci_form")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_beneficiary_account_two_officers")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_beneficiary_account_decided_by")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_beneficiary_account_group_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_beneficiary_account_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiary_account")),
        info={"immutable": True, "moves": ("status", "decided_by", "decided_at")},
    )
    op.create_index(op.f("ix_beneficiary_account_decided_by"), "beneficiary_account", ["decided_by"], unique=False)
    op.create_index(op.f("ix_beneficiary_account_group_id"), "beneficiary_account", ["group_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_account_proposed_by"), "beneficiary_account", ["proposed_by"], unique=False)
    op.create_index(
        "uq_beneficiary_account_confirmed",
        "beneficiary_account",
        ["group_id"],
        unique=True,
        postgresql_where=sa.text("status = 'confirmed'"),
    )
    op.create_index(
        "uq_beneficiary_account_pending",
        "beneficiary_account",
        ["group_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "board_mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "president",
                "treasurer",
                "secretary",
                "mayor",
                name="boardrole_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_board_mandate_term")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_board_mandate_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_board_mandate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_mandate")),
        info={"immutable": True, "moves": ("until",)},
    )
    op.create_index(op.f("ix_board_mandate_group_id"), "board_mandate", ["group_id"], unique=False)
    op.create_index(op.f("ix_board_mandate_person_id"), "board_mandate", ["person_id"], unique=False)
    op.create_table(
        "cofunder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "programme",
                "municipality",
                "regional_government",
                "company",
                "migrant_association",
                name="cofunderkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ruc", sa.String(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_cofunder_group_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_cofunder_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cofunder")),
        sa.UniqueConstraint("office_id", "ruc", name=op.f("uq_cofunder_office_id_ruc")),
    )
    op.create_index(op.f("ix_cofunder_group_id"), "cofunder", ["group_id"], unique=False)
    op.create_table(
        "committee_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("ubigeo", sa.String(), nullable=False),
        sa.Column("agenda", sa.String(), nullable=False),
        sa.Column("convened_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "convened",
                "open",
                "presenting",
                "tallied",
                "announced",
                "closed",
                "signed",
                "published",
                name="sessionstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_session_committee_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_committee_session_office_id")),
        sa.ForeignKeyConstraint(["ubigeo"], ["district.ubigeo"], name=op.f("fk_committee_session_ubigeo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_session")),
        sa.UniqueConstraint("office_id", "year", "number", name=op.f("uq_committee_session_office_id_year_number")),
    )
    op.create_index(op.f("ix_committee_session_committee_id"), "committee_session", ["committee_id"], unique=False)
    op.create_index(op.f("ix_committee_session_ubigeo"), "committee_session", ["ubigeo"], unique=False)
    op.create_table(
        "contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "plan_type",
            sa.Enum(
                "PIT",
                "PGRN",
                "PDN",
                "PDN-J",
                "IDL",
                "CIF",
                "SIDE",
                "HOMES",
                name="plantype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("request_number", sa.Integer(), nullable=False),
        sa.Column(
            "applicant_kind",
            sa.Enum("group", "family", name="applicantkind_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("host_group_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "decided",
                name="conteststatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("(applicant_kind = 'family') = (host_group_id IS NOT NULL)", name=op.f("ck_contest_host")),
        sa.CheckConstraint("request_number IN (1, 2)", name=op.f("ck_contest_request_number")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_contest_call_id")),
        sa.ForeignKeyConstraint(["host_group_id"], ["group.id"], name=op.f("fk_contest_host_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("call_id", "code", name=op.f("uq_contest_call_id_code")),
    )
    op.create_index(op.f("ix_contest_host_group_id"), "contest", ["host_group_id"], unique=False)
    op.create_table(
        "family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_family_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family")),
        sa.UniqueConstraint("group_id", "code", name=op.f("uq_family_group_id_code")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column(
            "plan_type",
            sa.Enum(
                "PIT",
                "PGRN",
                "PDN",
                "PDN-J",
                "IDL",
                "CIF",
                "SIDE",
                "HOMES",
                name="plantype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_proposal_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_group_id"), "proposal", ["group_id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "committed",
                "released",
                name="reservationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("account", sa.String(), nullable=True),
        sa.CheckConstraint("status <> 'committed' OR account IS NOT NULL", name=op.f("ck_reservation_committed_somewhere")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reservation_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reservation_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("subject", name=op.f("uq_reservation_subject")),
        info={"immutable": True, "moves": ("status", "account")},
    )
    op.create_index(op.f("ix_reservation_fund_id"), "reservation", ["fund_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("requested", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("own_share", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("correct_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "filed",
                "returned",
                "eligible",
                "ineligible",
                "withdrawn",
                "approved",
                "reserve",
                "not_approved",
                "disqualified",
                name="applicationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("accounting", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("own_share >= 0", name=op.f("ck_application_own_share_not_negative")),
        sa.CheckConstraint("requested >= 0", name=op.f("ck_application_requested_not_negative")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_application_contest_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_application_family_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_application_filed_by")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_application_group_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["application.id"], name=op.f("fk_application_parent_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_application_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("contest_id", "code", name=op.f("uq_application_contest_id_code")),
    )
    op.create_index(op.f("ix_application_family_id"), "application", ["family_id"], unique=False)
    op.create_index(op.f("ix_application_filed_by"), "application", ["filed_by"], unique=False)
    op.create_index(op.f("ix_application_group_id"), "application", ["group_id"], unique=False)
    op.create_index(op.f("ix_application_parent_id"), "application", ["parent_id"], unique=False)
    op.create_index(op.f("ix_application_proposal_id"), "application", ["proposal_id"], unique=False)
    op.create_index(
        "uq_application_live_family",
        "application",
        ["contest_id", "family_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )
    op.create_index(
        "uq_application_live_group",
        "application",
        ["contest_id", "group_id"],
        unique=True,
        postgresql_where=sa.text("family_id IS NULL AND status <> 'withdrawn'"),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "chair",
                "member",
                "staff",
                "mayor",
                "guest",
                name="capacity_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("left_at >= came_at", name=op.f("ck_attendance_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_attendance_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        info={"immutable": True, "moves": ("left_at",)},
    )
    op.create_index(op.f("ix_attendance_person_id"), "attendance", ["person_id"], unique=False)
    op.create_index(
        "uq_attendance_here",
        "attendance",
        ["session_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "cofunder_signer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cofunder_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_cofunder_signer_term")),
        sa.ForeignKeyConstraint(["cofunder_id"], ["cofunder.id"], name=op.f("fk_cofunder_signer_cofunder_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cofunder_signer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cofunder_signer")),
        info={"immutable": True, "moves": ("until",)},
    )
    op.create_index(op.f("ix_cofunder_signer_cofunder_id"), "cofunder_signer", ["cofunder_id"], unique=False)
    op.create_index(op.f("ix_cofunder_signer_person_id"), "cofunder_signer", ["person_id"], unique=False)
    op.create_table(
        "family_member",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_family_member_family_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_family_member_person_id")),
        sa.PrimaryKeyConstraint("family_id", "person_id", name=op.f("pk_family_member")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_family_member_person_id"), "family_member", ["person_id"], unique=False)
    op.create_index("uq_family_member_head", "family_member", ["family_id"], unique=True, postgresql_where=sa.text("head"))
    op.create_table(
        "funded_contest",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_funded_contest_contest_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_funded_contest_fund_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_funded_contest")),
    )
    op.create_index(op.f("ix_funded_contest_fund_id"), "funded_contest", ["fund_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_minutes_closed_by")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_minutes_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("session_id", name=op.f("uq_minutes_session_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_minutes_closed_by"), "minutes", ["closed_by"], unique=False)
    op.create_table(
        "minutes_draft",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("development", sa.String(), nullable=False),
        sa.Column("custody", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_minutes_draft_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_minutes_draft")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cofunder_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("cash", "in_kind", name="pledgekind_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "declared",
                "certified",
                "deposited",
                "delivered",
                "defaulted",
                name="pledgestatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_positive")),
        sa.ForeignKeyConstraint(["cofunder_id"], ["cofunder.id"], name=op.f("fk_pledge_cofunder_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["person.id"], name=op.f("fk_pledge_declared_by")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_pledge_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        info={"immutable": True, "moves": ("status",)},
    )
    op.create_index(op.f("ix_pledge_cofunder_id"), "pledge", ["cofunder_id"], unique=False)
    op.create_index(op.f("ix_pledge_declared_by"), "pledge", ["declared_by"], unique=False)
    op.create_index(op.f("ix_pledge_fund_id"), "pledge", ["fund_id"], unique=False)
    op.create_index(op.f("ix_pledge_group_id"), "pledge", ["group_id"], unique=False)
    op.create_table(
        "prize_payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("prizes", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_prize_payout_positive")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_prize_payout_contest_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_prize_payout_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_payout")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_prize_payout_contest_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_prize_payout_group_id"), "prize_payout", ["group_id"], unique=False)
    op.create_table(
        "ranking_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran_by", sa.Uuid(), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        sa.Column("rules_sha256", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_ranking_run_contest_id")),
        sa.ForeignKeyConstraint(["ran_by"], ["person.id"], name=op.f("fk_ranking_run_ran_by")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_ranking_run_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_run")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_ranking_run_contest_id"), "ranking_run", ["contest_id"], unique=False)
    op.create_index(op.f("ix_ranking_run_ran_by"), "ranking_run", ["ran_by"], unique=False)
    op.create_index(op.f("ix_ranking_run_session_id"), "ranking_run", ["session_id"], unique=False)
    op.create_table(
        "rule_book",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("book", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_rule_book_contest_id")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_rule_book_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book")),
        sa.UniqueConstraint("contest_id", "version", name=op.f("uq_rule_book_contest_id_version")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_rule_book_published_by"), "rule_book", ["published_by"], unique=False)
    op.create_table(
        "rule_book_draft",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("book", postgresql.JSONB(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_rule_book_draft_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_rule_book_draft")),
    )
    op.create_table(
        "scoring_window",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_scoring_window_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "stage", name=op.f("pk_scoring_window")),
        info={"immutable": True, "moves": ("closed_at",)},
    )
    op.create_table(
        "seat",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("juror", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_seat_contest_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_person_id")),
        sa.PrimaryKeyConstraint("contest_id", "stage", "person_id", name=op.f("pk_seat")),
        sa.UniqueConstraint("contest_id", "stage", "juror", name=op.f("uq_seat_contest_id_stage_juror")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_seat_person_id"), "seat", ["person_id"], unique=False)
    op.create_table(
        "session_contest",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_session_contest_contest_id")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_session_contest_session_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_session_contest")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_session_contest_session_id"), "session_contest", ["session_id"], unique=False)
    op.create_table(
        "application_attribute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_application_attribute_application_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_application_attribute_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_attribute")),
        sa.UniqueConstraint(
            "application_id", "name", "version", name=op.f("uq_application_attribute_application_id_name_version")
        ),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_application_attribute_recorded_by"), "application_attribute", ["recorded_by"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_award_application_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_award_contest_id")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_award_minutes_id")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_award_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("application_id", name=op.f("uq_award_application_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_award_contest_id"), "award", ["contest_id"], unique=False)
    op.create_index(op.f("ix_award_minutes_id"), "award", ["minutes_id"], unique=False)
    op.create_index(op.f("ix_award_run_id"), "award", ["run_id"], unique=False)
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("fund", "own", "cofunder", name="budgetsource_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("in_kind", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_budget_line_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_budget_line_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("application_id", "position", name=op.f("uq_budget_line_application_id_position")),
        info={"deletable": True},
    )
    op.create_table(
        "conflict_declaration",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT conflict OR reason <> ''", name=op.f("ck_conflict_declaration_reason")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_conflict_declaration_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conflict_declaration_person_id")),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_conflict_declaration")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "deposit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("cofunder_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deposit_positive")),
        sa.ForeignKeyConstraint(["cofunder_id"], ["cofunder.id"], name=op.f("fk_deposit_cofunder_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deposit_fund_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_deposit_pledge_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_deposit_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_deposit_bank_reference")),
        sa.UniqueConstraint("pledge_id", name=op.f("uq_deposit_pledge_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_deposit_cofunder_id"), "deposit", ["cofunder_id"], unique=False)
    op.create_index(op.f("ix_deposit_fund_id"), "deposit", ["fund_id"], unique=False)
    op.create_index(op.f("ix_deposit_recorded_by"), "deposit", ["recorded_by"], unique=False)
    op.create_table(
        "eligibility_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "draft",
                "filed",
                "returned",
                "eligible",
                "ineligible",
                "withdrawn",
                "approved",
                "reserve",
                "not_approved",
                "disqualified",
                name="applicationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_eligibility_decision_application_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_eligibility_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_decision")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_eligibility_decision_application_id"), "eligibility_decision", ["application_id"], unique=False)
    op.create_index(op.f("ix_eligibility_decision_decided_by"), "eligibility_decision", ["decided_by"], unique=False)
    op.create_table(
        "minutes_signature",
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "chair",
                "member",
                "staff",
                "mayor",
                "guest",
                name="capacity_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dni", sa.String(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_signature_minutes_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_minutes_signature_person_id")),
        sa.PrimaryKeyConstraint("minutes_id", "person_id", name=op.f("pk_minutes_signature")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "request",
                "assembly_act",
                "registry_sheet",
                "board_dni",
                "roll",
                "plan",
                "technical_file",
                "other",
                name="paperkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_paper_added_by")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_paper_application_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_paper_added_by"), "paper", ["added_by"], unique=False)
    op.create_index(op.f("ix_paper_application_id"), "paper", ["application_id"], unique=False)
    op.create_index(op.f("ix_paper_file_id"), "paper", ["file_id"], unique=False)
    op.create_table(
        "pledge_certificate",
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_certificate_pledge_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_pledge_certificate_recorded_by")),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_pledge_certificate")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_pledge_certificate_recorded_by"), "pledge_certificate", ["recorded_by"], unique=False)
    op.create_table(
        "presentation",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "called",
                "defended",
                "scored",
                name="presentationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_presentation_application_id")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_presentation_session_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_presentation")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_presentation_session_id_position")),
    )
    op.create_table(
        "ranked_application",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("total", sa.String(), nullable=True),
        sa.Column("total_shown", sa.String(), nullable=True),
        sa.Column("stages", postgresql.JSONB(), nullable=False),
        sa.Column("award", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_ranked_application_application_id")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_ranked_application_run_id")),
        sa.PrimaryKeyConstraint("run_id", "application_id", name=op.f("pk_ranked_application")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_ranked_application_application_id"), "ranked_application", ["application_id"], unique=False)
    op.create_index("ix_ranked_application_position", "ranked_application", ["run_id", "position"], unique=False)
    op.create_table(
        "recorded_absence",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("session_key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_recorded_absence_application_id")),
        sa.ForeignKeyConstraint(
            ["contest_id", "stage", "person_id"],
            ["seat.contest_id", "seat.stage", "seat.person_id"],
            name=op.f("fk_recorded_absence_contest_id_stage_person_id"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_recorded_absence_recorded_by")),
        sa.PrimaryKeyConstraint("application_id", "stage", "person_id", name=op.f("pk_recorded_absence")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_recorded_absence_recorded_by"), "recorded_absence", ["recorded_by"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("declared", "found", name="recusalorigin_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_recusal_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id")),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_recusal")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "rule_book_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_book_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("low", sa.Numeric(), nullable=False),
        sa.Column("high", sa.Numeric(), nullable=False),
        sa.Column("na", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["rule_book_id"], ["rule_book.id"], name=op.f("fk_rule_book_criterion_rule_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book_criterion")),
        sa.UniqueConstraint("rule_book_id", "stage", "code", name=op.f("uq_rule_book_criterion_rule_book_id_stage_code")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "score_draft",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_score_draft_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_draft_person_id")),
        sa.PrimaryKeyConstraint("application_id", "stage", "person_id", name=op.f("pk_score_draft")),
    )
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rule_book_id", sa.Uuid(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("(supersedes_id IS NULL) = (reason IS NULL)", name=op.f("ck_score_sheet_reason")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_score_sheet_application_id")),
        sa.ForeignKeyConstraint(
            ["contest_id", "stage", "person_id"],
            ["seat.contest_id", "seat.stage", "seat.person_id"],
            name=op.f("fk_score_sheet_contest_id_stage_person_id"),
        ),
        sa.ForeignKeyConstraint(["rule_book_id"], ["rule_book.id"], name=op.f("fk_score_sheet_rule_book_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["score_sheet.id"], name=op.f("fk_score_sheet_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_score_sheet_supersedes_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index("ix_score_sheet_contest_id", "score_sheet", ["contest_id"], unique=False)
    op.create_index(
        "uq_score_sheet_first",
        "score_sheet",
        ["application_id", "stage", "person_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "plan_type",
            sa.Enum(
                "PIT",
                "PGRN",
                "PDN",
                "PDN-J",
                "IDL",
                "CIF",
                "SIDE",
                "HOMES",
                name="plantype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("own_share", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numbered_by", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "numbered",
                "signed_by_group",
                "in_force",
                "reported",
                "liquidated",
                "completed",
                "written_off",
                "annulled",
                "suspended",
                "terminated",
                name="contractstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_contract_positive")),
        sa.CheckConstraint("own_share >= 0", name=op.f("ck_contract_own_share_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["beneficiary_account.id"], name=op.f("fk_contract_account_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_contract_application_id")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_contract_award_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contract_contest_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_contract_fund_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_contract_group_id")),
        sa.ForeignKeyConstraint(["numbered_by"], ["person.id"], name=op.f("fk_contract_numbered_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_contract_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint(
            "office_id", "year", "plan_type", "serial", name=op.f("uq_contract_office_id_year_plan_type_serial")
        ),
        info={"immutable": True, "moves": ("status",)},
    )
    op.create_index(op.f("ix_contract_account_id"), "contract", ["account_id"], unique=False)
    op.create_index(op.f("ix_contract_application_id"), "contract", ["application_id"], unique=False)
    op.create_index(op.f("ix_contract_contest_id"), "contract", ["contest_id"], unique=False)
    op.create_index(op.f("ix_contract_fund_id"), "contract", ["fund_id"], unique=False)
    op.create_index(op.f("ix_contract_group_id"), "contract", ["group_id"], unique=False)
    op.create_index(op.f("ix_contract_numbered_by"), "contract", ["numbered_by"], unique=False)
    op.create_index(
        "uq_contract_live_award", "contract", ["award_id"], unique=True, postgresql_where=sa.text("status <> 'annulled'")
    )
    op.create_table(
        "contract_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("obligations", sa.String(), nullable=False),
        sa.Column("additional_cofinancing", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_contract_draft_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_draft")),
        sa.UniqueConstraint("award_id", name=op.f("uq_contract_draft_award_id")),
    )
    op.create_table(
        "score",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=True),
        sa.ForeignKeyConstraint(["criterion_id"], ["rule_book_criterion.id"], name=op.f("fk_score_criterion_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_score_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "criterion_id", name=op.f("pk_score")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "expense_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("submitted", "decided", name="reportstatus_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_expense_report_contract_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_expense_report_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_report")),
        sa.UniqueConstraint("contract_id", "serial", name=op.f("uq_expense_report_contract_id_serial")),
        info={"immutable": True, "moves": ("status",)},
    )
    op.create_index(op.f("ix_expense_report_submitted_by"), "expense_report", ["submitted_by"], unique=False)
    op.create_table(
        "ink_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column(
            "party",
            sa.Enum("group", "office", name="party_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("scan_sha256", sa.String(), nullable=False),
        sa.Column("signatories", postgresql.JSONB(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> registered_by", name=op.f("ck_ink_signature_two_officers")),
        sa.CheckConstraint("confirmed_by IS NULL OR refused_because IS NULL", name=op.f("ck_ink_signature_one_decision")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_ink_signature_confirmed_by")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_ink_signature_contract_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_ink_signature_file_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["person.id"], name=op.f("fk_ink_signature_registered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ink_signature")),
        info={"immutable": True, "moves": ("confirmed_by", "confirmed_at", "refused_because")},
    )
    op.create_index(op.f("ix_ink_signature_confirmed_by"), "ink_signature", ["confirmed_by"], unique=False)
    op.create_index(op.f("ix_ink_signature_contract_id"), "ink_signature", ["contract_id"], unique=False)
    op.create_index(op.f("ix_ink_signature_file_id"), "ink_signature", ["file_id"], unique=False)
    op.create_index(op.f("ix_ink_signature_registered_by"), "ink_signature", ["registered_by"], unique=False)
    op.create_index(
        "uq_ink_signature_live",
        "ink_signature",
        ["contract_id", "party"],
        unique=True,
        postgresql_where=sa.text("refused_because IS NULL"),
    )
    op.create_table(
        "liquidation",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("liquidated_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_liquidation_contract_id")),
        sa.ForeignKeyConstraint(["liquidated_by"], ["person.id"], name=op.f("fk_liquidation_liquidated_by")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_liquidation")),
        sa.UniqueConstraint("number", name=op.f("uq_liquidation_number")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_liquidation_liquidated_by"), "liquidation", ["liquidated_by"], unique=False)
    op.create_table(
        "own_share_deposit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_own_share_deposit_positive")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_own_share_deposit_contract_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_own_share_deposit_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_share_deposit")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_own_share_deposit_bank_reference")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_own_share_deposit_contract_id"), "own_share_deposit", ["contract_id"], unique=False)
    op.create_index(op.f("ix_own_share_deposit_recorded_by"), "own_share_deposit", ["recorded_by"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_positive")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_refund_contract_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_refund_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_refund_bank_reference")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_refund_contract_id"), "refund", ["contract_id"], unique=False)
    op.create_index(op.f("ix_refund_recorded_by"), "refund", ["recorded_by"], unique=False)
    op.create_table(
        "second_request",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_second_request_application_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_second_request_contract_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_second_request_requested_by")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_second_request")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_second_request_contract_id"), "second_request", ["contract_id"], unique=False)
    op.create_index(op.f("ix_second_request_requested_by"), "second_request", ["requested_by"], unique=False)
    op.create_table(
        "tranche",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tranche_positive")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_tranche_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tranche")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_tranche_contract_id_number")),
        info={"immutable": True, "moves": ()},
    )
    op.create_table(
        "expense_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "receipt_type",
            sa.Enum(
                "invoice",
                "sales_receipt",
                "fee_receipt",
                "affidavit",
                "ticket",
                name="receipttype_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column(
            "charged_to",
            sa.Enum("fund", "own", name="chargedto_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_line_positive")),
        sa.ForeignKeyConstraint(["budget_line_id"], ["budget_line.id"], name=op.f("fk_expense_line_budget_line_id")),
        sa.ForeignKeyConstraint(["report_id"], ["expense_report.id"], name=op.f("fk_expense_line_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_line")),
        sa.UniqueConstraint(
            "issuer", "receipt_type", "receipt_number", name=op.f("uq_expense_line_issuer_receipt_type_receipt_number")
        ),
        sa.UniqueConstraint("report_id", "position", name=op.f("uq_expense_line_report_id_position")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_expense_line_budget_line_id"), "expense_line", ["budget_line_id"], unique=False)
    op.create_table(
        "payment_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("tranche_id", sa.Uuid(), nullable=True),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_note", sa.String(), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "checked",
                "authorised",
                "refused",
                name="requeststatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_request_positive")),
        sa.CheckConstraint("checked_by IS NULL OR checked_by <> requested_by", name=op.f("ck_payment_request_two_persons")),
        sa.CheckConstraint("num_nonnulls(tranche_id, payout_id) = 1", name=op.f("ck_payment_request_one_subject")),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"], name=op.f("fk_payment_request_checked_by")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_payment_request_group_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_payment_request_office_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["prize_payout.id"], name=op.f("fk_payment_request_payout_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_payment_request_requested_by")),
        sa.ForeignKeyConstraint(["tranche_id"], ["tranche.id"], name=op.f("fk_payment_request_tranche_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_request")),
        info={"immutable": True, "moves": ("status", "checked_by", "checked_at", "check_note", "refused_because")},
    )
    op.create_index(op.f("ix_payment_request_checked_by"), "payment_request", ["checked_by"], unique=False)
    op.create_index(op.f("ix_payment_request_group_id"), "payment_request", ["group_id"], unique=False)
    op.create_index(op.f("ix_payment_request_office_id"), "payment_request", ["office_id"], unique=False)
    op.create_index(op.f("ix_payment_request_requested_by"), "payment_request", ["requested_by"], unique=False)
    op.create_index(
        "uq_payment_request_live_payout",
        "payment_request",
        ["payout_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_index(
        "uq_payment_request_live_tranche",
        "payment_request",
        ["tranche_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused'"),
    )
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("authorised_by", sa.Uuid(), nullable=False),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_authorisation_positive")),
        sa.ForeignKeyConstraint(["authorised_by"], ["person.id"], name=op.f("fk_authorisation_authorised_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_authorisation_office_id")),
        sa.ForeignKeyConstraint(["request_id"], ["payment_request.id"], name=op.f("fk_authorisation_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("office_id", "year", "serial", name=op.f("uq_authorisation_office_id_year_serial")),
        sa.UniqueConstraint("request_id", name=op.f("uq_authorisation_request_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_authorisation_authorised_by"), "authorisation", ["authorised_by"], unique=False)
    op.create_table(
        "expense_decision",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("accepted >= 0", name=op.f("ck_expense_decision_accepted_not_negative")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_expense_decision_decided_by")),
        sa.ForeignKeyConstraint(["line_id"], ["expense_line.id"], name=op.f("fk_expense_decision_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_expense_decision")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_expense_decision_decided_by"), "expense_decision", ["decided_by"], unique=False)
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("end_to_end_id", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cci", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "issued",
                "batched",
                "paid",
                "returned",
                name="orderstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_order_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["beneficiary_account.id"], name=op.f("fk_payment_order_account_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_payment_order_authorisation_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["bank_batch.id"], name=op.f("fk_payment_order_batch_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_payment_order_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("authorisation_id", "attempt", name=op.f("uq_payment_order_authorisation_id_attempt")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_payment_order_end_to_end_id")),
        info={"immutable": True, "moves": ("status", "batch_id", "return_reason", "answered_at")},
    )
    op.create_index(op.f("ix_payment_order_account_id"), "payment_order", ["account_id"], unique=False)
    op.create_index(op.f("ix_payment_order_batch_id"), "payment_order", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payment_order_issued_by"), "payment_order", ["issued_by"], unique=False)
    op.create_index(
        "uq_payment_order_live",
        "payment_order",
        ["authorisation_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'returned'"),
    )
