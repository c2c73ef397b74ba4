"""Marks that stay: steps on pairs that look alike, votes on amounts that wait for the announcement, attributes that end
with it, corrections on paper, and drafts that end with the lock."""

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
    """
CREATE OR REPLACE FUNCTION typing_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paper paper_sheet;
BEGIN
    SELECT * INTO paper FROM paper_sheet WHERE id = NEW.paper_id;
    IF paper.status = 'paper_locked' OR paper.round <> NEW.round THEN
        RAISE EXCEPTION 'paper sheet % is locked, or in another round', paper.code USING ERRCODE = 'RY070';
    END IF;
    IF EXISTS (SELECT FROM seat WHERE contest_id = paper.contest_id AND person_id = NEW.typed_by) THEN
        RAISE EXCEPTION 'a juror of the contest types no paper sheet of it' USING ERRCODE = 'RY071';
    END IF;
    IF EXISTS (SELECT FROM recusal WHERE application_id = paper.application_id AND person_id = paper.person_id) THEN
        RAISE EXCEPTION 'the juror of paper sheet % is recused', paper.code USING ERRCODE = 'RY072';
    END IF;
    IF (paper.corrects_id IS NULL) <> (NEW.reason IS NULL) OR NEW.reason = '' THEN
        RAISE EXCEPTION 'a correction on paper is typed with its reason, a first sheet without' USING ERRCODE = 'RY134';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE OR REPLACE FUNCTION paper_is_typed_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'printed' OR NEW.round <> 1 OR NEW.sheet_id IS NOT NULL THEN
            RAISE EXCEPTION 'paper sheet % begins as printed, in the first round', NEW.code USING ERRCODE = 'RY073';
        END IF;
        IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM score_sheet WHERE id = NEW.corrects_id AND application_id = NEW.application_id AND stage = NEW.stage
            AND person_id = NEW.person_id
        ) THEN
            RAISE EXCEPTION 'paper sheet % corrects a sheet of its own juror', NEW.code USING ERRCODE = 'RY133';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'paper_locked' OR NEW.round < OLD.round THEN
        RAISE EXCEPTION 'paper sheet % is locked, or in a later round', OLD.code USING ERRCODE = 'RY070';
    END IF;
    IF NEW.status = 'paper_locked' AND (
        (SELECT count(DISTINCT typed_by) FROM paper_typing WHERE paper_id = NEW.id AND round = NEW.round) <> 2
        OR NOT EXISTS (
            SELECT FROM score_sheet s
            JOIN paper_typing t ON t.paper_id = NEW.id AND t.round = NEW.round AND t.place = 2
            WHERE s.id = NEW.sheet_id AND s.application_id = NEW.application_id AND s.stage = NEW.stage
            AND s.person_id = NEW.person_id AND s.rule_book_id = NEW.rule_book_id
            AND s.supersedes_id IS NOT DISTINCT FROM NEW.corrects_id AND s.reason IS NOT DISTINCT FROM t.reason
        )
        OR (
            SELECT jsonb_object_agg(c.code, s.written) FROM score s JOIN rule_book_criterion c ON c.id = s.criterion_id
            WHERE s.sheet_id = NEW.sheet_id
        ) IS DISTINCT FROM (SELECT scores FROM paper_typing WHERE paper_id = NEW.id AND round = NEW.round AND place = 2)
    ) THEN
        RAISE EXCEPTION 'paper sheet % becomes its juror''s sheet once two persons have typed it', NEW.code USING ERRCODE = 'RY073';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION draft_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM score_sheet WHERE application_id = NEW.application_id AND stage = NEW.stage AND person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'the sheet is locked: no draft of it is kept' USING ERRCODE = 'RY135';
    END IF;
    RETURN NEW;
END $$
""",
    *(f"CREATE TRIGGER step_follows BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION step_follows()" for table in PAIRS),
    "CREATE TRIGGER attribute_is_waited_for BEFORE INSERT ON application_attribute FOR EACH ROW EXECUTE FUNCTION attribute_waits()",
    "CREATE TRIGGER draft_is_open BEFORE INSERT OR UPDATE ON score_draft FOR EACH ROW EXECUTE FUNCTION draft_is_open()",
    "CREATE TRIGGER motion_waits BEFORE INSERT ON motion FOR EACH ROW WHEN (NEW.matter <> 'motion') EXECUTE FUNCTION motion_waits()",
]


def upgrade() -> None:
    """The step of a decision on a pair, what a paper corrects and why; guards."""
    add_steps()
    add_corrections()
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


def add_corrections() -> None:
    """A paper sheet may correct a locked one, once; a first one is still printed once."""
    columns = ["application_id", "stage", "person_id", "rule_book_id"]
    op.add_column("paper_sheet", sa.Column("corrects_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_paper_sheet_corrects_id"), "paper_sheet", "score_sheet", ["corrects_id"], ["id"])
    op.create_unique_constraint(op.f("uq_paper_sheet_corrects_id"), "paper_sheet", ["corrects_id"])
    op.drop_constraint(op.f("uq_paper_sheet_application_id_stage_person_id_rule_book_id"), "paper_sheet", type_="unique")
    op.create_index(
        "uq_paper_sheet_first", "paper_sheet", columns, unique=True, postgresql_where=sa.text("corrects_id IS NULL")
    )
    op.create_index("ix_paper_sheet_application_id", "paper_sheet", ["application_id"])
    op.add_column("paper_typing", sa.Column("reason", sa.String(), nullable=True))
