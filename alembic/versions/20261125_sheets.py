"""Sheets on paper, typed in by two people; drafts that count their versions."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import context, op
from service.core.protection import protect

revision = "20261125_sheets"
down_revision = "20261125_votes"
branch_labels = None
depends_on = None

KINDS = ("call", "sheet", "blank_sheet", "minutes", "contract", "authorisation", "receipts", "liquidation", "report")
MOVES = ("status", "round", "differing", "sheet_id")

GUARDS = [
    """
CREATE FUNCTION typing_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION paper_is_typed_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'printed' OR NEW.round <> 1 OR NEW.sheet_id IS NOT NULL THEN
            RAISE EXCEPTION 'paper sheet % begins as printed, in the first round', NEW.code USING ERRCODE = 'RY073';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'paper_locked' OR NEW.round < OLD.round THEN
        RAISE EXCEPTION 'paper sheet % is locked, or in a later round', OLD.code USING ERRCODE = 'RY070';
    END IF;
    IF NEW.status = 'paper_locked' AND (
        (SELECT count(DISTINCT typed_by) FROM paper_typing WHERE paper_id = NEW.id AND round = NEW.round) <> 2
        OR NOT EXISTS (
            SELECT FROM score_sheet WHERE id = NEW.sheet_id AND application_id = NEW.application_id AND stage = NEW.stage
            AND person_id = NEW.person_id AND rule_book_id = NEW.rule_book_id AND supersedes_id IS NULL
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
    "CREATE TRIGGER typing_is_allowed BEFORE INSERT ON paper_typing FOR EACH ROW EXECUTE FUNCTION typing_is_allowed()",
    "CREATE TRIGGER paper_is_typed_twice BEFORE INSERT OR UPDATE ON paper_sheet "
    "FOR EACH ROW EXECUTE FUNCTION paper_is_typed_twice()",
]


def upgrade() -> None:
    """The tables of paper sheets, one more kind of document, and the version of a draft."""
    app_role = context.config.attributes["app_role"]
    create_papers()
    for statement in GUARDS:
        op.execute(statement)
    for table, moves in (("paper_sheet", MOVES), ("paper_typing", ())):
        for statement in protect(table, moves, app_role):
            op.execute(statement)
    op.drop_constraint(op.f("ck_document_documentkind_known"), "document", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_check_constraint(op.f("ck_document_documentkind_known"), "document", f"kind IN ({listed})")
    op.add_column("score_draft", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(op.f("ck_score_draft_version_from_one"), "score_draft", "version >= 1")


def create_papers() -> None:
    """What was printed, and what was typed from it."""
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rule_book_id", sa.Uuid(), nullable=False),
        sa.Column("printed_by", sa.Uuid(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "printed",
                "typed_once",
                "differed",
                "paper_locked",
                name="paperstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("differing", postgresql.JSONB(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("code ~ '^[0-9]{10}$' AND CAST(code AS bigint) % 97 = 1", name=op.f("ck_paper_sheet_check_digits")),
        sa.CheckConstraint("(status = 'paper_locked') = (sheet_id IS NOT NULL)", name=op.f("ck_paper_sheet_locked_with_sheet")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_paper_sheet_round_from_one")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_paper_sheet_application_id")),
        sa.ForeignKeyConstraint(
            ["contest_id", "stage", "person_id"],
            ["seat.contest_id", "seat.stage", "seat.person_id"],
            name=op.f("fk_paper_sheet_contest_id_stage_person_id"),
        ),
        sa.ForeignKeyConstraint(["printed_by"], ["person.id"], name=op.f("fk_paper_sheet_printed_by")),
        sa.ForeignKeyConstraint(["rule_book_id"], ["rule_book.id"], name=op.f("fk_paper_sheet_rule_book_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_paper_sheet_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
        sa.UniqueConstraint(
            "application_id",
            "stage",
            "person_id",
            "rule_book_id",
            name=op.f("uq_paper_sheet_application_id_stage_person_id_rule_book_id"),
        ),
        sa.UniqueConstraint("code", name=op.f("uq_paper_sheet_code")),
        sa.UniqueConstraint("id", "person_id", name=op.f("uq_paper_sheet_id_person_id")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_paper_sheet_sheet_id")),
        info={"immutable": True, "moves": MOVES},
    )
    op.create_index("ix_paper_sheet_contest_id", "paper_sheet", ["contest_id"], unique=False)
    op.create_index(op.f("ix_paper_sheet_printed_by"), "paper_sheet", ["printed_by"], unique=False)
    op.create_table(
        "paper_typing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("juror_id", sa.Uuid(), nullable=False),
        sa.Column("typed_by", sa.Uuid(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("scan_sha256", sa.String(), nullable=True),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_paper_typing_two_places")),
        sa.CheckConstraint("typed_by <> juror_id", name=op.f("ck_paper_typing_not_the_juror")),
        sa.ForeignKeyConstraint(
            ["paper_id", "juror_id"],
            ["paper_sheet.id", "paper_sheet.person_id"],
            name=op.f("fk_paper_typing_paper_id_juror_id"),
        ),
        sa.ForeignKeyConstraint(["scan_sha256"], ["stored_file.sha256"], name=op.f("fk_paper_typing_scan_sha256")),
        sa.ForeignKeyConstraint(["typed_by"], ["person.id"], name=op.f("fk_paper_typing_typed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_typing")),
        sa.UniqueConstraint("paper_id", "round", "place", name=op.f("uq_paper_typing_paper_id_round_place")),
        sa.UniqueConstraint("paper_id", "round", "typed_by", name=op.f("uq_paper_typing_paper_id_round_typed_by")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_paper_typing_typed_by"), "paper_typing", ["typed_by"], unique=False)
