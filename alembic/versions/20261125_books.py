"""Rehearsals of rules before they are published; questions of contests and the answers to them."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import context, op
from service.core.protection import allow, protect

revision = "20261125_books"
down_revision = "20261125_order"
branch_labels = None
depends_on = None


GUARDS = [
    """
CREATE FUNCTION questions_are_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND (SELECT status FROM contest WHERE id = NEW.contest_id) <> 'draft'
        OR TG_OP <> 'INSERT' AND (SELECT status FROM contest WHERE id = OLD.contest_id) <> 'draft'
    THEN
        RAISE EXCEPTION 'the questions of a published contest are fixed' USING ERRCODE = 'RY080';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
""",
    "CREATE TRIGGER questions_are_open BEFORE INSERT OR UPDATE OR DELETE ON question "
    "FOR EACH ROW EXECUTE FUNCTION questions_are_open()",
    """
CREATE FUNCTION answers_are_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT FROM application a JOIN question q ON q.contest_id = a.contest_id
        WHERE a.id = NEW.application_id AND q.id = NEW.question_id AND a.status IN ('draft', 'returned')
    ) OR TG_OP <> 'INSERT' AND NOT EXISTS (
        SELECT FROM application WHERE id = OLD.application_id AND status IN ('draft', 'returned')
    ) THEN
        RAISE EXCEPTION 'an answer is to a question of the contest, and fixed with filing' USING ERRCODE = 'RY081';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
""",
    "CREATE TRIGGER answers_are_open BEFORE INSERT OR UPDATE OR DELETE ON application_answer "
    "FOR EACH ROW EXECUTE FUNCTION answers_are_open()",
]


def upgrade() -> None:
    """Rehearsals, whose rows are history; questions until publication and answers until filing."""
    app_role = context.config.attributes["app_role"]
    create_rehearsals()
    create_questions()
    for statement in [*protect("rehearsal", (), app_role), *GUARDS]:
        op.execute(statement)
    for table in ("question", "application_answer"):
        for statement in allow(table, app_role, deletable=True):
            op.execute(statement)


def create_questions() -> None:
    """Questions of contests, answers of applications."""
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "number",
                "choice",
                "yes_no",
                native_enum=False,
                create_constraint=True,
                length=40,
                name="questionkind_known",
            ),
            nullable=False,
        ),
        sa.Column("label_es", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("label_qu", sa.String(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("help", sa.String(), nullable=False),
        sa.CheckConstraint("(kind = 'choice') = (jsonb_array_length(choices) > 0)", name=op.f("ck_question_choices")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_question_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("contest_id", "code", name=op.f("uq_question_contest_id_code")),
    )
    op.create_table(
        "application_answer",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_application_answer_application_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_application_answer_question_id")),
        sa.PrimaryKeyConstraint("application_id", "question_id", name=op.f("pk_application_answer")),
    )
    op.create_index(op.f("ix_application_answer_question_id"), "application_answer", ["question_id"], unique=False)


def create_rehearsals() -> None:
    """That rules were rehearsed."""
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invented", "past", native_enum=False, create_constraint=True, length=40, name="rehearsalkind_known"),
            nullable=False,
        ),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("jurors", sa.Integer(), nullable=False),
        sa.Column("past_contest_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rehearsed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'past') = (past_contest_id IS NOT NULL)", name=op.f("ck_rehearsal_past")),
        sa.CheckConstraint(
            "applications BETWEEN 1 AND 200 AND jurors BETWEEN 1 AND 15 OR kind = 'past'", name=op.f("ck_rehearsal_size")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_rehearsal_contest_id")),
        sa.ForeignKeyConstraint(["past_contest_id"], ["contest.id"], name=op.f("fk_rehearsal_past_contest_id")),
        sa.ForeignKeyConstraint(["rehearsed_by"], ["person.id"], name=op.f("fk_rehearsal_rehearsed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
    )
    for column in ("contest_id", "past_contest_id", "rehearsed_by"):
        op.create_index(op.f(f"ix_rehearsal_{column}"), "rehearsal", [column], unique=False)
